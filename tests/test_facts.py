"""Facts as intervals: what is beyond doubt, what could be, and why the two differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rtmaudit.config import Config
from rtmaudit.errors import InputsRefused
from rtmaudit.exports import read_tables
from rtmaudit.facts import Counted, Coverage, Facts, Frames, Settings, count
from rtmaudit.facts.behind import lines_of
from rtmaudit.facts.time import union_length
from rtmaudit.model import (
    ANYTHING,
    BillerType,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Problem,
    Program,
    Role,
    System,
    Why,
    Window,
)
from rtmaudit.windows import Month

MARCH = Window(Clock.CALENDAR_MONTH, date(2026, 3, 1), date(2026, 3, 31))
PERIOD = Window(Clock.SUPPLY_PERIOD, date(2026, 3, 2), date(2026, 3, 31))
KNEE, LUNG = System.MUSCULOSKELETAL, System.RESPIRATORY
RTM, RPM, CCM = Program.RTM, Program.RPM, Program.CCM
CHRONIC = {"I10": 1, "I110": 1, "E119": 1, "E118": 1, "M179": 1, "J069": 0, "R52": 9}
NEW_YORK = ZoneInfo("America/New_York")

READINGS = "patient_id,recorded_at,system"
LOG = "patient_id,started_at,seconds,program,role,contact,staff_id,entry_id"


def table(header: str, *lines: str) -> str:
    """A CSV file."""
    return "\n".join((header, *lines)) + "\n"


def readings(*days: int | str, patient: str = "P1", system: str = "musculoskeletal") -> list[str]:
    """A reading on each of these days of March, or of the dates as they stand."""
    dates = (day if isinstance(day, str) else f"2026-03-{day:02d}" for day in days)
    return [f"{patient},{day},{system}" for day in dates]


class Practice:
    """Exports in a folder, counted without a rule."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def counted(
        self,
        month: str = "2026-03",
        as_of: date = date(2026, 4, 1),
        *,
        covers: Mapping[str, Coverage] | None = None,
        by_month: bool = False,
        calls_as_time: bool = False,
        role: Role | None = None,
        biller: BillerType | None = None,
        **tables: str,
    ) -> Counted:
        for name, text in tables.items():
            (self.folder / f"{name}.csv").write_text(text, encoding="utf-8")
        found = read_tables([self.folder], Config(timezone="America/New_York"))
        frames = Frames(
            {name: data.frame for name, data in found.data.items()},
            {name: [file.name for file in data.files] for name, data in found.data.items()},
            {name: data.columns for name, data in found.data.items()},
        )
        said = Settings(
            Month.parse(month),
            as_of,
            NEW_YORK,
            by_month,
            calls_count_as_time=calls_as_time,
            default_role=role,
            default_biller=biller,
            covers=covers or {},
        )
        return count(frames, said, CHRONIC)

    def facts(self, **how: Any) -> Facts:
        return self.counted(**how).facts


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def days(facts: Facts, window: Window = PERIOD, *systems: System, patient: str = "P1") -> Fact:
    ref = FactRef(FactName.READING_DAYS, RTM, systems or (KNEE,))
    return facts.measure(patient, ref, window)


BY = (
    (BillerType.PHYSICIAN, (Role.PHYSICIAN, Role.NPP)),
    (BillerType.NPP, (Role.PHYSICIAN, Role.NPP)),
    (BillerType.THERAPIST, (Role.THERAPIST, Role.ASSISTANT)),
)
VISITS = ("99202-99205", "G0402")


def minutes(
    facts: Facts,
    patient: str = "P1",
    program: Program = RTM,
    window: Window = MARCH,
    visits: tuple[str, ...] = (),
) -> Fact:
    ref = FactRef(FactName.MANAGEMENT_MINUTES, program, (), BY, visits)
    return facts.measure(patient, ref, window)


def fact(facts: Facts, name: FactName, program: Program = RTM, patient: str = "P1") -> Fact:
    return facts.measure(patient, FactRef(name, program), MARCH)


def contacts(facts: Facts, program: Program = RTM, patient: str = "P1") -> Fact:
    return fact(facts, FactName.LIVE_CONTACTS, program, patient)


def span(found: Fact) -> tuple[object, object, Why | None, Cause | None]:
    """The interval and its reason."""
    return found.low, found.high, found.why, found.cause


