"""A decision and the line that it is about: whether it can be followed, and what it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from rtmaudit.facts.doubt import DECIDABLE, Doubt
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import RULING, Place, Ruling
from rtmaudit.facts.said import DROP, KEEP, LIVE, Said
from rtmaudit.model import (
    LIVE_CONTACTS,
    Contact,
    Decision,
    Disposition,
    Exclusion,
    ProblemKind,
    Program,
)
from rtmaudit.tables import CALLS, DECISIONS, READINGS, TIME_LOG

WAITING = frozenset(Exclusion) - {Exclusion.NOT_LIVE}
"""Why a line is out of scope; a decision about it waits until it is in scope."""

NEEDED = {TIME_LOG: ("day", "program", "most"), READINGS: ("day", "system"), CALLS: ("patient_id",)}
"""What must be readable of a line for it to count."""


@dataclass(frozen=True, slots=True)
class Target:
    """A line of an export: as it was read, and what became of it without decisions."""

    table: str
    row: Any
    place: Place
    read: Any
    disposition: Disposition
    kind: str


class NotFollowed(Exception):
    """A decision cannot be followed; the message says why."""


class Hearing:
    """Follows one decision after the other."""

    def __init__(self, frames: Frames, counted: Frames, found: dict[Place, Doubt]) -> None:
        self.frames, self.counted, self.found = frames, counted, found
        self.decisions: list[Decision] = []
        self.settled: dict[Place, tuple[Place, Doubt]] = {}
        self.words: dict[Place, list[Said]] = {}
        for name in DECIDABLE:
            frame = frames.get(name)
            if frame is not None:
                frame[RULING] = pd.Series([None] * len(frame), frame.index, dtype=object)

    def follow(self, said: Said) -> None:
        """Raises NotFollowed."""
        targets = self._targets(said)
        for target in targets:
            if target.disposition is Disposition.EXCLUDED and target.kind in WAITING:
                decisions = self.frames.frames[DECISIONS]
                decisions.at[said.row, "disposition"] = Disposition.EXCLUDED
                decisions.at[said.row, "kind"] = target.kind
                continue
            self._refuse_contradiction(said, target)
            doubt = self._doubt(said, target)
            follow = {KEEP: self._keep, DROP: self._drop, LIVE: self._speak}
            follow.get(said.word, self._give)(said, target, doubt)
            left = self.frames.frames[target.table].at[target.row, "disposition"]
            if left is not Disposition.QUARANTINED:
                self.settled[target.place] = said.place, doubt
            self.decisions.append(Decision(*target.place, said.word, said.by, said.on))

    # ---- which line ----

    def _targets(self, said: Said) -> list[Target]:
        found = [target for name in DECIDABLE for target in self._lines(name, said)]
        if not found:
            raise NotFollowed(
                "matches no line of the time log, the calls or the readings; correct it, or remove "
                "it if the line is gone"
            )
        mine = [target for target in found if target.read["patient_id"] == said.patient]
        if not mine:
            raise NotFollowed(
                "names a line that is not this patient's; lines move from export to export, so "
                "look for the line again"
            )
        first = [t for t in mine if t.disposition is not Disposition.DUPLICATE] or mine
        named = [t for t in first if t.read.get("program") == said.word] or first
        if len(named) > 1 and said.word != DROP:
            raise NotFollowed(f"matches {len(named)} lines; name the one by file and line")
        return named

    def _lines(self, name: str, said: Said) -> Iterator[Target]:
        frame = self.frames.get(name)
        if frame is None or (said.entry is not None and name != TIME_LOG):
            return
        there = frame
        if said.entry is not None:
            there = there[there["entry_id"] == said.entry]
        if said.line is not None:
            files = [i for i, file in enumerate(self.frames.files[name]) if file == said.line[0]]
            there = there[there["file"].isin(files) & (there["line"] == said.line[1])]
        for row, read in zip(there.index, rows_of(there), strict=True):
            counted = self.counted.frames[name].loc[row]
            became = counted["disposition"], counted["kind"]
            yield Target(name, row, self.frames.place(name, read), read, *became)

    def _refuse_contradiction(self, said: Said, target: Target) -> None:
        others = self.words.setdefault(target.place, [])
        for other in others:
            words = {said.word, other.word}
            programs = words & set(Program)
            moved = KEEP in words and programs != {target.read.get("program")}
            if len(words) > 1 and (DROP in words or len(programs) > 1 or (programs and moved)):
                raise NotFollowed(f"contradicts {_told(other.place)}; leave one of the two")
        others.append(said)

    def _doubt(self, said: Said, target: Target) -> Doubt:
        """Why the line is in doubt; an empty cell leaves open what a decision may fill in."""
        found, read = self.found.get(target.place), target.read
        if found is not None:
            return found
        column = "contact" if said.word == LIVE else "program"
        open_ = column in read and read[column] is None
        if said.word == LIVE and target.table == CALLS:
            open_ = open_ or read["most"] == 0
        if said.word in (KEEP, DROP) or not open_:
            sentence = "is about a line that is not in doubt; remove it, or correct the export"
            raise NotFollowed(sentence)
        return Doubt(ProblemKind.EMPTY_CELL, column)

    # ---- what is done ----

    def _keep(self, said: Said, target: Target, doubt: Doubt) -> None:
        if doubt.kind is ProblemKind.PROGRAM_OF_CALL:
            raise NotFollowed("does not say which program the call served; decide for a program")
        if target.table == CALLS and target.read["column"] == "contact":
            raise NotFollowed("does not say whether the contact was live; decide live, or drop")
        self._lift(target)
        if doubt.kind is ProblemKind.DURATION_CONFLICT:
            self._set(target, "most", target.read["least"])
        self._rule(said, target, kept=True)

    def _drop(self, said: Said, target: Target, doubt: Doubt) -> None:
        del said, doubt
        self._set(target, "disposition", Disposition.EXCLUDED)
        self._set(target, "kind", Exclusion.DROPPED)
        self._set(target, "column", "")

    def _speak(self, said: Said, target: Target, doubt: Doubt) -> None:
        del doubt
        contact = target.read.get("contact")
        if target.table == READINGS:
            raise NotFollowed("is about a reading, which is no contact; decide keep, or drop")
        if contact is not None and contact not in LIVE_CONTACTS:
            raise NotFollowed(
                "is about a line that says how the patient was reached, and that it was not live; "
                "correct the export"
            )
        if target.table == CALLS or target.read["column"] == "contact":
            self._lift(target)
        self._set(target, "contact", contact or Contact.LIVE_AUDIO)
        self._rule(said, target, live=True)

    def _give(self, said: Said, target: Target, doubt: Doubt) -> None:
        if target.table == READINGS:
            raise NotFollowed("is about a reading; minutes and calls are of a program")
        program, own = Program(said.word), target.read["program"]
        if own is None:
            if target.read["column"] != "contact":
                self._lift(target, program=program)
            self._set(target, "program", program)
        elif own is program:
            self._keep(said, target, doubt)
            self._rule(said, target, claims=program)
        elif self._in_dispute_with(target, doubt, program):
            self._rule(said, target, claims=program)
        else:
            raise NotFollowed(
                "would move minutes to another program, which they never do; correct the log"
            )

    def _in_dispute_with(self, target: Target, doubt: Doubt, program: Program) -> bool:
        """Whether the patient's minutes stand in that program too."""
        log = self.counted.get(TIME_LOG)
        if log is None or doubt.kind not in (ProblemKind.OVERLAP, ProblemKind.SAME_MINUTES):
            return False
        theirs = log[(log["patient_id"] == target.read["patient_id"]) & (log["program"] == program)]
        rows = rows_of(theirs)
        return any(self.counted.place(TIME_LOG, row) in doubt.others for row in rows)

    def _lift(self, target: Target, **given: Program) -> None:
        """Takes a line out of quarantine, if it can be read."""
        read = {**target.read, **given}
        if read["disposition"] is not Disposition.QUARANTINED:
            return
        unreadable = read["column"] in ("", "started_at", "recorded_at")
        if unreadable or any(read[column] is None for column in NEEDED[target.table]):
            raise NotFollowed(
                f"would count a line whose {read['column'] or 'columns'} cannot be read; correct "
                "the export, or drop the line"
            )
        self._set(target, "disposition", Disposition.USED)
        self._set(target, "kind", "")
        self._set(target, "column", "")

    def _rule(self, said: Said, target: Target, **how: Any) -> None:
        frame = self.frames.frames[target.table]
        before: Any = frame.at[target.row, RULING]
        ruling: Any = replace(before or Ruling(said.place), **how)
        frame.at[target.row, RULING] = ruling

    def _set(self, target: Target, column: str, value: Any) -> None:
        self.frames.frames[target.table].at[target.row, column] = value


def _told(place: Place) -> str:
    return f"{place[0]}:{place[1]}"
