"""Concurrency: what may not stand beside what, for one patient."""

from __future__ import annotations

from dataclasses import replace

from rtmaudit.judge.question import Question
from rtmaudit.model import Finding, Reason, ReasonKind, Verdict
from rtmaudit.rulebook import Rulebook
from rtmaudit.rulebook.resolve import in_force
from rtmaudit.rulebook.schema import Pair
from rtmaudit.windows import share_a_day

_MET = (Verdict.READY, Verdict.BLOCKED)
_UNDECIDED = (Verdict.OPEN, Verdict.UNKNOWN, Verdict.REVIEW)


def keep_apart(book: Rulebook, question: Question, findings: list[Finding]) -> list[Finding]:
    """Both met -> both blocked, each naming the other; the other undecided -> review; the other
    short -> nothing. Two windows conflict when they share a day."""
    result = list(findings)
    for i, one in enumerate(findings):
        if one.verdict in _MET:
            for other in findings:
                verdict = _conflict(book, question, one, other)
                if verdict is not None:
                    result[i] = _against(result[i], other.code, verdict)
    return result


def _conflict(book: Rulebook, question: Question, one: Finding, other: Finding) -> Verdict | None:
    beside = _beside(book, question, one, other)
    if beside == "together":
        return None
    if other.verdict in _MET:
        return Verdict.BLOCKED if beside == "apart" else Verdict.REVIEW
    return Verdict.REVIEW if other.verdict in _UNDECIDED else None


def _against(finding: Finding, other: str, verdict: Verdict) -> Finding:
    if finding.verdict is not Verdict.BLOCKED:
        finding = replace(finding, verdict=verdict)
    if other in finding.conflicts_with:
        return finding
    return replace(
        finding,
        reasons=(*finding.reasons, Reason(ReasonKind.CONFLICT, (other,))),
        conflicts_with=(*finding.conflicts_with, other),
    )


def _beside(book: Rulebook, question: Question, one: Finding, other: Finding) -> str:
    if one.code == other.code or not share_a_day(one.window, other.window):
        return "together"
    names = ({one.code, str(one.program)}, {other.code, str(other.program)})
    for pair in book.concurrency.pairs:
        if _is_about(pair, *names):
            return _value(pair, question, one, other)
    return "together"


def _is_about(pair: Pair, one: set[str], other: set[str]) -> bool:
    first, second = pair.pair
    return (first in one and second in other) or (second in one and first in other)


def _value(pair: Pair, question: Question, one: Finding, other: Finding) -> str:
    biller, other_biller = (question.billers.get(each.program) for each in (one, other))
    dated = pair.same if biller == other_biller else pair.different
    entry = in_force(dated, max(one.window.end, other.window.end))
    return (entry.value if entry else None) or "together"
