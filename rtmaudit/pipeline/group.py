"""Patients whose questions are alike, and what they are told: who is told the same is told once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rtmaudit.facts import Cohort
from rtmaudit.facts.keys import Ints, Keys, Numbered, Windows, numbered
from rtmaudit.pipeline.asking import Answer, Asked, Asking
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.tables import NOTHING

BY_DAY = -2
"""In place of a way: where it leads hangs on the days of the patient's windows."""


@dataclass(slots=True, eq=False, repr=False)
class Group:
    """Some of a cohort, by their place among these, under one asking."""

    asking: Asking
    cohort: Cohort
    who: Ints
    profiles: Sequence[Profile]
    courses: Numbered = field(init=False)
    heard: dict[Asked, Heard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = np.array([id(profile.course) for profile in self.profiles], np.int64)
        self.courses = numbered([ids], len(ids))

    def hear(self, asked: Asked) -> Heard:
        """What they are told of a question."""
        if asked not in self.heard:
            self.heard[asked] = Heard(self, asked)
        return self.heard[asked]

    def windows(self, asked: Asked) -> Windows:
        """Their windows, where the answer hangs on them."""
        if not asked.windowed:
            return Windows((), self.courses.of)
        firsts = self.courses.first.tolist()
        return Windows([asked.window(self.profiles[i].course) for i in firsts], self.courses.of)

    def patient(self, one: int) -> str:
        """The id of one of them."""
        return self.cohort.patients[int(self.who[one])]


class Heard:
    """What those of a group are told of one question, as far as anybody asked for them. Patients
    with one key get one answer, and are led on one way, unless the answer holds days."""

    def __init__(self, group: Group, asked: Asked) -> None:
        self.group, self.asked, people = group, asked, len(group.who)
        facts, windows = group.asking.facts, group.windows(asked)
        keys: Keys = facts.alike(group.cohort, asked.ref, asked.count, group.who, windows)
        self.alike = keys.numbered(people)
        self._keys = keys.of(self.alike.first)
        self.answers: list[Answer | None] = [None] * len(self.alike.first)
        self.told: list[tuple[Any, ...]] = [()] * len(self.alike.first)
        self._way = np.full(len(self.alike.first), NOTHING)
        self._ways: dict[Hashable, int] = {}

    def answer(self, one: int) -> Answer:
        """What one of them is told."""
        number = int(self.alike.of[one])
        return self.answers[number] or self._learnt(number)

    def parted(self, some: Ints) -> Iterator[tuple[Hashable, Ints]]:
        """Where the answers to some of them lead, and whom."""
        numbers = self.alike.of[some]
        ways = self._way[numbers]
        if ways.min() < 0:
            for number in dict.fromkeys(numbers[ways == NOTHING].tolist()):
                self._learnt(number)
            ways = self._way[numbers]
            dated = (ways == BY_DAY).nonzero()[0]
            ways[dated] = self._by_day(numbers[dated], some[dated])
        named = list(self._ways)
        if ways.min() == ways.max():
            yield named[ways[0]], some
            return
        for way in np.bincount(ways).nonzero()[0].tolist():
            yield named[way], some[ways == way]

    def _learnt(self, number: int) -> Answer:
        one, group = int(self.alike.first[number]), self.group
        key, course = self._keys[number], group.profiles[one].course
        answer = group.asking.answer(self.asked, group.patient(one), course, key)
        self.answers[number], self.told[number] = answer, answer.told
        self._way[number] = BY_DAY if answer.days else self._named((answer.sort, ()))
        return answer

    def _by_day(self, numbers: Ints, some: Ints) -> Ints:
        """The ways of those whose answers hold days."""
        alike = numbered([numbers, self.group.courses.of[some]], len(some))
        ways = [self._named(self.leads(one)) for one in some[alike.first].tolist()]
        return np.array(ways, np.int64)[alike.of]

    def leads(self, one: int) -> Hashable:
        """Where the answer to one of them leads."""
        answer = self.answer(one)
        return answer.sort, answer.place(self.group.profiles[one].course.ordered)

    def _named(self, way: Hashable) -> int:
        return self._ways.setdefault(way, len(self._ways))


@dataclass(slots=True, eq=False, repr=False)
class Figures:
    """All that some of a group know, each figure by its place: the own conditions, the own days,
    and three of each answer (`told`)."""

    group: Group
    some: Ints
    told: Sequence[Asked]

    def begin(self) -> int:
        """The place of the first figure of the first answer."""
        return 1 + len(self.group.profiles[int(self.some[0])].course.days)

    def alike(self, places: Sequence[int]) -> Numbered:
        """Who have the same figures in some places."""
        begin, people = self.begin(), len(self.some)
        if people < 2:
            return numbered((), people)
        asked = dict.fromkeys(self.told[(at - begin) // 3] for at in places if at >= begin)
        columns = [self.group.hear(each).alike.of[self.some] for each in asked]
        if any(at < begin for at in places):
            columns.append(self.group.courses.of[self.some])
        if 0 in places:
            columns.append(self._conditions())
        return numbered(columns, people)

    def of(self, who: Ints, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """The figures of some of the group in some places, patient by patient."""
        begin = self.begin()
        return zip(*(self._column(who, at, begin) for at in places), strict=True)

    def _column(self, who: Ints, at: int, begin: int) -> list[Any]:
        if at >= begin:
            asked, part = divmod(at - begin, 3)
            heard = self.group.hear(self.told[asked])
            return [heard.told[number][part] for number in heard.alike.of[who].tolist()]
        mine = [self.group.profiles[one] for one in who.tolist()]
        return [each.course.days[at - 1] if at else each.conditions for each in mine]

    def _conditions(self) -> Ints:
        known: dict[Hashable, int] = {}
        each = (self.group.profiles[i].conditions for i in self.some.tolist())
        return np.array([known.setdefault(own, len(known)) for own in each])
