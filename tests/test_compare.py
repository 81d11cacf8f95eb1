"""`rtmaudit compare`: what arrived after a month was closed, and leaps between two (D16, F20)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from practice import BY_MONTH, ZONE, Practice, Run, command, readings, time_log


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(ZONE + BY_MONTH)
    made.write("time_log.csv", time_log("P1,2026-03-03,25,rtm,live_audio"))
    return made


def days(count: int) -> str:
    return readings(*(f"P1,2026-03-{day:02}" for day in range(1, count + 1)))


def kept(practice: Practice, name: str, *words: object) -> Path:
    """The document of an audit of the folder as it is now."""
    path = practice.folder.parent / name
    path.unlink(missing_ok=True)
    assert practice.audit("-o", path, "-q", "--evidence", *words).code == 0
    return path


def compared(*words: object) -> tuple[Run, list[dict[str, str]]]:
    run = command("compare", *words)
    return run, list(csv.DictReader(io.StringIO(run.out)))


def test_what_arrives_late_turns_a_verdict_and_its_lines_are_named(practice: Practice) -> None:
    practice.write("readings.csv", days(14))
    before = kept(practice, "before.json")
    practice.write("readings.csv", days(16))
    after = kept(practice, "after.json")
    run, rows = compared(before, after)
    assert (run.code, run.err) == (0, "2 changed\n")
    short, full = rows[1], rows[0]
    assert (full["code"], full["before"], full["after"]) == ("98977", "short", "ready")
    assert full["needs"] == "data days 14 -> 16"
    assert full["lines"] == "readings.csv:16; readings.csv:17"
    assert (short["code"], short["before"], short["after"]) == ("98985", "ready", "not_applicable")
    assert "98980" not in run.out


def test_the_same_twice_is_no_change(practice: Practice) -> None:
    practice.write("readings.csv", days(14))
    before = kept(practice, "before.json")
    run, rows = compared(before, kept(practice, "after.json"))
    assert (rows, run.err) == ([], "0 changed\n")


def test_a_table_for_people(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    practice.write("readings.csv", days(14))
    before = kept(practice, "before.json")
    practice.write("readings.csv", days(16))
    shown = command("compare", before, kept(practice, "after.json"), "--format", "table").out
    line = next(line for line in shown.splitlines() if "98977" in line).split()
    assert line[:5] == ["P1", "98977", "2026-03-01..2026-03-31", "short", "ready"]


@pytest.mark.parametrize(("count", "leaps"), [(13, False), (10, False), (14, True), (6, True)])
def test_two_months_are_compared_in_numbers(count: int, leaps: bool, practice: Practice) -> None:
    practice.write("readings.csv", days(10))
    before = kept(practice, "before.json")
    practice.write("readings.csv", days(count).replace("-03-", "-04-"))
    practice.write("time_log.csv", time_log("P1,2026-04-03,25,rtm,live_audio"))
    practice.options = ["--month", "2026-04", "--as-of", "2026-05-01"]
    run = command("compare", before, kept(practice, "after.json"))
    assert (run.code, run.out) == (0, "")
    told = run.err.splitlines()
    assert told[-1] == "2026-03 and 2026-04 are two months; only numbers are compared"
    assert (f"lines of readings: {count}, 10 before" in told) is leaps


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"schema": "rtmaudit.audit/1"}', "a,b\n"])
def test_what_is_no_document_of_an_audit_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    run = command("compare", path, path)
    assert (run.code, run.out) == (4, "")
    assert run.err.startswith("rtmaudit: a.json: is no document of an audit")


def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    assert command("compare", tmp_path / "a.json", tmp_path / "b.json").code == 5


def test_a_format_that_is_not_there(tmp_path: Path) -> None:
    assert command("compare", tmp_path / "a.json", tmp_path / "b.json", "--format", "xml").code == 2
