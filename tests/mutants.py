"""Mutants: the shipped rulebook, each with one thing of the law said otherwise.

A number one higher or lower, a clause dropped, a comparison turned round, a member left out of a
list, a date moved by a year, a pair put together that stands apart. The scenarios are as strong as
the share of mutants that make at least one of them fail; `make strength` measures it. Nothing is
changed in place: a mutant is a rulebook of its own, so there is nothing to undo.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, StrEnum
from functools import cache, partial
from itertools import product
from multiprocessing import Pool
from string import ascii_uppercase, digits
from typing import Any, get_args

from rulebooks import shipped_cases, shipped_rules

from rtmaudit import strict_yaml
from rtmaudit.model import (
    BillerType,
    Clock,
    FactName,
    Program,
    Role,
    Source,
    Stay,
    System,
)
from rtmaudit.rulebook import DatedValue, Rule, Rulebook, Test, dated_values
from rtmaudit.rulebook.book import turning_days
from rtmaudit.rulebook.dated import Anchor, Entry
from rtmaudit.rulebook.overlay import lay_over
from rtmaudit.rulebook.resolve import in_force, rule_set
from rtmaudit.rulebook.schema import WORDS, CodeRule, Pair, ProgramFile, Requirement
from rtmaudit.scenarios import Case, run
from rtmaudit.shipped import shipped

BOOK = shipped_rules()
PAIRS, PAYERS = "concurrency", "payers"
GROUPS = (*map(str, BOOK.files), PAIRS, PAYERS)
"""What mutants are grouped by: the programs, the pairs and the payers."""

Place = tuple[Any, ...]


class Kind(StrEnum):
    """What a mutant does to the law."""

    RAISED = "number one higher"
    LOWERED = "number one lower"
    DROPPED = "clause dropped"
    TURNED = "comparison turned round"
    FORCE = "in force, or not"
    DATE = "date moved by a year"
    LEFT_OUT = "left out of a list"
    ADDED = "added to a list"
    ORDER = "order of alternatives"
    WINDOW = "window or service date"
    READING = "one reading taken away"
    BESIDE = "beside each other"


class _Gone(Enum):
    GONE = "gone"


GONE = _Gone.GONE
"""What `put` puts where nothing is to stand."""


@dataclass(frozen=True)
class Mutant:
    """The rulebook with one thing otherwise, and what tells which scenarios may notice: the file,
    the codes that the change is about and the day it is dated."""

    group: str
    kind: Kind
    name: str
    book: Callable[[], Rulebook]
    file: str
    codes: frozenset[str] = frozenset()
    since: date = date.min

    def __str__(self) -> str:
        return self.name


# ---- rules with one thing otherwise ----


def put(part: Any, place: Place, value: object) -> Any:
    """A copy of a part of the rules with another value in a place; GONE leaves it out."""
    if not place:
        return value
    key, rest = place[0], place[1:]
    if isinstance(part, Mapping):
        inner = put(part.get(key), rest, value)
        return {k: v for k, v in {**part, key: inner}.items() if v is not GONE}
    if isinstance(part, list):
        return [*part[:key], put(part[key], rest, value), *part[key + 1 :]]
    name = _field(part, key)
    inner = put(getattr(part, name), rest, value)
    return part.model_copy(update={name: None if inner is GONE else inner})


def at(part: Any, place: Place) -> Any:
    """What stands in a place of the rules."""
    for key in place:
        plain = isinstance(part, Mapping | list)
        part = part[key] if plain else getattr(part, _field(part, key))
    return part


def _field(part: Any, key: str) -> str:
    fields: Mapping[str, Any] = type(part).model_fields
    return next(name for name, info in fields.items() if key in (name, info.alias))


def book_with(
    *, files: Any = BOOK.files, pairs: Any = BOOK.concurrency, overlays: Any = BOOK.overlays
) -> Rulebook:
    """The shipped rulebook with a file of it otherwise, and nothing worked out yet. The overlays
    stay as they were laid: a payer that changes a program keeps its own reading of it."""
    return Rulebook(BOOK.folder, BOOK.version, BOOK.sha256, files, pairs, BOOK.fit, overlays)


def said(place: Place) -> str:
    """A place as a rule owner would point at it: `codes.99426.needs.minutes.at_least 2025-01-01`,
    and of which reading where it has several."""
    days = [i for i, key in enumerate(place) if isinstance(key, date)]
    if not days:
        return ".".join(map(str, place))
    path, (day, *rest) = place[: days[0]], place[days[0] :]
    points = [key for key in rest if key not in ("value", "contested")]
    return " ".join((".".join(map(str, path)), str(day), *(f"({point})" for point in points)))


def shown(value: Any) -> str:
    """A value as the file spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


