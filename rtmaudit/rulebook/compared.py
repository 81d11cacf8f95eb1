"""What the rules compare with: the days on which the law changes, and the numbers and diagnoses
that conditions want. Two patients who stand alike to all of these are alike to every rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rtmaudit.model import FactName, FactRef, Program
from rtmaudit.rulebook.book import MEDICARE, Rulebook
from rtmaudit.rulebook.rules import Requirement, Rule, RuleSet, Test, UnitRule

Named = tuple[FactName, Program]


@dataclass(slots=True)
class Compared:
    """The days on which the law changes; per fact and program the numbers from which on a condition
    stands otherwise, and the lists of diagnoses that are asked for; `shown` are the facts of which
    a finding may show the diagnoses. `ladders` are the codes that stand in each other's stead."""

    days: frozenset[date]
    numbers: Mapping[Named, list[int]]
    codes: Mapping[Named, list[tuple[str, ...]]] = field(default_factory=dict)
    shown: Collection[Named] = frozenset()
    ladders: Collection[tuple[str, ...]] = frozenset()

    def steps(self, ref: FactRef) -> list[int]:
        """The numbers of one fact, in order."""
        return self.numbers.get((ref.name, ref.program), [])


def compared(
    book: Rulebook, programs: Collection[Program], payers: Collection[str], first: date, last: date
) -> Compared:
    """What any rule of these programs, or of one that may be suggested, compares with under these
    payers and under any reading, for windows between two days."""
    numbers: dict[Named, set[int]] = defaultdict(set)
    codes: dict[Named, set[tuple[str, ...]]] = defaultdict(set)
    shown: set[Named] = set()
    ladders: set[tuple[str, ...]] = set()
    everything = {*programs, *book.fit.candidates}
    books = {payer: book.under(payer) for payer in (book.payer, MEDICARE, *payers)}.values()
    days = {day for each in books for day in each.days(everything)}
    for rules in _rule_sets(books, everything, days, (first, last)):
        ladders |= {*rules.ladders}
        for rule in rules.rules:
            for name, number in _numbers(rule, rules):
                numbers[name].add(number)
            for each in (*rule.for_, *rule.needs, *rule.on_file):
                if each.test is Test.ANY_OF and isinstance(each.want, tuple):
                    codes[_name(each.ref)].add(tuple(map(str, each.want)))
            shown |= {_name(each.ref) for each in rule.on_file if each.test is Test.ANY_OF}
        for modifier in rules.modifiers:
            percent, amount = modifier.assistant_percent, modifier.amount_above
            if percent is not None:
                numbers[FactName.ASSISTANT_PERCENT, rules.program].add(percent + 1)
            if amount is not None:
                numbers[FactName.THERAPY_AMOUNT, rules.program].add(amount + 1)
    ordered = {name: sorted(found) for name, found in numbers.items()}
    return Compared(
        frozenset(days), ordered, {n: sorted(c) for n, c in codes.items()}, shown, ladders
    )


def _rule_sets(
    books: Collection[Rulebook],
    programs: Collection[Program],
    turns: Collection[date],
    between: tuple[date, date],
) -> Iterator[RuleSet]:
    first, last = between
    for day in (first, *(day for day in turns if first < day <= last)):
        for book in books:
            for program in programs:
                for point in (None, *book.files[program].contested):
                    yield book.rules(program, day, point)


def _numbers(rule: Rule, rules: RuleSet) -> Iterator[tuple[Named, int]]:
    for each in (*rule.for_, *rule.needs, *rule.on_file):
        if isinstance(each.want, int):
            yield _name(each.ref), _from(each, each.want)
    if rule.units:
        for used in {0, *(used for _, used in rule.bases)}:
            yield from ((_name(rule.units.ref), number) for number in _blocks(rule.units, used))


def _from(requirement: Requirement, want: int) -> int:
    """The first number that stands otherwise."""
    return want + 1 if requirement.test is Test.AT_MOST else want


def _blocks(units: UnitRule, used: int) -> Iterator[int]:
    """The minutes from which on there is one more unit."""
    return iter(
        range(used + units.first, used + units.first + units.each * units.at_most, units.each)
    )


def _name(ref: FactRef) -> Named:
    return ref.name, ref.program
