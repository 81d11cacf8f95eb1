"""What is looked up on the roster: answers, periods around a surgery, months of a program, days
since a discharge."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from counted import CCM, MARCH, READINGS, RPM, RTM, Practice, log, readings, span, table
from hypothesis import given
from hypothesis import strategies as st
from practice import ZONE, file, problems
from practice import Practice as Exports

from rtmaudit.facts import Facts
from rtmaudit.facts.papers import business_days
from rtmaudit.model import (
    ANYTHING,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Program,
    Why,
    Window,
)

NO_COLUMN = Fact.unknown(Cause.NO_COLUMN)
IN_DOUBT = (None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE)
DISCHARGE = Window(Clock.DISCHARGE, date(2026, 3, 13), date(2026, 4, 11))
"""From a Friday on."""


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def practice_in(folder: Path) -> Exports:
    """Exports that are audited as a whole."""
    exports = Exports(folder)
    exports.configure(ZONE)
    return exports


def of_roster(practice: Practice, columns: str, *cells: str, as_of: date | None = None) -> Facts:
    """Facts of a practice whose roster has these columns, a patient a line: P1, P2 and so on."""
    lines = [f"P{i},{each}" for i, each in enumerate(cells, 1)]
    given = {"as_of": as_of} if as_of else {}
    days = table(READINGS, *readings(2))
    return practice.facts(readings=days, patients=table(f"patient_id,{columns}", *lines), **given)


def ask(
    facts: Facts,
    name: FactName,
    patient: str = "P1",
    window: Window = MARCH,
    program: Program = RTM,
) -> Fact:
    return facts.measure(patient, FactRef(name, program), window)


# ---- yes and no ----


@pytest.mark.parametrize(
    ("name", "column", "empty"),
    [
        (FactName.ESTABLISHED, "established", Fact.known(None)),
        (FactName.QMB, "qmb", Fact.known(False)),
        (FactName.HIGH_RISK, "high_risk", NO_COLUMN),
    ],
)
def test_an_answer_is_yes_or_no_and_what_silence_means_depends_on_the_question(
    name: FactName, column: str, empty: Fact, practice: Practice
) -> None:
    facts = of_roster(practice, column, "yes", "no", "YES", "", "perhaps")
    assert [ask(facts, name, f"P{i}") for i in (1, 2, 3)] == [
        Fact.known(True),
        Fact.known(False),
        Fact.known(True),
    ]
    assert ask(facts, name, "P4") == empty
    assert span(ask(facts, name, "P5")) == IN_DOUBT
    assert ask(of_roster(practice, "biller", "Dr A"), name) == NO_COLUMN


def test_without_a_roster_no_answer_is_known(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings(2)))
    for name in (FactName.ESTABLISHED, FactName.QMB, FactName.HIGH_RISK, FactName.DIAGNOSES):
        assert ask(facts, name) == NO_COLUMN


# ---- alive ----


@pytest.mark.parametrize(
    ("died", "alive"),
    [("2026-03-31", False), ("2026-03-01", False), ("2025-01-01", False), ("2026-04-01", True)],
)
def test_who_died_by_the_windows_last_day_is_not_alive(
    died: str, alive: bool, practice: Practice
) -> None:
    assert ask(of_roster(practice, "died_on", died), FactName.ALIVE) == Fact.known(alive)


def test_of_whom_no_death_is_on_file_is_taken_as_alive(practice: Practice) -> None:
    assert ask(of_roster(practice, "died_on", ""), FactName.ALIVE) == Fact.known(True)
    assert ask(of_roster(practice, "biller", "Dr A"), FactName.ALIVE) == Fact.known(True)
    assert ask(practice.facts(readings=table(READINGS, *readings(2))), FactName.ALIVE).low is True


# ---- a surgery ----


SURGERY = "surgery_on,global_days,surgery_related"


@pytest.mark.parametrize(
    ("surgery", "days", "period"),
    [
        ("", 90, "none"),
        ("2025-11-30", 90, "none"),
        ("2025-12-01", 90, "related"),
        ("2026-02-18", 10, "none"),
        ("2026-02-19", 10, "related"),
        ("2026-02-28", 0, "none"),
        ("2026-03-01", 0, "related"),
        ("2026-03-31", 0, "related"),
        ("2026-03-31", 90, "related"),
        ("2026-04-02", 90, "none"),
        ("2026-04-01", 10, "none"),
    ],
)
def test_a_surgical_period_matters_where_it_shares_a_day_with_the_window(
    surgery: str, days: int, period: str, practice: Practice
) -> None:
    facts = of_roster(practice, SURGERY, f"{surgery},{days},yes")
    assert ask(facts, FactName.SURGICAL_PERIOD) == Fact.known(period)
    facts = of_roster(practice, SURGERY, f"{surgery},{days},no")
    other = "none" if period == "none" else "unrelated"
    assert ask(facts, FactName.SURGICAL_PERIOD) == Fact.known(other)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("2026-03-01,90,", None),
        ("2026-03-01,90,perhaps", None),
        ("2026-03-01,,yes", None),
        ("2026-03-01,ninety,yes", None),
        ("2026-03-01,,no", "unrelated"),
        ("2026-03-01,,", None),
        ("2025-12-01,,no", "unrelated"),
        ("2025-12-01,,", None),
        ("2025-11-30,,yes", "none"),
        ("2025-11-30,,", "none"),
    ],
)
def test_what_a_surgery_does_not_say_is_for_a_person_where_it_matters(
    cells: str, expected: str | None, practice: Practice
) -> None:
    """Of a surgery whose global days are not on file the longest period is assumed."""
    found = ask(of_roster(practice, SURGERY, cells), FactName.SURGICAL_PERIOD)
    if expected is None:
        assert span(found) == (None, ANYTHING, Why.DISPUTED, Cause.SURGERY_UNSTATED)
    else:
        assert found == Fact.known(expected)


def test_without_columns_of_surgery_there_was_none(practice: Practice) -> None:
    facts = of_roster(practice, "biller", "Dr A")
    assert ask(facts, FactName.SURGICAL_PERIOD) == Fact.known("none")
    facts = of_roster(practice, "surgery_on", "2026-03-01")
    assert ask(facts, FactName.SURGICAL_PERIOD).cause is Cause.SURGERY_UNSTATED


# ---- months of a program ----


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("1,2026-03-05", "first"),
        ("2,2026-03-05", "later"),
        ("1,2025-01-05", "first"),
        ("12,", "later"),
        (",2026-03-05", "first"),
        (",2026-03-31", "first"),
        (",2026-02-28", "later"),
        (",2025-03-05", "later"),
    ],
)
def test_the_month_of_a_program_is_counted_by_the_roster_or_from_the_enrolment(
    cells: str, expected: str, practice: Practice
) -> None:
    facts = of_roster(practice, "cocm_month,enrolled_on", cells)
    assert ask(facts, FactName.PROGRAM_MONTH, program=Program.COCM) == Fact.known(expected)


def test_without_a_number_or_an_enrolment_the_month_of_a_program_is_unknown(
    practice: Practice,
) -> None:
    for columns, cells in (("cocm_month,enrolled_on", ","), ("biller", "Dr A")):
        facts = of_roster(practice, columns, cells)
        found = ask(facts, FactName.PROGRAM_MONTH, program=Program.COCM)
        assert found == Fact.unknown(Cause.NO_START)


# ---- enrolled, place, diagnoses, discipline, amounts ----


def test_enrolled_is_who_is_in_the_other_program_by_the_roster_or_the_log(
    practice: Practice,
) -> None:
    roster = table("patient_id,programs", "P1,rtm;ccm", "P2,rtm", "P3,", "P4,")
    entries = log("P3,2026-03-03,600,ccm,physician,none,,1")
    facts = practice.facts(
        readings=table(READINGS, *readings(2)), time_log=entries, patients=roster
    )
    enrolled = [ask(facts, FactName.ENROLLED, f"P{i}", program=CCM).low for i in (1, 2, 3, 4)]
    assert enrolled == [True, False, True, False]


def test_the_place_of_service_is_the_code_on_file_or_none(practice: Practice) -> None:
    facts = of_roster(practice, "place_of_service", "11", "", "02")
    found = [ask(facts, FactName.PLACE_OF_SERVICE, f"P{i}").low for i in (1, 2, 3)]
    assert found == ["11", "", "02"]
    assert ask(of_roster(practice, "biller", "A"), FactName.PLACE_OF_SERVICE) == Fact.known("")


def test_diagnoses_are_codes_without_dots_in_capitals(practice: Practice) -> None:
    facts = of_roster(practice, "conditions", "i10; E11.9", "")
    assert ask(facts, FactName.DIAGNOSES) == Fact.known(("I10", "E119"))
    assert not ask(facts, FactName.DIAGNOSES, "P2").low
    assert ask(of_roster(practice, "biller", "A"), FactName.DIAGNOSES) == NO_COLUMN


def test_a_therapists_discipline_is_that_of_the_programs_own_line(practice: Practice) -> None:
    roster = table(
        "patient_id,programs,discipline", "P1,rtm,pt", "P1,ccm,", "P2,,SLP", "P3,rtm,dance"
    )
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    assert ask(facts, FactName.DISCIPLINE).low == "pt"
    assert ask(facts, FactName.DISCIPLINE, program=CCM) == NO_COLUMN
    assert ask(facts, FactName.DISCIPLINE, "P2", program=RPM).low == "slp"
    assert ask(facts, FactName.DISCIPLINE, "P3").low not in ("pt", "ot", "slp")


@pytest.mark.parametrize(
    ("cell", "dollars"),
    [
        ("2480", 2480),
        ("2480.00", 2480),
        ("2480.01", 2481),
        ('"2,480.01"', 2481),
        ("$2480", 2480),
        ("0", 0),
        ("", 0),
        ("much", 0),
        ("-5", 0),
    ],
)
def test_an_amount_of_therapy_is_above_a_threshold_only_if_its_cents_are(
    cell: str, dollars: int, practice: Practice
) -> None:
    facts = of_roster(practice, "therapy_amount_to_date", cell)
    assert ask(facts, FactName.THERAPY_AMOUNT) == Fact.known(dollars)


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("therapy_amount_to_date", "1.234"),
        ("therapy_amount_to_date", "much"),
        ("global_days", "9O"),
        ("global_days", "-1"),
        ("global_days", "1.5"),
        ("cocm_month", "first"),
    ],
)
def test_a_number_that_cannot_be_read_is_told_and_the_line_is_used(
    column: str, bad: str, tmp_path: Path
) -> None:
    exports = practice_in(tmp_path)
    exports.write("readings.csv", table(READINGS, *readings(2)))
    exports.write("patients.csv", table(f"patient_id,programs,{column}", f"P1,rtm,{bad}"))
    document = exports.document()
    assert problems(document, "patients.csv") == [(2, column, "unreadable_number")]
    assert file(document, "patients.csv")["used"] == 1


# ---- since a discharge ----


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-03-13", "2026-03-13", 0),
        ("2026-03-13", "2026-03-14", 0),
        ("2026-03-13", "2026-03-15", 0),
        ("2026-03-13", "2026-03-16", 1),
        ("2026-03-13", "2026-03-17", 2),
        ("2026-03-11", "2026-03-13", 2),
        ("2026-03-14", "2026-03-16", 1),
        ("2026-01-16", "2026-01-19", 0),
        ("2026-01-16", "2026-01-20", 1),
        ("2026-07-02", "2026-07-03", 0),
        ("2026-07-02", "2026-07-06", 1),
        ("2025-12-24", "2025-12-26", 1),
        ("2025-12-31", "2026-01-02", 1),
        ("2026-06-18", "2026-06-22", 1),
        ("2026-11-25", "2026-11-27", 1),
    ],
)
def test_business_days_are_without_weekends_and_federal_holidays(
    start: str, end: str, days: int
) -> None:
    assert business_days(date.fromisoformat(start), date.fromisoformat(end)) == days


@pytest.mark.no_cover
@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(0, 40), st.integers(0, 40))
def test_business_days_add_up(start: date, first: int, then: int) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=then)
    whole = business_days(start, end)
    assert whole == business_days(start, middle) + business_days(middle, end)
    assert 0 <= whole <= first + then


SINCE = "discharged_on,contacted_on,visited_on"


@pytest.mark.parametrize(
    ("cells", "contact", "visit"),
    [
        ("2026-03-13,2026-03-13,2026-03-20", 0, 7),
        ("2026-03-13,2026-03-16,2026-03-21", 1, 8),
        ("2026-03-13,2026-03-17,2026-03-27", 2, 14),
        ("2026-03-13,2026-03-18,2026-03-28", 3, 15),
        ("2026-03-13,2026-03-14,2026-03-13", 0, 0),
    ],
)
def test_days_run_from_the_discharge(
    cells: str, contact: int, visit: int, practice: Practice
) -> None:
    facts = of_roster(practice, SINCE, cells)
    found = ask(facts, FactName.BUSINESS_DAYS_TO_CONTACT, window=DISCHARGE)
    assert found == Fact.known(contact)
    assert ask(facts, FactName.DAYS_TO_VISIT, window=DISCHARGE) == Fact.known(visit)


@pytest.mark.parametrize(
    ("as_of", "visit", "contact"),
    [
        (date(2026, 3, 13), 0, 0),
        (date(2026, 3, 14), 1, 0),
        (date(2026, 3, 17), 4, 2),
        (date(2026, 3, 21), 8, 5),
        (date(2026, 4, 1), 19, 13),
    ],
)
def test_what_has_not_happened_yet_took_at_least_until_today(
    as_of: date, visit: int, contact: int, practice: Practice
) -> None:
    facts = of_roster(practice, SINCE, "2026-03-13,,", as_of=as_of)
    found = ask(facts, FactName.DAYS_TO_VISIT, window=DISCHARGE)
    assert (found.low, found.high, found.later) == (visit, ANYTHING, ANYTHING)
    found = ask(facts, FactName.BUSINESS_DAYS_TO_CONTACT, window=DISCHARGE)
    assert (found.low, found.high, found.later) == (contact, ANYTHING, ANYTHING)


def test_once_the_window_is_over_what_never_happened_never_will(practice: Practice) -> None:
    window = Window(Clock.DISCHARGE, date(2026, 2, 20), date(2026, 3, 21))
    facts = of_roster(practice, SINCE, "2026-02-20,,")
    found = ask(facts, FactName.DAYS_TO_VISIT, window=window)
    assert (found.low, found.high, found.later) == (29, ANYTHING, 0)


def test_without_a_column_the_days_since_a_discharge_are_unknown(practice: Practice) -> None:
    facts = of_roster(practice, "discharged_on", "2026-03-13")
    for name in (FactName.DAYS_TO_VISIT, FactName.BUSINESS_DAYS_TO_CONTACT):
        assert span(ask(facts, name, window=DISCHARGE)) == (
            0,
            ANYTHING,
            Why.MISSING,
            NO_COLUMN.cause,
        )


def test_a_visit_whose_day_cannot_be_read_is_in_doubt(practice: Practice) -> None:
    facts = of_roster(practice, SINCE, "2026-03-13,2026-03-16,soon", "2026-03-13,,2026-03-16")
    found = ask(facts, FactName.DAYS_TO_VISIT, window=DISCHARGE)
    assert span(found) == (0, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE)


@pytest.mark.parametrize("name", [FactName.DAYS_TO_VISIT, FactName.BUSINESS_DAYS_TO_CONTACT])
def test_what_happened_before_the_discharge_does_not_follow_it(
    name: FactName, practice: Practice
) -> None:
    facts = of_roster(practice, SINCE, "2026-03-13,2026-02-02,2026-02-02")
    assert ask(facts, name, window=DISCHARGE).high is ANYTHING


@pytest.mark.parametrize(
    ("columns", "name"),
    [("surgery_on", FactName.SURGICAL_PERIOD), ("died_on", FactName.ALIVE)],
)
def test_an_event_whose_day_cannot_be_read_is_in_doubt(
    columns: str, name: FactName, practice: Practice
) -> None:
    facts = of_roster(practice, columns, "soon", "2020-01-01")
    assert ask(facts, name).why is Why.DISPUTED
