"""Tables on a terminal of eighty columns: ids of any script, in lines of equal places."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice import BY_MONTH, ZONE, Practice, command, readings, time_log
from rich.cells import cell_len

RIGHT_TO_LEFT = ("אבג-7", "مريض-12")
IDS = (*RIGHT_TO_LEFT, "名前", "[red]x[/red]", "e\N{COMBINING ACUTE ACCENT}-1", "P1")


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Practice:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    made = Practice(tmp_path)
    made.configure(ZONE + BY_MONTH)
    made.write(
        "readings.csv",
        readings(*(f"{each},2026-03-{day:02}" for each in IDS for day in range(1, 17))),
    )
    made.write("time_log.csv", time_log(*(f"{each},2026-03-03,25,rtm,live_audio" for each in IDS)))
    return made


@pytest.mark.parametrize(
    ("verb", "as_of", "second"),
    [("audit", "2026-04-01", "ready"), ("worklist", "2026-03-20", "98981")],
)
def test_every_id_stands_whole_and_the_next_column_begins_where_the_header_says(
    practice: Practice, verb: str, as_of: str, second: str
) -> None:
    words = ("--month", "2026-03", "--as-of", as_of, "--format", "table", "-q")
    lines = command(verb, practice.folder, *words).out.splitlines()
    header = next(line for line in lines if line.startswith("Patient"))
    begins = header.index("Verdict" if verb == "audit" else "Code")
    for each in IDS:
        (row,) = (line for line in lines if line.startswith(each + " ") and second in line)
        assert cell_len(row[: row.index(second)]) == begins, row
    assert max(map(cell_len, lines)) <= 80


def test_a_page_of_a_patient_names_an_id_that_is_read_from_right_to_left(
    practice: Practice,
) -> None:
    words = ("--month", "2026-03", "--as-of", "2026-04-01", "--format", "table", "-q")
    for each in RIGHT_TO_LEFT:
        lines = command("patient", practice.folder, *words, "--id", each).out.splitlines()
        assert any(line.startswith(f"Patient {each} ") for line in lines)
        # Only an address is not broken, so that it can be followed.
        assert max(cell_len(line) for line in lines if "://" not in line) <= 80
