"""The fast reader of plain readings says what the careful one says, to the letter, or leaves the
file to it."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from plainly import READ_AGAIN, Made, audited, differences, made
from practice import Practice, file, patients, problems, surroundings
from practice import days as days_of_march

from rtmaudit.exports import duck, read
from rtmaudit.pipeline.reduced import read_again

ROSTER = (
    "patient_id,programs,enrolled_on\nP1,rtm,2026-01-05\n0012,rtm,2026-01-05\n12,rtm,2026-01-05\n"
)
ZONE = "America/New_York"
HEAD = "patient_id,recorded_at,system,device_id\n"


def practice(lines: str, zone: str = ZONE, head: str = HEAD, month: str = "2026-03") -> Made:
    """These readings, of patients of whom nothing is to be told."""
    files = {
        "rtmaudit.yaml": f"timezone: {zone}\nwindow_mode: calendar_month\n",
        "patients.csv": ROSTER,
        "readings.csv": head + lines,
    }
    return Made(files, month, f"{month[:5]}{int(month[5:]) % 12 + 1:02}-01")


def days(patient: str, *stamps: str) -> str:
    return "".join(f"{patient},{stamp},musculoskeletal,D-{patient}\n" for stamp in stamps)


def both(files: Made, tmp_path: Path) -> tuple[Any, int]:
    """The document on which both readers agree, and how many groups the fast one judged by."""
    (tmp_path / "fast").mkdir()
    (tmp_path / "careful").mkdir()
    fast, kept = audited(files, tmp_path / "fast", 0)
    careful, none = audited(files, tmp_path / "careful", 1 << 60)
    assert fast == careful
    assert none == 0
    return (careful.document if careful.code == 0 else careful.err), kept


@pytest.mark.parametrize(
    ("zone", "month", "stamps", "count"),
    [
        (
            "America/New_York",
            "2026-03",
            ["2026-03-08T01:59:59-05:00", "2026-03-08T03:00:00-04:00"],
            1,
        ),
        (
            "America/New_York",
            "2026-03",
            ["2026-03-09T03:59:59+00:00", "2026-03-09T04:00:00+00:00"],
            2,
        ),
        ("America/New_York", "2026-03", ["2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z"], 2),
        ("America/New_York", "2026-03", ["2026-03-10T03:59:59Z", "2026-03-10T04:00:00Z"], 2),
        ("America/Los_Angeles", "2026-03", ["2026-04-01T06:30:00Z", "2026-04-01T07:00:00Z"], 1),
        ("America/New_York", "2026-11", ["2026-11-01T05:59:59Z", "2026-11-02T04:59:59Z"], 1),
        (
            "America/New_York",
            "2026-11",
            ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"],
            1,
        ),
        (
            "America/New_York",
            "2026-03",
            ["2026-03-03T08:00:00.123456-05:00", "2026-03-04 09:00:00-05:00"],
            2,
        ),
        (
            "America/New_York",
            "2026-03",
            ["2026-03-03T08:00:01", "2026-03-03T23:59:59", "2026-03-04T00:00:00"],
            2,
        ),
        ("America/New_York", "2026-03", ["2026-03-03", "2026-03-31", "2026-04-01"], 2),
    ],
)
def test_a_day_is_a_local_day(
    zone: str, month: str, stamps: list[str], count: int, tmp_path: Path
) -> None:
    document, kept = both(practice(days("P1", *stamps), zone, month=month), tmp_path)
    assert days_of_march(document) == (count, count)
    assert kept == 1


def test_ids_stay_as_they_are(tmp_path: Path) -> None:
    text = days("P1", "2026-03-03") + days("0012", "2026-03-03") + days("12", "2026-03-04")
    document, kept = both(practice(text), tmp_path)
    assert patients(document) == ["0012", "12", "P1"]
    assert kept == 3


SOUND = days("P1", *(f"2026-03-{day:02}T08:00:00-05:00" for day in range(1, 8)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("P1,2026-03-08T02:30:00,musculoskeletal,D-P1", None),
        ("P1,2026-03-10T24:00:00-04:00,musculoskeletal,D-P1", "unreadable_date"),
        ("P1,2026-03-10T23:59:60-04:00,musculoskeletal,D-P1", "unreadable_date"),
        ("P1,2026-03-10T08:00:00-99:99,musculoskeletal,D-P1", "unreadable_date"),
        ("P1,epoch,musculoskeletal,D-P1", "unreadable_date"),
        ("P1,infinity,musculoskeletal,D-P1", "unreadable_date"),
        ("P1, 2026-03-10T08:00:00-04:00,musculoskeletal,D-P1", None),
        ("P1,2026-03-10T08:00:00 America/New_York,musculoskeletal,D-P1", "unreadable_date"),
        ("P1,2026-3-10T8:00:00-04:00,musculoskeletal,D-P1", "unreadable_date"),
        ("P1,1970-01-01T00:00:00-05:00,musculoskeletal,D-P1", "implausible_date"),
        ("P1,,musculoskeletal,D-P1", "empty_cell"),
        (",2026-03-10T08:00:00-04:00,musculoskeletal,D-P1", "empty_cell"),
        ("P1,2026-03-10T08:00:00-04:00,knee,D-P1", "unknown_word"),
        ("P1,2026-03-10T08:00:00-04:00,musculoskeletal", "row_width"),
        ("P1,2026-03-10T08:00:00-04:00,musculoskeletal,D-P1,", "row_width"),
        ("P1,2026-03-10T08:00:00-04:00,musculoskeletal,D-P1,x", "row_width"),
        ("Total,2026-03-10T08:00:00-04:00,musculoskeletal,D-P1", None),
        ("", None),
        (",,,", None),
        (HEAD.strip(), None),
        ('P1,2026-03-10T08:00:00-04:00,"musculoskeletal",D-P1', None),
        ("P1,2026-03-10T08:00:00-04:00,musculoskeletal,D-P1\r", None),
        ("P1,2026-03-10T08:00:00-04:00,musculo\0skeletal,D-P1", None),
    ],
)
def test_what_the_database_would_let_pass(line: str, told: str | None, tmp_path: Path) -> None:
    """A line in the middle, that DuckDB takes, skips, or reads in its own way."""
    half = len(SOUND.splitlines()) // 2
    lines = SOUND.splitlines()
    text = "\n".join([*lines[:half], line, *lines[half:]]) + "\n"
    document, _ = both(practice(text), tmp_path)
    if told is not None:
        assert [(n, kind) for n, _, kind in problems(document, "readings.csv")] == [
            (half + 2, told)
        ]


def test_lines_that_are_not_plain_cost_only_themselves(tmp_path: Path) -> None:
    """Rejected lines are counted before the others, so that each keeps its own number."""
    bad = "P9,2026-03-10\nP1,never,musculoskeletal,D-P1\nP9,2026-03-10\n"
    text = (
        SOUND
        + bad
        + days("0012", "2026-03-04T08:00:00-05:00")
        + "P1,never,musculoskeletal,D-P1\n"
        + SOUND
    )
    document, kept = both(practice(text), tmp_path)
    told = [(8, "row_width"), (9, "unreadable_date"), (10, "row_width"), (12, "unreadable_date")]
    found = [(n + 1, kind) for n, kind in told]
    assert [(n, kind) for n, _, kind in problems(document, "readings.csv")] == found
    assert file(document, "readings.csv")["records"] == 19
    assert kept == 2


def test_two_lines_that_make_up_for_each_other_are_both_told(tmp_path: Path) -> None:
    short, trailing = (
        "P1,2026-03-10T08:00:00-04:00,musculoskeletal\n",
        SOUND.splitlines()[0] + ",\n",
    )
    document, _ = both(practice(SOUND + short + trailing + SOUND), tmp_path)
    told = [(9, "row_width"), (10, "row_width")]
    assert [(n, kind) for n, _, kind in problems(document, "readings.csv")] == told


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_end_of_the_file(end: str, tmp_path: Path) -> None:
    _, kept = both(practice(SOUND.rstrip("\n") + end), tmp_path)
    assert kept == 1


def test_a_file_of_several_shapes_of_time_is_refused_by_both(tmp_path: Path) -> None:
    naive = SOUND + "P1,2026-03-10T08:00:00,musculoskeletal,D-P1\n" + SOUND
    said, _ = both(practice(naive), tmp_path)
    assert "times carry an offset" in str(said)


def test_nothing_is_left_of_what_was_spilled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spill))
    _, kept = both(practice(SOUND), tmp_path)
    assert kept == 1
    assert list(spill.iterdir()) == []


def test_made_practices_are_read_alike_and_many_of_them_fast() -> None:
    found = list(differences(range(1, 41)))
    assert [(seed, said) for seed, _, said in found if said] == []
    assert sum(1 for _, kept, _ in found if kept) >= 10


def test_a_difference_would_be_noticed(tmp_path: Path) -> None:
    files = made(4)
    text = files.files["readings.csv"].replace(":1", ":2", 1)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, _ = audited(files, tmp_path / "a", 0)
    other, _ = audited(
        replace(files, files={**files.files, "readings.csv": text}), tmp_path / "b", 0
    )
    assert one != other


def test_days_that_were_counted_elsewhere_say_the_same(tmp_path: Path) -> None:
    """The statement of the documentation for DuckDB, on instants around midnight."""
    page = (Path(__file__).parents[1] / "docs" / "large-exports.md").read_text(encoding="utf-8")
    statement = next(line for line in page.splitlines() if line.startswith("| DuckDB")).split("`")[
        1
    ]
    stamps = [f"2026-03-{day:02}T0{hour}:30:00Z" for day in range(2, 28) for hour in (3, 4, 5)]
    text = HEAD + days("P1", *stamps[::2]) + days("12", *stamps[1::5])
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "CREATE TABLE readings AS SELECT patient_id, recorded_at::TIMESTAMPTZ AS recorded_at, "
            f"system FROM read_csv('{tmp_path}/own.csv', all_varchar = true)"
        )
        connection.execute(f"COPY ({statement}) TO '{tmp_path}/elsewhere.csv' (HEADER)")
    elsewhere = (tmp_path / "elsewhere.csv").read_text(encoding="utf-8")
    own, _ = both(practice(text, head=""), tmp_path)
    (tmp_path / "days").mkdir()
    theirs, _ = both(practice(elsewhere, head=""), tmp_path / "days")
    assert theirs["patients"] == own["patients"]
    local = {datetime.fromisoformat(at).astimezone(ZoneInfo(ZONE)).date() for at in stamps[::2]}
    assert days_of_march(own) == (len(local), len(local))


RECEIVED = "patient_id,recorded_at,received_at,system\n"


def received(patient: str, *stamps: tuple[str, str]) -> str:
    return "".join(f"{patient},{at},{came},respiratory\n" for at, came in stamps)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        # The longest of several, and of two as long the first.
        (
            received("P1", *((f"2026-03-{n:02}T08:00", "2026-03-09T09:00") for n in range(5, 10)))
            + received("0012", ("2026-03-02T08:00", "2026-03-09T09:00"))
            + received("12", ("2026-03-03T23:59", "2026-03-10T00:00")),
            [7],
        ),
        (received("P1", *[("2026-03-02T08:00", "2026-03-04T23:59")] * 3), []),
        # Of another month, and of somebody who is not on the roster: nobody asks.
        (
            received("P1", ("2026-01-05T08:00", "2026-03-04T23:59"), ("2026-03-05T08:00", ""))
            + received("stranger", ("2026-03-05T08:00", "2026-03-19T08:00")),
            [],
        ),
        # After months, on a bare day, and before it was taken.
        (
            received(
                "P1",
                ("2026-03-05T08:00", "2026-03-05T08:00"),
                ("2026-03-06T08:00", "2026-06-20T08:00"),
                ("2026-03-07T08:00", "2026-03-20"),
                ("2026-03-28T08:00", "2026-03-07T08:00"),
            )
            + received("12", ("2026-03-05T08:00", "2026-03-05T08:00")),
            [3],
        ),
    ],
)
def test_the_reading_that_came_in_last_is_told_and_the_others_stay_added_up(
    lines: str, told: list[int], tmp_path: Path
) -> None:
    document, kept = both(practice(lines, head=RECEIVED), tmp_path)
    assert [p["line"] for p in document["problems"] if p["kind"] == "late_sync"] == told
    assert kept


def test_a_receipt_that_cannot_be_read_is_told_and_costs_its_reading_nothing(
    tmp_path: Path,
) -> None:
    lines = received("P1", ("2026-03-02T08:00", "2026-03-02T09:00"), ("2026-03-03T08:00", "soon"))
    lines += received("12", ("2026-03-04T08:00", "2026-03-04T09:00"))
    document, kept = both(practice(lines, head=RECEIVED), tmp_path)
    told = [(p["line"], p["column"], p["kind"]) for p in document["problems"]]
    assert (3, "received_at", "unreadable_date") in told
    assert kept
    ((low, high),) = {days_of_march(document)}
    assert low == high == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_ended_while_the_database_works_leaves_nothing(
    number: int, code: int, tmp_path: Path
) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    folder = tmp_path / "practice"
    folder.mkdir()
    for name, text in practice("").files.items():
        (folder / name).write_text(text, encoding="utf-8")
    with (folder / "readings.csv").open("a", encoding="utf-8") as file:
        for _ in range(400):
            file.write(
                days("P1", *(f"2026-03-{day:02}T08:00:00-05:00" for day in range(1, 31))) * 200
            )
    words = ["audit", str(folder), "--month", "2026-03", "-o", str(tmp_path / "out.csv")]
    with subprocess.Popen(
        [sys.executable, "-m", "rtmaudit", *words],
        env=surroundings() | {"TMPDIR": str(spill)},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        until = time.monotonic() + 60
        # Python's own search for a folder leaves a file there for a moment.
        while not list(spill.glob("rtmaudit-scratch-*")) and time.monotonic() < until:
            time.sleep(0.05)
        assert [path.stat().st_mode & 0o077 for path in spill.iterdir()] == [0]
        running.send_signal(number)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (code, "")
    assert list(spill.iterdir()) == []
    assert not (tmp_path / "out.csv").exists()


def test_where_the_memory_does_not_suffice_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duck, "MEMORY", "1MB")
    text = "".join(days(f"P{n}", "2026-03-03") for n in range(20_000))
    run, _ = audited(practice(text), tmp_path, 0)
    assert (run.code, run.out) == (5, "")
    assert run.err == "rtmaudit: readings.csv: there is not enough memory or disk to read it\n"


def test_a_blank_after_each_delimiter_is_part_of_no_cell(tmp_path: Path) -> None:
    head = "recorded_at, patient_id, system\n"
    lines = "".join(f"2026-03-{day:02}, P1, musculoskeletal\n" for day in range(1, 8))
    document, _ = both(practice(lines, head=head), tmp_path)
    assert days_of_march(document) == (7, 7)


def test_a_folder_whose_name_the_database_would_take_for_a_pattern(tmp_path: Path) -> None:
    """`[2]` means 2 to it: another folder's file, with as many lines, must not be read for ours."""
    ours = practice(days("P1", *(f"2026-03-{day:02}" for day in range(1, 8))))
    theirs = practice(days("P1", *["2026-03-01"] * 7))
    for name in ("march [2]", "march 2"):
        (tmp_path / name).mkdir()
    audited(theirs, tmp_path / "march 2", 0)
    run, _ = audited(ours, tmp_path / "march [2]", 0)
    assert days_of_march(run.document) == (7, 7)


