"""CSV and TSV: a header and a row a line, never cut to a width.

Text that comes from an export and that a spreadsheet would run gets an apostrophe in front, and a
text that begins with an apostrophe gets another, so that dropping one gives the text back. Numbers,
dates and our own words are written as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import TextIO

from rtmaudit.report import Report
from rtmaudit.report.aside import problems
from rtmaudit.report.views import Cell, ColumnKind, View, view

_TRIGGERS = "=+-@\t\r\n'＝＋－＠"
_HARMLESS = re.compile(r"(\w[^\t\r\n]*)?")
"""What most texts are: they begin with a letter or a digit, and end on the same line."""


def harmless(text: str) -> str:
    """Text that no spreadsheet runs, on one line."""
    if _HARMLESS.fullmatch(text):
        return text
    flat = " ".join(text.splitlines()) if any(c in text for c in "\r\n\t") else text
    flat = flat.replace("\t", " ")
    begins = text.lstrip()[:1] or text[:1]
    return "'" + flat if begins and begins in _TRIGGERS else flat


def write_csv(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """A view as comma-separated values."""
    write_view(view(report, which, everything=everything), stream)


def write_tsv(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """A view as tab-separated values."""
    write_view(view(report, which, everything=everything), stream, "\t")


def write_problems(report: Report, stream: TextIO) -> None:
    """The lines that were not simply used."""
    write_view(problems(report), stream)


def write_view(shown: View, stream: TextIO, delimiter: str = ",") -> None:
    """Any rows and columns."""
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow([name for name, _ in shown.columns])
    writer.writerows(_harmless_rows(shown))


def _harmless_rows(shown: View) -> Iterator[list[Cell]]:
    texts = [i for i, (_, kind) in enumerate(shown.columns) if kind is ColumnKind.TEXT]
    for row in shown.rows:
        cells = list(row)
        for i in texts:
            cell = cells[i]
            if cell and isinstance(cell, str):
                cells[i] = harmless(cell)
        yield cells
