"""One rule, one case: needs and verdict. Pure.

The order of the verdicts is the contract's: not_applicable, open, short, blocked, unknown, review,
ready. Where a condition of `for` is undecided and a need is certainly unmet, the finding is short:
whichever way the condition falls, there is nothing to bill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rtmaudit.model import (
    ANYTHING,
    Cause,
    Fact,
    FactRef,
    Finding,
    Met,
    Need,
    Reason,
    ReasonKind,
    Upper,
    Verdict,
    Why,
    Window,
)
from rtmaudit.rulebook import Requirement, Rule, Test, UnitRule

Facts = Callable[[FactRef], Fact]
"""What a rule asks of a window."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A requirement and how it stands."""

    requirement: Requirement
    fact: Fact
    met: Met
    why: Why | None = None
    cause: Cause | None = None


def check(requirement: Requirement, facts: Facts, window: Window) -> Checked:
    """How one condition stands, certain, still reachable, or undecided and why."""
    fact = facts(requirement.ref)
    met = _met(requirement, fact, window)
    if requirement.billers is not None:
        biller = facts(requirement.biller)
        if biller.low is not None and biller.low not in requirement.billers:
            return Checked(requirement, fact, Met.YES)
        if biller.low is None and met is Met.NO:
            return Checked(requirement, fact, Met.UNDECIDED, biller.why, biller.cause)
    return Checked(requirement, fact, met, fact.why, fact.cause)


def judge_alone(rule: Rule, window: Window, facts: Facts) -> Finding:
    """The verdict on one code for one window, before anything beside it is looked at.

    For an add-on (`units`) the needs hold the distance to the next unit and the verdict is that of
    its own papers; `together` joins it with its base.
    """
    finding = Finding(
        rule.program,
        rule.code,
        Verdict.READY,
        window,
        units=1,
        positions=rule.settled,
        sources=rule.sources,
        refs=rule.refs,
    )
    if not rule.in_force:
        return _not_applicable(finding, Reason(ReasonKind.NOT_IN_FORCE, (rule.code, window.end)))
    about = []
    for each in rule.for_:
        about.append(check(each, facts, window))
        if about[-1].met is Met.NO:
            return _not_applicable(finding, Reason(ReasonKind.NOT_ABOUT, (each.name,)))
    needs = [check(each, facts, window) for each in rule.needs]
    papers = [check(each, facts, window) for each in rule.on_file]
    shown = tuple(_need(each) for each in needs)
    finding = replace(finding, needs=shown, to_confirm=_to_confirm(about, needs, papers))
    return _decide(finding, about, needs, papers)


def judge_units(rule: UnitRule, after: int, fact: Fact) -> tuple[int, int, int, Need]:
    """Units beyond doubt, units at most today, units that may still be reached, and the need that
    shows the distance to the last unit (or to the first). `after` are the base's minutes."""
    low, high, reach = (
        _blocks(rule, after, minutes) for minutes in (fact.low, fact.high, _reach(fact))
    )
    met = Met.YES if low else Met.UNDECIDED if high else Met.LATER if reach else Met.NO
    have, most = _counts(fact)
    want = after + rule.first + rule.each * (max(1, low) - 1)
    return low, high, reach, Need("minutes", rule.ref, have, most, want, met, fact.why, fact.cause)


