"""Pages as Markdown. Whatever an export says is shown as it is: no markup, no HTML, no link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from rtmaudit.errors import visible
from rtmaudit.formats.patient.calendar import BLOCKS, drawn
from rtmaudit.report.patient.record import Page, Pages, Row, Section, Table

_MARKUP = re.compile(
    r"[\\`*\[\]<>|~&{}#^$@!]"  # anywhere
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore, but inside a word
    r"|(?<!\d):(?!\s|$)|:(?![\s\d]|$)"  # a colon, but at the end of a word and in a time of day
    r"|^[-+=]|(?<=www)\."  # what begins a list or a link
)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def write_pages(pages: Pages, stream: TextIO) -> None:
    """One patient after the other, under a title."""
    for line in _lines(pages):
        stream.write(line + "\n")


def _lines(pages: Pages) -> Iterator[str]:
    yield f"# {literal(pages.title)}"
    yield ""
    for line in (*pages.head, *([pages.missing] if pages.missing else [])):
        yield f"- {literal(line)}"
    for page in pages.pages:
        yield from _page(page)


def _page(page: Page) -> Iterator[str]:
    yield ""
    yield f"## Patient {literal(page.patient_id)}"
    yield ""
    for label, text in page.glance:
        yield f"- **{literal(label)}:** {literal(text)}"
    for section in page.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield f"### {literal(section.title)}"
    if section.said:
        yield ""
        yield from (f"- {literal(line)}" for line in section.said)
    if section.calendar is not None:
        yield ""
        yield "```text"
        yield from drawn(section.calendar, BLOCKS)
        yield "```"
    if section.table is not None:
        yield ""
        yield from _table(section.table)
    if section.below:
        yield ""
        yield from (f"- {literal(line)}" for line in section.below)


def _table(table: Table) -> Iterator[str]:
    yield "| " + " | ".join(map(literal, table.columns)) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.rows:
        yield "| " + " | ".join(_cells(row)) + " |"


def _cells(row: Row) -> Iterator[str]:
    for i, cell in enumerate(row.cells):
        text = literal(cell)
        if row.mark == "answer" and i < 2 and text:
            yield f"**{text}**"
        else:
            yield text


def literal(text: str) -> str:
    """Text that Markdown shows as it stands."""
    shown = _MARKUP.sub(r"\\\g<0>", visible(" ".join(text.split())))
    return _NUMBERED.sub(r"\1\\\2", shown)
