"""Rules as of a day: plain frozen values, with no dates and no doubt left in them."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class UnitRule:
    """Whole blocks of `each` minutes beyond `after`, `at_most` of them."""

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
    adds_to: str | None = None
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
        if any(condition.billers is not None for condition in conditions):
            asked.append(FactRef(FactName.BILLER_TYPE, self.program))
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
