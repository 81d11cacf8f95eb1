"""Days that only a summary tells, as a fact of a window."""

from __future__ import annotations

from datetime import date

from rtmaudit.facts.known import Known
from rtmaudit.facts.summaries import Summary
from rtmaudit.model import Cause, Clock, Fact, FactRef, Why, Window
from rtmaudit.windows import ONE_DAY, PERIOD_DAYS, length, stretches

MOST_DAYS = PERIOD_DAYS
THIRTY_DAY_PERIOD = "30-day period"
DAYS_BEHIND = "the days behind the summary's count"


def told_days(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact | None:
    """What summaries tell of the days in a window, or None where there is no summary."""
    mine = facts.summaries.of(patient, ref.systems)
    if not mine:
        return None
    episode = facts.roster.enrolment(patient, ref.program)
    consent, ended = episode.day("consent_on"), episode.episode.end
    start, end = max(window.start, consent or window.start), min(window.end, ended or window.end)
    low, high = _within(mine, start, end)
    notes: tuple[str, ...] = (DAYS_BEHIND,)
    if window.kind is Clock.CALENDAR_MONTH and not facts.monthly_clock:
        low = min(_within(mine, max(a, start), min(b, end))[0] for a, b in stretches(window))
        notes = (THIRTY_DAY_PERIOD, DAYS_BEHIND)
    unseen = _unseen(facts, mine, start, end)
    high = min(high + unseen, MOST_DAYS, length(window.start, window.end))
    left = length(max(facts.as_of, window.start), window.end)
    low = min(low, high)
    if low == high:
        return Fact(low, high, later=left, notes=notes)
    cause = Cause.DAYS_NOT_COVERED if unseen else Cause.SUMMARY_ONLY
    return Fact(low, high, Why.MISSING, cause, left, notes)


def told_day(facts: Known, patient: str, ref: FactRef, count: int) -> date | None:
    """The last day of the summary by which a count of days was reached for certain, where the
    patient has no readings of their own."""
    if facts.days is not None and facts.days.seen(patient, ref):
        return None
    for each in facts.summaries.of(patient, ref.systems):
        if each.days is not None and each.days >= count and each.end >= facts.month.start:
            return min(each.end, facts.month.end)
    return None


def between(counted: Fact, told: Fact) -> Fact:
    """Two counts of the same days: what both say is beyond doubt, what either says may be."""
    if (counted.low, counted.high) == (told.low, told.high):
        return counted
    low = min(x for x in (counted.low, told.low) if isinstance(x, int))
    highs = [x for x in (counted.high, told.high) if isinstance(x, int)]
    notes = tuple(dict.fromkeys((*counted.notes, *told.notes)))
    why, cause = (counted.why, counted.cause)
    if why is None:
        why, cause = Why.DISPUTED, Cause.SUMMARY_DIFFERS
    return Fact(low, max(highs) if len(highs) == 2 else counted.high, why, cause, told.later, notes)


def _within(mine: list[Summary], start: date, end: date) -> tuple[int, int]:
    """Of lines about the same days nobody knows whether the days that they count are the same."""
    pairs = [each.within(start, end) for each in mine]
    lows = [low for low, _ in pairs]
    return min(lows) if _share_days(mine) else sum(lows), sum(high for _, high in pairs)


def _share_days(mine: list[Summary]) -> bool:
    ordered = sorted(mine, key=lambda each: each.start)
    return any(a.end >= b.start for a, b in zip(ordered, ordered[1:], strict=False))


def _unseen(facts: Known, mine: list[Summary], start: date, end: date) -> int:
    """Days that are over and that no summary tells of."""
    past = min(end, facts.as_of - ONE_DAY)
    told = sum(length(max(start, each.start), min(past, each.end)) for each in mine)
    return max(0, length(start, past) - told)
