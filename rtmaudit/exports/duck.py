"""DuckDB over one plain file. Its bytes are counted beside it, apart from any parser."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import pandas as pd

from rtmaudit.exports.database import Database
from rtmaudit.exports.dialect import DUCKDB, Dialect
from rtmaudit.exports.grouped import Cells
from rtmaudit.exports.packed import one_file
from rtmaudit.exports.plain_file import PlainFile
from rtmaudit.exports.scan import Bytes, Line, NotPlain, OutOfPlace, Scan
from rtmaudit.tables import LOOKED_AT

MEMORY = "512MB"
"""What DuckDB may hold; beyond it spills into a folder of its own."""

_PIECE = 1 << 20
_END = 1 << 22
"""Bytes at the end of a file in which its last line begins: DuckDB takes none of so many."""

_OTHER_WIDTH = ("MISSING COLUMNS", "TOO MANY COLUMNS")


def count_bytes(file: PlainFile) -> Bytes:
    """The counts of a file, and the hash of the export. Raises NotPlain where a byte of it has no
    place in a plain one."""
    import numpy as np

    mark, found = ord(file.delimiter), hashlib.sha256()
    ends = delimiters = 0
    last = b"\n"
    with file.lies.open("rb") as lies:
        while piece := lies.read(_PIECE):
            if b'"' in piece or b"\r" in piece:
                raise OutOfPlace
            if b"\0" in piece:
                raise NotPlain
            if file.made is None:
                found.update(piece)
            numbers = np.frombuffer(piece, np.uint8)
            ends += int(np.count_nonzero(numbers == 10))
            delimiters += int(np.count_nonzero(numbers == mark))
            last = piece[-1:]
    if file.made is not None:
        with file.path.open("rb") as export:
            found = hashlib.file_digest(export, "sha256")
    return Bytes(found.hexdigest(), ends + (last != b"\n"), delimiters)


@dataclass(slots=True)
class DuckScan(Scan):
    """One plain file under DuckDB."""

    words: ClassVar[Dialect] = DUCKDB

    _database: Database = field(init=False)

    def __enter__(self) -> Self:
        self._database = Database(MEMORY)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._database.close()

    def read(self) -> tuple[pd.DataFrame, Bytes]:
        """All lines of the file in groups, and what it is made of."""
        with ThreadPoolExecutor(1) as beside:
            counting = beside.submit(count_bytes, self.file)
            if self.stamped_at_once():
                raise NotPlain
            rows = self.groups()
            self._note_rejects()
            return rows, counting.result()

    def _ask(self, statement: str, given: Mapping[str, Any] | None = None) -> list[Any]:
        return self._database.ask(statement, self.file.path.name, given)

    def _columns(self, statement: str) -> list[Cells]:
        return self._database.columns(statement, self.file.path.name)

    def _records(self, *, numbered: bool = False) -> str:
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(self.file.width))
        number = "row_number() OVER () AS number, " if numbered else ""
        return (
            f"SELECT {number}* FROM read_csv({DUCKDB.quoted(one_file(self.file.lies))}, "
            f"header = true, auto_detect = false, delim = {DUCKDB.quoted(self.file.delimiter)}, "
            f"quote = '', escape = '', new_line = '\\n', columns = {{{columns}}}, "
            f"store_rejects = true, rejects_limit = 0, rejects_table = '{self._rejects}', "
            f"rejects_scan = '{self._rejects}_of')"
        )

    @property
    def _rejects(self) -> str:
        """The table of the lines that are not as wide as the header."""
        return "rejects"

    def other_lines(self, around: int) -> list[Line]:
        """Every line that is not sound, with so many records of the top and the last one."""
        found = {each.line: each for each in self._lines("NOT sound")}
        cells = ", ".join(f"c{i}" for i in range(self.file.width))
        top = self._ask(f"SELECT {cells} FROM ({self._records()}) LIMIT {around}")
        line_of, shown = self._physical(), dict(enumerate(top, start=1))
        shown[self._last_number()] = self._last_cells()
        for number, cells in shown.items():
            line = line_of(number)
            found.setdefault(line, Line(line, True, [cell or "" for cell in cells]))
        return sorted([*found.values(), *self.rejected])

    def _lines(self, wanted: str, given: Mapping[str, Any] | None = None) -> list[Line]:
        if given is None and wanted == "sound":
            return Scan._lines(self, wanted)  # slots make a new class, which super() does not know
        cells = f", {DUCKDB.quoted(self.file.delimiter)}, ".join(
            f"coalesce(c{i}, '')" for i in range(self.file.width)
        )
        found = self._in_order(f"concat(sound::TINYINT, {cells})", wanted, given)
        line_of = self._physical()
        return [
            Line(line_of(number), text[0] == "1", text[1:].split(self.file.delimiter))
            for number, text in found
        ]

    def _first(self, text: str, wanted: str, given: Mapping[str, Any]) -> str:
        """A text of the first of the wanted records."""
        ((_, found),) = self._in_order(text, wanted, given, first=True)
        return found

    def _in_order(
        self, text: str, wanted: str, given: Mapping[str, Any] | None, *, first: bool = False
    ) -> list[tuple[int, str]]:
        """A text of each of the wanted records, with its number. Where records keep their order in
        a table, DuckDB numbers them on all cores; this one is of that text alone."""
        self._ask(
            f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT CASE WHEN {wanted} THEN {text} END "
            f"AS text FROM (SELECT *, {self._sound()} AS sound FROM "
            f"({self._days(self._records())}))",
            given,
        )
        there = "FROM wanted WHERE text IS NOT NULL"
        found = self._ask(f"SELECT rowid + 1, text {there} ORDER BY rowid" + " LIMIT 1" * first)
        self._ask("DROP TABLE wanted")
        return found

    def _last_cells(self) -> list[str]:
        """The cells of the last line of the file."""
        with self.file.lies.open("rb") as file:
            file.seek(max(0, self.file.lies.stat().st_size - _END))
            last = file.read().removesuffix(b"\n").rpartition(b"\n")[2]
        return last.decode(errors="replace").split(self.file.delimiter)

    def _first_lines(self) -> str:
        return f"{self._records()} LIMIT {LOOKED_AT}"

    def _physical(self) -> Callable[[int], int]:
        rejected = sorted(each.line for each in self.rejected)
        return lambda number: _physical(number, rejected)

    def _last_number(self) -> int:
        return self.records

    def _note_rejects(self) -> None:
        found = self._ask(f"SELECT DISTINCT line, error_type, csv_line FROM {self._rejects}")
        for line, kind, text in found:
            cells = text.strip("\n").split(self.file.delimiter)
            self.rejected.append(Line(line, False, cells if kind in _OTHER_WIDTH else []))


def _physical(number: int, rejected: Sequence[int]) -> int:
    """The line of a record by its number, below the header and among the rejected lines."""
    line = number + 1
    while (after := number + 1 + bisect_right(rejected, line)) != line:
        line = after
    return line