ROSTER = table("patient_id,enrolled_on,biller_type", "P1,2026-03-02,physician")


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
        (1, 29, 5, 0, False),
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


# ---- minutes ----


def log(*lines: str) -> str:
    return table(LOG, *lines)


def test_seconds_are_summed_over_the_roles_that_count_and_floored_once(practice: Practice) -> None:
    facts = practice.facts(
        patients=ROSTER,
        time_log=log(
            "P1,2026-03-01T00:00,59,rtm,physician,none,,",
            "P1,2026-03-31T23:00,61,rtm,npp,none,,",
            "P1,2026-03-10T08:00,600,rtm,clinical_staff,none,,",
            "P1,2026-03-10T09:00,600,ccm,physician,none,,",
        ),
    )
    assert span(minutes(facts)) == (2, 2, None, None)
    assert minutes(facts, program=CCM).low == 10
    assert minutes(facts, patient="P9").low == 0


def test_without_a_log_no_minutes_are_known(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings(2)))
    assert span(minutes(facts)) == (0, ANYTHING, Why.MISSING, Cause.NO_TIME_LOG)
    assert span(contacts(facts)) == (0, ANYTHING, Why.MISSING, Cause.NO_TIME_LOG)


@pytest.mark.parametrize(
    ("line", "interval"),
    [
        ("P1,2026-03-05T08:00,600,rtm,doctor,none,,", (10, 20)),
        ("P1,2026-03-05T08:00,600,care,physician,none,,", (10, 20)),
        ("P1,when,600,rtm,physician,none,,", (10, 20)),
        ("P1,2026-03-05T08:00,long,rtm,physician,none,,", (10, ANYTHING)),
        ("P1,2026-03-05T08:00,,rtm,physician,none,,", (10, ANYTHING)),
        ("P1,2026-03-05T08:00,long,rtm,clinical_staff,none,,", (10, 10)),
        ("P1,2026-03-05T08:00,long,ccm,physician,none,,", (10, 10)),
        ("P1,2026-04-05T08:00,long,rtm,physician,none,,", (10, 10)),
        ("P2,2026-03-05T08:00,long,rtm,physician,none,,", (10, 10)),
        (",2026-03-05T08:00,600,rtm,physician,none,,", (10, 10)),
    ],
)
def test_a_line_in_doubt_raises_only_the_minutes_that_it_could_touch(
    line: str, interval: tuple[int, object], practice: Practice
) -> None:
    facts = practice.facts(
        patients=ROSTER + "P2,2026-03-02,physician\n",
        time_log=log("P1,2026-03-04T08:00,600,rtm,physician,none,,", line),
    )
    found = minutes(facts)
    assert (found.low, found.high) == interval
    assert found.cause is (None if interval == (10, 10) else Cause.LINE_NOT_READABLE)


def test_an_entry_over_midnight_is_split_between_the_months(practice: Practice) -> None:
    facts = practice.facts(
        patients=ROSTER,
        time_log=log(
            "P1,2026-03-31T23:50,1200,rtm,physician,none,,",
            "P1,2026-02-28T23:55,1200,rtm,physician,none,,",
        ),
    )
    assert minutes(facts).low == 25


@pytest.mark.parametrize(
    ("lines", "interval", "cause"),
    [
        (["X", "X"], (10, 20), Cause.IDENTICAL_LINES),
        (["X", "X", "X"], (10, 30), Cause.IDENTICAL_LINES),
        (["X#1", "X#1"], (10, 10), None),
        (["X#1", "X#2"], (10, 20), Cause.OVERLAP),
        (["X#1", "Z#2"], (20, 20), None),
        (["X#1", "Y#1"], (10, 15), Cause.EDITED_ENTRY),
        (["Y#1", "X#1"], (10, 15), Cause.EDITED_ENTRY),
        (["X#1", "Y#1", "X#1"], (10, 15), Cause.EDITED_ENTRY),
        (["X#1", "?#1"], (10, 10), None),
        (["X#1", "OTHER#1"], (0, 10), Cause.EDITED_ENTRY),
        (["X#1", "CCM#1"], (0, 10), Cause.EDITED_ENTRY),
    ],
)
def test_entries_that_repeat_or_contradict_each_other(
    lines: list[str], interval: tuple[int, int], cause: Cause | None, practice: Practice
) -> None:
    cells = {
        "X": "P1,2026-03-04T08:00,600,rtm,physician,none,S1,",
        "Y": "P1,2026-03-04T08:00,900,rtm,physician,none,S1,",
        "OTHER": "P2,2026-03-04T08:00,600,rtm,physician,none,S1,",
        "CCM": "P1,2026-03-04T08:00,600,ccm,physician,none,S1,",
        "Z": "P1,2026-03-04T08:10,600,rtm,physician,none,S1,",
        "?": "P1,2026-03-04T08:00,600,rtm,physician,none,S1,",
    }
    text = log(*(cells[each.split("#")[0]] + each.partition("#")[2] for each in lines))
    roster = ROSTER + "P2,2026-03-02,physician\n"
    found = minutes(practice.facts(patients=roster, time_log=text))
    assert (found.low, found.high, found.cause) == (*interval, cause)