def test_an_older_file_that_stops_early_covers_no_more_than_it_says(tmp_path: Path) -> None:
    """Its last day lies before the days of the groups; how many patients it has must still show."""
    ids = [f"P{n}" for n in range(1, 6)]
    made = practice("".join(days(each, "2026-03-03") for each in ids))
    roster = "".join(f"{each},rtm,2026-01-05\n" for each in ids)
    made.files["patients.csv"] = "patient_id,programs,enrolled_on\n" + roster
    old = "".join(days(each, f"2026-01-{day:02}") for each in ids for day in range(1, 21))
    made.files["readings_2.csv"] = HEAD + old
    document, kept = both(made, tmp_path)
    assert "export_ends_early" in {kind for _, _, kind in problems(document, "readings_2.csv")}
    assert kept == 10


def test_a_file_that_changes_between_two_readings_of_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines of the stranger are read again; another export has taken the place of the first."""

    def replaced(*asked: Any) -> None:
        other = tmp_path / "other"
        other.write_text((tmp_path / "readings.csv").read_text())
        other.replace(tmp_path / "readings.csv")
        read_again(*asked)

    monkeypatch.setattr(read, "LARGE", 0)
    monkeypatch.setattr(READ_AGAIN, replaced)
    made = Practice(tmp_path)
    for name, text in practice(days("P1", "2026-03-03") + days("P9", "2026-03-04")).files.items():
        made.write(name, text)
    run = made.audit()
    assert (run.code, run.out) == (4, "")
    assert "readings.csv: changed while it was read; wait until its export is done" in run.err
