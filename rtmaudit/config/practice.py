"""The whole of rtmaudit.yaml: what a practice says of itself, its exports and its options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PrivateAttr, Tag

from rtmaudit import strict_yaml
from rtmaudit.config.grammar import Plain, Strict, Texts, Zone, nothing_yet, shape, word
from rtmaudit.config.mapping import TableMap, TableMaps, known_table
from rtmaudit.config.misfits import misfits, place_of
from rtmaudit.config.rates import Rates
from rtmaudit.errors import ConfigurationError, Fault, FaultsError
from rtmaudit.model import BillerType, Program, Role, System
from rtmaudit.strict_model import validate
from rtmaudit.strict_yaml import Document, Place

FILE_NAME = "rtmaudit.yaml"

FILL_IN = "FILL_IN"
"""Stands in a proposal where only a person knows what belongs there; it is never taken."""


WindowMode = Literal["auto", "fixed_30", "calendar_month"]


class Defaults(Strict):
    """What holds wherever an export is silent. The practice says so; nothing is guessed."""

    role: Annotated[Role, word(Role)] | None = None
    biller_type: Annotated[BillerType, word(BillerType)] | None = None
    program: Annotated[Program, word(Program)] | None = None
    system: Annotated[System, word(System)] | None = None


class Taken(Strict):
    """A position with its date and source."""

    take: str
    since: date | None = None
    source: str | None = None


class Config(Strict):
    """The whole of rtmaudit.yaml. Every command option may stand here too. `asks` holds, per file,
    the question which table it is."""

    timezone: Zone | None = None
    month: str | None = None
    as_of: date | None = None
    window_mode: WindowMode = "auto"
    calls_count_as_time: bool = False
    id_width: Annotated[int, Field(ge=1, le=40)] | None = None
    defaults: Defaults = Defaults()
    positions: dict[
        str, Annotated[Plain | Annotated[Taken, Tag("several")], Discriminator(shape)]
    ] = Field(default_factory=dict)
    tables: Annotated[
        dict[Annotated[str, AfterValidator(known_table)], TableMaps], BeforeValidator(nothing_yet)
    ] = Field(default_factory=dict)
    payers: dict[str, str] = Field(default_factory=dict)
    payer: str | None = None
    rules: str | None = None
    overlays: str | None = None
    view: Literal["patients", "codes", "billing"] | None = None
    format: Literal["table", "csv", "tsv", "json", "jsonl", "xlsx", "markdown", "html"] | None = (
        None
    )
    engine: Literal["duckdb", "spark"] | None = None
    output: Texts | None = None
    problems: str | None = None
    all: bool = False
    evidence: bool = False
    strict: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    fail_on: Texts | None = None
    fees: bool = False
    rates: Rates = Rates()
    asks: dict[str, str] = Field(default_factory=dict)

    _document: Document | None = PrivateAttr(default=None)

    def fault(self, place: Place, sentence: str) -> Fault:
        """Something wrong with what the file says, and where."""
        where = ".".join(str(part) for part in place)
        if self._document is None:
            return Fault(FILE_NAME, 0, where, sentence)
        return Fault(self._document.file, self._document.line(place), where, sentence)

    @property
    def local_zone(self) -> str | None:
        """The zone of a local day: the declared one, else the one that all tables declare."""
        zones = {each.zone for maps in self.tables.values() for each in maps if each.zone}
        return self.timezone or (zones.pop() if len(zones) == 1 else None)

    def unanswered(self) -> Iterator[Fault]:
        """Each question that must be answered before an audit, and where it stands."""
        patterns = [p for maps in self.tables.values() for each in maps for p in each.files or ()]
        for file, question in self.asks.items():
            if not any(fnmatch(file, pattern) for pattern in patterns):
                yield self.fault(("asks", file), question)
        for name, maps in self.tables.items():
            for i, mapping in enumerate(maps):
                at = place_of(self._document, name, i)
                for place, question in mapping.unanswered():
                    yield self.fault((*at, "asks", place), question)

    def maps(self, name: str) -> list[TableMap]:
        """The mappings of a table, one a vendor; an empty one where the file says nothing."""
        return self.tables.get(name) or [TableMap()]


def read_config(path: Path | None) -> Config:
    """Read rtmaudit.yaml, or the defaults without one. Raises ConfigurationError with every
    fault."""
    if path is None:
        return Config()
    try:
        document = strict_yaml.read(path)
    except FaultsError as error:
        raise ConfigurationError(error.faults) from None
    return config_of(document)


def config_of(document: Document) -> Config:
    """What a document configures. Raises ConfigurationError with every fault."""
    if blanks := list(_not_filled_in(document, document.value)):
        raise ConfigurationError(blanks)
    config, faults = validate(document, Config)
    if config is not None:
        faults = list(misfits(document, config))
    if config is None or faults:
        raise ConfigurationError(faults)
    config._document = document
    return config


def _not_filled_in(document: Document, value: Any, place: Place = ()) -> Iterator[Fault]:
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, each in inside:
        yield from _not_filled_in(document, each, (*place, key))
    if value == FILL_IN:
        where = ".".join(map(str, place))
        sentence = f"is still to be filled in; write what belongs there instead of {FILL_IN}"
        yield Fault(document.file, document.line(place), where, sentence)