# ---- a value said otherwise ----

Change = tuple[Kind, str, Any]
"""What it does, how it is told, and the value that stands there then."""

OTHER_WORDS: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "on_or_before": (Kind.TURNED, get_args(Anchor)),
    "covers": (Kind.TURNED, get_args(Anchor)),
    "service_date": (Kind.WINDOW, ("window_end", "due_day")),
    "window_mode": (Kind.WINDOW, ("auto", "fixed_30", "calendar_month")),
}
MEMBERS: Mapping[str, Iterable[Any]] = {
    "sources": Source,
    "not_during": Stay,
    "billers": BillerType,
}
"""What else may stand in a list."""


def otherwise(name: str, law: Any, fact: FactName | None = None) -> Iterator[Change]:
    """Everything that a value could say instead, one step away."""
    if isinstance(law, bool):
        yield Kind.FORCE, f"{shown(law)} -> {shown(not law)}", not law
    elif isinstance(law, int):
        yield Kind.RAISED, f"{law} -> {law + 1}", law + 1
        if law > 0:
            yield Kind.LOWERED, f"{law} -> {law - 1}", law - 1
    elif isinstance(law, str):
        kind, words = OTHER_WORDS[name]
        yield from ((kind, f"{law} -> {word}", word) for word in words if word != law)
    elif name == "by":
        yield from _roles_otherwise(law)
    elif name == "modifier":
        for discipline, word in law.items():
            yield Kind.LEFT_OUT, f"{discipline} left out", put(law, (discipline,), GONE)
            yield Kind.TURNED, f"{discipline}: {word} -> XX", {**law, discipline: "XX"}
    elif name == "visit_codes":
        # Of visit codes all at once: each of them is data, and the list is what is law.
        yield from [(Kind.LEFT_OUT, "all left out", [])] if law else []
    elif law and isinstance(law[0], list):
        yield from _ladders_otherwise(law)
    elif law:
        yield from _list_otherwise(name, law, fact)


def _list_otherwise(name: str, law: list[Any], fact: FactName | None) -> Iterator[Change]:
    for i, member in enumerate(law):
        yield Kind.LEFT_OUT, f"{shown(member)} left out", law[:i] + law[i + 1 :]
    words = sorted(WORDS.get(fact, ())) if fact and name == "is" else MEMBERS.get(name, ())
    for word in words:
        if word not in law:
            yield Kind.ADDED, f"{word} added", [*law, word]
    if name == "any_of":
        yield Kind.TURNED, "any of -> none of", _none_of(law)


def _none_of(diagnoses: list[str]) -> list[str]:
    """The categories of all diagnoses but those that one of a list is in."""
    taken = {each[:3] for each in diagnoses}
    categories = map("".join, product(ascii_uppercase, digits, digits + ascii_uppercase))
    return [each for each in categories if each not in taken]


def _roles_otherwise(law: dict[BillerType, list[Role]]) -> Iterator[Change]:
    for biller, roles in law.items():
        yield Kind.LEFT_OUT, f"{biller} left out", put(law, (biller,), GONE)
        for role in Role:
            if role in roles:
                fewer = [each for each in roles if each is not role]
                yield Kind.LEFT_OUT, f"{biller}: {role} left out", {**law, biller: fewer}
            else:
                yield Kind.ADDED, f"{biller}: {role} added", {**law, biller: [*roles, role]}


def _ladders_otherwise(law: list[list[str]]) -> Iterator[Change]:
    for i, ladder in enumerate(law):
        for j, code in enumerate(ladder):
            fewer = put(law, (i,), ladder[:j] + ladder[j + 1 :])
            yield Kind.LEFT_OUT, f"{code} left out", fewer
            if j:
                turned = [*ladder[: j - 1], code, ladder[j - 1], *ladder[j + 1 :]]
                yield Kind.ORDER, f"{code} before {ladder[j - 1]}", put(law, (i,), turned)


def readings(place: Place, entry: Entry[Any]) -> Iterator[tuple[Place, Any]]:
    """The value of an entry and its other readings, each with its place."""
    yield (*place, "value"), entry.value
    for point, other in entry.contested.items():
        yield (*place, "contested", point, "value"), other.value


