"""How a reading came about: which sources count for a fact, and what an export that is silent
means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counted import READINGS, ROSTER, RPM, RTM, Practice, table
from practice import ZONE, findings, problems
from practice import Practice as Exports

from rtmaudit.facts import Facts
from rtmaudit.model import ANYTHING, Clock, Fact, FactName, FactRef, Source, System, Why, Window

PERIOD = Window(Clock.SUPPLY_PERIOD, date(2026, 3, 2), date(2026, 3, 31))
DEVICE = (Source.DEVICE, Source.APP)
WITH_SOURCE = READINGS + ",source"


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def counted(practice: Practice, *lines: str, header: str = WITH_SOURCE) -> Facts:
    """Readings of a physiologic system; `3,device` is one of 3 March."""
    rows = []
    for line in lines:
        day, _, source = line.partition(",")
        rows.append(f"P1,2026-03-{int(day):02d},physiologic" + (f",{source}" if source else ","))
    if header == READINGS:
        rows = [row.rstrip(",") for row in rows]
    return practice.facts(readings=table(header, *rows), patients=ROSTER)


def ask(facts: Facts, name: FactName, sources: tuple[Source, ...] = DEVICE) -> Fact:
    ref = FactRef(name, RPM, (System.PHYSIOLOGIC,), sources=sources)
    return facts.measure("P1", ref, PERIOD)


@pytest.mark.parametrize(
    ("lines", "days", "number"),
    [
        (["3,device", "4,app"], 2, 2),
        (["3,device", "4,manual"], 1, 1),
        (["3,manual", "4,manual"], 0, 0),
        (["3,device", "3,manual"], 1, 1),
        (["3,device", "3,device", "3,app"], 1, 3),
        (["3,DEVICE"], 1, 1),
    ],
)
def test_only_readings_that_came_about_as_asked_count(
    lines: list[str], days: int, number: int, practice: Practice
) -> None:
    facts = counted(practice, *lines)
    assert ask(facts, FactName.READING_DAYS) == Fact.known(days)
    assert ask(facts, FactName.READINGS) == Fact.known(number)


def test_where_no_source_is_asked_for_all_count(practice: Practice) -> None:
    facts = counted(practice, "3,device", "4,manual", "5")
    assert ask(facts, FactName.READING_DAYS, ()) == Fact.known(3)
    assert ask(facts, FactName.READINGS, ()) == Fact.known(3)


@pytest.mark.parametrize(
    ("lines", "days", "number", "noted"),
    [
        (["3", "4"], 2, 2, True),
        (["3,device", "4"], 2, 2, True),
        (["3,device", "3"], 1, 2, False),
        (["3,manual", "3"], 1, 1, True),
        (["3,manual", "4,device"], 1, 1, False),
    ],
)
def test_a_reading_that_does_not_say_counts_and_is_to_confirm(
    lines: list[str], days: int, number: int, noted: bool, practice: Practice
) -> None:
    facts = counted(practice, *lines)
    found = ask(facts, FactName.READING_DAYS)
    assert (found.low, found.high) == (days, days)
    assert found.notes == (("reading source",) if noted else ())
    assert ask(facts, FactName.READINGS).low == number


def test_without_a_column_of_sources_all_are_to_confirm(practice: Practice) -> None:
    facts = counted(practice, "3", "4", header=READINGS)
    for name in (FactName.READING_DAYS, FactName.READINGS):
        assert (ask(facts, name).low, ask(facts, name).notes) == (2, ("reading source",))
    assert ask(facts, FactName.READING_DAYS, ()).notes == ()


def test_what_lies_outside_the_window_is_not_to_confirm(practice: Practice) -> None:
    facts = counted(practice, "1", "3,device")
    assert ask(facts, FactName.READING_DAYS) == Fact.known(1)
    assert ask(facts, FactName.READINGS) == Fact.known(1)


def test_without_readings_their_number_is_unknown(practice: Practice) -> None:
    found = ask(practice.facts(patients=ROSTER), FactName.READINGS)
    assert (found.low, found.high, found.why) == (0, ANYTHING, Why.MISSING)


def test_a_line_whose_day_cannot_be_read_may_be_another_reading(practice: Practice) -> None:
    rows = ["P1,2026-03-03,physiologic,device", "P1,2026-13-03,physiologic,device"]
    facts = practice.facts(readings=table(WITH_SOURCE, *rows), patients=ROSTER)
    found = ask(facts, FactName.READINGS)
    assert (found.low, found.high, found.why) == (1, ANYTHING, Why.DISPUTED)


@pytest.mark.parametrize(("as_of", "later"), [(date(2026, 3, 20), ANYTHING), (None, 0)])
def test_readings_may_still_come_while_a_window_is_open(
    as_of: date | None, later: object, practice: Practice
) -> None:
    rows = table(WITH_SOURCE, "P1,2026-03-03,physiologic,device")
    given = {"as_of": as_of} if as_of else {}
    found = ask(practice.facts(readings=rows, patients=ROSTER, **given), FactName.READINGS)
    assert (found.low, found.later) == (1, later)


# ---- with the shipped rules ----


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    made = Exports(tmp_path)
    made.configure(ZONE + "defaults: {biller_type: physician, role: physician}\n")
    return made


def supply(exports: Exports, source: str, system: str, code: str) -> tuple[str, list[str]]:
    """The verdict on a supply and what it leaves to confirm, for 16 days of one system."""
    program = "rpm" if system == "physiologic" else "rtm"
    exports.write("patients.csv", f"patient_id,programs,enrolled_on\nP1,{program},2026-03-02\n")
    rows = [f"P1,2026-03-{day:02d},{system},{source}" for day in range(3, 19)]
    exports.write("readings.csv", table(WITH_SOURCE, *rows))
    (mine,) = (f for f in findings(exports.document(), "P1") if f["code"] == code)
    return mine["verdict"], [each for each in mine["to_confirm"] if each == "reading source"]


@pytest.mark.parametrize(
    ("source", "verdict", "to_confirm"),
    [
        ("device", "ready", []),
        ("app", "ready", []),
        ("manual", "short", []),
        ("", "ready", ["reading source"]),
    ],
)
def test_rpm_takes_what_a_device_sent_and_rtm_what_was_typed_in_too(
    source: str, verdict: str, to_confirm: list[str], exports: Exports
) -> None:
    assert supply(exports, source, "physiologic", "99454") == (verdict, to_confirm)
    assert supply(exports, source, "musculoskeletal", "98977") == ("ready", [])


def test_strict_makes_an_unstated_source_unknown(exports: Exports) -> None:
    exports.options.append("--strict")
    assert supply(exports, "", "physiologic", "99454")[0] == "unknown"


def test_a_source_that_is_no_word_of_ours_is_told(exports: Exports) -> None:
    rows = ["P1,2026-03-03,physiologic,telepathy", "P1,2026-03-04,physiologic,device"]
    exports.write("readings.csv", table(WITH_SOURCE, *rows))
    assert problems(exports.document(), "readings.csv") == [(2, "source", "unknown_word")]


def test_rtm_is_a_program_of_other_systems(practice: Practice) -> None:
    facts = counted(practice, "3,device")
    ref = FactRef(FactName.READING_DAYS, RTM, (System.MUSCULOSKELETAL,))
    assert facts.measure("P1", ref, PERIOD) == Fact.known(0)
