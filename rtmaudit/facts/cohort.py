"""Many patients of whom the same is asked: what each question needs of them, looked up once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Final

from rtmaudit.facts.known import Known
from rtmaudit.facts.roster import Enrolment
from rtmaudit.facts.seconds import in_one_piece
from rtmaudit.facts.time import Entry
from rtmaudit.model import FactRef, Program, Role, Source, Window

Piece = tuple[Program | None, Role, date, date, int, int, bool]
"""Time that no midnight parts: program, role, first and last day, the seconds beyond doubt, those
at most, and whether another entry may have some of them."""


ALONE: Final = None
"""The key of a patient who is like nobody."""

Keys = Sequence[Hashable] | None
"""A key for each of those asked about; None where all are alike."""


@dataclass(slots=True, eq=False, repr=False)
class Cohort:
    """Some patients, by their place among them."""

    facts: Known
    patients: Sequence[str]
    known: dict[Any, Any] = field(default_factory=dict)

    def lines(self, program: Program, *, own: bool) -> list[Enrolment]:
        """Each one's line of the roster for a program; where not only the own, or any other."""
        roster = self.facts.roster
        line = roster.enrolment if own else roster.any_line
        return self._once(("lines", program, own), lambda p: line(p, program))

    def seen(self, ref: FactRef) -> list[int]:
        """Each one's days with a reading that came about as asked, or may have."""
        return self._bits(ref, (*(ref.sources or Source), None))

    def unstated(self, ref: FactRef) -> list[int]:
        """Each one's days that count only if a reading of unstated source came about as asked."""
        key = ("unstated", ref.systems, ref.sources)
        if key not in self.known:
            stated = self._bits(ref, ref.sources) if ref.sources else self.seen(ref)
            self.known[key] = [
                seen & ~told for seen, told in zip(self.seen(ref), stated, strict=True)
            ]
        found: list[int] = self.known[key]
        return found

    def doubtful(self) -> frozenset[str]:
        """Who has days in doubt, or counts of days that a summary tells."""
        if "doubtful" not in self.known:
            days = self.facts.days
            found = {key[0] for key in (*days.maybe, *days.unread)} if days else set()
            self.known["doubtful"] = frozenset(found | set(self.facts.summaries.days))
        known: frozenset[str] = self.known["doubtful"]
        return known

    def counted(self) -> frozenset[str]:
        """Whose readings are counted line by line."""
        if "counted" not in self.known:
            days = self.facts.days
            self.known["counted"] = frozenset(key[0] for key in days.lines) if days else frozenset()
        known: frozenset[str] = self.known["counted"]
        return known

    def pieces(self) -> list[list[Piece] | None]:
        """Each one's time; None where some is parted, or is in doubt but for overlaps."""
        entries = self.facts.time.entries
        return self._once("pieces", lambda p: self._pieces(entries.get(p, ())))

    def roles(self, ref: FactRef) -> list[tuple[tuple[Role, ...], ...]]:
        """Whose time counts, under each biller that each one's may be."""
        key = ("roles", ref.program, ref.by)
        if key not in self.known:
            by, everybody = dict(ref.by), tuple(roles for _, roles in ref.by)
            biller_of, default = self.facts.roster.biller_type, self.facts.default_biller
            billers = [biller_of(line, default) for line in self.lines(ref.program, own=False)]
            self.known[key] = [(by.get(each, ()),) if each else everybody for each in billers]
        found: list[tuple[tuple[Role, ...], ...]] = self.known[key]
        return found

    def barred(self, ref: FactRef) -> Set[str]:
        """Who has visits or stays on whose days no time counts."""
        visits, stays = self.facts.time.visits, self.facts.stays
        visited = visits.keys() if ref.visit_codes else set()
        return visited | stays.keys() if ref.stays and stays else visited

    def _pieces(self, entries: Sequence[Entry]) -> list[Piece] | None:
        found: list[Piece] = []
        for entry in entries:
            piece = in_one_piece(entry, self.facts.zone)
            if piece is None or entry.cause or entry.role is None or not entry.trusted:
                return None
            found.append((entry.program, entry.role, *piece, bool(entry.disputed)))
        return found

    def _bits(self, ref: FactRef, sources: tuple[Source | None, ...]) -> list[int]:
        days = self.facts.days
        if days is None:
            return [0] * len(self.patients)
        if "kinds" not in self.known:
            self.known["kinds"] = {key[1:] for key in days.sets}
        kinds = [(s, source) for s in ref.systems for source in sources]
        kinds, get = [kind for kind in kinds if kind in self.known["kinds"]], days.sets.get
        if len(kinds) == 1:
            ((system, source),) = kinds
            return self._once(("bits", *kinds), lambda p: get((p, system, source), 0))
        return self._once(
            ("bits", *kinds), lambda p: reduce(or_, (get((p, *kind), 0) for kind in kinds), 0)
        )

    def _once(self, what: Any, look: Callable[[str], Any]) -> list[Any]:
        """What is looked up of each, remembered."""
        if what not in self.known:
            self.known[what] = [look(patient) for patient in self.patients]
        found: list[Any] = self.known[what]
        return found


Alike = Callable[[Cohort, FactRef, Sequence[int], Sequence[Window]], Keys]
"""Of these of a cohort, each in a window. The windows of one question run on one clock."""
