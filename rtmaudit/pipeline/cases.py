"""Each distinct case is judged once.

A case is everything that the judge and the fit ask about a patient, as far as a rule can tell it
apart: what the profile's question says, and the answers in the order in which they are asked for,
each number only by the thresholds of the rules that it reaches, and each day only by how it stands
to the days of the windows and of the law. What is asked next hangs on the answers so far, so the
cases of one question are a tree. A patient whose answers lead to its end is a known case, whose
findings take this patient's own figures and days (`forms`); for any other the judge is asked, and
the tree grows. What is never asked cannot tell two cases apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rtmaudit.facts import Facts
from rtmaudit.fit import Fit, find_fit
from rtmaudit.judge import Question, judge
from rtmaudit.model import ANYTHING, Clock, Fact, FactName, FactRef, Finding, Window
from rtmaudit.pipeline.forms import Form, Part, part, placed
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.rulebook import Compared, Rulebook, compared
from rtmaudit.windows import ONE_DAY

COUNTED = frozenset(
    {
        FactName.READING_DAYS,
        FactName.READINGS,
        FactName.MANAGEMENT_MINUTES,
        FactName.LIVE_CONTACTS,
        FactName.VISITS,
        FactName.ASSISTANT_PERCENT,
    }
)
"""What is counted for each patient; all else stands in the profile."""

Judged = tuple[tuple[Finding, ...], Fit]


@dataclass(slots=True, eq=False)
class Asked:
    """What is asked at a point of the tree: a fact in a window, or (with a `count`) the day on
    which it was reached. The window is told by the places of its days."""

    ref: FactRef
    kind: Clock
    start: int | date
    end: int | date
    count: int | None = None

    @property
    def on_file(self) -> bool:
        """Whether all patients of a profile give the same answer."""
        return self.count is None and self.ref.name not in COUNTED

    def window(self, profile: Profile) -> Window:
        """The patient's own window."""
        found = profile.windows.get(self)
        if found is None:
            days = (
                d if isinstance(d, date) else profile.days[d - 1] for d in (self.start, self.end)
            )
            found = profile.windows[self] = Window(self.kind, *days)
        return found

    def answer(self, facts: Facts, patient: str, window: Window) -> Fact:
        """What the facts say."""
        if self.count is None:
            return facts.measure(patient, self.ref, window)
        return Fact.known(facts.day_reached(patient, self.ref, self.count, window))


@dataclass(slots=True, eq=False)
class Point:
    """A point of the tree: what is asked there, and where each answer leads; or, at the end of the
    answers, what was judged. `exact` remembers numbers as they are."""

    asked: Asked | None = None
    leads: dict[Hashable, Point] = field(default_factory=dict)
    exact: dict[Hashable, Point] = field(default_factory=dict)
    findings: tuple[Part[Finding], ...] = ()
    fit: Part[Fit] | None = None


@dataclass(slots=True, eq=False)
class Frame:
    """The tree of one question, and what its rules compare with: `fixed` are the days that a day
    on file may be compared with beside those of the windows."""

    compared: Compared
    fixed: Collection[date]
    root: Point = field(default_factory=Point)

    def stands(self, ref: FactRef, fact: Fact, days: Sequence[date]) -> Hashable:
        """A fact as the rules can tell it apart."""
        low, high = (self._stands(ref, end, days) for end in (fact.low, fact.high))
        reach: Hashable = fact.later is not ANYTHING and bool(fact.later)
        if reach and isinstance(fact.high, int) and isinstance(fact.later, int):
            reach = (self._stands(ref, fact.high + fact.later, days),)
        elif fact.later is ANYTHING:
            reach = ANYTHING
        return low, high, reach, fact.why, fact.cause, fact.notes

    def _stands(self, ref: FactRef, value: Any, days: Sequence[date]) -> Hashable:
        if type(value) is int:
            return bisect_right(self.compared.steps(ref), value)
        if isinstance(value, date):
            ordered = sorted({*self.fixed, *days})
            return bisect_left(ordered, value), bisect_right(ordered, value)
        if isinstance(value, tuple):
            name = (ref.name, ref.program)
            if ref.name is not FactName.DIAGNOSES or name in self.compared.shown:
                return tuple(self._stands(ref, each, days) for each in value)
            asked = self.compared.codes.get(name, [])
            return tuple(_any_of(value, wanted) for wanted in asked)
        return type(value), value


def _any_of(codes: Collection[str], wanted: Collection[str]) -> bool:
    return any(code.startswith(each.replace(".", "")) for code in codes for each in wanted)


