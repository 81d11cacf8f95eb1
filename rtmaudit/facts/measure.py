"""Facts: what is known about one patient in one window, as intervals with a reason.

Seconds are summed as integers and floored to minutes once, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from rtmaudit.facts.days import DaySets
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.seconds import sum_seconds
from rtmaudit.facts.time import Call, TimeTables
from rtmaudit.model import (
    ANYTHING,
    BillerType,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Program,
    System,
    Why,
    Window,
)
from rtmaudit.windows import ONE_DAY, PERIOD_DAYS, Month, length, stretches

MOST_DAYS = PERIOD_DAYS
THIRTY_DAY_PERIOD = "30-day period"
CALL_DATE = "call date and time"


@dataclass(slots=True)
class Facts:
    """Everything that was counted, and how to ask for it."""

    month: Month
    as_of: date
    zone: ZoneInfo | None
    roster: Roster
    days: DaySets | None
    time: TimeTables
    conditions: Mapping[str, int]
    monthly_clock: bool = False
    default_biller: BillerType | None = None
    practice_systems: frozenset[System] = field(default_factory=frozenset)

    def measure(self, patient: str, ref: FactRef, window: Window) -> Fact:
        """One fact of one patient in one window."""
        return MEASURES[ref.name](self, patient, ref, window)

    def day_reached(self, patient: str, ref: FactRef, count: int, window: Window) -> date | None:
        """The day in the month on which a count of days stood at `count` for the first time."""
        if self.days is None:
            return None
        seen = self.days.seen(patient, ref.systems) & self.days.mask(window.start, window.end)
        total = 0
        for bit in range(seen.bit_length()):
            total += seen >> bit & 1
            day = self.days.day(bit)
            if total >= count and day >= self.month.start and seen >> bit & 1:
                return day
        return None

    def left(self, window: Window) -> int:
        """Days of a window that are not over on the as-of day."""
        return length(max(self.as_of, window.start), window.end)


def reading_days(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """Distinct local days with a reading of any of the systems."""
    sets = facts.days
    later = _days_to_come(facts, patient, ref, window)
    if sets is None:
        return Fact(0, ANYTHING, Why.MISSING, Cause.NO_READINGS, later)
    seen, (maybe, unread) = sets.seen(patient, ref.systems), sets.in_doubt(patient, ref.systems)
    past_end = min(window.end, facts.as_of - ONE_DAY)
    past = sets.mask(window.start, past_end)
    unseen = (past & ~sets.covered & ~seen).bit_count()
    unseen += length(window.start, min(past_end, sets.first - ONE_DAY))
    mask = sets.mask(window.start, window.end)
    doubtful = (mask & maybe & ~seen).bit_count() + unread
    low = (mask & seen).bit_count()
    high, notes = low + unseen + doubtful, tuple[str, ...]()
    why, cause = (Why.DISPUTED, Cause.LINE_NOT_READABLE) if doubtful else (None, None)
    if unseen:
        why, cause = Why.MISSING, Cause.DAYS_NOT_COVERED
    if window.kind is Clock.CALENDAR_MONTH:
        low, high, notes = _on_the_month(facts, sets, seen, window, high)
        if low != high and why is None:
            why, cause = Why.DISPUTED, Cause.CALENDAR_MONTH
    high = min(high, length(window.start, window.end))
    if low == high:
        return Fact(low, high, later=later, notes=notes)
    return Fact(low, high, why, cause, later, notes)


def _on_the_month(
    facts: Facts, sets: DaySets, seen: int, window: Window, high: int
) -> tuple[int, int, tuple[str, ...]]:
    """Without a start the real 30-day period could be any stretch of the month: the fewest days in
    any of them are beyond doubt. Where the practice or payer counts by the month, all count."""
    high = min(high, MOST_DAYS)
    if facts.monthly_clock:
        return min((sets.mask(window.start, window.end) & seen).bit_count(), MOST_DAYS), high, ()
    low = min((sets.mask(*stretch) & seen).bit_count() for stretch in stretches(window))
    return low, high, (THIRTY_DAY_PERIOD,)


def _days_to_come(facts: Facts, patient: str, ref: FactRef, window: Window) -> int:
    """Days that may still bring a reading; the as-of day itself, if it has none yet."""
    end = window.end
    if window.kind is Clock.EPISODE:
        ends = facts.roster.enrolment(patient, ref.program).episode.end
        if ends is None or ends > window.end:
            return 10_000
    left = length(max(facts.as_of, window.start), end)
    if not left or facts.days is None or facts.as_of < window.start:
        return left
    today = facts.days.mask(facts.as_of, facts.as_of)
    return left - (1 if facts.days.seen(patient, ref.systems) & today else 0)


def management_minutes(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whole minutes whose role counts under the patient's biller."""
    later = ANYTHING if facts.left(window) else 0
    if not facts.time.has_log:
        return Fact(0, ANYTHING, Why.MISSING, Cause.NO_TIME_LOG, later)
    billers = _possible_billers(facts, patient, ref.program)
    roles = dict(ref.by)
    entries = facts.time.entries.get(patient, [])
    visits = facts.time.visits.get(patient, [])
    sums = [
        sum_seconds(entries, visits, facts.zone, ref, window, roles.get(each, ()))
        for each in billers
    ]
    low = min(each.least for each in sums) // 60
    most = [each.most for each in sums]
    high = ANYTHING if None in most else max(m for m in most if m is not None) // 60
    if low == high:
        return Fact(low, high, later=later)
    decisive = next((each for each in sums if each.why is Why.MISSING), None)
    decisive = decisive or next((each for each in sums if each.why), None)
    if decisive is None:
        return Fact(low, high, Why.MISSING, Cause.NO_BILLER_TYPE, later)
    return Fact(low, high, decisive.why, decisive.cause, later)


