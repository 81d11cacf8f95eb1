"""Codes once per episode: due in the month in which their minimum is first reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rtmaudit.judge.alone import check
from rtmaudit.judge.question import Question
from rtmaudit.judge.readings import Reading, of_payer
from rtmaudit.model import (
    Cause,
    Clock,
    FactName,
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
    if rule.due_day:
        return served_when_due(question, rule, finding)
    return replace(finding, service_date=window.end)


_DATED_BY = (FactName.READING_DAYS, FactName.VISITS, FactName.DAYS_TO_VISIT)
"""What a service may be dated by: the day on which this came to what the rule wants."""


def served_when_due(question: Question, rule: Rule, finding: Finding) -> Finding:
    """A service dated on the day on which its work was done, where the rules date it so."""
    if not rule.due_day or finding.verdict not in _DUE_NOW:
        return finding
    for each in (*rule.needs, *rule.for_):
        if each.ref.name in _DATED_BY and isinstance(each.want, int):
            day = question.day_reached(each.ref, each.want, finding.window)
            return replace(finding, service_date=day)
    return finding


def _reached_earlier(question: Question, rule: Rule, window: Window) -> Met:
    if not rule.in_force:
        return Met.NO
    facts = question.of(window)
    stands = [check(n, lambda ref: replace(facts(ref), later=0), window).met for n in rule.needs]
    return next((met for met in (Met.NO, Met.UNDECIDED) if met in stands), Met.YES)


def without_start(
    book: Rulebook, question: Question, program: Program, reading: Reading
) -> Iterator[Finding]:
    """Codes once per episode cannot be placed while no start is on file."""
    month = question.month
    window = Window(Clock.EPISODE, month.start, month.end)
    mine = of_payer(book, question, program, month.end)
    for rule in reading.rules_on(mine, program, month.end).rules:
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
