"""The time and the calls of many patients, piece by piece, in columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np

from rtmaudit.facts.keys import Bools, Ints
from rtmaudit.facts.seconds import in_one_piece
from rtmaudit.facts.time import LIVE, Call, Entry, TimeInGroups, TimeTables
from rtmaudit.model import Program, Role
from rtmaudit.tables import NOTHING, numbers_of

_PROGRAMS, _ROLES = numbers_of(Program), numbers_of(Role)


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


def pieces_of(
    patients: Sequence[str], time: TimeTables, zone: ZoneInfo | None, rows: Ints, owner: Ints
) -> Pieces:
    """The time of some patients; `rows` of time in groups are theirs, and these of whom."""
    owners, lines = list[int](), list[Entry]()
    for i, patient in enumerate(patients):
        if own := time.lines.get(patient):
            owners += [i] * len(own)
            lines += own
    groups = _sums(time.groups, rows, owner) if time.groups else [owner] * 8
    pieces = [_piece(line, zone) for line in lines]
    found = [(i, *each) for i, each in zip(owners, pieces, strict=True) if each]
    unsure = np.zeros(len(patients), np.bool_)
    unsure[[i for i, each in zip(owners, pieces, strict=True) if not each]] = True
    unsure[owner[groups[2] == NOTHING]] = True
    several = zip(_columns(found, 8), groups, strict=True)
    return Pieces(unsure, *map(np.concatenate, several))


def calls_of(patients: Sequence[str], time: TimeTables, rows: Ints, owner: Ints) -> Calls:
    """The live contacts of some patients; `rows` as for `pieces_of`."""
    none: Sequence[Call] = ()
    found = [
        (
            i,
            _PROGRAMS[call.program],
            NOTHING if call.day is None else call.day.toordinal(),
            int(call.doubt is not None),
        )
        for i, patient in enumerate(patients)
        for call in time.calls.get(patient, none)
    ]
    groups = _live(time.groups, rows, owner) if time.groups else [owner] * 4
    return Calls(*map(np.concatenate, zip(_columns(found, 4), groups, strict=True)))


def counts_for(program: Program, programs: Ints) -> Bools:
    """Which of some programs, by their numbers, is this one, or is not said."""
    mine: Bools = (programs == _PROGRAMS[program]) | (programs == NOTHING)
    return mine


def bits_of(roles: Iterable[Role]) -> int:
    """Roles as bits."""
    return sum(1 << _ROLES[role] for role in roles)


def _piece(entry: Entry, zone: ZoneInfo | None) -> tuple[int, ...] | None:
    piece = in_one_piece(entry, zone)
    if piece is None or entry.cause or entry.role is None or not entry.trusted:
        return None
    first, last, least, most = piece
    who = (_PROGRAMS[entry.program], _ROLES[entry.role], first.toordinal(), last.toordinal())
    return (*who, least, most, int(bool(entry.disputed)))


def _sums(groups: TimeInGroups, rows: Ints, owner: Ints) -> Sequence[Ints]:
    """Time in groups as pieces, column by column."""
    seconds = groups.numbers("seconds", rows)
    return (
        owner,
        groups.numbers("program", rows),
        groups.numbers("role", rows),
        groups.days("since", rows),
        groups.days("until", rows),
        seconds,
        seconds,
        np.zeros_like(owner),
    )


def _live(groups: TimeInGroups, rows: Ints, owner: Ints) -> Sequence[Ints]:
    """Live contacts in groups one by one, column by column."""
    live = np.isin(groups.numbers("contact", rows), list(LIVE))
    mine = np.repeat(live.nonzero()[0], groups.numbers("times", rows)[live])
    program, day = groups.numbers("program", rows)[mine], groups.days("since", rows)[mine]
    return owner[mine], program, day, np.zeros_like(mine)


def _columns(rows: Sequence[tuple[int, ...]], many: int) -> Sequence[Ints]:
    """Rows of so many numbers, column by column."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * many)
    return list(flat.reshape(len(rows), many).T)
