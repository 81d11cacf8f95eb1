"""What an audit is asked to do, and what the practice says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from rtmaudit.config import Config, Taken
from rtmaudit.errors import ConfigurationError
from rtmaudit.exports import Tables
from rtmaudit.facts import Coverage, Settings
from rtmaudit.facts.likeness import padded
from rtmaudit.rulebook import Position, Rulebook
from rtmaudit.tables import READINGS
from rtmaudit.windows import ONE_DAY, Month


@dataclass(frozen=True, slots=True)
class Order:
    """What an audit is asked to do.

    `left_out`: list the lines that are out of scope, too; `calendars`: tell each patient's days of
    device data; `staff`: tell who logged time; `only`: judge and tell of nobody else, and show all
    that stands behind their findings (all lines are counted all the same); `fees`: estimate what
    codes pay; `beside`: the folder from which paths in the configuration start; `engine`: what
    reduces plain readings.
    """

    paths: tuple[Path, ...]
    month: Month
    as_of: date
    config: Config
    rules: Path
    overlays: Path | None = None
    payer: str | None = None
    strict: bool = False
    evidence: bool = False
    left_out: bool = False
    calendars: bool = False
    staff: bool = False
    only: frozenset[str] | None = None
    fees: bool = False
    beside: Path = Path()
    engine: str = "duckdb"


def as_of_day(asked: date | None, month: Month, today: date) -> date:
    """The as-of day: at most the day after the month, so that a closed month is closed for good."""
    return min(asked or today, month.end + ONE_DAY)


def id_as_read(patient: str, config: Config) -> str:
    """An id that a person asks for, as it is read from the exports."""
    return patient if config.id_width is None else padded(patient, config.id_width)


def positions(config: Config, book: Rulebook) -> tuple[Position, ...]:
    """The practice's positions. Raises ConfigurationError for a point or a word that is unknown."""
    found, faults = [], []
    for point, given in config.positions.items():
        taken = given if isinstance(given, Taken) else Taken(take=given)
        try:
            contested = book.contested(point)
        except KeyError:
            known = ", ".join(book.points)
            sentence = f"is not a contested point; the points are {known}"
            faults.append(config.fault(("positions", point), sentence))
            continue
        if taken.take not in (contested.base, contested.other):
            sentence = f"take {contested.base} or {contested.other}"
            faults.append(config.fault(("positions", point), sentence))
        found.append(Position(point, taken.take == contested.other, taken.since))
    if faults:
        raise ConfigurationError(faults)
    return tuple(found)


def settings(order: Order, tables: Tables) -> Settings:
    """What counting needs to know of the order."""
    config = order.config
    readings = tables.get(READINGS)
    return Settings(
        order.month,
        order.as_of,
        ZoneInfo(config.local_zone) if config.local_zone else None,
        config.window_mode == "calendar_month",
        config.calls_count_as_time,
        config.defaults.role,
        config.defaults.biller_type,
        {
            file.name: Coverage(file.covers.from_, file.covers.to)
            for file in (readings.files if readings else [])
            if file.covers
        },
        config.id_width,
    )
