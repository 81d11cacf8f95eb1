"""Paths -> the canonical tables as frames, or every fault of every file at once.

A frame holds a row a record: `file` (an index into the table's files), `line`, `disposition`,
`kind`, `column`, and the canonical columns as values (None where a cell is empty). The stamp of a
table is also there as `day` (a local day) and `second` (UTC, None for a bare day).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from rtmaudit.config import Config, Covers, TableMap, names_of
from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.exports.cells import Instant
from rtmaudit.exports.engines import DuckDB, Engine
from rtmaudit.exports.found import Export, Found, find_files
from rtmaudit.exports.mapping import Line, Mapped, map_file
from rtmaudit.exports.settled import settle
from rtmaudit.exports.sound import unsound
from rtmaudit.exports.strict import read_file
from rtmaudit.model import ProblemKind, Program, System
from rtmaudit.tables import READINGS, TABLES, TIME_LOG, Group, LogGroup, Span, Table

if TYPE_CHECKING:
    from rtmaudit.exports.plain import Plain
    from rtmaudit.exports.plain_log import PlainLog

LARGE = 1 << 20
"""Bytes from which on a file of readings or time is worth another way of reading it."""


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


def read_tables(
    paths: Sequence[Path],
    config: Config,
    say: Callable[[str], None] = lambda _: None,
    also: Callable[[Tables], Iterable[Fault]] = lambda _: (),
    span: Span | None = None,
    engine: Engine | None = None,
) -> Tables:
    """Find and read every export; `say` is told which. Raises InputsRefused with all faults of all
    files, those too that `also` finds in the tables that could be read, and UsageError for a path
    that is not there. Where the days that are judged are given, plain readings come reduced, by the
    engine or else DuckDB, and plain time logs by DuckDB."""
    found = find_files(paths, config)
    found.faults += config.unanswered()
    data: dict[str, TableData] = {}
    for name in TABLES:
        mine = [export for export in found.exports if export.table == name]
        if not mine:
            continue
        reduce = partial(_plain, config=config, span=span, engine=engine or DuckDB())
        reduce_log = partial(_plain_log, config=config, span=span)
        table = _read_table(name, _said(mine, say), config, found, reduce, reduce_log)
        if table is not None:
            data[name] = table
    _forget_strangers(data)
    tables = Tables(data, found.not_read)
    if found.faults:
        raise InputsRefused([*found.faults, *also(tables)])
    return tables


def _forget_strangers(data: Mapping[str, TableData]) -> None:
    """A record of another width may have anything where its patient should stand: it is that
    patient's only if a sound record somewhere names them."""
    frames = [each.frame for each in data.values()]
    known = {
        patient
        for each in data.values()
        for file in each.plain.values()
        for patient in file.patients
    }
    sound = [frame["patient_id"][frame["kind"] != ProblemKind.ROW_WIDTH] for frame in frames]
    known |= {patient for ids in sound for patient in ids}
    for frame in frames:
        broken = frame["kind"] == ProblemKind.ROW_WIDTH
        frame.loc[broken & ~frame["patient_id"].isin(known), "patient_id"] = None


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


def _said(exports: list[Export], say: Callable[[str], None]) -> Iterator[Export]:
    for export in exports:
        say(f"reading {export.path.name}")
        yield export


def _read_table(
    name: str,
    exports: Iterable[Export],
    config: Config,
    found: Found,
    reduce: Callable[[Export], Plain | None],
    reduce_log: Callable[[Export], PlainLog | None],
) -> TableData | None:
    """One table from its files; what is wrong with them and what they hold besides is added to
    what was found."""
    files: list[InputFile] = []
    mapped: list[Mapped] = []
    reduced: dict[int, Reduced] = {}
    logs: dict[int, ReducedLog] = {}
    faults = found.faults
    before = len(faults)
    for export in exports:
        plain, log = reduce(export), reduce_log(export)
        if (one := plain or log) is not None:
            if any(one.sha256 == file.sha256 for file in files):
                faults.append(_twice(export))
                continue
            if plain:
                reduced[len(files)] = Reduced(plain.groups, plain.again, plain.per_day)
            if log:
                logs[len(files)] = ReducedLog(log, log.patients)
            files.append(_input(export, one.sha256, one.records, one.mapped))
            mapped.append(one.mapped)
            continue
        try:
            raw = read_file(export.path, export.mapping, _wanted(name, export.mapping))
        except InputsRefused as refused:
            faults += refused.faults
            continue
        if any(raw.sha256 == file.sha256 and not export.mapping.sheet for file in files):
            faults.append(_twice(export))
            continue
        each = map_file(raw, name, export.mapping, config)
        faults += each.faults
        files.append(_input(export, raw.sha256, len(raw.rows), each))
        mapped.append(each)
        found.not_read += [f"{raw.name} (sheet {sheet})" for sheet in raw.other_sheets]
    if len(faults) > before:
        return None
    table = table_of_lines(name, files, mapped)
    table.reduced, table.logs = reduced, logs
    faults += unsound(table)
    return table if len(faults) == before else None


def _twice(export: Export) -> Fault:
    return Fault(export.path.name, 0, "", "is given twice; leave one of the two out")


def _plain(export: Export, *, config: Config, span: Span | None, engine: Engine) -> Plain | None:
    """A plain file of readings, reduced; the module and the database are loaded for large files
    only, or where an engine is chosen."""
    if span is None or export.table != READINGS:
        return None
    if not (engine.chosen or export.path.stat().st_size >= LARGE):
        return None
    from rtmaudit.exports.plain import read_plain

    return read_plain(export.path, export.mapping, config, span, engine)


def _plain_log(export: Export, *, config: Config, span: Span | None) -> PlainLog | None:
    """A plain time log, as large; always on DuckDB."""
    if span is None or export.table != TIME_LOG or export.path.stat().st_size < LARGE:
        return None
    from rtmaudit.exports.plain_log import read_plain_log

    return read_plain_log(export.path, export.mapping, config, span)


def _input(export: Export, sha256: str, records: int, mapped: Mapped) -> InputFile:
    return InputFile(
        export.table,
        export.path.name,
        sha256,
        records,
        tuple(mapped.ignored),
        export.mapping.covers,
        export.layout,
        tuple(mapped.told),
    )


def _wanted(name: str, mapping: TableMap) -> list[str]:
    return [*TABLES[name].columns, *(n for s in mapping.columns.values() for n in names_of(s))]
