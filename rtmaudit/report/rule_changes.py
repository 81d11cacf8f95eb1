"""What changed in the rules between two days, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rtmaudit.report.rule_words import said_of
from rtmaudit.rulebook import Rulebook, dated_values
from rtmaudit.rulebook.dated import Entry
from rtmaudit.rulebook.resolve import in_force
from rtmaudit.windows import ONE_DAY

Dated = Mapping[date, Entry[Any]]


def changes(book: Rulebook, first: date, last: date) -> Iterator[str]:
    """Every difference between two days, a line each: of the programs, of the pairs, of payers."""
    own = dict.fromkeys(_program_changes(book, first, last))
    yield from own
    for pair in book.concurrency.pairs:
        for side in ("same", "different"):
            if said := _change(getattr(pair, side), first, last, side):
                yield f"{' and '.join(pair.pair)}, {side} practitioner: {said}"
    for payer in sorted(book.overlays):
        theirs = _program_changes(book.under(payer), first, last)
        yield from (f"{payer}: {line}" for line in theirs if line not in own)


def last_change(dated: Dated, day: date, field: str) -> tuple[date, str] | None:
    """When a value last changed before a day, and how; None where it never did."""
    held = sorted(d for d, entry in dated.items() if d <= day and _is_value(entry))
    if len(held) < 2:
        return None
    said = _change(dated, held[-1] - ONE_DAY, held[-1], field)
    return (held[-1], said) if said else None


def _program_changes(book: Rulebook, first: date, last: date) -> Iterator[str]:
    for program, file in book.files.items():
        for dated in dated_values(file):
            if said := _change(dated.entries, first, last, dated.place[-1]):
                yield f"{program} {where(dated.place)}: {said}"


def where(place: tuple[str, ...]) -> str:
    """What a place in a program's file is about: `98975 days`."""
    if "adds_to" in place:
        return f"{place[1]} added to {place[-1]}"
    if place[0] == "codes":
        return " ".join((place[1], *(part for part in place[2:-1] if part not in _SILENT)))
    return " ".join(part for part in place if part not in _SILENT)


_SILENT = {"needs", "for", "on_file"}


def _change(dated: Dated, first: date, last: date, field: str) -> str:
    before, after = in_force(dated, first), in_force(dated, last)
    if before is after or (before and after and _means(before) == _means(after)):
        return ""
    return f"{_said(before, field)} -> {_said(after, field)}{_source(after)}"


def _means(entry: Entry[Any]) -> tuple[object, ...]:
    return entry.value, *((point, other.value) for point, other in entry.contested.items())


def _said(entry: Entry[Any] | None, field: str) -> str:
    if entry is None or entry.value is None:
        return "nothing"
    others = (
        f", or {said_of(field, other.value)} ({point})" for point, other in entry.contested.items()
    )
    return said_of(field, entry.value) + "".join(others)


def _source(entry: Entry[Any] | None) -> str:
    return f" [{entry.source}]" if entry else ""


def _is_value(entry: Entry[Any]) -> bool:
    return "value" in entry.model_fields_set
