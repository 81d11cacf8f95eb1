"""The rulebook, and the questions one may ask of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from rtmaudit.model import Clock, FactName, Program, in_ranges
from rtmaudit.rulebook import resolve, schema
from rtmaudit.rulebook.dated import Entry, Strict
from rtmaudit.rulebook.lists import read_conditions
from rtmaudit.rulebook.overlay import Overlay
from rtmaudit.rulebook.rules import Rule, RuleSet

LISTS = "lists"
MEDICARE = "medicare"
"""Whose rules the program files hold; every other payer's are laid over them."""

Side = Literal["same", "different"]
"""Whether two services are billed by one practitioner or by two."""


@dataclass(frozen=True, slots=True)
class Position:
    """A practice's answer to a contested point: whether its other reading is taken, since when."""

    point: str
    other: bool
    since: date | None = None


@dataclass(slots=True)
class _Known:
    """What was worked out already, whatever the positions."""

    turning_days: dict[Program, list[date]] = field(default_factory=dict)
    rules: dict[Any, RuleSet] = field(default_factory=dict)
    alike: dict[Rule, Rule] = field(default_factory=dict)
    readings: dict[Any, tuple[str, ...]] = field(default_factory=dict)
    conditions: Mapping[str, int] | None = None
    pairs: Mapping[frozenset[str], schema.Pair] | None = None
    ranges: list[schema.Pair] = field(default_factory=list)
    contested_pairs: list[tuple[schema.Pair, tuple[str, ...]]] | None = None
    programs: dict[str, Program] = field(default_factory=dict)
    beside: dict[tuple[str, str, bool], schema.Pair | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rulebook:
    """All rules, and the questions one may ask of them."""

    folder: Path
    version: str
    sha256: str
    files: Mapping[Program, schema.ProgramFile]
    concurrency: schema.ConcurrencyFile
    fit: schema.FitFile
    overlays: Mapping[str, Overlay] = field(default_factory=dict)
    positions: tuple[Position, ...] = ()
    payer: str = MEDICARE
    _known: _Known = field(default_factory=_Known, repr=False, compare=False)
    _books: dict[str, Rulebook] = field(default_factory=dict, repr=False, compare=False)

    def with_positions(self, positions: tuple[Position, ...]) -> Rulebook:
        """The same rulebook as a practice reads it."""
        return replace(self, positions=positions, _books={})

    def payer_named(self, name: str) -> str | None:
        """The payer whose rules are meant by a name, or None where the rulebook has none."""
        wanted = name.strip().lower()
        if wanted == MEDICARE:
            return MEDICARE
        return next((p for p, overlay in self.overlays.items() if wanted in overlay.names), None)

    def under(self, payer: str) -> Rulebook:
        """The same rulebook as a payer reads it. Raises KeyError for a payer without rules."""
        if payer == self.payer:
            return self
        if payer not in self._books:
            base = self._books.setdefault(self.payer, self)
            laid = {} if payer == MEDICARE else self.overlays[payer].programs
            files = {**base.files, **laid}
            self._books[payer] = replace(self, files=files, payer=payer, _known=_Known())
        return self._books[payer]

    def rules(self, program: Program, day: date, reading: str | None = None) -> RuleSet:
        """A program's rules as of a day; `reading` takes the other side of one contested point.
        Equal rules of a code are one object."""
        settled = self._settled(day)
        key = (*self._as_of(program, day), reading)
        if key not in self._known.rules:
            choices = {**settled, reading: True} if reading else settled
            found = resolve.rule_set(self.files[program], day, choices, frozenset(settled))
            alike = (self._known.alike.setdefault(rule, rule) for rule in found.rules)
            self._known.rules[key] = replace(found, rules=tuple(alike))
        return self._known.rules[key]

    def readings(self, program: Program, day: date) -> tuple[str, ...]:
        """The contested points that no position settles and that change a rule on that day."""
        key = self._as_of(program, day)
        if key not in self._known.readings:
            settled, base = self._settled(day), self.rules(program, day).without_sources()
            self._known.readings[key] = tuple(
                point
                for point in self.files[program].contested
                if point not in settled
                and self.rules(program, day, point).without_sources() != base
            )
        return self._known.readings[key]

    def _as_of(self, program: Program, day: date) -> tuple[Any, ...]:
        """What tells one day of a program from another: the values in force and the positions."""
        turn = bisect_right(self._turns(program), day)
        return program, turn, tuple(self._settled(day).items())

    def _turns(self, program: Program) -> list[date]:
        days = self._known.turning_days
        if program not in days:
            days[program] = turning_days(self.files[program])
        return days[program]

    @property
    def contested_pairs(self) -> list[tuple[schema.Pair, tuple[str, ...]]]:
        """The pairs that contested points are about, with those points."""
        if self._known.contested_pairs is None:
            found = []
            for pair in self.concurrency.pairs:
                entries = (*pair.same.values(), *pair.different.values())
                points = dict.fromkeys(point for entry in entries for point in entry.contested)
                found += [(pair, tuple(points))] if points else []
            self._known.contested_pairs = found
        return self._known.contested_pairs

    def unsettled(self, day: date) -> set[str]:
        """The contested points about pairs that no position settles."""
        return self.concurrency.contested.keys() - self._settled(day).keys()

    def _settled(self, day: date) -> dict[str, bool]:
        return {p.point: p.other for p in self.positions if p.since is None or p.since <= day}

    @property
    def conditions(self) -> Mapping[str, int]:
        """ICD-10-CM code, without its dot -> 1 chronic, 0 not, 9 no determination."""
        if self._known.conditions is None:
            self._known.conditions = read_conditions(self.folder / LISTS)
        return self._known.conditions

    def contested(self, point: str) -> schema.ContestedPoint:
        """A contested point by its id. Raises KeyError."""
        return self.points[point]

    @property
    def points(self) -> dict[str, schema.ContestedPoint]:
        """Every contested point of the rulebook, by its id."""
        blocks = [file.contested for file in self.files.values()]
        return {
            point: asked
            for block in (*blocks, self.concurrency.contested)
            for point, asked in block.items()
        }

    def beside(self, pair: schema.Pair, side: Side, day: date, reading: str | None = None) -> str:
        """How two services stand to each other on a day: together, apart, first or review."""
        settled = self._settled(day)
        choices = {**settled, reading: True} if reading else settled
        entry = resolve.in_force(getattr(pair, side), day)
        if entry is None:
            return "together"
        taken = (other.value for point, other in entry.contested.items() if choices.get(point))
        return next(taken, entry.value) or "together"

    def pair_of(self, one: str, other: str, *, programs: bool = True) -> schema.Pair | None:
        """The pair that two codes stand in: as codes, else (unless told not to) as programs."""
        known, key = self._known.beside, (one, other, programs)
        if key not in known:
            known[key] = self._pair_of(one, other, programs)
        return known[key]

    def _pair_of(self, one: str, other: str, programs: bool) -> schema.Pair | None:
        if self._known.pairs is None:
            self._known.pairs = {frozenset(p.pair): p for p in self.concurrency.pairs}
            self._known.ranges = [
                p for p in self.concurrency.pairs if any("-" in name for name in p.pair)
            ]
        names, others = self._names(one, programs), self._names(other, programs)
        for name in names:
            for second in others:
                if found := self._known.pairs.get(frozenset((name, second))):
                    return found
        for pair in self._known.ranges:
            for first, second in (pair.pair, pair.pair[::-1]):
                if first in names and in_ranges(other, [second]):
                    return pair
        return None

    def may_part(self, one: str, other: str) -> bool:
        """Whether two codes can ever stand otherwise than together, or rest on a contested point,
        for one patient; those of one program have one biller."""
        pair = self.pair_of(one, other)
        if pair is None:
            return False
        mine = self.program_of(one) is self.program_of(other)
        sides = (pair.same,) if mine else (pair.same, pair.different)
        entries = (entry for side in sides for entry in side.values())
        return any(each.contested or each.value not in (None, "together") for each in entries)

    def _names(self, code: str, programs: bool) -> list[str]:
        program = self.program_of(code) if programs else None
        return [code, str(program)] if program else [code]

    def is_named(self, name: str, code: str) -> bool:
        """Whether a pair's name means a code: itself, its program, or a range that it lies in."""
        return name in self._names(code, True) or ("-" in name and in_ranges(code, [name]))

    def settled_by(self, pair: schema.Pair, side: Side, day: date) -> tuple[str, ...]:
        """The positions of the practice on which the value of a pair rests."""
        entry = resolve.in_force(getattr(pair, side), day)
        points = entry.contested if entry else ()
        return tuple(point for point in points if point in self._settled(day))

    def window_mode(self, program: Program, day: date) -> str:
        """On which clock the payer counts supply periods: auto, fixed_30 or calendar_month."""
        entry = resolve.in_force(self.files[program].every.window_mode or {}, day)
        return (entry.value if entry else None) or "auto"

    def program_of(self, code: str) -> Program | None:
        """The program that a code belongs to."""
        if not self._known.programs:
            self._known.programs |= {c: p for p, f in self.files.items() for c in f.codes}
        return self._known.programs.get(code)

    def begins(self, program: Program) -> date:
        """The first day on which a rule of a program is in force."""
        codes = self.files[program].codes.values()
        return min(day for rule in codes for day, entry in rule.in_force.items() if entry.value)

    def days(self, programs: Collection[Program]) -> set[date]:
        """The days on which anything changes that is asked of these programs."""
        pairs = (side for pair in self.concurrency.pairs for side in (pair.same, pair.different))
        found = {day for side in pairs for day in side}
        found |= {each.since for each in self.positions if each.since}
        return found.union(*(self._turns(program) for program in programs))

    def clocks(self, program: Program) -> set[Clock]:
        """The kinds of window that a program's codes run on."""
        return {rule.window for rule in self.files[program].codes.values()}

    def asked_beyond_month(self, names: Collection[FactName]) -> set[Program]:
        """The programs of which a code asks for any of these facts by another clock than the month,
        whoever pays."""
        laid = [overlay.programs for overlay in self.overlays.values()]
        return {
            program
            for files in (self.files, *laid)
            for file in files.values()
            for rule in file.codes.values()
            if rule.window is not Clock.CALENDAR_MONTH
            for fact, program in asked_facts(file, rule)
            if fact in names
        }

    def bases_of(self, code: str) -> tuple[str, ...]:
        """The codes that an add-on adds to."""
        program = self.program_of(code)
        return () if program is None else tuple(self.files[program].codes[code].adds_to or ())


def asked_facts(file: schema.ProgramFile, rule: schema.CodeRule) -> set[tuple[FactName, Program]]:
    """Every fact that a code may ask for, and of which program."""
    parts = (file.every.for_, file.every.on_file, rule.for_, rule.on_file, rule.needs)
    asked = [each for part in parts for each in part.values() if each is not None]
    found = {(each.fact, each.program or file.program) for each in asked}
    units = rule.units
    return found | ({(units.fact, units.program or file.program)} if units else set())


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A dated value and where it stands: `codes.98977.needs.days.at_least`."""

    program: Program
    place: tuple[str, ...]
    entries: Mapping[date, Entry[Any]]


def dated_values(file: schema.ProgramFile) -> Iterator[DatedValue]:
    """Every dated value of a program's file."""

    def walk(value: object, place: tuple[str, ...]) -> Iterator[DatedValue]:
        if isinstance(value, Strict):
            for name, info in type(value).model_fields.items():
                yield from walk(getattr(value, name), (*place, info.alias or name))
        elif isinstance(value, dict) and value:
            if all(isinstance(key, date) for key in value):
                yield DatedValue(file.program, place, value)
            else:
                for key, inner in value.items():
                    yield from walk(inner, (*place, str(key)))

    yield from walk(file, ())


def turning_days(file: schema.ProgramFile) -> list[date]:
    """Every date on which something in a program's file changes."""
    return sorted({day for dated in dated_values(file) for day in dated.entries})