def moved(entries: Mapping[date, Any], day: date, by: int) -> dict[date, Any]:
    """Dated entries of which one begins in another year; what began there meanwhile stays."""
    rest = {each: entry for each, entry in entries.items() if each != day}
    entry = {day.replace(year=day.year + by): entries[day]}
    return entry | rest if by > 0 else rest | entry


YEARS = ((1, "a year later"), (-1, "a year sooner"))


# ---- a program's file ----


class TurnedRound(Requirement):
    """A requirement whose comparison is the opposite one."""

    @property
    def test(self) -> Test:
        """The opposite of the condition that suits the fact."""
        return OPPOSITE[super().test]

    @property
    def dated(self) -> dict[date, Entry[Any]]:
        """What the condition wants, since when."""
        return self.at_least or self.at_most or self.is_ or self.is_not or {}


OPPOSITE = {
    Test.AT_LEAST: Test.AT_MOST,
    Test.AT_MOST: Test.AT_LEAST,
    Test.IS: Test.IS_NOT,
    Test.IS_NOT: Test.IS,
}
"""What is not here has no opposite of its own: a paper is asked for at the other end of the window
instead, and a list of diagnoses turns into all others."""

Otherwise = tuple[Kind, str, Place, Any]
"""What a mutant of a file does, its name, and what is put where."""


def program_mutants(file: ProgramFile) -> Iterator[Mutant]:
    """Every mutant of a program's file."""
    for kind, name, place, value in (
        *_values_otherwise(file),
        *_clauses_dropped(file),
        *_comparisons_turned(file),
        *_systems_otherwise(file),
        *_windows_otherwise(file),
        *_dates_moved(file),
    ):
        yield Mutant(
            str(file.program),
            kind,
            f"{file.program} {name}",
            partial(_with_program, file, place, value),
            str(file.program),
            frozenset({place[1]} if place[0] == "codes" and place[1:] else file.codes),
            next((key for key in place if isinstance(key, date)), date.min),
        )


def _with_program(file: ProgramFile, place: Place, value: object) -> Rulebook:
    return book_with(files={**BOOK.files, file.program: put(file, place, value)})


def _values_otherwise(file: ProgramFile) -> Iterator[Otherwise]:
    for dated in dated_values(file):
        if _means_nothing(file, dated):
            continue
        asked = at(file, dated.place[:-1])
        fact = asked.fact if isinstance(asked, Requirement) else None
        for day, entry in dated.entries.items():
            here = (*dated.place, day)
            for place, law in readings(here, entry):
                for kind, told, value in otherwise(dated.place[-1], law, fact):
                    yield kind, f"{said(place)}: {told}", place, value
            for place, law in [*readings(here, entry)][1:]:
                name = f"{said(place)}: one reading"
                yield Kind.READING, f"{name}, the first", place, entry.value
                yield Kind.READING, f"{name}, the other", (*here, "value"), law


def _means_nothing(file: ProgramFile, dated: DatedValue) -> bool:
    """The minutes that a base has used matter only to an add-on with units."""
    return dated.place[2:3] == ("adds_to",) and file.codes[dated.place[1]].units is None


def _requirements(file: ProgramFile) -> Iterator[tuple[Place, Requirement]]:
    """Every requirement that the file asks on some day, with its place."""
    blocks: dict[Place, Mapping[str, Requirement | None]] = {
        ("every", "for"): file.every.for_,
        ("every", "on_file"): file.every.on_file,
    }
    for code, rule in file.codes.items():
        blocks["codes", code, "for"] = rule.for_
        blocks["codes", code, "needs"] = rule.needs
        blocks["codes", code, "on_file"] = rule.on_file
    for place, block in blocks.items():
        for name, asked in block.items():
            if asked and any(entry.value is not None for entry in asked.dated.values()):
                yield (*place, name), asked


