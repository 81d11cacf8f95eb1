"""What reading makes: files, tables with their frames, and plain files reduced to groups.

A frame holds a row a record: `file` (an index into the table's files), `line`, `disposition`,
`kind`, `column`, and the canonical columns as values (None where a cell is empty). The stamp of a
table is also there as `day` (a local day) and `second` (UTC, None for a bare day).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from rtmaudit.config import Covers
from rtmaudit.exports.cells import Instant
from rtmaudit.exports.mapping import Line, Mapped
from rtmaudit.exports.settled import settle_all
from rtmaudit.model import Disposition, Program, System
from rtmaudit.tables import READINGS, TABLES, TIME_LOG, Table

if TYPE_CHECKING:
    from rtmaudit.exports.ledger import Told
    from rtmaudit.exports.plain import Plain
    from rtmaudit.exports.plain_log import PlainLog


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read. `ignored` are columns that nothing reads, `layout` the vendor's that
    its header was recognised as, `told` how it was read, in words."""

    role: str
    name: str
    sha256: str
    records: int
    ignored: tuple[str, ...] = ()
    covers: Covers | None = None
    layout: str = ""
    told: tuple[str, ...] = ()


@dataclass(slots=True)
class Reduced:
    """A plain file of readings: the way to the lines of some of its patients, or of all, to their
    number on each day, and to who has the first that was received so late."""

    again: Callable[[Collection[str] | None], list[Line]]
    per_day: Callable[[Collection[str]], Mapping[tuple[str, System], Mapping[date, int]]]
    first_late: Callable[[int, Collection[str]], str]


@dataclass(slots=True)
class TableData:
    """One canonical table from all of its files. Of those that are `reduced`, and of the plain
    `logs`, by their number, the frame holds only some of the lines, and the others stand in the
    `groups`, by patient; of a log once they are made."""

    frame: pd.DataFrame
    columns: frozenset[str]
    files: list[InputFile] = field(default_factory=list)
    reduced: dict[int, Reduced] = field(default_factory=dict)
    logs: dict[int, PlainLog] = field(default_factory=dict)
    groups: pd.DataFrame | None = None

    @property
    def plain(self) -> Collection[int]:
        """The numbers of the plain files."""
        return [*self.reduced, *self.logs]

    def groups_of(self, number: int) -> pd.DataFrame | None:
        """The groups of a file."""
        return None if self.groups is None else self.groups[self.groups["file"] == number]

    def patients_of_plain(self, number: int) -> Collection[str]:
        """The patients of sound lines of a plain file."""
        if number in self.logs:
            return self.logs[number].patients
        groups = self.groups_of(number)
        return () if groups is None else set(groups["patient"])

    def reduce(self, files: Mapping[int, Plain]) -> None:
        """Take in the groups of plain files of readings."""
        if files:
            parts = [plain.groups.assign(file=number) for number, plain in files.items()]
            self.groups = pd.concat(parts).sort_values("patient", kind="stable", ignore_index=True)
        self.reduced = {number: plain.back for number, plain in files.items()}

    def read_again(self, patients: Collection[str] | None) -> None:
        """Take the lines of some patients, or of all, of the reduced files into the frame."""
        for number, file in self.reduced.items():
            self.take(READINGS, [(number, line) for line in file.again(patients)])
        self._drop(patients)

    def _drop(self, patients: Collection[str] | None) -> None:
        """Hold no group of some patients any more, or none at all."""
        if self.groups is not None:
            left = self.groups[:0] if patients is None else self.groups
            self.groups = left[~left["patient"].isin(patients or ())]

    def take_all(self) -> None:
        """Take all lines of the plain logs into the frame."""
        ledger = next(iter(self.logs.values())).ledger
        self._take_told(ledger.all_lines())
        ledger.close()

    def reduce_logs(
        self,
        month: date,
        calls: pd.DataFrame | None,
        cuts: tuple[Mapping[str, int], Collection[Program]],
        told: Callable[[pd.DataFrame], Collection[str]],
    ) -> None:
        """Make the groups of the plain logs. Lines with which others contend, and those of the
        patients who are `told`, go into the frame. `month`: the first day of the audited one;
        `cuts`: see `Ledger.cut`."""
        from rtmaudit.exports.plain_log import reckoned

        with reckoned(self.logs.values(), month, self.frame, calls) as ledger:
            ledger.cut(*cuts)
            self.groups = ledger.groups()
            numbers = {log.number: number for number, log in self.logs.items()}
            self.groups["file"] = self.groups["file"].map(numbers)
            gone = told(self.groups)
            self._take_told(ledger.lines(gone))
        self._drop(gone)
        for log in self.logs.values():
            log.patients.clear()

    def _take_told(self, told: Mapping[int, Sequence[Told]]) -> None:
        """Take sound lines of the plain logs into the frame."""
        for number, log in self.logs.items():
            cells = log.cells(told[log.number])
            self._add(frame_of_cells(TABLES[TIME_LOG], number, cells))

    def take(self, name: str, lines: Sequence[tuple[int, Line]]) -> None:
        """Take lines into the frame of the table, each with the number of its file."""
        self._add(_frame_of(TABLES[name], lines))

    def _add(self, more: pd.DataFrame) -> None:
        if len(more):
            frame = pd.concat([self.frame, more]) if len(self.frame) else more
            self.frame = frame.sort_values(["file", "line"], kind="stable", ignore_index=True)


