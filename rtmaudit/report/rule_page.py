"""A rule as of a day, in words that a biller reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rtmaudit.model import Clock, Program
from rtmaudit.report.rule_changes import last_change, where
from rtmaudit.report.rule_words import CLOCKS, plain_value, said_of
from rtmaudit.report.words import name
from rtmaudit.rulebook import DatedValue, Rulebook, dated_values
from rtmaudit.rulebook.dated import Entry
from rtmaudit.rulebook.resolve import in_force
from rtmaudit.rulebook.schema import CodeRule, ProgramFile

CONDITIONS = {"at_least", "at_most", "is", "is_not", "on_or_before", "covers", "any_of", "each"}


def describe(book: Rulebook, code: str, day: date) -> Iterator[str]:
    """The rule of a code as of a day, a line at a time, as the book's payer reads it."""
    program = book.program_of(code)
    if program is None:
        raise KeyError(code)
    file = book.files[program]
    rule = file.codes[code]
    yield f"{code}  {rule.title}"
    yield f"{file.title}; {_clock(book, program, rule, day)}; as of {day}"
    if book.payer in book.overlays:
        yield f"As {book.overlays[book.payer].file.title} reads it, laid over Medicare's rules"
    standing = in_force(rule.in_force, day)
    if standing is None or not standing.value:
        yield from _not_in_force(rule, day)
        yield from _announced(book, program, code, day)
        return
    yield ""
    yield from _blocks(file, code, rule, day)
    yield from _ladder(file, code, day)
    yield from _modifiers(file, code, day)
    yield from _served(file, rule, day)
    if rule.note:
        yield f"Note: {rule.note}"
    yield ""
    yield from _contested(file, code, day)
    yield from _changed(file, code, day)
    yield from _announced(book, program, code, day)
    yield from _sources(book, file, code, day)


def _clock(book: Rulebook, program: Program, rule: CodeRule, day: date) -> str:
    """The window that the rule runs on; a payer may count supply periods by the month."""
    by_month = book.window_mode(program, day) == Clock.CALENDAR_MONTH
    by_month = by_month and rule.window is Clock.SUPPLY_PERIOD
    return CLOCKS[Clock.CALENDAR_MONTH if by_month else rule.window]


def _not_in_force(rule: CodeRule, day: date) -> Iterator[str]:
    begins = min((d for d, e in rule.in_force.items() if d > day and e.value), default=None)
    ended = max(
        (d for d, e in rule.in_force.items() if d <= day and e.value is False), default=None
    )
    yield "Not in force on this day" + (f"; in force from {begins}" if begins else "")
    if ended:
        entry = rule.in_force[ended]
        yield f"Ended: not in force from {ended} on ({entry.source}){_note(entry)}"


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
    units = "units" if hasattr(asked, "each") else "days"
    said = [
        (field, said_of(f"at_most_{units}" if field == "at_most" else field, entry.value))
        for field, _, entry in standing
        if entry and entry.value is not None
    ]
    if not any(field in CONDITIONS for field, _ in said):
        return
    yield f"  {name(key)}{_about(asked)}: " + "; ".join(sentence for _, sentence in said)
    notes = [
        f"    since {max(d for d in value if d <= day)}, {entry.source}{_note(entry)}"
        for _, value, entry in standing
        if entry
    ]
    yield from dict.fromkeys(notes)


def _about(asked: Any) -> str:
    told = [plain_value(asked.system)] if getattr(asked, "system", None) else []
    told += [f"of {asked.program.upper()}"] if asked.program else []
    return f" ({', '.join(told)})" if told else ""


def _fields(asked: Any) -> list[tuple[str, Any]]:
    return list(type(asked).model_fields.items())


def _note(entry: Entry[Any]) -> str:
    return f": {entry.note}" if entry.note else ""


def _ladder(file: ProgramFile, code: str, day: date) -> Iterator[str]:
    for dated in file.one_of.values():
        entry = in_force(dated, day)
        for ladder in (entry.value if entry else None) or []:
            if code in ladder and len(ladder) > 1:
                yield f"One of {', '.join(ladder)}; the first whose work is done takes the window"


def _of_code(file: ProgramFile, code: str) -> Iterator[DatedValue]:
    for dated in dated_values(file):
        mine = dated.place[0] == "every" or dated.place[:2] == ("codes", code)
        if mine or (dated.place[0] == "one_of" and _stands_in(dated.entries, code)):
            yield dated


def _stands_in(entries: Mapping[date, Entry[Any]], code: str) -> bool:
    return any(code in ladder for entry in entries.values() for ladder in entry.value or [])


def _contested(file: ProgramFile, code: str, day: date) -> Iterator[str]:
    for dated in _of_code(file, code):
        entry = in_force(dated.entries, day)
        for point, other in entry.contested.items() if entry else ():
            asked = file.contested[point]
            here = plain_value(entry.value) if entry else ""
            there = plain_value(other.value) or "none"
            yield f"Contested ({point}): {asked.question}"
            yield f"  read as {here} ({asked.base}); the other reading is {there} ({asked.other},"
            yield f"  {other.source})"


def _modifiers(file: ProgramFile, code: str, day: date) -> Iterator[str]:
    for each in file.modifiers.values():
        codes, modifier = in_force(each.codes, day), in_force(each.modifier, day)
        if codes and modifier and code in (codes.value or []) and modifier.value:
            limits = [
                said_of(field, entry.value)
                for field in ("assistant_percent", "amount_above")
                if (entry := in_force(getattr(each, field) or {}, day)) and entry.value
            ]
            told = "; ".join([plain_value(modifier.value), *limits])
            yield f"Modifier: {told} ({modifier.source}){_note(modifier)}"


def _served(file: ProgramFile, rule: CodeRule, day: date) -> Iterator[str]:
    entry = in_force(rule.service_date or file.every.service_date, day)
    if entry and entry.value:
        yield f"Dated on {plain_value(entry.value)} ({entry.source}){_note(entry)}"


def _changed(file: ProgramFile, code: str, day: date) -> Iterator[str]:
    lines = {}
    for dated in _of_code(file, code):
        if changed := last_change(dated.entries, day, dated.place[-1]):
            since, said = changed
            lines[f"  {since} {where(dated.place).removeprefix(code).strip()}: {said}"] = since
    if lines:
        yield "Changed:"
        yield from sorted(lines, key=lambda line: lines[line], reverse=True)


def _announced(book: Rulebook, program: Program, code: str, day: date) -> Iterator[str]:
    for dated in _of_code(book.files[program], code):
        for since, entry in dated.entries.items():
            if "expected" in entry.model_fields_set and since > day:
                yield _told(dated.place[-1], entry.expected, since, entry.source, entry.note)
    overlay = book.overlays.get(book.payer)
    for each in overlay.announced if overlay else ():
        about = each.place[0] == "every" or each.place[:2] == ("codes", code)
        if each.program is program and about:
            yield _told(each.place[-1], each.value, each.since, each.source, each.note)


def _told(field: str, value: Any, since: date, source: str, note: str | None) -> str:
    told = f"Announced, not in force: {said_of(field, value)} from {since} ({source})"
    return told + (f": {note}" if note else "")


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