def _clauses_dropped(file: ProgramFile) -> Iterator[Otherwise]:
    places: list[Place] = [place for place, _ in _requirements(file)]
    limits: Sequence[str] = ("program", "visit_codes", "not_during", "sources", "billers")
    for place, asked in _requirements(file):
        places += _given(place, asked, limits)
    for code, rule in file.codes.items():
        for block, own in (("for", rule.for_), ("on_file", rule.on_file)):
            places += [("codes", code, block, name) for name in own if own[name] is None]
        places += [("codes", code, "adds_to", base) for base in rule.adds_to or ()]
        if rule.units:
            here = ("codes", code, "units")
            places += [here, *_given(here, rule.units, ("first", "visit_codes", "not_during"))]
    for name, note in file.modifiers.items():
        limits = ("assistant_percent", "amount_above")
        places += [("modifiers", name), *_given(("modifiers", name), note, limits)]
    places += [("one_of", name) for name in file.one_of]
    yield from ((Kind.DROPPED, f"{said(place)}: dropped", place, GONE) for place in places)


def _given(place: Place, part: object, names: Sequence[str]) -> list[Place]:
    return [(*place, name) for name in names if getattr(part, name) is not None]


def _comparisons_turned(file: ProgramFile) -> Iterator[Otherwise]:
    for place, asked in _requirements(file):
        if asked.test in OPPOSITE:
            fields = type(asked).model_fields.items()
            given = {info.alias or name: getattr(asked, name) for name, info in fields}
            turned = TurnedRound.model_construct(**given)
            told = f"{said(place)}: {asked.test} -> {turned.test}"
            yield Kind.TURNED, told, place, turned


def _systems_otherwise(file: ProgramFile) -> Iterator[Otherwise]:
    for place, asked in _requirements(file):
        here, given = (*place, "system"), asked.system
        if isinstance(given, list):
            for i, system in enumerate(given):
                told = f"{said(here)}: {system} left out"
                yield Kind.LEFT_OUT, told, here, given[:i] + given[i + 1 :]
        elif given:
            for system in System:
                if system is not given:
                    yield Kind.LEFT_OUT, f"{said(here)}: {given} -> {system}", here, system


def _windows_otherwise(file: ProgramFile) -> Iterator[Otherwise]:
    for code, rule in file.codes.items():
        if rule.service_date is not None:
            here = ("codes", code, "service_date")
            yield Kind.WINDOW, f"{said(here)}: dropped", here, GONE
    for family in _families(file):
        was = file.codes[family[0]].window
        for clock in Clock:
            if clock is not was:
                changed = dict(file.codes)
                for code in family:
                    changed[code] = changed[code].model_copy(update={"window": clock})
                told = f"codes.{'+'.join(family)}.window: {was} -> {clock}"
                yield Kind.WINDOW, told, ("codes",), changed


def _families(file: ProgramFile) -> list[list[str]]:
    """The codes that must run on one clock: bases with their add-ons."""
    families: list[set[str]] = []
    for code, rule in file.codes.items():
        mine = {code, *(rule.adds_to or ())}
        joined = [each for each in families if each & mine]
        families = [each for each in families if not each & mine]
        families.append(mine.union(*joined))
    return [[code for code in file.codes if code in family] for family in families]


def _dates_moved(file: ProgramFile) -> Iterator[Otherwise]:
    """A code that begins in another year, with all that it asks from its first day on; and every
    other dated value a year later, or, where it replaces another, a year sooner."""
    for dated in dated_values(file):
        for day in dated.entries:
            replaces = any(earlier < day for earlier in dated.entries)
            for by, told in YEARS:
                name = f"{said((*dated.place, day))}: {told}"
                if dated.place[-1] == "in_force":
                    rule = _code_moved(file, dated.place[1], day, by)
                    yield Kind.DATE, name, dated.place[:-1], rule
                elif (by > 0 or replaces) and not _means_nothing(file, dated):
                    yield Kind.DATE, name, dated.place, moved(dated.entries, day, by)


def _code_moved(file: ProgramFile, code: str, day: date, by: int) -> CodeRule:
    rule = file.codes[code]
    for dated in dated_values(file):
        if dated.place[:2] == ("codes", code) and day in dated.entries:
            rule = put(rule, dated.place[2:], moved(dated.entries, day, by))
    return rule


# ---- the pairs ----


def pair_mutants() -> Iterator[Mutant]:
    """Every mutant of the pairs: each side each other way, on another date, and which is first."""
    for i, pair in enumerate(BOOK.concurrency.pairs):
        for kind, name, place, value in _pair_otherwise(pair):
            yield Mutant(
                PAIRS,
                kind,
                f"{PAIRS} {'+'.join(pair.pair)} {name}",
                partial(_with_pair, ("pairs", i, *place), value),
                PAIRS,
                frozenset(pair.pair),
                next((key for key in place if isinstance(key, date)), date.min),
            )


