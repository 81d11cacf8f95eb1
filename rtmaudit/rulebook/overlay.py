"""A payer's overlay laid over a program's file: the file as that payer reads it.

An overlay may only change what exists, so a misspelt key is a fault and not a new rule. Its dated
value speaks from its date on; `value: null` gives the word back to the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtmaudit.model import Program
from rtmaudit.rulebook.schema import OverlayFile, ProgramFile
from rtmaudit.strict_yaml import Place

Tree = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Announced:
    """A value that a payer has announced and that is not in force."""

    program: Program
    place: tuple[str, ...]
    since: date
    value: Any
    source: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """A payer's rules: the program files as it reads them, and what it has announced."""

    file: OverlayFile
    programs: Mapping[Program, ProgramFile]
    announced: tuple[Announced, ...] = ()

    @property
    def names(self) -> set[str]:
        """What the payer is called, in small letters."""
        return {each.strip().lower() for each in (self.file.payer, *self.file.names)}


@dataclass(slots=True)
class Laid:
    """The outcome of laying one part over another: the merged tree; the base with what the part
    says in the place of its own words, to check those; and what was wrong."""

    tree: Any = None
    said: Any = None
    wrongs: list[tuple[Place, str]] = field(default_factory=list)
    changes: int = 0


def lay_over(base: Tree, part: Tree) -> Laid:
    """The base with a part of it changed. Nothing of either is modified."""
    laid = Laid()
    laid.tree, laid.said = _lay(base, part, (), laid)
    if not laid.wrongs and not laid.changes:
        laid.wrongs.append(((), "changes nothing; name a value and what it is from which day on"))
    return laid


def announcements(program: Program, part: Any, place: tuple[str, ...] = ()) -> Iterator[Announced]:
    """Every announced value of an overlay's part."""
    if not isinstance(part, dict):
        return
    for key, inner in part.items():
        if isinstance(key, date) and isinstance(inner, dict) and "expected" in inner:
            given = (inner["expected"], str(inner.get("source", "")), inner.get("note"))
            yield Announced(program, place, key, *given)
        else:
            yield from announcements(program, inner, (*place, str(key)))


def _lay(base: Any, part: Any, place: Place, laid: Laid) -> tuple[Any, Any]:
    if not isinstance(base, dict) or not isinstance(part, dict):
        laid.wrongs.append((place, "is not dated; an overlay may change dated values alone"))
        return base, base
    if _is_dated(base):
        return _timeline(base, part, place, laid), part
    merged, said = dict(base), dict(base)
    for key, inner in part.items():
        if key == "note" and isinstance(inner, str):
            merged[key] = said[key] = inner
        elif key not in base:
            sentence = f"overrides nothing: the base has {', '.join(map(str, base))} here"
            laid.wrongs.append(((*place, key), sentence))
        else:
            merged[key], said[key] = _lay(base[key], inner, (*place, key), laid)
    return merged, said


def _is_dated(tree: Tree) -> bool:
    return bool(tree) and all(isinstance(key, date) for key in tree)


def _timeline(base: Tree, part: Tree, place: Place, laid: Laid) -> Tree:
    """The entries of both in one row: the overlay's from its dates on, and the base's before and
    wherever the overlay gives the word back. What either announces stays."""
    if not _is_dated(part) or not all(isinstance(entry, dict) for entry in part.values()):
        laid.wrongs.append((place, "takes dates, and under each a value with its source"))
        return base
    laid.changes += len(part)
    merged: dict[date, Any] = {}
    speaks = False
    for day in sorted({*base, *part}):
        own = part.get(day)
        if own is not None and "expected" not in own:
            speaks = own.get("value") is not None
            entry = own if speaks else _at(base, day)
        elif day in base and (not speaks or "expected" in base[day]):
            entry = base[day]
        else:
            continue
        if entry is not None:
            merged[day] = entry
    return merged


def _at(entries: Tree, day: date) -> Any:
    days = [each for each in entries if each <= day and "expected" not in entries[each]]
    return entries[max(days)] if days else None
