"""Where a patient stops on the way to a bill: the gates of a program, in order.

What stands at a gate is read from the findings alone: which need is unmet, which paper is missing,
what stands in the way. A patient stops at the first gate at which anything is held up, even where
another code of the program is ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from rtmaudit.model import FactName, Finding, Reason, ReasonKind, Verdict
from rtmaudit.report.build import PatientReport


class Gate(StrEnum):
    """The gates, in the order in which a patient comes to them. At the last one nothing stops."""

    ROSTER = "roster"
    DUE = "due"
    PAPERS = "papers"
    DAYS = "days"
    MINUTES = "minutes"
    CONTACT = "contact"
    CONFLICTS = "conflicts"
    QUESTIONS = "questions"
    READY = "ready"


TITLES: Mapping[Gate, str] = {
    Gate.ROSTER: "on the roster",
    Gate.DUE: "something falls due",
    Gate.PAPERS: "consent and papers",
    Gate.DAYS: "data days",
    Gate.MINUTES: "management time",
    Gate.CONTACT: "live contact",
    Gate.CONFLICTS: "clear of other programs and claims",
    Gate.QUESTIONS: "no question left to a person",
    Gate.READY: "ready",
}
"""What is asked at each gate."""

_OF_FACT: Mapping[FactName, Gate] = {
    FactName.READING_DAYS: Gate.DAYS,
    FactName.READINGS: Gate.DAYS,
    FactName.MANAGEMENT_MINUTES: Gate.MINUTES,
    FactName.LIVE_CONTACTS: Gate.CONTACT,
    FactName.BUSINESS_DAYS_TO_CONTACT: Gate.CONTACT,
}
MEASURED = (Gate.DAYS, Gate.MINUTES, Gate.CONTACT)
"""The gates that only some programs have."""

_OF_REQUIREMENT = (
    ReasonKind.SHORT,
    ReasonKind.MAY_STILL,
    ReasonKind.TOO_LATE,
    ReasonKind.PAPER,
    ReasonKind.MISSING,
    ReasonKind.DISPUTED,
)
_CONFLICTS = (
    ReasonKind.CONFLICT,
    ReasonKind.CONFLICT_UNSETTLED,
    ReasonKind.CONFLICT_UNDECIDED,
    ReasonKind.CLAIM_OVERLAPS,
    ReasonKind.CLAIM_BESIDE,
    ReasonKind.CLAIM_BEFORE_START,
)


def stops_at(patient: PatientReport, program: str, spoken: Sequence[Finding]) -> Gate:
    """The gate at which a patient stops in a program; READY where nothing is held up. `spoken` are
    the findings that speak for the patient's month."""
    if not patient.on_roster:
        return Gate.ROSTER
    mine = [f for f in spoken if f.program == program and f.verdict is not Verdict.NOT_APPLICABLE]
    if not mine:
        return Gate.DUE
    held = {gate for f in mine if f.verdict is not Verdict.READY for gate in _holding(f)}
    return next((gate for gate in Gate if gate in held), Gate.READY)


def gates_of(findings: Iterable[Finding]) -> list[Gate]:
    """The gates that a program with these findings has, in order."""
    measured = {gate for f in findings for gate in _measured(f).values()}
    return [gate for gate in Gate if gate not in MEASURED or gate in measured]


def _holding(finding: Finding) -> Iterator[Gate]:
    """What holds a finding up; a question to a person, where no reason names anything else."""
    measured = _measured(finding)
    yield Gate.QUESTIONS
    for reason in finding.reasons:
        if reason.kind in _OF_REQUIREMENT:
            yield measured.get(_requirement(reason), Gate.PAPERS)
        elif reason.kind is ReasonKind.ZERO_UNITS:
            yield Gate.MINUTES
        elif reason.kind in _CONFLICTS:
            yield Gate.CONFLICTS


def _requirement(reason: Reason) -> str:
    return str(reason.about[0])


def _measured(finding: Finding) -> dict[str, Gate]:
    """The measured requirements of a finding, by name."""
    facts = ((need.name, need.ref.name) for need in finding.needs)
    return {name: _OF_FACT[fact] for name, fact in facts if fact in _OF_FACT}