def _with_pair(place: Place, value: object) -> Rulebook:
    return book_with(pairs=put(BOOK.concurrency, place, value))


def _pair_otherwise(pair: Pair) -> Iterator[Otherwise]:
    for side in ("same", "different"):
        entries: Mapping[date, Entry[Any]] = getattr(pair, side)
        for day, entry in entries.items():
            for place, law in readings((side, day), entry):
                for word in _words_beside(pair, side):
                    if word != law:
                        yield Kind.BESIDE, f"{said(place)}: {law} -> {word}", place, word
            for point, other in entry.contested.items():
                name = f"{said((side, day))}: {point} has the other reading alone"
                yield Kind.READING, name, (side, day, "value"), other.value
            for by, told in YEARS:
                later = max(day, day.replace(year=day.year + by))
                if entry.value != "together" and later > max(map(_begins, pair.pair)):
                    name = f"{said((side, day))}: {told}"
                    yield Kind.DATE, name, (side,), moved(entries, day, by)
    if any(entry.value == "first" for entry in pair.same.values()):
        yield Kind.ORDER, f"{pair.pair[1]} first", ("pair",), pair.pair[::-1]
    for i, name in enumerate(pair.pair):
        if "-" in name:
            for end in name.split("-"):
                yield Kind.LEFT_OUT, f"{name} -> {end}", ("pair", i), end


def _begins(name: str) -> date:
    """The first day on which a program, or a code of one, is in force."""
    program = BOOK.program_of(name) or name
    codes = BOOK.files[Program(program)].codes if program in BOOK.files else {}
    flags = [codes[name]] if name in codes else codes.values()
    begun = (day for c in flags for day, entry in c.in_force.items() if entry.value)
    return min(begun, default=date.min)


def _words_beside(pair: Pair, side: str) -> list[str]:
    """A finding gives no way to a claim: `first` is `apart` there. Claims alone stand beside a code
    where no rules file holds the other, and under another practitioner in one program."""
    programs = [BOOK.program_of(name) or (name in BOOK.files and name) for name in pair.pair]
    one_program = programs[0] == programs[1]
    words = ["together", "apart", "review", "first"]
    claims_alone = not all(programs) or (one_program and side == "different")
    return words[:3] if claims_alone or pair.pair[0] == pair.pair[1] else words


# ---- the payers' overlays ----


def payer_mutants() -> Iterator[Mutant]:
    """Every mutant of the payers' overlays."""
    for payer in BOOK.overlays:
        for program, part in _tree(f"payers/{payer}")["programs"].items():
            for place, entries, day in _entries(part):
                for kind, told, value in _entry_otherwise(place[-1], entries, day):
                    yield Mutant(
                        PAYERS,
                        kind,
                        f"{payer} {program} {said((*place, day))}: {told}",
                        partial(_with_overlay, payer, Program(program), put(part, place, value)),
                        payer,
                        frozenset(place[1:2] if place[0] == "codes" else ()),
                        day,
                    )


@cache
def _tree(stem: str) -> Any:
    return strict_yaml.read(shipped("rules") / f"{stem}.yaml").value


def _entries(part: Any, place: Place = ()) -> Iterator[tuple[Place, Any, date]]:
    """Every dated value of an overlay's part with its place and entries, and each of its days."""
    for key, inner in part.items():
        if isinstance(key, date):
            yield place, part, key
        elif isinstance(inner, dict):
            yield from _entries(inner, (*place, key))


def _entry_otherwise(name: str, entries: Any, day: date) -> Iterator[Change]:
    """What the entries could be instead, were that of one day another."""
    entry = entries[day]
    if "expected" in entry:
        law = {"value": entry["expected"], "source": entry["source"]}
        yield Kind.DATE, "announced -> in force", {**entries, day: law}
        return
    for kind, told, value in otherwise(name, entry["value"]):
        yield kind, told, put(entries, (day, "value"), value)
    yield Kind.DROPPED, "dropped", put(entries, (day, "value"), None)
    for by, told in YEARS:
        yield Kind.DATE, told, moved(entries, day, by)


