"""Readings of the law: every contested point the other way, one at a time, and a window in which
the law changes as of its first day too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rtmaudit.judge.question import Question
from rtmaudit.model import (
    UNIT_OF_FACT,
    Clock,
    Finding,
    Program,
    Reason,
    ReasonKind,
    Verdict,
    Window,
)
from rtmaudit.rulebook import MEDICARE, Rulebook, RuleSet
from rtmaudit.windows import ONE_DAY


@dataclass(frozen=True, slots=True)
class Reading:
    """The other side of one contested point, or the law of a window's first day, or neither."""

    point: str | None = None
    at_start: bool = False

    def rules(
        self, book: Rulebook, question: Question, program: Program, window: Window
    ) -> RuleSet:
        """The rules for a window: as of its last day, and of the payer on that day."""
        first = self.at_start and window.kind is not Clock.EPISODE
        day = window.start if first else window.end
        return self.rules_on(of_payer(book, question, program, window.end), program, day)

    def asks(
        self, book: Rulebook, question: Question, program: Program, clock: Clock, window: Window
    ) -> tuple[object, ...]:
        """All rules by which the codes of one clock are judged in a window. Where two readings ask
        the same, they judge the same."""
        mine, base = of_payer(book, question, program, window.end), book.under(MEDICARE)
        eve = question.month.start - ONE_DAY
        rules = self.rules(book, question, program, window)
        others = [self.rules_on(base, program, window.end)] if mine is not base else []
        others += [self.rules_on(mine, program, eve)] if clock is Clock.EPISODE else []
        return rules.ladders, rules.on(clock), *(each.on(clock) for each in others)

    def rules_on(self, book: Rulebook, program: Program, day: date) -> RuleSet:
        """The rules as of a day."""
        point = self.point if self.point in book.files[program].contested else None
        return book.rules(program, day, point)


def of_payer(book: Rulebook, question: Question, program: Program, day: date) -> Rulebook:
    """The rulebook as the payer of a program and a day reads it."""
    payer = question.payer_on(program, day)
    return book if payer is None else book.under(payer)


BASE = Reading()


def readings_of(book: Rulebook, question: Question) -> Iterator[Reading]:
    """The readings beside the base one that could change anything for this patient."""
    points: dict[str, None] = {}
    law_changes = False
    for program in question.programs:
        for windows in question.windows[program].values():
            for window in windows:
                mine = of_payer(book, question, program, window.end)
                points |= dict.fromkeys(mine.readings(program, window.end))
                law_changes |= window.kind is not Clock.EPISODE and (
                    mine.rules(program, window.start) is not mine.rules(program, window.end)
                )
    unsettled = book.unsettled(question.month.end)
    points |= {point: None for point in _points_of_pairs(book, question) if point in unsettled}
    yield from (Reading(point) for point in points)
    if law_changes:
        yield Reading(at_start=True)


def _points_of_pairs(book: Rulebook, question: Question) -> Iterator[str]:
    """The contested points about pairs of which the patient may have both."""
    claimed = [claim.code for claim in question.claims if claim.stands]
    mine = frozenset(map(str, question.programs))
    for pair, points in book.contested_pairs:
        names = pair.pair
        if all(
            name in mine
            or str(book.program_of(name)) in mine
            or any(book.is_named(name, code) for code in claimed)
            for name in names
        ):
            yield from points


def join_readings(
    base: list[Finding], others: Sequence[tuple[Reading, list[Finding]]]
) -> list[Finding]:
    """The base findings, each as sure as all readings together allow."""
    return [
        _join(one, [(reading, findings[i]) for reading, findings in others])
        for i, one in enumerate(base)
    ]


_FIRST = (Verdict.OPEN, Verdict.BLOCKED, Verdict.UNKNOWN, Verdict.REVIEW)
"""Which of several doubts is told: in the order of the contract."""


def _join(base: Finding, others: list[tuple[Reading, Finding]]) -> Finding:
    said = [(joint_verdict(base, other), reading, other) for reading, other in others]
    differing = [each for each in said if each[0] is not base.verdict]
    if not differing:
        return base
    verdict = min((each[0] for each in differing), key=_FIRST.index)
    agreed = [(reading, other) for each, reading, other in differing if each is verdict]
    units = max(base.units, *(other.units for _, other in agreed))
    if verdict is not Verdict.REVIEW:
        return replace(agreed[0][1], units=units)
    reasons = tuple(_turned(base, other, reading) for reading, other in agreed)
    return replace(base, verdict=verdict, units=units, reasons=reasons)


def _turned(base: Finding, other: Finding, reading: Reading) -> Reason:
    kind = ReasonKind.LAW_CHANGES if reading.at_start else ReasonKind.CONTESTED
    counts = tuple((need.have, UNIT_OF_FACT[need.ref.name]) for need in other.needs[:1])
    blocked = next((each for each in (base, other) if each.verdict is Verdict.BLOCKED), None)
    why = blocked.reasons if blocked else ()
    if reading.at_start and ReasonKind.NOT_IN_FORCE in {each.kind for each in other.reasons}:
        why = (Reason(ReasonKind.NOT_IN_FORCE, (other.code, other.window.start)),)
    about = (reading.point, base.verdict, base.units, other.verdict, other.units, counts, why)
    return Reason(kind, about)


def joint_verdict(base: Finding, other: Finding) -> Verdict:
    """What can be said when two readings may differ: only what both allow.

    An open window is open. Where neither reading bills, the one that says what is in the way
    stands; a code that is not applicable under one reading is not made unknown by the other, nor is
    one that is merely not due this month.
    """
    one, two = _this_month(base), _this_month(other)
    pair = {one, two}
    if base.verdict is other.verdict:
        differ = one is Verdict.READY and base.units != other.units
        return Verdict.REVIEW if differ else base.verdict
    if Verdict.OPEN in pair:
        return Verdict.OPEN
    if Verdict.READY not in pair and Verdict.REVIEW not in pair:
        for stronger in (Verdict.BLOCKED, Verdict.UNKNOWN):
            if stronger in pair and Verdict.NOT_APPLICABLE not in pair:
                return stronger
        return base.verdict
    if Verdict.UNKNOWN in pair:
        return Verdict.UNKNOWN
    return Verdict.REVIEW


def _this_month(finding: Finding) -> Verdict:
    """A code once per episode that may fall due in a later month is nothing to bill in this one."""
    return finding.verdict if finding.due else Verdict.NOT_APPLICABLE
