"""The big list of naughty strings in every column of every table: read as text, accounted for, told
byte for byte where it is an id, and told nowhere else. The list lies beside the repository."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from differential.product import rules_read_once
from practice import BY_MONTH, ZONE, Practice, Run, file, patients, problems

from rtmaudit.tables import DECISIONS, TABLES, Kind

LIST = Path(__file__).parents[2] / "shared" / "data" / "hostile" / "naughty-strings.json"
TEXTS = (Kind.ID, Kind.TEXT, Kind.CODES)
GOOD = {
    Kind.ID: "P",
    Kind.DATE: "2026-03-03",
    Kind.INSTANT: "2026-03-03T08:00",
    Kind.NUMBER: "1",
    Kind.MONTH: "2026-03",
    Kind.DURATION: "10",
    Kind.AMOUNT: "10.50",
    Kind.NAME: "x",
    Kind.CODE: "99213",
    Kind.CODES: "I10",
    Kind.TEXT: "x",
}
GOOD_OF = {
    "seconds": "600",
    "minutes": "10",
    "ended_at": "2026-03-03T08:10",
    "contact": "live_audio",
}
SIMPLE = [table for table in TABLES if table != DECISIONS]
"""All but the decisions: one that cannot be followed refuses the run, as its own tests show."""

GOOD_LINES = 4
"""Good lines a text, below: a file of which too many lines name nobody is refused, as it should."""

VIEWS = ("patients", "codes", "billing")
TRIGGERS = tuple("=+-@＝＋－＠\t\r\n")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    """The strings, each once. A NUL refuses a file whole, and has its own tests."""
    if not LIST.is_file():
        pytest.skip("the naughty strings are not on this machine")
    texts = json.loads(LIST.read_text(encoding="utf-8"))
    return sorted({text for text in texts if "\0" not in text})


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    made = Practice(tmp_path)
    made.configure(BY_MONTH + ZONE)
    with rules_read_once():
        yield made


def good(table: str) -> list[str]:
    """A line that is used."""
    return [
        GOOD_OF.get(name) or GOOD.get(column.kind) or next(iter(column.words or ()))
        for name, column in TABLES[table].columns.items()
    ]


def lines(table: str, texts: list[str], hostile: set[str]) -> Iterator[list[str]]:
    """A good line, and a line a text: each text comes to stand once in each hostile column."""
    columns, usual = list(TABLES[table].columns), good(table)
    yield columns
    yield usual
    for n in range(len(texts)):
        at = {name: texts[(n + 37 * k) % len(texts)] for k, name in enumerate(columns)}
        yield [
            at[name] if name in hostile else f"P{n}" if name == "patient_id" else cell
            for name, cell in zip(columns, usual, strict=True)
        ]
    yield from [usual] * (len(texts) * GOOD_LINES)


def write(practice: Practice, table: str, rows: Iterator[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    practice.write(f"{table}.csv", text.getvalue())


def columns_of(table: str, *kinds: Kind) -> set[str]:
    return {name for name, column in TABLES[table].columns.items() if column.kind in kinds}


def safe(text: str) -> bool:
    """Whether an id may be read: something, on one line, without a quote, and not endless."""
    return bool(text.strip()) and not re.search(r'[\r\n"]', text) and len(text) <= 200


def nothing_told(run: Run, texts: list[str]) -> None:
    """No string stands on stderr, and nothing that would do harm there."""
    said = run.err.replace(str(Path(__file__).parents[2]), "")
    assert not CONTROL.search(said)
    assert [text for text in texts if len(text) > 12 and text in said] == []


def test_in_every_text_column_of_every_table(practice: Practice, naughty: list[str]) -> None:
    for table in SIMPLE:
        write(practice, table, lines(table, naughty, columns_of(table, *TEXTS)))
    run = practice.audit("--format", "json", "--verbose")
    document = run.document
    readable = {text for text in naughty if safe(text)}
    assert set(patients(document)) == readable | {"P"}
    for table in SIMPLE:
        accounted(document, table, naughty)
    nothing_told(run, naughty)


def accounted(document: Any, table: str, texts: list[str]) -> None:
    """Every line is there; those whose id cannot be read are quarantined, on their own lines."""
    name = f"{table}.csv"
    mine = file(document, name)
    assert mine["records"] == len(texts) * (1 + GOOD_LINES) + 1
    begins = physical_lines_of(table, texts)
    columns = list(TABLES[table].columns)
    first = columns[: columns.index("patient_id") + 1]
    shift = 37 * (len(first) - 1)
    ids = [texts[(n + shift) % len(texts)] for n in range(len(texts))]
    bad = {begins[n] for n, text in enumerate(ids) if not safe(text)}
    named = {line for line, column, _ in problems(document, name) if column in first}
    assert bad <= named, (table, bad - named)


def physical_lines_of(table: str, texts: list[str]) -> list[int]:
    """The physical line on which each text's line begins."""
    at, found = 1, []
    for row in lines(table, texts, columns_of(table, *TEXTS)):
        found.append(at)
        at += 1 + sum(len(re.findall(r"\r\n|\r|\n", cell)) for cell in row)
    return found[2:]


@pytest.mark.parametrize("table", SIMPLE)
def test_in_every_other_column_of_a_table(
    practice: Practice, naughty: list[str], table: str
) -> None:
    write(practice, "readings", iter([list(TABLES["readings"].columns), good("readings")]))
    write(practice, table, lines(table, naughty, set(TABLES[table].columns) - {"patient_id"}))
    run = practice.audit("--format", "json", "--verbose")
    mine = file(run.document, f"{table}.csv")
    assert mine["records"] == len(naughty) * (1 + GOOD_LINES) + 1
    assert mine["used"] >= 1
    nothing_told(run, naughty)


@pytest.mark.parametrize("view", VIEWS)
def test_no_spreadsheet_and_no_terminal_obeys_them(
    practice: Practice, naughty: list[str], view: str
) -> None:
    """A third of them in each view."""
    texts = [text for text in naughty if safe(text)][VIEWS.index(view) :: len(VIEWS)]
    for table in ("patients", "readings"):
        write(practice, table, lines(table, texts, columns_of(table, *TEXTS)))
    shown = [practice.folder / f"shown.{name}" for name in ("csv", "tsv")]
    words = [word for path in shown for word in ("-o", path)]
    assert practice.audit("--view", view, "--all", *words).code == 0
    for path, delimiter in zip(shown, ",\t", strict=True):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter=delimiter, strict=True))
        ids = {solid(row["patient_id"].removeprefix("'")) for row in rows}
        assert ids == {solid(text) for text in [*texts, "P"]} or view == "billing"
        assert not [cell for row in rows for cell in row.values() if cell.lstrip()[:1] in TRIGGERS]
    assert practice.audit("--view", view, "--format", "table").code == 0


def solid(text: str) -> str:
    """Text without its blanks, of which a cell of a spreadsheet keeps fewer kinds."""
    return "".join(text.split())
