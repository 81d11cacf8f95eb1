"""Lines of a patient as a person is shown them: staff time, calls, and what of each counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TypeAlias

from rtmaudit.model.nouns import Fact, FactRef, Window
from rtmaudit.model.vocabulary import (
    Bar,
    BillerType,
    Cause,
    Contact,
    Disposition,
    Exclusion,
    ProblemKind,
    Program,
    Role,
    Why,
)

Share: TypeAlias = tuple[int, int | None, Why | None, Cause | None, Bar | None]
"""What of an entry counts: seconds beyond doubt, seconds at most, why the two differ; or why none
does."""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of staff time or a call, as its export tells it, on its local day. `length` is in
    seconds, None where it cannot be read. `became` and `kind` tell what was made of the line."""

    file: str
    line: int
    program: Program | None = None
    role: Role | None = None
    contact: Contact | None = None
    staff: str = ""
    day: date | None = None
    clock: time | None = None
    length: int | None = None
    became: Disposition = Disposition.USED
    kind: ProblemKind | Exclusion | str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """A fact of minutes if one kind of biller bills: the share of each line, by its place in the
    list of lines, and their sum in seconds. `alone`: nobody else may be the biller. `behind`: the
    visits and stays on the day of a line, where they keep it from counting."""

    ref: FactRef
    window: Window
    biller: BillerType
    alone: bool
    shares: tuple[tuple[int, Share], ...]
    least: int
    most: int | None
    behind: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact of live contacts: the calls in its window, by their places in the list of calls, and
    why one may be none."""

    ref: FactRef
    window: Window
    calls: tuple[tuple[int, Cause | None], ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A counted fact in a window, and the lines that it rests on."""

    ref: FactRef
    window: Window
    fact: Fact
    places: tuple[tuple[str, int], ...]