def _with_overlay(payer: str, program: Program, part: Any) -> Rulebook:
    overlay, base = BOOK.overlays[payer], _tree(str(program))
    laid = lay_over(base, part)
    if laid.wrongs:
        raise ValueError(laid.wrongs)
    sources = {**base["sources"], **_tree(f"payers/{payer}")["sources"]}
    file = ProgramFile.model_validate({**laid.tree, "sources": sources})
    otherwise_laid = replace(overlay, programs={**overlay.programs, program: file})
    return book_with(overlays={**BOOK.overlays, payer: otherwise_laid})


# ---- all of them ----


@cache
def mutants() -> tuple[Mutant, ...]:
    """Every mutant of the shipped rulebook, always in one order."""
    of_programs = (mutant for file in BOOK.files.values() for mutant in program_mutants(file))
    return (*of_programs, *pair_mutants(), *payer_mutants())


# ---- which scenarios may notice ----


def watching(mutant: Mutant) -> list[Case]:
    """The scenarios that may notice a mutant, the likeliest and quickest first."""
    may = _beside if mutant.group == PAIRS else _of_payer if mutant.group == PAYERS else _of_program
    cases = [case for case in shipped_cases() if may(case, mutant)]
    return sorted(cases, key=lambda case: _unlikely(case, mutant))


def _of_program(case: Case, mutant: Mutant) -> bool:
    return mutant.file in case.programs


def _of_payer(case: Case, mutant: Mutant) -> bool:
    return case.scenario.payer == mutant.file


def _beside(case: Case, mutant: Mutant) -> bool:
    claimed = [claim.code for claim in case.scenario.claims]
    return all(
        name in case.programs
        or BOOK.program_of(name) in case.programs
        or any(BOOK.is_named(name, code) for code in claimed)
        for name in mutant.codes
    )


def _unlikely(case: Case, mutant: Mutant) -> tuple[int, ...]:
    """Cheap ones first: facts before rows, those that expect something of the codes before others,
    and those before others that speak most in the words of the mutant's name."""
    asked = case.scenario
    beside_claims = bool(asked.claims or asked.billers)
    far = (
        beside_claims is (" same " in mutant.name)
        if mutant.group == PAIRS
        else mutant.codes.isdisjoint(asked.expect)
    )
    text = _text(case.file, case.line)
    alike = sum(word in text for word in _words(mutant.name))
    return asked.rows is not None, far, -alike, asked.month.end < mutant.since, len(case.programs)


IN_SCENARIOS = {"not_during": "on_stay_day", "visit_codes": "on_visit_day"}
"""How scenarios tell of what rules call otherwise."""


@cache
def _text(file: str, line: int) -> str:
    case = next(case for case in shipped_cases() if (case.file, case.line) == (file, line))
    return str(case.scenario.model_dump(exclude={"name"}, exclude_unset=True))


@cache
def _words(name: str) -> frozenset[str]:
    words = re.findall(r"\w\w+", name)
    return frozenset(IN_SCENARIOS.get(word, word) for word in words) - {"is", "by", "out"}


# ---- who was noticed ----


_ONE_AT_A_TIME = "no two codes of the program are met at a time; its own claims are not asked"
_MONTHS = "one is for the first month of collaborative care, the other for the later ones"
EQUIVALENT = {
    "cocm one_of.lane 2025-01-01: 99493 before 99492": _MONTHS,
    "concurrency G0568+99493 same 2026-01-01: apart -> first": _MONTHS,
    "concurrency G0569+99492 same 2026-01-01: apart -> first": _MONTHS,
    "concurrency tcm+tcm same 2025-01-01: together -> apart": _ONE_AT_A_TIME,
    "concurrency tcm+tcm same 2025-01-01: together -> review": _ONE_AT_A_TIME,
    "concurrency bhi+bhi same 2025-01-01: together -> apart": _ONE_AT_A_TIME,
    "concurrency bhi+bhi same 2025-01-01: together -> review": _ONE_AT_A_TIME,
}
"""Mutants that no case can tell from the law, and why not."""


class Outcome(StrEnum):
    """What became of a mutant."""

    NOTICED = "noticed"
    SURVIVED = "survived"
    SAME = "the same law"


def judge(mutant: Mutant) -> Outcome:
    """Whether a scenario fails under a mutant; else whether it says anything else at all."""
    book = mutant.book()
    if any(run(case, book).faults for case in watching(mutant)):
        return Outcome.NOTICED
    same = mutant.name in EQUIVALENT or _same_law(book)
    return Outcome.SAME if same else Outcome.SURVIVED


