"""What is asked about a patient, as a tree: what is asked next hangs on the answers so far.

An answer leads on by what a rule can tell of it: a number only by the thresholds of the rules that
it reaches, a day only by how it stands to the days of the patient's windows. So where the answers
about two patients lead to one end, the same was judged of both, but for the figures shown. What is
never asked cannot tell them apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from rtmaudit.facts import OF_A_WINDOW, Cohort
from rtmaudit.judge import Question
from rtmaudit.model import Fact, FactRef, Window
from rtmaudit.pipeline.asking import Answer, Asked, Asking
from rtmaudit.pipeline.forms import Form, Part, part, placed
from rtmaudit.pipeline.profiles import Profile

Judge = Callable[[int, Question], Iterable[Any]]
"""What is judged of one of a group, by the answers to a question."""


@dataclass(slots=True, eq=False, repr=False)
class Point:
    """A point of the tree: what is asked there, and where the answers lead; or, at the end of the
    answers, what was judged."""

    asked: Asked | None = None
    leads: dict[Hashable, Point] = field(default_factory=dict)
    parts: tuple[Part[Any], ...] | None = None


@dataclass(slots=True, eq=False, repr=False)
class Group:
    """Patients whose questions are alike, and what they were told so far: of each its values."""

    cohort: Cohort
    patients: Sequence[str]
    profiles: Sequence[Profile]
    values: dict[int, list[Any]]

    def untold(self, who: Sequence[int]) -> Group:
        """Some of them, before anything is asked: each knows the own conditions and days."""
        values = {i: [self.profiles[i].conditions, *self.profiles[i].course.days] for i in who}
        return Group(self.cohort, self.patients, self.profiles, values)


@dataclass(slots=True, eq=False, repr=False)
class Tree:
    """All that is asked in order to judge one thing of patients whose questions are alike."""

    asking: Asking
    forms: dict[Any, Form[Any]]
    root: Point = field(default_factory=Point)

    def ends(self, group: Group, who: Sequence[int], judged: Judge) -> dict[int, Point]:
        """The end to which the answers about each of these lead; their values take them in. What
        was not asked before is judged."""
        found: dict[int, Point] = {}
        before = len(group.values[who[0]]) if who else 0
        waiting = [(self.root, who)]
        while waiting:
            point, some = waiting.pop()
            if point.asked is None and point.parts is None:
                self._judge(group, some[0], before, judged)
            if point.asked is None:
                found.update(dict.fromkeys(some, point))
            else:
                waiting += self._parted(point, point.asked, group, some)
        return found

    def _judge(self, group: Group, one: int, before: int, judged: Judge) -> None:
        """Grow the tree by what is asked in order to judge one patient."""
        told = Told(self, group.patients[one], group.profiles[one], before)
        asked = told.ask(partial(judged, one))
        told.point.parts = tuple(part(each, told.places, self.forms) for each in asked)

    def _parted(
        self, point: Point, asked: Asked, group: Group, who: Sequence[int]
    ) -> Iterable[tuple[Point, list[int]]]:
        """Where the answers to what is asked at a point lead, and whom."""
        profiles, values = group.profiles, group.values
        windows = asked.windows([profiles[i] for i in who]) if asked.windowed else []
        keys = self.asking.facts.alike(group.cohort, asked.ref, asked.count, who, windows)
        parted: dict[Point, list[int]] = {}
        for key, some in _by_key(keys, who):
            answer = None if key is None else asked.answers.get(key)
            if answer is None:
                answer = self.asking.answer(asked, group.patients[some[0]], profiles[some[0]], key)
            told = answer.told
            for i in some:
                values[i] += told
            for place, alike in _by_place(answer, profiles, some):
                lead = point.leads.setdefault((answer.sort, place), Point())
                parted.setdefault(lead, []).extend(alike)
        return parted.items()


def _by_key(
    keys: Sequence[Hashable] | None, who: Sequence[int]
) -> Iterable[tuple[Hashable, Sequence[int]]]:
    """Who has which key; each apart who is like nobody."""
    if keys is None:
        return [((), who)]
    alone: list[tuple[Hashable, Sequence[int]]] = []
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for key, i in zip(keys, who, strict=True):
        if key is None:
            alone.append((None, (i,)))
        else:
            found[key].append(i)
    return [*found.items(), *alone]


def _by_place(
    answer: Answer, profiles: Sequence[Profile], who: Sequence[int]
) -> Iterable[tuple[Hashable, Sequence[int]]]:
    """For whom the days of an answer stand where among those of their windows."""
    if not answer.days:
        return [((), who)]
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i in who:
        found[answer.place(profiles[i].course.ordered)].append(i)
    return found.items()


class Told:
    """The answers about one patient, each asked for once; each leads on in the tree. Their figures
    know their places, the first of which is `at`."""

    def __init__(self, tree: Tree, patient: str, profile: Profile, at: int) -> None:
        self.tree, self.patient, self.profile, self.at = tree, patient, profile, at
        self.point = tree.root
        self.places: dict[date, int] = {}
        for place, day in enumerate(profile.course.days, 1):
            self.places.setdefault(day, place)
        self.known: dict[Hashable, Fact] = {}

    def ask(self, judged: Callable[[Question], Iterable[Any]]) -> list[Any]:
        """What is judged by these answers."""
        mine = self.profile.question
        asked = replace(mine, measure=self.measure, day_reached=self.day_reached)
        return list(judged(asked))

    def measure(self, ref: FactRef, window: Window) -> Fact:
        """A fact, whose figures know their place."""
        return self._tell(ref, window, None)

    def day_reached(self, ref: FactRef, count: int, window: Window) -> date | None:
        """The day on which a count was reached, which knows its place."""
        day = self._tell(ref, window, count).low
        return day if isinstance(day, date) else None

    def _tell(self, ref: FactRef, window: Window, count: int | None) -> Fact:
        key = (ref, window if ref.name in OF_A_WINDOW else None, count)
        found = self.known.get(key)
        if found is None:
            start, end = (self.places.get(day, day) for day in (window.start, window.end))
            asked = self.tree.asking.question(ref, window.kind, start, end, count)
            self.point.asked = self.point.asked or asked
            answer = self.tree.asking.answer(self.point.asked, self.patient, self.profile)
            lead = (answer.sort, answer.place(self.profile.course.ordered))
            self.point = self.point.leads.setdefault(lead, Point())
            low, high, later = (placed(v, self.at + n) for n, v in enumerate(answer.told))
            fact = answer.fact
            found = self.known[key] = Fact(low, high, fact.why, fact.cause, later, fact.notes)
            self.at += len(answer.told)
        return found
