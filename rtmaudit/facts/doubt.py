"""Which lines of the exports are in doubt, and why: what a decision can be about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtmaudit.facts.frames import Frames
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import Place
from rtmaudit.model import Disposition, Exclusion, Problem, ProblemKind
from rtmaudit.tables import CALLS, READINGS, TIME_LOG

DECIDABLE = (TIME_LOG, CALLS, READINGS)
"""The tables whose lines a person may settle."""

DISPUTED, SETTLED = "disputed", "settled"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a line is in doubt, and the lines that it is in doubt with."""

    kind: ProblemKind | Exclusion
    column: str
    others: frozenset[Place] = frozenset()

    def settled(self, place: Place, by: Place) -> Problem:
        """How it is told that a decision took the line out of doubt."""
        return Problem(*place, self.column, self.kind, SETTLED, f"{by[0]}:{by[1]}")


def doubts(counted: Frames, problems: Sequence[Problem]) -> dict[Place, Doubt]:
    """The lines in doubt: the quarantined ones, and both lines of each dispute."""
    found = dict(_quarantined(counted))
    for problem in problems:
        if problem.disposition == DISPUTED:
            pair = [(problem.file, problem.line), place_of(problem.other_line)]
            for place in filter(None, pair):
                old = found.get(place, Doubt(problem.kind, problem.column))
                others = old.others | {other for other in pair if other and other != place}
                found[place] = Doubt(old.kind, old.column, others)
    return found


def place_of(text: str) -> Place | None:
    """A place from how a problem names it."""
    file, _, line = text.rpartition(":")
    return (file, int(line)) if file else None


def _quarantined(counted: Frames) -> Iterator[tuple[Place, Doubt]]:
    for name in DECIDABLE:
        frame = counted.get(name)
        if frame is not None:
            lines = frame[frame["disposition"] == Disposition.QUARANTINED]
            for row in rows_of(lines):
                yield counted.place(name, row), Doubt(row["kind"], row["column"])
