"""What is counted in a window: days and readings, minutes, contacts, visits; as intervals.

Seconds are summed as integers and floored to minutes once, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rtmaudit.facts.days import DaySets, bit_reached
from rtmaudit.facts.known import Known
from rtmaudit.facts.seconds import Days, Sum, shares, sum_seconds
from rtmaudit.facts.spans import Visit
from rtmaudit.facts.time import Call, Entry
from rtmaudit.facts.told import MOST_DAYS, THIRTY_DAY_PERIOD, between, told_day, told_days
from rtmaudit.model import (
    ANYTHING,
    BillerType,
    Cause,
    Clock,
    DataDays,
    Fact,
    FactRef,
    Role,
    Share,
    Why,
    Window,
)
from rtmaudit.windows import ONE_DAY, length, stretches

CALL_DATE = "call date and time"
READING_SOURCE = "reading source"
NO_END = 10_000
"""Days that an episode which runs on may still bring."""


def reading_days(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Distinct local days with a reading of any of the systems: by the readings, by a summary
    where the patient has none, and between the two where they do not agree."""
    counted, told = _days_seen(facts, patient, ref, window), told_days(facts, patient, ref, window)
    if told is None:
        return counted
    sets = facts.days
    if sets is None or not (sets.seen(patient, ref) or any(sets.in_doubt(patient, ref.systems))):
        return told
    return between(counted, told)


