"""A rule as of a day, in words that a biller reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rtmaudit.model import BillerType, Clock, Role
from rtmaudit.report.words import name
from rtmaudit.rulebook import Rulebook, dated_values
from rtmaudit.rulebook.dated import Entry
from rtmaudit.rulebook.resolve import in_force
from rtmaudit.rulebook.schema import CodeRule, ProgramFile

CLOCKS = {
    Clock.CALENDAR_MONTH: "once a calendar month",
    Clock.SUPPLY_PERIOD: "once a 30-day period, counted from the start of the episode",
    Clock.EPISODE: "once an episode of care",
    Clock.DISCHARGE: "once in the 30 days that begin with a discharge",
}
ANCHORS = {"window_end": "the last day of the window", "window_start": "its first day"}
WORDS = {
    "at_least": "at least {}",
    "is": "{}",
    "on_or_before": "on or before {}",
    "covers": "covering {}",
    "by": "counted is the time of {}",
    "visit_codes": "no time counts on the day of a visit coded {}",
    "billers": "asked of {} only",
    "each": "a unit for each full {} minutes",
    "first": "the first unit takes {} minutes",
    "at_most": "at most {}",
    "any_of": "any code that begins with {}",
    "not_during": "no time counts on the days of a stay ({})",
    "sources": "come about by {}",
}


def describe(book: Rulebook, code: str, day: date) -> Iterator[str]:
    """The rule of a code as of a day, a line at a time."""
    program = book.program_of(code)
    if program is None:
        raise KeyError(code)
    file = book.files[program]
    rule = file.codes[code]
    yield f"{code}  {rule.title}"
    yield f"{file.title}; {CLOCKS[rule.window]}; as of {day}"
    standing = in_force(rule.in_force, day)
    if standing is None or not standing.value:
        begins = min((d for d, e in rule.in_force.items() if d > day and e.value), default=None)
        yield "Not in force on this day" + (f"; in force from {begins}" if begins else "")
        yield from _announced(rule, day)
        return
    yield ""
    yield from _blocks(file, code, rule, day)
    yield from _ladder(file, code, day)
    if rule.note:
        yield f"Note: {rule.note}"
    yield ""
    yield from _contested(file, code, day)
    yield from _announced(rule, day)
    yield from _sources(book, file, code, day)


def _blocks(file: ProgramFile, code: str, rule: CodeRule, day: date) -> Iterator[str]:
    for base, used in (rule.adds_to or {}).items():
        entry = in_force(used, day)
        if entry and entry.value is not None:
            after = f", beyond its first {entry.value} minutes" if rule.units else ""
            yield f"Added to {base}{after}"
    if rule.units:
        yield "Units:"
        yield from _conditions("minutes", rule.units, day)
    for title, block in (
        ("About this patient", {**file.every.for_, **rule.for_}),
        ("Work that must be done", rule.needs),
        ("Papers on file", {**file.every.on_file, **rule.on_file}),
    ):
        lines = [
            line for key, each in block.items() if each for line in _conditions(key, each, day)
        ]
        if lines:
            yield f"{title}:"
            yield from lines


def _conditions(key: str, asked: Any, day: date) -> Iterator[str]:
    """One requirement: what is asked, then since when, by which source, with its notes."""
    fields = [(info.alias or field, getattr(asked, field)) for field, info in _fields(asked)]
    dated = [(field, value) for field, value in reversed(fields) if isinstance(value, dict)]
    standing = [(field, value, in_force(value, day)) for field, value in dated]
    said = [
        WORDS[field].format(_value(entry.value))
        for field, _, entry in standing
        if entry and entry.value is not None
    ]
    system = getattr(asked, "system", None)
    of = f" ({_value(system)})" if system else ""
    yield f"  {name(key)}{of}: " + "; ".join(said)
    notes = [
        f"    since {max(d for d in value if d <= day)}, {entry.source}{_note(entry)}"
        for _, value, entry in standing
        if entry
    ]
    yield from dict.fromkeys(notes)


def _fields(asked: Any) -> list[tuple[str, Any]]:
    return list(type(asked).model_fields.items())


def _note(entry: Entry[Any]) -> str:
    return f": {entry.note}" if entry.note else ""


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return _by_biller(value)
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, BillerType | Role):
        return _plain(value)
    return (
        ANCHORS.get(value, str(value).replace("_", " ")) if isinstance(value, str) else str(value)
    )


def _by_biller(value: Mapping[BillerType, list[Role]]) -> str:
    """Whose time counts, the billers with the same answer told together."""
    billers: dict[str, list[str]] = {}
    for biller, roles in value.items():
        billers.setdefault(_value(roles), []).append(_plain(biller))
    return "; ".join(f"{roles} (biller: {' or '.join(names)})" for roles, names in billers.items())


def _plain(word: str) -> str:
    return "NPP" if word == "npp" else str(word).replace("_", " ")


def _ladder(file: ProgramFile, code: str, day: date) -> Iterator[str]:
    for dated in file.one_of.values():
        entry = in_force(dated, day)
        for ladder in (entry.value if entry else None) or []:
            if code in ladder and len(ladder) > 1:
                yield f"One of {', '.join(ladder)}; the first whose work is done takes the window"


def _of_code(file: ProgramFile, code: str) -> Iterator[Mapping[date, Entry[Any]]]:
    for dated in dated_values(file):
        mine = dated.place[0] == "every" or dated.place[:2] == ("codes", code)
        if mine or (dated.place[0] == "one_of" and _stands_in(dated.entries, code)):
            yield dated.entries


def _stands_in(entries: Mapping[date, Entry[Any]], code: str) -> bool:
    return any(code in ladder for entry in entries.values() for ladder in entry.value or [])


def _contested(file: ProgramFile, code: str, day: date) -> Iterator[str]:
    for dated in _of_code(file, code):
        entry = in_force(dated, day)
        for point, other in entry.contested.items() if entry else ():
            question = file.contested[point]
            yield f"Contested ({point}): {question.question}"
            yield (
                f"  read as {_value(entry.value) if entry else ''} ({question.base}); the other "
                f"reading is {_value(other.value) or 'none'} ({question.other}, {other.source})"
            )


def _announced(rule: CodeRule, day: date) -> Iterator[str]:
    for since, entry in rule.in_force.items():
        if "expected" in entry.model_fields_set and since > day:
            yield f"Announced, not in force: from {since} ({entry.source}){_note(entry)}"


def _sources(book: Rulebook, file: ProgramFile, code: str, day: date) -> Iterator[str]:
    rule = book.rules(file.program, day).rule(code)
    yield "Sources:"
    for key in rule.sources:
        source = file.sources[key]
        parts = [source.title, source.cite, source.url]
        published = f"published {source.published}" if source.published else None
        yield f"  {key}: " + ", ".join(
            part for part in (*parts, published, f"confidence {source.confidence}") if part
        )
