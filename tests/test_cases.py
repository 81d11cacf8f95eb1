"""What is judged by case is what is judged of one patient at a time, and no figure of another
patient ever shows."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import numpy as np
import pytest
from differential import product
from differential.practices import practices
from rulebooks import fitted, shipped_cases, shipped_rules
from rulebooks import question as asked_of

from rtmaudit.config import read_config
from rtmaudit.facts import COUNTED, OF_A_WINDOW, Cohort
from rtmaudit.facts.keys import Ints, Keys
from rtmaudit.fit import Fit
from rtmaudit.judge import Question, judge
from rtmaudit.model import Clock, Fact, FactName, FactRef, Finding, Program, Window
from rtmaudit.pipeline import Order, audit, people
from rtmaudit.pipeline.cases import Cases
from rtmaudit.pipeline.course import Course
from rtmaudit.pipeline.forms import Day, Figure, Several
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.rulebook import MEDICARE, Compared, Rulebook, compared
from rtmaudit.scenarios import run
from rtmaudit.shipped import shipped
from rtmaudit.windows import Month

Judged = tuple[tuple[Finding, ...], Fit]
PRACTICES, VARIANTS = range(60), 3
CONDITIONS = ("I10", "M17")


def alone(book: Rulebook, asked: Question, payer: str, conditions: tuple[str, ...]) -> Judged:
    """One patient, with nothing remembered."""
    findings = judge(book, asked)
    return tuple(findings), fitted(book.under(payer), asked, findings, conditions)


def plain(value: Any) -> bool:
    """Whether nothing in a value knows its place."""
    if is_dataclass(value):
        return all(plain(getattr(value, each.name)) for each in fields(value))
    if type(value) is tuple:
        return all(map(plain, value))
    return type(value) not in (Figure, Day, Several)


class Varied:
    """Facts of patients and of others like them: `P1#3` is on file as P1 is, and every figure that
    is counted of that one is another."""

    def __init__(self, facts: Any) -> None:
        self.facts = facts

    def measure(self, patient: str, ref: FactRef, window: Window) -> Fact:
        """The fact of the model, and for another its figures moved."""
        model, _, variant = patient.partition("#")
        fact: Fact = self.facts.measure(model, ref, window)
        if not variant or ref.name not in COUNTED or not isinstance(fact.low, int):
            return fact
        chance = random.Random(f"{variant} {ref} {window}")
        low = max(0, fact.low + chance.choice((-9, -2, -1, 0, 1, 2, 5, 15, 30)))
        if not isinstance(fact.high, int):
            return replace(fact, low=low)
        later = fact.later
        if isinstance(later, int) and later:
            later = chance.randrange(1, 31)
        return replace(fact, low=low, high=low + fact.high - fact.low, later=later)

    def day_reached(self, patient: str, ref: FactRef, count: int, window: Window) -> date | None:
        """Some day of the window; sometimes none."""
        chance = random.Random(f"{patient} {ref} {count} {window}")
        if chance.random() < 0.1:
            return None
        return window.start + timedelta(days=chance.randrange((window.end - window.start).days + 1))

    def cohort(self, patients: Sequence[str]) -> Cohort:
        """They themselves."""
        return Cohort(self, patients)  # type: ignore[arg-type]

    def alike(self, cohort: Any, ref: FactRef, count: int | None, who: Ints, windows: Any) -> Keys:
        """Nobody is like another."""
        return Keys((), np.ones(len(who), np.bool_))


class Both(Cases):
    """Cases that judge everyone and others like them alone too."""

    compared = 0
    asked: ClassVar[set[FactName]] = set()

    def __init__(self, book: Rulebook, facts: Any) -> None:
        super().__init__(book, Varied(facts))  # type: ignore[arg-type]

    def judge(
        self, cohort: Cohort, profiles: Sequence[Profile], who: Sequence[int]
    ) -> list[Judged]:
        """By case; raises where it is not as alone."""
        patients = [cohort.patients[i] for i in who]
        profiles = [profiles[i] for i in who]
        for variant in range(VARIANTS, -1, -1):
            names = [f"{patient}#{variant}" if variant else patient for patient in patients]
            found = super().judge(self.facts.cohort(names), profiles, range(len(names)))
            for me, profile, mine in zip(names, profiles, found, strict=True):
                asked = replace(
                    profile.question,
                    measure=partial(self.facts.measure, me),
                    day_reached=partial(self.facts.day_reached, me),
                )
                same(mine, alone(self.book, asked, profile.course.rules_payer, profile.conditions))
                Both.compared += 1
        for patient, profile, mine in zip(patients, profiles, found, strict=True):
            self.hang_on_no_window(patient, profile.question, mine[0])
        return found

    def hang_on_no_window(
        self, patient: str, asked: Question, findings: tuple[Finding, ...]
    ) -> None:
        """Raises unless a fact that is asked for once answers alike for every window."""
        mine = asked.windows.values()
        windows = [w for clocks in mine for some in clocks.values() for w in some]
        windows.append(Window(Clock.CALENDAR_MONTH, date(2020, 2, 1), date(2020, 2, 29)))
        for ref in {ref for finding in findings for ref in finding.refs}:
            if ref.name not in OF_A_WINDOW:
                answers = {self.facts.measure(patient, ref, window) for window in windows}
                assert len(answers) == 1, ref
                Both.asked.add(ref.name)


def same(found: Judged, expected: Judged) -> None:
    """Raises AssertionError unless they are equal and in plain values."""
    for one, other in zip(found[0], expected[0], strict=True):
        assert one == other
        assert repr(one) == repr(other)
    assert found[1] == expected[1]
    assert plain(found)


def test_random_practices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "Cases", Both)
    monkeypatch.setattr(Both, "compared", 0)
    with product.rules_read_once():
        for practice in practices(11, PRACTICES):
            product.findings(practice, tmp_path / str(practice.number))
    assert Both.compared > 400


@pytest.mark.parametrize(
    ("more", "month", "as_of", "least"),
    [
        ("", Month(2026, 3), date(2026, 4, 1), 100),
        ("", Month(2026, 3), date(2026, 3, 20), 100),
        ("2026-04", Month(2026, 4), date(2026, 5, 1), 80),
        ("2026-04", Month(2026, 4), date(2026, 4, 17), 80),
    ],
)
def test_the_sample_practice(
    more: str, month: Month, as_of: date, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "Cases", Both)
    monkeypatch.setattr(Both, "compared", 0)
    monkeypatch.setattr(Both, "asked", set())
    folder = shipped("samples") / more
    config = read_config(folder / "rtmaudit.yaml")
    audit(Order((folder,), month, as_of, config, shipped("rules")))
    assert Both.compared > least
    assert len(Both.asked) > 5


class Given:
    """The facts of questions, each a patient's."""

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}

    def measure(self, patient: str, ref: FactRef, window: Window) -> Fact:
        """As the question says."""
        return self.questions[patient].measure(ref, window)

    def day_reached(self, patient: str, ref: FactRef, count: int, window: Window) -> date | None:
        """As the question says."""
        return self.questions[patient].day_reached(ref, count, window)

    cohort, alike = Varied.cohort, Varied.alike