def _blocks(rule: UnitRule, after: int, minutes: Upper) -> int:
    if not isinstance(minutes, int):
        return rule.at_most
    beyond_first = minutes - after - rule.first
    return 0 if beyond_first < 0 else min(rule.at_most, 1 + beyond_first // rule.each)


def _counts(fact: Fact) -> tuple[int, int | None]:
    """What a need shows of a fact: `None` where no upper bound is known."""
    low = fact.low if isinstance(fact.low, int) else 0
    return low, fact.high if isinstance(fact.high, int) else None


def _reach(fact: Fact) -> Upper:
    """What the fact may come to by the end of its window."""
    if fact.later is ANYTHING:
        return ANYTHING
    return fact.high + fact.later if isinstance(fact.high, int) else fact.high


def _met(requirement: Requirement, fact: Fact, window: Window) -> Met:
    if requirement.test is Test.AT_MOST:
        return _not_too_many(requirement, fact)
    if _holds(requirement, fact.low, window):
        return Met.YES
    if not _holds(requirement, _reach(fact), window):
        return Met.NO
    return Met.LATER if fact.later else Met.UNDECIDED


def _not_too_many(requirement: Requirement, fact: Fact) -> Met:
    """Days that pass: there are never fewer than the low end says."""
    assert isinstance(requirement.want, int)
    if isinstance(fact.low, int) and fact.low > requirement.want:
        return Met.NO
    if isinstance(fact.high, int) and fact.high <= requirement.want:
        return Met.YES
    return Met.LATER if fact.later else Met.UNDECIDED


def _holds(requirement: Requirement, value: Upper, window: Window) -> bool:
    if value is None or value is ANYTHING:
        return value is ANYTHING
    return _HOLDS[requirement.test](value, requirement.want, window)


def _covers(span: tuple[date, date | None], anchor: str, window: Window) -> bool:
    day = _day(anchor, window)
    return span[0] <= day and (span[1] is None or day <= span[1])


def _day(anchor: str, window: Window) -> date:
    return window.start if anchor == "window_start" else window.end


_HOLDS: Mapping[Test, Callable[[Any, Any, Window], bool]] = {
    Test.AT_LEAST: lambda count, want, window: count >= want,
    Test.IS: lambda word, want, window: word in want,
    Test.IS_NOT: lambda word, want, window: word not in want,
    Test.ON_OR_BEFORE: lambda day, want, window: day <= _day(want, window),
    Test.COVERS: _covers,
    Test.ANY_OF: lambda codes, want, window: any(
        code.startswith(each.replace(".", "")) for code in codes for each in want
    ),
}
"""The rulebook's loader has seen to it that each fact is asked for the one test that suits it."""


def _need(checked: Checked) -> Need:
    have, most = _counts(checked.fact)
    want, name = checked.requirement.want, checked.requirement.name
    wanted = want if isinstance(want, int) else 1
    ref = checked.requirement.ref
    at_most = checked.requirement.test is Test.AT_MOST
    return Need(name, ref, have, most, wanted, checked.met, checked.why, checked.cause, at_most)


def _not_applicable(finding: Finding, reason: Reason) -> Finding:
    return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(reason,))


def _to_confirm(
    about: list[Checked], needs: list[Checked], papers: list[Checked]
) -> tuple[str, ...]:
    missing = [
        each.requirement.name
        for each in (*about, *papers)
        if each.met is Met.UNDECIDED and each.why is Why.MISSING
    ]
    notes = [note for each in needs for note in each.fact.notes]
    return tuple(dict.fromkeys([*missing, *notes]))


def _decide(
    finding: Finding, about: list[Checked], needs: list[Checked], papers: list[Checked]
) -> Finding:
    def verdict(which: Verdict, kind: ReasonKind, because: list[Checked]) -> Finding:
        reasons = tuple(reason_of(kind, each) for each in because)
        units = 0 if which is Verdict.SHORT else finding.units
        return replace(finding, verdict=which, units=units, reasons=reasons)

    if unmet := [each for each in needs if each.met is Met.NO]:
        return verdict(Verdict.SHORT, ReasonKind.SHORT, unmet)
    absent = [each for each in papers if each.met is Met.NO]
    if pending := [each for each in needs if each.met is Met.LATER]:
        found = verdict(Verdict.OPEN, ReasonKind.MAY_STILL, pending)
        also = tuple(reason_of(ReasonKind.PAPER, each) for each in absent)
        return replace(found, reasons=(*found.reasons, *also))
    if absent:
        return verdict(Verdict.BLOCKED, ReasonKind.PAPER, absent)
    undecided = [each for each in (*about, *needs) if each.met is Met.UNDECIDED]
    if missing := [each for each in undecided if each.why is Why.MISSING]:
        return verdict(Verdict.UNKNOWN, ReasonKind.MISSING, missing)
    disputed = [each for each in papers if each.met is Met.UNDECIDED and each.why is Why.DISPUTED]
    if disputed := undecided + disputed:
        return verdict(Verdict.REVIEW, ReasonKind.DISPUTED, disputed)
    return finding


def reason_of(kind: ReasonKind, checked: Checked) -> Reason:
    """Why a condition holds a code back."""
    requirement, fact = checked.requirement, checked.fact
    name = requirement.name
    if kind in (ReasonKind.MISSING, ReasonKind.DISPUTED):
        return Reason(kind, (name, checked.cause))
    if kind is ReasonKind.PAPER:
        wanted = requirement.want if requirement.test is Test.AT_LEAST else None
        return Reason(kind, (name, fact.low, wanted))
    if requirement.test is Test.AT_MOST:
        running = kind is ReasonKind.MAY_STILL
        about = (name, requirement.ref.name, requirement.want, running)
        return Reason(ReasonKind.TOO_LATE, about)
    return Reason(kind, (name, requirement.ref.name, requirement.want, fact.low, fact.later))