@pytest.mark.parametrize(
    ("edited", "certain", "at_most"),
    [("none", 0, 1), ("live_video", 1, 2), ("voicemail", 0, 1)],
)
def test_a_contact_is_certain_only_where_all_versions_of_its_entry_have_it(
    edited: str, certain: int, at_most: int, practice: Practice
) -> None:
    one = "P1,2026-03-04T08:00,600,rtm,physician,live_audio,S1,E1"
    other = f"P1,2026-03-04T08:00,600,rtm,physician,{edited},S1,E1"
    for name, lines in (("a", (one, other)), ("b", (other, one))):
        folder = practice.folder / name
        folder.mkdir()
        found = contacts(Practice(folder).facts(patients=ROSTER, time_log=log(*lines)))
        assert (found.low, found.high, found.cause) == (certain, at_most, Cause.EDITED_ENTRY)


def test_two_versions_of_an_entry_of_which_one_is_unbounded(practice: Practice) -> None:
    """A duration that cannot be read is no version: its line is quarantined before."""
    text = log(
        "P1,2026-03-04T08:00,600,rtm,physician,none,S1,E1",
        "P1,2026-03-04T08:00,long,rtm,physician,none,S1,E1",
    )
    assert span(minutes(practice.facts(patients=ROSTER, time_log=text)))[:2] == (10, ANYTHING)


def test_a_re_export_repeats_its_entries_and_each_counts_once(practice: Practice) -> None:
    alike = ["P1,2026-03-04T08:00,600,rtm,physician,live_audio,S1,"] * 2
    later = ["P1,2026-03-05T08:00,300,rtm,physician,none,S1,"]
    practice.folder.joinpath("time_log_2.csv").write_text(log(*alike, *later))
    facts = practice.facts(patients=ROSTER, time_log=log(*alike))
    assert span(minutes(facts)) == (15, 25, Why.DISPUTED, Cause.IDENTICAL_LINES)
    assert span(contacts(facts))[:2] == (1, 2)


# ---- overlapping minutes ----


def overlapping(practice: Practice, *entries: str) -> Facts:
    roster = table(
        "patient_id,enrolled_on,biller_type", *(f"P{n},2026-03-01,physician" for n in (1, 2, 3))
    )
    return practice.facts(patients=roster, time_log=log(*entries))


def entry(patient: str, start: str, seconds: int, program: str = "rtm", staff: str = "S1") -> str:
    return f"{patient},2026-03-04T{start},{seconds},{program},physician,none,{staff},"


def test_one_staff_member_on_two_patients_at_once_is_disputed_for_both(practice: Practice) -> None:
    facts = overlapping(practice, entry("P1", "08:00", 1200), entry("P2", "08:15", 1200))
    for patient in ("P1", "P2"):
        assert span(minutes(facts, patient)) == (15, 20, Why.DISPUTED, Cause.OVERLAP)


def test_entries_that_only_touch_do_not_overlap(practice: Practice) -> None:
    facts = overlapping(practice, entry("P1", "08:00", 900), entry("P2", "08:15", 900))
    assert span(minutes(facts)) == (15, 15, None, None)


def test_two_staff_members_may_work_at_the_same_time(practice: Practice) -> None:
    other = entry("P2", "08:00", 900, staff="S2")
    facts = overlapping(
        practice, entry("P1", "08:00", 900), other, entry("P3", "08:00", 600, staff="")
    )
    assert span(minutes(facts)) == (15, 15, None, None)


