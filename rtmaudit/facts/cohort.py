"""Many patients of whom the same is asked: what each question needs of them, looked up once."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import repeat
from operator import or_
from typing import Any, TypeVar

import numpy as np

from rtmaudit.facts.days import Sort
from rtmaudit.facts.keys import Bools, Ints, Keys, Windows
from rtmaudit.facts.known import Known
from rtmaudit.facts.pieces import Calls, Pieces, bits_of, calls_of, pieces_of
from rtmaudit.facts.roster import biller_of
from rtmaudit.model import FactRef, Program, Source, System
from rtmaudit.tables import NOTHING, numbers_of

T = TypeVar("T")

_PROGRAMS, _SYSTEMS = numbers_of(Program), numbers_of(System)

SHOWN = (1 << 62) - 1
"""The bits of days that an array holds; readings have none beyond."""


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
        found = self.those(f"logged {program}", whom).astype(np.int64)
        groups, (rows, owner) = self.facts.time.groups, self.in_groups()
        if groups is not None:
            found[owner[groups.numbers("program", rows) == _PROGRAMS[program]]] = 1
        return found

    def in_groups(self) -> tuple[Ints, Ints]:
        """The rows of time in groups that are somebody's of them, and whose."""
        groups = self.facts.time.groups
        nobody = (np.empty(0, np.int64), np.empty(0, np.int64))

        def look() -> tuple[Ints, Ints]:
            return groups.by.among(self.patients) if groups else nobody

        return self._once("in groups", look)

    def those(self, name: str, whom: Container[str | None]) -> Bools:
        """Who of them is among some patients."""
        return self._once(name, lambda: np.array([p in whom for p in self.patients], np.bool_))

    def systems(self) -> Ints:
        """Each one's systems that are watched, as bits."""
        found = np.zeros(len(self.patients), np.int64)
        for sort in self._sets:
            found |= (self._of_sort(sort) != NOTHING).astype(np.int64) << _SYSTEMS[sort[0]]
        return found

    def seen(self, ref: FactRef) -> Ints:
        """Each one's days with a reading that came about as asked, or may have."""
        return self._bits(ref, (*(ref.sources or Source), None))

    def unstated(self, ref: FactRef) -> Ints:
        """Each one's days that count only if a reading of unstated source came about as asked."""
        return self.seen(ref) & ~(self._bits(ref, ref.sources) if ref.sources else self.seen(ref))

    def doubtful(self) -> Bools:
        """Who has days in doubt, or counts of days that a summary tells."""
        told = self.those("told", self.facts.summaries.days)
        return told | self.those("doubtful", self.facts.days.doubted if self.facts.days else ())

    def counted(self) -> Bools:
        """Whose readings are counted line by line."""
        days = self.facts.days
        return self.those("counted", days.lines if days else ())

    def pieces(self) -> Pieces:
        """The time of all."""
        facts, given = self.facts, self.in_groups()
        look = partial(pieces_of, self.patients, facts.time, facts.zone, *given)
        return self._once("pieces", look)

    def calls(self) -> Calls:
        """The live contacts of all."""
        look = partial(calls_of, self.patients, self.facts.time, *self.in_groups())
        return self._once("calls", look)

    def roles(self, ref: FactRef) -> tuple[Ints, Sequence[tuple[int, ...]]]:
        """Whose time counts, as bits of roles under each biller that may be; and for each patient
        which of them."""
        by, facts = {biller: bits_of(roles) for biller, roles in ref.by}, self.facts
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
        sorts = [(system, source) for system in ref.systems for source in sources]
        found = [np.maximum(self._of_sort(sort), 0) for sort in sorts if sort in self._sets]
        return reduce(or_, found, np.zeros(len(self.patients), np.int64))

    @property
    def _sets(self) -> Mapping[Sort, Mapping[str, int]]:
        return self.facts.days.sets if self.facts.days else {}

    def _of_sort(self, sort: Sort) -> Ints:
        """Each one's days of a sort of readings; -1 where none is watched."""
        look = partial(map, self._sets[sort].get, self.patients, repeat(NOTHING))
        return self._once(sort, lambda: np.fromiter(look(), np.int64, len(self.patients)))

    def _once(self, what: Any, look: Callable[[], T]) -> T:
        if what not in self.known:
            self.known[what] = look()
        found: T = self.known[what]
        return found


Alike = Callable[[Cohort, FactRef, Ints, Windows], Keys]
"""Of these of a cohort, each in a window. The windows of one question run on one clock."""
