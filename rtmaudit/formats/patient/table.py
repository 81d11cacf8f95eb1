"""Pages on a terminal. Every cell is literal text, as in the table of an audit."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from rtmaudit.errors import visible
from rtmaudit.formats.patient.calendar import BLOCKS, PLAIN, drawn
from rtmaudit.formats.table import STYLES, console_of
from rtmaudit.report.patient.record import Page, Pages, Section, Table

GATES = {
    "passed": "green",
    "failed": "bold red",
    "undecided": "bold yellow",
    "not yet": "cyan",
    "to confirm": "yellow",
    "not asked": "dim",
}
MARKS = {"answer": "bold", "quiet": "dim"}
ANSWER = "> "
LABEL = 11
"""Width of the labels at the top of a page."""


def write_pages(pages: Pages, stream: TextIO) -> None:
    """One patient after the other, for people."""
    console = console_of(stream)
    _say(console, [pages.title, *pages.head, *([pages.missing] if pages.missing else [])])
    for page in pages.pages:
        _page(console, page)


def _page(console: Console, page: Page) -> None:
    console.print()
    console.print(Rule(Text(f"Patient {visible(page.patient_id)}"), align="left"))
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(min_width=LABEL)
    grid.add_column(overflow="fold")
    for label, text in page.glance:
        bold = "bold" if label.startswith("Answer") else STYLES.get(text, "")
        grid.add_row(Text(label), Text(visible(text), style=bold))
    console.print(grid)
    for section in page.sections:
        _section(console, section)


def _section(console: Console, section: Section) -> None:
    console.print()
    console.print(Text(visible(section.title), style="bold underline"))
    _say(console, section.said)
    if section.calendar is not None:
        signs = BLOCKS if (console.encoding or "").lower().startswith("utf") else PLAIN
        for line in drawn(section.calendar, signs):
            console.print(Text(line), no_wrap=True, crop=True)
    if section.table is not None:
        console.print(_grid(section.table))
    _say(console, section.below)


def _grid(table: Table) -> Padding:
    grid = Grid(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    answered = any(row.mark == "answer" for row in table.rows)
    for i, name in enumerate(table.columns):
        title = " " * len(ANSWER) + name if answered and not i else name
        grid.add_column(title, no_wrap=i in table.narrow, overflow="fold", min_width=len(title))
    for row in table.rows:
        mark = MARKS.get(row.mark, "")
        first = ANSWER if row.mark == "answer" else " " * len(ANSWER) if answered else ""
        cells = (first + row.cells[0], *row.cells[1:])
        grid.add_row(*(_cell(text, mark) for text in cells))
    return Padding(grid, 0)


def _cell(text: str, mark: str) -> Text:
    return Text(visible(text), style=GATES.get(text) or STYLES.get(text) or mark)


def _say(console: Console, lines: Iterable[str]) -> None:
    for line in _wrapped(lines, console.width):
        console.print(Text(line), soft_wrap=True)


def _wrapped(lines: Iterable[str], width: int) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(
            visible(line),
            width,
            subsequent_indent="  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
