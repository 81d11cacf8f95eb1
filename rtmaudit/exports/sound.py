"""Whether a file can be trusted as a whole, by all of its lines together.

Lines that cannot be read are quarantined, and more than 2 in 100 make the run provisional. That is
as safe as refusing the file, and kinder: each of them raises `high` of its patient, and the others
get their answer, though a vendor writes `N/A` in half the cells. Only lines that name no patient
move nobody: where they are many, patients would be short of days that are there, so the file is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rtmaudit.errors import Fault
from rtmaudit.model import Disposition
from rtmaudit.tables import PATIENTS

if TYPE_CHECKING:
    from rtmaudit.exports.data import TableData

MOST_NAMELESS = (1, 5)
FEW_NAMELESS = 20
"""Refused are more than 1 in 5 nameless lines, if there are more than so many."""

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+(?:1[1-9]|[2-9]\d|\d{3})", re.ASCII)
"""`1.23457E+11`, as a spreadsheet writes a number from twelve digits on. `1E5` is an id like any
other."""


def unsound(data: TableData) -> Iterator[Fault]:
    """Every fault of the files of a table that only shows in all of their lines."""
    for i, file in enumerate(data.files):
        mine = data.frame[data.frame["file"] == i]
        for column in ("patient_id", "entry_id"):
            if column in mine:
                ids = zip(mine[column], mine["line"], strict=True)
                yield from _scientific(file.name, column, ids)
        bad = mine[mine["disposition"] == Disposition.QUARANTINED]
        nameless = bad[bad["patient_id"].isna()]
        plain = i in data.plain and data.patients_of_plain(i)
        used = plain or mine["disposition"].eq(Disposition.USED).any()
        if len(bad) and not used and (file.role == PATIENTS or len(nameless) == len(bad)):
            yield Fault(
                file.name,
                int(bad["line"].iloc[0]),
                str(bad["column"].iloc[0]),
                f"none of its {len(bad)} lines can be read, this the first; export it again",
            )
            continue
        few, of = MOST_NAMELESS
        if len(nameless) > FEW_NAMELESS and len(nameless) * of > few * file.records:
            yield Fault(
                file.name,
                int(nameless["line"].iloc[0]),
                "",
                f"names no patient that can be read on {len(nameless)} of its {file.records} "
                "lines, this the first; is a second table or another export in it? Export it again",
            )


def _scientific(name: str, column: str, ids: Iterator[tuple[str | None, int]]) -> Iterator[Fault]:
    lines = [line for each, line in ids if each and "+" in each and is_scientific(each)]
    if lines:
        yield Fault(
            name,
            lines[0],
            column,
            f"{len(lines)} ids are written as 1.2E+11, so that their digits are lost; export it "
            "again with ids as text and do not open it in a spreadsheet",
        )


def is_scientific(text: str) -> bool:
    """Whether an id is written as a number that lost its digits."""
    return _SCIENTIFIC.fullmatch(text.strip()) is not None
