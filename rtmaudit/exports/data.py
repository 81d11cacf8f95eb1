"""What reading makes: files, tables with their frames, and plain files reduced to groups.

A frame holds a row a record: `file` (an index into the table's files), `line`, `disposition`,
`kind`, `column`, and the canonical columns as values (None where a cell is empty). The stamp of a
table is also there as `day` (a local day) and `second` (UTC, None for a bare day).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from rtmaudit.config import Covers
from rtmaudit.exports.cells import Instant
from rtmaudit.exports.mapping import Line, Mapped
from rtmaudit.exports.settled import settle
from rtmaudit.model import Program, System
from rtmaudit.tables import READINGS, TABLES, TIME_LOG, Group, LogGroup, Table

if TYPE_CHECKING:
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
    """A plain file of readings: its groups, and the way to the lines of some of its patients, or of
    all, and to their number on each day."""

    groups: list[Group]
    again: Callable[[Collection[str] | None], list[Line]]
    per_day: Callable[[Collection[str]], Mapping[tuple[str, System], Mapping[date, int]]]

    @property
    def patients(self) -> set[str]:
        """Everybody of whom it holds a group."""
        return {group.patient for group in self.groups}


@dataclass(slots=True)
class ReducedLog:
    """A plain time log: how it is read, its patients, and its groups as far as they were made."""

    plain: PlainLog
    patients: set[str]
    groups: list[LogGroup] = field(default_factory=list)


@dataclass(slots=True)
class TableData:
    """One canonical table from all of its files; of those that are `reduced`, and of the plain
    `logs`, by their number, the frame holds only some of the lines."""

    frame: pd.DataFrame
    columns: frozenset[str]
    files: list[InputFile] = field(default_factory=list)
    reduced: dict[int, Reduced] = field(default_factory=dict)
    logs: dict[int, ReducedLog] = field(default_factory=dict)

    @property
    def plain(self) -> Mapping[int, Reduced | ReducedLog]:
        """The plain files, by their number."""
        return self.reduced or self.logs

    def groups(self, number: int) -> Sequence[Group | LogGroup]:
        """The groups of a file."""
        return self.plain[number].groups if number in self.plain else ()

    def read_again(self, number: int, patients: Collection[str] | None) -> None:
        """Take the lines of some patients of a reduced file, or of all, into the frame."""
        file = self.reduced[number]
        lines = file.again(patients)
        gone = {group.patient for group in file.groups} if patients is None else patients
        file.groups = [group for group in file.groups if group.patient not in gone]
        self.take(READINGS, [(number, line) for line in lines])

    def take_all(self) -> None:
        """Take all lines of the plain logs into the frame."""
        for number, log in self.logs.items():
            self.take(TIME_LOG, [(number, line) for line in log.plain.all_lines()])

    def reduce_logs(
        self,
        month: date,
        calls: pd.DataFrame | None,
        cuts: tuple[Mapping[str, int], Collection[Program]],
        told: Callable[[Sequence[LogGroup]], Collection[str]],
    ) -> None:
        """Make the groups of the plain logs. Lines with which others contend, and those of the
        patients who are `told`, go into the frame. `month`: the first day of the audited one;
        `cuts`: see `Ledger.cut`."""
        from rtmaudit.exports.plain_log import ledger_of

        plain = {number: log.plain for number, log in self.logs.items()}
        with ledger_of(plain, month, self.frame, calls) as ledger:
            ledger.cut(*cuts)
            made: dict[int, list[LogGroup]] = {number: [] for number in plain}
            for row in ledger.groups():
                made[row.file].append(plain[row.file].group(row))
            gone = told([group for groups in made.values() for group in groups])
            for number, lines in ledger.lines(gone).items():
                self.take(TIME_LOG, [(number, line) for line in plain[number].read(lines)])
        for number, log in self.logs.items():
            log.groups = [group for group in made[number] if group.patient not in gone]

    def take(self, name: str, lines: Sequence[tuple[int, Line]]) -> None:
        """Take lines into the frame of the table, each with the number of its file."""
        if not lines:
            return
        more = _frame_of(TABLES[name], lines)
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


def _frame_of(table: Table, placed: Iterable[tuple[int, Line]]) -> pd.DataFrame:
    """The lines as rows. The frame's own `file`, `line` and `kind` tell of the record, so a column
    of such a name is `kind_of`."""
    files, lines = [], []
    for file, line in placed:
        settle(line, table)
        files.append(file)
        lines.append(line)
    cells: dict[str, list[Any]] = {
        "file": files,
        "line": [line.line for line in lines],
        "disposition": [line.disposition for line in lines],
        "kind": [line.kind for line in lines],
        "column": [line.column for line in lines],
    }
    values = [line.values for line in lines]
    for column in table.columns:
        if column != table.stamp:
            name = f"{column}_of" if column in cells else column
            cells[name] = [each.get(column) for each in values]
    if table.stamp:
        stamps = [each.get(table.stamp) for each in values]
        cells["day"] = [stamp.day if isinstance(stamp, Instant) else stamp for stamp in stamps]
        cells["second"] = [stamp.second if isinstance(stamp, Instant) else None for stamp in stamps]
    if "seconds" in table.columns:
        cells |= {end: [each.get(end) for each in values] for end in ("least", "most")}
    return pd.DataFrame(cells, dtype=object)
