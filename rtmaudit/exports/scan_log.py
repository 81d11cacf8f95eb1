"""DuckDB over one plain time log: what its cells may say, and its lines with what they do say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rtmaudit.exports.duck import DuckScan
from rtmaudit.exports.scan import Line
from rtmaudit.model import Contact, Program, Role

SAID = (("program",), ("role",), ("contact",), ("staff_id",), ("seconds", "minutes"))
"""Columns of few words. What each cell says (of a duration both) is asked of the careful reader."""

MICRO, DAY = 1_000_000, 86_400
WORDS: tuple[tuple[Any, ...], ...] = (tuple(Program), (None, *Role), (None, *Contact))
"""What the first columns of `SAID` may say."""

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
    """One plain time log under DuckDB. `said` tells what the cells of each of `SAID` say, as a
    number (of a staff member the name) and none where that is nothing."""

    said: Sequence[Mapping[str, int | str | None]] = field(default_factory=list)

    def look(self) -> Found:
        """What shows in one look at all lines. Raises as `_ask` does."""
        lists = ", ".join(f"list(DISTINCT {self._key(columns)})" for columns in SAID)
        entry = f"regexp_full_match(trim({self.file.cell('entry_id')}), '{_SCIENTIFIC}')"
        last = (self.file.span.end - self.file.span.first).days
        days = self._days(self._records())
        ((records, patients, *cells, times, scientific),) = self._ask(
            f"SELECT count(*), list(DISTINCT {self.file.cell('patient_id')}) "
            f"FILTER (micros IS NOT NULL), {lists}, "
            f"bool_or({self._second()} IS NULL OR ({self.file.clock.local}) % {DAY * MICRO} <> 0) "
            f"FILTER (day BETWEEN 0 AND {last}), bool_or({entry}) FROM ({days})"
        )
        self.records = records
        self._note_rejects()
        named = [each for each in patients or () if each is not None]
        return Found(records, named, [each or [] for each in cells], bool(times), bool(scientific))

    def know(self, said: Sequence[Mapping[str, int | str | None]]) -> None:
        """Take in what the cells say."""
        self.said = said
        for n, (columns, known) in enumerate(zip(SAID, said, strict=True)):
            kind = "VARCHAR" if columns == ("staff_id",) else "BIGINT"
            self._ask(f"CREATE OR REPLACE TEMP TABLE said{n} (key VARCHAR, value {kind})")
            if known:
                self._ask(
                    f"INSERT INTO said{n} SELECT unnest($keys), unnest($values)",
                    {"keys": list(known), "values": list(known.values())},
                )

    def number_not_sound(self) -> int:
        """How many records are not plain, of those that are as wide as the header."""
        days = self._days(self._records())
        ((number,),) = self._ask(f"SELECT count(*) FROM ({days}) WHERE NOT ({self._sound()})")
        return int(number)

    def typed(self, file: int) -> str:
        """The sound lines with what they say."""
        keys = ", ".join(f"{self._key(columns)} AS key{n}" for n, columns in enumerate(SAID))
        join = " ".join(f"JOIN said{n} ON said{n}.key = key{n}" for n in range(len(SAID)))
        patient, entry = self.file.cell("patient_id"), self.file.cell("entry_id")
        late = f"({self.file.clock.local}) % {DAY * MICRO} + (said4.value + 3600) * {MICRO}"
        return (
            f"SELECT {file} AS file, number, patient, said0.value AS program, said1.value AS role, "
            f"said2.value AS contact, said3.value AS staff, second, said4.value AS length, day, "
            f"entry, second IS NOT NULL AND {late} > {DAY * MICRO} AS late "
            f"FROM (SELECT *, {patient} AS patient, {entry} AS entry, {self._second()} AS second, "
            f"{keys} "
            f"FROM ({self._days(self._records(numbered=True))})) {join} "
            f"WHERE {self._plain()}"
        )

    def lines_again(self) -> list[Line]:
        """The records whose numbers stand in the table `again`, in the order of the file."""
        return self._lines("number IN (SELECT number FROM again)")

    def borrow(self, other: LogScan) -> None:
        """Use the database of another scan."""
        self._connection = other._connection

    def _second(self) -> str:
        return f"({self.file.clock.utc}) // {MICRO}"

    def _sound(self) -> str:
        known = (
            f" AND {self._key(columns)} IN (SELECT key FROM said{n})"
            for n, columns in enumerate(SAID)
        )
        return self._plain() + "".join(known)

    def _plain(self) -> str:
        entry = self.file.cell("entry_id")
        written = f"coalesce(regexp_full_match({entry}, '{_ID}'), true)"
        return f"micros IS NOT NULL AND {self.file.cell('patient_id')} IS NOT NULL AND {written}"

    def _key(self, columns: Iterable[str]) -> str:
        """The cells of some columns as one text; no cell holds a delimiter."""
        return f" || '{self.file.delimiter}' || ".join(
            f"coalesce({self.file.cell(c)}, '')" for c in columns
        )
