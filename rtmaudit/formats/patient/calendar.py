"""A calendar in letters: a column a day, so that sixty days fit a terminal of eighty columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from rtmaudit.report.patient.record import (
    BAR,
    DATA,
    DOUBTFUL,
    NONE,
    NOT_COVERED,
    OUTSIDE,
    Calendar,
)

BLOCKS = {DATA: "█", DOUBTFUL: "?", NOT_COVERED: "×", NONE: "·", BAR: "─", OUTSIDE: " "}
PLAIN = {DATA: "#", DOUBTFUL: "?", NOT_COVERED: "x", NONE: ".", BAR: "-", OUTSIDE: " "}
MEANT = {DATA: "data", NONE: "none", DOUBTFUL: "in doubt", NOT_COVERED: "in no export"}
"""What the signs of a day mean."""
LABEL = 10
NUMBERED = (1, 5, 10, 15, 20, 25)
"""Days of a month whose number is written above their column."""


def drawn(calendar: Calendar, signs: Mapping[str, str]) -> Iterator[str]:
    """The lines of a calendar: months, days, a line for each of its rows, and what
    the signs mean."""
    width = (calendar.last - calendar.first).days + 1
    days = [calendar.first + timedelta(n) for n in range(width)]
    yield _above({i: f"{day:%b}" for i, day in enumerate(days) if day.day == 1}, width)
    yield _above({i: str(day.day) for i, day in enumerate(days) if day.day in NUMBERED}, width)
    for strip in calendar.strips:
        row = "".join(signs[sign] for sign in strip.days)
        yield f"{strip.label[: LABEL - 1]:<{LABEL}}{row}".rstrip()
    yield " " * LABEL + ", ".join(f"{signs[sign]} {word}" for sign, word in MEANT.items())


def _above(told: Mapping[int, str], width: int) -> str:
    row = [" "] * width
    for place, text in told.items():
        row[place : place + len(text)] = text
    return (" " * LABEL + "".join(row[:width])).rstrip()


def titled(first: date, place: int) -> str:
    """The day of a column."""
    return str(first + timedelta(place))
