"""Whose questions are alike but for their days, and which of their codes no rule joins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtmaudit.facts import Facts
from rtmaudit.fit import Outlines
from rtmaudit.judge import Question
from rtmaudit.model import Clock, Program
from rtmaudit.pipeline.asking import Asking
from rtmaudit.pipeline.course import Course
from rtmaudit.pipeline.forms import Form
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.pipeline.tree import Point, Tree
from rtmaudit.rulebook import MEDICARE, Compared, Rulebook, compared

Codes = tuple[Program, Clock]
"""The codes of a program that run on one clock."""


@dataclass(slots=True, eq=False, repr=False)
class Fitting:
    """What the fit asks of patients of whose findings it sees the same."""

    outlines: Outlines
    tree: Tree


@dataclass(slots=True, eq=False, repr=False)
class Combined:
    """The ends of all groups: the findings in their order, each by the number of its group and its
    own there, and what the fit asks of such a patient."""

    places: Sequence[tuple[int, int]]
    fitting: Fitting


@dataclass(slots=True, eq=False, repr=False)
class Docket:
    """What is judged of patients whose questions are alike but for their days: the order of the
    findings, the groups with their trees, the combinations of their ends, and what the fit asks."""

    order: Sequence[Codes]
    groups: Sequence[frozenset[Codes]]
    trees: Sequence[Tree]
    asking: Asking
    combined: dict[tuple[Point, ...], Combined] = field(default_factory=dict)
    fits: dict[Outlines, Fitting] = field(default_factory=dict)


@dataclass(slots=True, repr=False)
class Dockets:
    """All dockets of a run."""

    book: Rulebook
    facts: Facts
    forms: dict[Any, Form[Any]] = field(default_factory=dict)
    dockets: dict[Hashable, Docket] = field(default_factory=dict)
    turns: dict[Hashable, list[date]] = field(default_factory=dict)
    shapes: dict[Hashable, int] = field(default_factory=dict)
    asking: dict[Hashable, Asking] = field(default_factory=dict)

    def of(self, profile: Profile) -> Docket:
        """The docket of a question: by everything in it but the days, and by how these stand to
        each other and to those on which the law changes. Claims are weighed by their very days."""
        course, exact = profile.course, bool(profile.claims)
        if course.shape is None:
            course.shape = self.shapes.setdefault(self._shape(course), len(self.shapes))
        key = (
            course.shape,
            profile.claims,
            profile.unread_lines,
            tuple(profile.billers.items()) if exact else _alike(profile.billers),
            course.days if exact else (),
        )
        if key not in self.dockets:
            self.dockets[key] = self._new(profile)
        return self.dockets[key]

    def _shape(self, course: Course) -> Hashable:
        question = course.question
        turns = self._turns(question.programs, _payers(question))
        order = {day: n for n, day in enumerate(course.ordered)}
        return (
            tuple((p, c, len(w)) for p, mine in question.windows.items() for c, w in mine.items()),
            tuple(question.start_known.items()),
            tuple((p, tuple(payer for _, payer in held)) for p, held in question.payers.items()),
            len(question.payer_changes),
            tuple([order[day] for day in (*course.fixed, *course.days)]),
            tuple([bisect_right(turns, day) for day in course.lawful]),
        )

    def _turns(self, programs: tuple[Program, ...], payers: tuple[str, ...]) -> list[date]:
        """The days on which the law of these programs changes."""
        if (programs, payers) not in self.turns:
            asked = {*programs, *self.book.fit.candidates}
            books = (self.book, *(self.book.under(payer) for payer in payers))
            found = {day for book in books for day in book.days(asked)}
            self.turns[programs, payers] = sorted(found)
        return self.turns[programs, payers]

    def _new(self, profile: Profile) -> Docket:
        question = profile.question
        asking = self._asking(profile.course)
        order = list(_order(question))
        groups = _groups(self.book, order, asking.compared)
        trees = [Tree(asking, self.forms) for _ in groups]
        return Docket(order, groups, trees, asking)

    def _asking(self, course: Course) -> Asking:
        """What is asked under the rules of a course; between two changes of the law they
        compare with the same."""
        programs, payers = course.question.programs, _payers(course.question)
        asked = (*course.fixed[1:4], *course.lawful)
        turns = self._turns(programs, (MEDICARE, *payers))
        key = (programs, payers, *(bisect_right(turns, day) for day in (min(asked), max(asked))))
        if key not in self.asking:
            seen = compared(self.book, programs, payers, min(asked), max(asked))
            self.asking[key] = Asking(self.facts, seen)
        return self.asking[key]


def _payers(question: Question) -> tuple[str, ...]:
    return tuple(sorted({p for held in question.payers.values() for _, p in held}))


def _order(question: Question) -> Iterator[Codes]:
    """The order of the findings; codes that cannot be placed without a start come last."""
    for program, windows in question.windows.items():
        placed_last = [] if question.start_known[program] else [Clock.EPISODE]
        clocks = [*(c for c in windows if c not in placed_last), *placed_last]
        yield from ((program, clock) for clock in clocks if clock in windows)


def _groups(book: Rulebook, order: Sequence[Codes], seen: Compared) -> list[frozenset[Codes]]:
    """Codes that a ladder or a pair links belong together."""
    groups = [frozenset({each}) for each in order]
    codes = {
        each: [c for c, rule in book.files[each[0]].codes.items() if rule.window is each[1]]
        for each in order
    }
    for one in order:
        for other in order:
            if one != other and _linked(book, codes[one], codes[other], seen):
                joined = [group for group in groups if one in group or other in group]
                groups = [g for g in groups if g not in joined] + [frozenset().union(*joined)]
    return groups


def _linked(book: Rulebook, some: Sequence[str], others: Sequence[str], seen: Compared) -> bool:
    return any(
        book.may_part(one, other)
        or any(one in ladder and other in ladder for ladder in seen.ladders)
        for one in some
        for other in others
    )


def _alike(billers: Mapping[Program, str]) -> Hashable:
    """Which programs are billed by the same."""
    names = list(billers.values())
    return tuple(names.index(name) for name in names)
