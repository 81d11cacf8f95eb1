"""Paths -> the canonical tables as frames, or every fault of every file at once.

A frame holds a row a record: `file` (an index into the table's files), `line`, `disposition`,
`kind`, `column`, and the canonical columns as values (None where a cell is empty). The stamp of a
table is also there as `day` (a local day) and `second` (UTC, None for a bare day).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pandas as pd

from rtmaudit.config import Config, Covers, Joined
from rtmaudit.errors import Fault, InputsRefused, UsageError
from rtmaudit.exports.cells import MOST_SECONDS, Instant
from rtmaudit.exports.mapping import Line, Mapped, map_file
from rtmaudit.exports.strict import read_file
from rtmaudit.model import Disposition, ProblemKind
from rtmaudit.tables import TABLES, Table

EXPORTS = frozenset(
    {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".parquet", ".json", ".gz", ".zst", ".zip"}
)
"""Suffixes of files that somebody may have meant to be read: it is told that they were not."""

AGREE_WITHIN = 60
"""Seconds by which two ways of giving one duration may differ (design/inputs)."""

DAY = 24 * 3600
MOST_OVER_MIDNIGHT = 4 * 3600


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read. `ignored` are columns that nothing reads."""

    role: str
    name: str
    sha256: str
    records: int
    ignored: tuple[str, ...] = ()
    covers: Covers | None = None


@dataclass(slots=True)
class TableData:
    """One canonical table from all of its files."""

    frame: pd.DataFrame
    columns: frozenset[str]
    files: list[InputFile] = field(default_factory=list)


@dataclass(slots=True)
class Tables:
    """All tables that were found, and the files of the folder that are none of them."""

    data: dict[str, TableData]
    not_read: list[str]

    def get(self, name: str) -> TableData | None:
        """A table, or None where no export holds it."""
        return self.data.get(name)


def read_tables(paths: Sequence[Path], config: Config) -> Tables:
    """Find and read every export. Raises InputsRefused with all faults of all files, and
    UsageError for a path that is not there."""
    faults: list[Fault] = []
    found, not_read = find_files(paths, config, faults)
    data: dict[str, TableData] = {}
    for name in TABLES:
        if name in found:
            table = _read_table(name, found[name], config, faults)
            if table is not None:
                data[name] = table
    if faults:
        raise InputsRefused(faults)
    return Tables(data, not_read)


def table_of_lines(name: str, files: Sequence[InputFile], mapped: Sequence[Mapped]) -> TableData:
    """One table from the mapped lines of its files."""
    table = TABLES[name]
    rows: list[dict[str, Any]] = []
    for i, each in enumerate(mapped):
        for line in each.lines:
            if "seconds" in table.columns:
                _settle_duration(line, needed=bool(table.one_of))
            rows.append(_row(i, line, table))
    columns = frozenset[str]().union(*(each.columns for each in mapped))
    names = ["file", "line", "disposition", "kind", "column", *_value_columns(table)]
    frame = pd.DataFrame({each: [row.get(each) for row in rows] for each in names}, dtype=object)
    return TableData(frame, columns, list(files))


def find_files(
    paths: Sequence[Path], config: Config, faults: list[Fault]
) -> tuple[Mapping[str, list[Path]], list[str]]:
    """Which file is which table, by the patterns of the configuration or the canonical names, and
    the files that are none. Raises UsageError for a path that is not there."""
    found: dict[str, list[Path]] = {}
    not_read: list[str] = []
    seen: list[str] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        tables = {each: _tables_of(each, config) for each in inside if each.is_file()}
        seen += [each.name for each in tables]
        for each, names in tables.items():
            if len(names) == 1:
                found.setdefault(names[0], []).append(each)
            elif names:
                faults.append(Fault(each.name, 0, "", _claimed(names)))
            elif path.is_file():
                faults.append(Fault(each.name, 0, "", _unknown_file()))
            elif each.suffix.lower() in EXPORTS and not each.name.startswith("."):
                not_read.append(each.name)
        if path.is_dir() and not any(tables.values()):
            faults.append(Fault(str(path), 0, "", _nothing_here(not_read)))
    if any(path.is_dir() for path in paths):
        faults += _not_there(seen, config)
    return found, not_read


def _not_there(seen: Sequence[str], config: Config) -> Iterator[Fault]:
    for name, mapping in config.tables.items():
        for pattern in mapping.files or ():
            if not any(fnmatch(each, pattern) for each in seen):
                yield Fault(
                    pattern,
                    0,
                    "",
                    f"there is no such file for {name}; export it, or correct `files:` under "
                    f"`tables: {name}:` in rtmaudit.yaml",
                )


def _claimed(names: Sequence[str]) -> str:
    return (
        f"is claimed by {' and '.join(names)}; let the patterns of `files:` in rtmaudit.yaml name "
        "it for one of them"
    )


