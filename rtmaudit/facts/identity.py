"""Who is who. An id is text to the byte: none is ever changed to match another, but by the width
that the practice declares. What only resembles a known patient is told with both of its lines.

A file is refused where its ids lost (or gained) the zeros that pad them, and where the roster does
not match. One that knows some of a file's patients may be a small practice's with a few new ones,
or one program's beside an export of all; each stranger has a line of its own in the report, so
nothing is hidden. So a file is refused only if the roster knows none of its patients, or if they
are `FEW` or more and over half; and they are noted from `FEW` and 2 in 100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.likeness import EXACT, bare, is_rounded, look, looks, padded
from rtmaudit.facts.ruling import Place
from rtmaudit.model import Disposition, Exclusion, Problem, ProblemKind
from rtmaudit.tables import PATIENTS, READINGS, SUMMARY, TABLES, TIME_LOG

FEW = 10
"""Strangers below this number are new patients and not another roster."""

_ELSEWHERE = (Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF)
_COLUMN = "patient_id"
_OF_PATIENTS = (READINGS, TIME_LOG, SUMMARY)
"""Tables that hold the roster's patients and no others. Claims may be those of a whole practice."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One file: the ids that concern the judged days, each with its first line, and which of them
    are strangers. `padding` names the known id from which a stranger differs by zeros alone,
    `alike` the known ids that look like it."""

    table: str
    name: str
    ids: Mapping[str, int]
    strangers: Sequence[str] = ()
    padding: Mapping[str, Place] = field(default_factory=dict)
    alike: Mapping[str, Sequence[str]] = field(default_factory=dict)


class _Known:
    """The ids that others are held against: the roster's, or where there is none those of the
    files before."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.looks: dict[str, list[str]] = defaultdict(list)
        self.unpadded: dict[str, str] = {}
        self.not_looked_at: list[str] = []

    def add(self, patient: str, place: Place) -> None:
        self.places[patient] = place
        self.not_looked_at.append(patient)

    def first(self, ids: Mapping[str, int], name: str) -> bool:
        """Take in the ids of the first file, if no two of them look alike."""
        shown = looks(list(ids)) if not self.places else []
        if not shown or len(set(shown)) < len(ids):
            return False
        self.places = {patient: (name, line) for patient, line in ids.items()}
        self.not_looked_at = list(ids)
        return True

    def _look(self) -> None:
        """What ids look like is asked of strangers alone, and of most files there are none."""
        for patient, shown in zip(self.not_looked_at, looks(self.not_looked_at), strict=True):
            self.looks[shown].append(patient)
            digits = bare(patient)
            if digits is not None:
                self.unpadded.setdefault(digits, patient)
        self.not_looked_at.clear()

    def alike(self, patient: str) -> list[str]:
        self._look()
        return list(self.looks.get(look(patient), ()))

    def padding(self, patient: str) -> str | None:
        self._look()
        digits = bare(patient)
        return None if digits is None else self.unpadded.get(digits)


@dataclass(frozen=True, slots=True)
class Identity:
    """All files compared, in the order of the tables, the roster first."""

    files: Sequence[Compared]
    places: Mapping[str, Place]
    has_roster: bool

    def resembled(self) -> dict[str, tuple[str, ...]]:
        """Which ids of the roster a stranger's looks like. For the report itself only."""
        if not self.has_roster:
            return {}
        others = (each for each in self.files if each.table != PATIENTS)
        return {
            patient: tuple(like) for each in others for patient, like in each.alike.items() if like
        }


def pad_ids(frames: Frames, width: int | None) -> None:
    """Pad the ids of digits alone to the declared width. Raises InputsRefused where that would
    make one patient of two ids of one file."""
    if width is None:
        return
    faults = list(_merged(frames, width))
    if faults:
        raise InputsRefused(faults)
    for frame in frames.frames.values():
        ids = (padded(each, width) if isinstance(each, str) else None for each in frame[_COLUMN])
        frame[_COLUMN] = pd.Series(list(ids), index=frame.index, dtype=object)


def _merged(frames: Frames, width: int) -> Iterator[Fault]:
    for table in frames.frames:
        for name, frame in frames.of_files(table):
            first: dict[str, int] = {}
            for patient, line in _first_lines(frame).items():
                before = first.setdefault(padded(patient, width), line)
                if before != line:
                    yield Fault(
                        name,
                        line,
                        _COLUMN,
                        f"`id_width: {width}` would make one patient of this id and that of line "
                        f"{before}; correct one of them, or remove `id_width` from rtmaudit.yaml",
                    )
                    break


def _first_lines(frame: pd.DataFrame) -> dict[str, int]:
    """Each id with the first line on which it stands."""
    seen = frame[frame[_COLUMN].notna()].drop_duplicates(_COLUMN)
    return {p: int(line) for p, line in zip(seen[_COLUMN], seen["line"], strict=True)}


