"""Records before anybody knows what they mean, and the search for the one that names columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

HEADER_WITHIN = 20
"""Records among which the header must stand (failure mode F05)."""

DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", re.ASCII)
"""What may be a date, in a cell of any kind."""

_WRAPPED = re.compile(r'="[^"]*"')
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_GAPS = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Grid:
    """The records of one file or sheet. `lines[i]` is the physical line (of a sheet: the row) on
    which record `i` begins. `typed`: its dates and numbers came as such, not as text. `ended`: its
    last line has a line end. `told`: what the reader found out about the file, in words."""

    rows: list[list[str]]
    lines: list[int]
    typed: bool = False
    ended: bool = True
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """The record that names the columns, or the two that do so together."""

    at: int
    records: int
    names: list[str]
    fits: int = 0


def normal(name: str) -> str:
    """A column's name without what differs from export to export: case, blanks, underscores and
    characters that nobody sees. Never used on a value."""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFKC", name))
    return _GAPS.sub(" ", shown).strip().casefold()


def find_header(
    rows: Sequence[list[str]], wanted: Iterable[str], alike: Callable[[str], str] = normal
) -> Header | None:
    """The first record that names the most of the wanted columns, or None if none names any. Two
    records name them together where each column's name begins in the upper one. `alike` takes from
    a name what may differ."""
    known = {alike(name) for name in wanted}

    def fits(header: Header) -> int:
        return len({alike(name) for name in header.names} & known)

    found = max(_candidates(rows), key=fits, default=None)
    return replace(found, fits=fits(found)) if found and fits(found) else None


def _candidates(rows: Sequence[list[str]]) -> Iterator[Header]:
    """Single records first: of two that fit as well, `max` keeps the one that came first."""
    first = rows[:HEADER_WITHIN]
    for at, row in enumerate(first):
        yield _header(at, 1, row)
    for at, (upper, lower) in enumerate(zip(first, first[1:], strict=False)):
        if len(upper) == len(lower):
            yield _header(at, 2, [f"{a} {b}" for a, b in zip(upper, lower, strict=True)])


def _header(at: int, records: int, row: list[str]) -> Header:
    return Header(at, records, [cell.strip() for cell in row])


def unwrap(rows: list[list[str]], below: int, width: int) -> tuple[list[list[str]], list[str]]:
    """The records, and what was done: of a column whose every cell stands as `="0041"`, so that a
    spreadsheet keeps it as text, the text. Where only some do, nobody knows what they mean."""
    lines = [row for row in rows[below:] if len(row) == width]
    wrapped = {i for i in range(width) if _is_wrapped(row[i] for row in lines)}
    if not wrapped:
        return rows, []
    told = [f'column {i + 1} stands as ="..." and was unwrapped' for i in sorted(wrapped)]
    bare = [
        [cell[2:-1] if i in wrapped and cell else cell for i, cell in enumerate(row)]
        if len(row) == width
        else row
        for row in rows[below:]
    ]
    return rows[:below] + bare, told


def _is_wrapped(cells: Iterable[str]) -> bool:
    found = False
    for cell in filter(None, cells):
        if not _WRAPPED.fullmatch(cell):
            return False
        found = True
    return found
