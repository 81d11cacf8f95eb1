"""What each gate rests on: the conditions, reasons and windows of findings, each at its gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rtmaudit.judge.alone import Checked
from rtmaudit.model import Cause, FactName, Finding, Met, Need, ReasonKind, Verdict, Why
from rtmaudit.report import words
from rtmaudit.report.chart import Chart, Enrolled
from rtmaudit.report.patient import said
from rtmaudit.report.patient.places import Places


class Stands(StrEnum):
    """How a gate stands."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    NOT_YET = "not yet"
    CONFIRM = "to confirm"
    NOT_ASKED = "not asked"


class Gate(StrEnum):
    """The gates, in their order."""

    REGISTERED = "registered"
    CONSENT = "consent"
    ENROLLED = "enrolled"
    PAPERS = "papers"
    DAYS = "data days"
    TIME = "management time"
    CONTACT = "live contact"
    VISITS = "visits"
    PERIOD = "period"
    SURGERY = "global period"
    BESIDE = "conflicts"
    CLAIMS = "prior claims"
    LAW = "law and payer"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a gate rests on, for some codes, and its lines. `every`: for all in play."""

    gate: Gate
    stands: Stands
    said: str
    codes: tuple[str, ...] = ()
    places: Places = ()
    every: bool = False

    @property
    def named(self) -> str:
        """What is said, with the codes that it is about."""
        return f"{', '.join(self.codes)}: {self.said}" if self.codes else self.said

    def __str__(self) -> str:
        return self.said if self.every else self.named


GATE_OF_FACT: Mapping[FactName, Gate] = {
    **dict.fromkeys(FactName, Gate.PAPERS),
    FactName.CONSENT_DATE: Gate.CONSENT,
    FactName.ALIVE: Gate.ENROLLED,
    FactName.PROGRAM_MONTH: Gate.ENROLLED,
    FactName.READING_DAYS: Gate.DAYS,
    FactName.READINGS: Gate.DAYS,
    FactName.MANAGEMENT_MINUTES: Gate.TIME,
    FactName.ASSISTANT_PERCENT: Gate.TIME,
    FactName.LIVE_CONTACTS: Gate.CONTACT,
    FactName.VISITS: Gate.VISITS,
    FactName.DAYS_TO_VISIT: Gate.VISITS,
    FactName.BUSINESS_DAYS_TO_CONTACT: Gate.VISITS,
    FactName.SURGICAL_PERIOD: Gate.SURGERY,
}

GATE_OF_REASON: Mapping[ReasonKind, tuple[Gate, Stands] | None] = {
    ReasonKind.NOT_IN_FORCE: (Gate.LAW, Stands.FAILED),
    ReasonKind.NOT_PAID: (Gate.LAW, Stands.FAILED),
    ReasonKind.CONTESTED: (Gate.LAW, Stands.UNDECIDED),
    ReasonKind.LAW_CHANGES: (Gate.LAW, Stands.UNDECIDED),
    ReasonKind.PAYER_CHANGES: (Gate.LAW, Stands.UNDECIDED),
    ReasonKind.ZERO_UNITS: (Gate.TIME, Stands.FAILED),
    ReasonKind.UNITS_UNDECIDED: (Gate.TIME, Stands.UNDECIDED),
    ReasonKind.DUE_LATER: (Gate.PERIOD, Stands.NOT_YET),
    ReasonKind.FELL_DUE_EARLIER: (Gate.PERIOD, Stands.FAILED),
    ReasonKind.CONFLICT: (Gate.BESIDE, Stands.FAILED),
    ReasonKind.CONFLICT_UNSETTLED: (Gate.BESIDE, Stands.UNDECIDED),
    ReasonKind.CONFLICT_UNDECIDED: (Gate.BESIDE, Stands.UNDECIDED),
    ReasonKind.SUPERSEDED: (Gate.BESIDE, Stands.FAILED),
    ReasonKind.CLAIM_BILLED: (Gate.CLAIMS, Stands.FAILED),
    ReasonKind.CLAIM_OVERLAPS: (Gate.CLAIMS, Stands.FAILED),
    ReasonKind.CLAIM_BESIDE: (Gate.CLAIMS, Stands.FAILED),
    ReasonKind.CLAIM_BEFORE_START: (Gate.CLAIMS, Stands.UNDECIDED),
    ReasonKind.UNREAD_LINE: (Gate.CLAIMS, Stands.UNDECIDED),
    ReasonKind.BASE: None,
    ReasonKind.HELD_BACK: None,
    ReasonKind.MODIFIER: None,
    ReasonKind.THERAPY_THRESHOLD: None,
    ReasonKind.NOT_ABOUT: None,
    ReasonKind.SHORT: None,
    ReasonKind.MAY_STILL: None,
    ReasonKind.TOO_LATE: None,
    ReasonKind.PAPER: None,
    ReasonKind.MISSING: None,
    ReasonKind.DISPUTED: None,
}
"""None: told by the condition itself, by another code, or holds nothing back."""

_OF_MET = {
    Met.YES: Stands.PASSED,
    Met.NO: Stands.FAILED,
    Met.LATER: Stands.NOT_YET,
    Met.UNDECIDED: Stands.UNDECIDED,
}


def points_of(chart: Chart, number: int, finding: Finding) -> Iterator[Point]:
    """Everything that a finding, by its place, rests on."""
    named = {reason.about[0] for reason in finding.reasons if reason.about}
    codes = (finding.code,)
    told: set[object] = set()
    for need in finding.needs:
        told.add(need.name)
        yield replace(_open(finding, _of_need(chart, finding, need)), codes=codes)
    places = chart.enrolled.get(str(finding.program), Enrolled()).places or chart.roster
    for checked in chart.checks.get(number, ()):
        name = checked.requirement.name
        if name not in told:
            told.add(name)
            point = _of_paper(finding, checked, name in named)
            yield replace(_open(finding, point), codes=codes, places=places)
    yield from (replace(each, codes=codes) for each in _of_reasons(chart, finding, told))
    yield from (replace(each, codes=codes) for each in _of_window(finding, places))


_CERTAIN = (Verdict.SHORT, Verdict.BLOCKED, Verdict.NOT_APPLICABLE)
_OF_THE_LAW = (ReasonKind.CONTESTED, ReasonKind.LAW_CHANGES)


def _open(finding: Finding, point: Point) -> Point:
    """A condition that fails by one reading of the law and not by another is not decided."""
    if point.stands is not Stands.FAILED or finding.verdict in _CERTAIN:
        return point
    law = [
        str(r.about[0]) if r.kind is ReasonKind.CONTESTED else "the day"
        for r in finding.reasons
        if r.kind in _OF_THE_LAW
    ]
    by = f" by the default reading; {', '.join(law)} decides" if law else ""
    return replace(point, stands=Stands.UNDECIDED, said=point.said + by)


def _of_need(chart: Chart, finding: Finding, need: Need) -> Point:
    places: Places = next(
        (c.places for c in chart.counts if (c.ref, c.window) == (need.ref, finding.window)), ()
    )
    sentence = said.need(need)
    return Point(GATE_OF_FACT[need.ref.name], _OF_MET[need.met], sentence, (), places)


def _of_paper(finding: Finding, checked: Checked, named: bool) -> Point:
    """A paper that is in no export holds a code back only where the finding says so."""
    stands = _OF_MET[checked.met]
    missing = checked.why is Why.MISSING and not (named and finding.verdict is Verdict.UNKNOWN)
    if stands is Stands.UNDECIDED and missing:
        stands = Stands.CONFIRM
    return Point(GATE_OF_FACT[checked.requirement.ref.name], stands, said.paper(finding, checked))


def _of_reasons(chart: Chart, finding: Finding, told: set[object]) -> Iterator[Point]:
    for reason in finding.reasons:
        found = GATE_OF_REASON[reason.kind]
        if reason.kind in (ReasonKind.MISSING, ReasonKind.DISPUTED) and reason.about[0] not in told:
            found = Gate.PERIOD, Stands.UNDECIDED
        if reason.kind is ReasonKind.NOT_ABOUT and reason.about[0] not in told:
            found = Gate.PAPERS, Stands.FAILED
        if found is not None:
            places = chart.lines_in("claims") if found[0] is Gate.CLAIMS else ()
            gate, stands = found
            if finding.verdict is Verdict.OPEN and stands is Stands.UNDECIDED:
                stands = Stands.NOT_YET
            sentence = words.reason(reason).removeprefix(f"{finding.code} is ")
            yield Point(gate, stands, sentence, (), places)


def _of_window(finding: Finding, places: Places) -> Iterator[Point]:
    if any(reason.kind is ReasonKind.DUE_LATER for reason in finding.reasons):
        return
    stands = Stands.PASSED
    sentence = said.window(finding.window)
    if "30-day period" in finding.to_confirm or any(
        need.cause is Cause.CALENDAR_MONTH for need in finding.needs
    ):
        stands, sentence = (
            Stands.CONFIRM,
            f"{sentence}, for no start of the 30-day period is on file",
        )
    yield Point(Gate.PERIOD, stands, sentence, (), places)
