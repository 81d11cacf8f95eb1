"""Minutes that cannot be counted twice: those that two entries contend for.

Where the times of day tell it, one staff member is in two places at once, or in one place twice, or
one patient's minutes stand in two programs. Where they do not, the same patient, staff member, day
and length in two programs are suspected to be the same minutes. Either way nobody has them beyond
doubt, and each pair is named by both lines, until a person says whose they are.

What a person keeps takes the minutes from the other entry: a minute counts once. Of minutes that
are only suspected to be the same, the other entry stays in doubt until it is decided too, or until
the decision names the program: minutes never move, so the entry of the other program loses its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from rtmaudit.facts.ruling import contradicts
from rtmaudit.facts.time import Entry
from rtmaudit.model import Cause, Problem, ProblemKind, Program

Piece = tuple[int, int]
"""From one second to another."""

TWO_PLACES = (
    "one staff member cannot be in two places at once; keep one of the two lines, or correct their "
    "times in the log"
)


def dispute(entries: Iterable[Entry]) -> list[Problem]:
    """Marks what cannot be counted twice. Raises InputsRefused where two decisions contradict each
    other."""
    mine = [entry for entry in entries if entry.trusted]
    return [*_overlaps(mine), *_same_minutes(mine)]


# ---- by the time of day ----


def _overlaps(entries: Sequence[Entry]) -> Iterator[Problem]:
    by_staff: dict[str, list[Entry]] = defaultdict(list)
    by_patient: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.second is not None and entry.least:
            by_patient[entry.patient].append(entry)
            if entry.staff is not None:
                by_staff[entry.staff].append(entry)
    for group in by_staff.values():
        for later, earlier, piece in _pairs(group):
            yield from _contend(later, earlier, _one_person(later, earlier), piece)
    for group in by_patient.values():
        for later, earlier, piece in _pairs(group):
            both = (later, earlier) if later.program != earlier.program else ()
            yield from _contend(later, earlier, both, piece)


def _pairs(group: Sequence[Entry]) -> Iterator[tuple[Entry, Entry, Piece]]:
    """Each two entries that share seconds, and which."""
    running: list[Entry] = []
    for entry in sorted(group, key=lambda e: (e.second, e.place)):
        start = entry.second or 0
        running = [other for other in running if _end(other) > start]
        for other in running:
            yield entry, other, (start, min(_end(entry), _end(other)))
        running.append(entry)


def _end(entry: Entry) -> int:
    return (entry.second or 0) + entry.least


def _one_person(later: Entry, earlier: Entry) -> tuple[Entry, ...]:
    """A person cannot be in two places: neither patient has the minutes beyond doubt. The same
    minutes of one patient and program logged twice are there once."""
    if later.patient != earlier.patient:
        return later, earlier
    return (later,) if later.program == earlier.program else ()


def _contend(
    later: Entry, earlier: Entry, doubtful: tuple[Entry, ...], piece: Piece
) -> Iterator[Problem]:
    if not doubtful:
        return
    lost = _losers(later, earlier, _stands(later, earlier), _stands(earlier, later))
    if lost is None:
        for one in doubtful:
            one.disputed += (piece,)
            other = earlier if one is later else later
            yield _problem(one, other, ProblemKind.OVERLAP)
    for one in lost or ():
        one.lost += (piece,)


# ---- by the length alone ----


def _same_minutes(entries: Sequence[Entry]) -> Iterator[Problem]:
    if all(entry.second is not None for entry in entries):
        return
    alike: dict[tuple[object, ...], dict[Program, list[Entry]]] = {}
    for entry in sorted(entries, key=lambda e: (e.second is not None, e.place)):
        if entry.program is not None and entry.day is not None and entry.most:
            key = (entry.patient, entry.staff, entry.day, entry.most)
            alike.setdefault(key, {}).setdefault(entry.program, []).append(entry)
    for by_program in alike.values():
        for one, other in combinations(sorted(by_program), 2):
            for pair in zip(by_program[one], by_program[other], strict=False):
                if None in (pair[0].second, pair[1].second):
                    yield from _suspect(*pair)


def _suspect(one: Entry, other: Entry) -> Iterator[Problem]:
    lost = _losers(one, other, _claimed(one, other), _claimed(other, one))
    for mine, theirs in ((one, other), (other, one)):
        if _kept(mine):
            continue
        if lost is None:
            mine.least, mine.cause = 0, Cause.SAME_MINUTES
            yield _problem(mine, theirs, ProblemKind.SAME_MINUTES)
        elif mine in lost:
            mine.least, mine.most, mine.contact = 0, 0, None


# ---- what a person decided ----


def _stands(one: Entry, other: Entry) -> bool:
    """Whether a person gave the minutes of both to the first entry."""
    return _kept(one) or _claimed(one, other)


def _kept(entry: Entry) -> bool:
    return entry.ruling is not None and entry.ruling.kept


def _claimed(one: Entry, other: Entry) -> bool:
    """Whether a person gave them to the program of the first entry."""
    if one.patient != other.patient or one.program == other.program:
        return False
    claims = (entry.ruling.claims for entry in (one, other) if entry.ruling)
    return one.program is not None and one.program in claims


def _losers(
    one: Entry, other: Entry, one_stands: bool, other_stands: bool
) -> tuple[Entry, ...] | None:
    """Who gives way; None where nobody has decided. Two staff members may work at the same time:
    both entries stand if a person keeps both."""
    if one_stands and other_stands and one.ruling and other.ruling:
        if not (_kept(one) and _kept(other)):
            sentence = "each gives the minutes to the other's program; name one of the two"
            raise contradicts(one.ruling, other.ruling, sentence)
        timed = one.second is not None and other.second is not None
        if timed and one.staff is not None and one.staff == other.staff:
            raise contradicts(one.ruling, other.ruling, TWO_PLACES)
        return ()
    if one_stands:
        return (other,)
    return (one,) if other_stands else None


def _problem(entry: Entry, other: Entry, kind: ProblemKind) -> Problem:
    where = f"{other.place[0]}:{other.place[1]}"
    return Problem(*entry.place, "started_at", kind, "disputed", where)
