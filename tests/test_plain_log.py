"""The fast reader of plain time logs says what the careful one says, to the letter. Lines that
stand alone are added up; those that others contend with are read one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from plainly import READ_AGAIN, Made
from practice import Practice, calls, command, file, minutes, problems
from test_plain import both

from rtmaudit.exports import TableData, Tables, read
from rtmaudit.exports.ledger import Ledger
from rtmaudit.model import Program
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.reduced import read_again

HEAD = "patient_id,started_at,seconds,program,role,contact,staff_id,entry_id\n"
ROSTER = (
    "patient_id,programs,enrolled_on,consent_on,ended_on\n"
    "P1,rtm,2026-01-05,,\nP2,rtm,2026-01-05,,\nP3,rtm;ccm,2026-01-05,2026-01-05,\n"
)


def line(
    patient: str = "P1",
    at: str = "2026-03-10T10:00:00",
    seconds: object = 600,
    program: str = "rtm",
    contact: str = "none",
    staff: str = "S1",
    entry: str = "",
    role: str = "physician",
) -> str:
    return f"{patient},{at},{seconds},{program},{role},{contact},{staff},{entry}\n"


SOUND = "".join(
    line(patient, f"2026-03-{day:02}T08:00:00", 600 + day, staff=f"S-{patient}")
    for patient in ("P1", "P2", "P3")
    for day in range(2, 8)
)
"""Of each patient 3,627 seconds in the audited month, that nobody contends for."""


GROUPS = 6
"""Of each patient one in the month and one before it."""


def practice(lines: str, head: str = HEAD, as_of: str = "2026-04-01", **files: str) -> Made:
    """These entries between sound ones."""
    own = {
        "rtmaudit.yaml": "timezone: America/New_York\ndefaults: {biller_type: physician}\n",
        "patients.csv": ROSTER,
        "time_log.csv": head + SOUND + lines + SOUND.replace("2026-03", "2026-02"),
    }
    return Made(own | {f"{name}.csv": text for name, text in files.items()}, "2026-03", as_of)


def kinds(document: Any) -> set[str]:
    """What is told of the log."""
    return {kind for _, _, kind in problems(document, "time_log.csv")}


ENDED = "patient_id,started_at,ended_at,program,role,staff_id\n"


def ended(patient: str, start: str, end: str, seconds: str = "") -> str:
    return f"{patient},{start},{end},rtm,physician,S-{patient}{seconds and ',' + seconds}\n"


WORKED = "".join(
    ended(patient, f"2026-03-{day:02}T09:00:00", f"2026-03-{day:02}T09:10:{day:02}")
    for patient in ("P1", "P2")
    for day in range(2, 7)
)


def with_ends(lines: str, head: str = ENDED, month: str = "2026-03") -> Made:
    """These entries between sound ones, of which those after them are of another year."""
    worked = WORKED.replace("2026-03", month)
    if head != ENDED:
        worked = worked.replace("\n", ",\n")
    log = head + worked + lines + worked.replace(month, "2025-05")
    made = practice("")
    return Made(
        made.files | {"time_log.csv": log}, month, f"{month[:5]}{int(month[5:]) % 12 + 1:02}-01"
    )


@pytest.mark.parametrize(
    ("start", "end", "low", "high"),
    [
        ("2026-03-11T10:00:00", "2026-03-11T10:05:30", 330, 330),
        ("2026-03-11T10:00:00", "2026-03-11T10:00:00", 0, 0),
        # Over midnight, and over the hours in which the clock is set forward.
        ("2026-03-11T23:58:00", "2026-03-12T00:03:00", 300, 300),
        ("2026-03-08T01:58:00", "2026-03-08T03:03:00", 300, 300),
        # That are no times, no end, longer than anybody works, and before the start.
        ("2026-03-11T10:00:00", "2026-03-08T02:30:00", 0, None),
        ("2026-03-11T10:00:00", "later", 0, None),
        ("2026-03-11T10:00:00", "", 0, None),
        ("2026-03-11T08:00:00", "2026-03-11T17:00:00", 0, None),
        ("2026-03-11T10:00:00", "2026-03-11T09:55:00", 0, None),
    ],
)
def test_a_line_lasts_until_its_end(
    start: str, end: str, low: int, high: int | None, tmp_path: Path
) -> None:
    own = sum(600 + day for day in range(2, 7))
    document, kept = both(with_ends(ended("P1", start, end)), tmp_path)
    assert minutes(document)[0] == (own + low) // 60
    assert high is None or minutes(document)[1] == (own + high) // 60
    assert kept


def test_in_an_hour_that_the_clock_shows_twice_an_end_leaves_the_minutes_open(
    tmp_path: Path,
) -> None:
    lines = ended("P1", "2025-11-02T00:50:00", "2025-11-02T01:10:00")
    document, kept = both(with_ends(lines, month="2025-11"), tmp_path)
    assert "repeated_hour" in kinds(document)
    assert kept


def test_a_log_that_begins_with_a_line_of_no_time_is_left_to_the_careful_reader(
    tmp_path: Path,
) -> None:
    made = with_ends("")
    log = made.files["time_log.csv"].replace(ENDED, f"{ENDED}Total,,,,,\n")
    document, kept = both(
        Made(made.files | {"time_log.csv": log}, made.month, made.as_of), tmp_path
    )
    assert minutes(document)[0] == sum(600 + day for day in range(2, 7)) // 60
    assert not kept


@pytest.mark.parametrize(("seconds", "told"), [("330", False), ("290", False), ("200", True)])
def test_an_end_and_a_duration_must_agree_to_a_minute(
    seconds: str, told: bool, tmp_path: Path
) -> None:
    lines = ended("P1", "2026-03-11T10:00:00", "2026-03-11T10:05:30", seconds)
    document, kept = both(with_ends(lines, ENDED.replace("\n", ",seconds\n")), tmp_path)
    assert ("duration_conflict" in kinds(document)) == told
    assert kept


def test_lines_that_stand_alone_are_added_up(tmp_path: Path) -> None:
    spoken = line(at="2026-03-11T10:00:00", seconds=120, contact="live_audio")
    old = line(at="2026-01-11T10:00:00")
    document, kept = both(practice(spoken + old), tmp_path)
    assert minutes(document) == (62, 62)
    assert calls(document) == (1, 1)
    assert minutes(document, "P2") == (60, 60)
    assert file(document, "time_log.csv")["used"] == 37
    assert file(document, "time_log.csv")["excluded"] == {"other_month": 1}
    assert kept == GROUPS + 2


@pytest.mark.parametrize(
    ("written", "told", "kept"),
    [
        ("2026-03-13T23:59:59", set(), GROUPS + 1),
        ("2026-03-14T00:00:00", {"late_entry"}, GROUPS),
        ("2026-04-01T00:00:00", {"entry_after_close"}, GROUPS),
        ("", set(), GROUPS + 1),
        ("yesterday", {"unreadable_date"}, GROUPS),
    ],
)
def test_a_line_that_was_written_down_late_is_told(
    written: str, told: set[str], kept: int, tmp_path: Path
) -> None:
    """Two days after is not late; a second more is."""
    made = practice(line(at="2026-03-11T10:00:00", contact="live_audio"))
    head, *lines = made.files["time_log.csv"].splitlines()
    stamps = [each.split(",")[1] if "live" not in each else written for each in lines]
    pairs = zip([head, *lines], ["created_at", *stamps], strict=True)
    made.files["time_log.csv"] = "".join(f"{a},{b}\n" for a, b in pairs)
    document, groups = both(made, tmp_path)
    assert kinds(document) == told
    assert groups == kept
    assert minutes(document) == (70, 70)


NEXT, HALF_PAST, EVENING = (f"2026-03-10T{at}:00" for at in ("10:05", "10:30", "18:00"))
NIGHT = "2026-03-08T01:30:00"
"""Two hours later it is half past four."""


@pytest.mark.parametrize(
    ("lines", "told", "low", "high"),
    [
        (line() + line("P2", NEXT), "overlap", 65, 70),
        (line(seconds=3600) + line("P2", NEXT) + line("P2", HALF_PAST), "overlap", 100, 120),
        (line() + line(at=NEXT, staff="S2"), None, 80, 80),
        (line("P3") + line("P3", NEXT, program="ccm", staff="S2"), "overlap", 65, 70),
        (line() + line("P2", "2026-03-10T10:10:00"), None, 70, 70),
        (line() * 2, "identical_lines", 70, 80),
        (line(staff="") * 2, "identical_lines staff_missing", 70, 80),
        (line(entry="E1") * 2, None, 70, 70),
        (line(entry="E1") + line(entry="E1", seconds=900), "edited_entry", 70, 75),
        (line(entry="E1") + line("P2", entry="E1"), "edited_entry", 60, 70),
        (line(seconds=0, contact="live_audio"), "call_length", 60, 60),
        (line(at="2026-03-31T23:55:00"), "split_at_month_end", 65, 65),
        (line(at="2026-02-28T23:55:00"), "split_at_month_end", 65, 65),
        (line(at="2026-03-10T23:55:00"), None, 70, 70),
        (line(staff=""), "staff_missing", 70, 70),
        (line(seconds=25000) + line("P2", EVENING, 25000), "staff_day_excess", 477, 477),
        (line(seconds="ten"), "unreadable_duration", 60, None),
        (line(seconds=28801), "duration_range", 60, None),
        (line(seconds=" 600 "), None, 70, 70),
        (line(program="rtmm"), "unknown_word", 60, 70),
        (line(program="RTM", role=" Physician"), None, 70, 70),
        (line(at="2026-03-08T02:30:00"), "time_nonexistent", 60, 70),
        (line(at=NIGHT, seconds=7200) + line("P2", "2026-03-08T04:00:00"), "overlap", 170, 180),
        (line().replace(",\n", "\n"), "row_width", 60, None),
    ],
)  # fmt: skip
def test_lines_that_others_contend_with_are_read_one_by_one(
    lines: str, told: str | None, low: int, high: int | None, tmp_path: Path
) -> None:
    document, kept = both(practice(lines), tmp_path)
    assert kept >= GROUPS
    patient = "P3" if lines.startswith("P3") else "P1"
    assert minutes(document, patient) == (low, high)
    assert kinds(document) == set((told or "").split())


def test_a_nested_entry_contends_however_many_lie_between(tmp_path: Path) -> None:
    """The long one is not the one before: only the furthest end so far tells."""
    shorts = "".join(line("P2", f"2026-03-10T10:{n:02}:00", 60) for n in range(10, 50, 2))
    document, kept = both(practice(line(seconds=3600) + shorts), tmp_path)
    assert minutes(document) == (100, 120)
    assert minutes(document, "P2") == (60, 80)
    assert kept == GROUPS


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("P1,2026-03-10T10:00:00,rtm,live_audio", (1, 1)),
        ("P1,2026-03-10T10:00:01,rtm,live_audio", (2, 2)),
        ("P1,2026-03-12T10:00:00,,live_audio", (2, 2)),
    ],
)
def test_a_call_that_the_log_holds_too_is_one(
    call: str, expected: tuple[int, int], tmp_path: Path
) -> None:
    text = f"patient_id,started_at,program,contact\n{call}\n"
    document, kept = both(practice(line(contact="live_audio"), calls=text), tmp_path)
    assert calls(document) == expected
    assert kept >= 4


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ({"visits": "patient_id,on,code\nP3,2026-03-02,99457\n"}, (60, 60)),
        ({"stays": "patient_id,from,to,kind\nP3,2026-03-01,2026-03-03,inpatient\n"}, (60, 60)),
        ({"time_log_2": HEAD + line("P3", "2026-03-02T08:00:00", 602, staff="S-P3")}, (60, 60)),
        ({"time_log_2": HEAD + line("P3", "2026-03-02T08:05:00", 602, staff="S-P3")}, (65, 70)),
        ({"time_log_2": HEAD + line("P3", "2026-03-02", 602, "ccm", staff="S-P3")}, (50, 60)),
        ({"summary": "patient_id,month,program,minutes\nP3,2026-03,rtm,7\n"}, (60, 67)),
        ({"patients": ROSTER.replace("05,2026-01-05,", "05,2026-03-04,")}, (40, 40)),
        ({"patients": ROSTER.replace("05,2026-01-05,", "05,,2026-03-04")}, (30, 30)),
    ],
)  # fmt: skip
def test_what_other_tables_say_of_a_day(
    beside: dict[str, str], expected: tuple[int, int], tmp_path: Path
) -> None:
    document, kept = both(practice("", **beside), tmp_path)
    low, high = minutes(document, "P3")
    assert (low, high) == expected
    assert kept >= 4


def test_a_midnight_among_times_is_a_time(tmp_path: Path) -> None:
    """Whether all of its times are midnight only the whole file shows, and not the lines that are
    read again."""
    midnights = line(at="2026-03-10T00:00:00") + line("P2", "2026-03-10T00:05:00")
    document, kept = both(practice(midnights), tmp_path)
    assert kinds(document) == {"overlap"}
    assert kept == GROUPS


@pytest.mark.parametrize(
    "stamps",
    [
        ["2026-03-10T00:00:00", "2026-03-11T00:00:00"],
        ["2026-03-10T00:00:00-04:00", "2026-02-11T00:00:00-05:00", "2025-07-01T00:00:00-04:00"],
    ],
)
def test_a_log_of_midnights_alone_is_read_line_by_line(stamps: list[str], tmp_path: Path) -> None:
    every = practice("")
    every.files["time_log.csv"] = HEAD + "".join(line(at=at) for at in stamps)
    document, kept = both(every, tmp_path)
    assert "no_time_of_day" in kinds(document)
    assert kept == 0


def test_minutes_of_a_period_are_those_of_its_days(tmp_path: Path) -> None:
    """A supply period cuts the month; RPM asks for minutes by it."""
    made = practice("")
    made.files["patients.csv"] = ROSTER.replace(",rtm,2026-01-05", ",rpm,2026-02-03")
    made.files["time_log.csv"] = made.files["time_log.csv"].replace(",rtm,", ",rpm,")
    document, kept = both(made, tmp_path)
    (mine,) = [each for each in document["patients"] if each["patient_id"] == "P1"]
    found = {
        (finding["window"]["start"], need["have"])
        for finding in mine["findings"]
        if finding["code"] == "99091"
        for need in finding["needs"]
        if need["fact"] == "management_minutes"
    }
    assert found == {("2026-02-03", 80), ("2026-03-05", 30)}
    assert kept > GROUPS


def said(verb: str, made: Made, folder: Path, *words: str) -> tuple[str, TableData]:
    """What a verb says by both readers, and the log as the fast one left it."""
    practice = Practice(folder)
    for name, text in made.files.items():
        practice.write(name, text)
    logs = list[TableData]()

    def kept(tables: Tables, order: Order, beyond: Collection[Program]) -> None:
        read_again(tables, order, beyond)
        logs.append(tables.data["time_log"])

    asked = (verb, folder, "--month", made.month, "--as-of", made.as_of, *words)
    runs = []
    for least in (0, 1 << 60):
        with mock.patch.object(read, "LARGE", least), mock.patch(READ_AGAIN, kept):
            runs.append(command(*asked))
    fast, careful = runs
    assert fast == careful
    assert fast.code == 0, fast.err
    assert [bool(log.logs) for log in logs] == [True, False]
    return fast.out, logs[0]


def test_a_worklist_names_the_staff_of_lines_that_stand_alone(tmp_path: Path) -> None:
    out, _ = said("worklist", practice("", as_of="2026-03-20"), tmp_path)
    staff = {(row["patient_id"], row["staff"]) for row in csv.DictReader(io.StringIO(out))}
    assert staff == {(patient, f"S-{patient}") for patient in ("P1", "P2", "P3")}


def test_a_patient_is_shown_each_minute_and_the_others_stay_added_up(tmp_path: Path) -> None:
    """Of another patient the one line is read that the patient's own contends with."""
    made = practice(line(contact="live_audio") + line("P2", NEXT))
    out, log = said("patient", made, tmp_path, "--id", "P1", "--format", "md")
    assert "| 2026-03-10 10:00 | 10:00 | S1, physician | live audio | in doubt: 5:00 to" in out
    for day in range(2, 8):
        assert f"| 2026-03-{day:02} 08:00 | 10:{day:02} | S-P1, physician | none | yes" in out
    assert "P2" not in out
    others = log.frame[log.frame["patient_id"] != "P1"]
    assert list(others["staff_id"]) == ["S1"]
    assert log.groups is not None
    assert len(log.groups) == GROUPS - 2