def test_a_nested_entry_disputes_only_its_own_minutes_of_the_long_one(practice: Practice) -> None:
    facts = overlapping(practice, entry("P1", "08:00", 3600), entry("P2", "08:20", 600))
    assert span(minutes(facts))[:2] == (50, 60)
    assert span(minutes(facts, "P2"))[:2] == (0, 10)


def test_a_minute_disputed_by_two_others_is_lost_once(practice: Practice) -> None:
    facts = overlapping(
        practice,
        entry("P1", "08:00", 1800),
        entry("P2", "08:10", 1200),
        entry("P3", "08:20", 1200),
    )
    assert [span(minutes(facts, p))[:2] for p in ("P1", "P2", "P3")] == [
        (10, 30),
        (0, 20),
        (10, 20),
    ]


def test_one_patients_minutes_in_two_programs_are_disputed_in_both(practice: Practice) -> None:
    rtm, ccm = entry("P1", "08:00", 1200), entry("P1", "08:10", 1200, "ccm", "S2")
    counted = practice.counted(patients=ROSTER, time_log=log(rtm, ccm))
    assert span(minutes(counted.facts)) == (10, 20, Why.DISPUTED, Cause.OVERLAP)
    assert span(minutes(counted.facts, program=CCM)) == (10, 20, Why.DISPUTED, Cause.OVERLAP)
    named = {(problem.line, problem.other_line) for problem in counted.problems}
    assert named == {(2, "time_log.csv:3"), (3, "time_log.csv:2")}


def test_an_overlap_outside_the_window_disputes_nothing_in_it(practice: Practice) -> None:
    lines = [
        "P1,2026-03-31T23:50,1200,rtm,physician,none,S1,",
        "P2,2026-04-01T00:05,1200,rtm,physician,none,S1,",
    ]
    roster = table("patient_id,biller_type", "P1,physician", "P2,physician")
    facts = practice.facts(patients=roster, time_log=log(*lines))
    assert span(minutes(facts)) == (10, 10, None, None)


def test_seconds_covered_by_several_pieces_are_counted_once() -> None:
    assert union_length([]) == 0
    assert union_length([(0, 10), (5, 8), (20, 25), (24, 30)]) == 20


# ---- roles, billers, visits ----


@pytest.mark.parametrize(
    ("role", "biller", "default", "interval", "cause"),
    [
        ("physician", "physician", None, (10, 10), None),
        ("", "physician", None, (0, 10), Cause.NO_ROLE),
        ("", "physician", Role.PHYSICIAN, (10, 10), None),
        ("", "physician", Role.ASSISTANT, (0, 0), None),
        ("physician", "", None, (0, 10), Cause.NO_BILLER_TYPE),
        ("auxiliary", "", None, (0, 0), None),
        ("", "", None, (0, 10), Cause.NO_ROLE),
        ("npp", "npp", None, (10, 10), None),
        ("npp", "therapist", None, (0, 0), None),
    ],
)
def test_a_missing_role_or_biller_is_tried_under_every_value(
    role: str,
    biller: str,
    default: Role | None,
    interval: tuple[int, int],
    cause: Cause | None,
    practice: Practice,
) -> None:
    roster = table("patient_id,biller_type", f"P1,{biller}")
    text = log(f"P1,2026-03-04T08:00,600,rtm,{role},none,,")
    found = minutes(practice.facts(patients=roster, time_log=text, role=default))
    why = Why.MISSING if cause else None
    assert span(found) == (*interval, why, cause)


def test_a_role_that_would_not_matter_is_not_missed(practice: Practice) -> None:
    everyone = tuple((biller, tuple(Role)) for biller in BillerType)
    ref = FactRef(FactName.MANAGEMENT_MINUTES, RTM, (), everyone)
    text = log("P1,2026-03-04T08:00,600,rtm,,none,,")
    found = practice.facts(patients=ROSTER, time_log=text).measure("P1", ref, MARCH)
    assert span(found) == (10, 10, None, None)


def test_the_practice_may_say_who_bills(practice: Practice) -> None:
    text = log("P1,2026-03-04T08:00,600,rtm,therapist,none,,")
    facts = practice.facts(time_log=text, biller=BillerType.THERAPIST)
    assert minutes(facts).low == 10
    assert fact(facts, FactName.BILLER_TYPE) == Fact.known("therapist")


