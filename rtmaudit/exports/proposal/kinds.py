"""Whether the cells of a column bear out what its name promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rtmaudit.exports.cells import BadCell, read_cents, read_code, read_month, read_number
from rtmaudit.exports.proposal.dates import Dates, How, dates_of
from rtmaudit.exports.proposal.look import Column, without_nothing
from rtmaudit.exports.proposal.names import unit_in
from rtmaudit.tables import Kind

MOST_WORDS = 20
"""A column of more different values is no column of words."""

_MOST = 0.8
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_SPOILED = re.compile(r"\d(?:\.\d+)?[eE]\+\d+", re.ASCII)
_ICD = re.compile(r"[A-Za-z]\d[\dA-Za-z](?:\.?[\dA-Za-z]{1,4})?", re.ASCII)
_CPT = re.compile(r"(?:\d{4}[\dA-Z]|[A-Z]\d{4})(?:-\w\w)?", re.ASCII)
_CLOCK_3 = re.compile(r"\d{1,3}:[0-5]\d:[0-5]\d", re.ASCII)
_CLOCK_2 = re.compile(r"\d{1,3}:[0-5]\d", re.ASCII)
_AMOUNT = re.compile(r"\d{1,6}(?:\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lengths:
    """The unit of a column of durations and how that is known, or the units that it may be."""

    unit: str | None
    why: str = ""
    may_be: tuple[str, ...] = ()


def suits(kind: Kind, column: Column) -> bool:
    """Whether a column may be of a kind. An empty one may be of any."""
    cells = column.distinct
    return not cells or _SUITS[kind](column)


def joined_dates(columns: tuple[Column, ...]) -> Dates:
    """How the dates are written that the columns hold together."""
    if len(columns) == 1:
        return columns[0].dates
    files = zip(*(column.parts for column in columns), strict=True)
    return dates_of([list(map(_joined, *map(without_nothing, parts))) for parts in files])


def _joined(*cells: str) -> str:
    """As the reader joins them: nothing where one of them holds nothing."""
    return " ".join(cells) if all(cells) else ""


def are_names(column: Column) -> bool:
    """Whether the cells look like names of people and not like ids: hardly one holds a digit."""
    return bool(column.distinct) and _share(column.distinct, _without_digits) > 0.5


def are_spoiled(column: Column) -> bool:
    """Whether a spreadsheet has turned ids into 1.23E+12."""
    return any(_SPOILED.fullmatch(cell) for cell in column.distinct)


def are_numbers(column: Column) -> bool:
    """Whether the cells are numbers."""
    return bool(column.distinct) and _share(column.distinct, _NUMBER.fullmatch) >= _MOST


def are_all_different(column: Column) -> bool:
    """Whether each line has its own value."""
    return len(column.distinct) == len(column.cells)


def are_procedures(column: Column) -> bool:
    """Whether the cells are CPT or HCPCS codes."""
    return _share(column.distinct, _CPT.fullmatch) >= _MOST


def lengths(column: Column) -> Lengths | None:
    """The unit of a column of durations; None if it holds none."""
    cells, said = column.distinct, unit_in(column.name)
    if _share(cells, _CLOCK_3.fullmatch) == 1:
        return Lengths("hh:mm:ss", "hours:minutes:seconds, as its cells show")
    if _share(cells, _CLOCK_2.fullmatch) == 1:
        return Lengths(None, "", ("mm:ss", "hh:mm"))
    if _share(cells, _AMOUNT.fullmatch) >= _MOST:
        parts = any("." in cell for cell in cells)
        if said == "hours" and parts:
            return Lengths(None, "", ("hours", "rounded_hours"))
        if said is not None:
            return Lengths(said, f"its name says {said}")
        rounded = ("rounded_hours",) if parts else ()
        return Lengths(None, "", ("minutes", "seconds", "hours", *rounded))
    if _share(cells, lambda c: _CLOCK_2.fullmatch(c) or _CLOCK_3.fullmatch(c)) >= _MOST:
        return Lengths(None, "", ("hh:mm:ss", "mm:ss", "hh:mm"))
    return None


def units_of(column: Column) -> tuple[str, ...]:
    """The units that a column may be in; none if it holds no durations."""
    found = lengths(column)
    return () if found is None else (found.unit,) if found.unit else found.may_be


def _share(cells: Iterable[str], fits: Callable[[str], object]) -> float:
    found = [bool(fits(cell)) for cell in cells]
    return sum(found) / len(found) if found else 0.0


def _reads(read: Callable[[str], object]) -> Callable[[Column], bool]:
    def fits(cell: str) -> bool:
        try:
            read(cell)
        except BadCell:
            return False
        return True

    return lambda column: _share(column.distinct, fits) >= _MOST


def _are_words(column: Column) -> bool:
    few = len(column.distinct) <= MOST_WORDS
    return few and (not are_numbers(column) or column.distinct <= {"0", "1"})


def _are_ids(column: Column) -> bool:
    return not column.dates.are_dates or all(map(str.isdigit, column.distinct))


def _without_digits(cell: str) -> bool:
    return not any(map(str.isdigit, cell))


def _are_conditions(column: Column) -> bool:
    parts = [part.strip() for cell in column.distinct for part in re.split("[;,|]", cell)]
    return _share(parts, _ICD.fullmatch) >= _MOST


_SUITS: dict[Kind, Callable[[Column], bool]] = {
    Kind.ID: _are_ids,
    Kind.TEXT: lambda _: True,
    Kind.INSTANT: lambda column: column.dates.how is not How.NOT_DATES,
    Kind.DATE: lambda column: column.dates.how is not How.NOT_DATES,
    Kind.WORD: _are_words,
    Kind.WORDS: _are_words,
    Kind.DURATION: lambda column: lengths(column) is not None,
    Kind.NAME: lambda _: True,
    Kind.CODE: _reads(read_code),
    Kind.CODES: _are_conditions,
    Kind.NUMBER: _reads(read_number),
    Kind.AMOUNT: _reads(read_cents),
    Kind.MONTH: _reads(read_month),
}
