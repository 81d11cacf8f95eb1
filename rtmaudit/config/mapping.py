"""How one vendor's export of a canonical table is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from rtmaudit.config.grammar import Part, Plain, Strict, Texts, Zone, shape
from rtmaudit.tables import TABLES

DurationUnit = Literal["seconds", "minutes", "hours", "rounded_hours", "mm:ss", "hh:mm", "hh:mm:ss"]
"""How a duration is written. Rounded hours have two decimals: 0.33 is 20 minutes, or 19.5."""

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


def known_table(name: str) -> str:
    """The name of a canonical table. Raises ValueError."""
    if name not in TABLES:
        raise ValueError("is not a table; tables are " + ", ".join(TABLES))
    return name


def _source_shape(value: object) -> str:
    if isinstance(value, Nth) or (isinstance(value, dict) and "nth" in value):
        return "nth"
    return shape(value)


def _known_key(place: str) -> str:
    if place.partition(".")[0] not in TableMap.model_fields:
        raise ValueError("is no key of a table; a question is named by its answer, as drop.Status")
    return place


class Joined(Strict):
    """Two columns that together hold one value, such as a date and a time."""

    join: Annotated[list[str], Field(min_length=2)]
    with_: str = Field(default=" ", alias="with")


class Nth(Strict):
    """One of several columns of the same name, counted from the left."""

    column: str
    nth: Annotated[int, Field(ge=1, le=100)]


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


def _maps(value: object) -> object:
    return [value] if isinstance(value, dict) else [] if value is None else value


TableMaps = Annotated[list[TableMap], BeforeValidator(_maps)]
"""A mapping, or one for each vendor of the same table."""
