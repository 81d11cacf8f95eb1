"""Rules as of a day: plain frozen values, with no dates and no doubt left in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from rtmaudit.model import BillerType, Clock, FactName, FactRef, Program


class Test(StrEnum):
    """The closed list of conditions."""

    AT_LEAST = "at_least"
    IS = "is"
    ON_OR_BEFORE = "on_or_before"
    COVERS = "covers"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A named condition on a fact. `billers` limits it to some kinds of biller."""

    name: str
    ref: FactRef
    test: Test
    want: int | str | tuple[str | bool, ...]
    billers: tuple[BillerType, ...] | None = None

    @property
    def biller(self) -> FactRef:
        """The fact that `billers` looks at."""
        return FactRef(FactName.BILLER_TYPE, self.ref.program)


@dataclass(frozen=True, slots=True)
class UnitRule:
    """What an add-on counts beside its base: whole blocks of `each` minutes beyond `after`, and
    `at_most` so many."""

    base: str
    ref: FactRef
    after: int
    each: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One code as of a day. `settled` names the positions that this reading of it rests on."""

    program: Program
    code: str
    title: str
    window: Clock
    in_force: bool
    for_: tuple[Requirement, ...] = ()
    needs: tuple[Requirement, ...] = ()
    on_file: tuple[Requirement, ...] = ()
    units: UnitRule | None = None
    due_day: bool = False
    sources: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()

    @property
    def refs(self) -> tuple[FactRef, ...]:
        """Every fact that the rule asks for, measured ones first."""
        conditions = (*self.needs, *self.for_, *self.on_file)
        asked = [self.units.ref] if self.units else []
        asked += [condition.ref for condition in conditions]
        asked += [each.biller for each in conditions if each.billers is not None]
        return tuple(dict.fromkeys(asked))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All codes of a program as of a day; `ladders` holds the alternatives, best first."""

    program: Program
    rules: tuple[Rule, ...]
    ladders: tuple[tuple[str, ...], ...]

    def rule(self, code: str) -> Rule:
        """The rule of a code. Raises KeyError if the program has no such code."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def without_sources(self) -> RuleSet:
        """What the rules ask, whoever says so."""
        bare = tuple(replace(rule, sources=(), settled=()) for rule in self.rules)
        return replace(self, rules=bare)