def frames(made: Made, folder: Path) -> list[pd.DataFrame]:
    """The log's lines as the fast reader leaves them for counting, and as the careful one does."""
    practice, kept = Practice(folder), list[pd.DataFrame]()
    for name, text in made.files.items():
        practice.write(name, text)

    def noted(tables: Tables, order: Order, beyond: Collection[Program] = ()) -> None:
        read_again(tables, order, beyond)
        kept.append(tables.data["time_log"].frame.copy())

    for least in (0, 1 << 60):
        with mock.patch.object(read, "LARGE", least), mock.patch(READ_AGAIN, noted):
            run = practice.audit("--month", made.month, "--as-of", made.as_of)
            assert run.code == 0, run.err
    return kept


MANY = HEAD.replace("\n", ",minutes,activity\n")


@pytest.mark.parametrize("decided", [False, True], ids=["some", "all"])
def test_what_is_read_one_by_one_is_what_the_careful_reader_reads(
    decided: bool, tmp_path: Path
) -> None:
    """Cell by cell, though it was the database that took the lines apart; a decision asks for all
    lines. A short line shifts the others."""
    made = practice("")
    lines = [
        line(entry="E1") + line("P2", NEXT, contact="live_audio", entry="E2"),
        line("P3", at=HALF_PAST, program=" RTM", staff=" S1", seconds="", role="")
        + line("P3", NEXT),
        line(at="2026-03-10T10:01:00") + line(at="never", entry="E9"),
    ]
    more = ("10,call", "10.0, sorted  pills ", ",", ",=1+1", "10,x", "10,y")
    told = [f"{a},{b}\n" for a, b in zip("".join(lines).splitlines(), more, strict=True)]
    text = made.files["time_log.csv"].replace(HEAD, "").replace("\n", ",,\n")
    made.files["time_log.csv"] = MANY + text + told[0] + "P1,short\n" + "".join(told[1:])
    made.files["time_log.csv"] += text.replace("T08", "T06")
    if decided:
        head = "file,line,patient_id,decision,by,on,reason\n"
        made.files["decisions.csv"] = head + "time_log.csv,38,P1,keep,Ann,2026-04-01,asked\n"
    fast, careful = frames(made, tmp_path)
    those = careful[careful["line"].isin(fast["line"])]
    pd.testing.assert_frame_equal(fast, those.reset_index(drop=True))
    assert (len(fast) == len(careful)) is decided
    assert {"sorted  pills", "=1+1", "call"} <= set(fast["activity"])


def test_of_a_roster_that_tells_who_is_in_what_alone_nobody_is_read_again(tmp_path: Path) -> None:
    made = practice("")
    made.files["patients.csv"] = "patient_id,programs\nP1,rtm\nP2,rtm\nP3,rtm\n"
    document, kept = both(made, tmp_path)
    assert minutes(document) == (60, 60)
    assert kept == GROUPS


def test_a_window_that_cuts_what_was_added_up_is_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "cut", lambda *_: None)
    monkeypatch.setattr(read, "LARGE", 0)
    made = practice("")
    made.files["patients.csv"] = ROSTER.replace(",rtm,2026-01-05", ",rpm,2026-02-03")
    made.files["time_log.csv"] = made.files["time_log.csv"].replace(",rtm,", ",rpm,")
    own = Practice(tmp_path)
    for name, text in made.files.items():
        own.write(name, text)
    run = command("audit", tmp_path, "--month", made.month, "--as-of", made.as_of)
    assert (run.code, run.out) == (70, "")
