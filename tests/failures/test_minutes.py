"""Time logs and calls as they really are: a fixture for each of the failure modes M01 to M22, D10
and D11, with what becomes of its lines, what is told, and the interval that is left.

What each kind of cell is read as stands in test_counting.py; how entries contend in
test_facts_time.py. Here each row of the list of failure modes has the fixture that it names.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from counted import ROSTER, Practice, table

from failures.outcome import Case, check
from rtmaudit.config import Config, TableMap
from rtmaudit.errors import InputsRefused
from rtmaudit.model import Role

PEOPLE = table("patient_id,biller_type", "P1,physician", "P2,physician")
MINUTES = "patient_id,started_at,minutes,program,role,contact,staff_id,entry_id,created_at"
SPAN = "patient_id,started_at,ended_at,minutes,program,role,contact"
CALLS = "patient_id,started_at,seconds,contact,program"
RTM, CCM = "P1 minutes rtm", "P1 minutes ccm"


def entry(
    minutes: str,
    at: str = "2026-03-04T09:00",
    *,
    patient: str = "P1",
    program: str = "rtm",
    contact: str = "none",
    staff: str = "S1",
    id: str = "",
    written: str = "",
) -> str:
    return f"{patient},{at},{minutes},{program},physician,{contact},{staff},{id},{written}"


def log(*lines: str) -> dict[str, str]:
    """A time log, and who bills."""
    return {"patients": PEOPLE, "time_log": table(MINUTES, *lines)}


def spans(*lines: str) -> dict[str, str]:
    """A time log with starts, ends and lengths."""
    full = (f"P1,{line},rtm,physician,none" for line in lines)
    return {"patients": PEOPLE, "time_log": table(SPAN, *full)}


def lengths(*minutes: str) -> dict[str, str]:
    """A log of one entry a day, of these lengths."""
    return log(*(entry(each, f"2026-03-{n:02d}T09:00") for n, each in enumerate(minutes, 1)))


def unit(name: str) -> dict[str, Config]:
    return {
        "config": Config(
            tables={"time_log": [TableMap.model_validate({"units": {"minutes": name}})]}
        )
    }


def calls(*lines: str) -> dict[str, str]:
    """A log of ten minutes in RTM, and these calls."""
    return {**log(entry("10")), "calls": table(CALLS, *lines)}


OUT_OF_RANGE = ("time_log:2 minutes duration_range quarantined",)
UNREADABLE = ("time_log:2 minutes unreadable_duration quarantined",)

CASES = [
    # ---- D10 and D11: over midnight, over the month's end ----
    Case("D10 over midnight", spans("2026-03-04T23:50,2026-03-05T00:10,"), {RTM: (20, 20)}),
    Case(
        "D10 an end after midnight with the start's date, and the length says so",
        spans("2026-03-04T23:50,2026-03-04T00:10,20", "2026-03-05T23:50,2026-03-05T00:10,21"),
        {RTM: (40, 40)},
    ),
    Case(
        "D10 the same, and nothing says so",
        spans("2026-03-04T23:50,2026-03-04T00:10,"),
        {RTM: (0, None)},
        {"time_log duration_range": 1},
        ("time_log:2 ended_at duration_range quarantined",),
    ),
    Case(
        "D10 the same, and the length says otherwise",
        spans("2026-03-04T23:50,2026-03-04T00:10,25"),
        {RTM: (0, None)},
        {"time_log duration_range": 1},
        ("time_log:2 ended_at duration_range quarantined",),
    ),
    Case(
        "D10 the same, and too long to be only over midnight",
        spans("2026-03-04T20:10,2026-03-04T00:10,240"),
        {RTM: (0, None)},
        {"time_log duration_range": 1},
        ("time_log:2 ended_at duration_range quarantined",),
    ),
    Case(
        "D10 an end on the day before its start",
        spans("2026-03-04T09:00,2026-03-03T09:20,20"),
        {RTM: (0, None)},
        {"time_log duration_range": 1},
        ("time_log:2 ended_at duration_range quarantined",),
    ),
    Case(
        "D11 over the month's end, either way",
        spans("2026-03-31T23:50,2026-04-01T00:10,", "2026-02-28T23:45,2026-03-01T00:15,"),
        {RTM: (25, 25)},
        {},
        (
            "time_log:2 started_at split_at_month_end note",
            "time_log:3 started_at split_at_month_end note",
        ),
    ),
    Case(
        "D11 to midnight and no further",
        spans("2026-03-31T23:50,2026-04-01T00:00,"),
        {RTM: (10, 10)},
    ),
    Case("D11 a length on a bare day stays on it", spans("2026-03-31,,25"), {RTM: (25, 25)}),
    # ---- M01 to M09: how long ----
    Case("M01 mm:ss in a column of minutes", lengths("0:20", "20:00"), {RTM: (20, 20)}),
    Case("M01 hh:mm as declared", lengths("0:20", "1:05"), {RTM: (85, 85)}, how=unit("hh:mm")),
    Case(
        "M01 hh:mm read as mm:ss: nobody works for seconds",
        lengths("0:20", "0:25", "0:15", "0:10", "0:20"),
        {RTM: (1, 1)},
        {},
        ("time_log minutes duration_unit note",),
    ),
    Case(
        "M01 the usual entry takes hours",
        lengths("121", "130", "125", "20", "180"),
        {RTM: (576, 576)},
        {},
        ("time_log minutes duration_unit note",),
    ),
    Case(
        "M01 starts and ends are in no unit",
        {
            "patients": PEOPLE,
            "time_log": table(
                "patient_id,started_at,ended_at,program,role",
                *(f"P1,2026-03-0{n}T09:00:00,2026-03-0{n}T09:00:20,rtm,npp" for n in range(1, 7)),
            ),
        },
        {RTM: (2, 2)},
    ),
    Case("M01 four entries prove nothing", lengths("0:20", "0:25", "0:15", "0:10"), {RTM: (1, 1)}),
    Case(
        "M02 a spreadsheet's fraction of a day",
        lengths("0.0138888"),
        {RTM: (0, None)},
        {"time_log unreadable_duration": 1},
        UNREADABLE,
    ),
    Case(
        "M02 a spreadsheet's time of day",
        lengths("12:20:00 AM"),
        {RTM: (0, None)},
        {"time_log unreadable_duration": 1},
        UNREADABLE,
    ),
    Case(
        "M03 decimal hours as declared",
        lengths("0.33", "1.5"),
        {RTM: (109, 109)},
        how=unit("hours"),
    ),
    Case(
        "M03 decimal hours read as minutes",
        lengths("0.33", "0.5", "0.25", "0.4", "0.75"),
        {RTM: (2, 2)},
        {},
        ("time_log minutes duration_unit note",),
    ),
    *(
        Case(
            f"{id} {text}",
            lengths(f'"{text}"', "10"),
            {RTM: (10, None)},
            {"time_log unreadable_duration": 1},
            UNREADABLE,
        )
        for id, text in [
            ("M04", "12,5"),
            ("M04", "1,200"),
            ("M05", "1_6"),
            ("M05", "１６"),
            ("M05", "nan"),
            ("M05", "inf"),
            ("M05", "1e1"),
        ]
    ),
    *(
        Case(
            f"M06 {text} minutes",
            lengths(text, "10"),
            {RTM: (10, None)},
            {"time_log duration_range": 1},
            OUT_OF_RANGE,
        )
        for text in ("-5", "600")
    ),
    # Zero can be read: the line adds nothing at either end, and stops nobody.
    Case("M06 0 minutes", lengths("0", "10"), {RTM: (10, 10)}),
    Case(
        "M07 a start, an end and a length that disagree",
        spans("2026-03-04T09:00,2026-03-04T09:10,20", "2026-03-05T09:00,2026-03-05T09:10,10:59"),
        {RTM: (10, 30)},
        {"time_log duration_conflict": 1},
        ("time_log:2 seconds duration_conflict quarantined",),
    ),
    Case("M08 one second short", lengths("19:59"), {RTM: (19, 19)}),
    Case("M09 tenths of minutes", lengths("0.1", "6.3", "9.7", "3.9"), {RTM: (20, 20)}),
    # ---- M10 to M13: twice ----
    Case(
        "M10 an entry again in a second export",
        {
            **log(entry("10", id="7")),
            "time_log_2": table(MINUTES, entry("10", id="7"), entry("5", "2026-03-05", id="8")),
        },
        {RTM: (15, 15)},
        {"time_log_2 duplicate": 1},
    ),
    Case(
        "M11 an entry edited from 10 to 15 minutes",
        log(entry("10", id="7"), entry("15", id="7")),
        {RTM: (10, 15)},
        {"time_log edited_entry": 1},
        (
            "time_log:2 entry_id edited_entry disputed time_log:3",
            "time_log:3 entry_id edited_entry quarantined",
        ),
    ),
    Case(
        "M12 identical lines without an id",
        log(entry("10", "2026-03-04"), entry("10", "2026-03-04")),
        {RTM: (10, 20)},
        {},
        ("time_log:3 started_at identical_lines disputed time_log:2",),
    ),
    Case(
        "M12 the whole of them in a second export",
        {
            **log(entry("10"), entry("5", "2026-03-05")),
            "time_log_2": table(
                MINUTES, entry("10"), entry("5", "2026-03-05"), entry("1", "2026-03-06")
            ),
        },
        {RTM: (16, 16)},
        {"time_log_2 duplicate": 2},
    ),
    # ---- M14 and M15: the same minutes ----
    Case(
        "M14 one staff member on two patients",
        log(entry("40", "2026-03-04T08:05"), entry("30", "2026-03-04T08:40", patient="P2")),
        {RTM: (35, 40), "P2 minutes rtm": (25, 30)},
        {},
        (
            "time_log:2 started_at overlap disputed time_log:3",
            "time_log:3 started_at overlap disputed time_log:2",
        ),
    ),
    Case(
        "M15 two programs at one time of day",
        log(entry("20", staff="S1"), entry("20", "2026-03-04T09:15", program="ccm", staff="S2")),
        {RTM: (15, 20), CCM: (15, 20)},
        {},
        (
            "time_log:2 started_at overlap disputed time_log:3",
            "time_log:3 started_at overlap disputed time_log:2",
        ),
    ),
    Case(
        "M15 two programs, no time of day, one length",
        log(
            entry("20", "2026-03-04", contact="live_audio"),
            entry("20", "2026-03-04", program="ccm"),
            entry("20", "2026-03-04", program="ccm"),
            entry("5", "2026-03-04", program="ccm"),
        ),
        {RTM: (0, 20), CCM: (5, 45), "P1 calls rtm": (0, 1)},
        {},
        (
            "time_log:2 started_at same_minutes disputed time_log:3",
            "time_log:3 started_at same_minutes disputed time_log:2",
            "time_log:4 started_at identical_lines disputed time_log:3",
        ),
    ),
    Case(
        "M15 only one of the two has a time of day",
        log(entry("20"), entry("20", "2026-03-04", program="ccm")),
        {RTM: (0, 20), CCM: (0, 20)},
        {},
        (
            "time_log:2 started_at same_minutes disputed time_log:3",
            "time_log:3 started_at same_minutes disputed time_log:2",
        ),
    ),
    *(
        Case(f"M15 {what}", log(entry("20", "2026-03-04"), other), {RTM: (20, 20), CCM: ccm})
        for what, other, ccm in [
            (
                "another staff member",
                entry("20", "2026-03-04", program="ccm", staff="S2"),
                (20, 20),
            ),
            ("another day", entry("20", "2026-03-05", program="ccm"), (20, 20)),
            ("another length", entry("21", "2026-03-04", program="ccm"), (21, 21)),
            ("another patient", entry("20", "2026-03-04", patient="P2", program="ccm"), (0, 0)),
        ]
    ),
    Case(
        "M15 both times of day are there and do not meet",
        log(entry("20"), entry("20", "2026-03-04T10:00", program="ccm")),
        {RTM: (20, 20), CCM: (20, 20)},
    ),
    Case(
        "M14 a spreadsheet wrote midnight for no time: nobody is in two places",
        log(
            entry("20", "2026-03-04T00:00:00"),
            entry("30", "2026-03-04T00:00:00", patient="P2"),
            entry("20", "2026-03-04T00:00:00", program="ccm"),
            entry("10", "2026-03-31T00:00:00"),
        ),
        {RTM: (10, 30), CCM: (0, 20), "P2 minutes rtm": (30, 30)},
        {},
        (
            "time_log started_at no_time_of_day note",
            "time_log:2 started_at same_minutes disputed time_log:4",
            "time_log:4 started_at same_minutes disputed time_log:2",
        ),
    ),
    Case(
        "M14 a call at midnight has no time of day either, and may be in the log",
        {
            **log(entry("20", "2026-03-04T00:00:00"), entry("10", "2026-03-31T00:00:00")),
            "calls": table(
                CALLS,
                "P1,2026-03-04T00:00:00,600,live_audio,rtm",
                "P2,2026-03-05T00:00:00,600,live_audio,rtm",
            ),
        },
        {RTM: (30, 40), "P1 calls rtm": (1, 1)},
        {},
        (
            "calls started_at no_time_of_day note",
            "time_log started_at no_time_of_day note",
        ),
        {"calls_as_time": True, "role": Role.PHYSICIAN},
    ),
    Case(
        "M14 one of the times is none, so midnight is a time too",
        log(
            entry("20", "2026-03-04T00:00:00"),
            entry("30", "2026-03-04T00:00:00", patient="P2"),
            entry("10", "2026-03-05T09:00:00"),
        ),
        {RTM: (10, 30), "P2 minutes rtm": (10, 30)},
        {},
        (
            "time_log:2 started_at overlap disputed time_log:3",
            "time_log:3 started_at overlap disputed time_log:2",
        ),
    ),
    # ---- M16 to M18: what an auditor would ask about ----
    Case(
        "M16 a staff member logs 14 hours on a day, over all patients",
        log(
            entry("420", "2026-03-04T06:00"),
            entry("300", "2026-03-04T13:00", patient="P2"),
            entry("120", "2026-03-04T18:00", patient="P9"),
            entry("60", "2026-03-04T21:00"),
            entry("420", "2026-03-05T06:00"),
        ),
        {RTM: (900, 900), "P2 minutes rtm": (300, 300)},
        {"time_log not_on_roster": 1},
        ("time_log:4 staff_id staff_day_excess note time_log:2",),
    ),
    Case(
        "M16 twelve hours are much and may be",
        log(entry("420", "2026-03-04T06:00"), entry("300", "2026-03-04T13:00", patient="P2")),
        {RTM: (420, 420), "P2 minutes rtm": (300, 300)},
    ),
    Case(
        "M17 nobody's name beside the minutes",
        log(entry("10"), entry("5", "2026-03-05T09:00", staff="")),
        {RTM: (15, 15)},
        {},
        ("time_log:3 staff_id staff_missing note",),
    ),
    Case(
        "M17 the log names nobody",
        log(entry("10", staff=""), entry("5", "2026-03-05", staff="")),
        {RTM: (15, 15)},
    ),
    Case(
        "M18 written late, and after the month's close",
        log(
            entry("10", written="2026-04-09"),
            entry("5", "2026-03-05T09:00", written="2026-03-08T09:00"),
            entry("5", "2026-03-06T09:00", written="2026-03-08T23:00"),
            entry("5", "2026-03-31T09:00", written="2026-04-01T08:00"),
            entry("5", "2026-03-30T09:00", written="2026-04-01T03:30Z"),
            entry("5", "2026-02-27T09:00", written="2026-03-20"),
        ),
        {RTM: (30, 30)},
        {},
        (
            "time_log:2 created_at entry_after_close note",
            "time_log:3 created_at late_entry note",
            "time_log:5 created_at entry_after_close note",
        ),
    ),
    Case(
        "M18 when it was written cannot be read",
        log(entry("10", written="2026-03-04"), entry("5", "2026-03-05", written="soon")),
        {RTM: (15, 15)},
        {},
        ("time_log:3 created_at unreadable_date note",),
    ),
    Case(
        "M18 nothing tells how the dates were written",
        log(entry("10", written="03/04/2026"), entry("5", "2026-03-05", written="04/05/2026")),
        {RTM: (15, 15)},
        {},
        ("time_log:2 created_at unreadable_date note",),
    ),
    # ---- M19 to M22: calls, and readings typed in ----
    Case(
        "M19 a monthly flag opens the gate, its date to confirm",
        calls("P1,,,live_audio,rtm"),
        {"P1 calls rtm": (1, 1)},
    ),
    *(
        Case(
            f"M20 {word or 'no word'}",
            calls(f"P1,2026-03-05T10:00,300,{word},rtm"),
            {"P1 calls rtm": (0, 0)},
            {"calls not_live": 1},
        )
        for word in ("voicemail", "message", "none", "")
    ),
    Case(
        "M20 a call of 0 seconds",
        calls("P1,2026-03-05T10:00,0,live_audio,rtm", "P1,2026-03-06T10:00,,live_audio,rtm"),
        {"P1 calls rtm": (1, 1)},
        {"calls not_live": 1},
    ),
    Case(
        "M20 an entry of 0 minutes that was a call",
        log(entry("0", contact="live_audio"), entry("5", "2026-03-05", contact="live_video")),
        {RTM: (5, 5), "P1 calls rtm": (1, 2)},
        {},
        ("time_log:2 seconds call_length disputed",),
    ),
    Case(
        "M21 a call of another month",
        calls("P1,2026-04-01T10:00,300,live_audio,rtm"),
        {"P1 calls rtm": (0, 0)},
        {"calls other_month": 1},
    ),
    Case(
        "M21 another patient's call",
        calls("P2,2026-03-05T10:00,300,live_audio,rtm"),
        {"P1 calls rtm": (0, 0), "P2 calls rtm": (1, 1)},
    ),
    Case(
        "M22 readings that were typed in",
        {
            "patients": PEOPLE,
            "readings": table(
                "patient_id,recorded_at,system,source",
                "P1,2026-03-04,physiologic,manual",
                "P1,2026-03-05,physiologic,device",
                "P1,2026-03-04,musculoskeletal,manual",
            ),
        },
        {"P1 days rpm": (1, 1), "P1 days rtm": (1, 1)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_failure_mode(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


def test_m13_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "time_log_2.csv").write_text(table(MINUTES, entry("10")), encoding="utf-8")
    with pytest.raises(InputsRefused, match="given twice"):
        Practice(tmp_path).counted(patients=ROSTER, time_log=table(MINUTES, entry("10")))


def test_m18_a_time_of_writing_needs_no_zone_and_no_offset_of_its_kind(tmp_path: Path) -> None:
    """What nothing is counted by is no reason to refuse a file."""
    lines = (
        entry("10", "2026-03-04", written="2026-03-09T10:00Z"),
        entry("5", "2026-03-05", written="2026-03-06T10:00"),
    )
    check(
        Case("", log(*lines), {RTM: (15, 15)}, {}, ("time_log:2 created_at late_entry note",)),
        tmp_path,
    )