def _possible_billers(facts: Facts, patient: str, program: Program) -> list[BillerType]:
    line = facts.roster.any_line(patient, program)
    known = facts.roster.biller_type(line, facts.default_biller)
    return [known] if known else list(BillerType)


def live_contacts(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """Live contacts of a program, each once."""
    later = ANYTHING if facts.left(window) else 0
    calls = [c for c in facts.time.calls.get(patient, []) if c.program in (ref.program, None)]
    calls = [c for c in calls if _in_window(c, window)]
    certain = [call for call in calls if call.doubt is None]
    low, high = len(certain), len(calls)
    undated = certain and not any(call.day for call in certain)
    notes = (CALL_DATE,) if undated else ()
    if not facts.time.has_calls and not facts.time.has_contact:
        cause = Cause.NO_CONTACT_COLUMN if facts.time.has_log else Cause.NO_TIME_LOG
        return Fact(low, ANYTHING, Why.MISSING, cause, later, notes)
    doubts = [call.doubt for call in calls if call.doubt is not None]
    why = Why.MISSING if Cause.NO_CONTACT_COLUMN in doubts else Why.DISPUTED
    if not doubts:
        return Fact(low, high, later=later, notes=notes)
    return Fact(low, high, why, min(doubts), later, notes)


def _in_window(call: Call, window: Window) -> bool:
    """A call without a day is a monthly flag: it stands for the month that is audited."""
    return call.day is None or window.start <= call.day <= window.end


def monitored(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whether a system of the patient is watched; without a reading, what the practice watches."""
    del window
    if facts.days is None:
        return Fact.unknown(Cause.NO_READINGS)
    own = facts.days.systems.get(patient, set())
    if own:
        return Fact.known(any(system in own for system in ref.systems))
    if not any(system in facts.practice_systems for system in ref.systems):
        return Fact.known(False)
    if len(facts.practice_systems) == 1:
        return Fact.known(True)
    return Fact.unknown(Cause.SYSTEM_NOT_KNOWN)


def chronic_conditions(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """Chronic conditions: ICD-10-CM categories of three characters with a code that the public list
    calls chronic. A code that it does not hold, or does not decide, counts only in `high`."""
    del window
    paper = facts.roster.paper(facts.roster.any_line(patient, ref.program), "conditions")
    if paper.why is not None:
        return paper
    low, high = count_conditions(
        paper.low if isinstance(paper.low, tuple) else (), facts.conditions
    )
    if len(low) == len(high):
        return Fact.known(len(low))
    return Fact(len(low), len(high), Why.DISPUTED, Cause.CONDITION_NOT_LISTED)


def count_conditions(
    codes: Iterable[object], chronic: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    """The categories that are chronic for certain, and those that could be."""
    marks = {str(code): chronic.get(str(code), 9) for code in codes}
    low = sorted({code[:3] for code, mark in marks.items() if mark == 1})
    return low, sorted({*low, *(code[:3] for code, mark in marks.items() if mark == 9)})


def biller_type(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """Who bills."""
    del window
    line = facts.roster.any_line(patient, ref.program)
    known = facts.roster.biller_type(line, facts.default_biller)
    return Fact.known(str(known)) if known else Fact.unknown(Cause.NO_BILLER_TYPE)


def plan_of_care(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
    """The first and last day of the plan of care; no last day on file means that it runs on."""
    del window
    line = facts.roster.any_line(patient, ref.program)
    start = facts.roster.paper(line, "plan_of_care_from")
    end = facts.roster.paper(line, "plan_of_care_to")
    if end.why is Why.DISPUTED and isinstance(start.low, date):
        return end
    if not isinstance(start.low, date):
        return start
    return Fact.known((start.low, line.day("plan_of_care_to")))


def _paper(column: str) -> Callable[[Facts, str, FactRef, Window], Fact]:
    def paper(facts: Facts, patient: str, ref: FactRef, window: Window) -> Fact:
        del window
        own = facts.roster.enrolment
        line = own if column == "consent_on" else facts.roster.any_line
        return facts.roster.paper(line(patient, ref.program), column)

    return paper


MEASURES: Mapping[FactName, Callable[[Facts, str, FactRef, Window], Fact]] = {
    FactName.READING_DAYS: reading_days,
    FactName.MANAGEMENT_MINUTES: management_minutes,
    FactName.LIVE_CONTACTS: live_contacts,
    FactName.MONITORED: monitored,
    FactName.CHRONIC_CONDITIONS: chronic_conditions,
    FactName.BILLER_TYPE: biller_type,
    FactName.PLAN_OF_CARE: plan_of_care,
    FactName.CONSENT_DATE: _paper("consent_on"),
    FactName.ORDER_DATE: _paper("order_on"),
    FactName.CARE_PLAN_DATE: _paper("care_plan_on"),
    FactName.INITIATING_VISIT_DATE: _paper("initiating_visit_on"),
    FactName.MDM: _paper("mdm"),
}
"""How each fact is measured. A test holds these equal to the vocabulary."""
