"""What is on file of a patient before anything is counted, and with it the question that is put to
the judge. What many patients share is made once: a course of care, and who bills whom."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from typing import Any

from rtmaudit.facts import Cohort, Facts, count_conditions
from rtmaudit.facts.keys import Keys
from rtmaudit.facts.roster import ENDS, Enrolment
from rtmaudit.judge import Claim, Question
from rtmaudit.model import Program
from rtmaudit.pipeline.course import Course, not_asked
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.payers import Payers
from rtmaudit.report import Billing
from rtmaudit.rulebook import MEDICARE
from rtmaudit.windows import build_windows

WHEN = ("enrolled_on", "setup_on", *ENDS, "discharged_on", "visited_on")
"""Cells of the roster that say when something begins or ends."""

WHO = ("payer", "biller", "place_of_service")
"""Cells of the roster that say who bills whom, and where."""

MOST_MADE = 50_000
"""Profiles, or courses, that are remembered at a time."""

Place = tuple[str, int]


@dataclass(slots=True, eq=False, repr=False)
class Profile:
    """A course of care, and what the report says of such a patient beside the findings."""

    course: Course
    conditions: tuple[str, ...]
    known: bool = True
    billing: Mapping[str, Billing] = field(default_factory=dict)
    billers: Mapping[Program, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    unread_lines: tuple[Place, ...] = ()
    docket: Any = None

    @property
    def question(self) -> Question:
        """What is asked of the judge, without the answers."""
        return replace(
            self.course.question,
            billers=self.billers,
            claims=self.claims,
            unread_lines=self.unread_lines,
        )


@dataclass(slots=True, repr=False)
class Profiles:
    """Makes everybody's profile."""

    order: Order
    payers: Payers
    facts: Facts
    claims: Mapping[str, Sequence[Claim]]
    unread: Mapping[str, Sequence[Place]]
    columns: Sequence[str] = field(init=False)
    when: Any = field(init=False)
    who: Any = field(init=False)
    made: dict[Hashable, Profile] = field(default_factory=dict)
    programs: dict[Hashable, tuple[Program, ...]] = field(default_factory=dict)
    courses: dict[Hashable, Course] = field(default_factory=dict)
    billed: dict[Hashable, tuple[Mapping[str, Billing], Mapping[Program, str]]] = field(
        default_factory=dict
    )
    conditions: dict[Hashable, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        has = self.facts.roster.has
        self.when = itemgetter("programs", *filter(has, WHEN))
        self.who = itemgetter("programs", *filter(has, WHO))
        self.columns = list(filter(has, (*WHEN, *WHO, "conditions")))

    def of(self, cohort: Cohort) -> list[Profile]:
        """The profile of each of a cohort, which those share of whom the same is on file."""
        keys = self._keys(cohort)
        alike = keys.numbered(len(cohort.patients))
        each = zip(alike.first.tolist(), keys.of(alike.first), strict=True)
        made = [self._of(cohort.patients[i], key) for i, key in each]
        return list(map(made.__getitem__, alike.of.tolist()))

    def _keys(self, cohort: Cohort) -> Keys:
        """By the cells of the line, the programs for which time is logged and the systems watched;
        who has several lines, claims or covers has a profile alone."""
        cells = [cohort.first_cells(column) for column in ("programs", *self.columns)]
        logged = [cohort.logged(program) for program in Program]
        alone = cohort.several() | cohort.those("covers", self.facts.covers)
        alone |= cohort.those("claims", self.claims) | cohort.those("unread", self.unread)
        return Keys([cohort.enrolled(), *cells, *logged, cohort.systems()], alone)

    def _of(self, patient: str, key: Hashable) -> Profile:
        if key is None:
            return self._make(patient)
        found = self.made.get(key)
        if found is None:
            if len(self.made) >= MOST_MADE:
                self.made.clear()
            found = self.made[key] = self._make(patient)
        return found

    def _make(self, patient: str) -> Profile:
        facts, lines = self.facts, self.facts.roster.lines(patient)
        covers = tuple(facts.covers.get(patient, ()))
        programs = self._programs(patient, lines)
        who = tuple([self.who(line.cells) for line in lines])
        when = tuple([self.when(line.cells) for line in lines])
        payers = () if covers else tuple([self._rules(line.text("payer")) for line in lines])
        course = self._course(patient, (programs, when, payers, covers))
        billed = self.billed.get((programs, who, covers))
        if billed is None:
            billed = self.billed[programs, who, covers] = self._billed(patient, course)
        known, conditions = facts.roster.knows(patient), self._conditions(patient, lines)
        claims, unread = tuple(self.claims.get(patient, ())), tuple(self.unread.get(patient, ()))
        return Profile(course, conditions, known, *billed, claims, unread)

    def _rules(self, payer: str) -> str:
        """Whose rules a name in the roster means."""
        return self.payers.rules_of(payer) if payer else ""

    def _programs(self, patient: str, lines: Sequence[Enrolment]) -> tuple[Program, ...]:
        """The programs that the patient is in, the preferred first."""
        facts, book = self.facts, self.payers.book
        logged = frozenset(facts.time.programs(patient))
        systems = facts.days.systems(patient) if facts.days else frozenset()
        named = tuple([line.programs for line in lines])
        key = (named, facts.roster.knows(patient), logged, systems)
        if key not in self.programs:
            preferred = dict.fromkeys([*book.fit.prefer, *book.files])
            self.programs[key] = tuple(p for p in preferred if facts.is_in(patient, p))
        return self.programs[key]

    def _conditions(self, patient: str, lines: Sequence[Enrolment]) -> tuple[str, ...]:
        """The chronic conditions on file."""
        if not lines or not self.facts.roster.has("conditions"):
            return ()
        line = lines[0] if len(lines) == 1 else self.facts.roster.any_line(patient, Program.CCM)
        codes = line.cells.get("conditions")
        listed = codes if isinstance(codes, tuple) else ()
        if listed not in self.conditions:
            known = count_conditions(listed, self.facts.conditions)[0]
            self.conditions[listed] = tuple(known)
        return self.conditions[listed]

    def _billed(
        self, patient: str, course: Course
    ) -> tuple[Mapping[str, Billing], Mapping[Program, str]]:
        """Who bills whom for each program, and who of the practice bills it."""
        question, roster = course.question, self.facts.roster
        billing = {
            str(program): self._billing(question, patient, program)
            for program in question.programs or (Program.RTM,)
        }
        billers = {p: roster.enrolment(patient, p).text("biller") for p in question.programs}
        return billing, billers

    def _billing(self, question: Question, patient: str, program: Program) -> Billing:
        line, day = self.facts.roster.any_line(patient, program), question.month.end
        return Billing(
            _payer(self.facts.payers(patient, program), day),
            line.text("biller"),
            line.text("place_of_service"),
            question.payer_on(program, day) or MEDICARE,
        )

    def _course(self, patient: str, key: tuple[Any, ...]) -> Course:
        found = self.courses.get(key)
        if found is None:
            if len(self.courses) >= MOST_MADE:
                self.courses.clear()
            found = self.courses[key] = Course(self._question(patient, key[0]))
        return found

    def _question(self, patient: str, programs: tuple[Program, ...]) -> Question:
        order, facts, book = self.order, self.facts, self.payers.book
        episodes = {p: facts.roster.enrolment(patient, p).episode for p in programs}
        held = {p: self.payers.of(facts, patient, p) for p in programs or (Program.RTM,)}
        asked, end = order.config.window_mode, order.month.end
        modes = {
            p: book.under(held[p][-1][1]).window_mode(p, end) if asked == "auto" else asked
            for p in programs
        }
        return Question(
            order.month,
            order.as_of,
            programs,
            {
                p: build_windows(
                    book.clocks(p), order.month, episodes[p], modes[p], facts.discharge(patient, p)
                )
                for p in programs
            },
            {p: episodes[p].start is not None for p in programs},
            not_asked,
            not_asked,
            strict=order.strict,
            payers=held,
            payer_changes=facts.payer_changes(patient),
        )


def _payer(named: Sequence[tuple[date, str]], day: date) -> str:
    """The payer of a day, as the practice calls it."""
    return next((name for since, name in reversed(named) if since <= day), "")
