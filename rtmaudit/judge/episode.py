"""Codes once per episode: due in the month in which their minimum is first reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rtmaudit.judge.alone import check
from rtmaudit.judge.question import Question
from rtmaudit.judge.readings import Reading
from rtmaudit.model import (
    Cause,
    Clock,
    Finding,
    Met,
    Program,
    Reason,
    ReasonKind,
    Verdict,
    Window,
)
from rtmaudit.rulebook import Rule, Rulebook
from rtmaudit.windows import ONE_DAY

NO_START = Reason(ReasonKind.MISSING, ("start", Cause.NO_START))
_DUE_NOW = (Verdict.READY, Verdict.BLOCKED, Verdict.REVIEW)


def once(
    book: Rulebook, question: Question, rule: Rule, finding: Finding, reading: Reading
) -> Finding:
    """A code once per episode is due in the month in which its minimum is first reached."""
    window, eve = finding.window, question.month.start - ONE_DAY
    if window.start <= eve and finding.verdict is not Verdict.NOT_APPLICABLE:
        before = reading.rules_on(book, finding.program, eve).rule(finding.code)
        earlier = _reached_earlier(question, before, Window(window.kind, window.start, eve))
        if earlier is Met.YES:
            fell_due = Reason(ReasonKind.FELL_DUE_EARLIER, (eve,))
            return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(fell_due,))
        if earlier is Met.UNDECIDED and finding.verdict in _DUE_NOW:
            missing = Reason(ReasonKind.MISSING, ("before_month", Cause.DAYS_NOT_COVERED))
            return replace(finding, verdict=Verdict.UNKNOWN, reasons=(missing,))
    if finding.verdict is Verdict.OPEN and question.as_of > window.end:
        return replace(finding, due=False)
    if finding.verdict not in _DUE_NOW:
        return finding
    need = finding.needs[0]
    due_day = question.day_reached(need.ref, need.want, window) if rule.due_day else window.end
    return replace(finding, service_date=due_day)


def _reached_earlier(question: Question, rule: Rule, window: Window) -> Met:
    if not rule.in_force:
        return Met.NO
    over = {ref: replace(fact, later=0) for ref, fact in question.facts(rule.refs, window)}
    stands = [check(need, over, window).met for need in rule.needs]
    return next((met for met in (Met.NO, Met.UNDECIDED) if met in stands), Met.YES)


def without_start(
    book: Rulebook, question: Question, program: Program, reading: Reading
) -> Iterator[Finding]:
    """Codes once per episode cannot be placed while no start is on file."""
    month = question.month
    window = Window(Clock.EPISODE, month.start, month.end)
    for rule in reading.rules_on(book, program, month.end).rules:
        if rule.window is Clock.EPISODE:
            reason, verdict = NO_START, Verdict.UNKNOWN
            if not rule.in_force:
                reason = Reason(ReasonKind.NOT_IN_FORCE, (rule.code, month.end))
                verdict = Verdict.NOT_APPLICABLE
            yield Finding(
                program,
                rule.code,
                verdict,
                window,
                reasons=(reason,),
                sources=rule.sources,
                refs=rule.refs,
            )
