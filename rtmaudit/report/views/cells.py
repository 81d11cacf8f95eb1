"""What stands in a table: cells, columns with their kinds, a view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

Cell = str | int | Decimal | None


class ColumnKind(Enum):
    """Text may come from an export and must be made harmless; the rest is ours. A day is written
    2026-03-20, a number is an int or an amount in dollars; either may be empty."""

    TEXT = "text"
    OURS = "ours"
    DAY = "day"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class View:
    """A table: column names with their kinds, and rows as they come."""

    name: str
    columns: Sequence[tuple[str, ColumnKind]]
    rows: Iterable[Sequence[Cell]]


_KINDS = {
    **dict.fromkeys(("patient_id", "payer", "biller", "place_of_service"), ColumnKind.TEXT),
    **dict.fromkeys(("conditions", "evidence", "staff"), ColumnKind.TEXT),
    **dict.fromkeys(("period_start", "period_end", "service_date"), ColumnKind.DAY),
    **dict.fromkeys(("reachable_by", "start_by", "by"), ColumnKind.DAY),
    **dict.fromkeys(("units", "have", "have_at_most", "want", "short_by"), ColumnKind.NUMBER),
    **dict.fromkeys(("amount", "amount_ready", "amount_at_stake", "adds"), ColumnKind.NUMBER),
}
"""Of the columns that are not simply ours."""


def with_kinds(columns: Iterable[str]) -> list[tuple[str, ColumnKind]]:
    """Columns of an audit with their kinds, which their names tell."""
    return [(name, _KINDS.get(name, ColumnKind.OURS)) for name in columns]


def day_of(day: date | None) -> str:
    """A day as it is written; empty where there is none."""
    return str(day) if day else ""


def joined(parts: Iterable[str]) -> str:
    """Parts of one cell."""
    return "; ".join(part for part in parts if part)
