"""Plain time logs, reduced while they are scanned.

A file is proven to be plain as one of readings is. What its words and durations say is asked of the
careful reader, each cell once; DuckDB adds up by the answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from rtmaudit.config import Config, TableMap
from rtmaudit.exports import scan as scans
from rtmaudit.exports.duck import count_bytes
from rtmaudit.exports.ledger import Ledger, LogRow, Other
from rtmaudit.exports.mapping import Line, Mapped
from rtmaudit.exports.plain import (
    is_patient,
    lines_not_plain,
    map_again,
    plain_file,
    plan_of,
)
from rtmaudit.exports.plan import Plan
from rtmaudit.exports.scan import MOST_AGAIN, Bytes, NotPlain
from rtmaudit.exports.scan_log import SAID, WORDS, Found, LogScan
from rtmaudit.exports.settled import settle
from rtmaudit.model import Disposition, Program
from rtmaudit.tables import TABLES, TIME_LOG, LogGroup, Span

MOST_WORDS = 50_000
"""Cells of a column that differ; a file with more of them is no plain one."""

COLUMNS = tuple(TABLES[TIME_LOG].columns)


@dataclass(slots=True)
class PlainLog:
    """A plain time log: its patients and programs, its lines that are not plain as the careful
    reader maps them, and the way to the others."""

    sha256: str
    records: int
    patients: set[str]
    mapped: Mapped
    programs: set[Program]
    scan: LogScan
    plan: Plan
    config: Config

    def all_lines(self) -> list[Line]:
        """The sound lines, as the careful reader maps them."""
        with self.scan:
            self.scan.know(self.scan.said)
            return self.read(self.scan.sound_lines(None))

    def read(self, lines: Sequence[scans.Line]) -> list[Line]:
        """Some sound lines, as the careful reader maps them."""
        cells, numbers = [each.cells for each in lines], [each.line for each in lines]
        return map_again(cells, numbers, self.plan, self.config).lines

    def group(self, row: LogRow) -> LogGroup:
        """A group as counting gets it."""
        words = (row.program, row.role, row.contact)
        program, role, contact = (said[n] for said, n in zip(WORDS, words, strict=True))
        low, high, since, until = map(self._day, (row.low, row.high, row.since, row.until))
        assert low is not None and high is not None
        lines = (row.lines, row.elsewhere, row.ahead, low, high, bool(row.staffed))
        told = (row.short, row.long, row.seconds, row.times, since, until)
        return LogGroup(row.patient, program, role, contact, row.days or 0, *lines, *told)

    def _day(self, number: int | None) -> date | None:
        return None if number is None else self.scan.file.span.first + timedelta(number)


def read_plain_log(path: Path, mapping: TableMap, config: Config, span: Span) -> PlainLog | None:
    """A plain time log; None where there is any doubt that it is one."""
    plan = plan_of(path, TIME_LOG, COLUMNS, mapping, config)
    if plan is None or not _is_usual(plan):
        return None
    if (file := plain_file(path, plan, span, LogScan.words)) is None:
        return None
    with suppress(NotPlain), LogScan(file) as scan, ThreadPoolExecutor(1) as beside:
        counting = beside.submit(count_bytes, path, file.delimiter)
        found = scan.look()
        return _prove(scan, found, counting.result(), plan, config)
    return None


@contextmanager
def ledger_of(
    logs: Mapping[int, PlainLog], month: date, frame: pd.DataFrame, calls: pd.DataFrame | None
) -> Iterator[Ledger]:
    """All lines of plain logs, by the number of their file, with those set apart that a line of the
    frame or a call, or one of their own, may contend with. `month`: the first day of the audited
    one."""
    first = next(iter(logs.values())).scan.file.span.first
    with Ledger({n: log.scan for n, log in logs.items()}, (month - first).days) as ledger:
        ledger.beside([*_lines_of(frame, first), *_calls_of(calls)])
        ledger.set_apart()
        yield ledger


def _lines_of(frame: pd.DataFrame, first: date) -> Iterator[Other]:
    used = frame[frame["disposition"] == Disposition.USED]
    columns = ("patient_id", "program", "staff_id", "second", "least", "most", "day", "entry_id")
    for patient, program, staff, second, least, most, day, entry in zip(
        *(used[column].tolist() for column in columns), strict=True
    ):
        given = (WORDS[0].index(program), staff, second)
        yield Other(patient, *given, max(least, most or 0), (day - first).days, entry)


def _calls_of(calls: pd.DataFrame | None) -> Iterator[Other]:
    if calls is not None:
        for patient, second in zip(calls["patient_id"], calls["second"], strict=True):
            if patient is not None and second is not None:
                yield Other(patient, None, None, second, 0, 0, None, call=True)


def _is_usual(plan: Plan) -> bool:
    """Whether a line is told by its own cells, and no second one is held against the first."""
    duration = {"seconds", "minutes"} & plan.columns.keys()
    other = {"ended_at", "created_at"} & plan.columns.keys()
    rounded = "rounded_hours" in plan.mapping.units.values()
    return bool(duration) and not other and not rounded and "entry_id" not in plan.mapping.words


def _prove(
    scan: LogScan, found: Found, counted: Bytes, plan: Plan, config: Config
) -> PlainLog | None:
    many = max(map(len, found.cells)) > MOST_WORDS
    if many or not found.times or found.scientific or not scan.adds_up(counted):
        return None
    if not all(map(is_patient, found.patients)):
        return None
    programs = _learn(scan, found, plan, config)
    left = scan.number_not_sound() + len(scan.rejected)
    if left > MOST_AGAIN:
        return None
    mapped = Mapped(set(plan.columns) | set(plan.constants), ignored=plan.ignored())
    if left:
        lines = lines_not_plain(scan, counted.lines, plan, config)
        if lines is None:
            return None
        mapped.lines = lines
    records, patients = counted.lines - 1, set(found.patients)
    return PlainLog(counted.sha256, records, patients, mapped, programs, scan, plan, config)


def _learn(scan: LogScan, found: Found, plan: Plan, config: Config) -> set[Program]:
    """Teach the scan what the cells say; the programs among it."""
    said = [
        _said(columns, sorted(cells), scan.file.delimiter, plan, config)
        for columns, cells in zip(SAID, found.cells, strict=True)
    ]
    programs = set(said[0].values())
    for n, words in enumerate(WORDS):
        said[n] = {cell: words.index(value) for cell, value in said[n].items()}
    scan.know(said)
    return programs


def _said(
    columns: Sequence[str], cells: Sequence[str], delimiter: str, plan: Plan, config: Config
) -> dict[str, Any]:
    """What cells say, read by the careful reader on a line that is sound in all else: a word, a
    name, or the seconds of a duration; none of those that say nothing or not exactly."""
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
        if "seconds" in columns:
            settle(line, plan.table)
            line.values["seconds"] = line.values["least"]
        exact = "seconds" not in columns or line.values["least"] == line.values["most"]
        if line.disposition is Disposition.USED and not line.kind and exact:
            found[cell] = line.values.get(columns[0])
    return found
