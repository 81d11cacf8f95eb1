"""What is on file of a patient before anything is counted. Patients of whom the same is on file
share a profile, and with it the question that is put to the judge."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtmaudit.facts import Facts, count_conditions
from rtmaudit.judge import Claim, Question
from rtmaudit.model import Clock, Program, Window
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.payers import Payers
from rtmaudit.report import Billing
from rtmaudit.rulebook import MEDICARE
from rtmaudit.windows import build_windows

OF_THE_LINE = frozenset({"patient_id", "file", "line", "disposition", "kind", "column"})
"""Cells that say which line it is, and nothing of the patient."""

Place = tuple[str, int]


@dataclass(slots=True, eq=False, repr=False)
class Profile:
    """The question, and what the report says of such a patient beside the findings.

    `days` are the days that only the patient's windows and payers have, `lawful` those of them on
    which rules may be asked for, `ordered` they and those of the month.
    """

    question: Question
    conditions: tuple[str, ...]
    known: bool = True
    billing: Mapping[str, Billing] = field(default_factory=dict)
    programs: tuple[str, ...] = field(init=False)
    started: frozenset[str] = field(init=False)
    rules_payer: str = field(init=False)
    days: tuple[date, ...] = field(init=False)
    lawful: tuple[date, ...] = field(init=False)
    ordered: Sequence[date] = ()
    frame: Any = None
    windows: dict[Any, Window] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = self.question
        first = next(iter(asked.programs), Program.RTM)
        self.programs = tuple(str(program) for program in asked.programs)
        self.started = frozenset(p for p in asked.programs if asked.start_known[p])
        self.rules_payer = asked.payer_on(first, asked.month.end) or MEDICARE
        self.days, self.lawful = tuple(_days(asked)), tuple(_lawful(asked))


@dataclass(slots=True, repr=False)
class Profiles:
    """Everybody's profile, each made once."""

    order: Order
    payers: Payers
    facts: Facts
    claims: Mapping[str, Sequence[Claim]]
    unread: Mapping[str, Sequence[Place]]
    logged: dict[str, frozenset[Program]] = field(init=False)
    made: dict[Any, Profile] = field(default_factory=dict)
    programs: dict[Hashable, tuple[Program, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found: dict[str, set[Program]] = {}
        for patient, program in self.facts.time.logged:
            found.setdefault(patient, set()).add(program)
        self.logged = {patient: frozenset(mine) for patient, mine in found.items()}

    def of(self, patient: str) -> Profile:
        """The profile of one patient."""
        key = self._key(patient)
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = self._make(patient, key)
        return found

    def _key(self, patient: str) -> tuple[Any, ...]:
        facts = self.facts
        systems = facts.days.systems.get(patient) if facts.days else None
        lines = facts.roster.lines.get(patient, ())
        return (
            tuple([_cells(line.cells) for line in lines]),
            self.logged.get(patient),
            frozenset(systems) if systems else None,
            tuple(facts.covers.get(patient, ())),
            tuple(self.claims.get(patient, ())),
            tuple(self.unread.get(patient, ())),
        )

    def _make(self, patient: str, key: tuple[Any, ...]) -> Profile:
        facts, question = self.facts, self._question(patient, key[1:3])
        codes = facts.roster.any_line(patient, Program.CCM).cells.get("conditions")
        listed = codes if isinstance(codes, tuple) else ()
        conditions = tuple(count_conditions(listed, facts.conditions)[0])
        billing = {
            str(program): self._billing(question, patient, program)
            for program in question.programs or (Program.RTM,)
        }
        return Profile(question, conditions, facts.roster.knows(patient), billing)

    def _billing(self, question: Question, patient: str, program: Program) -> Billing:
        line, day = self.facts.roster.any_line(patient, program), question.month.end
        return Billing(
            _payer(self.facts.payers(patient, program), day),
            line.text("biller"),
            line.text("place_of_service"),
            question.payer_on(program, day) or MEDICARE,
        )

    def _programs(self, patient: str, beside: Hashable) -> tuple[Program, ...]:
        """The programs that the patient is in, the preferred first."""
        facts, book = self.facts, self.payers.book
        lines = facts.roster.lines.get(patient, ())
        key = (facts.roster.knows(patient), tuple([line.programs for line in lines]), beside)
        if key not in self.programs:
            preferred = dict.fromkeys([*book.fit.prefer, *book.files])
            self.programs[key] = tuple(p for p in preferred if facts.is_in(patient, p))
        return self.programs[key]

    def _question(self, patient: str, beside: Hashable) -> Question:
        order, facts, book = self.order, self.facts, self.payers.book
        programs = self._programs(patient, beside)
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
            lambda ref, window: facts.measure(patient, ref, window),
            lambda ref, number, window: facts.day_reached(patient, ref, number, window),
            {p: facts.roster.enrolment(patient, p).text("biller") for p in programs},
            tuple(self.claims.get(patient, ())),
            order.strict,
            held,
            facts.payer_changes(patient),
            tuple(self.unread.get(patient, ())),
        )


def _cells(cells: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple([cell for column, cell in cells.items() if column not in OF_THE_LINE])


def _payer(named: Sequence[tuple[date, str]], day: date) -> str:
    """The payer of a day, as the practice calls it."""
    return next((name for since, name in reversed(named) if since <= day), "")


def _windows(question: Question) -> list[Window]:
    return [w for mine in question.windows.values() for some in mine.values() for w in some]


def _lawful(question: Question) -> list[date]:
    """The first and the last days of windows; rules of an episode are those of its last day."""
    found = []
    for window in _windows(question):
        found += [window.end] if window.kind is Clock.EPISODE else [window.start, window.end]
    return found


def _days(question: Question) -> list[date]:
    """The days that only the patient has: of windows, and of payers that begin or end."""
    found = [day for window in _windows(question) for day in (window.start, window.end)]
    found += [since for held in question.payers.values() for since, _ in held]
    return [*found, *question.payer_changes]