@dataclass(slots=True)
class Cases:
    """All cases of a run."""

    book: Rulebook
    facts: Facts
    frames: dict[Hashable, Frame] = field(default_factory=dict)
    forms: dict[Any, Form[Any]] = field(default_factory=dict)

    def judge(self, patient: str, profile: Profile) -> Judged:
        """The findings and the fit of one patient."""
        if profile.start is None:
            profile.start = self._frame(profile)
        values: list[Any] = [profile.conditions, *profile.days]
        end = self._walk(patient, profile, values)
        if end is None:
            self._learn(patient, profile)
            del values[1 + len(profile.days) :]
            end = self._walk(patient, profile, values)
        assert end is not None and end.fit is not None
        return tuple([each.of(values) for each in end.findings]), end.fit.of(values)

    def _walk(self, patient: str, profile: Profile, values: list[Any]) -> Point | None:
        """The end to which a patient's answers lead, with the answers' values; None where there is
        none yet."""
        frame, facts, met = profile.start, self.facts, profile.met
        point: Point = frame.root
        while (asked := point.asked) is not None:
            known = met.get(point)
            if known is not None:
                point, told = known
                values += told
                continue
            fact = asked.answer(facts, patient, asked.window(profile))
            told = (fact.low, fact.high, fact.later)
            values += told
            exact = (*told, fact.why, fact.cause, fact.notes)
            following = point.exact.get(exact)
            if following is None:
                following = point.leads.get(frame.stands(asked.ref, fact, profile.days))
                if following is None:
                    return None
                if asked.on_file:
                    met[point] = following, told
                elif asked.count is None:
                    point.exact[exact] = following
            point = following
        return point if point.fit is not None else None

    def _learn(self, patient: str, profile: Profile) -> None:
        """Ask the judge, and let the tree grow by the patient's answers."""
        told = _Told(self.facts, patient, profile)
        question = replace(profile.question, measure=told.measure, day_reached=told.day_reached)
        findings = judge(self.book, question)
        book = self.book.under(profile.rules_payer)
        fit = find_fit(book, question, findings, placed(profile.conditions, 0))
        end = told.point
        end.findings = tuple(part(each, told.places, self.forms) for each in findings)
        end.fit = part(fit, told.places, self.forms)

    def _frame(self, profile: Profile) -> Frame:
        """The tree for a question, by everything in it but the days, and by their order."""
        question, month = profile.question, profile.question.month
        programs = question.programs
        payers = tuple(sorted({p for held in question.payers.values() for _, p in held}))
        turns = sorted(self._turns(programs, payers))
        fixed = (date.min, month.start - ONE_DAY, month.start, month.end, question.as_of)
        order = {day: n for n, day in enumerate(sorted({*fixed, *profile.days}))}
        exact = bool(question.claims)
        key = (
            programs,
            tuple((p, c, len(w)) for p in programs for c, w in question.windows[p].items()),
            tuple(question.start_known.items()),
            tuple((p, tuple(payer for _, payer in held)) for p, held in question.payers.items()),
            len(question.payer_changes),
            question.claims,
            question.unread_lines,
            tuple(question.billers.items()) if exact else _alike(question.billers),
            profile.days if exact else (),
            tuple([order[day] for day in (*fixed, *profile.days)]),
            tuple([bisect_right(turns, day) for day in profile.lawful]),
        )
        found = self.frames.get(key)
        if found is None:
            first, last = min(fixed[1], *profile.lawful), max(month.end, *profile.lawful)
            seen = compared(self.book, programs, payers, first, last)
            found = self.frames[key] = Frame(seen, fixed)
        return found

    def _turns(self, programs: Collection[Any], payers: Collection[str]) -> set[date]:
        mine = (self.book.under(payer) for payer in payers)
        asked = {*programs, *self.book.fit.candidates}
        return self.book.days(asked).union(*(book.days(asked) for book in mine))


def _alike(billers: Mapping[Any, str]) -> Hashable:
    """Which programs are billed by the same."""
    names = list(billers.values())
    return tuple(names.index(name) for name in names)


class _Told:
    """The answers about one patient, each asked for once; each step leads on in the tree."""

    def __init__(self, facts: Facts, patient: str, profile: Profile) -> None:
        self.facts, self.patient, self.profile = facts, patient, profile
        self.frame: Frame = profile.start
        self.point = self.frame.root
        self.places: dict[date, int] = {}
        for at, day in enumerate(profile.days, 1):
            self.places.setdefault(day, at)
        self.at = 1 + len(profile.days)
        self.known: dict[Any, Fact] = {}

    def measure(self, ref: FactRef, window: Window) -> Fact:
        """A fact, whose figures know their place."""
        return self._tell(ref, window, None)

    def day_reached(self, ref: FactRef, count: int, window: Window) -> date | None:
        """The day on which a count was reached, which knows its place."""
        day = self._tell(ref, window, count).low
        return day if isinstance(day, date) else None

    def _tell(self, ref: FactRef, window: Window, count: int | None) -> Fact:
        key = (ref, window, count)
        if key not in self.known:
            start, end = (self.places.get(day, day) for day in (window.start, window.end))
            asked = self.point.asked or Asked(ref, window.kind, start, end, count)
            self.point.asked = asked
            fact = asked.answer(self.facts, self.patient, window)
            stands = self.frame.stands(ref, fact, self.profile.days)
            self.point = self.point.leads.setdefault(stands, Point())
            low, high, later = (
                placed(value, self.at + n)
                for n, value in enumerate((fact.low, fact.high, fact.later))
            )
            self.known[key] = Fact(low, high, fact.why, fact.cause, later, fact.notes)
            self.at += 3
        return self.known[key]
