"""What is looked up rather than counted: papers, words and events of the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from pandas.tseries.holiday import USFederalHolidayCalendar

from rtmaudit.facts.known import Known
from rtmaudit.model import (
    ANYTHING,
    Cause,
    Discipline,
    Fact,
    FactRef,
    ProgramMonth,
    SurgicalPeriod,
    Why,
    Window,
    YesNo,
)
from rtmaudit.tables import UNREADABLE
from rtmaudit.windows import Month, length

Measure = Callable[[Known, str, FactRef, Window], Fact]


def monitored(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whether a system of the patient is watched; without a reading, what the practice watches."""
    del window
    if facts.days is None:
        return Fact.unknown(Cause.NO_READINGS)
    own = facts.days.systems(patient)
    if own:
        return Fact.known(any(system in own for system in ref.systems))
    if not any(system in facts.practice_systems for system in ref.systems):
        return Fact.known(False)
    if len(facts.practice_systems) == 1:
        return Fact.known(True)
    return Fact.unknown(Cause.SYSTEM_NOT_KNOWN)


def chronic_conditions(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
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


def biller_type(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Who bills."""
    del window
    line = facts.roster.any_line(patient, ref.program)
    known = facts.roster.biller_type(line, facts.default_biller)
    return Fact.known(str(known)) if known else Fact.unknown(Cause.NO_BILLER_TYPE)


def plan_of_care(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
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


def paper_of(column: str) -> Measure:
    """A measure that looks a paper or a word up in a column of the roster."""

    def paper(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
        del window
        own = facts.roster.enrolment
        line = own if column == "consent_on" else facts.roster.any_line
        return facts.roster.paper(line(patient, ref.program), column)

    return paper


def yes_no(column: str, empty: bool | None = None) -> Measure:
    """A measure that looks up a yes or no; an empty cell is `empty`, or nothing on file."""

    def answer(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
        del window
        paper = facts.roster.paper(facts.roster.any_line(patient, ref.program), column)
        if paper.why is not None:
            return paper
        return Fact.known(empty if paper.low is None else paper.low == YesNo.YES)

    return answer


def high_risk(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """The clinician's judgement; what is in no cell is to confirm."""
    found = yes_no("high_risk")(facts, patient, ref, window)
    return Fact.unknown(Cause.NO_COLUMN) if found == Fact.known(None) else found


def alive(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whether no death by the window's last day is on file."""
    line = facts.roster.any_line(patient, ref.program)
    if line.cells.get("died_on") == UNREADABLE:
        return Fact(None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE)
    died = line.day("died_on")
    return Fact.known(died is None or died > window.end)


def enrolled(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whether the patient is in the program that is asked for."""
    del window
    return Fact.known(facts.is_in(patient, ref.program))


def program_month(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """The first month of a program or a later one: as the roster counts it, else by enrolment."""
    line = facts.roster.any_line(patient, ref.program)
    number = line.cells.get("cocm_month")
    if isinstance(number, int):
        return Fact.known(ProgramMonth.FIRST if number == 1 else ProgramMonth.LATER)
    start = facts.roster.enrolment(patient, ref.program).episode.start
    if start is None:
        return Fact.unknown(Cause.NO_START)
    first = Month.of(start) >= Month.of(window.start)
    return Fact.known(ProgramMonth.FIRST if first else ProgramMonth.LATER)


def place_of_service(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """The code of the place of service; none on file is no special place."""
    del window
    return Fact.known(facts.roster.any_line(patient, ref.program).text("place_of_service"))


def diagnoses(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """The ICD-10-CM codes on file, without dots."""
    del window
    return facts.roster.paper(facts.roster.any_line(patient, ref.program), "conditions")


MOST_GLOBAL_DAYS = 90
"""The longest global surgical period, assumed where a surgery's own is not on file."""


def surgical_period(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """How a window stands to the global period of a surgery on file; in dispute where the roster
    does not say whether the surgery is related to what is monitored."""
    line = facts.roster.any_line(patient, ref.program)
    surgery, days = line.day("surgery_on"), line.cells.get("global_days")
    if line.cells.get("surgery_on") == UNREADABLE:
        return Fact(None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE)
    if surgery is None:
        return Fact.known(SurgicalPeriod.NONE)
    lasts = days if isinstance(days, int) else MOST_GLOBAL_DAYS
    if surgery > window.end or surgery + timedelta(days=lasts) < window.start:
        return Fact.known(SurgicalPeriod.NONE)
    related = line.cells.get("surgery_related")
    if related == YesNo.NO:
        return Fact.known(SurgicalPeriod.UNRELATED)
    if related == YesNo.YES and isinstance(days, int):
        return Fact.known(SurgicalPeriod.RELATED)
    return Fact(None, ANYTHING, Why.DISPUTED, Cause.SURGERY_UNSTATED)


def days_to_visit(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Days from the discharge, with which the window begins, to the face-to-face visit."""
    return _since_discharge(facts, patient, ref, window, "visited_on", lambda a, b: (b - a).days)


def business_days_to_contact(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Business days (Monday to Friday, no federal holiday) from the discharge to the contact."""
    return _since_discharge(facts, patient, ref, window, "contacted_on", business_days)


def business_days(start: date, end: date) -> int:
    """Business days after `start`, up to and with `end`."""
    holidays = USFederalHolidayCalendar().holidays(start, end)
    closed = {day.date() for day in holidays}
    after = (start + timedelta(days=n) for n in range(1, length(start, end)))
    return sum(day.weekday() < 5 and day not in closed for day in after)


def _since_discharge(
    facts: Known,
    patient: str,
    ref: FactRef,
    window: Window,
    column: str,
    between: Callable[[date, date], int],
) -> Fact:
    """What has not happened since then took at least until today."""
    line = facts.roster.any_line(patient, ref.program)
    paper = facts.roster.paper(line, column)
    if paper.why is not None:
        return Fact(0, ANYTHING, paper.why, paper.cause)
    if isinstance(paper.low, date) and paper.low >= window.start:
        return Fact.known(between(window.start, paper.low))
    so_far = between(window.start, min(window.end, max(window.start, facts.as_of)))
    running = ANYTHING if facts.left(window) else 0
    return Fact(so_far, ANYTHING, Why.MISSING, Cause.NO_COLUMN, running)


def discipline(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """The therapist's profession, as on the program's own line of the roster."""
    del window
    value = facts.roster.enrolment(patient, ref.program).cells.get("discipline")
    return Fact.known(value) if isinstance(value, Discipline) else Fact.unknown(Cause.NO_COLUMN)


def therapy_amount(facts: Known, patient: str, ref: FactRef, window: Window) -> Fact:
    """Whole dollars of therapy in the year so far, rounded up: above a threshold only if the exact
    amount is."""
    del window
    cents = facts.roster.any_line(patient, ref.program).cells.get("therapy_amount_to_date")
    return Fact.known(-(-cents // 100)) if isinstance(cents, int) else Fact.known(0)
