"""Command line and rtmaudit.yaml -> one frozen order. The command line wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rtmaudit.errors import UsageError
from rtmaudit.shipped import shipped

if TYPE_CHECKING:
    from rtmaudit.config import Config
    from rtmaudit.pipeline import Order
    from rtmaudit.windows import Month

FAIL_ON = ("short", "blocked", "review", "unknown", "provisional")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line; None where it was silent."""

    paths: tuple[Path, ...]
    month: str | None = None
    as_of: str | None = None
    config: Path | None = None
    rules: Path | None = None
    timezone: str | None = None
    view: str | None = None
    format: str | None = None
    output: tuple[Path, ...] = ()
    everything: bool = False
    evidence: bool = False
    strict: bool = False
    quiet: bool = False
    verbose: bool = False
    fail_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the report goes and how loud the run is."""

    view: str
    format: str | None
    output: tuple[Path, ...]
    everything: bool
    quiet: bool
    verbose: bool
    fail_on: tuple[str, ...]
    inputs: tuple[Path, ...]


def settle(asked: Asked) -> tuple[Order, Delivery]:
    """The order and its delivery. Raises UsageError and ConfigurationError."""
    from rtmaudit.config import read_config
    from rtmaudit.pipeline import Order, as_of_day

    path = asked.config or _beside(asked.paths)
    config = _with_zone(read_config(path), asked.timezone)
    today = datetime.now(ZoneInfo(config.timezone) if config.timezone else UTC).date()
    month = _month(asked.month or config.month or "last", today)
    as_of = as_of_day(read_day(asked.as_of) or config.as_of, month, today)
    rules = asked.rules or (_relative(path, config.rules) if config.rules else shipped("rules"))
    order = Order(
        asked.paths,
        month,
        as_of,
        config,
        rules,
        asked.strict or config.strict,
        asked.evidence or config.evidence,
    )
    return order, _delivery(asked, config)


def _delivery(asked: Asked, config: Config) -> Delivery:
    from rtmaudit.formats import NAMES

    fail_on = asked.fail_on or tuple(config.fail_on or ())
    words = tuple(word.strip() for each in fail_on for word in each.split(","))
    if wrong := [word for word in words if word not in FAIL_ON]:
        raise UsageError(f"--fail-on takes {', '.join(FAIL_ON)}; not {wrong[0]}")
    chosen = asked.format or config.format
    if chosen is not None and chosen not in NAMES:
        raise UsageError(f"--format takes {', '.join(NAMES)}; not {chosen}")
    which = asked.view or config.view or "patients"
    if which not in ("patients", "codes", "billing"):
        raise UsageError(f"--view takes patients, codes or billing; not {which}")
    output = asked.output or tuple(Path(each) for each in config.output or ())
    inputs = tuple(
        each for path in asked.paths for each in (path.iterdir() if path.is_dir() else [path])
    )
    return Delivery(
        which,
        chosen,
        output,
        asked.everything or config.all,
        asked.quiet or config.quiet,
        asked.verbose or config.verbose,
        words,
        inputs,
    )


def _beside(paths: Sequence[Path]) -> Path | None:
    from rtmaudit.config import FILE_NAME

    for path in paths:
        folder = path if path.is_dir() else path.parent
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def _relative(config: Path | None, rules: str) -> Path:
    return (config.parent if config else Path()) / rules


def _with_zone(config: Config, zone: str | None) -> Config:
    from rtmaudit.config import known_zone

    if zone is None:
        return config
    try:
        return config.model_copy(update={"timezone": known_zone(zone)})
    except ValueError as error:
        raise UsageError(f"--timezone {error}") from None


def _month(text: str, today: date) -> Month:
    from rtmaudit.windows import Month

    if text in ("last", "this"):
        this = Month.of(today)
        return this if text == "this" else this.before
    try:
        return Month.parse(text)
    except ValueError:
        raise UsageError("--month takes a month like 2026-03, or last, or this") from None


def read_day(text: str | None) -> date | None:
    """A day written 2026-03-20, or None. Raises UsageError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else _bad_day()
    except ValueError:
        return _bad_day()


def _bad_day() -> date:
    raise UsageError("a day is written like 2026-03-20")
