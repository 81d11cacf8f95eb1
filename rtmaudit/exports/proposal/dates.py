"""How the dates of a column are written, as far as its own cells prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from zoneinfo import ZoneInfo

from rtmaudit.exports.cells import BadCell, iso_like, read_date, read_instant
from rtmaudit.exports.date_order import prove
from rtmaudit.exports.proposal.names import words_in

MOST_OF = 0.9
"""Share of the cells that must be dates, for a column to be one of dates."""

_LIKE_DATES = re.compile(
    r"\d[-/.]\d{1,2}[-/.]\d|\d[- ][A-Za-z]{3}|[A-Za-z]{3} \d|^\d{5}$|^\d{8}$|^\d{10}(\d{3})?$",
    re.ASCII,
)
_UTC = ZoneInfo("UTC")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_UNMISTAKABLE = tuple(
    day + clock for day, clock in product(("%Y-%m-%d", "%B %d, %Y", "%d %B %Y"), _CLOCKS)
)
_EPOCHS = ("epoch", "epoch_ms")
_FIRST, _LAST = 2000, 2100


class How(Enum):
    """How sure it is what the cells of a column mean."""

    NOT_DATES = "not dates"
    EMPTY = "empty"
    KNOWN = "known"
    DECLARED = "declared"
    UNCLEAR = "unclear"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Dates:
    """What a column's cells prove. KNOWN: the reader needs no word about it; DECLARED: it needs the
    one format; UNCLEAR: a person must choose among the formats; UNREADABLE: dates, and none that
    can be read. `timed`: with a time of day; `offset`: with its distance from UTC."""

    how: How
    formats: tuple[str, ...] = ()
    timed: bool = False
    offset: bool = False
    why: str = ""

    @property
    def are_dates(self) -> bool:
        """Whether these cells are dates, by their look alone."""
        return self.how in (How.KNOWN, How.DECLARED, How.UNCLEAR)


def dates_of(parts: Iterable[Sequence[str]]) -> Dates:
    """What the cells of a column prove; `parts` are those of each file, and each is read alone."""
    found = [each for part in parts if (each := _of_file(part)).how is not How.EMPTY]
    if not found:
        return Dates(How.EMPTY)
    different = set(found)
    if len(different) == 1:
        return found[0]
    bad = [each for each in found if not each.are_dates]
    return bad[0] if bad else _of_several(found)


def _of_several(found: Sequence[Dates]) -> Dates:
    """Of some files the dates prove their order, of others not: likely the same, and to be said."""
    formats = [each for one in found if one.how is not How.UNCLEAR for each in one.formats]
    formats += [each for one in found for each in one.formats]
    timed, offset = any(one.timed for one in found), any(one.offset for one in found)
    if not formats:
        return Dates(How.KNOWN, (), timed, offset, found[0].why)
    why = "some of these files prove it, others do not"
    return Dates(How.UNCLEAR, tuple(dict.fromkeys(formats)), timed, offset, why)


def _of_file(cells: Sequence[str]) -> Dates:
    different = set(cells) - {""}
    if not different:
        return Dates(How.EMPTY)
    some = sorted(different)[:: max(1, len(different) // _SAMPLE)]
    if sum(_LIKE_DATES.search(cell) is not None for cell in some) < len(some) / 2:
        return _NONE
    iso = sum(map(iso_like, different))
    if iso == len(different):
        return _iso(different)
    for each in (*_UNMISTAKABLE, *_EPOCHS):
        if _reads(each, some) and _reads(each, different) > max(iso, MOST_OF * len(different)):
            epoch = each in _EPOCHS
            if not epoch or _of_our_time(each, different):
                timed = epoch or _timed(each)
                return Dates(How.DECLARED, (each,), timed, epoch, spoken(each))
    return _iso(different) if iso >= MOST_OF * len(different) else _by_proof(cells)


_SAMPLE = 200
_NONE = Dates(How.NOT_DATES)


def _iso(cells: set[str]) -> Dates:
    aware = {each for cell in cells if (each := _awareness(cell)) != ""}
    offset = True in aware
    what = "dates" if aware == {None} else "dates and times"
    return Dates(How.KNOWN, (), aware != {None}, offset, f"ISO 8601 {what}")


def _awareness(cell: str) -> bool | str | None:
    """Whether a time carries its offset; None for a bare date, nothing for what is neither."""
    try:
        return read_instant(cell, _UTC, None).aware
    except BadCell:
        return ""


def _by_proof(cells: Sequence[str]) -> Dates:
    """What the reader itself finds proven, or would ask."""
    proof = prove(enumerate(cells, 1))
    different = set(cells) - {""}
    formats = (proof.format,) if proof.format else proof.suggest
    most = max((_reads(each, different) for each in formats), default=0)
    if most < len(different) / 2:
        unreadable = proof.sentence and not proof.suggest
        return Dates(How.UNREADABLE, why=proof.sentence) if unreadable else _NONE
    timed = _timed(formats[0])
    if proof.format:
        return Dates(How.KNOWN, formats, timed, why=f"{spoken(formats[0])}, proven by the column")
    return Dates(How.UNCLEAR, formats, timed)


def _timed(pattern: str) -> bool:
    return "%H" in pattern or "%I" in pattern


def _reads(pattern: str, cells: Iterable[str]) -> int:
    return sum(_day(cell, pattern) is not None for cell in cells)


def _of_our_time(pattern: str, cells: Iterable[str]) -> bool:
    """Whether numbers, read as seconds since 1970, all lie in a time that an export can be of."""
    days = [_day(cell, pattern) for cell in cells]
    return all(day is not None and _FIRST <= int(day[:4]) < _LAST for day in days)


def _day(cell: str, pattern: str) -> str | None:
    try:
        return read_date(cell, pattern).isoformat()
    except BadCell:
        return None


def spoken(pattern: str) -> str:
    """A format as a person would say it."""
    if pattern in _EPOCHS:
        return "seconds since 1970" if pattern == "epoch" else "milliseconds since 1970"
    words = {"%m": "month", "%d": "day", "%Y": "year", "%b": "month", "%B": "month"}
    day = re.split("(?:, | |T)%[HI]", pattern)[0]
    for mark, word in words.items():
        day = day.replace(mark, word)
    return day


def is_clock(cells: Iterable[str]) -> bool:
    """Whether all cells are times of a day and no dates."""
    different = set(cells) - {""}
    if not different or not all(":" in cell for cell in different):
        return False
    days = {f"2026-01-01 {cell}" for cell in different}
    return any(_reads(f"%Y-%m-%d{each}", days) == len(days) for each in _CLOCKS[1:])


def says_utc(names: Iterable[str]) -> bool:
    """Whether a column's name says that its times are in UTC."""
    return any({"utc", "gmt"} & set(words_in(each)) for each in names)
