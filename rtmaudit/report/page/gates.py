"""The gates that a patient passes in their order, for each program; the first that fails is the
answer to `why not this patient?`.

How a gate stands is read off the findings that speak for the patient and the conditions of their
rules; no number of the law stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rtmaudit.judge.alone import Checked
from rtmaudit.model import Cause, Clock, FactName, Finding, Met, Need, ReasonKind, Verdict, Why
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport, Report
from rtmaudit.report.chart import Chart, Enrolled
from rtmaudit.report.page import said
from rtmaudit.report.page.places import Places
from rtmaudit.report.standing import speaking


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


DECISIVE = (Stands.FAILED, Stands.UNDECIDED, Stands.NOT_YET)
"""What answers the question: the first gate that fails, else the first that is undecided, else the
first that is still to come."""

_RANK = (*DECISIVE, Stands.CONFIRM, Stands.PASSED, Stands.NOT_ASKED)
_ONLY_WHERE_ASKED = (Gate.PAPERS, Gate.VISITS, Gate.LAW)


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


@dataclass(frozen=True, slots=True)
class Stood:
    """A gate, how it stands, and why. `answer`: it is the one that holds the patient back."""

    gate: Gate
    stands: Stands
    points: tuple[Point, ...]
    answer: bool = False

    @property
    def because(self) -> str:
        """The points that decide how the gate stands."""
        return "; ".join(each.named for each in self.points if each.stands is self.stands)


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


def gates_of(report: Report, patient: PatientReport, program: str) -> tuple[Stood, ...]:
    """All gates of one program of a patient (of none: an empty text), in their order."""
    chart = patient.chart or Chart()
    points = [*_entry(patient, chart, program)]
    mine = judged(patient, program)
    for number, finding in mine:
        points += _of_finding(chart, number, finding)
    if mine:
        points += _unasked(report, chart, points)
    every = tuple(dict.fromkeys(finding.code for _, finding in mine))
    return _answered(_stood(_joined(points, every), bool(mine)))


def judged(patient: PatientReport, program: str) -> list[tuple[int, Finding]]:
    """The findings of a program that speak for the patient, with their places. Where none does:
    those that hardly matter, else those that another code or a claim took the place of, else those
    that say why nothing of it is applicable."""
    numbered = [(i, f) for i, f in enumerate(patient.findings) if f.program == program]
    speak = {id(f) for f in speaking(patient) if f.verdict is not Verdict.NOT_APPLICABLE}
    monthly = [each for each in numbered if each[1].window.kind is not Clock.EPISODE]
    choices = (
        [each for each in numbered if id(each[1]) in speak],
        [each for each in monthly if each[1].verdict is not Verdict.NOT_APPLICABLE],
        [each for each in monthly if _because(each[1], TAKEN)],
        [each for each in monthly if _because(each[1], _NOT_PAID)],
        [each for each in monthly if not _because(each[1], _LESS_TELLING)],
    )
    return next((found for found in choices if found), numbered)


TAKEN = (ReasonKind.SUPERSEDED, ReasonKind.CLAIM_BILLED)
"""The place of a code is taken: by another code, or by a claim."""

_NOT_PAID = (ReasonKind.NOT_PAID,)
_LESS_TELLING = (ReasonKind.NOT_IN_FORCE, ReasonKind.BASE)


def _because(finding: Finding, kinds: Sequence[ReasonKind]) -> bool:
    return any(reason.kind in kinds for reason in finding.reasons)


# ---- registered and enrolled ----


def _entry(patient: PatientReport, chart: Chart, program: str) -> Iterator[Point]:
    if not patient.on_roster:
        sentence = "not on the roster: add the patient, or correct the id"
        yield Point(Gate.REGISTERED, Stands.FAILED, sentence)
        return
    if chart.has_roster:
        yield Point(Gate.REGISTERED, Stands.PASSED, "on the roster", (), chart.roster)
    else:
        yield Point(Gate.REGISTERED, Stands.CONFIRM, "there is no roster among the exports")
    if not program or not patient.findings:
        yield Point(Gate.ENROLLED, Stands.FAILED, said.lowered(words.why(patient.fit)))
        return
    line = chart.enrolled.get(program, Enrolled())
    yield Point(Gate.ENROLLED, *_enrolled(patient, program, line), (), line.places)


def _enrolled(patient: PatientReport, program: str, line: Enrolled) -> tuple[Stands, str]:
    if not any(finding.program == program for finding in patient.findings):
        return Stands.FAILED, f"the episode {said.stretch(line)} does not reach into this month"
    if line.start is None:
        return Stands.CONFIRM, "the start of the episode is not on file"
    return Stands.PASSED, f"the episode runs {said.stretch(line)}"


# ---- what the findings tell ----


def _of_finding(chart: Chart, number: int, finding: Finding) -> Iterator[Point]:
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


# ---- all together ----


def _unasked(report: Report, chart: Chart, points: Sequence[Point]) -> Iterator[Point]:
    """What stands in nobody's way."""
    told = {point.gate for point in points}
    if Gate.CLAIMS not in told:
        if "claims" in report.not_checked:
            yield Point(Gate.CLAIMS, Stands.CONFIRM, "no export of claims was read")
        else:
            places = chart.lines_in("claims")
            sentence = "none stands in the way" if places else "none is on file"
            yield Point(Gate.CLAIMS, Stands.PASSED, sentence, (), places)
    if Gate.BESIDE not in told:
        sentence = "nothing on file that may not stand beside it"
        yield Point(Gate.BESIDE, Stands.PASSED, sentence)
    if Gate.SURGERY in told and "surgery_on" in report.not_checked:
        yield Point(Gate.SURGERY, Stands.CONFIRM, "surgery_on is in no export")


def _joined(points: Iterable[Point], every: tuple[str, ...]) -> list[Point]:
    """What is said of several codes alike is said once; of every code, without naming them."""
    codes: dict[Point, dict[str, None]] = {}
    for point in points:
        codes.setdefault(replace(point, codes=()), {}).update(dict.fromkeys(point.codes))
    return [
        replace(point, codes=tuple(mine), every={*mine} == {*every})
        for point, mine in codes.items()
    ]


def _stood(points: Sequence[Point], judged_at_all: bool) -> Iterator[Stood]:
    for gate in Gate:
        mine = tuple(point for point in points if point.gate is gate)
        if mine:
            yield Stood(gate, min((p.stands for p in mine), key=_RANK.index), mine)
        elif judged_at_all and gate not in _ONLY_WHERE_ASKED:
            yield Stood(gate, Stands.NOT_ASKED, (Point(gate, Stands.NOT_ASKED, said.NOT_ASKED),))


def _answered(gates: Iterable[Stood]) -> tuple[Stood, ...]:
    found = list(gates)
    for stands in DECISIVE:
        for i, each in enumerate(found):
            if each.stands is stands:
                found[i] = replace(each, answer=True)
                return tuple(found)
    return tuple(found)
