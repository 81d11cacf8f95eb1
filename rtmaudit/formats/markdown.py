"""Markdown for a mail: readable as it stands, and a table where it is rendered.

Text from an export stays text: nothing in it becomes a link, an element, a heading or a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from rtmaudit.errors import visible
from rtmaudit.report import Report
from rtmaudit.report.head import head_lines, summary
from rtmaudit.report.views import Cell, ColumnKind, View, view

_WORKLIST = (
    "patient_id",
    "code",
    "state",
    "still_takes",
    "start_by",
    "by",
    "adds",
    "biller",
    "staff",
)
SHOWN: Mapping[str, Sequence[str]] = {
    "patients": (
        "patient_id",
        "verdict",
        "ready_codes",
        "data_days",
        "management_minutes",
        "live_contacts",
        "best_fit",
        "amount_ready",
        "amount_at_stake",
        "next_step",
    ),
    "codes": (
        "patient_id",
        "code",
        "units",
        "verdict",
        "period_start",
        "period_end",
        "have",
        "want",
        "amount",
        "reasons",
    ),
    "worklist": _WORKLIST,
    "worklist-practitioner": _WORKLIST,
    "worklist-staff": _WORKLIST,
}
"""The columns that a mail has room for, by view; of other views all."""

WIDEST = 40
"""Cells are filled up to the width of their column, as far as that is not wider than this."""

_MARKUP = re.compile(
    r"""[\\`*\[\]<>|~]
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])     # inside a word it means nothing
    | &(?=[#A-Za-z])                           # an entity
    | :(?=//)                                  # an address
    | (?<=www)\.                               # an address
    """,
    re.VERBOSE | re.IGNORECASE,
)
BACKSLASH = "\\"
_BEGINS = re.compile(r"^(?=[#+=-])|(?<=^\d)(?=[.)])|(?<=^\d\d)(?=[.)])")


def literal(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKUP.sub(r"\\\g<0>", visible(text))


def write_markdown(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """The head, the totals and a view."""
    title, *others = head_lines(report)
    stream.write(f"# {literal(title)}\n\n")
    for line in others:
        stream.write(_item(line))
    stream.write(f"\n{literal(summary(report))}\n\n")
    for row in _table(_for_mail(view(report, which, everything=everything))):
        stream.write(row + "\n")


def _item(line: str) -> str:
    """An item of a list; what is indented belongs to the one above."""
    indent = "  " if line.startswith(" ") else ""
    return f"{indent}- {_BEGINS.sub(BACKSLASH * 2, literal(line.strip()))}\n"


def _for_mail(shown: View) -> View:
    """The columns that a mail has room for, without those that are empty throughout."""
    names = [name for name, _ in shown.columns]
    rows = list(shown.rows)
    keep = [names.index(name) for name in SHOWN.get(shown.name, names)]
    keep = [i for i in keep if not rows or any(row[i] not in (None, "") for row in rows)]
    columns = [shown.columns[i] for i in keep]
    return View(shown.name, columns, [[row[i] for i in keep] for row in rows])


def _table(shown: View) -> Iterator[str]:
    """The lines of a table, its columns in step."""
    names = [name for name, _ in shown.columns]
    rows = [[_cell(cell) for cell in row] for row in shown.rows]
    widths = [
        max(3, len(name), *(len(row[i]) for row in rows if len(row[i]) <= WIDEST))
        for i, name in enumerate(names)
    ]
    right = [kind is ColumnKind.NUMBER for _, kind in shown.columns]
    yield _line(names, widths, right)
    yield "|" + "|".join(_rule(*each) for each in zip(widths, right, strict=True)) + "|"
    for row in rows:
        yield _line(row, widths, right)


def _rule(width: int, right: bool) -> str:
    return "-" * (width + 1) + (":" if right else "-")


def _line(cells: Iterable[str], widths: Iterable[int], right: Iterable[bool]) -> str:
    parts = [
        cell.rjust(width) if is_number else cell.ljust(width)
        for cell, width, is_number in zip(cells, widths, right, strict=True)
    ]
    return f"| {' | '.join(parts)} |"


def _cell(cell: Cell) -> str:
    return "" if cell is None else literal(str(cell))
