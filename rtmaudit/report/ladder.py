"""Where a patient stops on the way to a bill: the rungs of a program, in order.

What stands at a rung is read from the findings alone: which need is unmet, which paper is missing,
what stands in the way. A patient stops at the first rung at which anything is held up, even where
another code of the program is ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from rtmaudit.model import FactName, Finding, Reason, ReasonKind, Verdict
from rtmaudit.report.build import PatientReport


class Rung(StrEnum):
    """The rungs, in the order in which a patient comes to them. At the last one nothing stops."""

    ROSTER = "roster"
    DUE = "due"
    PAPERS = "papers"
    DAYS = "days"
    MINUTES = "minutes"
    CONTACT = "contact"
    CONFLICTS = "conflicts"
    QUESTIONS = "questions"
    READY = "ready"


TITLES: Mapping[Rung, str] = {
    Rung.ROSTER: "on the roster",
    Rung.DUE: "something falls due",
    Rung.PAPERS: "consent and papers",
    Rung.DAYS: "data days",
    Rung.MINUTES: "management time",
    Rung.CONTACT: "live contact",
    Rung.CONFLICTS: "clear of other programs and claims",
    Rung.QUESTIONS: "no question left to a person",
    Rung.READY: "ready",
}
"""What is asked at each rung."""

_OF_FACT: Mapping[FactName, Rung] = {
    FactName.READING_DAYS: Rung.DAYS,
    FactName.READINGS: Rung.DAYS,
    FactName.MANAGEMENT_MINUTES: Rung.MINUTES,
    FactName.LIVE_CONTACTS: Rung.CONTACT,
    FactName.BUSINESS_DAYS_TO_CONTACT: Rung.CONTACT,
}
MEASURED = (Rung.DAYS, Rung.MINUTES, Rung.CONTACT)
"""The rungs that only some programs have."""

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


def stops_at(patient: PatientReport, program: str, spoken: Sequence[Finding]) -> Rung:
    """The rung at which a patient stops in a program; READY where nothing is held up. `spoken` are
    the findings that speak for the patient's month."""
    if not patient.on_roster:
        return Rung.ROSTER
    mine = [f for f in spoken if f.program == program and f.verdict is not Verdict.NOT_APPLICABLE]
    if not mine:
        return Rung.DUE
    held = {rung for f in mine if f.verdict is not Verdict.READY for rung in _holding(f)}
    return next((rung for rung in Rung if rung in held), Rung.READY)


def rungs_of(findings: Iterable[Finding]) -> list[Rung]:
    """The rungs that a program with these findings has, in order."""
    measured = {rung for f in findings for rung in _measured(f).values()}
    return [rung for rung in Rung if rung not in MEASURED or rung in measured]


def _holding(finding: Finding) -> Iterator[Rung]:
    """What holds a finding up; a question to a person, where no reason names anything else."""
    measured = _measured(finding)
    yield Rung.QUESTIONS
    for reason in finding.reasons:
        if reason.kind in _OF_REQUIREMENT:
            yield measured.get(_requirement(reason), Rung.PAPERS)
        elif reason.kind is ReasonKind.ZERO_UNITS:
            yield Rung.MINUTES
        elif reason.kind in _CONFLICTS:
            yield Rung.CONFLICTS


def _requirement(reason: Reason) -> str:
    return str(reason.about[0])


def _measured(finding: Finding) -> dict[str, Rung]:
    """The measured requirements of a finding, by name."""
    facts = ((need.name, need.ref.name) for need in finding.needs)
    return {name: _OF_FACT[fact] for name, fact in facts if fact in _OF_FACT}