def test_what_is_missing_is_told_before_what_is_disputed(practice: Practice) -> None:
    text = log(
        "P1,2026-03-04T08:00,600,rtm,,none,,", *["P1,2026-03-05T08:00,600,rtm,npp,none,,"] * 2
    )
    found = minutes(practice.facts(patients=ROSTER, time_log=text))
    assert span(found) == (10, 30, Why.MISSING, Cause.NO_ROLE)


@pytest.mark.parametrize(
    ("code", "interval", "cause"),
    [
        ("99202", (10, 10), None),
        ("99204", (10, 10), None),
        ("99205-25", (10, 10), None),
        ("G0402", (10, 10), None),
        ("99201", (20, 20), None),
        ("99206", (20, 20), None),
        ("97110", (20, 20), None),
        ("", (10, 20), Cause.VISIT_CODE),
    ],
)
def test_minutes_on_the_day_of_a_visit(
    code: str, interval: tuple[int, int], cause: Cause | None, practice: Practice
) -> None:
    text = log(
        "P1,2026-03-04T08:00,600,rtm,physician,none,,",
        "P1,2026-03-05T08:00,600,rtm,physician,none,,",
    )
    visits = table("patient_id,on,code", f"P1,2026-03-04,{code}", "P1,2026-02-05,99202")
    facts = practice.facts(patients=ROSTER, time_log=text, visits=visits)
    found = minutes(facts, visits=VISITS)
    assert (found.low, found.high, found.cause) == (*interval, cause)
    assert minutes(facts).low == 20


# ---- live contacts ----

CALLS = "patient_id,started_at,contact,program"


def called(practice: Practice, *calls: str, header: str = CALLS, entries: str = "") -> Facts:
    text = log(*(entries or "P1,2026-03-04T08:00,600,rtm,physician,none,,").split("\n"))
    return practice.facts(patients=ROSTER, time_log=text, calls=table(header, *calls))


@pytest.mark.parametrize(
    ("calls", "interval", "cause"),
    [
        (["P1,2026-03-04T09:00,live_audio,rtm"], (1, 1), None),
        (["P1,2026-03-04T09:00,,rtm"], (0, 0), None),
        (["P1,2026-03-04T09:00,voicemail,rtm"], (0, 0), None),
        (["P1,2026-03-04T09:00,shouting,rtm"], (0, 1), Cause.LINE_NOT_READABLE),
        (["P1,2026-03-04T09:00,live_audio,ccm"], (0, 0), None),
        (["P1,2026-03-04T09:00,live_audio,"], (1, 1), None),
        (["P1,2026-04-04T09:00,live_audio,rtm"], (0, 0), None),
        (["P1,2026-02-04T09:00,live_audio,rtm"], (0, 0), None),
        (["P1,2026-02-04T09:00,live_audio,"], (0, 0), None),
        ([",2026-03-04T09:00,live_audio,rtm"], (0, 0), None),
        (["P1,2026-03-04T09:00,live_audio,rtm"] * 2, (1, 1), None),
    ],
)
def test_a_call_of_its_own_export(
    calls: list[str], interval: tuple[int, int], cause: Cause | None, practice: Practice
) -> None:
    found = contacts(called(practice, *calls))
    assert (found.low, found.high, found.cause) == (*interval, cause)


def test_a_call_in_the_log_and_in_the_calls_is_one(practice: Practice) -> None:
    line = "P1,2026-03-04T08:00,600,rtm,physician,live_video,,"
    found = contacts(called(practice, "P1,2026-03-04T08:00,live_video,rtm", entries=line))
    assert span(found) == (1, 1, None, None)


def test_a_call_without_a_program_between_two_is_disputed_for_both(practice: Practice) -> None:
    lines = "P1,2026-03-04T08:00,600,rtm,physician,none,,\nP1,2026-03-05T08:00,600,ccm,npp,none,,"
    facts = called(practice, "P1,2026-03-04T09:00,live_audio,", entries=lines)
    for program in (RTM, CCM):
        assert span(contacts(facts, program)) == (0, 1, Why.DISPUTED, Cause.PROGRAM_OF_CALL)


def test_a_call_serves_the_only_program_of_its_own_month(practice: Practice) -> None:
    lines = "P1,2026-03-04T08:00,600,rtm,physician,none,,\nP1,2026-02-25T08:00,600,ccm,npp,none,,"
    facts = called(practice, "P1,2026-03-04T09:00,live_audio,", entries=lines)
    assert contacts(facts).low == 1
    assert contacts(facts, CCM).high == 0


