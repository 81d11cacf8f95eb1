"""DuckDB over one plain time log: what its cells may say, and its lines with what they do say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Self

from rtmaudit.exports.database import Database
from rtmaudit.exports.duck import DuckScan
from rtmaudit.model import Contact, Program, Role
from rtmaudit.tables import MOST_SECONDS

SPAN = "span"
"""The seconds from the start of a line to its end."""

SAID = (("program",), ("role",), ("contact",), ("staff_id",), ("seconds", "minutes", SPAN))
"""Columns of few words. What each cell says (of a duration all) is asked of the careful reader."""

MICRO, DAY = 1_000_000, 86_400
TEXTS = ("patient_id", "entry_id", "activity", "created_at", "ended_at")
"""Columns whose cells are values as they stand."""

KINDS: Mapping[str, type[StrEnum]] = {"program": Program, "role": Role, "contact": Contact}
"""The kinds of words that the first columns of `SAID` may say."""

_ID = "[!-~]([ -~]*[!-~])?"
_SCIENTIFIC = r"\d(\.\d+)?[Ee]\+\d+"


class Found(NamedTuple):
    """What one look at a file shows: its records, its patients, the cells of each of `SAID`;
    whether the span has a time other than midnight, and whether an id may have lost its digits."""

    records: int
    patients: list[str]
    cells: list[list[str]]
    times: bool
    scientific: bool


@dataclass(slots=True)
class LogScan(DuckScan):
    """One plain time log, by its `number` among those of one database, where its records are kept
    in a table. `said` tells what the cells of each of `SAID` say, as a number (of a staff member
    the name) and none where that is nothing."""

    number: int = 0
    said: Sequence[Mapping[str, int | str | None]] = field(default_factory=list)

    def use(self, database: Database) -> Self:
        """Work in a database of others."""
        self._database = database
        return self

    def look(self) -> Found:
        """What shows in one look at all lines, which are kept. Raises as `_ask` does."""
        keys = ", ".join(f"{self._key(columns)} AS key{n}" for n, columns in enumerate(SAID))
        cells = ", ".join(f"{self.file.cell(f'{c}')} AS {c}" for c in TEXTS)
        self._ask(
            f"CREATE TEMP TABLE {self._lines_kept} AS SELECT micros, {cells}, {keys}, "
            f"aside_on AS written_on, misdated "
            f"FROM ({self._micros(self._records())})"
        )
        self._note_rejects()
        lists = ", ".join(f"list(DISTINCT key{n})" for n in range(len(SAID)))
        last = (self.file.span.end - self.file.span.first).days
        entry = f"contains(entry_id, '+') AND regexp_full_match(trim(entry_id), '{_SCIENTIFIC}')"
        ((records, patients, *cells, times, scientific),) = self._ask(
            f"SELECT count(*), list(DISTINCT patient_id) FILTER (micros IS NOT NULL), {lists}, "
            f"bool_or({self._second()} IS NULL OR ({self.file.clock.local}) % {DAY * MICRO} <> 0) "
            f"FILTER ({self.file.clock.day} BETWEEN 0 AND {last}), bool_or({entry}) "
            f"FROM {self._lines_kept}"
        )
        self.records = records
        named = [each for each in patients or () if each is not None]
        return Found(records, named, [each or [] for each in cells], bool(times), bool(scientific))

    def know(self, said: Sequence[Mapping[str, int | str | None]]) -> None:
        """Take in what the cells say."""
        self.said = said
        for n, (columns, known) in enumerate(zip(SAID, said, strict=True)):
            kind = "VARCHAR" if columns == ("staff_id",) else "BIGINT"
            self._ask(f"CREATE TEMP TABLE {self._said(n)} (key VARCHAR, value {kind})")
            if known:
                self._ask(
                    f"INSERT INTO {self._said(n)} SELECT unnest($keys), unnest($values)",
                    {"keys": list(known), "values": list(known.values())},
                )

    def typed(self) -> str:
        """The sound lines with what they say, as a statement."""
        said = [self._said(n) for n in range(len(SAID))]
        join = " ".join(f"JOIN {each} ON {each}.key = key{n}" for n, each in enumerate(said))
        program, role, contact, staff, length = (f"{each}.value" for each in said)
        late = f"({self.file.clock.local}) % {DAY * MICRO} + ({length} + 3600) * {MICRO}"
        second = self._second()
        return (
            f"SELECT {self.number} AS file, kept.rowid + 1 AS number, patient_id AS patient, "
            f"{program} AS program, {role} AS role, {contact} AS contact, {staff} AS staff, "
            f"{second} AS second, {length} AS length, {self.file.clock.day} AS day, "
            f"entry_id AS entry, activity, created_at AS created, written_on, key4 AS cell, "
            f"ended_at AS ended, "
            f"{second} IS NOT NULL AND {late} > {DAY * MICRO} AS late "
            f"FROM {self._lines_kept} AS kept {join} WHERE {self._plain('entry_id', 'patient_id')}"
        )

    def forget_lines(self) -> None:
        """Keep no record any more."""
        self._ask(f"DROP TABLE IF EXISTS {self._lines_kept}")

    def lines_of(self, numbers: Iterable[int]) -> list[int]:
        """The physical lines of records by their numbers."""
        return list(map(self._physical(), numbers))

    @property
    def _lines_kept(self) -> str:
        return f"lines{self.number}"

    @property
    def _rejects(self) -> str:
        return f"rejects{self.number}"

    def _said(self, column: int) -> str:
        return f"said{self.number}_{column}"

    def _micros(self, records: str) -> str:
        """With the seconds to the end, if it is told; it is misdated where these are not plain."""
        if (ended := self.file.ended) is None:
            return super(LogScan, self)._micros(records)
        clock, seconds = ended
        both = super(LogScan, self)._micros(self._by_clock(records, clock, "micros AS ended"))
        plain = f"coalesce({SPAN} BETWEEN 0 AND {MOST_SECONDS}, false)"
        odd = f"{clock.column} IS NOT NULL AND NOT {plain}"
        spans = f"SELECT *, {seconds} AS {SPAN} FROM ({both})"
        return f"SELECT * REPLACE (misdated OR {odd} AS misdated) FROM ({spans})"

    def _second(self) -> str:
        return f"({self.file.clock.utc}) // {MICRO}"

    def _sound(self) -> str:
        known = (
            f" AND {self._key(columns)} IN (SELECT key FROM {self._said(n)})"
            for n, columns in enumerate(SAID)
        )
        cells = (self.file.cell(column) for column in ("entry_id", "patient_id"))
        return self._plain(*cells) + "".join(known)

    def _plain(self, entry: str, patient: str) -> str:
        written = f"coalesce(regexp_full_match({entry}, '{_ID}'), true)"
        return f"micros IS NOT NULL AND {patient} IS NOT NULL AND NOT misdated AND {written}"

    def _key(self, columns: Iterable[str]) -> str:
        """The cells of some columns as one text; no cell holds a delimiter."""
        cells = [self._span() if column == SPAN else self.file.cell(column) for column in columns]
        return f" || '{self.file.delimiter}' || ".join(f"coalesce({cell}, '')" for cell in cells)

    def _span(self) -> str:
        return f"CAST({SPAN} AS VARCHAR)" if self.file.ended else "NULL"
