"""rtmaudit.yaml: how a practice's exports map onto the canonical tables, and its options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    model_validator,
)

from rtmaudit import strict_yaml
from rtmaudit.errors import ConfigurationError, Fault, FaultsError, meant
from rtmaudit.model import BillerType, Program, Role, System
from rtmaudit.strict_model import validate
from rtmaudit.strict_yaml import Document, Place
from rtmaudit.tables import TABLES, Column, Kind

FILE_NAME = "rtmaudit.yaml"

FILL_IN = "FILL_IN"
"""Stands in a proposal where only a person knows what belongs there; it is never taken."""

DurationUnit = Literal["seconds", "minutes", "hours", "rounded_hours", "mm:ss", "hh:mm", "hh:mm:ss"]
"""How a duration is written. Rounded hours have two decimals: 0.33 is 20 minutes, or 19.5."""
WindowMode = Literal["auto", "fixed_30", "calendar_month"]


class Strict(BaseModel):
    """Refuses unknown keys and every silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def known_zone(name: str) -> str:
    """An IANA zone name. Raises ValueError."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError("is not a time zone; write one like America/New_York") from None
    return name


EPOCHS = {"epoch": 1, "epoch_ms": 1000}
"""Formats that count from 1970 in UTC, and how many make a second."""

_DIRECTIVES = "YmdbBaAjHIpMSfz%"
_SAMPLE = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


def _safe_format(text: str) -> str:
    """A strptime format that means one day and one time, on every machine; or an epoch."""
    if text in EPOCHS:
        return text
    for used in re.findall("%(.?)", text):
        if used not in _DIRECTIVES or not used:
            allowed = " %".join(_DIRECTIVES[:-1])
            raise ValueError(f"uses %{used}; allowed are %{allowed}, with four digits for the year")
    if ("%p" in text) != ("%I" in text):
        raise ValueError("reads 2:30 PM as 02:30; use %I with %p, or %H alone")
    try:
        again = datetime.strptime(_SAMPLE.strftime(text), text)
    except (ValueError, re.error):
        raise ValueError("reads no date; write it like %Y-%m-%d or %m/%d/%Y %H:%M") from None
    if again.date() != _SAMPLE.date():
        raise ValueError("holds no year, month and day; write it like %Y-%m-%d or %m/%d/%Y %H:%M")
    return text


def _known_table(name: str) -> str:
    if name not in TABLES:
        raise ValueError("is not a table; tables are " + ", ".join(TABLES))
    return name


def _word(kind: Any) -> BeforeValidator:
    def convert(value: object) -> object:
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        raise ValueError("must be one of " + ", ".join(kind))

    return BeforeValidator(convert)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _shape(value: object) -> str:
    return "text" if isinstance(value, str) else "several"


def _source_shape(value: object) -> str:
    if isinstance(value, Nth) or (isinstance(value, dict) and "nth" in value):
        return "nth"
    return _shape(value)


def _nothing_yet(value: object) -> object:
    """A part whose lines are all commented out says nothing."""
    return {} if value is None else value


def _known_key(place: str) -> str:
    if place.partition(".")[0] not in TableMap.model_fields:
        raise ValueError("is no key of a table; a question is named by its answer, as drop.Status")
    return place


T = TypeVar("T")
Zone = Annotated[str, AfterValidator(known_zone)]
Part = Annotated[dict[str, T], BeforeValidator(_nothing_yet)]
Texts = Annotated[list[str], BeforeValidator(_listed)]


class Joined(Strict):
    """Two columns that together hold one value, such as a date and a time."""

    join: Annotated[list[str], Field(min_length=2)]
    with_: str = Field(default=" ", alias="with")


class Nth(Strict):
    """One of several columns of the same name, counted from the left."""

    column: str
    nth: Annotated[int, Field(ge=1, le=100)]


Plain = Annotated[str, Tag("text")]
Source = Annotated[
    Plain | Annotated[Joined, Tag("several")] | Annotated[Nth, Tag("nth")],
    Discriminator(_source_shape),
]
"""A column of the export, several joined, or one of several of the same name."""


def names_of(source: Source) -> list[str]:
    """The names of the columns that a source is made of."""
    if isinstance(source, Joined):
        return source.join
    return [source.column if isinstance(source, Nth) else source]


class Covers(Strict):
    """The days that an export covers, where the lines themselves do not tell."""

    from_: date = Field(alias="from")
    to: date


class TableMap(Strict):
    """One vendor's export of one canonical table. `profile` names a shipped layout that says all
    that is not said here; `empty` are the vendor's words for a cell without content; `asks` holds,
    per place in this mapping, a question that must be answered there before an audit."""

    files: Texts | None = None
    profile: str | None = None
    sheet: str | None = None
    encoding: Literal["utf-8", "utf-16", "cp1252"] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    skip_lines: Annotated[int, Field(ge=0, le=100)] = 0
    columns: Part[Source] = Field(default_factory=dict)
    constants: Part[str] = Field(default_factory=dict)
    formats: Part[Annotated[str, AfterValidator(_safe_format)]] = Field(default_factory=dict)
    units: Part[DurationUnit] = Field(default_factory=dict)
    zone: Zone | None = None
    words: Part[Part[str]] = Field(default_factory=dict)
    empty: Texts = Field(default_factory=list)
    keep: Part[Texts] = Field(default_factory=dict)
    drop: Part[Texts] = Field(default_factory=dict)
    covers: Covers | None = None
    asks: dict[Annotated[str, AfterValidator(_known_key)], str] = Field(default_factory=dict)

    def unanswered(self) -> Iterator[tuple[str, str]]:
        """Each place that is asked for and says nothing, with the question."""
        for place, question in self.asks.items():
            part, _, key = place.partition(".")
            said = getattr(self, part)
            if (said.get(key) if key and isinstance(said, dict) else said) in (None, {}):
                yield place, question

    def over(self, base: TableMap) -> TableMap:
        """This mapping laid over another: what it says counts, entry by entry."""
        said = {}
        for name in self.model_fields_set:
            mine = getattr(self, name)
            said[name] = {**getattr(base, name), **mine} if isinstance(mine, dict) else mine
        return base.model_copy(update=said)


class Defaults(Strict):
    """What holds wherever an export is silent. The practice says so; nothing is guessed."""

    role: Annotated[Role, _word(Role)] | None = None
    biller_type: Annotated[BillerType, _word(BillerType)] | None = None
    program: Annotated[Program, _word(Program)] | None = None
    system: Annotated[System, _word(System)] | None = None


def _maps(value: object) -> object:
    return [value] if isinstance(value, dict) else [] if value is None else value


TableMaps = Annotated[list[TableMap], BeforeValidator(_maps)]
"""A mapping, or one for each vendor of the same table."""


class Taken(Strict):
    """A position with its date and source."""

    take: str
    since: date | None = None
    source: str | None = None


def _exact(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{1,2}(\.\d{1,4})?", value):
        return Decimal(value)
    return value


Index = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0)]


class Indices(Strict):
    """The geographic practice cost indices of a locality, each as text: "0.958"."""

    work: Index
    practice_expense: Index
    malpractice: Index


class Rates(Strict):
    """How amounts are estimated: by the practice's own fee schedule (a CSV file), else at what
    Medicare pays in the nation or in a locality: its indices, or its name in a file of CMS
    (`gpci`)."""

    schedule: str | None = None
    gpci: str | None = None
    locality: str | Indices | None = None
    qualifying_apm: bool = False

    @property
    def files(self) -> list[str]:
        """The files that are named."""
        return [each for each in (self.schedule, self.gpci) if each]

    @model_validator(mode="after")
    def _name_needs_file(self) -> Rates:
        if isinstance(self.locality, str) is not bool(self.gpci):
            raise ValueError("name the locality (as WI 00) and the gpci file of CMS, or neither")
        return self


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
        str, Annotated[Plain | Annotated[Taken, Tag("several")], Discriminator(_shape)]
    ] = Field(default_factory=dict)
    tables: Annotated[
        dict[Annotated[str, AfterValidator(_known_table)], TableMaps], BeforeValidator(_nothing_yet)
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
                at = _place(self._document, name, i)
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
        faults = list(_misfits(document, config))
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


def _misfits(document: Document, config: Config) -> Iterator[Fault]:
    """Columns that their table does not have, and words that their column does not have."""
    for name, maps in config.tables.items():
        for i, mapping in enumerate(maps):
            yield from _misfits_of(document, name, mapping, _place(document, name, i))


def _place(document: Document | None, name: str, i: int) -> Place:
    """Where a mapping stands: a table has one, or a list of them."""
    several = document is None or isinstance(document.value["tables"][name], list)
    return ("tables", name, i) if several else ("tables", name)


def _misfits_of(document: Document, name: str, mapping: TableMap, at: Place) -> Iterator[Fault]:
    known = TABLES[name].columns
    for part in ("columns", "constants", "formats", "units", "words"):
        for column, given in getattr(mapping, part).items():
            place = (*at, part, column)
            where = (document.file, document.line(place), ".".join(map(str, place)))
            if column not in known:
                columns = ", ".join(known)
                sentence = f"is not a column of {name}{meant(column, known)}; its columns are"
                yield Fault(*where, f"{sentence} {columns}")
            elif words := _strange(known[column], part, given, mapping.words.get(column, {})):
                yield Fault(*where, f"must be one of {words}")


def _strange(column: Column, part: str, given: Any, mapped: dict[str, str]) -> str:
    """The words of a column, if a constant or a vendor's word is turned into none of them."""
    meant: list[str] = []
    if part == "words":
        meant = list(given.values())
    elif part == "constants":
        parts = given.split(";") if column.kind is Kind.WORDS else [given]
        meant = [mapped.get(each.strip(), each.strip()) for each in parts]
    if column.words is None or {each.strip().lower() for each in meant} <= set(column.words):
        return ""
    return ", ".join(column.words)
