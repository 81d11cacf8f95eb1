"""Command line and rtmaudit.yaml -> one frozen order. The command line wins."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rtmaudit.errors import UsageError
from rtmaudit.shipped import shipped

if TYPE_CHECKING:
    from rtmaudit.config import Config
    from rtmaudit.pipeline import Order
    from rtmaudit.windows import Month

VIEWS = ("patients", "codes", "billing")
WORKLISTS = ("worklist", "worklist-practitioner", "worklist-staff")
ENGINES = ("duckdb", "spark")
FAIL_ON = ("short", "blocked", "review", "unknown", "provisional")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line; None where it was silent. `usual_month` is the verb's, where
    nothing names one."""

    paths: tuple[Path, ...]
    month: str | None = None
    as_of: str | None = None
    config: Path | None = None
    rules: Path | None = None
    overlays: Path | None = None
    payer: str | None = None
    timezone: str | None = None
    view: str | None = None
    format: str | None = None
    output: tuple[Path, ...] = ()
    problems: Path | None = None
    everything: bool = False
    evidence: bool = False
    strict: bool = False
    quiet: bool = False
    verbose: bool = False
    fail_on: tuple[str, ...] = ()
    no_color: bool = False
    fees: bool = False
    engine: str | None = None
    usual_month: str = "last"

    def __post_init__(self) -> None:
        """A path may be written as a URI. Raises UsageError for one of another machine."""
        object.__setattr__(self, "paths", tuple(map(_on_this_machine, self.paths)))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the report goes and how loud the run is."""

    view: str
    format: str | None
    output: tuple[Path, ...]
    problems: Path | None
    everything: bool
    quiet: bool
    verbose: bool
    fail_on: tuple[str, ...]
    inputs: tuple[Path, ...]
    no_color: bool

    @property
    def lists_tasks(self) -> bool:
        """Whether a worklist is written."""
        from rtmaudit.formats import WITH_WORKLIST

        return self.view in WORKLISTS or bool(self._formats & WITH_WORKLIST)

    @property
    def shows_calendars(self) -> bool:
        """Whether each patient's days of device data are shown, or a worklist is made of them."""
        from rtmaudit.formats import WITH_CALENDARS

        return self.lists_tasks or bool(self._formats & WITH_CALENDARS)

    @property
    def _formats(self) -> set[str | None]:
        from rtmaudit.formats import format_of

        return {format_of(path, self.format) for path in self.output} or {self.format}


def settle(asked: Asked) -> tuple[Order, Delivery]:
    """The order and its delivery. Raises UsageError and ConfigurationError."""
    order, path = order_of(asked)
    delivery = _delivery(asked, order.config, path)
    calendars, staff = delivery.shows_calendars, delivery.lists_tasks
    return replace(order, calendars=calendars, staff=staff), delivery


def order_of(asked: Asked) -> tuple[Order, Path | None]:
    """The order, and the mapping file that was read. Raises UsageError and ConfigurationError."""
    from rtmaudit.config import read_config
    from rtmaudit.pipeline import Order, as_of_day

    path = asked.config or _beside(asked.paths)
    config = _with_zone(read_config(path), asked.timezone)
    today = read_day(asked.as_of) or config.as_of or _today(config.local_zone)
    month = _month(_first(asked.month, config.month, asked.usual_month), today)
    as_of = as_of_day(None, month, today)
    rules = asked.rules or (_relative(path, config.rules) if config.rules else shipped("rules"))
    order = Order(
        asked.paths,
        month,
        as_of,
        config,
        rules,
        asked.overlays or (_relative(path, config.overlays) if config.overlays else None),
        asked.payer or config.payer,
        asked.strict or config.strict,
        asked.evidence or config.evidence,
        left_out=bool(asked.problems or config.problems),
        fees=asked.fees or config.fees,
        beside=path.parent if path else Path(),
        engine=_engine(asked, config),
    )
    return order, path


def _engine(asked: Asked, config: Config) -> str:
    engine = _first(asked.engine, config.engine, ENGINES[0])
    if engine not in ENGINES:
        raise UsageError(f"--engine takes {' or '.join(ENGINES)}; not {engine}")
    return engine


def _delivery(asked: Asked, config: Config, path: Path | None) -> Delivery:
    from rtmaudit.formats import BINARY, NAMES

    fail_on = asked.fail_on or tuple(config.fail_on or ())
    words = tuple(word.strip() for each in fail_on for word in each.split(","))
    if wrong := [word for word in words if word not in FAIL_ON]:
        raise UsageError(f"--fail-on takes {', '.join(FAIL_ON)}; not {wrong[0]}")
    chosen = asked.format if asked.format is not None else config.format
    if chosen is not None and chosen not in NAMES:
        raise UsageError(f"--format takes {', '.join(NAMES)}; not {chosen}")
    output = asked.output or tuple(_relative(path, each) for each in config.output or ())
    if chosen in BINARY and not output and sys.stdout.isatty():
        raise UsageError(
            f"{chosen} is nothing for a terminal; write a file with `-o march.{chosen}`"
        )
    which = _first(asked.view, config.view, "patients")
    if which not in (*VIEWS, *WORKLISTS):
        raise UsageError(f"--view takes patients, codes or billing; not {which}")
    return Delivery(
        which,
        chosen,
        output,
        asked.problems or (_relative(path, config.problems) if config.problems else None),
        asked.everything or config.all,
        asked.quiet or config.quiet,
        asked.verbose or config.verbose,
        words,
        inputs_of(asked, config, path),
        asked.no_color or config.no_color,
    )


def inputs_of(asked: Asked, config: Config, path: Path | None) -> tuple[Path, ...]:
    """Every file that is read, so that none of them is written over."""
    from rtmaudit.exports import find_files

    exports = find_files(asked.paths, config).exports
    rates = [_relative(path, each) for each in config.rates.files]
    return (*([path] if path else []), *(export.path for export in exports), *rates)


def _first(*given: str | None) -> str:
    """The first that was given at all."""
    return next(each for each in given if each is not None)


def _on_this_machine(path: Path) -> Path:
    """A path, also where it is written as a URI; as a path it has lost one of its slashes."""
    scheme = re.match("([a-z][a-z0-9+.-]+):/+", str(path))
    if scheme is None or path.exists():
        return path
    if scheme[1] != "file":
        raise UsageError(
            f"{path}: is not on this machine; mount its file system, copy it here (as with `hdfs "
            "dfs -get`), or count the days there (docs/large-exports.md has the statement)"
        )
    return Path("/" + unquote(str(path)[scheme.end() :]))


def _beside(paths: Sequence[Path]) -> Path | None:
    """The mapping file in the folder of the exports."""
    from rtmaudit.config import FILE_NAME

    beside = [(path if path.is_dir() else path.parent) / FILE_NAME for path in paths]
    found = {path.resolve(): path for path in beside if path.is_file()}
    if len(found) > 1:
        raise UsageError(f"several folders hold an {FILE_NAME}; choose one with --config")
    return next(iter(found.values()), None)


def _relative(config: Path | None, written: str) -> Path:
    """A path written in the mapping file starts from where that lies."""
    return (config.parent if config else Path()) / written


def _today(zone: str | None) -> date:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(zone) if zone else UTC).date()


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
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or text != str(day):
        raise UsageError("a day is written like 2026-03-20")
    return day
