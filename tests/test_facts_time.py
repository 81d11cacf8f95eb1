"""Facts as intervals: minutes, overlaps, roles, visits and live contacts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from counted import (
    CALLS,
    CCM,
    MARCH,
    READINGS,
    ROSTER,
    RTM,
    VISITS,
    Practice,
    contacts,
    fact,
    log,
    minutes,
    readings,
    span,
    table,
)

from rtmaudit.facts import Facts
from rtmaudit.facts.time import union_length
from rtmaudit.model import (
    ANYTHING,
    BillerType,
    Cause,
    Fact,
    FactName,
    FactRef,
    Role,
    Why,
)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


# ---- minutes ----


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


@pytest.mark.parametrize(("as_of", "later"), [(date(2026, 3, 31), ANYTHING), (date(2026, 4, 1), 0)])
def test_minutes_and_calls_may_come_until_the_month_is_over(
    as_of: date, later: object, practice: Practice
) -> None:
    text = log("P1,2026-03-04T08:00,600,rtm,physician,live_audio,,")
    facts = practice.facts(patients=ROSTER, time_log=text, as_of=as_of)
    assert (minutes(facts).later, contacts(facts).later) == (later, later)


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


def test_the_same_minutes_of_one_patient_logged_twice_are_there_once(practice: Practice) -> None:
    facts = overlapping(practice, entry("P1", "08:00", 1200), entry("P1", "08:10", 1200))
    assert span(minutes(facts)) == (30, 40, Why.DISPUTED, Cause.OVERLAP)


def test_entries_that_only_touch_do_not_overlap(practice: Practice) -> None:
    lines = entry("P1", "08:00", 900), entry("P2", "08:15", 900)
    roster = table("patient_id,biller_type", "P1,physician", "P2,physician")
    counted = practice.counted(patients=roster, time_log=log(*lines))
    assert span(minutes(counted.facts)) == (15, 15, None, None)
    assert counted.problems == []


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


def test_an_overlap_over_midnight_disputes_its_part_in_each_month(practice: Practice) -> None:
    lines = [
        "P1,2026-03-31T23:50,1800,rtm,physician,none,S1,",
        "P2,2026-03-31T23:55,1800,rtm,physician,none,S1,",
    ]
    roster = table("patient_id,biller_type", "P1,physician", "P2,physician")
    facts = practice.facts(patients=roster, time_log=log(*lines))
    assert span(minutes(facts))[:2] == (5, 10)
    assert span(minutes(facts, "P2"))[:2] == (0, 5)


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
        ([",2026-03-04T09:00,live_audio,rtm", "P2,2026-03-04T09:00,live_audio,rtm"], (0, 0), None),
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


def test_only_a_call_without_a_program_is_told(practice: Practice) -> None:
    called(practice, "P1,2026-03-04T09:00,live_audio,ccm", "P2,2026-03-04T09:00,live_audio,")
    (practice.folder / "patients.csv").unlink()
    counted = practice.counted()
    assert [(p.line, str(p.kind)) for p in counted.problems] == [(3, "program_of_call")]
    assert counted.facts.time.logged == {RTM: {"P1"}}


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
            "P1,2026-02-09,60,rtm,physician,none,,",
        ),
        "calls": table(TIMED, call),
    }
    counted_ = practice.facts(calls_as_time=True, **tables)
    assert span(minutes(counted_))[:2] == interval
    assert minutes(practice.facts(**tables)).high == 10


def test_as_long_on_one_day_for_two_programs_is_no_doubt_at_other_times(
    practice: Practice,
) -> None:
    rtm, ccm = entry("P1", "08:00", 600), entry("P1", "09:00", 600, "ccm")
    untimed = "P1,2026-03-09,300,rtm,physician,none,S1,"
    counted = practice.counted(patients=ROSTER, time_log=log(rtm, ccm, untimed))
    assert minutes(counted.facts) == Fact.known(15)
    assert minutes(counted.facts, program=CCM) == Fact.known(10)
    assert not counted.problems
