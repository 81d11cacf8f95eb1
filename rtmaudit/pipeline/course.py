"""When a patient is in which programs, and whose rules hold: made once for all who share it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rtmaudit.errors import InvariantError
from rtmaudit.judge import Question
from rtmaudit.model import Clock, Program, Window
from rtmaudit.rulebook import MEDICARE
from rtmaudit.windows import ONE_DAY


@dataclass(slots=True, eq=False, repr=False)
class Course:
    """When a patient is in which programs, and whose rules hold: the question as far as it goes.

    `days` are the days that only these windows and payers have, `lawful` those of them on which
    rules may be asked for, `ordered` they and those of the month. `asked` remembers windows by what
    is asked of them.
    """

    question: Question
    programs: tuple[str, ...] = field(init=False)
    started: frozenset[str] = field(init=False)
    rules_payer: str = field(init=False)
    days: tuple[date, ...] = field(init=False)
    lawful: tuple[date, ...] = field(init=False)
    ordered: Sequence[date] = field(init=False)
    shape: Hashable = None
    asked: dict[Any, Window] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = self.question
        first = next(iter(asked.programs), Program.RTM)
        self.programs = tuple(str(program) for program in asked.programs)
        self.started = frozenset(p for p in asked.programs if asked.start_known[p])
        self.rules_payer = asked.payer_on(first, asked.month.end) or MEDICARE
        self.days, self.lawful = tuple(_days(asked)), tuple(_lawful(asked))
        self.ordered = sorted({*self.fixed, *self.days})

    @property
    def fixed(self) -> tuple[date, ...]:
        """The days of the month and of the run."""
        month = self.question.month
        return date.min, month.start - ONE_DAY, month.start, month.end, self.question.as_of


def not_asked(*_: Any) -> Any:
    """A course is many patients': whoever asks puts in whom."""
    raise InvariantError("a fact was asked of a course of care, and not of a patient")


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
