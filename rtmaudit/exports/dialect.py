"""The words in which DuckDB and Spark differ. All else of the statement that reduces readings is
common to both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum


class Stamp(Enum):
    """What a column of times holds: times with their offset, local times, or bare days."""

    ZONED = "zoned"
    LOCAL = "local"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`quoted`: a text as it stands in a statement; `micros`: a text as microseconds since 1970,
    null where it is none; `matches`: whether a text is of a pattern from end to end; `divided`: a
    whole number by another, towards zero; `listed`: a row for each of the patients that are handed
    over; `without`: all columns but these; `trusted`: whether a text of the usual length and look
    that the database takes for a time needs no pattern."""

    quoted: Callable[[str], str]
    micros: Mapping[Stamp, str]
    matches: str
    divided: str
    listed: str
    without: str
    trusted: bool


def _doubled(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _escaped(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


DUCKDB = Dialect(
    _doubled,
    {
        Stamp.ZONED: "epoch_us(try_cast({} AS TIMESTAMPTZ))",
        Stamp.LOCAL: "epoch_us(try_cast({} AS TIMESTAMP))",
        Stamp.DAY: "epoch_us(try_cast({} AS DATE))",
    },
    "regexp_full_match({}, '{}')",
    "({}) // {}",
    "SELECT unnest($patients)",
    "* EXCLUDE ({})",
    trusted=True,
)

SPARK = Dialect(
    _escaped,
    {
        # In UTC, to which the session is set, a time without an offset is one of UTC.
        Stamp.ZONED: "unix_micros(try_cast({} AS TIMESTAMP))",
        Stamp.LOCAL: "unix_micros(try_cast({} AS TIMESTAMP))",
        Stamp.DAY: "unix_micros(CAST(try_cast({} AS DATE) AS TIMESTAMP))",
    },
    # `$` would let a line end pass that is part of the cell.
    r"{} RLIKE '\\A(?:{})\\z'",
    "({}) div {}",
    "SELECT explode(:patients)",
    "* EXCEPT ({})",
    trusted=False,
)
