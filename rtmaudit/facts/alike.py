"""Which of many patients get the same answer to a question, before anybody is asked.

An answer hangs on little: a paper on a few cells of the roster, a count of days on its window and
on how many bits are set under a mask. Those with the same key get the same answer, which is made
once (`measure`); a patient about whom something is in doubt is asked alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Final

from rtmaudit.facts.cohort import Cohort, Piece
from rtmaudit.facts.days import bit_reached
from rtmaudit.facts.roster import ENDS
from rtmaudit.facts.time import Call
from rtmaudit.model import Clock, FactName, FactRef, Program, Role, Window
from rtmaudit.windows import ONE_DAY

ALONE: Final = None
"""The key of a patient who is like nobody."""

Keys = Sequence[Hashable] | None
"""A key for each of those asked about; None where all are alike."""

Alike = Callable[[Cohort, FactRef, Sequence[int], Sequence[Window]], Keys]
"""Of these of a cohort, each in a window. The windows of one question run on one clock."""


def alike(
    cohort: Cohort, ref: FactRef, count: int | None, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    """The keys of a fact; with a `count`, of the day on which it was reached."""
    if count is None:
        return ALIKE[ref.name](cohort, ref, who, windows)
    if ref.name is FactName.READING_DAYS:
        return _day_reached(cohort, ref, count, who, windows)
    if ref.name is FactName.DAYS_TO_VISIT:
        return _cells("visited_on")(cohort, ref, who, windows)
    return ALIKE[ref.name](cohort, ref, who, windows)


def _cells(*columns: str, own: bool = False, windowed: bool = False) -> Alike:
    """Of what hangs on some cells of the roster. Where the window counts too (`windowed`), it does
    so only beside a cell that holds something."""

    def keys(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
        there = [column for column in columns if cohort.facts.roster.has(column)]
        if not there:
            return None
        lines, found = cohort.lines(ref.program, own=own), list[Hashable]()
        if len(there) == 1:
            (column,) = there
            found = [lines[i].cells.get(column) for i in who]
        else:
            found = [tuple([lines[i].cells.get(column) for column in there]) for i in who]
        if not windowed:
            return found
        return [(key, window.start, window.end) for key, window in zip(found, windows, strict=True)]

    return keys


def _window(windows: Sequence[Window]) -> Keys:
    return [(window.start, window.end) for window in windows]


def _since_discharge(column: str) -> Alike:
    cells = _cells(column)

    def keys(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
        found = cells(cohort, ref, who, windows) or [()] * len(who)
        return [(key, w.start, w.end) for key, w in zip(found, windows, strict=True)]

    return keys


def _program_month(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    numbers = _cells("cocm_month")(cohort, ref, who, windows)
    starts = _cells("enrolled_on", "setup_on", own=True, windowed=True)(cohort, ref, who, windows)
    if numbers is None or starts is None:
        return numbers or starts
    return list(zip(numbers, starts, strict=True))


def _systems(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    del ref, windows
    if cohort.facts.days is None:
        return None
    own, patients = cohort.facts.days.systems, cohort.patients
    return [frozenset(own.get(patients[i], ())) for i in who]


def _in_a_program(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    facts, program = cohort.facts, ref.program
    systems = _systems(cohort, ref, who, windows) or [()] * len(who)
    found: list[Hashable] = []
    for i, watched in zip(who, systems, strict=True):
        patient = cohort.patients[i]
        lines = tuple([line.programs for line in facts.roster.lines.get(patient, ())])
        logged = (patient, program) in facts.time.logged
        found.append((lines, facts.roster.knows(patient), logged, watched))
    return found


def _reading_days(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    sets, patients, doubtful = cohort.facts.days, cohort.patients, cohort.doubtful()
    ends = _episode_ends(cohort, ref, who, windows)
    if sets is None:
        return [
            ALONE if patients[i] in doubtful else (end, w.start, w.end)
            for i, end, w in zip(who, ends, windows, strict=True)
        ]
    seen = cohort.seen(ref)
    unstated = cohort.unstated(ref)
    today = sets.mask(cohort.facts.as_of, cohort.facts.as_of)
    by_month = windows[0].kind is Clock.CALENDAR_MONTH
    masks: dict[tuple[date, date], tuple[int, int]] = {}
    found: list[Hashable] = []
    for i, end, window in zip(who, ends, windows, strict=True):
        if patients[i] in doubtful:
            found.append(ALONE)
            continue
        days = seen[i]
        stretch = (window.start, window.end)
        if stretch not in masks:
            masks[stretch] = _masks(cohort, window)
        mask, unseen = masks[stretch]
        counted = mask & days if by_month else (mask & days).bit_count()
        unsure = unstated[i] & mask != 0
        found.append((stretch, counted, (unseen & ~days).bit_count(), days & today, end, unsure))
    return found


def _masks(cohort: Cohort, window: Window) -> tuple[int, int]:
    """The days of a window, and those of them that are over and that no export covers."""
    sets = cohort.facts.days
    assert sets is not None
    past = sets.mask(window.start, min(window.end, cohort.facts.as_of - ONE_DAY))
    return sets.mask(window.start, window.end), past & ~sets.covered


def _episode_ends(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Sequence[tuple[Hashable, ...]]:
    """What of the episode a count of days looks at: whether a month stands for a period whose start
    is on file, and how long an episode may still bring days."""
    if windows[0].kind not in (Clock.CALENDAR_MONTH, Clock.EPISODE):
        return [()] * len(who)
    keys = _cells("enrolled_on", "setup_on", *ENDS, own=True)(cohort, ref, who, windows)
    return [(key,) for key in keys] if keys else [()] * len(who)


def _day_reached(
    cohort: Cohort, ref: FactRef, count: int, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    sets = cohort.facts.days
    if sets is None:
        return None
    seen, doubtful = cohort.seen(ref), cohort.doubtful()
    month = cohort.facts.month.start
    return [
        ALONE
        if cohort.patients[i] in doubtful
        else (bit_reached(seen[i] & sets.mask(w.start, w.end), count, (month - sets.first).days),)
        for i, w in zip(who, windows, strict=True)
    ]


def _readings(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """Lines are counted one by one; who has none is like others who have none."""
    sets = cohort.facts.days
    if sets is None:
        return _window(windows)
    counted, keys = cohort.counted(), _reading_days(cohort, ref, who, windows)
    assert keys is not None
    return [
        ALONE if cohort.patients[i] in counted else key for i, key in zip(who, keys, strict=True)
    ]


def _minutes(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    if not cohort.facts.time.has_log:
        return _window(windows)
    patients, barred, program = cohort.patients, cohort.barred(ref), ref.program
    pieces, roles = cohort.pieces(), cohort.roles(ref)
    found: list[Hashable] = []
    for i, window in zip(who, windows, strict=True):
        mine = pieces[i]
        if mine is None or patients[i] in barred:
            found.append(ALONE)
            continue
        sums = tuple([_minutes_within(mine, program, each, window) for each in roles[i]])
        found.append(ALONE if None in sums else (window.start, window.end, sums))
    return found


def _minutes_within(
    mine: Sequence[Piece], program: Program, roles: tuple[Role, ...], window: Window
) -> Hashable:
    """Minutes beyond doubt and at most, and whether any are disputed; None where the window cuts
    some."""
    least, most, disputed, start, end = 0, 0, False, window.start, window.end
    for its, role, first, last, low, high, shared in mine:
        if not high or role not in roles or its not in (program, None):
            continue
        if start <= first and last <= end:
            least, most, disputed = least + low, most + high, disputed or shared
        elif first <= end and start <= last:
            return None
    return least // 60, most // 60, disputed


def _assistants(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    """Who has no time of an assistant has no share of theirs."""
    del ref, windows
    if not cohort.facts.time.has_log:
        return None
    pieces = cohort.pieces()
    return [
        ALONE if mine is None or any(role is Role.ASSISTANT for _, role, *_ in mine) else 0
        for mine in map(pieces.__getitem__, who)
    ]


def _contacts(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    calls, program = cohort.facts.time.calls, ref.program
    none: Sequence[Call] = ()
    found: list[Hashable] = []
    for i, window in zip(who, windows, strict=True):
        number, dated, key = 0, False, True
        for call in calls.get(cohort.patients[i], none):
            if call.program not in (program, None):
                continue
            if call.doubt is not None:
                key = False
            elif call.day is None or window.start <= call.day <= window.end:
                number += 1
                dated = dated or call.day is not None
        found.append((window.start, window.end, number, dated) if key else ALONE)
    return found


def _visits(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """Who has no visits is like others who have none."""
    del ref, windows
    visits = cohort.facts.time.visits
    if not visits:
        return None
    return [ALONE if visits.get(cohort.patients[i]) else 0 for i in who]


ALIKE: Mapping[FactName, Alike] = {
    FactName.READING_DAYS: _reading_days,
    FactName.READINGS: _readings,
    FactName.MANAGEMENT_MINUTES: _minutes,
    FactName.LIVE_CONTACTS: _contacts,
    FactName.VISITS: _visits,
    FactName.ASSISTANT_PERCENT: _assistants,
    FactName.DAYS_TO_VISIT: _since_discharge("visited_on"),
    FactName.BUSINESS_DAYS_TO_CONTACT: _since_discharge("contacted_on"),
    FactName.MONITORED: _systems,
    FactName.CHRONIC_CONDITIONS: _cells("conditions"),
    FactName.DIAGNOSES: _cells("conditions"),
    FactName.BILLER_TYPE: _cells("biller_type"),
    FactName.DISCIPLINE: _cells("discipline", own=True),
    FactName.PLAN_OF_CARE: _cells("plan_of_care_from", "plan_of_care_to"),
    FactName.CONSENT_DATE: _cells("consent_on", own=True),
    FactName.ORDER_DATE: _cells("order_on"),
    FactName.CARE_PLAN_DATE: _cells("care_plan_on"),
    FactName.INITIATING_VISIT_DATE: _cells("initiating_visit_on"),
    FactName.MDM: _cells("mdm"),
    FactName.ESTABLISHED: _cells("established"),
    FactName.HIGH_RISK: _cells("high_risk"),
    FactName.QMB: _cells("qmb"),
    FactName.ALIVE: _cells("died_on", windowed=True),
    FactName.ENROLLED: _in_a_program,
    FactName.PROGRAM_MONTH: _program_month,
    FactName.PLACE_OF_SERVICE: _cells("place_of_service"),
    FactName.SURGICAL_PERIOD: _cells("surgery_on", "global_days", "surgery_related", windowed=True),
    FactName.THERAPY_AMOUNT: _cells("therapy_amount_to_date"),
}
"""By what each fact is alike. A test holds these equal to the vocabulary."""