def test_a_call_before_the_consent_of_the_program_that_it_serves_does_not_count(
    practice: Practice,
) -> None:
    roster = table("patient_id,consent_on,biller_type", "P1,2026-03-10,physician")
    facts = practice.facts(
        patients=roster,
        time_log=log("P1,2026-03-14T08:00,600,rtm,physician,none,,"),
        calls=table(CALLS, "P1,2026-03-04T09:00,live_audio,"),
    )
    assert span(contacts(facts))[:2] == (0, 0)


def test_a_monthly_flag_is_a_contact_whose_date_is_to_confirm(practice: Practice) -> None:
    found = contacts(called(practice, "P1,,live_audio,rtm"))
    assert (found.low, found.notes) == (1, ("call date and time",))
    found = contacts(called(practice, "P1,,live_audio,rtm", "P1,2026-03-09,live_audio,rtm"))
    assert (found.low, found.notes) == (2, ())


def test_calls_that_do_not_say_how_the_patient_was_reached(practice: Practice) -> None:
    header = "patient_id,started_at,program"
    found = contacts(called(practice, "P1,2026-03-04T09:00,rtm", header=header))
    assert span(found) == (0, 1, Why.MISSING, Cause.NO_CONTACT_COLUMN)


def test_no_contact_column_at_all(practice: Practice) -> None:
    text = table("patient_id,started_at,seconds,program", "P1,2026-03-04T08:00,600,rtm")
    found = contacts(practice.facts(patients=ROSTER, time_log=text))
    assert span(found) == (0, ANYTHING, Why.MISSING, Cause.NO_CONTACT_COLUMN)


def test_a_line_in_doubt_may_have_been_a_call(practice: Practice) -> None:
    text = log("P1,2026-03-04T08:00,long,rtm,physician,,,")
    found = contacts(practice.facts(patients=ROSTER, time_log=text))
    assert span(found) == (0, 1, Why.DISPUTED, Cause.LINE_NOT_READABLE)


# ---- calls as time ----

TIMED = "patient_id,started_at,seconds,contact,program,staff_id"


@pytest.mark.parametrize(
    ("call", "interval"),
    [
        ("P1,2026-03-05T08:00,300,live_audio,rtm,S1", (15, 15)),
        ("P1,2026-03-04T08:05,600,live_audio,rtm,S1", (15, 15)),
        ("P1,2026-03-04T08:00,600,live_audio,rtm,S1", (10, 10)),
        ("P1,2026-03-04T08:02,300,live_audio,rtm,S1", (10, 10)),
        ("P1,2026-03-05T08:00,300,live_audio,,S1", (15, 15)),
        ("P1,2026-03-05,300,live_audio,rtm,S1", (10, 15)),
        ("P1,2026-03-05T08:00,,live_audio,rtm,S1", (10, 10)),
        ("P1,2026-03-05T08:00,300,voicemail,rtm,S1", (10, 10)),
        ("P1,2026-03-05T08:00,300,live_audio,ccm,S1", (10, 10)),
        ("P1,2026-03-05T08:00,300,live_audio,rtm,S2", (10, 10)),
        ("P1,2026-03-05T08:00,300,live_audio,rtm,S3", (10, 15)),
        ("P1,2026-03-05T08:00,300,live_audio,rtm,", (10, 15)),
    ],
)
def test_a_call_adds_only_the_time_that_the_log_does_not_hold(
    call: str, interval: tuple[int, int], practice: Practice
) -> None:
    tables: dict[str, Any] = {
        "patients": ROSTER,
        "time_log": log(
            "P1,2026-03-04T08:00,600,rtm,physician,none,S1,",
            "P1,2026-02-06,60,ccm,auxiliary,none,S2,",
            "P1,2026-02-07,60,ccm,physician,none,S3,",
            "P1,2026-02-08,60,ccm,auxiliary,none,S3,",
            "P1,2026-02-08,60,rtm,,none,,",
        ),
        "calls": table(TIMED, call),
    }
    counted_ = practice.facts(calls_as_time=True, **tables)
    assert span(minutes(counted_))[:2] == interval
    assert minutes(practice.facts(**tables)).high == 10


# ---- the roster ----


