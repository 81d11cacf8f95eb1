"""One vendor's layout: the columns by which it is known, its mapping, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from rtmaudit.config import Config, Joined, Nth, Source, Strict, TableMap, Texts, names_of
from rtmaudit.exports.grid import normal

Asks = Mapping[str, str]
"""A key of the configuration -> the question that it answers, with its reason."""


class Profile(Strict):
    """One layout. `header` names the columns by which it is known, `only` says that it has no
    others; `also` holds other names of a column, `if_there` columns that not every export has;
    `asks` holds, per key of the configuration, what only the practice can say, with the reason."""

    title: str
    table: str
    header: Annotated[list[str], Field(min_length=2)]
    only: bool = False
    also: dict[str, Texts] = Field(default_factory=dict)
    if_there: dict[str, Source] = Field(default_factory=dict)
    mapping: TableMap
    asks: dict[str, str] = Field(default_factory=dict)
    name: str = ""

    def fits(self, row: list[str]) -> bool:
        """Whether a record names all columns of the layout."""
        names = {normal(cell) for cell in row}
        wanted = {normal(self._called(each, names)) for each in self.header}
        return wanted <= names and (not self.only or names - {""} <= wanted)

    def written(self, row: list[str]) -> Profile:
        """This layout as one header writes it: of several names of a column the one that is there;
        what the header answers by a column of ours is not asked."""
        names = {normal(cell) for cell in row}
        columns = {c: self._there(source, names) for c, source in self.mapping.columns.items()}
        for column, source in self.if_there.items():
            there = self._there(source, names)
            if {normal(name) for name in names_of(there)} <= names:
                columns[column] = there
        changed: dict[str, object] = {"columns": columns}
        for part in ("keep", "drop"):
            words = getattr(self.mapping, part)
            changed[part] = {self._called(name, names): each for name, each in words.items()}
        said = {normal(column) for column in columns} | names
        asks = {key: each for key, each in self.asks.items() if not _said(key, said)}
        return self.model_copy(
            update={"mapping": self.mapping.model_copy(update=changed), "asks": asks}
        )

    def unanswered(self, mapping: TableMap, config: Config) -> Iterator[str]:
        """A sentence for each question that neither the mapping nor the configuration answers."""
        for key, question in self.asks.items():
            if not _answered(key, mapping, config):
                yield f"is known as {self.title}. {question} Add `{_line(key)}` to rtmaudit.yaml"

    def _there(self, source: Source, names: set[str]) -> Source:
        if isinstance(source, Joined):
            called = [self._called(name, names) for name in source.join]
            return source.model_copy(update={"join": called})
        if isinstance(source, Nth):
            return source.model_copy(update={"column": self._called(source.column, names)})
        return self._called(source, names)

    def _called(self, name: str, names: set[str]) -> str:
        """What a column is called where these names stand."""
        others = (name, *self.also.get(name, ()))
        return next((each for each in others if normal(each) in names), name)


_HOW = ("formats", "units", "words")
"""Parts of a mapping that say how a column is written, not where it is."""


def _said(key: str, columns: set[str]) -> bool:
    """Whether a question is about a column that is there, and not about how it is written."""
    *_, part, name = ("", *key.split("."))
    return part not in _HOW and normal(name) in columns


def _answered(key: str, mapping: TableMap, config: Config) -> bool:
    *_, part, name = ("", *key.split("."))
    if name == "timezone":
        return bool(mapping.zone or config.timezone)
    parts = (part,) if part in _HOW else ("columns", "constants")
    said = any(getattr(mapping, each).get(name) for each in parts)
    return said or (part not in _HOW and getattr(config.defaults, name, None) is not None)


def _line(key: str) -> str:
    """The line of configuration with which a question is answered."""
    if key == "timezone":
        return "timezone: America/New_York"
    *path, last = key.split(".")
    line = f"{last}: ..."
    for each in reversed(path):
        line = f"{each}: {{{line}}}"
    return line
