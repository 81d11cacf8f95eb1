"""The lines of decisions.csv, as they are said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rtmaudit.errors import Fault
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import Place
from rtmaudit.model import Disposition, ProblemKind, Program
from rtmaudit.tables import DECISIONS

KEEP, LIVE, DROP = "keep", "live", "drop"
WORDS = (*map(str, Program), KEEP, LIVE, DROP)
"""In the order in which they are followed."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of decisions.csv."""

    place: Place
    row: Any
    patient: str
    word: str
    by: str
    on: date
    entry: str | None
    line: Place | None


def read_said(frames: Frames) -> tuple[list[Said], list[Fault]]:
    """The lines of decisions.csv, and what is wrong with those that say no decision."""
    frame = frames.frames[DECISIONS]
    said, faults = list[Said](), list[Fault]()
    for index, row in zip(frame.index, rows_of(frame), strict=True):
        place = frames.place(DECISIONS, row)
        if row["disposition"] is Disposition.QUARANTINED:
            faults.append(Fault(*place, row["column"], _unreadable(row["kind"])))
        elif row["disposition"] is Disposition.USED:
            word, lacks = str(row["decision"]).lower(), _lacks(row)
            line = (row["file_of"], row["line_of"]) if row["file_of"] else None
            if word not in WORDS:
                words = f"must be {KEEP}, {DROP}, {LIVE} or a program ({', '.join(Program)})"
                faults.append(Fault(*place, "decision", words))
            elif lacks:
                faults.append(Fault(*place, "", lacks))
            else:
                about = (row["patient_id"], word, row["by"], row["on"], row["entry_id"], line)
                said.append(Said(place, index, *about))
    return said, faults


def _unreadable(kind: ProblemKind) -> str:
    if kind is ProblemKind.EMPTY_CELL:
        return "is empty; a decision names the patient, what, by whom, on which day and why"
    return "cannot be read; correct it"


def _lacks(row: Any) -> str:
    if (row["file_of"] is None) != (row["line_of"] is None):
        return "names a line by its file and its number; fill in both"
    if row["entry_id"] is None and row["file_of"] is None:
        return "names no line; fill in entry_id, or file and line"
    return ""
