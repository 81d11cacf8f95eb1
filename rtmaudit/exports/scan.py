"""A database over one plain file: its readings in groups, and single lines of it with their
physical number. The file is read as text; what a cell means is decided by the statement alone,
which is one for all databases but for the words of their dialect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

import pandas as pd

from rtmaudit.exports.clock import EXACT_DAYS, Clock
from rtmaudit.exports.dialect import Dialect, Stamp
from rtmaudit.exports.grouped import Cells
from rtmaudit.exports.plain_file import PlainFile
from rtmaudit.tables import MOST_AT_ONCE, NOTHING

MOST_AGAIN = 100_000
"""Lines that are not plain; a file with more of them is no plain one."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a file is made of, by its bytes alone."""

    sha256: str
    lines: int
    delimiters: int


ROWS = (
    *("patient", "system", "source", "device", "timed", "days", "lines", "elsewhere", "ahead"),
    *("first_day", "last_day", "lag"),
)
"""What is told of the lines of one patient, system, source and device, by the text of their cells,
that tell a day (`timed`) or do not; all numbers are those of a group of the table."""


class Line(NamedTuple):
    """A record with its physical line, and whether all of its cells can be read."""

    line: int
    sound: bool
    cells: list[str]


class NotPlain(Exception):
    """The file is not plain, or the database cannot read it."""


class OutOfPlace(NotPlain):
    """The file holds a quote or a carriage return."""


_TYPES = dict.fromkeys(ROWS[:4], object)


