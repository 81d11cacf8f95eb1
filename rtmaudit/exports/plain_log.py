"""Plain time logs, reduced while they are scanned.

A file is proven to be plain as one of readings is. What its words and durations say is asked of the
careful reader, each cell once; DuckDB adds up by the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from rtmaudit.config import Config, TableMap
from rtmaudit.exports.cells import Instant
from rtmaudit.exports.duck import count_bytes
from rtmaudit.exports.engines import Engine
from rtmaudit.exports.head import read_head
from rtmaudit.exports.ledger import Ledger, Other, Told
from rtmaudit.exports.made_plain import read_plainly
from rtmaudit.exports.mapping import Line, Mapped
from rtmaudit.exports.plain import (
    are_patients,
    lines_not_plain,
    map_again,
)
from rtmaudit.exports.plain_file import PlainFile, plain_file, plan_of
from rtmaudit.exports.plan import Plan
from rtmaudit.exports.scan import MOST_AGAIN, Bytes, NotPlain
from rtmaudit.exports.scan_log import KINDS, SAID, SPAN, Found, LogScan
from rtmaudit.exports.settled import settle
from rtmaudit.model import Disposition, Program
from rtmaudit.tables import TIME_LOG, numbers_of, words_of

MOST_WORDS = 50_000
"""Cells of a column that differ; a file with more of them is no plain one."""


@dataclass(slots=True)
class PlainLog:
    """A plain time log: its patients and programs, its lines that are not plain as the careful
    reader maps them, and the ledger that holds the others."""

    sha256: str
    records: int
    patients: set[str]
    mapped: Mapped
    programs: set[Program]
    ledger: Ledger
    scan: LogScan
    plan: Plan
    config: Config
    durations: Mapping[str, Mapping[str, int | None]]

    @property
    def number(self) -> int:
        """The number of the file in the ledger."""
        return self.scan.number

    def cells(self, told: Sequence[Told]) -> dict[str, list[Any]]:
        """Some sound lines as the careful reader maps them, a list for each column of a frame."""
        columns = map(list, zip(*told, strict=True)) if told else ([] for _ in Told._fields)
        of = dict(zip(Told._fields, columns, strict=True))
        first = self.scan.file.span.first
        dates = {n: first + timedelta(n) for n in set(of["day"])}
        lengths = [self.durations[each] for each in of["cell"]]
        words = {name: words_of(kind) for name, kind in KINDS.items()}
        return {
            "line": self.scan.lines_of(of["number"]),
            "patient_id": of["patient"],
            "staff_id": of["staff"],
            "entry_id": of["entry"],
            "activity": list(map(self._activity, of["activity"])),
            "created_at": self._times("created_at", of["created"]),
            "ended_at": self._times("ended_at", of["ended"]),
            "day": list(map(dates.__getitem__, of["day"])),
            "second": of["second"],
            **{name: list(map(said.__getitem__, of[name])) for name, said in words.items()},
            **{name: [each[name] for each in lengths] for name in DURATIONS},
        }

    def _times(self, column: str, texts: Sequence[str | None]) -> list[Any]:
        there = sorted({each for each in texts if each is not None})
        known = _said((column,), there, self.scan.file.delimiter, self.plan, self.config)
        return [None if each is None else known[each][column] for each in texts]

    def _activity(self, text: str | None) -> str | None:
        words, text = self.plan.mapping.words.get("activity", {}), (text or "").strip()
        return words.get(text, text) or None if text else None


DURATIONS = ("seconds", "minutes", "least", "most")


def read_plain_log(
    path: Path, mapping: TableMap, config: Config, ledger: Ledger, engine: Engine
) -> PlainLog | None:
    """A plain time log, of which the ledger takes the sound lines; None where there is any doubt
    that it is one. The engine only tells where it may be made plain."""
    if (head := read_head(path, mapping.encoding)) is None:
        return None
    plan = plan_of(path, head, TIME_LOG, mapping, config)
    if plan is None or not _is_usual(plan):
        return None
    if (file := plain_file(path, plan, ledger.span, LogScan.words)) is None:
        return None

    def read(file: PlainFile) -> PlainLog | None:
        with ledger.trying(file) as scan:
            with ThreadPoolExecutor(1) as beside:
                counting = beside.submit(count_bytes, file)
                found = scan.look()
                log = _prove(scan, found, counting.result(), ledger, plan, config)
            file.check()
            if log is None:
                raise NotPlain
            return log

    return read_plainly(file, head, mapping.encoding, engine, read)


@contextmanager
def reckoned(
    logs: Collection[PlainLog], month: date, frame: pd.DataFrame, calls: pd.DataFrame | None
) -> Iterator[Ledger]:
    """The ledger of plain logs, with those lines set apart that a line of the frame or a call, or
    one of their own, may contend with. `month`: the first day of the audited one."""
    ledger = next(iter(logs)).ledger
    try:
        ledger.beside([*_lines_of(frame, ledger.span.first), *_calls_of(calls)])
        ledger.set_apart(month)
        yield ledger
    finally:
        ledger.close()


def _lines_of(frame: pd.DataFrame, first: date) -> Iterator[Other]:
    used, programs = frame[frame["disposition"] == Disposition.USED], numbers_of(Program)
    columns = ("patient_id", "program", "staff_id", "second", "least", "most", "day", "entry_id")
    for patient, program, staff, second, least, most, day, entry in zip(
        *(used[column].tolist() for column in columns), strict=True
    ):
        given = (programs[program], staff, second)
        yield Other(patient, *given, max(least, most or 0), (day - first).days, entry)


def _calls_of(calls: pd.DataFrame | None) -> Iterator[Other]:
    if calls is not None:
        for patient, second in zip(calls["patient_id"], calls["second"], strict=True):
            if patient is not None and second is not None:
                yield Other(patient, None, None, second, 0, 0, None, call=True)


def _is_usual(plan: Plan) -> bool:
    """Whether a line is told by its own cells, and no second one is held against the first."""
    duration = {"seconds", "minutes", "ended_at"} & plan.columns.keys()
    rounded = "rounded_hours" in plan.mapping.units.values()
    return bool(duration) and not rounded and "entry_id" not in plan.mapping.words


def _prove(
    scan: LogScan, found: Found, counted: Bytes, ledger: Ledger, plan: Plan, config: Config
) -> PlainLog | None:
    many = max(map(len, found.cells)) > MOST_WORDS
    if many or not found.times or found.scientific or not scan.adds_up(counted):
        return None
    if not are_patients(found.patients):
        return None
    programs, durations = _learn(scan, found, plan, config)
    left = scan.records - ledger.enter(scan) + len(scan.rejected)
    if left > MOST_AGAIN:
        return None
    mapped = Mapped(set(plan.columns) | set(plan.constants), ignored=plan.ignored())
    if left:
        lines = lines_not_plain(scan, counted.lines, plan, config)
        if lines is None:
            return None
        mapped.lines = lines
    records, patients = counted.lines - 1, set(found.patients)
    given = (mapped, programs, ledger, scan, plan, config, durations)
    return PlainLog(counted.sha256, records, patients, *given)


Durations = dict[str, Mapping[str, int | None]]


def _learn(
    scan: LogScan, found: Found, plan: Plan, config: Config
) -> tuple[set[Program], Durations]:
    """Teach the scan what the cells say; the programs among it, and what durations say."""
    said = [
        _said(columns, sorted(cells), scan.file.delimiter, plan, config)
        for columns, cells in zip(SAID, found.cells, strict=True)
    ]
    *names, lengths = said
    told: list[dict[str, Any]] = [
        {cell: values.get(columns[0]) for cell, values in each.items()}
        for columns, each in zip(SAID, names, strict=False)
    ]
    programs: set[Program] = set(told[0].values())
    for n, kind in enumerate(KINDS.values()):
        told[n] = {cell: numbers_of(kind)[value] for cell, value in told[n].items()}
    told.append({cell: values["least"] for cell, values in lengths.items()})
    scan.know(told)
    durations: Durations = {
        cell: {name: values.get(name) for name in DURATIONS} for cell, values in lengths.items()
    }
    return programs, durations


def _said(
    columns: Sequence[str], cells: Sequence[str], delimiter: str, plan: Plan, config: Config
) -> dict[str, dict[str, Any]]:
    """What cells say, read by the careful reader on a line that is sound in all else: the values of
    that line; none of those that say nothing or not exactly."""
    rows = []
    for cell in cells:
        row = list(plan.raw.rows[0])
        for column, text in zip(columns, cell.split(delimiter), strict=True):
            if column in plan.columns:
                row[plan.places[column][0]] = text
        rows.append(row)
    lines = map_again(rows, list(range(2, len(rows) + 2)), plan, config).lines
    found = {}
    for cell, line in zip(cells, lines, strict=False):
        if SPAN in columns:
            _end(line, cell.rpartition(delimiter)[2])
            settle(line, plan.table)
        exact = SPAN not in columns or line.values["least"] == line.values["most"]
        if line.disposition is Disposition.USED and not line.kind and exact:
            found[cell] = line.values
    return found


def _end(line: Line, seconds: str) -> None:
    """Let a line end so many seconds after it began; where that is not told, it has no end."""
    if (start := line.values.get("started_at")) is not None:
        line.values["started_at"] = Instant(start.day, 0, aware=False)
        end = Instant(start.day, int(seconds), aware=False) if seconds else None
        line.values["ended_at"] = end
