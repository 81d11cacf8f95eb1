"""A vendor's columns, formats, zone and words -> the canonical columns of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rtmaudit.config import Config, Joined, TableMap
from rtmaudit.errors import Fault
from rtmaudit.exports.cells import (
    BadCell,
    Instant,
    ZoneMissing,
    iso_like,
    later_fold,
    read_cents,
    read_date,
    read_instant,
    read_number,
    read_seconds,
    read_word,
)
from rtmaudit.exports.strict import RawFile
from rtmaudit.model import Disposition, Exclusion, ProblemKind
from rtmaudit.tables import TABLES, UNREADABLE, Column, Kind, Table

SUMMARY_WORDS = frozenset({"total", "totals", "subtotal", "grand total", "summary", "sum", "count"})
PROVEN_FORMATS = ("%m/%d/%Y", "%d/%m/%Y")


@dataclass(slots=True)
class Line:
    """One record: what was read of it, and what became of it."""

    line: int
    values: dict[str, Any]
    disposition: Disposition = Disposition.USED
    kind: str = ""
    column: str = ""


@dataclass(slots=True)
class Mapped:
    """One file in canonical columns."""

    columns: set[str]
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def map_file(raw: RawFile, name: str, config: Config) -> Mapped:
    """All records of one file. `faults` is filled where the file as a whole cannot be trusted."""
    mapping, table = config.table(name), TABLES[name]
    plan = _Plan(raw, name, table, mapping, config)
    faults = list(plan.check())
    if faults:
        return Mapped(set(), faults=faults)
    plan.passed_over = [plan.pass_over(row) for row in raw.rows]
    unread = plan.leave_unread()
    formats = {c: plan.format_of(c, faults) for c in plan.columns if plan.is_dated(c)}
    plan.formats = {c: f for c, f in formats.items() if f}
    mapped = Mapped(set(plan.columns) | set(plan.constants), faults=faults, ignored=plan.ignored())
    if not faults:
        mapped.lines = [plan.read(i) for i in range(len(raw.rows))]
        mapped.faults = list(plan.after(mapped.lines))
        for column in unread:
            _note(mapped.lines, column)
    return mapped


class _Plan:
    """Where each canonical column of one file comes from, and how its cells are read."""

    def __init__(
        self, raw: RawFile, name: str, table: Table, mapping: TableMap, config: Config
    ) -> None:
        self.raw, self.name, self.table, self.mapping = raw, name, table, mapping
        self.place = {column: i for i, column in enumerate(raw.header) if column}
        self.columns = {
            c: mapping.columns.get(c, c)
            for c in table.columns
            if c in mapping.columns or (c in self.place and c not in mapping.constants)
        }
        self.constants = dict(mapping.constants)
        for column in ("system", "program"):
            default = getattr(config.defaults, column)
            if column in table.columns and column not in self.columns and default:
                self.constants.setdefault(column, str(default))
        own = mapping.zone or config.timezone
        local = config.local_zone or own
        self.own_zone = ZoneInfo(own) if own else None
        self.zone = ZoneInfo(local) if own and local else None
        self.formats: dict[str, str] = dict(mapping.formats)
        self.readers: dict[str, Callable[[str], Any]] = {}
        self.aware: dict[str, int] = {}
        self.naive: dict[str, int] = {}
        self.no_zone: dict[str, int] = {}
        self.passed_over: list[Exclusion | ProblemKind | None] = []

    def fault(self, sentence: str, line: int = 0, place: str = "") -> Fault:
        return Fault(self.raw.name, line, place, sentence)

    def sources(self, column: str) -> list[str]:
        source = self.columns[column]
        return source.join if isinstance(source, Joined) else [source]

    def is_dated(self, column: str) -> bool:
        return self.table.columns[column].kind in (Kind.INSTANT, Kind.DATE)

    def ignored(self) -> list[str]:
        """Columns that nothing reads."""
        used = {s for c in self.columns for s in self.sources(c)}
        used |= {*self.mapping.keep, *self.mapping.drop}
        return [column for column in self.raw.header if column not in used]

    def check(self) -> Iterator[Fault]:
        """What is wrong with the columns before any line is read."""
        there = ", ".join(self.place) or "none"
        named = [(c, s) for c in self.columns for s in self.sources(c)]
        named += [(key, key) for key in (*self.mapping.keep, *self.mapping.drop)]
        for column, source in named:
            if source not in self.place:
                yield self.fault(
                    f"has no column {source}, which rtmaudit.yaml names for {column}; "
                    f"its columns are {there}"
                )
        for column, spec in self.table.columns.items():
            if spec.required and column not in self.columns and column not in self.constants:
                yield self.fault(self._missing(column, there))
        wanted = self.table.one_of
        if wanted and not any(column in self.columns for column in wanted):
            yield self.fault(
                f"has none of the columns {', '.join(wanted)}; its columns are {there}"
            )
        if not any(map(any, self.raw.rows)) and not self.table.may_be_empty:
            yield self.fault("has a header and no lines; export it again")

    def _missing(self, column: str, there: str) -> str:
        if column in ("system", "program"):
            return (
                f"does not say {column}; add `defaults: {{{column}: ...}}` to rtmaudit.yaml, or "
                f"map a column under `tables: {self.name}: columns:`; its columns are {there}"
            )
        return (
            f"has no column {column}; name the column that holds it in rtmaudit.yaml, as "
            f"`tables: {{{self.name}: {{columns: {{{column}: ...}}}}}}`; its columns are {there}"
        )

    def leave_unread(self) -> list[str]:
        """Takes out the columns that nothing is counted by and whose dates cannot be told: they are
        no reason to refuse a file."""
        aside = [c for c in self.columns if self.table.columns[c].aside]
        unread = []
        for column in aside:
            faults: list[Fault] = []
            self.format_of(column, faults)
            if faults:
                unread.append(column)
                del self.columns[column]
        return unread

    def format_of(self, column: str, faults: list[Fault]) -> str | None:
        """None for ISO 8601, else a strptime format: declared, or proven by the whole column."""
        if column in self.mapping.formats:
            return self.mapping.formats[column]
        rows = zip(self.raw.rows, self.passed_over, strict=True)
        cells = {self.cell(row, column) for row, why in rows if why is None} - {""}
        if not cells or any(iso_like(cell) for cell in cells):
            return None
        fitting = [p for p in PROVEN_FORMATS if all(_fits(cell, p) for cell in cells)]
        if len(fitting) == 1:
            return fitting[0]
        source = " and ".join(self.sources(column))
        add = f'`tables: {{{self.name}: {{formats: {{{column}: "%m/%d/%Y"}}}}}}`'
        what = (
            "could be month/day or day/month"
            if fitting
            else "is written neither as ISO 8601 nor as month/day/year throughout"
        )
        faults.append(
            self.fault(
                f"column {source} {what}; say which in rtmaudit.yaml, as {add}", place=column
            )
        )
        return None

    def cell(self, row: list[str], column: str) -> str:
        source = self.columns[column]
        if isinstance(source, Joined):
            parts = [row[self.place[name]].strip() for name in source.join]
            return source.with_.join(parts) if all(parts) else ""
        text = row[self.place[source]]
        return text if self.table.columns[column].kind is Kind.ID else text.strip()

    def pass_over(self, row: list[str]) -> Exclusion | ProblemKind | None:
        """Why the cells of a record are not read, or None."""
        if not any(cell.strip() for cell in row):
            return Exclusion.BLANK
        if [cell.strip() for cell in row] == self.raw.header:
            return Exclusion.REPEATED_HEADER
        if len(row) != len(self.raw.header):
            return ProblemKind.ROW_WIDTH
        if not self._kept(row):
            return Exclusion.NOT_KEPT
        if "patient_id" in self.columns and _sums_up(self.cell(row, "patient_id")):
            return Exclusion.SUMMARY_LINE
        return None

    def read(self, i: int) -> Line:
        row, line, why = self.raw.rows[i], Line(self.raw.lines[i], {}), self.passed_over[i]
        if isinstance(why, Exclusion):
            return _excluded(line, why)
        if why is not None:
            return _quarantined(line, why, "")
        for column, spec in self.table.columns.items():
            self._read_cell(line, row, column, spec)
        return line

    def _kept(self, row: list[str]) -> bool:
        return all(
            row[self.place[column]].strip() in values
            for column, values in self.mapping.keep.items()
        ) and not any(
            row[self.place[column]].strip() in values
            for column, values in self.mapping.drop.items()
        )

    def _read_cell(self, line: Line, row: list[str], column: str, spec: Column) -> None:
        text = self.cell(row, column) if column in self.columns else self.constants.get(column, "")
        try:
            line.values[column] = self._value(column, spec, text, line) if text else None
            if not text and spec.filled:
                raise BadCell(ProblemKind.EMPTY_CELL)
        except BadCell as bad:
            self._bad(line, column, spec, bad.kind)

    def _bad(self, line: Line, column: str, spec: Column, kind: ProblemKind) -> None:
        """A bad cell costs the line its trust, except on the roster: there a person must not vanish
        with one unreadable date, so that cell alone is in doubt; and where nothing is counted by
        it."""
        line.values[column] = None
        if spec.aside:
            pass
        elif self.name == "patients" and not spec.filled:
            line.values[column] = UNREADABLE
        elif line.disposition is not Disposition.USED:
            return
        else:
            _quarantined(line, kind, column)
            return
        line.kind, line.column = line.kind or kind, line.column or column

    def _value(self, column: str, spec: Column, text: str, line: Line) -> Any:
        if spec.kind is Kind.INSTANT:
            return self._instant(column, text, line)
        if column not in self.readers:
            self.readers[column] = self._reader(column, spec)
        return self.readers[column](text)

    def _reader(self, column: str, spec: Column) -> Callable[[str], Any]:
        words = self.mapping.words.get(column, {})
        if spec.kind is Kind.DATE:
            return lambda text: read_date(text, self.formats.get(column))
        if spec.kind is Kind.DURATION:
            return lambda text: read_seconds(text, self.mapping.units.get(column, column))
        if spec.kind is Kind.WORD and spec.words:
            return read_word(spec.words, words)
        if spec.kind is Kind.WORDS and spec.words:
            one = read_word(spec.words, words)
            return lambda text: tuple(one(part) for part in _parts(text))
        if spec.kind is Kind.CODES:
            return lambda text: tuple(part.replace(".", "").upper() for part in _parts(text))
        if spec.kind is Kind.NUMBER:
            return read_number
        if spec.kind is Kind.AMOUNT:
            return read_cents
        if spec.kind is Kind.ID:
            return _read_id
        return lambda text: words.get(text, text)

    def _instant(self, column: str, text: str, line: Line) -> Instant | None:
        zone, aside = self.own_zone, self.table.columns[column].aside
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
        start = line.values.get("started_at") if column == "ended_at" else None
        if zone and start and start.second and instant.second and instant.second < start.second:
            again = later_fold(text, zone, self.formats.get(column))
            instant = Instant(instant.day, again, instant.aware)
        if self.zone is not None and zone is not self.zone and instant.second is not None:
            moment = _local_day(instant.second, self.zone)
            return Instant(moment, instant.second, instant.aware)
        return instant

    def after(self, lines: list[Line]) -> Iterator[Fault]:
        """What only the whole column shows."""
        for column, line in self.no_zone.items():
            yield self.fault(
                "has times and no time zone is declared; add `timezone: America/New_York` (or "
                f"yours) to rtmaudit.yaml, or `zone:` under {self.name}, or give --timezone",
                line,
                column,
            )
        for column in self.aware.keys() & self.naive.keys():
            line = max(self.aware[column], self.naive[column])
            yield self.fault(
                "some times carry an offset and some do not; export them in one way", line, column
            )


def _note(lines: list[Line], column: str) -> None:
    """Tells of a column that was left unread at the first line that is used."""
    for line in lines:
        if line.disposition is Disposition.USED and not line.column:
            line.kind, line.column = ProblemKind.UNREADABLE_DATE, column
            return


def _fits(text: str, pattern: str) -> bool:
    try:
        read_date(text, pattern)
    except BadCell:
        return False
    return True


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _read_id(text: str) -> str:
    if not text.strip() or "\n" in text or "\r" in text or '"' in text or len(text) > 200:
        raise BadCell(ProblemKind.PATIENT_ID)
    return text


def _sums_up(text: str) -> bool:
    return text.strip(" :").lower() in SUMMARY_WORDS


def _local_day(second: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(second, zone).date()


def _excluded(line: Line, reason: Exclusion) -> Line:
    line.disposition, line.kind = Disposition.EXCLUDED, reason
    return line


def _quarantined(line: Line, kind: ProblemKind, column: str) -> Line:
    line.disposition, line.kind, line.column = Disposition.QUARANTINED, kind, column
    return line
