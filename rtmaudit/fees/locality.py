"""What a locality costs beside the nation: its geographic practice cost indices (GPCI)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rtmaudit.errors import Fault, InputsRefused

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Locality:
    """The three indices, what they are called, and the year that they are of (None: every one)."""

    name: str = "national"
    work: Decimal = ONE
    practice_expense: Decimal = ONE
    malpractice: Decimal = ONE
    year: int | None = None


NATIONAL = Locality()


def read_locality(path: Path, wanted: str) -> Locality | None:
    """The locality of a CMS file (Addendum E of a year), named by state and number (`WI 00`) or by
    contractor and number (`06302 00`); None where the file has no such line.

    The work index is the one with the floor of 1.0, where the file has both. Raises InputsRefused
    for a file that is none of these.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="strict")
        lines = list(csv.reader(text.splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise _refused(path, 0, "cannot be read as CSV") from None
    columns, year, start = _columns(path, lines)
    for number, line in enumerate(lines[start:], start + 1):
        if len(line) > max(columns.values()) and wanted in _names(line, columns):
            try:
                work, expense, malpractice = (Decimal(line[columns[each]]) for each in _INDICES)
            except ArithmeticError:
                raise _refused(path, number, "holds an index that is no number") from None
            return Locality(wanted, work, expense, malpractice, year)
    return None


_INDICES = ("work", "practice_expense", "malpractice")
_HEADS = {
    "contractor": (r"medicare administrative contractor.*", r"mac"),
    "state": (r"state",),
    "number": (r"locality (number|#)",),
    "work": (r"(\d{4} )?pw gpci \(with 1\.0 floor\)", r"(\d{4} )?pw gpci"),
    "practice_expense": (r"(\d{4} )?pe gpci",),
    "malpractice": (r"(\d{4} )?mp gpci",),
}


def _columns(path: Path, lines: Sequence[Sequence[str]]) -> tuple[dict[str, int], int | None, int]:
    """Where the columns are, the year of the indices, and the line on which the data begin."""
    for number, line in enumerate(lines):
        heads = [" ".join(cell.lower().split()) for cell in line]
        found = {name: _place(heads, patterns) for name, patterns in _HEADS.items()}
        if all(place is not None for place in found.values()):
            years = re.findall(r"\b\d{4}\b", " ".join(heads))
            columns = {name: place for name, place in found.items() if place is not None}
            return columns, int(years[0]) if years else None, number + 1
    raise _refused(path, 0, "has no header of state, locality number and the three indices")


def _place(heads: Sequence[str], patterns: Sequence[str]) -> int | None:
    matched = (
        place
        for pattern in patterns
        for place, head in enumerate(heads)
        if re.fullmatch(pattern, head)
    )
    return next(matched, None)


def _names(line: Sequence[str], columns: dict[str, int]) -> Iterator[str]:
    number = line[columns["number"]].strip().zfill(2)
    for each in ("state", "contractor"):
        yield f"{line[columns[each]].strip()} {number}"


def _refused(path: Path, line: int, sentence: str) -> InputsRefused:
    return InputsRefused([Fault(path.name, line, "", sentence)])
