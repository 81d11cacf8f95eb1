"""Many patients of whom the same is asked: what each question needs of them, looked up once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from rtmaudit.facts.keys import NOTHING, Bools, Ints, Keys, Windows
from rtmaudit.facts.known import Known
from rtmaudit.facts.roster import biller_of
from rtmaudit.facts.seconds import in_one_piece
from rtmaudit.facts.time import Call, Entry
from rtmaudit.model import FactRef, Program, Role, Source, System
from rtmaudit.tables import LogGroup

T = TypeVar("T")

_PROGRAMS = {program: n for n, program in enumerate(Program)}
_ROLES = {role: n for n, role in enumerate(Role)}
_SYSTEMS = {system: n for n, system in enumerate(System)}

SHOWN = (1 << 62) - 1
"""The bits of days that an array holds; readings have none beyond."""


@dataclass(slots=True, eq=False, repr=False)
class Pieces:
    """Time that no midnight parts, piece by piece: whose it is, by the place in the cohort, its
    program and role by their numbers, the first and the last day, the seconds beyond doubt, those
    at most, and whether another entry may have some of them. Of who is `unsure` some time is
    parted, or is in doubt but for overlaps, and is not all here."""

    unsure: Bools
    owner: Ints
    program: Ints
    role: Ints
    first: Ints
    last: Ints
    least: Ints
    most: Ints
    shared: Ints


@dataclass(slots=True, eq=False, repr=False)
class Calls:
    """Live contacts one by one: whose, the program, the day, and whether it is in doubt."""

    owner: Ints
    program: Ints
    day: Ints
    doubtful: Ints


@dataclass(slots=True, eq=False, repr=False)
class Cohort:
    """Some patients, by their place among them."""

    facts: Known
    patients: Sequence[str]
    known: dict[Any, Any] = field(default_factory=dict)

    def cells(self, column: str, program: Program, *, own: bool) -> Ints:
        """The number of each one's cell of a column of the roster, in the line for a program; where
        not only the own, or in any other."""
        rows = self._once(("rows", program, own), lambda: self._rows(program, own))
        return self.facts.roster.numbers(column)[0][rows]

    def first_cells(self, column: str) -> Ints:
        """The number of each one's cell of a column of the roster, in the first line."""
        return self.facts.roster.numbers(column)[0][self._lines()[0]]

    def several(self) -> Bools:
        """Who has several lines on the roster."""
        return self._lines()[1]

    def enrolled(self) -> Ints:
        """Who is on the roster, or there is none to be on."""
        found: Bools = self._lines()[0] != NOTHING
        return found.astype(np.int64) | int(self.facts.roster.columns is None)

    def logged(self, program: Program) -> Ints:
        """For whom time was logged for a program in the judged days."""
        whom = self.facts.time.logged.get(program, ())
        return self.those(f"logged {program}", whom).astype(np.int64)

    def those(self, name: str, whom: Container[str | None]) -> Bools:
        """Who of them is among some patients."""
        return self._once(name, lambda: np.array([p in whom for p in self.patients], np.bool_))

    def systems(self) -> Ints:
        """Each one's systems that are watched, as bits."""
        days, found = self.facts.days, np.zeros(len(self.patients), np.int64)
        for system, whom in days.watched.items() if days else ():
            found |= self.those(f"watched {system}", whom).astype(np.int64) << _SYSTEMS[system]
        return found

    def seen(self, ref: FactRef) -> Ints:
        """Each one's days with a reading that came about as asked, or may have."""
        return self._bits(ref, (*(ref.sources or Source), None))

    def unstated(self, ref: FactRef) -> Ints:
        """Each one's days that count only if a reading of unstated source came about as asked."""
        return self.seen(ref) & ~(self._bits(ref, ref.sources) if ref.sources else self.seen(ref))

    def doubtful(self) -> Bools:
        """Who has days in doubt, or counts of days that a summary tells."""
        days = self.facts.days
        known = {key[0] for key in (*days.maybe, *days.unread)} if days else set()
        return self.those("doubtful", known | set(self.facts.summaries.days))

    def counted(self) -> Bools:
        """Whose readings are counted line by line."""
        days = self.facts.days
        return self.those("counted", {key[0] for key in days.lines} if days else ())

    def pieces(self) -> Pieces:
        """The time of all."""
        return self._once("pieces", self._pieces)

    def calls(self) -> Calls:
        """The live contacts of all."""
        return self._once("calls", self._calls)

    def roles(self, ref: FactRef) -> tuple[Ints, Sequence[tuple[int, ...]]]:
        """Whose time counts, as bits of roles under each biller that may be; and for each patient
        which of them."""
        by, facts = {biller: _bits_of(roles) for biller, roles in ref.by}, self.facts
        billers = facts.roster.numbers("biller_type")[1]
        known = [biller_of(each, facts.default_biller) for each in (*billers, None)]
        roles = [(by.get(each, 0),) if each else tuple(by.values()) for each in known]
        cells = self.cells("biller_type", ref.program, own=False)
        return np.where(cells == NOTHING, len(billers), cells), roles

    def barred(self, ref: FactRef) -> Bools:
        """Who has visits or stays on whose days no time counts."""
        visits = self.those("visits", self.facts.time.visits)
        stays = self.those("stays", self.facts.stays)
        barred = visits if ref.visit_codes else np.zeros_like(visits)
        return barred | stays if ref.stays else barred

    def _lines(self) -> tuple[Ints, Bools]:
        def look() -> tuple[Ints, Bools]:
            rows = [self.facts.roster.rows(patient) for patient in self.patients]
            first = [own[0] if own else NOTHING for own in rows]
            return np.array(first, np.int64), np.array([len(own) > 1 for own in rows], np.bool_)

        return self._once("lines", look)

    def _rows(self, program: Program, own: bool) -> Ints:
        roster, (first, several) = self.facts.roster, self._lines()
        cells, said = roster.numbers("programs")
        names = [not isinstance(each, tuple) or not each or program in each for each in said]
        serves = np.array([*names, True])[cells]
        rows: Ints = np.where(serves[first], first, NOTHING) if own else first.copy()
        for i in several.nonzero()[0].tolist():
            rows[i] = roster.row(self.patients[i], program, own=own)
        return rows

    def _bits(self, ref: FactRef, sources: tuple[Source | None, ...]) -> Ints:
        days = self.facts.days
        if days is None:
            return np.zeros(len(self.patients), np.int64)
        there = self._once("kinds", lambda: {key[1:] for key in days.sets})
        kinds = [(s, source) for s in ref.systems for source in sources]
        found = [self._bits_of_kind(kind) for kind in kinds if kind in there]
        return reduce(or_, found, np.zeros(len(self.patients), np.int64))

    def _bits_of_kind(self, kind: tuple[System, Source | None]) -> Ints:
        assert self.facts.days is not None
        get = self.facts.days.sets.get
        return self._numbers(("bits", *kind), lambda p: get((p, *kind), 0))

    def _pieces(self) -> Pieces:
        time, zone = self.facts.time, self.facts.zone
        owners, lines, groups = list[int](), list[Entry](), list[tuple[int, LogGroup]]()
        for i, patient in enumerate(self.patients):
            if own := time.lines.get(patient):
                owners += [i] * len(own)
                lines += own
            for mine in time.groups.values():
                groups += [(i, group) for group in mine.get(patient, ())]
        pieces = [_piece(line, zone) for line in lines]
        found = [(i, *each) for i, each in zip(owners, pieces, strict=True) if each]
        unsure = np.zeros(len(self.patients), np.bool_)
        unsure[[i for i, each in zip(owners, pieces, strict=True) if not each]] = True
        unsure[[i for i, group in groups if group.role is None]] = True
        several = zip(_columns(found, 8), _sums(groups), strict=True)
        return Pieces(unsure, *map(np.concatenate, several))

    def _calls(self) -> Calls:
        calls = self.facts.time.calls
        none: Sequence[Call] = ()
        found = [
            (
                i,
                _number(call.program),
                NOTHING if call.day is None else call.day.toordinal(),
                int(call.doubt is not None),
            )
            for i, patient in enumerate(self.patients)
            for call in calls.get(patient, none)
        ]
        return Calls(*_columns(found, 4))

    def _numbers(self, what: Any, number: Callable[[str], int]) -> Ints:
        """A number of each, looked up once."""
        return self._once(what, lambda: np.array(list(map(number, self.patients)), np.int64))

    def _once(self, what: Any, look: Callable[[], T]) -> T:
        if what not in self.known:
            self.known[what] = look()
        found: T = self.known[what]
        return found


