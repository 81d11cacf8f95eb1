"""DuckDB over one plain file: its readings in groups, and single lines of it with their physical
number. The file is read as text; what a cell means is decided by the statement alone."""

from __future__ import annotations

import hashlib
import tempfile
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from rtmaudit.errors import OutputError
from rtmaudit.exports.clock import Clock
from rtmaudit.exports.packed import one_file
from rtmaudit.tables import LOOKED_AT, MOST_AT_ONCE, Span

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"
"""What DuckDB may hold; beyond it spills into a folder of its own."""

_PIECE = 1 << 22
_OTHER_WIDTH = ("MISSING COLUMNS", "TOO MANY COLUMNS")


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a file is made of, by its bytes alone."""

    sha256: str
    lines: int
    delimiters: int


def count_bytes(path: Path, delimiter: str) -> Bytes | None:
    """The counts of a file; None where a byte of it has no place in a plain one."""
    import numpy as np

    mark, found = ord(delimiter), hashlib.sha256()
    ends = delimiters = 0
    last = b"\n"
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if b'"' in piece or b"\r" in piece or b"\0" in piece:
                return None
            found.update(piece)
            numbers = np.frombuffer(piece, np.uint8)
            ends += int(np.count_nonzero(numbers == 10))
            delimiters += int(np.count_nonzero(numbers == mark))
            last = piece[-1:]
    return Bytes(found.hexdigest(), ends + (last != b"\n"), delimiters)


class Row(NamedTuple):
    """The lines of one patient, system, source and device, by the text of their cells, that tell a
    day (`timed`) or do not. `days` are the bits of the days of the span; `low` and `high` the first
    and the last day, counted from the first of the span."""

    patient: str | None
    system: str | None
    source: str | None
    device: str | None
    timed: bool
    days: int | None
    lines: int
    elsewhere: int
    ahead: int
    low: int | None
    high: int | None


class Line(NamedTuple):
    """A record with its physical line, and whether all of its cells can be read."""

    line: int
    sound: bool
    cells: list[str]


class NotPlain(Exception):
    """The database cannot read the file."""


@dataclass(slots=True)
class Scan:
    """One plain file under DuckDB; a context that leaves no spilled byte behind."""

    path: Path
    delimiter: str
    width: int
    places: dict[str, int]
    clock: Clock
    span: Span
    unsaid: Sequence[tuple[str | None, str | None]] = ()
    rejected: list[Line] = field(default_factory=list)
    records: int = 0
    _connection: duckdb.DuckDBPyConnection = field(init=False)
    _spill: tempfile.TemporaryDirectory[str] = field(init=False)

    def __enter__(self) -> Self:
        import duckdb

        self._spill = tempfile.TemporaryDirectory(prefix="rtmaudit-")
        self._connection = duckdb.connect(
            config={"memory_limit": MEMORY, "temp_directory": self._spill.name}
        )
        self._connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        (zone,) = self._connection.execute("SELECT current_setting('TimeZone')").fetchall()[0]
        assert zone == "UTC"
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._spill.cleanup()

    def groups(self) -> list[Row]:
        """All lines of the file, in groups. Raises as `_ask` does."""
        start, end, ahead = (
            (day - self.span.first).days
            for day in (self.span.start, self.span.end, self.span.as_of)
        )
        keys = ", ".join(f"{self._cell(c)} AS {c}" for c in ("system", "source", "device_id"))
        found = self._ask(
            f"""
            SELECT {self._cell("patient_id")} AS patient_id, {keys}, micros IS NOT NULL AS timed,
                bit_or(CASE WHEN day BETWEEN 0 AND {end} THEN 1::UBIGINT << day::UTINYINT END),
                count(*), count(*) FILTER (day NOT BETWEEN {start} AND {end}),
                count(*) FILTER (day > {ahead} AND day <= {end}), min(day), max(day)
            FROM ({self._days()}) GROUP BY ALL
            """
        )
        rows = [Row(*row) for row in found]
        self.records = sum(row.lines for row in rows)
        self._note_rejects()
        return rows

    def stamped_at_once(self) -> bool:
        """Whether one device took more readings in one minute than it can, by the first lines."""
        keys = f"{self._cell('patient_id')}, {self._cell('device_id')}, micros // 60000000"
        found = self._ask(
            f"SELECT 1 FROM ({self._days()} LIMIT {LOOKED_AT}) WHERE micros IS NOT NULL "
            f"GROUP BY {keys} HAVING count(*) > {MOST_AT_ONCE} LIMIT 1"
        )
        return bool(found) and "DATE" not in self.clock.raw

    def adds_up(self, counted: Bytes) -> bool:
        """Whether records and rejects are all that the bytes hold, and each record is as wide as
        the header."""
        lines = 1 + self.records + len(self.rejected)
        between = (1 + self.records) * (self.width - 1)
        between += sum(len(each.cells) - 1 for each in self.rejected)
        return (lines, between) == (counted.lines, counted.delimiters)

    def lines(self, wanted: str, patients: Collection[str] | None = None) -> list[Line]:
        """Records for which a condition on `number` and `sound` holds, of some patients or of all,
        in the order of the file. Sound is a line with a patient and a day that says its system;
        `unsaid` are the pairs of system and source that do not."""
        cells = ", ".join(f"c{i}" for i in range(self.width))
        patient = self._cell("patient_id")
        mine = "" if patients is None else f" AND {patient} IN (SELECT unnest($patients))"
        given = {} if patients is None else {"patients": list(patients)}
        found = self._ask(
            f"SELECT number, sound, {cells} FROM (SELECT *, {self._sound()} AS sound FROM "
            f"({self._days('row_number() OVER () AS number, ')})) WHERE ({wanted}){mine}",
            given,
        )
        rejected = sorted(each.line for each in self.rejected)
        return [
            Line(_physical(number, rejected), sound, [cell or "" for cell in row])
            for number, sound, *row in sorted(found)
        ]

    def per_day(self, patients: Collection[str]) -> list[tuple[str, str | None, int, int]]:
        """How many sound lines patients have on each day, by the text of the system."""
        patient, system = self._cell("patient_id"), self._cell("system")
        return self._ask(
            f"SELECT {patient}, {system}, day, count(*) FROM ({self._days()}) "
            f"WHERE {self._sound()} AND {patient} IN (SELECT unnest($patients)) GROUP BY ALL",
            {"patients": list(patients)},
        )

    def _sound(self) -> str:
        missing = "".join(f" OR {self._is(pair)}" for pair in self.unsaid)
        return f"NOT (micros IS NULL OR {self._cell('patient_id')} IS NULL{missing})"

    def _is(self, pair: tuple[str | None, str | None]) -> str:
        columns = (self._cell("system"), self._cell("source"))
        parts = zip(columns, map(_literal, pair), strict=True)
        return "(" + " AND ".join(f"{a} IS NOT DISTINCT FROM {b}" for a, b in parts) + ")"

    def _ask(self, statement: str, given: Mapping[str, object] | None = None) -> list[Any]:
        """All rows of a statement. Raises NotPlain for what the database cannot read, and
        OutputError where the memory or the disk does not suffice."""
        import duckdb

        try:
            return self._connection.execute(statement, given or {}).fetchall()
        except (duckdb.OutOfMemoryException, duckdb.IOException):
            raise OutputError(
                f"{self.path.name}: there is not enough memory or disk to read it"
            ) from None
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            raise NotPlain from None

    def _cell(self, column: str) -> str:
        return f"c{self.places[column]}" if column in self.places else "NULL::VARCHAR"

    def _days(self, more: str = "") -> str:
        """The records with their day, null where it cannot be read."""
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(self.width))
        path = one_file(self.path).replace("'", "''")
        scan = (
            f"read_csv('{path}', header = true, auto_detect = false, delim = '{self.delimiter}', "
            f"quote = '', escape = '', new_line = '\\n', columns = {{{columns}}}, "
            "store_rejects = true, rejects_limit = 0)"
        )
        raw = f"SELECT {more}*, {self.clock.raw} AS raw FROM {scan}"
        micros = f"SELECT *, {self.clock.micros} AS micros FROM ({raw})"
        return f"SELECT *, {self.clock.day} AS day FROM ({micros})"

    def _note_rejects(self) -> None:
        found = self._ask("SELECT DISTINCT line, error_type, csv_line FROM reject_errors")
        for line, kind, text in found:
            cells = text.strip("\n").split(self.delimiter)
            self.rejected.append(Line(line, False, cells if kind in _OTHER_WIDTH else []))


def _literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def _physical(number: int, rejected: Sequence[int]) -> int:
    """The line of a record by its number, below the header and among the rejected lines."""
    line = number + 1
    while (after := number + 1 + bisect_right(rejected, line)) != line:
        line = after
    return line
