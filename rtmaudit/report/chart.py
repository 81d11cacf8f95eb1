"""What stands behind the findings of one patient: conditions, counts, and every line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rtmaudit.judge.alone import Checked
from rtmaudit.model import (
    Count,
    DataDays,
    Heard,
    Program,
    System,
    Tally,
    ToldLine,
)

Places = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The line of the roster that stands for a program (none: none does), and its episode."""

    places: Places = ()
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class FileLines:
    """The patient's lines in a file, by what became of them: `used`, `duplicate`, or why not."""

    role: str
    name: str
    became: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class SourceTold:
    """Where a rule was read."""

    key: str
    title: str = ""
    where: tuple[str, ...] = ()
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """The days of device data of some systems in one program."""

    program: Program
    systems: tuple[System, ...]
    days: DataDays


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything about one patient. `checks` goes by the place of the finding, `titles` by code."""

    roster: Places = ()
    has_roster: bool = True
    enrolled: Mapping[str, Enrolled] = field(default_factory=dict)
    checks: Mapping[int, tuple[Checked, ...]] = field(default_factory=dict)
    counts: tuple[Count, ...] = ()
    strips: tuple[Strip, ...] = ()
    time: tuple[ToldLine, ...] = ()
    tallies: tuple[Tally, ...] = ()
    calls: tuple[ToldLine, ...] = ()
    heard: tuple[Heard, ...] = ()
    files: tuple[FileLines, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[SourceTold, ...] = ()

    def lines_in(self, role: str) -> Places:
        """The patient's lines of one table that are used."""
        return tuple(
            (file.name, line)
            for file in self.files
            if file.role == role
            for line in file.became.get("used", ())
        )