@dataclass(slots=True)
class Tables:
    """All tables that were found, and the files of the folder that are none of them."""

    data: dict[str, TableData]
    not_read: list[str]

    def get(self, name: str) -> TableData | None:
        """A table, or None where no export holds it."""
        return self.data.get(name)


def table_of_lines(name: str, files: Sequence[InputFile], mapped: Sequence[Mapped]) -> TableData:
    """One table from the mapped lines of its files."""
    lines = [(i, line) for i, each in enumerate(mapped) for line in each.lines]
    columns = frozenset[str]().union(*(each.columns for each in mapped))
    return TableData(_frame_of(TABLES[name], lines), columns, list(files))


def _frame_of(table: Table, placed: Sequence[tuple[int, Line]]) -> pd.DataFrame:
    """The lines as rows."""
    files, lines = [each[0] for each in placed], [each[1] for each in placed]
    settle_all(lines, table)
    values = [line.values for line in lines]
    there = set().union(*values)
    cells: dict[str, list[Any]] = {
        "file": files,
        "line": [line.line for line in lines],
        "disposition": [line.disposition for line in lines],
        "kind": [line.kind for line in lines],
        "column": [line.column for line in lines],
    }
    for column in there - {table.stamp}:
        cells[_named(column)] = [each.get(column) for each in values]
    if table.stamp:
        stamps = [each.get(table.stamp) for each in values]
        cells["day"] = [stamp.day if isinstance(stamp, Instant) else stamp for stamp in stamps]
        cells["second"] = [stamp.second if isinstance(stamp, Instant) else None for stamp in stamps]
    return _whole(table, cells)


def frame_of_cells(table: Table, file: int, cells: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Lines of one file that are used, by the cells of their columns, as rows."""
    number = len(cells["line"])
    alike = {"file": file, "disposition": Disposition.USED, "kind": "", "column": ""}
    return _whole(table, {name: [each] * number for name, each in alike.items()} | dict(cells))


def _whole(table: Table, cells: Mapping[str, list[Any]]) -> pd.DataFrame:
    """A frame with all columns of a table, where some are nowhere filled, if it is not sparse."""
    columns = [_named(column) for column in table.columns if column != table.stamp]
    names = [*_OF_RECORDS, *(c for c in columns if c in cells or not table.sparse)]
    names += ["day", "second"] * bool(table.stamp)
    names += ["least", "most"] * ("seconds" in table.columns)
    nothing = [None] * len(cells["line"])
    return pd.DataFrame({name: cells.get(name, nothing) for name in names}, dtype=object)


_OF_RECORDS = ("file", "line", "disposition", "kind", "column")


def _named(column: str) -> str:
    """The name of a column in a frame, whose own `file`, `line` and `kind` tell of the record: of
    the table such a one is `kind_of`."""
    return f"{column}_of" if column in _OF_RECORDS else column