@pytest.mark.parametrize(
    ("conditions", "low", "high"),
    [
        ("I10;E11.9", 2, 2),
        ("E11.9;E11.8", 1, 1),
        ("i10; e119", 2, 2),
        ("I10;J06.9", 1, 1),
        ("I10;R52", 1, 2),
        ("I10;Z99.9", 1, 2),
        ("I10;I1A.0", 1, 2),
        ("I10;I10.99", 1, 1),
        ("", 0, 0),
    ],
)
def test_chronic_conditions_are_counted_by_their_category(
    conditions: str, low: int, high: int, practice: Practice
) -> None:
    roster = table("patient_id,conditions", f"P1,{conditions}")
    found = fact(
        practice.facts(readings=table(READINGS, *readings(2)), patients=roster),
        FactName.CHRONIC_CONDITIONS,
        CCM,
    )
    assert (found.low, found.high) == (low, high)
    assert found.cause is (Cause.CONDITION_NOT_LISTED if low != high else None)


PAPERS = {
    FactName.CONSENT_DATE: "consent_on",
    FactName.ORDER_DATE: "order_on",
    FactName.CARE_PLAN_DATE: "care_plan_on",
    FactName.INITIATING_VISIT_DATE: "initiating_visit_on",
    FactName.PLAN_OF_CARE: "plan_of_care_from",
    FactName.MDM: "mdm",
    FactName.CHRONIC_CONDITIONS: "conditions",
}


@pytest.mark.parametrize(("name", "column"), PAPERS.items())
def test_a_paper_is_there_or_not_or_in_doubt_or_in_no_column(
    name: FactName, column: str, practice: Practice
) -> None:
    good = {"mdm": "high", "conditions": "I10"}.get(column, "2026-03-05")
    bad = "" if column == "conditions" else "perhaps"
    roster = table(f"patient_id,{column}", f"P1,{good}", "P2,", f"P3,{bad}")
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    there = {
        FactName.MDM: "high",
        FactName.CHRONIC_CONDITIONS: 1,
        FactName.PLAN_OF_CARE: (date(2026, 3, 5), None),
    }.get(name, date(2026, 3, 5))
    assert fact(facts, name) == Fact.known(there)  # type: ignore[arg-type]
    assert fact(facts, name, patient="P2").high in (None, 0)
    if bad:
        assert span(fact(facts, name, patient="P3")) == (
            None,
            ANYTHING,
            Why.DISPUTED,
            Cause.LINE_NOT_READABLE,
        )
    (practice.folder / "patients.csv").write_text(table("patient_id", "P1"))
    facts = practice.facts()
    assert fact(facts, name) == Fact.unknown(Cause.NO_COLUMN)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("2026-01-01,2026-06-30", Fact.known((date(2026, 1, 1), date(2026, 6, 30)))),
        ("2026-01-01,", Fact.known((date(2026, 1, 1), None))),
        (",2026-06-30", Fact.known(None)),
        (
            "2026-01-01,summer\nP2,2026-01-01,2026-06-30",
            Fact(None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE),
        ),
    ],
)
def test_a_plan_of_care_runs_from_its_first_day_to_its_last(
    cells: str, expected: Fact, practice: Practice
) -> None:
    roster = table("patient_id,plan_of_care_from,plan_of_care_to", f"P1,{cells}")
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    assert fact(facts, FactName.PLAN_OF_CARE) == expected


@pytest.mark.parametrize(
    ("column", "value", "counted"),
    [
        ("consent_on", "2026-03-04", [4, 5, 31]),
        ("ended_on", "2026-03-04", [2, 3, 4]),
        ("died_on", "2026-03-03", [2, 3]),
        ("goals_met_on", "2026-03-04", [2, 3, 4]),
        ("consent_revoked_on", "2026-03-02", [2]),
        ("consent_on", "", [2, 3, 4, 5, 31]),
        ("consent_on", "soon", [2, 3, 4, 5, 31]),
    ],
)
def test_lines_before_consent_and_after_the_end_do_not_count(
    column: str, value: str, counted: list[int], practice: Practice
) -> None:
    roster = table(f"patient_id,{column},biller_type", f"P1,{value},npp", "P2,2026-01-01,npp")
    days_ = [2, 3, 4, 5, 31]
    facts = practice.facts(
        readings=table(READINGS, *readings(*days_)),
        patients=roster,
        time_log=log(*(f"P1,2026-03-{d:02d}T08:00,60,rtm,physician,none,,{d}" for d in days_)),
    )
    assert days(facts).low == len(counted)
    assert minutes(facts).low == len(counted)


