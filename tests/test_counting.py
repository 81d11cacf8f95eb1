"""Counting: local days, whole seconds, live contacts, and the lines that are out of scope."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from practice import (
    BY_MONTH,
    ZONE,
    Practice,
    calls,
    days,
    days_of_march,
    file,
    findings,
    interval,
    minutes,
    one_sentence,
    patients,
    problems,
    readings,
    time_log,
)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(BY_MONTH + ZONE)
    return made


def configure(practice: Practice, more: str) -> None:
    practice.configure(BY_MONTH + ZONE + more + "\n")


# --- days ---------------------------------------------------------------------------------------


def test_a_day_counts_once_however_many_readings_it_has(practice: Practice) -> None:
    lines = [f"P1,2026-03-{day:02d}T{hour:02d}:00:00" for day in (3, 4) for hour in range(24)]
    practice.write("readings.csv", readings(*lines, *lines))
    document = practice.document()
    assert days(document) == (2, 2)
    assert file(document, "readings.csv")["used"] == 96


def test_two_devices_on_one_day_are_one_day(practice: Practice) -> None:
    header = "patient_id,recorded_at,system,device_id\n"
    lines = ("P1,2026-03-03,musculoskeletal,A", "P1,2026-03-03,musculoskeletal,B")
    practice.write("readings.csv", readings(*lines, header=header))
    assert days(practice.document()) == (1, 1)


def test_no_more_than_thirty_days_of_a_month_count(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", *range(1, 32))))
    assert days(practice.document()) == (30, 30)


NEW_YORK = [
    ("2026-03-01T04:59:59Z", "2026-02-28"),
    ("2026-03-01T05:00:00Z", "2026-03-01"),
    ("2026-03-08T04:59:59Z", "2026-03-07"),
    ("2026-03-08T06:59:59Z", "2026-03-08"),
    ("2026-03-09T03:59:59Z", "2026-03-08"),
    ("2026-03-09T04:00:00Z", "2026-03-09"),
    ("2026-04-01T03:59:59Z", "2026-03-31"),
    ("2026-04-01T04:00:00Z", "2026-04-01"),
    ("2026-03-31T23:59:59-04:00", "2026-03-31"),
    ("2026-04-01T06:30:00+0900", "2026-03-31"),
    ("2026-03-31T20:59:59-07:00", "2026-03-31"),
    ("2026-03-31T21:00:00-07:00", "2026-04-01"),
    ("2026-11-01T03:59:59Z", "2026-10-31"),
    ("2026-11-01T04:00:00Z", "2026-11-01"),
    ("2026-11-02T04:59:59Z", "2026-11-01"),
    ("2026-11-02T05:00:00Z", "2026-11-02"),
    ("2026-12-01T04:59:59Z", "2026-11-30"),
    ("2026-12-01T05:00:00Z", "2026-12-01"),
]


@pytest.mark.parametrize(("text", "local"), NEW_YORK)
def test_a_reading_counts_on_its_local_day(practice: Practice, text: str, local: str) -> None:
    day = date.fromisoformat(local)
    practice.write("readings.csv", readings(f"P1,{text}"))
    for as_of, used in ((day, 1), (day - timedelta(days=1), 0)):
        practice.options = ["--month", local[:7], "--as-of", as_of]
        run = practice.audit("--format", "json")
        if used or run.code == 0:
            assert file(run.document, "readings.csv")["used"] == used
        else:
            assert "another month" in run.err


def new_york(moment: datetime) -> date:
    """The local day of 2026 by hand: four hours behind from 8 March 07:00 to 1 November 06:00."""
    summer = datetime(2026, 3, 8, 7) <= moment < datetime(2026, 11, 1, 6)
    return (moment - timedelta(hours=4 if summer else 5)).date()


@pytest.mark.parametrize("month", [3, 11])
def test_every_hour_around_a_clock_change_and_the_ends_of_its_month(
    practice: Practice, month: int
) -> None:
    first = datetime(2026, month, 1) - timedelta(days=1)
    hours = [first + timedelta(hours=n) for n in range(33 * 24)]
    hours = [hour for hour in hours if hour.day in (1, 2, 7, 8, 9, 28, 30, 31)]
    practice.write("readings.csv", readings(*(f"P{h:%m%d%H},{h:%Y-%m-%dT%H:%M}Z" for h in hours)))
    practice.options = ["--month", f"2026-{month:02d}", "--as-of", f"2026-{month + 1:02d}-01"]
    document = practice.document()
    seen = {p["patient_id"] for p in document["patients"] if days(document, p["patient_id"])[0]}
    assert seen == {f"P{hour:%m%d%H}" for hour in hours if new_york(hour).month == month}


@pytest.mark.parametrize(
    ("zone", "counted"),
    [("America/Los_Angeles", "2026-03"), ("UTC", "2026-04"), ("Pacific/Kiritimati", "2026-04")],
)
def test_the_zone_decides_the_month(practice: Practice, zone: str, counted: str) -> None:
    practice.write("readings.csv", readings("P1,2026-04-01T06:30:00Z"))
    practice.options = ["--timezone", zone, "--as-of", "2026-05-01"]
    assert days(practice.document("--month", counted)) == (1, 1)


def test_a_time_without_an_offset_is_local(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-31T23:59:59", "P2,2026-04-01T00:00:00"))
    document = practice.document()
    assert days(document) == (1, 1)
    assert file(document, "readings.csv")["excluded"] == {"other_month": 1}


def test_a_bare_date_is_a_local_day_and_needs_no_zone(practice: Practice) -> None:
    practice.configure(BY_MONTH)
    practice.write("readings.csv", readings("P1,2026-03-31"))
    assert days(practice.document()) == (1, 1)


def test_an_export_in_another_zone_is_counted_on_the_practice_days(practice: Practice) -> None:
    configure(practice, "tables: {readings: {zone: UTC}}")
    practice.write("readings.csv", readings("P1,2026-04-01T03:59", "P2,2026-04-01T04:00"))
    document = practice.document()
    assert days(document) == (1, 1)
    assert patients(document) == ["P1"]


def test_offsets_beside_times_without_are_refused(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03T08:00", "P1,2026-03-04T08:00Z"))
    one_sentence(practice.refusal(), "readings.csv:3: recorded_at: ", "offset", "one way")


def test_a_time_that_the_clock_skipped_is_quarantined(practice: Practice) -> None:
    lines = ("P1,2026-03-08T02:30", "P1,2026-03-08T01:59", "P1,2026-03-08T03:00")
    practice.write("readings.csv", readings(*lines, "P1,2026-03-09T02:30"))
    document = practice.document()
    assert problems(document, "readings.csv") == [(2, "recorded_at", "time_nonexistent")]


def test_a_time_that_the_clock_shows_twice_is_one_day(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-11-01T01:30"))
    practice.options = ["--month", "2026-11", "--as-of", "2026-12-01"]
    assert days(practice.document()) == (1, 1)


def test_a_line_in_doubt_raises_only_what_it_could_touch(practice: Practice) -> None:
    lines = [*days_of_march("P1", 1, 2), "P1,soon", *days_of_march("P2", 1), ",2026-03-05"]
    practice.write("readings.csv", readings(*lines))
    document = practice.document()
    assert days(document, "P1") == (2, 3)
    assert days(document, "P2") == (1, 1)


def test_a_line_with_a_day_raises_nothing_on_a_day_already_counted(practice: Practice) -> None:
    lines = [*days_of_march("P1", 1, 2), "P1,2026-03-02,knee", "P1,2026-03-03,knee"]
    practice.write("readings.csv", readings(*lines))
    assert days(practice.document()) == (2, 3)


def test_readings_after_the_as_of_day_do_not_count_yet(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 19, 20, 21)))
    document = practice.document("--as-of", "2026-03-20")
    assert days(document)[0] == 3
    assert file(document, "readings.csv")["excluded"] == {"after_as_of": 1}


# --- minutes ------------------------------------------------------------------------------------


HEADERS = {
    "minutes": "patient_id,started_at,minutes,program,contact\n",
    "seconds": "patient_id,started_at,seconds,program,contact\n",
}


def logged(practice: Practice, *lengths: str, column: str = "minutes") -> None:
    """A log of one entry a day, of these lengths."""
    lines = (f'P1,2026-03-{n:02d},"{each}",rtm,none' for n, each in enumerate(lengths, 1))
    practice.write("time_log.csv", time_log(*lines, header=HEADERS[column]))


@pytest.mark.parametrize(
    ("lengths", "whole"),
    [
        (["19:59"], 19),
        (["19:59", "0:01"], 20),
        (["0.1", "6.3", "9.7", "3.9"], 20),
        (["12.5"] * 2, 25),
        (["0:59"] * 20, 19),
        (["0:59"] * 21, 20),
        (["0.99"], 0),
        (["10", "9:60"], 10),
        (["20"], 20),
        (["0"], 0),
    ],
)
def test_seconds_are_summed_and_floored_once(
    practice: Practice, lengths: list[str], whole: int
) -> None:
    logged(practice, *lengths)
    assert minutes(practice.document())[0] == whole


def test_decimals_of_a_minute_are_exact(practice: Practice) -> None:
    """A third of a minute, thrice, is 59 whole seconds, and a tenth is six seconds."""
    logged(practice, "0.333333333", "0.333333333", "0.333333333")
    assert minutes(practice.document()) == (0, 0)
    logged(practice, *["0.1"] * 10)
    assert minutes(practice.document()) == (1, 1)


@pytest.mark.parametrize(
    ("column", "unit", "text", "whole"),
    [
        ("seconds", None, "1199", 19),
        ("seconds", None, "1200", 20),
        ("minutes", None, "20", 20),
        ("minutes", None, "20.5", 20),
        ("minutes", None, "20:30", 20),
        ("minutes", None, "0:20:30", 20),
        ("minutes", "minutes", "90:00", 90),
        ("minutes", "hours", "0.33", 19),
        ("minutes", "hours", "1.5", 90),
        ("minutes", "mm:ss", "20:59", 20),
        ("minutes", "hh:mm", "1:05", 65),
        ("minutes", "hh:mm", "0:20", 20),
        ("minutes", "hh:mm:ss", "01:05:59", 65),
        ("minutes", "seconds", "1200", 20),
        ("seconds", "minutes", "20", 20),
        ("minutes", None, "480", 480),
        ("minutes", "hours", "8", 480),
    ],
)
def test_a_duration_in_its_unit(
    practice: Practice, column: str, unit: str | None, text: str, whole: int
) -> None:
    if unit:
        configure(practice, f'tables: {{time_log: {{units: {{{column}: "{unit}"}}}}}}')
    logged(practice, text, column=column)
    assert minutes(practice.document()) == (whole, whole)


@pytest.mark.parametrize(
    ("column", "unit", "text", "kind"),
    [
        ("minutes", None, "", "empty_cell"),
        ("minutes", None, "-5", "duration_range"),
        ("minutes", None, "-0:30", "unreadable_duration"),
        ("minutes", None, "540", "duration_range"),
        ("minutes", None, "480.1", "duration_range"),
        ("minutes", None, "9:00:00", "duration_range"),
        ("minutes", "hours", "9", "duration_range"),
        ("minutes", None, "nan", "unreadable_duration"),
        ("minutes", None, "inf", "unreadable_duration"),
        ("minutes", None, "1_6", "unreadable_duration"),
        ("minutes", None, "１６", "unreadable_duration"),
        ("minutes", None, "²", "unreadable_duration"),
        ("minutes", None, "12,5", "unreadable_duration"),
        ("minutes", None, "1,200", "unreadable_duration"),
        ("minutes", None, "1e1", "unreadable_duration"),
        ("minutes", None, "0x10", "unreadable_duration"),
        ("minutes", None, "+5", "unreadable_duration"),
        ("minutes", None, ".5", "unreadable_duration"),
        ("minutes", None, "5.", "unreadable_duration"),
        ("minutes", None, "20 min", "unreadable_duration"),
        ("minutes", None, "12:20:00 AM", "unreadable_duration"),
        ("minutes", None, "20:60", "unreadable_duration"),
        ("minutes", None, "20:5", "unreadable_duration"),
        ("minutes", "mm:ss", "20", "unreadable_duration"),
        ("minutes", "mm:ss", "0:20:00", "unreadable_duration"),
        ("minutes", "hh:mm:ss", "20:00", "unreadable_duration"),
        ("minutes", "hours", "0:20", "unreadable_duration"),
        ("seconds", None, "1200.0", "unreadable_duration"),
        ("seconds", None, "20:00", "unreadable_duration"),
        ("seconds", None, "28801", "duration_range"),
    ],
)
def test_a_duration_that_cannot_be_trusted_lifts_the_upper_bound(
    practice: Practice, column: str, unit: str | None, text: str, kind: str
) -> None:
    if unit:
        configure(practice, f'tables: {{time_log: {{units: {{{column}: "{unit}"}}}}}}')
    logged(practice, text, column=column)
    document = practice.document()
    assert [p[2] for p in problems(document, "time_log.csv")] == [kind]
    assert minutes(document) == (0, None)


STARTED_AND_ENDED = "patient_id,started_at,ended_at,program,contact\n"


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        ("2026-03-03T09:00:00", "2026-03-03T09:19:59", 19),
        ("2026-03-03T23:50", "2026-03-04T00:10", 20),
        ("2026-03-08T01:50", "2026-03-08T03:10", 20),
        ("2026-03-03T09:00-05:00", "2026-03-03T15:00Z", 60),
    ],
)
def test_an_entry_from_its_start_to_its_end(
    practice: Practice, start: str, end: str, whole: int
) -> None:
    practice.write("time_log.csv", time_log(f"P1,{start},{end},rtm,none", header=STARTED_AND_ENDED))
    assert minutes(practice.document()) == (whole, whole)


@pytest.mark.parametrize(
    ("start", "end", "low", "high"),
    [
        ("2026-11-01T01:50", "2026-11-01T01:10", 20, 20),
        ("2026-11-01T01:50-04:00", "2026-11-01T01:10-05:00", 20, 20),
        ("2026-11-01T01:10", "2026-11-01T01:50", 40, 100),
        ("2026-11-01T00:50", "2026-11-01T01:10", 20, 80),
        ("2026-11-01T01:50", "2026-11-01T02:10", 20, 80),
        ("2026-11-01T01:10-04:00", "2026-11-01T01:50-04:00", 40, 40),
        ("2026-11-01T00:50", "2026-11-01T02:10", 140, 140),
    ],
)
def test_an_entry_across_the_hour_that_the_clock_shows_twice(
    practice: Practice, start: str, end: str, low: int, high: int
) -> None:
    practice.options = ["--month", "2026-11", "--as-of", "2026-12-01"]
    practice.write("time_log.csv", time_log(f"P1,{start},{end},rtm,none", header=STARTED_AND_ENDED))
    document = practice.document()
    assert minutes(document) == (low, high)
    told = [(2, "ended_at", "repeated_hour")] if low != high else []
    assert problems(document, "time_log.csv") == told


def test_whoever_spoke_in_that_hour_spoke(practice: Practice) -> None:
    practice.options = ["--month", "2026-11", "--as-of", "2026-12-01"]
    line = "P1,2026-11-01T01:10,2026-11-01T01:50,rtm,live_audio"
    practice.write("time_log.csv", time_log(line, header=STARTED_AND_ENDED))
    needs = [n for f in findings(practice.document("--all"), "P1") for n in f["needs"]]
    contacts = {(n["have"], n["have_at_most"]) for n in needs if n["fact"] == "live_contacts"}
    assert contacts == {(1, 1)}


@pytest.mark.parametrize("spent", [40, 100])
def test_the_length_beside_them_says_which_of_the_two_hours_it_was(
    practice: Practice, spent: int
) -> None:
    practice.options = ["--month", "2026-11", "--as-of", "2026-12-01"]
    header = "patient_id,started_at,ended_at,minutes,program,contact\n"
    line = f"P1,2026-11-01T01:10,2026-11-01T01:50,{spent},rtm,none"
    practice.write("time_log.csv", time_log(line, header=header))
    assert minutes(practice.document()) == (spent, spent)


@pytest.mark.parametrize("offset", ["", "-05:00"])
def test_an_end_before_its_start_is_quarantined(practice: Practice, offset: str) -> None:
    line = f"P1,2026-03-03T09:20{offset},2026-03-03T09:00{offset},rtm,none"
    practice.write("time_log.csv", time_log(line, header=STARTED_AND_ENDED))
    document = practice.document()
    assert problems(document, "time_log.csv") == [(2, "ended_at", "duration_range")]
    assert minutes(document) == (0, None)


@pytest.mark.parametrize(("end", "agrees"), [("09:21:00", True), ("09:21:01", False)])
def test_two_durations_agree_within_a_minute(practice: Practice, end: str, agrees: bool) -> None:
    header = "patient_id,started_at,ended_at,minutes,program,contact\n"
    line = f"P1,2026-03-03T09:00:00,2026-03-03T{end},20,rtm,none"
    practice.write("time_log.csv", time_log(line, header=header))
    document = practice.document()
    assert minutes(document) == ((20, 20) if agrees else (0, 21))
    expected = [] if agrees else [(2, "duration_conflict")]
    assert [(p[0], p[2]) for p in problems(document, "time_log.csv")] == expected


def test_seconds_and_minutes_that_disagree(practice: Practice) -> None:
    header = "patient_id,started_at,seconds,minutes,program,contact\n"
    lines = ("P1,2026-03-03,1200,20,rtm,none", "P1,2026-03-04,600,12,rtm,none")
    practice.write("time_log.csv", time_log(*lines, header=header))
    document = practice.document()
    assert minutes(document) == (20, 32)
    assert [p[2] for p in problems(document, "time_log.csv")] == ["duration_conflict"]


def test_an_entry_across_the_end_of_the_month_is_split_at_local_midnight(
    practice: Practice,
) -> None:
    lines = ("P1,2026-03-31T23:50,2026-04-01T00:15,rtm,none",)
    practice.write("time_log.csv", time_log(*lines, header=STARTED_AND_ENDED))
    assert minutes(practice.document()) == (10, 10)
    practice.options = ["--month", "2026-04", "--as-of", "2026-05-01"]
    assert minutes(practice.document()) == (15, 15)


def test_it_is_split_too_where_only_its_table_declares_a_zone(practice: Practice) -> None:
    practice.configure(BY_MONTH + "tables: {time_log: {zone: America/New_York}}\n")
    line = "P1,2026-03-31T23:50,2026-04-01T00:15,rtm,none"
    practice.write("time_log.csv", time_log(line, header=STARTED_AND_ENDED))
    assert minutes(practice.document()) == (10, 10)


def test_an_entry_of_a_bare_day_stays_on_it(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-31,25,rtm,none"))
    assert minutes(practice.document()) == (25, 25)


def test_minutes_belong_to_one_program(practice: Practice) -> None:
    practice.write(
        "time_log.csv", time_log("P1,2026-03-03,12,rtm,none", "P1,2026-03-04,9,ccm,none")
    )
    document = practice.document()
    assert minutes(document, program="rtm") == (12, 12)
    assert minutes(document, program="ccm") == (9, 9)


WITH_ID = "patient_id,started_at,minutes,program,contact,entry_id\n"


def test_the_same_entry_again_is_a_duplicate_and_an_edited_one_is_in_doubt(
    practice: Practice,
) -> None:
    lines = (
        "P1,2026-03-03,12,rtm,none,E1",
        "P1,2026-03-03,12,rtm,none,E1",
        "P1,2026-03-04,10,rtm,none,E2",
        "P1,2026-03-04,15,rtm,none,E2",
    )
    practice.write("time_log.csv", time_log(*lines, header=WITH_ID))
    document = practice.document()
    mine = file(document, "time_log.csv")
    assert (mine["used"], mine["duplicate"], mine["quarantined"]) == (2, 1, {"edited_entry": 1})
    assert minutes(document) == (22, 27)


def test_identical_lines_without_an_id_are_disputed(practice: Practice) -> None:
    practice.write("time_log.csv", time_log(*["P1,2026-03-03T09:00,12,rtm,none"] * 2))
    document = practice.document()
    assert minutes(document) == (12, 24)
    assert problems(document, "time_log.csv") == [(3, "started_at", "identical_lines")]


def test_a_re_export_that_overlaps_is_counted_once(practice: Practice) -> None:
    first = ["P1,2026-03-03T09:00,12,rtm,none", "P1,2026-03-04T09:00,5,rtm,none"]
    practice.write("time_log_1.csv", time_log(*first))
    practice.write("time_log_2.csv", time_log(*first, "P1,2026-03-05T09:00,3,rtm,none"))
    document = practice.document()
    assert minutes(document) == (20, 20)
    assert file(document, "time_log_2.csv")["duplicate"] == 2


def test_one_staff_member_on_two_patients_at_once_is_disputed(practice: Practice) -> None:
    header = "patient_id,started_at,minutes,program,contact,staff_id\n"
    lines = (
        "A,2026-03-03T08:05,40,rtm,none,S1",
        "B,2026-03-03T08:40,30,rtm,none,S1",
        "C,2026-03-03T08:40,30,rtm,none,S2",
    )
    practice.write("time_log.csv", time_log(*lines, header=header))
    document = practice.document()
    assert minutes(document, "A") == (35, 40)
    assert minutes(document, "B") == (25, 30)
    assert minutes(document, "C") == (30, 30)
    overlaps = [p for p in document["problems"] if p["kind"] == "overlap"]
    assert [(p["line"], p["other_line"]) for p in overlaps] == [
        (2, "time_log.csv:3"),
        (3, "time_log.csv:2"),
    ]


# --- live contacts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "live"),
    [
        ("live_audio", 1),
        ("live_video", 1),
        ("in_person", 1),
        ("none", 0),
        ("voicemail", 0),
        ("message", 0),
    ],
)
def test_only_live_contacts_count(practice: Practice, word: str, live: int) -> None:
    practice.write("time_log.csv", time_log(f"P1,2026-03-03,12,rtm,{word}"))
    assert calls(practice.document()) == (live, live)
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write("calls.csv", f"patient_id,started_at,contact\nP1,2026-03-04T10:00,{word}\n")
    document = practice.document()
    assert calls(document) == (live, live)
    excluded = file(document, "calls.csv")["excluded"]
    assert excluded == ({} if live else {"not_live": 1})


def test_one_call_in_the_log_and_in_the_calls_is_one(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-04T10:00,12,rtm,live_audio"))
    practice.write(
        "calls.csv",
        "patient_id,started_at,contact\n"
        "P1,2026-03-04T10:00:00,live_audio\n"
        "P1,2026-03-05T15:00,live_video\n",
    )
    assert calls(practice.document()) == (2, 2)


@pytest.mark.parametrize(("counted", "whole"), [("false", 12), ("true", 18)])
def test_calls_add_minutes_only_where_asked_and_never_twice(
    practice: Practice, counted: str, whole: int
) -> None:
    configure(practice, f"calls_count_as_time: {counted}")
    practice.write("time_log.csv", time_log("P1,2026-03-04T10:00,12,rtm,none"))
    header = "patient_id,started_at,seconds,contact,program\n"
    practice.write("calls.csv", header + "P1,2026-03-04T10:08,600,live_audio,rtm\n")
    assert minutes(practice.document()) == (whole, whole)


def test_calls_add_no_minutes(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write(
        "calls.csv", "patient_id,started_at,seconds,contact\nP1,2026-03-04T10:00,600,live_audio\n"
    )
    document = practice.document()
    assert minutes(document) == (12, 12)
    assert calls(document) == (1, 1)


def test_a_call_of_another_month_opens_no_gate(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write("calls.csv", "patient_id,started_at,contact\nP1,2026-04-01T00:00,live_audio\n")
    document = practice.document()
    assert calls(document) == (0, 0)
    assert file(document, "calls.csv")["excluded"] == {"other_month": 1}


def test_a_call_with_its_program_serves_that_program(practice: Practice) -> None:
    practice.write(
        "time_log.csv", time_log("P1,2026-03-03,12,rtm,none", "P1,2026-03-04,9,ccm,none")
    )
    practice.write(
        "calls.csv",
        "patient_id,started_at,contact,program\nP1,2026-03-05T10:00,live_audio,ccm\n",
    )
    assert calls(practice.document()) == (0, 0)


def test_a_call_without_a_program_is_disputed_where_two_could_claim_it(practice: Practice) -> None:
    practice.write(
        "time_log.csv", time_log("P1,2026-03-03,12,rtm,none", "P1,2026-03-04,9,ccm,none")
    )
    practice.write("calls.csv", "patient_id,started_at,contact\nP1,2026-03-05T10:00,live_audio\n")
    document = practice.document()
    assert calls(document) == (0, 1)
    assert problems(document, "calls.csv") == [(2, "program", "program_of_call")]


def test_a_call_whose_time_cannot_be_read_is_in_doubt(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write(
        "calls.csv",
        "patient_id,started_at,contact\nP1,2026-03-40T10:00,live_audio\nP9,2026-03-05,none\n",
    )
    assert calls(practice.document()) == (0, 1)


def test_a_monthly_flag_opens_the_gate_and_asks_for_its_date(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write("calls.csv", "patient_id,contact\nP1,live_audio\n")
    document = practice.document()
    assert calls(document) == (1, 1)
    asked = {each for f in findings(document, "P1") for each in f["to_confirm"]}
    assert "call date and time" in asked


# --- before consent and after the end -----------------------------------------------------------


@pytest.mark.parametrize("table", ["readings", "time_log", "calls"])
@pytest.mark.parametrize(
    ("column", "day", "used", "reason"),
    [
        ("consent_on", "2026-03-10", ["2026-03-10", "2026-03-11"], "before_consent"),
        ("ended_on", "2026-03-10", ["2026-03-09", "2026-03-10"], "after_end"),
        ("goals_met_on", "2026-03-10", ["2026-03-09", "2026-03-10"], "after_end"),
        ("died_on", "2026-03-10", ["2026-03-09", "2026-03-10"], "after_end"),
    ],
)
def test_lines_before_consent_and_after_the_end_are_excluded(
    practice: Practice, table: str, column: str, day: str, used: list[str], reason: str
) -> None:
    practice.write("patients.csv", f"patient_id,programs,{column}\nP1,rtm,{day}\n")
    practice.write("readings.csv", readings("P1,2026-03-10"))
    texts = [f"2026-03-{n:02d}" for n in (9, 10, 11)]
    content = {
        "readings": readings(*(f"P1,{text}" for text in texts)),
        "time_log": time_log(*(f"P1,{text},5,rtm,none" for text in texts)),
        "calls": time_log(
            *(f"P1,{text}T10:00,live_audio,rtm" for text in texts),
            header="patient_id,started_at,contact,program\n",
        ),
    }
    practice.write(f"{table}.csv", content[table])
    document = practice.document("--evidence")
    mine = file(document, f"{table}.csv")
    assert mine["used"] == len(used)
    assert mine["excluded"] == {reason: 3 - len(used)}
    if table == "time_log":
        assert minutes(document)[0] == 10


def test_the_consent_of_one_program_says_nothing_of_another(practice: Practice) -> None:
    practice.write(
        "patients.csv", "patient_id,programs,consent_on\nP1,rtm,2026-03-10\nP1,ccm,2026-01-01\n"
    )
    practice.write(
        "time_log.csv", time_log("P1,2026-03-03,12,rtm,none", "P1,2026-03-04,9,ccm,none")
    )
    document = practice.document()
    assert file(document, "time_log.csv")["excluded"] == {"before_consent": 1}
    assert minutes(document, program="rtm") == (0, 0)
    assert minutes(document, program="ccm") == (9, 9)


def test_physiologic_readings_are_those_of_another_program(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs,consent_on\nP1,rtm,2026-03-10\n")
    practice.write("readings.csv", readings("P1,2026-03-03,physiologic", "P1,2026-03-11"))
    document = practice.document()
    assert days(document)[0] == 1
    assert file(document, "readings.csv")["used"] == 2


def test_readings_of_days_that_no_export_covers_may_be_any_number(tmp_path: Path) -> None:
    """Of self-measured blood pressure each reading counts: twelve are wanted, and what the days
    after the export's end hold is not known."""
    practice = Practice(tmp_path)
    covers = "tables: {readings: {covers: {from: 2026-02-20, to: 2026-03-15}}}\n"
    practice.configure(ZONE + BY_MONTH + covers)
    practice.write("patients.csv", "patient_id,programs\nP1,smbp\n")
    lines = (f"P1,2026-03-{day:02},physiologic" for day in range(1, 8))
    practice.write("readings.csv", readings(*lines))
    practice.write("time_log.csv", time_log("P1,2026-03-03,5,smbp,none"))
    assert interval(practice.document(), "readings", program="smbp") == (7, None)
