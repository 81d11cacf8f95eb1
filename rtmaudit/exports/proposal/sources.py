"""Which column of a file holds each column of a table: by its name first, then by its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rtmaudit.exports.proposal.dates import is_clock
from rtmaudit.exports.proposal.kinds import (
    are_all_different,
    are_names,
    are_procedures,
    joined_dates,
    suits,
)
from rtmaudit.exports.proposal.look import Column, Look
from rtmaudit.exports.proposal.names import doubtful, known_names, ranks_of, squashed, words_in
from rtmaudit.tables import TABLES, Kind

_ENTRIES = ("readings", "time_log", "calls")
"""Tables with a line an event, where one patient has many."""

_ENOUGH_LINES, _SEVERAL = 10, 3
_NO_START = {"end", "ended", "stop", "out", "finish", "duration", "spent", "total", "length"}


@dataclass(frozen=True, slots=True)
class Pick:
    """The columns that hold one of ours: one, or a date and its time. `by_name` is not so where
    only the cells speak for it."""

    column: str
    sources: tuple[Column, ...]
    why: str
    by_name: bool = True


@dataclass(frozen=True, slots=True)
class Tie:
    """Columns of which each may be the one; a person chooses."""

    column: str
    options: tuple[tuple[Column, ...], ...]
    why: str


@dataclass(slots=True)
class Sources:
    """What a file offers for one table."""

    table: str
    picks: dict[str, Pick] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)

    def has(self, column: str) -> bool:
        """Whether a column was found, or may be once a person has chosen."""
        return column in self.picks or column in self.ties


def sources_of(table: str, look: Look) -> Sources:
    """The columns of a table as far as the file holds them."""
    found = Sources(table)
    free = list(look.columns)
    for column in _order(table):
        choice = _choose(table, column, free, found)
        if isinstance(choice, Tie):
            found.ties[column] = choice
        elif choice is not None:
            found.picks[column] = choice
            free = [each for each in free if each not in choice.sources or _shared(choice, each)]
    return found


def _order(table: str) -> list[str]:
    """The patient first, then durations (else a time of day is taken for one), then dates."""
    columns = TABLES[table].columns
    first = {Kind.ID: 0, Kind.DURATION: 1, Kind.INSTANT: 2, Kind.DATE: 3}
    return sorted(columns, key=lambda column: first.get(columns[column].kind, 4))


def _shared(choice: Pick, column: Column) -> bool:
    """A date that was joined with a time may be that of another time too."""
    return len(choice.sources) > 1 and column is choice.sources[0]


def _choose(table: str, column: str, free: Sequence[Column], found: Sources) -> Pick | Tie | None:
    kind = TABLES[table].columns[column].kind
    for rank in ranks_of(table, column):
        named = [each for each in free if squashed(each.name) in rank]
        if kind is Kind.INSTANT:
            options = list(_dated([each for each in named if each.filled], free, found))
        else:
            options = [(each,) for each in named if _fits(table, column, each)]
        if column == "system":
            options = [each for each in options if not _a_patients_each(each[0], found)]
        if options:
            return _settle(table, column, options)
    return _doubtful(table, column, free) or _only_dates(table, column, free)


def _settle(table: str, column: str, options: list[tuple[Column, ...]]) -> Pick | Tie:
    if len(options) > 1:
        return Tie(column, tuple(options), "each may be the one by its name")
    (sources,) = options
    if column == "patient_id" and (why := _no_patient(table, sources[0])):
        return Tie(column, tuple(options), why)
    return Pick(column, sources, "by its name" if len(sources) == 1 else "by their names")


def _no_patient(table: str, column: Column) -> str:
    """Why a column may hold something else than the patients' ids."""
    if are_names(column):
        return "it seems to hold names, and two people of one name would be taken for one"
    lone = squashed(column.name) in ("id", "identifier") and len(column.cells) >= _ENOUGH_LINES
    if lone and table in _ENTRIES and are_all_different(column):
        return "each line has another one, so it may be the entry's and not the patient's"
    return ""


def _fits(table: str, column: str, each: Column) -> bool:
    if column == "entry_id":
        return are_all_different(each)
    if (table, column) == ("claims", "code"):
        return are_procedures(each)
    spec = TABLES[table].columns[column]
    return suits(spec.kind, each) and bool(each.filled or not spec.required)


def _a_patients_each(each: Column, found: Sources) -> bool:
    """Whether each patient has one of their own, as of a device's number."""
    patient = found.picks.get("patient_id")
    if patient is None:
        return False
    pairs = set(zip(patient.sources[0].cells, each.cells, strict=True))
    return len(pairs) == len(each.distinct) == len({who for who, _ in pairs}) >= _SEVERAL


def _dated(
    named: Sequence[Column], free: Sequence[Column], found: Sources
) -> Iterator[tuple[Column, ...]]:
    """Columns of dates, each with its time of day where that stands in another; or a time of day
    with the only date there is."""
    whole = [each for each in named if suits(Kind.DATE, each)]
    clocks = [each for each in named if is_clock(each.distinct)]
    for each in whole:
        beside = [] if each.dates.timed else clocks or list(_clocks(free))
        both = (each, *beside)
        yield both if _joins(both) else (each,)
    if not whole and len(clocks) == 1:
        days = list(_days(free, found))
        if _joins(both := (*days, *clocks)):
            yield both


def _joins(columns: tuple[Column, ...]) -> bool:
    """Whether a date and a time of day make one moment together."""
    alone = all(column.nth is None for column in columns)
    return len(columns) == 2 and alone and joined_dates(columns).are_dates


def _clocks(free: Sequence[Column]) -> Iterator[Column]:
    """Times of a day that stand alone and are no end of anything."""
    for each in free:
        words = set(words_in(each.name))
        if {"time", "hour"} & words and not words & _NO_START and is_clock(each.distinct):
            yield each


def _days(free: Sequence[Column], found: Sources) -> Iterator[Column]:
    """Dates to which a lone time of day may belong: that of the start, else the only ones."""
    start = found.picks.get("started_at")
    if start is not None and len(start.sources) == 2:
        yield start.sources[0]
        return
    for each in free:
        if each.filled and each.dates.are_dates and not each.dates.timed and not _of_birth(each):
            yield each


def _doubtful(table: str, column: str, free: Sequence[Column]) -> Tie | None:
    names, why = doubtful(table, column)
    options = [(each,) for each in free if squashed(each.name) in names and each.filled]
    kind = TABLES[table].columns[column].kind
    fitting = [each for each in options if suits(kind, each[0])]
    return Tie(column, tuple(fitting), why) if fitting else None


def _only_dates(table: str, column: str, free: Sequence[Column]) -> Pick | None:
    """Where no name fits the stamp of a line, the only column of dates does."""
    if column not in ("recorded_at", "started_at") or table == "calls":
        return None
    dated = [each for each in free if each.filled and each.dates.are_dates]
    dated = [each for each in dated if not _named_otherwise(each) and not _a_number(each)]
    if len(dated) != 1:
        return None
    return Pick(column, (dated[0],), "the only column of dates", by_name=False)


def _of_birth(column: Column) -> bool:
    return bool({"birth", "dob", "birthdate", "born"} & set(words_in(column.name)))


def _named_otherwise(column: Column) -> bool:
    """Whether a column's name says what date it is, and that it is no other."""
    return _of_birth(column) or squashed(column.name) in known_names()


def _a_number(column: Column) -> bool:
    return all(map(str.isdigit, column.distinct))
