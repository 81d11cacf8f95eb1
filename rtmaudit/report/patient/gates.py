"""The gates that a patient passes in their order, for each program; the first that fails is the
answer to `why not this patient?`.

How a gate stands is read off the findings that speak for the patient and the conditions of their
rules; no number of the law stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rtmaudit.model import Clock, Finding, ReasonKind, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport, Report
from rtmaudit.report.chart import Chart, Enrolled
from rtmaudit.report.patient import said
from rtmaudit.report.patient.points import Gate, Point, Stands, points_of
from rtmaudit.report.standing import speaking

DECISIVE = (Stands.FAILED, Stands.UNDECIDED, Stands.NOT_YET)
"""What answers the question: the first gate that fails, else the first that is undecided, else the
first that is still to come."""

_RANK = (*DECISIVE, Stands.CONFIRM, Stands.PASSED, Stands.NOT_ASKED)
_ONLY_WHERE_ASKED = (Gate.PAPERS, Gate.VISITS, Gate.LAW)


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


def gates_of(report: Report, patient: PatientReport, program: str) -> tuple[Stood, ...]:
    """All gates of one program of a patient (of none: an empty text), in their order."""
    chart = patient.chart or Chart()
    points = [*_entry(patient, chart, program)]
    mine = judged(patient, program)
    for number, finding in mine:
        points += points_of(chart, number, finding)
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
