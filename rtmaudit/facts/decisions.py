"""decisions.csv: how a person settles a line in doubt.

`keep`: the line counts as it stands. `drop`: it does not count at all. A program: its minutes, or
its call, are that program's. `live`: its contact was a live one. A decision is about a line of the
time log, the calls or the readings that is in doubt without it; so the exports are counted once
without the decisions, to know which are. About a line that is out of scope (another month's, say)
it waits.

A decision that cannot be followed refuses the run, for a person believes that it holds: one that
matches no line, or another patient's, or a line that is not in doubt; one that contradicts another;
one that would keep what cannot be read. All of them are told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.facts.doubt import DISPUTED, Doubt, doubts, place_of
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.hearing import Hearing, NotFollowed
from rtmaudit.facts.ruling import Place
from rtmaudit.facts.said import WORDS, read_said
from rtmaudit.model import Decision, Problem


@dataclass(frozen=True, slots=True)
class Settled:
    """The decisions that were used; and of each line that is no longer in doubt, by which of them
    and what the doubt was."""

    decisions: list[Decision] = field(default_factory=list)
    lines: Mapping[Place, tuple[Place, Doubt]] = field(default_factory=dict)

    def told(self, before: Sequence[Problem], after: Sequence[Problem]) -> Iterator[Problem]:
        """Every line that was in doubt before and is no more, with the decision that settled it."""
        left, told = set(after), set[Place]()
        for problem in before:
            place, other = (problem.file, problem.line), place_of(problem.other_line)
            found = self.lines.get(place) or (other and self.lines.get(other))
            if found and problem.disposition == DISPUTED and problem not in left:
                told.add(place)
                yield Doubt(problem.kind, problem.column).settled(place, found[0])
        for place, (by, doubt) in self.lines.items():
            if place not in told:
                yield doubt.settled(place, by)


def settle(frames: Frames, counted: Frames, problems: Sequence[Problem]) -> Settled:
    """Follows the decisions, on the frames in place. `counted` are the same frames as they were
    counted without decisions, with the problems that were told. Raises InputsRefused."""
    said, faults = read_said(frames)
    hearing = Hearing(frames, counted, doubts(counted, problems))
    for each in sorted(said, key=lambda each: (WORDS.index(each.word), each.place)):
        try:
            hearing.follow(each)
        except NotFollowed as why:
            faults.append(Fault(*each.place, "", str(why)))
    if faults:
        raise InputsRefused(faults)
    return Settled(sorted(hearing.decisions), hearing.settled)