def _unknown_file() -> str:
    return (
        "is none of the tables by its name; call it readings.csv, time_log.csv, calls.csv, "
        "patients.csv, visits.csv, claims.csv, coverage.csv, stays.csv, devices.csv or "
        "decisions.csv, or name it under `tables:` in rtmaudit.yaml"
    )


def _nothing_here(others: list[str]) -> str:
    seen = f"; it holds {len(others)} other exports" if others else ""
    return (
        f"holds no export that is known by its name{seen}; is it the right folder? Expected are "
        "readings.csv and time_log.csv, or an rtmaudit.yaml that names the files"
    )


def _tables_of(path: Path, config: Config) -> list[str]:
    return [name for name in TABLES if _is_named(path, name, config.table(name).files)]


def _is_named(path: Path, table: str, declared: Sequence[str] | None) -> bool:
    if declared is not None:
        return any(fnmatch(path.name, pattern) for pattern in declared)
    usual = (f"{table}{tail}{end}" for tail in ("", "_*", "-*") for end in (".csv", ".tsv"))
    return any(fnmatch(path.name.lower(), pattern) for pattern in usual)


def _read_table(
    name: str, paths: list[Path], config: Config, faults: list[Fault]
) -> TableData | None:
    mapping = config.table(name)
    files: list[InputFile] = []
    mapped: list[Mapped] = []
    before = len(faults)
    for path in paths:
        try:
            raw = read_file(path, mapping, _wanted(name, config))
        except InputsRefused as refused:
            faults += refused.faults
            continue
        if any(raw.sha256 == file.sha256 for file in files):
            faults.append(Fault(raw.name, 0, "", "is given twice; leave one of the two out"))
            continue
        each = map_file(raw, name, config)
        faults += each.faults
        records, ignored = len(raw.rows), tuple(each.ignored)
        files.append(InputFile(name, raw.name, raw.sha256, records, ignored, mapping.covers))
        mapped.append(each)
    return table_of_lines(name, files, mapped) if len(faults) == before else None


def _wanted(name: str, config: Config) -> Iterator[str]:
    yield from TABLES[name].columns
    for source in config.table(name).columns.values():
        yield from source.join if isinstance(source, Joined) else [source]


def _value_columns(table: Table) -> list[str]:
    extra = ["day", "second"] if table.stamp else []
    timed = ["least", "most"] if "seconds" in table.columns else []
    return [*(_stored(c) for c in table.columns if c != table.stamp), *extra, *timed]


def _stored(column: str) -> str:
    """The frame's own `file`, `line` and `kind` tell of the record, so a column of such a name is
    `kind_of`."""
    return f"{column}_of" if column in ("file", "line", "kind") else column


def _row(file: int, line: Line, table: Table) -> dict[str, Any]:
    row: dict[str, Any] = {_stored(column): value for column, value in line.values.items()}
    if table.stamp:
        stamp = row.pop(table.stamp, None)
        row["day"] = stamp.day if isinstance(stamp, Instant) else stamp
        row["second"] = stamp.second if isinstance(stamp, Instant) else None
    row |= {
        "file": file,
        "line": line.line,
        "disposition": line.disposition,
        "kind": line.kind,
        "column": line.column,
    }
    return row


def _settle_duration(line: Line, needed: bool) -> None:
    """`least` and `most` seconds of an entry; `most` is None where no bound is known."""
    values = line.values
    given = [values[c] for c in ("seconds", "minutes") if values.get(c) is not None]
    start, end = values.get("started_at"), values.get("ended_at")
    if start and end and start.second is not None and end.second is not None:
        given.append(_from_to(start, end, given))
    values["least"], values["most"] = 0, None
    if not given:
        if needed:
            _distrust(line, ProblemKind.EMPTY_CELL, "seconds")
    elif min(given) < 0 or max(given) > MOST_SECONDS:
        _distrust(line, ProblemKind.DURATION_RANGE, "ended_at")
    elif line.kind not in (ProblemKind.UNREADABLE_DURATION, ProblemKind.DURATION_RANGE):
        values["least"], values["most"] = min(given), min(given)
        if max(given) - min(given) > AGREE_WITHIN:
            values["least"], values["most"] = min(given), max(given)
            _distrust(line, ProblemKind.DURATION_CONFLICT, "seconds")


def _from_to(start: Instant, end: Instant, given: Sequence[int]) -> int:
    """Seconds from start to end. An end on the start's own date that lies before it is one after
    midnight, where another duration on the line says so and the entry is short (D10)."""
    seconds = (end.second or 0) - (start.second or 0)
    over = seconds + DAY
    if start.day == end.day and seconds < 0 and over < MOST_OVER_MIDNIGHT:
        return over if any(abs(over - each) <= AGREE_WITHIN for each in given) else seconds
    return seconds


def _distrust(line: Line, kind: ProblemKind, column: str) -> None:
    if line.disposition is Disposition.USED:
        line.disposition, line.kind, line.column = Disposition.QUARANTINED, kind, column