def compare(frames: Frames) -> Identity:
    """Hold the ids of every file against the roster; without one, against the files before it."""
    has_roster = frames.get(PATIENTS) is not None
    known, files = _Known(), []
    for table in (PATIENTS, *(name for name in TABLES if name != PATIENTS)):
        for i, (name, frame) in enumerate(frames.of_files(table)):
            ids = frames.patients_of(table, i) | _first_lines(_concerned(frame, table))
            files.append(_compared(table, name, ids, known, table == PATIENTS or not has_roster))
    return Identity(files, known.places, has_roster)


def _concerned(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    if table == PATIENTS:
        return frame[frame["disposition"] == Disposition.USED]
    return frame[~frame["kind"].isin(_ELSEWHERE)]


def _compared(
    table: str, name: str, ids: Mapping[str, int], known: _Known, grows: bool
) -> Compared:
    strangers = [patient for patient in ids if patient not in known.places]
    if grows and known.first(ids, name):
        return Compared(table, name, ids, strangers, {}, {})
    padding = {p: known.places[other] for p in strangers if (other := known.padding(p))}
    alike = {}
    for patient in strangers:
        alike[patient] = known.alike(patient)
        if grows:
            known.add(patient, (name, ids[patient]))
    return Compared(table, name, ids, strangers, padding, alike)


def faults(frames: Frames, identity: Identity) -> Iterator[Fault]:
    """Files whose ids were changed on the way, and a roster that does not match."""
    changed = [each for each in identity.files if _lost_zeros(each) and each.table != PATIENTS]
    widths = {each.name: _width(frames, each, identity) for each in changed}
    for each in changed:
        if width := widths[each.name]:
            yield _padding_fault(each, width, identity.has_roster)
    if identity.has_roster:
        mended = {name for name, width in widths.items() if width}
        for table in _OF_PATIENTS:
            mine = [each for each in identity.files if each.table == table]
            yield from _strangers([each for each in mine if each.name not in mended])


def _lost_zeros(each: Compared) -> bool:
    """Whether zeros explain most of the strangers, or more ids than are known as they stand."""
    pairs, strangers = len(each.padding), len(each.strangers)
    return 2 * pairs > strangers or pairs > len(each.ids) - strangers


def _width(frames: Frames, each: Compared, identity: Identity) -> int | None:
    """The width that makes the ids those of the roster again, if it merges none in any file."""
    known = {place: patient for patient, place in identity.places.items()}
    ids = [*each.padding, *(known[place] for place in each.padding.values())]
    width = max(map(len, ids))
    return None if any(_merged(frames, width)) else width


def _padding_fault(each: Compared, width: int, has_roster: bool) -> Fault:
    first = min(each.padding, key=lambda patient: each.ids[patient])
    file, line = each.padding[first]
    pairs, strangers = len(each.padding), len(each.strangers)
    return Fault(
        each.name,
        each.ids[first],
        _COLUMN,
        f"of {strangers} patient ids that {'the roster' if has_roster else 'no other export'} "
        f"{'lacks' if has_roster else 'holds'}, {pairs} would be there but for leading zeros (the "
        f"first is that of {file}:{line}), as a spreadsheet drops them; add `id_width: {width}` to "
        "rtmaudit.yaml, or export it again with ids as text",
    )


def _strangers(files: Sequence[Compared]) -> Iterator[Fault]:
    there = [each for each in files if each.ids]
    if there and all(len(each.strangers) == len(each.ids) for each in there):
        names = ", ".join(each.name for each in there)
        yield Fault(names, 0, _COLUMN, f"none of its patients is on the roster; {_ask(there)}")
        return
    for each in there:
        number, of = len(each.strangers), len(each.ids)
        if number >= FEW and 2 * number > of:
            said = f"{number} of its {of} patients are not on the roster; {_ask([each])}"
            yield Fault(each.name, 0, _COLUMN, said)


def _ask(files: Sequence[Compared]) -> str:
    alike = sum(1 for each in files for like in each.alike.values() if like)
    told = f"{alike} look like patients on it; " if alike else ""
    return (
        f"{told}is it another practice's or an old one, or did a spreadsheet change the ids? "
        "Export both again with ids as text"
    )


def notes(identity: Identity) -> Iterator[Problem]:
    """What is worth telling of the ids. Names lines, and never an id."""
    for each in identity.files:
        for patient, like in each.alike.items():
            if like:
                file, line = identity.places[like[0]]
                kind, place = ProblemKind.ID_RESEMBLES, (each.name, each.ids[patient])
                yield Problem(*place, _COLUMN, kind, "note", f"{file}:{line}")
        yield from _rounded(each)
        number = len(each.strangers) if identity.has_roster else 0
        if each.table in _OF_PATIENTS and number >= FEW and number * 50 > len(each.ids):
            first = each.ids[each.strangers[0]]
            yield Problem(each.name, first, _COLUMN, ProblemKind.ROSTER_MISMATCH, "note")


def _rounded(each: Compared) -> Iterator[Problem]:
    if max(map(len, each.ids), default=0) <= EXACT:
        return
    long = {
        patient: rounded for patient in each.ids if (rounded := is_rounded(patient)) is not None
    }
    lost = [patient for patient, rounded in long.items() if rounded]
    if lost and 10 * len(lost) > 9 * len(long):
        yield Problem(each.name, each.ids[lost[0]], _COLUMN, ProblemKind.ID_PRECISION, "note")
