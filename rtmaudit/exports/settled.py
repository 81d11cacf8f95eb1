"""What several cells of one line say together: how long an entry was, and from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtmaudit.exports.cells import Instant
from rtmaudit.exports.mapping import Line
from rtmaudit.model import Disposition, ProblemKind
from rtmaudit.tables import Table

AGREE_WITHIN = 60
"""Seconds by which two ways of giving one duration may differ (design/inputs)."""

DAY = 24 * 3600
MOST_OVER_MIDNIGHT = 4 * 3600


def settle_all(lines: Iterable[Line], table: Table) -> None:
    """Settle every line of a table, if it has columns to be held against each other."""
    if "seconds" in table.columns or any(first in table.columns for first, _ in _SPANS):
        for line in lines:
            settle(line, table)


def settle(line: Line, table: Table) -> None:
    """Hold the cells of a line against each other; where they do not agree it is not trusted."""
    if "seconds" in table.columns:
        _settle_duration(line, table)
    _settle_span(line)


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
