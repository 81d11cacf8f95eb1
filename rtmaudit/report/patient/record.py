"""A page as plain text in its order; how it looks is the writers' affair. Any text may come from an
export, and every writer takes it for hostile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DATA, DOUBTFUL, NOT_COVERED, NONE, BAR, OUTSIDE = "#", "?", "x", ".", "=", " "
"""What a day of a strip is: with data, perhaps with data, in no export, without data; inside a
period; none of the row's days."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `mark` is `answer` where it is what the reader looks for, `quiet` where it
    hardly matters."""

    cells: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; columns whose place is in `narrow` hold short words and are not wrapped."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    narrow: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Strip:
    """A row of the calendar: a sign for each of its days."""

    label: str
    days: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days side by side, from the first to the last, and rows of signs beneath them."""

    first: date
    last: date
    strips: tuple[Strip, ...]

    @property
    def months(self) -> tuple[tuple[str, int], ...]:
        """The months that the days lie in, with how many of them do."""
        found: dict[str, int] = {}
        for n in range((self.last - self.first).days + 1):
            name = f"{self.first + timedelta(n):%b %Y}"
            found[name] = found.get(name, 0) + 1
        return tuple(found.items())


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: sentences, then a calendar or a table, then more sentences."""

    title: str
    said: tuple[str, ...] = ()
    calendar: Calendar | None = None
    table: Table | None = None
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One patient: the id, what is known at a glance (a label and a text), and the sections."""

    patient_id: str
    glance: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """All patients that were asked for, what holds for all of them, and what was not found."""

    title: str
    head: tuple[str, ...]
    pages: tuple[Page, ...]
    missing: str = ""
