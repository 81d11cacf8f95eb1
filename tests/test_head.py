"""What the first lines of a large file show already is told at once, as of a small one."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from differential.product import rules_read_once
from practice import READINGS, Practice, Run, holds

from rtmaudit.exports import read

NEEDED = "has times and no time zone is declared; add `timezone: America/New_York`"
STAMPS = [f"2026-03-{day:02}T08:{minute:02}:00" for day in range(1, 29) for minute in range(60)]
LINES = "".join(f"P{n % 7},{stamp},respiratory\n" for n, stamp in enumerate(STAMPS * 2))
"""Of more than a hundred thousand bytes."""


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure("window_mode: calendar_month\n")
    return made


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    with rules_read_once():
        yield


def audited(practice: Practice, least: int, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An audit in which a file is large from so many bytes on."""
    monkeypatch.setattr(read, "LARGE", least)
    return practice.audit()


def both(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said of a large file, which is what is said of a small one."""
    small, large = (audited(practice, least, monkeypatch) for least in (1 << 60, 0))
    assert small == large
    assert small.code == 4
    return large.err


def utf_16(text: str) -> bytes:
    return text.encode("utf-16")


def quoted(text: str) -> bytes:
    cells = (line.split(",") for line in text.splitlines())
    return "".join(",".join(f'"{each}"' for each in row) + "\r\n" for row in cells).encode()


def packed(text: str) -> bytes:
    return gzip.compress(text.encode())


@pytest.mark.parametrize(
    ("above", "line", "written"),
    [
        (READINGS, 2, str.encode),
        ("Readings of March\n\n" + READINGS, 4, quoted),
        (READINGS + "P1,2026-03-01,respiratory\n,,\nP1,never,respiratory\n", 5, packed),
        (READINGS + ",2026-03-01T08:00:00Z,respiratory\n", 2, utf_16),
    ],
)
def test_a_missing_zone_is_told_with_the_same_line(
    above: str,
    line: int,
    written: Callable[[str], bytes],
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    practice.write("readings.csv" + ".gz" * (written is packed), written(above + LINES))
    said = both(practice, monkeypatch)
    holds(said, f":{line}: recorded_at: {NEEDED}")


def test_the_rest_is_not_read(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    practice.write("readings.csv", (READINGS + LINES).encode() + b"P1,\xff,respiratory\n")
    holds(audited(practice, 1 << 60, monkeypatch).err, "is not utf-8 text")
    said = audited(practice, 0, monkeypatch).err
    holds(said, f"readings.csv:2: recorded_at: {NEEDED}")
    assert "utf-8" not in said


def test_what_is_wrong_with_other_files_is_told_too(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.write("readings.csv", READINGS + LINES)
    practice.write("patients.csv", "patient_id,programs,enrolled_on\nP1,rtm,03/04/2026\n")
    log = "patient_id,started_at,minutes,program\n"
    practice.write("time_log.csv", log + "".join(f"P1,{stamp},9,rtm\n" for stamp in STAMPS))
    said = both(practice, monkeypatch)
    holds(said, "readings.csv:2", "patients.csv:2: enrolled_on", "time_log.csv:2")


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("P1,03/04/2026 08:00,respiratory\n" * 3000, ":3002: recorded_at: has times"),
        ("P1,03/14/2026 08:00,respiratory\n" * 3000, ":3002: recorded_at: has times"),
        ("P1,2026-03-04,respiratory\n" * 3000, ":3002: recorded_at: has times"),
        ('P1,"2026-03-04T08:00:00,respiratory\n', "a quote that begins on this line"),
    ],
)
def test_what_only_the_whole_file_shows_is_left_to_it(
    first: str, told: str, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.write("readings.csv", READINGS + first + LINES)
    holds(both(practice, monkeypatch), told)
