"""Where the columns of a plain file stand, and how its times are written, by its first lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rtmaudit.config import Config, TableMap
from rtmaudit.errors import InputsRefused
from rtmaudit.exports.clock import Clock, clock_of, seconds_between
from rtmaudit.exports.delimited import are_followed_by_a_blank, find_delimiter, first_rows
from rtmaudit.exports.dialect import Dialect, Stamp
from rtmaudit.exports.grid import Grid
from rtmaudit.exports.head import Head
from rtmaudit.exports.packed import refuse
from rtmaudit.exports.plan import Plan
from rtmaudit.exports.strict import raw_file
from rtmaudit.tables import TABLES, Kind, Span

_CHANGED = "changed while it was read; wait until its export is done, and begin again"


def when_written(path: Path) -> tuple[int, ...]:
    """What differs once a file is written again or replaced; nothing where it is gone."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_size, status.st_mtime_ns, status.st_ino


@dataclass(frozen=True, slots=True)
class PlainFile:
    """Where the columns of a file stand, if it is plain, and what its times are written like.
    `aside`: the clock of the column by which nothing is counted, and `ended` that of the end with
    the seconds from the start, if there are such. `made`: where it
    lies made plain, with its delimiter, if it is not so by itself; all else is of the export."""

    path: Path
    delimiter: str
    width: int
    places: Mapping[str, int]
    clock: Clock
    span: Span
    written: tuple[int, ...]
    aside: Clock | None = None
    ended: tuple[Clock, str] | None = None
    made: Path | None = None

    @property
    def lies(self) -> Path:
        """Where its plain lines are."""
        return self.made or self.path

    def check(self) -> None:
        """Raises InputsRefused if another file stands there than the one that was looked at."""
        if when_written(self.path) != self.written:
            raise refuse(self.path.name, 0, _CHANGED)

    def cell(self, column: str) -> str:
        """A canonical column in the statement."""
        return f"c{self.places[column]}" if column in self.places else "CAST(NULL AS STRING)"


def plan_of(path: Path, head: Head, table: str, mapping: TableMap, config: Config) -> Plan | None:
    """Where the columns of a file stand, if its first line names them and nothing else is asked."""
    asked = (mapping.skip_lines, mapping.sheet, mapping.keep, mapping.drop, mapping.empty)
    if any(asked) or mapping.formats or config.id_width:
        return None
    wanted = [*TABLES[table].columns, *(s for s in mapping.columns.values() if isinstance(s, str))]
    if not all(isinstance(source, str) for source in mapping.columns.values()):
        return None
    delimiter = mapping.delimiter or find_delimiter(head.text, wanted)
    rows = first_rows(head.text, delimiter)
    if are_followed_by_a_blank(rows):
        return None
    try:
        raw = raw_file(path.name, "", Grid(rows, list(range(1, len(rows) + 1))), wanted)
    except InputsRefused:
        return None
    plan = Plan(replace(raw, told=(delimiter,)), table, mapping, config)
    plain = raw.header_line == 1 and len(raw.rows) == len(rows) - 1 and not any(plan.check())
    return plan if plain else None


def plain_file(path: Path, plan: Plan, span: Span, words: Dialect) -> PlainFile | None:
    """A file by its first lines, if the first is whole and each column of times has a clock."""
    first, written = plan.raw.rows[0] if plan.raw.rows else [], when_written(path)
    stamp = plan.table.stamp or ""
    if len(first) != len(plan.names) or {"patient_id", stamp} - plan.columns.keys():
        return None
    places = {column: plan.places[column][0] for column in plan.columns}
    clocks = {
        column: _clock_of_column(plan, column, span, words)
        for column in places
        if plan.table.columns[column].kind is Kind.INSTANT
    }
    aside = next((column for column in clocks if plan.table.columns[column].aside), "")
    clock, end = clocks[stamp], clocks.get("ended_at")
    if clock is None or None in clocks.values():
        return None
    seconds = seconds_between(clock, end, plan.zone) if end else ""
    if seconds is None:
        return None
    given = (plan.raw.told[0], len(plan.names), places, clock, span, written)
    return PlainFile(path, *given, clocks.get(aside), (end, seconds) if end else None)


def _clock_of_column(plan: Plan, column: str, span: Span, words: Dialect) -> Clock | None:
    """The clock of a column by its first cell that is filled; None where it is not plain."""
    at = plan.places[column][0]
    first = next((row[at] for row in plan.raw.rows if row[at:] and row[at]), "")
    clock = clock_of(first, f"c{at}", plan.zone, span.first, words)
    if clock is not None and plan.own_zone != plan.zone and clock.stamp is not Stamp.ZONED:
        return None
    return clock