def test_each_program_has_its_own_line_and_its_own_consent(practice: Practice) -> None:
    roster = table(
        "patient_id,programs,consent_on,biller_type,order_on",
        "P1,rtm,2026-03-10,therapist,2026-03-01",
        "P1,ccm,,physician,",
    )
    facts = practice.facts(readings=table(READINGS, *readings(2, 10, 11)), patients=roster)
    assert days(facts).low == 2
    assert fact(facts, FactName.CONSENT_DATE, CCM).low is None
    assert fact(facts, FactName.BILLER_TYPE, CCM).low == "physician"
    assert fact(facts, FactName.CONSENT_DATE, RPM).low is None
    assert fact(facts, FactName.ORDER_DATE, RPM).low == date(2026, 3, 1)
    named = [facts.roster.names("P1", program) for program in (RTM, CCM, RPM)]
    assert named == [True, True, False]
    assert facts.roster.names("P2", RTM) is None


def test_a_line_that_names_no_programs_stands_for_those_that_no_other_names(
    practice: Practice,
) -> None:
    roster = table("patient_id,programs,biller_type", "P1,,physician", "P1,rtm,therapist")
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    assert fact(facts, FactName.BILLER_TYPE, RTM).low == "therapist"
    assert fact(facts, FactName.BILLER_TYPE, CCM).low == "physician"
    assert [facts.roster.names("P1", program) for program in (RTM, CCM)] == [True, None]


def test_two_lines_for_one_patient_and_program_are_refused_with_file_and_line(
    practice: Practice,
) -> None:
    practice.folder.joinpath("patients_2.csv").write_text(
        table("patient_id,programs", "P2,rtm;ccm", "P1,rtm")
    )
    with pytest.raises(InputsRefused) as refused:
        practice.facts(
            readings=table(READINGS, *readings(2)), patients=table("patient_id,programs", "P1,rtm")
        )
    assert [str(fault)[:33] for fault in refused.value.faults] == [
        "patients_2.csv:3: patient_id: has"
    ]


@pytest.mark.parametrize(
    ("lines", "patient", "monitored"),
    [
        (readings(2), "P1", {KNEE: True, LUNG: False}),
        (readings("2026-02-20"), "P1", {KNEE: True, LUNG: False}),
        (readings(2), "P2", {KNEE: True, LUNG: False}),
        (readings(2) + readings(2, system="respiratory"), "P2", {KNEE: None, LUNG: None}),
        (readings(2) + readings(2, system="respiratory"), "P1", {KNEE: True, LUNG: True}),
    ],
)
def test_which_system_is_watched(
    lines: list[str], patient: str, monitored: dict[System, bool | None], practice: Practice
) -> None:
    facts = practice.facts(readings=table(READINGS, *lines))
    for system, expected in monitored.items():
        found = facts.measure(patient, FactRef(FactName.MONITORED, RTM, (system,)), PERIOD)
        assert found.low is expected
        assert found.cause is (None if expected is not None else Cause.SYSTEM_NOT_KNOWN)


def test_who_bills_is_unknown_where_nobody_says_so(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings(2)))
    assert fact(facts, FactName.BILLER_TYPE) == Fact.unknown(Cause.NO_BILLER_TYPE)
    assert fact(facts, FactName.CONSENT_DATE) == Fact.unknown(Cause.NO_COLUMN)


def test_texts_and_days_of_the_roster(practice: Practice) -> None:
    roster = table(
        "patient_id,payer,enrolled_on,setup_on",
        "P1,Medicare,,2026-03-03",
        "P2,,no,",
        "P3,,2026-03-01,",
    )
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    first, second = (facts.roster.enrolment(each, RTM) for each in ("P1", "P2"))
    assert (first.text("payer"), second.text("payer"), first.text("biller")) == ("Medicare", "", "")
    assert (first.episode.start, second.episode.start) == (date(2026, 3, 3), None)


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
    frame = (
        read_tables([practice.folder], Config(timezone="America/New_York")).data["readings"].frame
    )
    lines = lines_of(facts, frame, {0: "readings.csv"})
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
    assert lines_of(facts, None, {}).behind("P1", refs[:1], PERIOD) == ()


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