def _days_seen(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    sets = facts.days
    later = _days_to_come(facts, patient, ref, window)
    if sets is None:
        return Fact(0, ANYTHING, Why.MISSING, Cause.NO_READINGS, later)
    seen, (maybe, unread) = sets.seen(patient, ref), sets.in_doubt(patient, ref.systems)
    unseen = (sets.uncovered(window, facts.as_of) & ~seen).bit_count()
    unseen += sets.before(window, facts.as_of)
    mask = sets.mask(window.start, window.end)
    doubtful = (mask & maybe & ~seen).bit_count() + unread
    low = (mask & seen).bit_count()
    high, notes = low + unseen + doubtful, tuple[str, ...]()
    why, cause = None, None
    if doubtful:
        why, cause = Why.DISPUTED, sets.why(patient, ref.systems, mask & ~seen)
    if unseen:
        why, cause = Why.MISSING, Cause.DAYS_NOT_COVERED
    if window.kind is Clock.CALENDAR_MONTH:
        counted_by_month = facts.monthly_clock or _start_known(facts, patient, ref)
        low, high, notes = _on_the_month(counted_by_month, sets, seen, window, high)
        if low != high and why is None:
            why, cause = Why.DISPUTED, Cause.CALENDAR_MONTH
    high = min(high, length(window.start, window.end))
    if mask & sets.unstated(patient, ref):
        notes = (*notes, READING_SOURCE)
    if low == high:
        return Fact(low, high, later=later, notes=notes)
    return Fact(low, high, why, cause, later, notes)


def data_days(facts: Known, patient: str, ref: FactRef) -> DataDays | None:
    """The days with data of any of the systems, from the span's first to the month's last or the
    day before the as-of day; None without an export of readings."""
    sets = facts.days
    if sets is None:
        return None
    seen, (maybe, _) = sets.seen(patient, ref), sets.in_doubt(patient, ref.systems)
    past = sets.mask(sets.first, min(facts.month.end, facts.as_of - ONE_DAY))

    def days(mask: int) -> tuple[date, ...]:
        return tuple(sets.day(bit) for bit in range(mask.bit_length()) if mask >> bit & 1)

    whole = sets.mask(sets.first, facts.month.end)
    return DataDays(
        days(seen & whole), days(maybe & whole & ~seen), days(past & ~sets.covered & ~seen & ~maybe)
    )


def readings(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Readings of any of the systems, each line one."""
    sets, later = facts.days, ANYTHING if facts.left(window) else 0
    if sets is None:
        return Fact(0, ANYTHING, Why.MISSING, Cause.NO_READINGS, later)
    mask = sets.mask(window.start, window.end)
    low = sets.number(patient, ref, mask)
    notes = (READING_SOURCE,) if mask & sets.unstated(patient, ref) else ()
    maybe, unread = sets.in_doubt(patient, ref.systems)
    if sets.uncovered(window, facts.as_of) & ~sets.seen(patient, ref):
        return Fact(low, ANYTHING, Why.MISSING, Cause.DAYS_NOT_COVERED, later, notes)
    if mask & maybe or unread:
        cause = sets.why(patient, ref.systems, mask)
        return Fact(low, ANYTHING, Why.DISPUTED, cause, later, notes)
    return Fact.known(low, later=later) if not notes else Fact(low, low, later=later, notes=notes)


def _start_known(facts: Known, patient: str, ref: FactRef) -> bool:
    """Whether the month was chosen as the clock although the period's start is on file."""
    return facts.roster.enrolment(patient, ref.program).episode.start is not None


def _on_the_month(
    counted_by_month: bool, sets: DaySets, seen: int, window: Window, high: int
) -> tuple[int, int, tuple[str, ...]]:
    """Without a start the real 30-day period could be any stretch of the month: the fewest days in
    any of them are beyond doubt. Where the practice or payer counts by the month, all count."""
    high = min(high, MOST_DAYS)
    if counted_by_month:
        return min((sets.mask(window.start, window.end) & seen).bit_count(), MOST_DAYS), high, ()
    low = min((sets.mask(*stretch) & seen).bit_count() for stretch in stretches(window))
    return low, high, (THIRTY_DAY_PERIOD,)


def _days_to_come(facts: Known, patient: str, ref: FactRef, window: Window) -> int:
    """Days that may still bring a reading; the as-of day itself, if it has none yet."""
    end = window.end
    if window.kind is Clock.EPISODE:
        ends = facts.roster.enrolment(patient, ref.program).episode.end
        if ends is None or ends > window.end:
            return NO_END
    left = length(max(facts.as_of, window.start), end)
    if not left or facts.days is None or facts.as_of < window.start:
        return left
    today = facts.days.mask(facts.as_of, facts.as_of)
    return left - (1 if facts.days.seen(patient, ref) & today else 0)


def management_minutes(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whole minutes whose role counts under the patient's biller."""
    later = ANYTHING if facts.left(window) else 0
    if not facts.time.has_log:
        return Fact(0, ANYTHING, Why.MISSING, Cause.NO_TIME_LOG, later)
    sums = _sums(facts, patient, ref, window)
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


def assistant_percent(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """The assistants' share of the therapists' and assistants' seconds, in whole per cent rounded
    up: above ten only if the exact share is."""
    if not facts.time.has_log:
        return Fact.unknown(Cause.NO_TIME_LOG)
    mine = _seconds(facts, patient, ref, window, (Role.ASSISTANT,))
    both = _seconds(facts, patient, ref, window, (Role.THERAPIST, Role.ASSISTANT))
    if mine.most == 0:
        return Fact.known(0)
    if mine.why or both.why or mine.most is None:
        cause = mine.cause or both.cause
        return Fact(0, ANYTHING, mine.why or both.why, cause)
    return Fact.known(-(-100 * mine.least // both.least) if both.least else 0)


def _sums(facts: Known, patient: str, ref: FactRef, window: Window) -> list[Sum]:
    """The seconds that count, under each biller that it may be."""
    billers = facts.possible_billers(patient, ref.program)
    return [sum_seconds(minutes_of(facts, patient, ref, window, each)) for each in billers]


def minutes_of(
    facts: Known, patient: str, ref: FactRef, window: Window, biller: BillerType
) -> Iterator[tuple[Entry, Share]]:
    """What counts of each entry of a fact of minutes, if this one bills."""
    return _shares(facts, patient, ref, window, dict(ref.by).get(biller, ()))


def _seconds(
    facts: Known, patient: str, ref: FactRef, window: Window, roles: tuple[Role, ...]
) -> Sum:
    return sum_seconds(_shares(facts, patient, ref, window, roles))


def _shares(
    facts: Known, patient: str, ref: FactRef, window: Window, roles: tuple[Role, ...]
) -> Iterator[tuple[Entry, Share]]:
    entries = facts.time.entries(patient)
    days = Days(facts.time.visits.get(patient, []), facts.stays.get(patient, []), ref)
    return shares(entries, days, facts.zone, ref.program, window, roles)


def visits(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Visits with one of the codes; none where no export of visits is there."""
    mine = _visits(facts, patient, ref, window)
    sure = sum(each.sure for each in mine)
    if sure == len(mine):
        return Fact.known(sure)
    return Fact(sure, len(mine), Why.DISPUTED, Cause.LINE_NOT_READABLE)


def visit_day(facts: Known, patient: str, ref: FactRef, count: int, window: Window) -> date | None:
    """The day of the visit that makes up the count."""
    days = [each.on for each in _visits(facts, patient, ref, window) if each.sure and each.on]
    return sorted(days)[count - 1] if len(days) >= count else None


def _visits(facts: Known, patient: str, ref: FactRef, window: Window) -> list[Visit]:
    mine = facts.time.visits.get(patient, ())
    return [each for each in mine if each.within(window.start, window.end, ref.visit_codes)]


def reading_day(
    facts: Known, patient: str, ref: FactRef, count: int, window: Window
) -> date | None:
    """The day in the month on which a count of days stood at `count` for the first time."""
    if facts.days is None:
        return None
    if told := told_day(facts, patient, ref, count):
        return told
    seen = facts.days.seen(patient, ref) & facts.days.mask(window.start, window.end)
    bit = bit_reached(seen, count, (facts.month.start - facts.days.first).days)
    return None if bit is None else facts.days.day(bit)


def live_contacts(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Live contacts of a program, each once."""
    later = ANYTHING if facts.left(window) else 0
    calls = contacts_of(facts, patient, ref, window)
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


def contacts_of(facts: Known, patient: str, ref: FactRef, window: Window) -> list[Call]:
    """The calls of a program in a window, certainly or perhaps live contacts."""
    calls = [c for c in facts.time.contacts(patient) if c.program in (ref.program, None)]
    return [c for c in calls if _in_window(c, window)]


def _in_window(call: Call, window: Window) -> bool:
    """A call without a day is a monthly flag: it stands for the month that is audited."""
    return call.day is None or window.start <= call.day <= window.end
