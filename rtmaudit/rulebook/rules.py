"""Rules as of a day: plain frozen values, with no dates and no doubt left in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rtmaudit.model import BillerType, Clock, Discipline, FactName, FactRef, Program, Word


class Test(Word):
    """The closed list of conditions."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    IS = "is"
    IS_NOT = "is_not"
    ON_OR_BEFORE = "on_or_before"
    COVERS = "covers"
    ANY_OF = "any_of"


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
    """What an add-on counts beyond its base's minutes: the `first` unit, then whole blocks of
    `each` minutes, and `at_most` so many."""

    ref: FactRef
    first: int
    each: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One code as of a day. `bases` holds the codes that an add-on may stand beside, each with the
    minutes that it has used; `settled` names the positions that this reading rests on."""

    program: Program
    code: str
    title: str
    window: Clock
    in_force: bool
    for_: tuple[Requirement, ...] = ()
    needs: tuple[Requirement, ...] = ()
    on_file: tuple[Requirement, ...] = ()
    units: UnitRule | None = None
    bases: tuple[tuple[str, int], ...] = ()
    due_day: bool = False
    sources: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    refs: tuple[FactRef, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "refs", self._refs())

    def _refs(self) -> tuple[FactRef, ...]:
        """Every fact that the rule asks for, measured ones first."""
        conditions = (*self.needs, *self.for_, *self.on_file)
        asked = [self.units.ref] if self.units else []
        asked += [condition.ref for condition in conditions]
        asked += [each.biller for each in conditions if each.billers is not None]
        return tuple(dict.fromkeys(asked))


@dataclass(frozen=True, slots=True)
class ModifierRule:
    """A modifier by discipline and the codes that it belongs to; where given, only above a share
    of assistants' time (per cent), or above an amount of therapy in the year (whole dollars)."""

    name: str
    by_discipline: tuple[tuple[Discipline, str], ...]
    codes: tuple[str, ...]
    assistant_percent: int | None = None
    amount_above: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All codes of a program as of a day; `ladders` holds the alternatives, best first."""

    program: Program
    rules: tuple[Rule, ...]
    ladders: tuple[tuple[str, ...], ...]
    modifiers: tuple[ModifierRule, ...] = ()

    def rule(self, code: str) -> Rule:
        """The rule of a code. Raises KeyError if the program has no such code."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def on(self, clock: Clock) -> tuple[Rule, ...]:
        """The rules of the codes that run on one clock."""
        return tuple(rule for rule in self.rules if rule.window is clock)

    def without_sources(self) -> RuleSet:
        """What the rules ask, whoever says so."""
        bare = tuple(replace(rule, sources=(), settled=()) for rule in self.rules)
        return replace(self, rules=bare)
