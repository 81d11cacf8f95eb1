"""Concurrency: what may not stand beside what, for one patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from rtmaudit.judge.question import Question
from rtmaudit.model import Finding, Reason, ReasonKind, Verdict
from rtmaudit.rulebook import Rulebook
from rtmaudit.rulebook.dated import Entry
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
        if one.verdict not in _MET:
            continue
        for other in findings:
            beside = _beside(book, question, one, other)
            if beside == "together":
                continue
            if other.verdict in _MET:
                verdict = Verdict.BLOCKED if beside == "apart" else Verdict.REVIEW
                result[i] = _against(result[i], other.code, verdict)
            elif other.verdict in _UNDECIDED and result[i].verdict is not Verdict.BLOCKED:
                result[i] = _against(result[i], other.code, Verdict.REVIEW)
    return result


def _against(finding: Finding, other: str, verdict: Verdict) -> Finding:
    reason = Reason(ReasonKind.CONFLICT, (other,))
    if other in finding.conflicts_with:
        return finding
    return replace(
        finding,
        verdict=Verdict.BLOCKED if finding.verdict is Verdict.BLOCKED else verdict,
        reasons=(*finding.reasons, reason),
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
    billers = [question.billers.get(each.program, "") for each in (one, other)]
    dated: Mapping[date, Entry[str]] = (
        pair.same if billers[0] == billers[1] else pair.different  # type: ignore[assignment]
    )
    entry = in_force(dated, max(one.window.end, other.window.end))
    return (entry.value if entry else None) or "together"
