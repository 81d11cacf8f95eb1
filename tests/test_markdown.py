"""Markdown for a mail: a renderer finds in it the cells of the view, and nothing else."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from practice import Practice
from test_privacy import FORMULAS, HOSTILE, audited
from test_workbook import report_of

from rtmaudit.errors import visible
from rtmaudit.formats import writer
from rtmaudit.formats.markdown import SHOWN, literal
from rtmaudit.model import Decision
from rtmaudit.report import Report
from rtmaudit.report.head import head_lines, summary
from rtmaudit.report.views import view
from rtmaudit.shipped import shipped

MARKUP = [
    "a|b",
    "a\\|b",
    "back\\",
    "`code`",
    "``|``",
    "*bold* **more**",
    "_low_ snake_case __x__",
    "[link](https://example.com)",
    "![image](x.png)",
    "<b>bold</b>",
    "<!-- gone -->",
    "<script>alert(1)</script>",
    "<https://example.com>",
    "https://example.com",
    "www.example.com",
    "&amp; &#64; E&M",
    "~~gone~~",
    "# heading",
    "- item",
    "> quote",
    "1. one",
    "---",
    "$x$",
    "====",
    "[^1]",
    "a\\*b",
    "\\_",
]


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(shipped("samples"))


@pytest.fixture(scope="module")
def priced() -> Report:
    return report_of(shipped("samples"), fees=True)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    practice = Practice(tmp_path_factory.mktemp("hostile"))
    audited(practice, [*HOSTILE, *FORMULAS, *MARKUP])
    return report_of(practice.folder)


def written(report: Report, which: str) -> str:
    stream = io.StringIO()
    writer("markdown")(report, stream, which=which, everything=False)
    return stream.getvalue()


def parsed(text: str) -> list[Token]:
    """As GitHub reads it, with every address made a link where one is found."""
    return MarkdownIt("gfm-like", {"linkify": False}).enable("table").parse(text)


def texts(tokens: list[Token], inside: str) -> list[str]:
    """The text of each element of a kind; in it there is nothing but text."""
    found = []
    for opening, content in zip(tokens, tokens[1:], strict=False):
        if opening.type == inside:
            children = content.children or []
            assert {child.type for child in children} <= {"text", "text_special"}, content.content
            found.append("".join(child.content for child in children))
    return found


def cells(tokens: list[Token]) -> tuple[list[str], list[list[str]]]:
    head = texts(tokens, "th_open")
    flat = texts(tokens, "td_open")
    return head, [flat[at : at + len(head)] for at in range(0, len(flat), len(head))]


def wanted(report: Report, which: str) -> tuple[list[str], list[list[str]]]:
    shown = view(report, which)
    names = [name for name, _ in shown.columns]
    rows = [{n: _flat(c) for n, c in zip(names, row, strict=True)} for row in shown.rows]
    keep = [name for name in SHOWN.get(which, names) if any(row[name] for row in rows)]
    return keep, [[row[name] for name in keep] for row in rows]


def _flat(cell: Any) -> str:
    """Blanks around a cell do not count."""
    return "" if cell is None else visible(str(cell)).strip()


@pytest.mark.parametrize("whose", ["report", "priced", "hostile"])
@pytest.mark.parametrize("which", ["patients", "codes", "billing"])
def test_the_table_holds_the_cells_of_the_view(
    whose: str, which: str, request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(whose)
    head, rows = cells(parsed(written(report, which)))
    names, expected = wanted(report, which)
    assert head == names
    assert [[cell.strip() for cell in row] for row in rows] == expected
    assert rows


def test_above_it_stands_what_every_reader_must_know(report: Report) -> None:
    tokens = parsed(written(report, "patients"))
    title, *others = head_lines(report)
    assert texts(tokens, "heading_open") == [title]
    inside = [t.content for t in tokens if t.type == "inline" and t.level > 1]
    plain = [line.replace("\\", "") for line in inside]
    assert [each.strip() for each in others] == plain[: len(others)]
    assert texts(tokens, "paragraph_open")[-1] == summary(report)


def test_nothing_in_it_is_made_by_an_export(hostile: Report) -> None:
    for which in ("patients", "codes", "billing"):
        tokens = parsed(written(hostile, which))
        kinds = {token.type for token in tokens}
        assert not kinds & {"html_block", "fence", "code_block", "blockquote_open", "hr"}
        assert sum(token.type == "heading_open" for token in tokens) == 1
        assert sum(token.type == "table_open" for token in tokens) == 1


@pytest.mark.parametrize(
    "start", ["# ", "1. ", "- ", "> ", "+ ", "12) ", "=== ", "      ", "---\n", "| a |", "```"]
)
def test_a_file_of_any_name_is_an_item_of_a_list(report: Report, start: str) -> None:
    made = Decision(f"{start}x.csv", 7, "keep", "A. Person", date(2026, 4, 1))
    tokens = parsed(written(replace(report, decisions=(made,)), "patients"))
    (line,) = (line for line in head_lines(replace(report, decisions=(made,))) if "x.csv" in line)
    items = texts(tokens, "paragraph_open")
    assert " ".join(visible(line).split()) in [" ".join(item.split()) for item in items]
    assert sum(t.type == "heading_open" for t in tokens) == 1
    assert not {t.type for t in tokens} & {"code_block", "fence", "blockquote_open", "hr"}


def test_it_is_read_as_it_stands_too(report: Report) -> None:
    lines = written(report, "patients").splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert table[0].startswith("| patient_id | verdict | ready_codes ")
    assert "\\" not in "".join(table)
    bars = {line.index("|", 1) for line in table}
    assert len(bars) == 1


def test_numbers_stand_to_the_right(report: Report) -> None:
    header, rule, *_ = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in written(report, "codes").splitlines()
        if line.startswith("|")
    )
    right = {name for name, mark in zip(header, rule, strict=True) if mark.endswith(":")}
    assert right == {"units", "have", "want"}


def test_columns_without_a_word_take_no_room(report: Report, priced: Report) -> None:
    amounts = {"amount_ready", "amount_at_stake"}
    assert not amounts & set(cells(parsed(written(report, "patients")))[0])
    assert amounts <= set(cells(parsed(written(priced, "patients")))[0])


def test_without_a_patient_there_is_a_table_without_rows(report: Report) -> None:
    head, rows = cells(parsed(written(replace(report, patients=()), "patients")))
    assert head == list(SHOWN["patients"])
    assert rows == []


@pytest.mark.parametrize("address", ["https://example.com", "www.example.com"])
def test_what_github_would_make_something_of_is_broken_up(address: str) -> None:
    assert address not in literal(f"see {address} there")


def test_the_suffix_chooses_it(tmp_path: Path) -> None:
    path = tmp_path / "march.md"
    run = Practice(shipped("samples")).audit("-o", path, "-q")
    assert run.code == 0, run.err
    assert path.read_text(encoding="utf-8").startswith("# rtmaudit 2026-03, as of 2026-04-01")
