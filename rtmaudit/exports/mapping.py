"""Each record of one file -> canonical values, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rtmaudit.config import Config, TableMap
from rtmaudit.errors import Fault
from rtmaudit.exports.cells import (
    ROUNDED_BY,
    BadCell,
    Instant,
    ZoneMissing,
    read_cents,
    read_code,
    read_condition,
    read_date,
    read_instant,
    read_month,
    read_name,
    read_number,
    read_seconds,
    read_word,
)
from rtmaudit.exports.formats import find_formats, leave_unread
from rtmaudit.exports.outside import Outside, find_outside, second_tables
from rtmaudit.exports.plan import Plan
from rtmaudit.exports.strict import RawFile
from rtmaudit.model import Disposition, Exclusion, ProblemKind
from rtmaudit.tables import UNREADABLE, Column, Kind

FEW_WORDS = 1_000
"""Cells of a column that are remembered: most columns have few that differ."""

MOST_OF_AN_ID = 200
"""Characters of an id."""


@dataclass(slots=True)
class Line:
    """One record: what was read of it, and what became of it. `off_by` are the seconds by which
    its duration was rounded."""

    line: int
    values: dict[str, Any]
    disposition: Disposition = Disposition.USED
    kind: str = ""
    column: str = ""
    off_by: int = 0


@dataclass(slots=True)
class Mapped:
    """One file in canonical columns."""

    columns: set[str]
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def map_file(raw: RawFile, name: str, mapping: TableMap, config: Config) -> Mapped:
    """All records of one file. `faults` is filled where the file as a whole cannot be trusted."""
    plan = Plan(raw, name, mapping, config)
    faults = list(plan.check())
    if faults:
        return Mapped(set(), faults=faults)
    outside = find_outside(plan)
    faults += second_tables(plan, outside)
    unread = leave_unread(plan, outside)
    formats = find_formats(plan, outside, faults)
    reader = _Reader(plan, formats)
    mapped = Mapped(set(plan.columns) | set(plan.constants), faults=faults, ignored=plan.ignored())
    mapped.told = [*raw.told, *_proven(plan, formats)]
    if not faults:
        mapped.lines = reader.read(outside)
        mapped.faults = list(reader.after())
        for column in unread:
            _note(mapped.lines, column)
    return mapped


def find_no_zone(raw: RawFile, name: str, mapping: TableMap, config: Config) -> list[Fault]:
    """The faults of columns whose times need a zone where none is declared, by some first records
    of a file; none where these leave open how a column is written."""
    plan, open_ones = Plan(raw, name, mapping, config), list[Fault]()
    if any(plan.check()):
        return []
    outside = find_outside(plan)
    leave_unread(plan, outside)
    formats = find_formats(plan, outside, open_ones)
    if open_ones or formats.keys() - mapping.formats.keys():
        return []
    reader = _Reader(plan, formats)
    reader.read(outside)
    return list(reader.without_zone())


def _proven(plan: Plan, formats: dict[str, str]) -> Iterator[str]:
    for column, pattern in formats.items():
        if column not in plan.mapping.formats:
            yield f"{plan.written(column)} is written {pattern}, as the whole column proves"


class _Reader:
    """Reads the cells of one file, and remembers what only the whole column shows."""

    def __init__(self, plan: Plan, formats: dict[str, str]) -> None:
        self.plan, self.formats = plan, formats
        self.said = [
            (column, spec)
            for column, spec in plan.table.columns.items()
            if column in plan.columns or column in plan.constants
        ]
        self.aware: dict[str, int] = {}
        self.naive: dict[str, int] = {}
        self.no_zone: dict[str, int] = {}

    def read(self, outside: Sequence[Outside]) -> list[Line]:
        """All records; `outside`: why the cells of some are not read."""
        raw = self.plan.raw
        lines = [Line(number, {}) for number in raw.lines]
        inside = []
        for row, line, why in zip(raw.rows, lines, outside, strict=True):
            if why is None:
                inside.append((row, line))
            elif isinstance(why, Exclusion):
                _excluded(line, why)
            else:
                line.values["patient_id"] = self.plan.patient(row) or None
                _quarantined(line, why, "")
        for column, spec in self.said:
            self._read_column(inside, column, spec)
        return lines

    def _read_column(
        self, records: Sequence[tuple[list[str], Line]], column: str, spec: Column
    ) -> None:
        """The cells of a column. What a text says is asked once, where the text alone says it."""
        cell, read = self._cell_of(column), self._reader_of(column, spec)
        known: dict[str, Any] = {} if spec.filled else {"": None}
        most = 0 if spec.kind is Kind.INSTANT else FEW_WORDS
        for row, line in records:
            text = cell(row)
            if text in known:
                line.values[column] = known[text]
                continue
            try:
                if not text and spec.filled:
                    raise BadCell(ProblemKind.EMPTY_CELL)
                value = line.values[column] = read(text, line)
            except BadCell as bad:
                self._bad(line, column, spec, bad.kind)
            else:
                if len(known) < most:
                    known[text] = value
        units = self.plan.mapping.units
        if spec.kind is Kind.DURATION and not ROUNDED_BY.keys().isdisjoint(units.values()):
            for row, line in records:
                line.off_by = ROUNDED_BY.get(units.get(column, ""), 0) if cell(row) else line.off_by

    def _cell_of(self, column: str) -> Callable[[Sequence[str]], str]:
        text = self.plan.constants.get(column, "")
        return self.plan.cells[column] if column in self.plan.columns else lambda _: text

    def _bad(self, line: Line, column: str, spec: Column, kind: ProblemKind) -> None:
        """A bad cell costs the line its trust, except on the roster: there a person must not vanish
        with one unreadable date, so that cell alone is in doubt; and where nothing is counted by
        it."""
        line.values[column] = None
        if spec.aside:
            pass
        elif self.plan.name == "patients" and not spec.filled:
            line.values[column] = UNREADABLE
        elif line.disposition is not Disposition.USED:
            return
        else:
            _quarantined(line, kind, column)
            return
        line.kind, line.column = line.kind or kind, line.column or column

    def _reader_of(self, column: str, spec: Column) -> Callable[[str, Line], Any]:
        if spec.kind is Kind.INSTANT:
            return lambda text, line: self._instant(column, text, line)
        read = self._reader(column, spec)
        return lambda text, _: read(text)

    def _reader(self, column: str, spec: Column) -> Callable[[str], Any]:
        words = self.plan.mapping.words.get(column, {})
        if spec.kind is Kind.DATE:
            return lambda text: read_date(text, self.formats.get(column))
        if spec.kind is Kind.DURATION:
            unit = self.plan.mapping.units.get(column, column.partition("_")[0])
            return lambda text: read_seconds(text, unit, self.plan.table.longest)
        if spec.kind is Kind.WORD and spec.words:
            return read_word(spec.words, words)
        if spec.kind is Kind.WORDS and spec.words:
            one = read_word(spec.words, words)
            return lambda text: tuple(one(part) for part in _parts(text))
        if spec.kind is Kind.CODES:
            return lambda text: tuple(map(read_condition, _parts(text)))
        if spec.kind is Kind.NUMBER:
            return lambda text: read_number(words.get(text, text))
        if spec.kind is Kind.MONTH:
            return read_month
        if spec.kind is Kind.AMOUNT:
            return read_cents
        if spec.kind is Kind.NAME:
            return lambda text: read_name(words.get(text, text))
        if spec.kind is Kind.CODE:
            return lambda text: read_code(words.get(text, text))
        if spec.kind is Kind.ID:
            return read_id
        return lambda text: words.get(text, text)

    def _instant(self, column: str, text: str, line: Line) -> Instant | None:
        zone, local = self.plan.own_zone, self.plan.zone
        aside = self.plan.table.columns[column].aside
        try:
            instant = read_instant(text, zone, self.formats.get(column))
        except ZoneMissing:
            if aside:
                return Instant(read_date(text, self.formats.get(column)), None, None)
            self.no_zone.setdefault(column, line.line)
            return None
        if instant.aware is None:
            return instant
        if not aside:
            (self.aware if instant.aware else self.naive).setdefault(column, line.line)
        if local is not None and zone is not local and instant.second is not None:
            return replace(instant, day=_local_day(instant.second, local))
        return instant

    def without_zone(self) -> Iterator[Fault]:
        """The columns whose times need a zone, which is not declared."""
        for column, line in sorted(self.no_zone.items(), key=lambda each: each[1]):
            yield self.plan.fault(
                "has times and no time zone is declared; add `timezone: America/New_York` (or "
                f"yours) to rtmaudit.yaml, or `zone:` under {self.plan.name}, or give --timezone",
                line,
                column,
            )

    def after(self) -> Iterator[Fault]:
        """What only the whole column shows."""
        yield from self.without_zone()
        for column in self.aware.keys() & self.naive.keys():
            with_, without = self.aware[column], self.naive[column]
            yield self.plan.fault(
                f"times carry an offset (line {with_}) and do not (line {without}); export them in "
                "one way",
                max(with_, without),
                column,
            )


def _note(lines: list[Line], column: str) -> None:
    """Tells of a column that was left unread at the first line that is used."""
    for line in lines:
        if line.disposition is Disposition.USED and not line.column:
            line.kind, line.column = ProblemKind.UNREADABLE_DATE, column
            return


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def read_id(text: str) -> str:
    """An id as it stands. Raises BadCell."""
    if not text.strip() or '"' in text or len(text) > MOST_OF_AN_ID or "\n" in text or "\r" in text:
        raise BadCell(ProblemKind.PATIENT_ID)
    return text


def _local_day(second: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(second, zone).date()


def _excluded(line: Line, reason: Exclusion) -> Line:
    line.disposition, line.kind = Disposition.EXCLUDED, reason
    return line


def _quarantined(line: Line, kind: ProblemKind, column: str) -> Line:
    line.disposition, line.kind, line.column = Disposition.QUARANTINED, kind, column
    return line
