"""What is asked about a patient, as a tree: what is asked next hangs on the answers so far.

An answer leads on by what a rule can tell of it: a number only by the thresholds of the rules that
it reaches, a day only by how it stands to the days of the patient's windows. So where the answers
about two patients lead to one end, the same was judged of both, but for the figures shown. What is
never asked cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from rtmaudit.facts import OF_A_WINDOW
from rtmaudit.facts.keys import Ints
from rtmaudit.judge import Question
from rtmaudit.model import Fact, FactRef, Window
from rtmaudit.pipeline.asking import Asked, Asking
from rtmaudit.pipeline.forms import Form, Part, part, placed
from rtmaudit.pipeline.group import Group

Judge = Callable[[int, Question], Iterable[Any]]
"""What is judged of one of a group, by the answers to a question."""


@dataclass(slots=True, eq=False, repr=False)
class Point:
    """A point of the tree, and the one `before` it: what is asked there, and where the answers
    lead; or, at the end of the answers, what was judged."""

    before: Point | None = None
    asked: Asked | None = None
    leads: dict[Hashable, Point] = field(default_factory=dict)
    parts: tuple[Part[Any], ...] | None = None

    def led(self, answer: Hashable) -> Point:
        """The point to which an answer leads."""
        found = self.leads.get(answer)
        if found is None:
            found = self.leads[answer] = Point(self)
        return found

    @property
    def told(self) -> list[Asked]:
        """All that was asked on the way here."""
        found, point = list[Asked](), self.before
        while point is not None:
            assert point.asked is not None
            found.append(point.asked)
            point = point.before
        return found[::-1]


@dataclass(slots=True, eq=False, repr=False)
class Tree:
    """All that is asked in order to judge one thing of patients whose questions are alike."""

    asking: Asking
    forms: dict[Any, Form[Any]]
    root: Point = field(default_factory=Point)

    def ends(self, group: Group, some: Ints, judged: Judge) -> list[tuple[Point, Ints]]:
        """The ends to which the answers about some of a group lead, and whom. What was not asked
        before is judged."""
        found: list[tuple[Point, Ints]] = []
        waiting = [(self.root, some)] if len(some) else []
        while waiting:
            point, mine = waiting.pop()
            if point.asked is None and point.parts is None:
                self._judge(group, int(mine[0]), judged)
            if point.asked is None:
                found.append((point, mine))
            else:
                parted = group.hear(point.asked).parted(mine)
                waiting += [(point.led(answer), those) for answer, those in parted]
        return found

    def _judge(self, group: Group, one: int, judged: Judge) -> None:
        """Grow the tree by what is asked in order to judge one patient."""
        told = Told(self, group, one)
        asked = told.ask(partial(judged, one))
        told.point.parts = tuple(part(each, told.places, self.forms) for each in asked)


class Told:
    """The answers about one of a group, each asked for once; each leads on in the tree. Their
    figures know their places, the first of which is `at`."""

    def __init__(self, tree: Tree, group: Group, one: int) -> None:
        self.tree, self.group, self.one, self.point = tree, group, one, tree.root
        days = group.profiles[one].course.days
        self.at = 1 + len(days)
        self.places: dict[date, int] = {}
        for place, day in enumerate(days, 1):
            self.places.setdefault(day, place)
        self.known: dict[Hashable, Fact] = {}

    def ask(self, judged: Callable[[Question], Iterable[Any]]) -> list[Any]:
        """What is judged by these answers."""
        mine = self.group.profiles[self.one].question
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
            heard = self.group.hear(self.point.asked)
            answer = heard.answer(self.one)
            self.point = self.point.led(heard.leads(self.one))
            low, high, later = (placed(v, self.at + n) for n, v in enumerate(answer.told))
            fact = answer.fact
            found = self.known[key] = Fact(low, high, fact.why, fact.cause, later, fact.notes)
            self.at += len(answer.told)
        return found
