"""Concurrency: what may not stand beside what for one patient, findings and claims already sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rtmaudit.judge.claims import covered, is_ours
from rtmaudit.judge.question import Claim, Question
from rtmaudit.model import Alternative, Clock, Finding, Reason, ReasonKind, Verdict, Window
from rtmaudit.rulebook import Pair, Rulebook
from rtmaudit.windows import Month, share_a_day

_MET = (Verdict.READY, Verdict.BLOCKED)
_UNDECIDED = (Verdict.OPEN, Verdict.UNKNOWN, Verdict.REVIEW)


def keep_apart(
    book: Rulebook, question: Question, findings: list[Finding], point: str | None
) -> list[Finding]:
    """Both met -> both blocked, each naming the other; the other undecided -> review; the other
    short -> nothing. Where the first of a pair stands first, the second gives way to it. Two
    windows conflict when they share a day."""
    result = list(findings)
    for i, one in enumerate(findings):
        if one.verdict not in _MET:
            continue
        for j, other in enumerate(findings):
            beside, leads = _beside(book, question, one, other, point)
            if beside == "first":
                if not leads:
                    result[i] = _after(result[i], other)
                elif other.verdict in _MET:
                    result[i] = _instead(result[i], findings[j])
            elif beside != "together":
                result[i] = _apart(result[i], other, beside)
        for claim, beside in _claims(book, question, one, point):
            result[i] = _beside_claim(result[i], claim, beside)
    return result


def _apart(finding: Finding, other: Finding, beside: str) -> Finding:
    if other.verdict in _MET:
        verdict = Verdict.BLOCKED if beside == "apart" else Verdict.REVIEW
    elif other.verdict in _UNDECIDED:
        verdict = Verdict.REVIEW
    else:
        return finding
    return _against(finding, other.code, verdict, Reason(ReasonKind.CONFLICT, (other.code,)))


def _against(finding: Finding, other: str, verdict: Verdict, reason: Reason) -> Finding:
    if finding.verdict is Verdict.NOT_APPLICABLE:
        return finding
    if finding.verdict is not Verdict.BLOCKED:
        finding = replace(finding, verdict=verdict)
    if other in finding.conflicts_with:
        return finding
    return replace(
        finding,
        reasons=(*finding.reasons, reason),
        conflicts_with=(*finding.conflicts_with, other),
    )


def _after(finding: Finding, first: Finding) -> Finding:
    """The second of a pair gives way to the first, or waits for it."""
    if first.verdict in _MET:
        reason = Reason(ReasonKind.SUPERSEDED, (first.code,))
        return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(reason,))
    if first.verdict in _UNDECIDED and finding.verdict is Verdict.READY:
        reason = Reason(ReasonKind.HELD_BACK, (first.code,))
        return replace(finding, verdict=first.verdict, reasons=(reason, *first.reasons))
    return finding


def _instead(finding: Finding, second: Finding) -> Finding:
    also = Alternative(second.code, second.units)
    return replace(finding, alternatives=(*finding.alternatives, also))


def _beside(
    book: Rulebook, question: Question, one: Finding, other: Finding, point: str | None
) -> tuple[str, bool]:
    """How one finding stands to another, and whether it is the first of their pair."""
    if one.code == other.code or not share_a_day(one.window, other.window):
        return "together", False
    pair = book.pair_of(one.code, other.code)
    if pair is None:
        return "together", False
    biller, other_biller = (question.billers.get(each.program) for each in (one, other))
    day = max(one.window.end, other.window.end)
    beside = book.beside(pair, "same" if biller == other_biller else "different", day, point)
    return beside, book.is_named(pair.pair[0], one.code)


def _claims(
    book: Rulebook, question: Question, finding: Finding, point: str | None
) -> Iterator[tuple[Claim, str]]:
    """The standing claims that may not stand beside a finding, and how."""
    for claim in question.claims:
        ours = is_ours(claim, question, finding)
        pair = _pair(book, claim, finding, ours) if claim.stands else None
        if pair is not None and share_a_day(_days(book, claim), finding.window):
            day = finding.window.end
            beside = book.beside(pair, "same" if ours else "different", day, point)
            if beside != "together":
                yield claim, beside


def _pair(book: Rulebook, claim: Claim, finding: Finding, ours: bool) -> Pair | None:
    """A practice's own claim for the same program is not in its own way; another's may be."""
    if ours and book.program_of(claim.code) is finding.program:
        return book.pair_of(finding.code, claim.code, programs=False)
    return book.pair_of(finding.code, claim.code)


def _beside_claim(finding: Finding, claim: Claim, beside: str) -> Finding:
    verdict = Verdict.REVIEW if beside == "review" else Verdict.BLOCKED
    about = (claim.code, claim.service_date)
    return _against(finding, claim.code, verdict, Reason(ReasonKind.CLAIM_BESIDE, about))


def _days(book: Rulebook, claim: Claim) -> Window:
    """The days that a claim of any code stands for; a calendar month where it names no period."""
    program = book.program_of(claim.code)
    clock = book.files[program].codes[claim.code].window if program else Clock.CALENDAR_MONTH
    if clock is not Clock.CALENDAR_MONTH or claim.period_start:
        return covered(claim, clock)
    month = Month.of(claim.service_date)
    return Window(clock, month.start, month.end)
