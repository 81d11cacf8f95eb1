"""Paths -> the canonical tables as frames, or every fault of every file at once.

A frame holds a row a record: `file` (an index into the table's files), `line`, `disposition`,
`kind`, `column`, and the canonical columns as values (None where a cell is empty). The stamp of a
table is also there as `day` (a local day) and `second` (UTC, None for a bare day).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rtmaudit.config import Config, Covers, TableMap, names_of
from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.exports.cells import Instant
from rtmaudit.exports.found import Export, Found, find_files
from rtmaudit.exports.mapping import Line, Mapped, map_file
from rtmaudit.exports.sound import unsound
from rtmaudit.exports.strict import read_file
from rtmaudit.model import Disposition, ProblemKind
from rtmaudit.tables import TABLES, Table

AGREE_WITHIN = 60
"""Seconds by which two ways of giving one duration may differ (design/inputs)."""

DAY = 24 * 3600
MOST_OVER_MIDNIGHT = 4 * 3600


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


def read_tables(
    paths: Sequence[Path],
    config: Config,
    say: Callable[[str], None] = lambda _: None,
    also: Callable[[Tables], Iterable[Fault]] = lambda _: (),
) -> Tables:
    """Find and read every export; `say` is told which. Raises InputsRefused with all faults of all
    files, those too that `also` finds in the tables that could be read, and UsageError for a path
    that is not there."""
    found = find_files(paths, config)
    found.faults += config.unanswered()
    data: dict[str, TableData] = {}
    for name in TABLES:
        mine = [export for export in found.exports if export.table == name]
        if mine and (table := _read_table(name, _said(mine, say), config, found)) is not None:
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
    sound = [frame["patient_id"][frame["kind"] != ProblemKind.ROW_WIDTH] for frame in frames]
    known = {patient for ids in sound for patient in ids}
    for frame in frames:
        broken = frame["kind"] == ProblemKind.ROW_WIDTH
        frame.loc[broken & ~frame["patient_id"].isin(known), "patient_id"] = None


def table_of_lines(name: str, files: Sequence[InputFile], mapped: Sequence[Mapped]) -> TableData:
    """One table from the mapped lines of its files."""
    table = TABLES[name]
    rows: list[dict[str, Any]] = []
    for i, each in enumerate(mapped):
        for line in each.lines:
            if "seconds" in table.columns:
                _settle_duration(line, table)
            _settle_span(line)
            rows.append(_row(i, line, table))
    columns = frozenset[str]().union(*(each.columns for each in mapped))
    names = ["file", "line", "disposition", "kind", "column", *_value_columns(table)]
    frame = pd.DataFrame({each: [row.get(each) for row in rows] for each in names}, dtype=object)
    return TableData(frame, columns, list(files))


def _said(exports: list[Export], say: Callable[[str], None]) -> Iterator[Export]:
    for export in exports:
        say(f"reading {export.path.name}")
        yield export


def _read_table(
    name: str, exports: Iterable[Export], config: Config, found: Found
) -> TableData | None:
    """One table from its files; what is wrong with them and what they hold besides is added to
    what was found."""
    files: list[InputFile] = []
    mapped: list[Mapped] = []
    faults = found.faults
    before = len(faults)
    for export in exports:
        try:
            raw = read_file(export.path, export.mapping, _wanted(name, export.mapping))
        except InputsRefused as refused:
            faults += refused.faults
            continue
        if any(raw.sha256 == file.sha256 and not export.mapping.sheet for file in files):
            faults.append(Fault(raw.name, 0, "", "is given twice; leave one of the two out"))
            continue
        each = map_file(raw, name, export.mapping, config)
        faults += each.faults
        files.append(
            InputFile(
                name,
                raw.name,
                raw.sha256,
                len(raw.rows),
                tuple(each.ignored),
                export.mapping.covers,
                export.layout,
                tuple(each.told),
            )
        )
        mapped.append(each)
        found.not_read += [f"{raw.name} (sheet {sheet})" for sheet in raw.other_sheets]
    if len(faults) > before:
        return None
    table = table_of_lines(name, files, mapped)
    faults += unsound(table)
    return table if len(faults) == before else None


def _wanted(name: str, mapping: TableMap) -> list[str]:
    return [*TABLES[name].columns, *(n for s in mapping.columns.values() for n in names_of(s))]


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


def _settle_duration(line: Line, table: Table) -> None:
    """`least` and `most` seconds of an entry; `most` is None where no bound is known."""
    values = line.values
    given = [values[c] for c in ("seconds", "minutes") if values.get(c) is not None]
    start, end = values.get("started_at"), values.get("ended_at")
    if start and end and start.second is not None and end.second is not None:
        spans = _from_to(start, end, given)
        given.append(next((each for each in spans if _agree(each, given)), spans[0]))
        if len(given) == 1 and len(spans) > 1:
            values["least"], values["most"] = spans[0], spans[-1]
            line.kind, line.column = (
                line.kind or ProblemKind.REPEATED_HOUR,
                line.column or "ended_at",
            )
            return
    values["least"], values["most"] = 0, None
    if not given:
        if "seconds" in table.one_of:
            _distrust(line, ProblemKind.EMPTY_CELL, "seconds")
    elif min(given) < 0 or max(given) > table.longest:
        _distrust(line, ProblemKind.DURATION_RANGE, "ended_at")
    elif line.kind not in (ProblemKind.UNREADABLE_DURATION, ProblemKind.DURATION_RANGE):
        values["least"] = max(0, min(given) - line.off_by)
        values["most"] = min(given) + line.off_by
        if max(given) - min(given) > AGREE_WITHIN:
            values["least"], values["most"] = min(given), max(given)
            _distrust(line, ProblemKind.DURATION_CONFLICT, "seconds")


_SPANS = (("from", "to"), ("period_start", "period_end"))
"""Columns that give a first and a last day."""


def _settle_span(line: Line) -> None:
    """Of a stretch that ends before it begins, neither end is known."""
    for first, last in _SPANS:
        start, end = line.values.get(first), line.values.get(last)
        if start is not None and end is not None and end < start:
            line.values[first] = line.values[last] = None
            _distrust(line, ProblemKind.ENDS_BEFORE_START, last)


def _from_to(start: Instant, end: Instant, given: Sequence[int]) -> list[int]:
    """Seconds from start to end, the fewest first; several where the clock shows the hour of either
    twice (D05). An end on the start's own date that lies before it is one after midnight, where
    another duration on the line says so and the entry is short (D10)."""
    seconds = (end.second or 0) - (start.second or 0)
    either = {seconds + e - s for e in {0, end.later} for s in {0, start.later}}
    if forward := sorted(each for each in either if each >= 0):
        return forward
    over = seconds + DAY
    midnight = start.day == end.day and over < MOST_OVER_MIDNIGHT and _agree(over, given)
    return [over if midnight else seconds]


def _agree(seconds: int, given: Sequence[int]) -> bool:
    """Whether another way of giving the duration says the same."""
    return any(abs(seconds - each) <= AGREE_WITHIN for each in given)


def _distrust(line: Line, kind: ProblemKind, column: str) -> None:
    if line.disposition is Disposition.USED:
        line.disposition, line.kind, line.column = Disposition.QUARANTINED, kind, column
