"""Columns that their table does not have, and words that their column does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rtmaudit.config.mapping import TableMap
from rtmaudit.errors import Fault, meant
from rtmaudit.strict_yaml import Document, Place
from rtmaudit.tables import TABLES, Column, Kind

if TYPE_CHECKING:
    from rtmaudit.config.practice import Config


def misfits(document: Document, config: Config) -> Iterator[Fault]:
    """Columns that their table does not have, and words that their column does not have."""
    for name, maps in config.tables.items():
        for i, mapping in enumerate(maps):
            yield from _misfits_of(document, name, mapping, place_of(document, name, i))


def place_of(document: Document | None, name: str, i: int) -> Place:
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
                told = f"is not a column of {name}; its columns are {columns}"
                yield Fault(*where, told + meant(column, known))
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
