"""The format of a column of dates, proven by the whole of it or asked for; never guessed by a line.

Cells that are no date prove nothing and spoil nothing: their lines are quarantined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rtmaudit.exports.cells import iso_like

_WRITTEN = re.compile(
    r"(?:(?P<one>\d{1,2})(?P<sep>[/.-])(?P<two>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})"
    r"|(?P<year_first>\d{4}(?P<sep_2>[/.-])\d{1,2}(?P=sep_2)\d{1,2})"
    r"|(?P<digits>\d{8})"
    r"|(?P<named>\d{1,2}(?P<sep_3>[ -])[A-Za-z]{3}(?P=sep_3)\d{4})"
    r"|(?P<american>[A-Za-z]{3} \d{1,2}, \d{4}))"
    r"(?:(?P<gap>, | |T)\d{1,2}:\d{2}(?P<second>:\d{2})?(?P<part>\.\d{1,6})?"
    r"(?P<half> ?[AaPp][Mm])?)?",
    re.ASCII,
)
_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?", re.ASCII)
MONTH_FIRST, DAY_FIRST = "%m{0}%d{0}%Y", "%d{0}%m{0}%Y"


@dataclass(slots=True)
class Proof:
    """What a column shows. `format` is None for ISO 8601 and where nothing is proven; then
    `sentence` says why, and `suggest` holds the formats of which one could be declared."""

    format: str | None = None
    sentence: str = ""
    line: int = 0
    suggest: tuple[str, ...] = ()


@dataclass(slots=True)
class _Seen:
    """How the cells of a column are written: each shape with its first line, and the first lines
    on which only one order of day and month is possible."""

    shapes: dict[str, int] = field(default_factory=dict)
    number: Counter[str] = field(default_factory=Counter)
    day_first: int = 0
    month_first: int = 0
    first: int = 0
    serial: int = 0
    two_digits: int = 0
    digit: int = 0


def prove(cells: Iterable[tuple[int, str]]) -> Proof:
    """The format of a column from its lines and cells."""
    seen, known = _Seen(), set[str]()
    for line, text in cells:
        if text in known or not text:
            continue
        known.add(text)
        if iso_like(text):
            return Proof()
        _look(seen, line, text)
    return _judge(seen) if known else Proof()


def _look(seen: _Seen, line: int, text: str) -> None:
    seen.first = seen.first or line
    seen.digit = seen.digit or (line if re.search("[0-9]", text) else 0)
    match = _WRITTEN.fullmatch(text)
    if match is None:
        seen.serial = seen.serial or (line if _SERIAL.fullmatch(text) else 0)
        return
    if match["year"] and len(match["year"]) == 2:
        seen.two_digits = seen.two_digits or line
        return
    shape = _date(match) + _time(match)
    seen.shapes.setdefault(shape, line)
    seen.number[shape] += 1
    if match["one"] and int(match["one"]) > 12 >= int(match["two"]):
        seen.day_first = seen.day_first or line
    elif match["one"] and int(match["two"]) > 12 >= int(match["one"]):
        seen.month_first = seen.month_first or line


def _date(match: re.Match[str]) -> str:
    if match["sep"]:
        return MONTH_FIRST.format(match["sep"])
    if match["year_first"]:
        return "%Y{0}%m{0}%d".format(match["sep_2"])
    if match["named"]:
        return "%d{0}%b{0}%Y".format(match["sep_3"])
    return "%Y%m%d" if match["digits"] else "%b %d, %Y"


def _time(match: re.Match[str]) -> str:
    if not match["gap"]:
        return ""
    hour, half = ("%I", match["half"][:-2] + "%p") if match["half"] else ("%H", "")
    second, part = (":%S" if match["second"] else ""), (".%f" if match["part"] else "")
    return f"{match['gap']}{hour}:%M{second}{part}{half}"


def _judge(seen: _Seen) -> Proof:
    if seen.day_first and seen.month_first:
        lines = f"day/month on line {seen.day_first} and month/day on line {seen.month_first}"
        return Proof(
            sentence=f"is {lines}, so no order holds throughout; a spreadsheet may have changed "
            "the dates: export it again and do not open it in one",
            line=max(seen.day_first, seen.month_first),
        )
    if not seen.shapes:
        return _no_date(seen)
    shape = seen.number.most_common(1)[0][0]
    orders = _orders(shape, seen)
    if len(seen.shapes) > 1:
        one, other = sorted(seen.shapes.values())[:2]
        said = f"is written in one way on line {one} and in another on line {other}"
        return Proof(
            sentence=f"{said}; export it in one way, or say which holds (lines written otherwise "
            "are then quarantined)",
            line=other,
            suggest=orders,
        )
    if len(orders) == 1:
        return Proof(orders[0])
    said = "could be month/day or day/month throughout; say which"
    return Proof(sentence=said, line=seen.first, suggest=orders)


def _orders(shape: str, seen: _Seen) -> tuple[str, ...]:
    other = re.sub(r"%m(.)%d\1%Y", r"%d\1%m\1%Y", shape) if shape.startswith("%m") else shape
    if other == shape or seen.month_first:
        return (shape,)
    return (other,) if seen.day_first else (shape, other)


def _no_date(seen: _Seen) -> Proof:
    if seen.two_digits:
        said = "has years of two digits; export it with four"
        return Proof(sentence=said, line=seen.two_digits)
    if seen.serial:
        said = "holds day numbers of a spreadsheet; export it again with dates as text"
        return Proof(sentence=said, line=seen.serial)
    if not seen.digit:
        said = "holds words and no date; if they say that there is none, name them in rtmaudit.yaml"
        return Proof(sentence=f"{said}, as `empty: [N/A]` under its table", line=seen.first)
    said = "is written neither as ISO 8601 nor as a date known by its shape; say how"
    return Proof(sentence=said, line=seen.first, suggest=("%m/%d/%Y",))
