"""A program's file -> its rules as of a day, under one reading of what is contested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtmaudit.model import FactRef, Program, System
from rtmaudit.rulebook import schema
from rtmaudit.rulebook.dated import Entry
from rtmaudit.rulebook.rules import ModifierRule, Requirement, Rule, RuleSet, UnitRule

Choices = Mapping[str, bool]
"""Contested point -> whether its other reading is taken. A point not named is read as `value`."""


@dataclass(slots=True)
class Resolver:
    """Reads dated values as of one day, and remembers which sources and positions it used."""

    program: Program
    day: date
    choices: Choices
    settled: frozenset[str]
    sources: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)

    def value(self, dated: Mapping[date, Entry[Any]] | None) -> Any:
        """The value in force, or None where the file has nothing to say."""
        entry = in_force(dated or {}, self.day)
        if entry is None:
            return None
        self.positions += [point for point in entry.contested if point in self.settled]
        for point, other in entry.contested.items():
            if self.choices.get(point):
                self.sources.append(other.source)
                return other.value
        if entry.value is not None:
            self.sources.append(entry.source)
        return entry.value

    def ref(self, asked: schema.Requirement | schema.Units) -> FactRef:
        """The fact that a requirement asks for, with its arguments as of the day."""
        system = getattr(asked, "system", None)
        systems = [system] if isinstance(system, System) else system or []
        by = self.value(asked.by) or {}
        return FactRef(
            asked.fact,
            asked.program or self.program,
            tuple(sorted(systems)),
            tuple((biller, tuple(roles)) for biller, roles in sorted(by.items())),
            tuple(self.value(asked.visit_codes) or ()),
            tuple(self.value(asked.not_during) or ()),
            tuple(self.value(getattr(asked, "sources", None)) or ()),
        )

    def requirement(self, name: str, asked: schema.Requirement) -> Requirement | None:
        """The condition as of the day, or None where it lapsed."""
        want = self.value(asked.dated)
        if want is None:
            return None
        billers = self.value(asked.billers)
        return Requirement(
            name,
            self.ref(asked),
            asked.test,
            tuple(want) if isinstance(want, list) else want,
            None if billers is None else tuple(billers),
        )

    def requirements(
        self, asked: Mapping[str, schema.Requirement | None]
    ) -> tuple[Requirement, ...]:
        """All conditions of a block that hold on the day."""
        found = (self.requirement(name, one) for name, one in asked.items() if one is not None)
        return tuple(each for each in found if each is not None)

    def units(self, rule: schema.CodeRule) -> UnitRule | None:
        """The unit rule of an add-on as of the day, or None where it lapsed."""
        asked = rule.units
        if asked is None:
            return None
        first, each, most = (self.value(d) for d in (asked.first, asked.each, asked.at_most))
        if each is None or most is None:
            return None
        return UnitRule(self.ref(asked), first or each, each, most)

    def bases(self, rule: schema.CodeRule) -> tuple[tuple[str, int], ...]:
        """The bases of an add-on as of the day, each with the minutes that it has used."""
        used = {code: self.value(dated) for code, dated in (rule.adds_to or {}).items()}
        return tuple((code, minutes) for code, minutes in used.items() if minutes is not None)

    def modifier(self, name: str, asked: schema.ModifierNote) -> ModifierRule | None:
        """A modifier as of the day, or None where it lapsed."""
        by, codes = self.value(asked.modifier), self.value(asked.codes)
        if not by or not codes:
            return None
        percent, amount = self.value(asked.assistant_percent), self.value(asked.amount_above)
        return ModifierRule(name, tuple(sorted(by.items())), tuple(codes), percent, amount)


def in_force(dated: Mapping[date, Entry[Any]], day: date) -> Entry[Any] | None:
    """The latest entry on or before the day that is not merely announced."""
    dates = [d for d, entry in dated.items() if d <= day and "value" in entry.model_fields_set]
    return dated[max(dates)] if dates else None


def rule_set(
    file: schema.ProgramFile, day: date, choices: Choices, settled: frozenset[str]
) -> RuleSet:
    """Every code of a program as of a day."""
    rules = tuple(_rule(file, code, day, choices, settled) for code in file.codes)
    reader = Resolver(file.program, day, choices, settled)
    ladders = [ladder for dated in file.one_of.values() for ladder in reader.value(dated) or []]
    modifiers = (reader.modifier(name, asked) for name, asked in file.modifiers.items())
    return RuleSet(
        file.program,
        rules,
        tuple(tuple(ladder) for ladder in ladders),
        tuple(each for each in modifiers if each is not None),
    )


def _rule(
    file: schema.ProgramFile, code: str, day: date, choices: Choices, settled: frozenset[str]
) -> Rule:
    asked, every = file.codes[code], file.every
    reader = Resolver(file.program, day, choices, settled)
    in_force_now = bool(reader.value(asked.in_force))
    for_ = reader.requirements({**every.for_, **asked.for_})
    needs = reader.requirements(asked.needs)
    on_file = reader.requirements({**every.on_file, **asked.on_file})
    units, bases = reader.units(asked), reader.bases(asked)
    due = reader.value(asked.service_date or every.service_date)
    return Rule(
        file.program,
        code,
        asked.title,
        asked.window,
        in_force_now,
        for_,
        needs,
        on_file,
        units,
        bases,
        due == "due_day",
        tuple(sorted(set(reader.sources))),
        tuple(sorted({*reader.positions, *_ladder_positions(file, code, reader)})),
    )


def _ladder_positions(file: schema.ProgramFile, code: str, like: Resolver) -> list[str]:
    """The positions that decide which ladder a code stands in."""
    found: list[str] = []
    for dated in file.one_of.values():
        reader = Resolver(like.program, like.day, like.choices, like.settled)
        if any(code in ladder for ladder in reader.value(dated) or []):
            found += reader.positions
    return found