def counts_for(program: Program, programs: Ints) -> Bools:
    """Which of some programs, by their numbers, is this one, or is not said."""
    mine: Bools = (programs == _PROGRAMS[program]) | (programs == NOTHING)
    return mine


def number_of(role: Role) -> int:
    """The number of a role."""
    return _ROLES[role]


def _number(program: Program | None) -> int:
    return NOTHING if program is None else _PROGRAMS[program]


def _bits_of(roles: Iterable[Role]) -> int:
    return sum(1 << _ROLES[role] for role in roles)


def _piece(entry: Entry, zone: ZoneInfo | None) -> tuple[int, ...] | None:
    piece = in_one_piece(entry, zone)
    if piece is None or entry.cause or entry.role is None or not entry.trusted:
        return None
    first, last, least, most = piece
    who = (_number(entry.program), _ROLES[entry.role], first.toordinal(), last.toordinal())
    return (*who, least, most, int(bool(entry.disputed)))


def _sums(owned: Sequence[tuple[int, LogGroup]]) -> Sequence[Ints]:
    """Time in groups as pieces, column by column."""
    groups = [group for _, group in owned]
    seconds = [group.seconds for group in groups]
    columns = (
        [owner for owner, _ in owned],
        [_PROGRAMS[group.program] for group in groups],
        [NOTHING if group.role is None else _ROLES[group.role] for group in groups],
        [group.since.toordinal() for group in groups if group.since],
        [group.until.toordinal() for group in groups if group.until],
        seconds,
        seconds,
        [0] * len(groups),
    )
    return [np.array(column, np.int64) for column in columns]


def _columns(rows: Sequence[tuple[int, ...]], many: int) -> Sequence[Ints]:
    """Rows of so many numbers, column by column."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * many)
    return list(flat.reshape(len(rows), many).T)


Alike = Callable[[Cohort, FactRef, Ints, Windows], Keys]
"""Of these of a cohort, each in a window. The windows of one question run on one clock."""
