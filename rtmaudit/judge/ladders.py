"""Alternatives: of a ladder of codes the first whose needs are met takes the window."""

from __future__ import annotations

from dataclasses import replace

from rtmaudit.model import (
    Alternative,
    FactName,
    Finding,
    Met,
    Program,
    Reason,
    ReasonKind,
    Verdict,
)
from rtmaudit.windows import share_a_day

Named = tuple[FactName, Program]

_HOLDS_BACK = (Verdict.OPEN, Verdict.UNKNOWN, Verdict.REVIEW)


def climb(findings: dict[str, Finding], ladder: tuple[str, ...]) -> None:
    """Settle one ladder in place.

    Later members than the one that takes the window are superseded, and those met too are its
    alternatives. A member undecided on a fact that a later one also names holds that one back,
    whatever roles or systems either counts: it may still take the window from it.
    """
    held: dict[Named, Finding] = {}
    taker: Finding | None = None
    for code in ladder:
        finding = findings.get(code)
        if finding is None or finding.verdict is Verdict.NOT_APPLICABLE:
            continue
        if taker is not None:
            if _needs_met(finding):
                also = Alternative(code, finding.units)
                taker = replace(taker, alternatives=(*taker.alternatives, also))
                findings[taker.code] = taker
            findings[code] = _superseded(finding, taker.code)
        elif _needs_met(finding) and finding.verdict in _TAKES:
            findings[code] = finding = _held_back(finding, held)
            taker = finding if finding.verdict in _TAKES else None
        else:
            held |= dict.fromkeys(_undecided(finding), finding)


_TAKES = (Verdict.READY, Verdict.BLOCKED)


def _needs_met(finding: Finding) -> bool:
    return all(need.met is Met.YES for need in finding.needs)


def _named(finding: Finding, *stands: Met) -> list[Named]:
    return [(need.ref.name, need.ref.program) for need in finding.needs if need.met in stands]


def _undecided(finding: Finding) -> list[Named]:
    if finding.verdict not in _HOLDS_BACK:
        return []
    return _named(finding, Met.LATER, Met.UNDECIDED)


def _held_back(finding: Finding, held: dict[Named, Finding]) -> Finding:
    for name in _named(finding, Met.YES):
        if name in held:
            reason = Reason(ReasonKind.HELD_BACK, (held[name].code,))
            return replace(
                finding, verdict=held[name].verdict, reasons=(reason, *held[name].reasons)
            )
    return finding


def _superseded(finding: Finding, by: str) -> Finding:
    reason = Reason(ReasonKind.SUPERSEDED, (by,))
    return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(reason,))


def mark_secondary(findings: list[Finding], ladders: tuple[tuple[str, ...], ...]) -> list[Finding]:
    """Mark the short findings that need nobody's attention: of each ladder all but the lowest code
    that is about this patient, and none where another member is ready or billed already. A code
    that gives way to another is read as its ladder."""
    return [
        replace(finding, secondary=True) if _is_secondary(finding, findings, ladders) else finding
        for finding in findings
    ]


def _is_secondary(
    finding: Finding, findings: list[Finding], ladders: tuple[tuple[str, ...], ...]
) -> bool:
    if finding.verdict is not Verdict.SHORT:
        return False
    mine = [ladder for ladder in ladders if finding.code in ladder]
    lower = {code for ladder in mine for code in ladder[ladder.index(finding.code) + 1 :]}
    family = {code for ladder in mine for code in ladder} - {finding.code}
    for each in findings:
        if each.code in family and _in_its_window(each, finding):
            if each.verdict is Verdict.READY or _is_billed(each):
                return True
            if each.code in lower and each.verdict is not Verdict.NOT_APPLICABLE:
                return True
    return False


def _in_its_window(each: Finding, finding: Finding) -> bool:
    """The same window, or one of another kind that shares a day with it."""
    if each.window.kind is finding.window.kind:
        return each.window == finding.window
    return share_a_day(each.window, finding.window)


def _is_billed(finding: Finding) -> bool:
    return any(reason.kind is ReasonKind.CLAIM_BILLED for reason in finding.reasons)
