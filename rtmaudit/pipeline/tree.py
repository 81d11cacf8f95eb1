"""What is asked about a patient, as a tree: what is asked next hangs on the answers so far.

An answer leads on by what a rule can tell of it: a number only by the thresholds of the rules that
it reaches, a day only by how it stands to the days of the patient's windows. So where the answers
about two patients lead to one end, the same was judged of both, but for the figures shown. What is
never asked cannot tell them apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rtmaudit.facts import COUNTED, OF_A_WINDOW, Facts
from rtmaudit.judge import Question
from rtmaudit.model import ANYTHING, Clock, Fact, FactName, FactRef, Window
from rtmaudit.pipeline.forms import Form, Part, part, placed
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.rulebook import Compared


@dataclass(slots=True, eq=False, repr=False)
class Asked:
    """What is asked at a point of the tree: a fact in a window, or (with a `count`) the day on
    which it was reached. The window is told by the places of its days among the patient's."""

    ref: FactRef
    kind: Clock
    start: int | date
    end: int | date
    count: int | None = None

    def window(self, profile: Profile) -> Window:
        """The patient's own window."""
        found = profile.windows.get(self)
        if found is None:
            start, end = (
                day if isinstance(day, date) else profile.days[day - 1]
                for day in (self.start, self.end)
            )
            found = profile.windows[self] = Window(self.kind, start, end)
        return found

    def answer(self, facts: Facts, patient: str, window: Window) -> Fact:
        """What the facts say."""
        if self.count is None:
            return facts.measure(patient, self.ref, window)
        return Fact.known(facts.day_reached(patient, self.ref, self.count, window))


@dataclass(slots=True, eq=False, repr=False)
class Point:
    """A point of the tree: what is asked there, and where each answer leads; or, at the end of the
    answers, what was judged. `exact` remembers where numbers lead as they are."""

    asked: Asked | None = None
    leads: dict[Hashable, Point] = field(default_factory=dict)
    exact: dict[Hashable, Point] = field(default_factory=dict)
    parts: tuple[Part[Any], ...] | None = None


@dataclass(slots=True, eq=False, repr=False)
class Tree:
    """All that is asked in order to judge one thing of patients whose questions are alike."""

    facts: Facts
    compared: Compared
    forms: dict[Any, Form[Any]]
    root: Point = field(default_factory=Point)

    def end(
        self,
        patient: str,
        profile: Profile,
        values: list[Any],
        judged: Callable[[Question], Iterable[Any]],
    ) -> Point:
        """The end to which the answers about a patient lead; `values` takes them in. What was not
        asked before is judged."""
        before = len(values)
        found = self._walk(patient, profile, values)
        if found is None:
            told = Told(self, patient, profile, before)
            asked = told.ask(judged)
            told.point.parts = tuple(part(each, told.places, self.forms) for each in asked)
            del values[before:]
            found = self._walk(patient, profile, values)
        assert found is not None
        return found

    def _walk(self, patient: str, profile: Profile, values: list[Any]) -> Point | None:
        facts, point = self.facts, self.root
        while (asked := point.asked) is not None:
            fact = asked.answer(facts, patient, asked.window(profile))
            told = (fact.low, fact.high, fact.later)
            values += told
            exact = (*told, fact.why, fact.cause, fact.notes)
            counted = asked.count is None and asked.ref.name in COUNTED
            following = point.exact.get(exact) if counted else None
            if following is None:
                following = point.leads.get(self.stands(asked.ref, fact, profile.ordered))
                if following is None:
                    return None
                if counted:
                    point.exact[exact] = following
            point = following
        return None if point.parts is None else point

    def stands(self, ref: FactRef, fact: Fact, days: Sequence[date]) -> Hashable:
        """A fact as the rules can tell it apart, beside a patient's days in their order."""
        low, high = (self._stands(ref, end, days) for end in (fact.low, fact.high))
        reach: Hashable = fact.later if fact.later is ANYTHING else bool(fact.later)
        if fact.later and isinstance(fact.high, int) and isinstance(fact.later, int):
            reach = (self._stands(ref, fact.high + fact.later, days),)
        return low, high, reach, fact.why, fact.cause, fact.notes

    def _stands(self, ref: FactRef, value: Any, days: Sequence[date]) -> Hashable:
        if type(value) is int:
            return bisect_right(self.compared.steps(ref), value)
        if isinstance(value, date):
            return bisect_left(days, value), bisect_right(days, value)
        if isinstance(value, tuple):
            name = (ref.name, ref.program)
            if ref.name is not FactName.DIAGNOSES or name in self.compared.shown:
                return tuple(self._stands(ref, each, days) for each in value)
            return tuple(_any_of(value, wanted) for wanted in self.compared.codes.get(name, ()))
        return type(value), value


def _any_of(codes: Collection[str], wanted: Collection[str]) -> bool:
    return any(code.startswith(each.replace(".", "")) for code in codes for each in wanted)


class Told:
    """The answers about one patient, each asked for once; each leads on in the tree. Their figures
    know their places, the first of which is `at`."""

    def __init__(self, tree: Tree, patient: str, profile: Profile, at: int) -> None:
        self.tree, self.patient, self.profile, self.at = tree, patient, profile, at
        self.point = tree.root
        self.places: dict[date, int] = {}
        for place, day in enumerate(profile.days, 1):
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
            asked = self.point.asked or Asked(ref, window.kind, start, end, count)
            self.point.asked = asked
            fact = asked.answer(self.tree.facts, self.patient, window)
            stands = self.tree.stands(ref, fact, self.profile.ordered)
            self.point = self.point.leads.setdefault(stands, Point())
            ends = (fact.low, fact.high, fact.later)
            low, high, later = (placed(value, self.at + n) for n, value in enumerate(ends))
            found = self.known[key] = Fact(low, high, fact.why, fact.cause, later, fact.notes)
            self.at += len(ends)
        return found
