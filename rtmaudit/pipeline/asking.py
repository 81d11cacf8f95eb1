"""Questions about patients and their answers, each made once for all who share it.

An answer is remembered with all that a rule can tell of it: of a number the thresholds of the rules
that it reaches, of a day how it stands to the days of the patient's windows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtmaudit.facts import OF_A_WINDOW, Facts
from rtmaudit.model import ANYTHING, Clock, Fact, FactName, FactRef, Window
from rtmaudit.pipeline.course import Course
from rtmaudit.rulebook import Compared

MOST_ANSWERS = 100_000
"""Answers to one question that are remembered at a time."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Answer:
    """An answer that several patients may get: its figures, what the rules can tell of it but for
    its days, and these."""

    fact: Fact
    sort: Hashable
    days: tuple[date, ...]

    @property
    def told(self) -> tuple[Any, ...]:
        """The figures."""
        return self.fact.low, self.fact.high, self.fact.later

    def place(self, ordered: Sequence[date]) -> Hashable:
        """How its days stand among those of a patient."""
        return tuple([(bisect_left(ordered, d), bisect_right(ordered, d)) for d in self.days])


@dataclass(slots=True, eq=False, repr=False)
class Asked:
    """What is asked: a fact in a window, or (with a `count`) the day on which it was reached. The
    window is told by the places of its days among the patient's. `answers` are those that several
    patients got."""

    ref: FactRef
    kind: Clock
    start: int | date
    end: int | date
    count: int | None = None
    answers: dict[Hashable, Answer] = field(default_factory=dict)

    @property
    def windowed(self) -> bool:
        """Whether the answer hangs on the window."""
        return self.count is not None or self.ref.name in OF_A_WINDOW

    def window(self, course: Course) -> Window:
        """The own window of a course."""
        found = course.asked.get(self)
        if found is None:
            start, end = (
                day if isinstance(day, date) else course.days[day - 1]
                for day in (self.start, self.end)
            )
            found = course.asked[self] = Window(self.kind, start, end)
        return found


@dataclass(slots=True, eq=False, repr=False)
class Asking:
    """All that is asked under rules that compare with the same."""

    facts: Facts
    compared: Compared
    questions: dict[Hashable, Asked] = field(default_factory=dict)

    def question(self, ref: FactRef, kind: Clock, *more: Any) -> Asked:
        """What is asked, the same each time; `more` as in Asked."""
        asked = Asked(ref, kind, *more)
        key = (ref, kind, *more) if asked.windowed else ref
        return self.questions.setdefault(key, asked)

    def answer(self, asked: Asked, patient: str, course: Course, key: Hashable) -> Answer:
        """What the facts say; remembered for all who share a key."""
        known = None if key is None else asked.answers.get(key)
        return known or self._ask(asked, patient, course, key)

    def _ask(self, asked: Asked, patient: str, course: Course, key: Hashable) -> Answer:
        window = asked.window(course)
        if asked.count is None:
            fact = self.facts.measure(patient, asked.ref, window)
        else:
            day = self.facts.day_reached(patient, asked.ref, asked.count, window)
            fact = Fact.known(day)
        found = Answer(fact, self._sort(asked.ref, fact), _days(fact))
        if key is not None:
            if len(asked.answers) >= MOST_ANSWERS:
                asked.answers.clear()
            asked.answers[key] = found
        return found

    def _sort(self, ref: FactRef, fact: Fact) -> Hashable:
        """A fact as the rules can tell it apart, but for where its days stand."""
        low, high = self._stands(ref, fact.low), self._stands(ref, fact.high)
        reach: Hashable = fact.later if fact.later is ANYTHING else bool(fact.later)
        if fact.later and isinstance(fact.high, int) and isinstance(fact.later, int):
            reach = (self._stands(ref, fact.high + fact.later),)
        return low, high, fact.low == fact.high, reach, fact.why, fact.cause, fact.notes

    def _stands(self, ref: FactRef, value: Any) -> Hashable:
        if type(value) is int:
            return bisect_right(self.compared.steps(ref), value)
        if isinstance(value, date):
            return date
        if isinstance(value, tuple):
            name = (ref.name, ref.program)
            if ref.name is not FactName.DIAGNOSES or name in self.compared.shown:
                return tuple(self._stands(ref, each) for each in value)
            return tuple(_any_of(value, wanted) for wanted in self.compared.codes.get(name, ()))
        return type(value), value


def _days(fact: Fact) -> tuple[date, ...]:
    """The days that a fact holds, those of both ends once where they are the same."""
    ends = (fact.low,) if fact.low == fact.high else (fact.low, fact.high)
    several = [each for end in ends for each in (end if isinstance(end, tuple) else (end,))]
    return tuple(day for day in several if isinstance(day, date))


def _any_of(codes: Collection[str], wanted: Collection[str]) -> bool:
    return any(code.startswith(each.replace(".", "")) for code in codes for each in wanted)
