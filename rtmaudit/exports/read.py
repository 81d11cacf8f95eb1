"""Paths -> the canonical tables as frames, or every fault of every file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rtmaudit.config import Config, TableMap, names_of
from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.exports.data import InputFile, TableData, Tables, table_of_lines
from rtmaudit.exports.engines import DuckDB, Engine
from rtmaudit.exports.found import Export, Found, find_files
from rtmaudit.exports.mapping import Mapped, map_file
from rtmaudit.exports.sound import unsound
from rtmaudit.exports.strict import read_file
from rtmaudit.model import ProblemKind
from rtmaudit.tables import READINGS, TABLES, TIME_LOG, Span

if TYPE_CHECKING:
    from rtmaudit.exports.ledger import Ledger
    from rtmaudit.exports.plain import Plain
    from rtmaudit.exports.plain_log import PlainLog

LARGE = 1 << 20
"""Bytes from which on a file of readings or time is worth another way of reading it."""


class Read(NamedTuple):
    """One file that was read: what is told of it, its lines, and what stands for the others."""

    file: InputFile
    mapped: Mapped
    readings: Plain | None = None
    log: PlainLog | None = None


@dataclass(frozen=True)
class Reducing:
    """How plain files are reduced: over which days, and by what. The modules and the database are
    loaded for large files only, or where an engine is chosen."""

    config: Config
    span: Span | None
    engine: Engine

    def readings(self, export: Export) -> Plain | None:
        """A plain file of readings."""
        if self.span is None or export.table != READINGS:
            return None
        if not (self.engine.chosen or _is_large(export)):
            return None
        from rtmaudit.exports.plain import read_plain

        return read_plain(export.path, export.mapping, self.config, self.span, self.engine)

    def log(self, export: Export) -> PlainLog | None:
        """A plain time log; always by DuckDB."""
        if self.span is None or export.table != TIME_LOG or not _is_large(export):
            return None
        from rtmaudit.exports.plain_log import read_plain_log

        return read_plain_log(export.path, export.mapping, self.config, self._ledger, self.engine)

    @cached_property
    def _ledger(self) -> Ledger:
        from rtmaudit.exports.ledger import Ledger

        assert self.span is not None
        return Ledger(self.span)


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
    reducing = Reducing(config, span, engine or DuckDB())
    data: dict[str, TableData] = {}
    for name in TABLES:
        mine = [export for export in found.exports if export.table == name]
        if not mine:
            continue
        table = _read_table(name, _said(mine, say), config, found, reducing)
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
    broken = [frame["kind"] == ProblemKind.ROW_WIDTH for frame in frames]
    if not any(each.any() for each in broken):
        return
    known = {
        patient
        for each in data.values()
        for number in each.plain
        for patient in each.patients_of_plain(number)
    }
    for frame, those in zip(frames, broken, strict=True):
        known |= set(frame["patient_id"][~those])
    for frame, those in zip(frames, broken, strict=True):
        frame.loc[those & ~frame["patient_id"].isin(known), "patient_id"] = None


def _said(exports: list[Export], say: Callable[[str], None]) -> Iterator[Export]:
    for export in exports:
        say(f"reading {export.path.name}")
        yield export


def _read_table(
    name: str, exports: Iterable[Export], config: Config, found: Found, reducing: Reducing
) -> TableData | None:
    """One table from its files; what is wrong with them and what they hold besides is added to
    what was found."""
    read: list[Read] = []
    faults = found.faults
    before = len(faults)
    for export in exports:
        one = _reduced(export, reducing) or _carefully(export, config, found)
        if one is None:
            continue
        if not export.mapping.sheet and any(one.file.sha256 == each.file.sha256 for each in read):
            faults.append(_twice(export))
            continue
        faults += one.mapped.faults
        read.append(one)
    if len(faults) > before:
        return None
    table = table_of_lines(name, [each.file for each in read], [each.mapped for each in read])
    table.reduce({number: each.readings for number, each in enumerate(read) if each.readings})
    table.logs = {number: each.log for number, each in enumerate(read) if each.log}
    faults += unsound(table)
    return table if len(faults) == before else None


def _reduced(export: Export, reducing: Reducing) -> Read | None:
    """A plain file, reduced; None where it is none."""
    if (plain := reducing.readings(export)) is not None:
        file = _input(export, plain.sha256, plain.records, plain.mapped)
        return Read(file, plain.mapped, plain)
    if (log := reducing.log(export)) is not None:
        file = _input(export, log.sha256, log.records, log.mapped)
        return Read(file, log.mapped, log=log)
    return None


def _carefully(export: Export, config: Config, found: Found) -> Read | None:
    """Any file, line by line; None where it is refused, a large one by its first lines."""
    wanted = _wanted(export.table, export.mapping)
    if _is_large(export) and (faults := _show_no_zone(export, config, wanted)):
        found.faults += faults
        return None
    try:
        raw = read_file(export.path, export.mapping, wanted)
    except InputsRefused as refused:
        found.faults += refused.faults
        return None
    mapped = map_file(raw, export.table, export.mapping, config)
    found.not_read += [f"{raw.name} (sheet {sheet})" for sheet in raw.other_sheets]
    return Read(_input(export, raw.sha256, len(raw.rows), mapped), mapped)


def _show_no_zone(export: Export, config: Config, wanted: list[str]) -> list[Fault]:
    from rtmaudit.exports.head import show_no_zone

    return show_no_zone(export.path, export.table, export.mapping, config, wanted)


def _is_large(export: Export) -> bool:
    return export.path.stat().st_size >= LARGE


def _twice(export: Export) -> Fault:
    return Fault(export.path.name, 0, "", "is given twice; leave one of the two out")


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