def _same_law(book: Rulebook) -> bool:
    """Whether a rulebook asks the same as the shipped one on every day, whatever is contested."""
    if book.concurrency is not BOOK.concurrency:
        return False
    return all(
        _law(book.files[p], file) == _law(file, book.files[p]) for p, file in BOOK.files.items()
    ) and all(
        _law(book.overlays[payer].programs[p], file) == _law(file, book.overlays[payer].programs[p])
        for payer, overlay in BOOK.overlays.items()
        for p, file in overlay.programs.items()
    )


def _law(file: ProgramFile, other: ProgramFile) -> list[Any]:
    """What a file asks of codes in force on each day on which it or another one changes."""
    if file is other:
        return []
    found: list[Any] = []
    for day in sorted({*turning_days(file), *turning_days(other)}):
        for point in (None, *file.contested):
            rules = rule_set(file, day, {point: True} if point else {}, frozenset())
            mine = [_dated(rule) for rule in rules.without_sources().rules if rule.in_force]
            codes = {rule.code for rule in mine}
            ladders = [[code for code in ladder if code in codes] for ladder in rules.ladders]
            marks = [replace(m, codes=tuple(codes & {*m.codes})) for m in rules.modifiers]
            found += [mine, [ladder for ladder in ladders if ladder[1:]]]
            found += [[replace(m, codes=tuple(sorted(m.codes))) for m in marks if m.codes]]
            mode = in_force(file.every.window_mode or {}, day)
            found += [(mode and mode.value) or "auto"] if mine else []
    return found


_DATED_BY = {FactName.READING_DAYS, FactName.VISITS, FactName.DAYS_TO_VISIT}


def _dated(rule: Rule) -> Rule:
    """The day on which the work was done dates only what is counted in days, and tells claims of
    supply periods apart."""
    facts = {each.ref.name for each in (*rule.needs, *rule.for_)}
    by_day = rule.window is Clock.SUPPLY_PERIOD or not facts.isdisjoint(_DATED_BY)
    return rule if by_day else replace(rule, due_day=False)


# ---- the command ----


def _judged(i: int) -> tuple[int, Outcome]:
    return i, judge(mutants()[i])


def main(words: Sequence[str] | None = None) -> int:
    """Judge the mutants, and tell the score and the survivors."""
    parser = argparse.ArgumentParser(description="How many changes of the law scenarios notice.")
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}; all if none is named")
    asked = parser.parse_args(words)
    if strange := set(asked.groups) - set(GROUPS):
        parser.error(f"there is no {', '.join(sorted(strange))}; there are {', '.join(GROUPS)}")
    broken = [fault for case in shipped_cases() for fault in run(case, BOOK).faults]
    if broken:
        print(*broken, sep="\n")
        print("These scenarios fail as it is; nothing can be said of the others.")
        return 1
    began = time.monotonic()
    chosen = [i for i, m in enumerate(mutants()) if m.group in (asked.groups or GROUPS)]
    with Pool() as pool:
        outcomes = dict(pool.imap_unordered(_judged, chosen, chunksize=8))
    _tell(outcomes)
    print(f"{time.monotonic() - began:.0f} seconds")
    return int(Outcome.SURVIVED in outcomes.values())


def _tell(outcomes: Mapping[int, Outcome]) -> None:
    """The table by group and kind, the score, and every survivor by name."""
    judged = [(mutants()[i], outcome) for i, outcome in sorted(outcomes.items())]
    counts = Counter((m.group, m.kind, outcome) for m, outcome in judged)
    print(f"{'':12} {'':26} {'mutants':>8} {'noticed':>8}")
    for group in GROUPS:
        for kind in Kind:
            noticed, survived = (counts[group, kind, o] for o in [*Outcome][:2])
            if noticed or survived:
                print(f"{group:12} {kind:26} {noticed + survived:8} {noticed:8}")
    for mutant, outcome in judged:
        if outcome is Outcome.SURVIVED:
            print(f"not noticed: {mutant}")
    total = Counter(outcome for _, outcome in judged)
    noticed, survived = total[Outcome.NOTICED], total[Outcome.SURVIVED]
    score = 100 * noticed / max(1, noticed + survived)
    print(f"{noticed} of {noticed + survived} noticed: {score:.1f} %")
    print(f"({total[Outcome.SAME]} more ask nothing else than the law does, and are not counted)")


if __name__ == "__main__":
    sys.exit(main())
