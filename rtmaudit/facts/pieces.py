"""The time and the calls of many patients, piece by piece, in columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np

from rtmaudit.facts.keys import NOTHING, Bools, Ints
from rtmaudit.facts.seconds import in_one_piece
from rtmaudit.facts.time import Call, Entry, TimeTables
from rtmaudit.model import Program, Role
from rtmaudit.tables import LogGroup

_PROGRAMS = {program: n for n, program in enumerate(Program)}
_ROLES = {role: n for n, role in enumerate(Role)}


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


def pieces_of(patients: Sequence[str], time: TimeTables, zone: ZoneInfo | None) -> Pieces:
    """The time of some patients."""
    owners, lines, groups = list[int](), list[Entry](), list[tuple[int, LogGroup]]()
    for i, patient in enumerate(patients):
        if own := time.lines.get(patient):
            owners += [i] * len(own)
            lines += own
        for mine in time.groups.values():
            groups += [(i, group) for group in mine.get(patient, ())]
    pieces = [_piece(line, zone) for line in lines]
    found = [(i, *each) for i, each in zip(owners, pieces, strict=True) if each]
    unsure = np.zeros(len(patients), np.bool_)
    unsure[[i for i, each in zip(owners, pieces, strict=True) if not each]] = True
    unsure[[i for i, group in groups if group.role is None]] = True
    several = zip(_columns(found, 8), _sums(groups), strict=True)
    return Pieces(unsure, *map(np.concatenate, several))


def calls_of(patients: Sequence[str], time: TimeTables) -> Calls:
    """The live contacts of some patients."""
    none: Sequence[Call] = ()
    found = [
        (
            i,
            _number(call.program),
            NOTHING if call.day is None else call.day.toordinal(),
            int(call.doubt is not None),
        )
        for i, patient in enumerate(patients)
        for call in time.calls.get(patient, none)
    ]
    return Calls(*_columns(found, 4))


def counts_for(program: Program, programs: Ints) -> Bools:
    """Which of some programs, by their numbers, is this one, or is not said."""
    mine: Bools = (programs == _PROGRAMS[program]) | (programs == NOTHING)
    return mine


def number_of(role: Role) -> int:
    """The number of a role."""
    return _ROLES[role]


def _number(program: Program | None) -> int:
    return NOTHING if program is None else _PROGRAMS[program]


def bits_of(roles: Iterable[Role]) -> int:
    """Roles as bits."""
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
