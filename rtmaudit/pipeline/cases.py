"""Each distinct case is judged once.

Codes that no rule joins are judged apart: those of one program and clock, or of several where a
ladder or a pair links them. Each such group has a tree of what is asked about it (`tree`), and the
fit has one for each sort of findings that it can tell apart. At an end stand forms, which take the
patient's own figures and days (`forms`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rtmaudit.facts import Cohort, Facts
from rtmaudit.facts.keys import Ints, numbered
from rtmaudit.fit import Fit, Outlines, explained, fit_of, outlined
from rtmaudit.judge import Question, judge_by, readings_of
from rtmaudit.model import Clock, Finding, Program
from rtmaudit.pipeline.asking import Asking
from rtmaudit.pipeline.course import Course
from rtmaudit.pipeline.forms import Form, placed
from rtmaudit.pipeline.group import Figures, Group
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.pipeline.tree import Point, Tree
from rtmaudit.rulebook import MEDICARE, Compared, Rulebook, compared

Judged = tuple[tuple[Finding, ...], Fit]
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
class OfCodes:
    """What is judged of one group of codes: the number of each patient's end, the ends, and the
    findings one by one, each a column of all patients."""

    ends: Ints
    points: list[Point]
    findings: list[npt.NDArray[np.object_]]


@dataclass(slots=True, eq=False, repr=False)
class Frame:
    """What is judged of patients whose questions are alike but for their days: the order of the
    findings, the groups with their trees, the combinations of their ends, and what the fit asks."""

    order: Sequence[Codes]
    groups: Sequence[frozenset[Codes]]
    trees: Sequence[Tree]
    asking: Asking
    combined: dict[tuple[Point, ...], Combined] = field(default_factory=dict)
    fits: dict[Outlines, Fitting] = field(default_factory=dict)


@dataclass(slots=True, repr=False)
class Cases:
    """All cases of a run."""

    book: Rulebook
    facts: Facts
    frames: dict[Hashable, Frame] = field(default_factory=dict)
    forms: dict[Any, Form[Any]] = field(default_factory=dict)
    turns: dict[Hashable, list[date]] = field(default_factory=dict)
    shapes: dict[Hashable, int] = field(default_factory=dict)
    asking: dict[Hashable, Asking] = field(default_factory=dict)
    explained: dict[Fit, Fit] = field(default_factory=dict)

    def judge(
        self, cohort: Cohort, profiles: Sequence[Profile], who: Sequence[int]
    ) -> list[Judged]:
        """The findings and the fit of some of a cohort, of all of which the profiles are given."""
        framed: dict[Frame, list[int]] = {}
        for i in who:
            profile = profiles[i]
            if profile.frame is None:
                profile.frame = self._frame(profile)
            framed.setdefault(profile.frame, []).append(i)
        found: dict[int, Judged] = {}
        for frame, some in framed.items():
            mine = [profiles[i] for i in some]
            group = Group(frame.asking, cohort, np.array(some), mine)
            found.update(zip(some, self._of_a_frame(frame, group), strict=True))
        return [found[i] for i in who]

    def _of_a_frame(self, frame: Frame, group: Group) -> list[Judged]:
        people = len(group.who)
        judged = [
            self._of_codes(codes, tree, group)
            for codes, tree in zip(frame.groups, frame.trees, strict=True)
        ]
        findings: dict[int, tuple[Finding, ...]] = {}
        fits: dict[Fitting, list[Ints]] = {}
        combined = numbered([each.ends for each in judged], people)
        for some in combined.members():
            key = tuple([each.points[int(each.ends[some[0]])] for each in judged])
            if key not in frame.combined:
                frame.combined[key] = self._combine(frame, key)
            whole = frame.combined[key]
            columns = [judged[n].findings[k][some].tolist() for n, k in whole.places]
            rows = list(zip(*columns, strict=True)) or [()] * len(some)
            findings.update(zip(some.tolist(), rows, strict=True))
            fits.setdefault(whole.fitting, []).append(some)
        found: dict[int, Fit] = {}
        for fitting, several in fits.items():
            found.update(self._fits(fitting, group, np.concatenate(several)))
        return [(findings[i], self._explained(found[i], findings[i])) for i in range(people)]

    def _of_codes(self, codes: frozenset[Codes], tree: Tree, group: Group) -> OfCodes:
        people = len(group.who)
        found = OfCodes(np.zeros(people, np.int64), [], [])
        ends = tree.ends(group, np.arange(people), partial(self._judge, codes))
        for number, (point, some) in enumerate(ends):
            found.points.append(point)
            found.ends[some] = number
            figures = Figures(group, some, point.told)
            for k, part in enumerate(point.parts or ()):
                if k == len(found.findings):
                    found.findings.append(np.empty(people, object))
                found.findings[k][some] = part.of(figures)
        return found

    def _judge(self, group: frozenset[Codes], one: int, question: Question) -> Iterable[Finding]:
        """The findings of one group of codes, by every reading that the whole question has."""
        del one
        windows = {
            program: {clock: some for clock, some in mine.items() if (program, clock) in group}
            for program, mine in question.windows.items()
        }
        placeless = {
            p: k or (p, Clock.EPISODE) not in group for p, k in question.start_known.items()
        }
        readings = list(readings_of(self.book, question))
        return judge_by(
            self.book, replace(question, windows=windows, start_known=placeless), readings
        )

    def _combine(self, frame: Frame, ends: Sequence[Point]) -> Combined:
        places: dict[Codes, list[tuple[int, int]]] = {codes: [] for codes in frame.order}
        for group, end in enumerate(ends):
            for k, each in enumerate(end.parts or ()):
                places[self._codes(each.form.shared)].append((group, k))
        ordered = [each for codes in frame.order for each in places[codes]]
        outlines = outlined([(ends[n].parts or ())[k].form.shared for n, k in ordered])
        if outlines not in frame.fits:
            frame.fits[outlines] = Fitting(outlines, Tree(frame.asking, self.forms))
        return Combined(ordered, frame.fits[outlines])

    def _codes(self, finding: Finding) -> Codes:
        return finding.program, self.book.files[finding.program].codes[finding.code].window

    def _fits(self, fitting: Fitting, group: Group, some: Ints) -> Iterator[tuple[int, Fit]]:
        """The fit of some of a group with such findings."""

        def fits(one: int, question: Question) -> Iterator[Fit]:
            profile = group.profiles[one]
            book = self.book.under(profile.course.rules_payer)
            yield fit_of(book, question, fitting.outlines, placed(profile.conditions, 0))

        for end, mine in fitting.tree.ends(group, some, fits):
            (fit,) = end.parts or ()
            found = fit.of(Figures(group, mine, end.told))
            yield from zip(mine.tolist(), found, strict=True)

    def _explained(self, fit: Fit, findings: tuple[Finding, ...]) -> Fit:
        """A fit with its reason, one object for all who have the same."""
        told = explained(fit, findings)
        return fit if told is fit else self.explained.setdefault(told, told)

    def _frame(self, profile: Profile) -> Frame:
        """The frame of a question: everything in it but the days, and how these stand to each other
        and to the days on which the law changes. Claims are weighed by their very days."""
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
        if key not in self.frames:
            self.frames[key] = self._new(profile)
        return self.frames[key]

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

    def _new(self, profile: Profile) -> Frame:
        question = profile.question
        asking = self._asking(profile.course)
        order = list(_order(question))
        groups = _groups(self.book, order, asking.compared)
        trees = [Tree(asking, self.forms) for _ in groups]
        return Frame(order, groups, trees, asking)

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
