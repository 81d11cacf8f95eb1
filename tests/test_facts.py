"""Facts as intervals: days with readings, what an export covers, and the lines behind a count."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from counted import (
    BY,
    CALLS,
    KNEE,
    LOG,
    LUNG,
    MARCH,
    PERIOD,
    READINGS,
    ROSTER,
    RTM,
    Practice,
    days,
    fact,
    log,
    readings,
    span,
    table,
)

from rtmaudit.config import Config
from rtmaudit.errors import InputsRefused
from rtmaudit.exports import read_tables
from rtmaudit.facts import Coverage, Frames
from rtmaudit.facts.behind import lines_of
from rtmaudit.model import (
    ANYTHING,
    Cause,
    Clock,
    FactName,
    FactRef,
    Problem,
    Why,
    Window,
)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


# ---- days with readings ----


def test_a_reading_in_doubt_counts_only_at_the_upper_end(practice: Practice) -> None:
    lines = readings(2, 3, 3) + readings(4, system="knee") + readings(3, system="knee")
    facts = practice.facts(readings=table(READINGS, *lines), patients=ROSTER)
    assert span(days(facts)) == (2, 3, Why.DISPUTED, Cause.LINE_NOT_READABLE)


def test_a_day_that_cannot_be_read_raises_that_patients_days_by_one(practice: Practice) -> None:
    lines = readings(2, 31, "31.31.2026") + readings(2, patient="P2")
    facts = practice.facts(readings=table(READINGS, *lines))
    assert span(days(facts)) == (2, 3, Why.DISPUTED, Cause.LINE_NOT_READABLE)
    assert span(days(facts, PERIOD, LUNG))[:2] == (0, 0)
    assert span(days(facts, patient="P2"))[:2] == (1, 1)


def test_a_line_whose_patient_cannot_be_read_moves_nobody(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings(2, 31), ",2026-03-05,respiratory"))
    assert span(days(facts)) == (2, 2, None, None)


def test_a_line_in_doubt_of_another_month_raises_nothing(practice: Practice) -> None:
    lines = readings(2, 31) + readings("2026-04-02", "2026-01-02", system="knee")
    facts = practice.facts(readings=table(READINGS, *lines))
    assert span(days(facts)) == (2, 2, None, None)


def test_no_more_days_than_the_window_has(practice: Practice) -> None:
    lines = readings(*range(2, 32), "never", "ever")
    facts = practice.facts(readings=table(READINGS, *lines), patients=ROSTER)
    assert span(days(facts)) == (30, 30, None, None)


def test_days_of_several_systems_are_days_of_any(practice: Practice) -> None:
    lines = readings(2, 3) + readings(3, 31, system="respiratory")
    facts = practice.facts(readings=table(READINGS, *lines))
    assert days(facts, PERIOD, KNEE, LUNG).low == 3
    assert (days(facts).low, days(facts, PERIOD, LUNG).low) == (2, 2)


def test_a_system_without_readings_has_no_day_anywhere(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings("2026-01-31", 31)))
    whole = Window(Clock.EPISODE, date(2026, 1, 31), date(2026, 3, 31))
    assert (days(facts, whole).low, days(facts, whole, LUNG).low) == (2, 0)


def test_without_readings_nothing_is_known_of_them(practice: Practice) -> None:
    facts = practice.facts(time_log=table(LOG, "P1,2026-03-03T08:00,60,rtm,physician,none,,"))
    assert span(days(facts)) == (0, ANYTHING, Why.MISSING, Cause.NO_READINGS)
    assert fact(facts, FactName.MONITORED).cause is Cause.NO_READINGS
    assert facts.day_reached("P1", FactRef(FactName.READING_DAYS, RTM, (KNEE,)), 1, MARCH) is None


@pytest.mark.parametrize(
    ("as_of", "with_today", "later"),
    [
        (date(2026, 3, 20), False, 12),
        (date(2026, 3, 20), True, 11),
        (date(2026, 3, 31), False, 1),
        (date(2026, 3, 31), True, 0),
        (date(2026, 4, 1), False, 0),
        (date(2026, 3, 1), False, 30),
    ],
)
def test_days_that_may_still_bring_a_reading(
    as_of: date, with_today: bool, later: int, practice: Practice
) -> None:
    mine = readings(*([as_of.day] if with_today else []), 1)
    facts = practice.facts(as_of=as_of, readings=table(READINGS, *mine))
    assert days(facts).later == later


def test_an_episode_may_bring_readings_until_it_ends(practice: Practice) -> None:
    episode = Window(Clock.EPISODE, date(2026, 3, 2), date(2026, 3, 31))
    roster = table("patient_id,enrolled_on,ended_on", "P1,2026-03-02,", "P2,2026-03-02,2026-03-31")
    lines = readings(2) + readings(2, patient="P2")
    facts = practice.facts(readings=table(READINGS, *lines), patients=roster)
    assert days(facts, episode).later == 10_000
    assert days(facts, episode, patient="P2").later == 0


def test_the_day_on_which_a_count_is_reached(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings("2026-02-20", 5, 5, 9, 12)))
    ref = FactRef(FactName.READING_DAYS, RTM, (KNEE,))
    whole = Window(Clock.EPISODE, date(2026, 2, 1), date(2026, 3, 31))
    assert facts.day_reached("P1", ref, 2, whole) == date(2026, 3, 5)
    assert facts.day_reached("P1", ref, 4, whole) == date(2026, 3, 12)
    assert facts.day_reached("P1", ref, 5, whole) is None
    assert facts.day_reached("P1", ref, 1, whole) == date(2026, 3, 5)


# ---- the days that an export covers ----


def test_days_that_no_export_covers_are_missing(practice: Practice) -> None:
    window = Window(Clock.SUPPLY_PERIOD, date(2026, 2, 14), date(2026, 3, 15))
    facts = practice.facts(readings=table(READINGS, *readings(1, 2, 3, 15)))
    assert span(days(facts, window)) == (4, 19, Why.MISSING, Cause.DAYS_NOT_COVERED)
    assert span(days(facts)) == (3, 3, None, None)


def test_a_window_that_began_before_the_judged_days_is_partly_unseen(practice: Practice) -> None:
    window = Window(Clock.EPISODE, date(2026, 1, 21), date(2026, 3, 31))
    lines = readings("2026-01-31", "2026-02-01", 31)
    facts = practice.facts(readings=table(READINGS, *lines))
    assert span(days(facts, window)) == (3, 13, Why.MISSING, Cause.DAYS_NOT_COVERED)


def busy(first: int, last: int, patients: int) -> str:
    """An export of some patients who all have readings from one day to another."""
    lines = [
        line for n in range(patients) for line in readings(*range(first, last + 1), patient=f"P{n}")
    ]
    return table(READINGS, *lines)


@pytest.mark.parametrize(
    ("first", "last", "patients", "unseen", "early"),
    [
        (1, 31, 6, 0, False),
        (4, 31, 5, 2, False),
        (4, 31, 4, 0, False),
        (3, 31, 5, 0, False),
        (1, 28, 5, 3, True),
        (1, 28, 4, 0, False),
        (1, 29, 5, 0, True),
        (1, 30, 5, 0, False),
    ],
)
def test_an_export_that_was_cut_covers_only_its_days(
    first: int, last: int, patients: int, unseen: int, early: bool, practice: Practice
) -> None:
    counted = practice.counted(readings=busy(first, last, patients))
    found = days(counted.facts)
    assert isinstance(found.low, int)
    assert found.high == found.low + unseen
    assert counted.cut_early is early
    assert [str(problem.kind) for problem in counted.problems] == ["export_ends_early"] * early


def test_an_export_that_reaches_to_the_as_of_day_does_not_stop_early(practice: Practice) -> None:
    counted = practice.counted(as_of=date(2026, 3, 28), readings=busy(1, 28, 5))
    assert (counted.cut_early, counted.problems) == (False, [])
    counted = practice.counted(as_of=date(2026, 3, 29))
    assert counted.cut_early


def test_only_days_that_are_over_can_be_missing(practice: Practice) -> None:
    said = {"readings.csv": Coverage(date(2026, 3, 1), date(2026, 3, 15))}
    lines = table(READINGS, *readings(2, 3))
    facts = practice.facts(as_of=date(2026, 3, 20), readings=lines, covers=said)
    assert span(days(facts)) == (2, 6, Why.MISSING, Cause.DAYS_NOT_COVERED)
    first = Window(Clock.SUPPLY_PERIOD, date(2026, 1, 31), date(2026, 3, 1))
    assert span(days(facts, first))[:2] == (0, 29)


def test_a_second_export_covers_what_the_first_does_not(practice: Practice) -> None:
    practice.folder.joinpath("readings_2.csv").write_text(busy(29, 31, 2))
    counted = practice.counted(readings=busy(1, 28, 5))
    assert span(days(counted.facts))[:2] == (30, 30)
    assert not counted.cut_early


def test_the_practice_may_say_what_an_export_covers(practice: Practice) -> None:
    said = {"readings.csv": Coverage(date(2026, 3, 10), date(2026, 3, 31))}
    facts = practice.facts(readings=table(READINGS, *readings(2, 31)), covers=said)
    assert span(days(facts)) == (2, 9, Why.MISSING, Cause.DAYS_NOT_COVERED)


def test_an_export_without_a_readable_day_covers_nothing(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, "P1,2026-13-45,musculoskeletal"))
    assert span(days(facts)) == (0, 30, Why.MISSING, Cause.DAYS_NOT_COVERED)


# ---- the month in place of the period ----


@pytest.mark.parametrize(
    ("seen", "by_month", "interval", "notes"),
    [
        ([1, *range(2, 17)], False, (15, 16, Why.DISPUTED), ("30-day period",)),
        ([*range(2, 18)], False, (16, 16, None), ("30-day period",)),
        ([1, *range(2, 18), 31], False, (17, 18, Why.DISPUTED), ("30-day period",)),
        ([1, *range(2, 17)], True, (16, 16, None), ()),
        ([*range(1, 32)], True, (30, 30, None), ()),
        ([*range(1, 32)], False, (30, 30, None), ("30-day period",)),
    ],
)
def test_without_a_start_only_what_every_stretch_of_the_month_holds_is_beyond_doubt(
    seen: list[int],
    by_month: bool,
    interval: tuple[int, int, Why | None],
    notes: tuple[str, ...],
    practice: Practice,
) -> None:
    facts = practice.facts(readings=table(READINGS, *readings(*seen)), by_month=by_month)
    found = days(facts, MARCH)
    assert (found.low, found.high, found.why, found.notes) == (*interval, notes)
    assert found.cause is (Cause.CALENDAR_MONTH if found.why else None)


def test_a_month_that_is_not_covered_is_missing_before_it_is_disputed(practice: Practice) -> None:
    said = {"readings.csv": Coverage(date(2026, 3, 1), date(2026, 3, 30))}
    facts = practice.facts(readings=table(READINGS, *readings(*range(1, 17))), covers=said)
    assert span(days(facts, MARCH)) == (15, 17, Why.MISSING, Cause.DAYS_NOT_COVERED)


# ---- exports that are not this month's, or not this practice's ----


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"readings": table(READINGS, *readings("2026-05-02"))}, "no line of it lies between"),
        ({"time_log": log("P1,2025-03-04T08:00,60,rtm,npp,none,,")}, "no line of it lies between"),
        (
            {"readings": table(READINGS, *readings(2, patient="Q1")), "patients": ROSTER},
            "none of its patients is on the roster",
        ),
    ],
)
def test_an_export_of_another_month_or_practice_is_refused(
    tables: dict[str, Any], sentence: str, practice: Practice
) -> None:
    with pytest.raises(InputsRefused, match=sentence):
        practice.counted(**tables)


def test_lines_that_are_out_of_scope_beside_good_ones_are_excluded(practice: Practice) -> None:
    lines = readings(2, "2026-05-02") + readings(2, patient="Q1") + ["Q1,never,respiratory"]
    facts = practice.facts(
        as_of=date(2026, 3, 20), readings=table(READINGS, *lines, *readings(21)), patients=ROSTER
    )
    assert days(facts).low == 1
    assert days(facts, patient="Q1").low == 0


# ---- the lines behind a count ----


def test_every_line_behind_a_count_is_named(practice: Practice) -> None:
    tables: dict[str, Any] = {
        "readings": table(
            READINGS, *readings(2, 2, "2026-02-20"), *readings(3, system="respiratory")
        ),
        "time_log": log(
            "P1,2026-03-04T08:00,600,rtm,physician,live_audio,,",
            "P1,2026-03-05T08:00,600,ccm,physician,none,,",
        ),
        "calls": table(CALLS, "P1,2026-03-09T09:00,live_audio,rtm", "P1,,live_audio,rtm"),
    }
    facts = practice.facts(patients=ROSTER, **tables)
    read = read_tables([practice.folder], Config(timezone="America/New_York")).data["readings"]
    frames = Frames({"readings": read.frame}, {"readings": ["readings.csv"]}, {})
    lines = lines_of(facts, frames)
    refs = [
        FactRef(FactName.READING_DAYS, RTM, (KNEE,)),
        FactRef(FactName.MANAGEMENT_MINUTES, RTM, (), BY),
        FactRef(FactName.LIVE_CONTACTS, RTM),
        FactRef(FactName.CONSENT_DATE, RTM),
    ]
    assert lines.behind("P1", refs, PERIOD) == (
        ("calls.csv", 2),
        ("calls.csv", 3),
        ("readings.csv", 2),
        ("readings.csv", 3),
        ("time_log.csv", 2),
    )
    assert lines.behind("P9", refs, PERIOD) == ()
    assert lines_of(facts, Frames({}, {}, {})).behind("P1", refs[:1], PERIOD) == ()


def test_problems_name_their_lines_and_no_cell(practice: Practice) -> None:
    counted = practice.counted(
        patients=ROSTER,
        time_log=log(
            "P1,2026-03-04T08:00,600,rtm,physician,none,S1,E1",
            "P1,2026-03-04T08:00,660,rtm,physician,none,S1,E1",
            *["P1,2026-03-05T08:00,600,rtm,physician,none,S1,"] * 2,
        ),
    )
    told = [(p.line, p.column, str(p.kind), p.other_line) for p in counted.problems]
    assert told == [
        (2, "entry_id", "edited_entry", "time_log.csv:3"),
        (5, "started_at", "identical_lines", "time_log.csv:4"),
    ]
    assert all(isinstance(problem, Problem) for problem in counted.problems)