def by_case(cases: Cases, asked: Question) -> Judged:
    """The answer to a question, by case."""
    questions = cases.facts.questions  # type: ignore[attr-defined]
    patient = str(len(questions))
    questions[patient] = asked
    own = {"billers": asked.billers, "claims": asked.claims, "unread_lines": asked.unread_lines}
    profile = Profile(Course(asked), CONDITIONS, **own)  # type: ignore[arg-type]
    (found,) = cases.judge(cases.facts.cohort([patient]), [profile], [0])
    return found


def test_the_scenarios() -> None:
    known: dict[Any, Cases] = {}

    def both(book: Rulebook, asked: Question) -> list[Finding]:
        key = (book.payer, book.positions, asked.month, asked.as_of, asked.strict)
        cases = known.setdefault(key, Cases(book, Given()))  # type: ignore[arg-type]
        found = by_case(cases, asked)
        same(found, alone(book, asked, MEDICARE, CONDITIONS))
        return list(found[0])

    with mock.patch.object(sys.modules[run.__module__], "judge", both):
        for case in shipped_cases():
            assert not run(case, shipped_rules()).faults
    assert len(known) < len(shipped_cases())


ENOUGH: Mapping[FactName, int] = {
    FactName.READING_DAYS: 30,
    FactName.READINGS: 30,
    FactName.MANAGEMENT_MINUTES: 70,
    FactName.LIVE_CONTACTS: 2,
    FactName.VISITS: 1,
}


def steps() -> Iterator[tuple[Program, FactName, int]]:
    """Every number that a rule of March 2026 compares a count with."""
    book = shipped_rules()
    for program in book.files:
        found = compared(book, [program], [MEDICARE], date(2026, 3, 1), date(2026, 4, 30))
        for (name, of), numbers in found.numbers.items():
            if of is program and name in ENOUGH:
                yield from ((program, name, number) for number in numbers)


def question(program: Program, name: FactName, number: int) -> Question:
    """About a patient who has enough of everything, and of one thing so much."""
    return asked_of(shipped_rules(), {**ENOUGH, name: number}, programs=[program])


def judged(program: Program, name: FactName, number: int) -> Judged:
    """The same, alone."""
    return alone(shipped_rules(), question(program, name, number), MEDICARE, CONDITIONS)


def told(found: Judged) -> list[Any]:
    """What is said, without the figures."""
    return [(each.code, each.verdict, each.units, len(each.alternatives)) for each in found[0]]


@pytest.mark.parametrize(("program", "name", "number"), list(steps()))
def test_each_threshold(
    program: Program, name: FactName, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = [number - 1, number, number + 1]
    expected = {n: judged(program, name, n) for n in around}
    for order in (around, around[::-1]):
        cases = Cases(shipped_rules(), Given())  # type: ignore[arg-type]
        for n in order:
            same(by_case(cases, question(program, name, n)), expected[n])
    if told(expected[number - 1]) == told(expected[number]):
        return
    right = Compared.steps
    for wrong in (number - 1, number + 1):
        monkeypatch.setattr(
            Compared,
            "steps",
            lambda self, ref, wrong=wrong: [
                wrong if n == number and ref.name is name else n for n in right(self, ref)
            ],
        )
        cases = Cases(shipped_rules(), Given())  # type: ignore[arg-type]
        found = {n: by_case(cases, question(program, name, n)) for n in [number - 2, *around]}
        assert any(found[n] != expected[n] for n in around)


def test_most_thresholds_decide_something() -> None:
    deciding = [
        each
        for each in steps()
        if told(judged(*each)) != told(judged(each[0], each[1], each[2] - 1))
    ]
    assert len(deciding) > 15
