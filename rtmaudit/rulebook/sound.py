"""What no single value of a rules file shows: names that lead nowhere, and rules that ask nothing.

Each wrong is a place in its file and a sentence; `load` gives it the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from rtmaudit.model import Program
from rtmaudit.rulebook.book import DatedValue, dated_values
from rtmaudit.rulebook.dated import CODE_RANGE, Entry, readings_of
from rtmaudit.rulebook.resolve import Resolver
from rtmaudit.rulebook.schema import CodeRule, ConcurrencyFile, FitFile, ProgramFile
from rtmaudit.strict_yaml import Place

Wrong = tuple[Place, str]
Programs = Mapping[Program, ProgramFile]
Dated = Mapping[date, Entry[Any]]


def program_wrongs(file: ProgramFile, stem: str, others: Sequence[ProgramFile]) -> Iterator[Wrong]:
    """What is wrong with one program's file, beside those of the other programs."""
    if file.program != stem:
        yield ("program",), f"the file of {file.program} is named {file.program}.yaml"
    for other in others:
        for name in ("codes", "contested"):
            for twice in getattr(file, name).keys() & getattr(other, name).keys():
                yield (name, twice), f"stands in {other.program}.yaml too"
    for dated in dated_values(file):
        for day, entry in dated.entries.items():
            for sentence in (*_unknown_names(file, entry), *_bad_ladders(file, dated, entry)):
                yield (*dated.place, day), sentence
    for code, rule in file.codes.items():
        yield from _code_wrongs(file, code, rule)
    yield from _asks_nothing(file)


def unknown_names(file: ProgramFile) -> Iterator[Wrong]:
    """Sources and contested points that an entry names and its file does not have."""
    for dated in dated_values(file):
        for day, entry in dated.entries.items():
            for sentence in _unknown_names(file, entry):
                yield (*dated.place, day), sentence


def _unknown_names(file: ProgramFile | ConcurrencyFile, entry: Entry[object]) -> Iterator[str]:
    for source in (entry.source, *(other.source for other in entry.contested.values())):
        if source not in file.sources:
            yield f"there is no source {source} in this file"
    for point in entry.contested:
        if point not in file.contested:
            yield f"there is no contested point {point} in this file"


def _bad_ladders(
    file: ProgramFile, dated: DatedValue, entry: Entry[list[list[str]]]
) -> Iterator[str]:
    if dated.place[0] != "one_of":
        return
    for ladder in (each for reading in readings_of(entry) for each in reading):
        yield from (
            f"there is no code {code} in this file" for code in ladder if code not in file.codes
        )
        known = [file.codes[code] for code in ladder if code in file.codes]
        if any(rule.adds_to for rule in known) or len({rule.window for rule in known}) > 1:
            yield "alternatives are codes of one kind of window, and none of them an add-on"


def _code_wrongs(file: ProgramFile, code: str, rule: CodeRule) -> Iterator[Wrong]:
    for block, own, shared in (
        ("for", rule.for_, file.every.for_),
        ("on_file", rule.on_file, file.every.on_file),
    ):
        for name, asked in own.items():
            if asked is None and name not in shared:
                yield ("codes", code, block, name), "drops nothing: `every` has no such key"
    for name in rule.adds_to or ():
        base = file.codes.get(name)
        place: Place = ("codes", code, "adds_to", name)
        if base is None:
            yield place, f"there is no code {name} in this file"
        elif base.adds_to or base.window is not rule.window:
            yield place, f"{name} is itself an add-on, or runs on another kind of window"


def _asks_nothing(file: ProgramFile) -> Iterator[Wrong]:
    """A code in force whose needs have all lapsed, or not begun, would be ready for everybody."""
    for code, rule in file.codes.items():
        asked = list(_asked(rule))
        entries = [pair for dated in (rule.in_force, *chain(*asked)) for pair in dated.items()]
        points = {point for _, entry in entries for point in entry.contested}
        for day in sorted({day for day, _ in entries}):
            for choices in ({}, *({point: True} for point in sorted(points))):
                read = Resolver(file.program, day, choices, frozenset()).value
                if read(rule.in_force) and all(None in map(read, each) for each in asked):
                    yield ("codes", code), f"is in force on {day} and asks for nothing"


def _asked(rule: CodeRule) -> Iterator[tuple[Dated, ...]]:
    """What makes a code ask for something: a need, what makes it about the patient, or its units,
    which take two values."""
    for condition in (*rule.needs.values(), *rule.for_.values()):
        if condition is not None:
            yield (condition.dated,)
    if rule.units:
        yield rule.units.each, rule.units.at_most


def concurrency_wrongs(concurrency: ConcurrencyFile, files: Programs) -> Iterator[Wrong]:
    """What is wrong with the pairs. A code that no rules file holds may stand in one of the two
    places: the pair is then about claims for it."""
    known = {*map(str, files), *(code for file in files.values() for code in file.codes)}
    seen: set[frozenset[str]] = set()
    for point in concurrency.contested:
        for program, file in files.items():
            if point in file.contested:
                yield ("contested", point), f"stands in {program}.yaml too"
    for i, pair in enumerate(concurrency.pairs):
        place: Place = ("pairs", i)
        strange = [name for name in pair.pair if name not in known]
        if len(strange) == len(pair.pair) or any(not CODE_RANGE.match(each) for each in strange):
            yield place, f"there is no rule for {strange[0]}"
        if frozenset(pair.pair) in seen:
            yield place, "this pair stands here twice"
        seen.add(frozenset(pair.pair))
        for side in ("same", "different"):
            for day, entry in getattr(pair, side).items():
                for sentence in _unknown_names(concurrency, entry):
                    yield (*place, side, day), sentence


def fit_wrongs(fit: FitFile, files: Programs) -> Iterator[Wrong]:
    """What is wrong with the preferences."""
    for program in fit.prefer:
        if program not in files:
            yield ("prefer",), f"there is no rule for {program}"
    for program, candidate in fit.candidates.items():
        place: Place = ("candidates", str(program))
        for other in candidate.instead_of:
            if other not in files:
                yield (*place, "instead_of"), f"there is no rule for {other}"
        file = files.get(program)
        if file is None or candidate.entry not in file.codes:
            yield (*place, "entry"), f"there is no code {candidate.entry} in its file"
            continue
        code = file.codes[candidate.entry]
        asked = {**file.every.for_, **file.every.on_file, **code.for_, **code.on_file}
        for role in ("may_bill", "conditions", "consent"):
            name = getattr(candidate, role)
            if asked.get(name) is None:
                yield (*place, role), f"{candidate.entry} has no condition named {name}"
