"""What a scenario expected against what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rtmaudit.judge import Question
from rtmaudit.model import (
    PROGRAM_OF_SYSTEM,
    BillerType,
    Clock,
    Fact,
    FactRef,
    Finding,
    Reason,
    ReasonKind,
    Role,
    System,
)
from rtmaudit.scenarios.given import interval
from rtmaudit.scenarios.grammar import Case

Difference = tuple[str, str]
"""Where, and what."""


def differences(
    case: Case, question: Question, findings: Sequence[Finding]
) -> Iterator[Difference]:
    """Every expectation that was not met."""
    yield from _facts(case, question)
    yield from _windows(case, question)
    for code, wanted in case.scenario.expect.items():
        mine = [finding for finding in findings if finding.code == code]
        due = [finding for finding in mine if finding.due] or mine
        expected = wanted if isinstance(wanted, list) else [] if wanted == "none" else [wanted]
        if len(expected) != len(due):
            yield code, f"expected {len(expected)} windows, found {len(due)}"
            continue
        for one, finding in zip(expected, due, strict=True):
            if wrong := _differs(one, finding):
                yield code, f"expected {_said(one)}, {wrong}"


def because(finding: Finding) -> set[str]:
    """The names of needs, papers, contested points and kinds that a finding's reasons rest on."""
    found: set[str] = set()
    for reason in finding.reasons:
        found |= {str(reason.kind), *_named(reason)}
    return found


def _named(reason: Reason) -> Iterator[str]:
    if reason.kind in _ALL_NAMES:
        yield from map(str, reason.about)
    elif reason.kind is not ReasonKind.LAW_CHANGES:
        yield from (each for each in reason.about[:1] if isinstance(each, str))


_ALL_NAMES = (
    ReasonKind.CONFLICT,
    ReasonKind.CONFLICT_UNSETTLED,
    ReasonKind.CONFLICT_UNDECIDED,
)


_EVERY_ROLE = tuple((biller, tuple(Role)) for biller in BillerType)


def _facts(case: Case, question: Question) -> Iterator[Difference]:
    for name, wanted in case.scenario.expect_facts.items():
        for key, value in wanted.items():
            if isinstance(key, System):
                ref = FactRef(name, PROGRAM_OF_SYSTEM[key], (key,))
                clock = Clock.SUPPLY_PERIOD
            else:
                ref, clock = FactRef(name, key, (), _EVERY_ROLE), Clock.CALENDAR_MONTH
            windows = question.windows.get(ref.program, {}).get(clock, ())
            fact = question.measure(ref, windows[0]) if windows else Fact(None, None)
            if (fact.low, fact.high) != interval(value)[:2]:
                got = f"{fact.low}" if fact.low == fact.high else f"{fact.low}..{fact.high}"
                yield name, f"{key}: expected {value}, counted {got}"


def _windows(case: Case, question: Question) -> Iterator[Difference]:
    for clock, wanted in case.scenario.expect_windows.items():
        for program in case.programs:
            found = question.windows[program].get(clock, ())
            due = [f"{w.start}..{w.end}" for w in found if w.end <= question.month.end]
            if due != wanted:
                yield clock, f"expected {wanted}, due are {due}"


def _said(wanted: Any) -> str:
    if not isinstance(wanted, dict):
        return str(wanted)
    return ", ".join(f"{verdict} ({detail})" for verdict, detail in wanted.items())


def _differs(wanted: Any, finding: Finding) -> str:
    verdict, detail = next(iter(wanted.items())) if isinstance(wanted, dict) else (wanted, None)
    said = ", ".join(sorted(because(finding)))
    found = f"found {finding.verdict}" + (f" because of {said}" if said else "")
    if finding.verdict is not verdict:
        return found
    if isinstance(detail, str):
        return "" if detail in because(finding) else found
    for key, value in (detail or {}).items():
        has = _shown(finding, key)
        if has != value:
            return f"found {key} {has}"
    return ""


def _shown(finding: Finding, key: str) -> int | str:
    if key == "units":
        return finding.units
    if key == "service_date":
        return str(finding.service_date)
    if key == "reasons":
        return "; ".join(str(reason.kind) for reason in finding.reasons)
    return "; ".join(finding.modifiers) if key == "modifiers" else _distance(finding, key)


def _distance(finding: Finding, name: str) -> str:
    needs = (need for need in finding.needs if need.name == name)
    found = next(needs, None)
    if found is None:
        return "no such need"
    return f"{'at most' if found.at_most else 'at least'} {found.want}, has {found.have}"