@dataclass(slots=True)
class Scan(ABC):
    """One plain file under a database; a context that leaves no spilled byte behind."""

    words: ClassVar[Dialect]

    file: PlainFile
    unsaid: Sequence[tuple[str | None, str | None]] = ()
    rejected: list[Line] = field(default_factory=list)
    records: int = 0

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None: ...

    @abstractmethod
    def read(self) -> tuple[pd.DataFrame, Bytes]:
        """All lines of the file in `ROWS`, and what it is made of. Raises NotPlain, and
        as `_ask` does."""

    @abstractmethod
    def _ask(self, statement: str, given: Mapping[str, Any] | None = None) -> list[Any]:
        """All rows of a statement. Raises NotPlain for what the database cannot read, and
        OutputError where the memory or the disk does not suffice."""

    @abstractmethod
    def _columns(self, statement: str) -> list[Cells]:
        """The same, column by column. Only a text may be missing."""

    @abstractmethod
    def _records(self, *, numbered: bool = False) -> str:
        """A statement of all records that are as wide as the header, their cells as text in `c0`,
        `c1` and so on, null where they are empty; with their `number` where that is wanted."""

    @abstractmethod
    def _first_lines(self) -> str:
        """A statement of the first records, cells as in `_records`."""

    @abstractmethod
    def _physical(self) -> Callable[[int], int]:
        """From the number of a record to its physical line."""

    @abstractmethod
    def _last_number(self) -> int:
        """The number of the last record."""

    def groups(self) -> pd.DataFrame:
        """All lines of the file in `ROWS`. Raises as `_ask` does."""
        span, cell = self.file.span, self.file.cell
        start, end, ahead = ((day - span.first).days for day in (span.start, span.end, span.as_of))
        keys = ", ".join(f"{cell(c)} AS {c}" for c in ("system", "source", "device_id"))
        bit = f"CASE WHEN day BETWEEN 0 AND {end} THEN CAST(1 AS BIGINT) << CAST(day AS INT) END"
        columns = self._columns(
            f"""
            SELECT {cell("patient_id")} AS patient_id, {keys}, {self._timed()} AS timed,
                coalesce(bit_or({bit}), 0) AS days, count(*) AS lines,
                count(*) FILTER (WHERE day NOT BETWEEN {start} AND {end}) AS elsewhere,
                count(*) FILTER (WHERE day > {ahead} AND day <= {end}) AS ahead,
                coalesce(min(day), 0) AS first_day, coalesce(max(day), 0) AS last_day,
                {self._lag()} AS lag
            FROM ({self._days(self._records())})
            GROUP BY patient_id, system, source, device_id, timed
            """
        )
        named = dict(zip(ROWS, columns, strict=True))
        rows = pd.DataFrame({c: pd.Series(of, dtype=_TYPES.get(c)) for c, of in named.items()})
        self.records = int(rows["lines"].sum())
        return rows

    def stamped_at_once(self) -> bool:
        """Whether one device took more readings in one minute than it can, by the first lines;
        where they tell when they were received, nobody asks."""
        if self.file.clock.stamp is Stamp.DAY or self.file.aside:
            return False
        minute = self.words.divided.format("micros", 60_000_000)
        keys = f"{self.file.cell('patient_id')}, {self.file.cell('device_id')}, {minute}"
        found = self._ask(
            f"SELECT 1 FROM ({self._days(self._first_lines())}) WHERE micros IS NOT NULL "
            f"GROUP BY {keys} HAVING count(*) > {MOST_AT_ONCE} LIMIT 1"
        )
        return bool(found)

    def adds_up(self, counted: Bytes) -> bool:
        """Whether records and rejects are all that the bytes hold, and each record is as wide as
        the header."""
        lines = 1 + self.records + len(self.rejected)
        between = (1 + self.records) * (self.file.width - 1)
        between += sum(len(each.cells) - 1 for each in self.rejected)
        return (lines, between) == (counted.lines, counted.delimiters)

    def sound_lines(self, patients: Collection[str] | None) -> list[Line]:
        """Sound lines of some patients or of all, in the order of the file. Sound is a line with a
        patient and a day that says its system; `unsaid` are the pairs of system and source that do
        not."""
        if patients is None:
            return self._lines("sound")
        mine = f"{self.file.cell('patient_id')} IN ({self.words.listed})"
        return self._lines(f"sound AND {mine}", {"patients": list(patients)})

    def other_lines(self, around: int) -> list[Line]:
        """Every line that is not sound, with so many records of the top and the last one."""
        wanted = f"NOT sound OR number <= {around} OR number = {self._last_number()}"
        return sorted([*self._lines(wanted), *self.rejected])

    def per_day(self, patients: Collection[str]) -> list[tuple[str, str | None, int, int]]:
        """How many sound lines patients have on each day, by the text of the system."""
        patient, system = self.file.cell("patient_id"), self.file.cell("system")
        return self._ask(
            f"SELECT {patient}, {system}, day, count(*) FROM ({self._days(self._records())}) "
            f"WHERE {self._sound()} AND {patient} IN ({self.words.listed}) GROUP BY ALL",
            {"patients": list(patients)},
        )

    def first_late(self, lag: int, patients: Collection[str]) -> str:
        """Whose is the first line of those of some patients that were received so many days after
        their day, which is one that can count."""
        patient = self.file.cell("patient_id")
        mine = f"{patient} IN ({self.words.listed})"
        wanted = f"{self._sound()} AND {self._judged()} AND aside_on - day = {lag} AND {mine}"
        return self._first(patient, wanted, {"patients": list(patients)})

    def _first(self, text: str, wanted: str, given: Mapping[str, Any]) -> str:
        """A text of the first of the wanted records."""
        ((found, _),) = self._ask(
            f"SELECT {text}, number FROM ({self._days(self._records(numbered=True))}) "
            f"WHERE {wanted} ORDER BY number LIMIT 1",
            given,
        )
        return str(found)

    def _judged(self) -> str:
        """Whether a day can count."""
        span = self.file.span
        start, end = ((day - span.first).days for day in (span.start, min(span.end, span.as_of)))
        return f"day BETWEEN {start} AND {end}"

    def _lag(self) -> str:
        """The most days from one that can count to that on which its line was received."""
        if not self.file.aside:
            return str(NOTHING)
        longest = f"max(CASE WHEN {self._judged()} THEN aside_on - day END)"
        return f"greatest(coalesce({longest}, {NOTHING}), {NOTHING})"

    def _timed(self) -> str:
        """Whether the times of a line are plain."""
        aside = f" AND NOT misdated AND coalesce(aside_on < {EXACT_DAYS}, true)"
        return "micros IS NOT NULL" + aside * bool(self.file.aside)

    def _lines(self, wanted: str, given: Mapping[str, Any] | None = None) -> list[Line]:
        cells = ", ".join(f"c{i}" for i in range(self.file.width))
        found = self._ask(
            f"SELECT number, sound, {cells} FROM (SELECT *, {self._sound()} AS sound FROM "
            f"({self._days(self._records(numbered=True))})) WHERE {wanted}",
            given,
        )
        line_of = self._physical()
        return [
            Line(line_of(number), sound, [cell or "" for cell in row])
            for number, sound, *row in sorted(found)
        ]

    def _sound(self) -> str:
        missing = "".join(f" OR {self._is(pair)}" for pair in self.unsaid)
        unknown = f"{self.file.cell('patient_id')} IS NULL{missing}"
        return f"({self._timed()}) AND NOT ({unknown})"

    def _is(self, pair: tuple[str | None, str | None]) -> str:
        columns = (self.file.cell("system"), self.file.cell("source"))
        parts = zip(columns, map(self._literal, pair), strict=True)
        return "(" + " AND ".join(f"{a} IS NOT DISTINCT FROM {b}" for a, b in parts) + ")"

    def _literal(self, text: str | None) -> str:
        return "NULL" if text is None else self.words.quoted(text)

    def _days(self, records: str) -> str:
        """Records with their day, null where it cannot be read."""
        return f"SELECT *, {self.file.clock.day} AS day FROM ({self._micros(records)})"

    def _micros(self, records: str) -> str:
        """Records with their time in microseconds, null where it cannot be read."""
        raw = f"SELECT *, {self.file.clock.raw} AS raw FROM ({self._beside(records)})"
        return f"SELECT *, {self.file.clock.micros} AS micros FROM ({raw})"

    def _beside(self, records: str) -> str:
        """Records with the day that the column aside tells, as `aside_on`, and whether it is filled
        and tells none, as `misdated`."""
        clock = self.file.aside
        if clock is None:
            return f"SELECT *, CAST(NULL AS INT) AS aside_on, false AS misdated FROM ({records})"
        odd = f"{clock.column} IS NOT NULL AND micros IS NULL"
        told = f"CAST({clock.day} AS INT) AS aside_on, {odd} AS misdated"
        return self._by_clock(records, clock, told)

    def _by_clock(self, records: str, clock: Clock, told: str) -> str:
        """Records with what is told by the `micros` of another clock."""
        raw = f"SELECT *, {clock.raw} AS raw FROM ({records})"
        micros = f"SELECT *, {clock.micros} AS micros FROM ({raw})"
        without = self.words.without.format("raw, micros")
        return f"SELECT {without} FROM (SELECT *, {told} FROM ({micros}))"
