"""A report as a picture of the month: who stands where, by program, by rung and by day. Numbers
only; how they are drawn is the page's own business."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rtmaudit.model import DataDays, Finding, Program, Verdict
from rtmaudit.report.build import PatientReport, Report
from rtmaudit.report.ladder import Rung, rungs_of, stops_at
from rtmaudit.report.standing import NEEDS_A_HAND, patient_verdict, speaking
from rtmaudit.windows import days

MOST_STRIPS = 200
"""Above so many patients with days of device data, their days are shown together only."""

AT_STAKE = (Verdict.OPEN, Verdict.BLOCKED, Verdict.REVIEW, Verdict.UNKNOWN)
"""Not ready, and may still become it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of a program: how many patients come to it, how many of them stop there, and how many
    of those have something ready all the same."""

    rung: Rung
    reached: int
    stopped: int
    with_ready: int


@dataclass(frozen=True, slots=True)
class ProgramPicture:
    """A program: its patients, its codes per verdict, and the ladder. Secondary codes are left out;
    open ones that are not due this month are `running`, and in no verdict."""

    program: Program
    patients: int
    by_verdict: Mapping[str, int]
    running: int
    steps: tuple[Step, ...]
    ready_amount: Decimal | None = None
    """What its ready codes are estimated to pay; None where nothing has a price."""

    @property
    def ready(self) -> int:
        """Codes to bill."""
        return self.by_verdict.get(Verdict.READY, 0)

    @property
    def at_stake(self) -> int:
        """Codes that may still become ready."""
        return sum(self.by_verdict.get(verdict, 0) for verdict in AT_STAKE)


@dataclass(frozen=True, slots=True)
class Strip:
    """The days of device data of one patient in one program."""

    patient_id: str
    program: str
    days: DataDays


@dataclass(frozen=True, slots=True)
class DayOfData:
    """A day, and how many patients have data on it: beyond doubt, or in doubt only. `known` is
    whether anything can be said of it: it is past, and an export covers it; or there is data."""

    day: date
    seen: int
    doubtful: int
    known: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The judged span, day by day; a strip per patient and program unless there are too many."""

    patients: int
    days: tuple[DayOfData, ...]
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The month at a glance. `by_verdict` counts patients; those without any verdict are under
    the empty word. `in_no_program` are in no ladder."""

    by_verdict: Mapping[str, int]
    programs: tuple[ProgramPicture, ...]
    in_no_program: int
    best_fit: Mapping[str, int]
    calendar: Calendar


def picture(report: Report) -> Picture:
    """The picture of a report. Every patient is counted once per verdict and per program."""
    spoken = [(patient, speaking(patient)) for patient in report.patients]
    words = Counter(patient_verdict(each) for _, each in spoken)
    fits = Counter(str(patient.fit.best or "") for patient, _ in spoken)
    return Picture(
        {word: words[word] for word in (*map(str, NEEDS_A_HAND), "") if words[word]},
        tuple(_programs(report, spoken)),
        sum(not patient.programs for patient, _ in spoken),
        {word: fits[word] for word in (*map(str, Program), "") if fits[word]},
        _calendar(report),
    )


_Spoken = Sequence[tuple[PatientReport, list[Finding]]]


def _programs(report: Report, spoken: _Spoken) -> Iterator[ProgramPicture]:
    running, counts = Counter[Program](), Counter[tuple[Program, Verdict]]()
    for finding, many in report.counted():
        if _runs_on(finding):
            running[finding.program] += many
        else:
            counts[finding.program, finding.verdict] += many
    for program in Program:
        mine = [each for each in spoken if program in each[0].programs]
        if mine:
            yield ProgramPicture(
                program,
                len(mine),
                {str(v): counts[program, v] for v in Verdict if counts[program, v]},
                running[program],
                tuple(_steps(program, mine)),
                _ready_amount(program, (patient for patient, _ in mine)),
            )


def _ready_amount(program: Program, patients: Iterable[PatientReport]) -> Decimal | None:
    amounts = [
        worth.amount
        for patient in patients
        for finding, worth in zip(
            patient.findings, patient.money.findings if patient.money else (), strict=False
        )
        if finding.program == program and finding.verdict is Verdict.READY
        if worth.amount is not None
    ]
    return sum(amounts, Decimal()) if amounts else None


def _runs_on(finding: Finding) -> bool:
    return finding.verdict is Verdict.OPEN and not finding.due


def _steps(program: Program, mine: _Spoken) -> Iterator[Step]:
    stops = [(stops_at(patient, program, spoken), spoken) for patient, spoken in mine]
    all_of = Counter(rung for rung, _ in stops)
    lucky = Counter(rung for rung, spoken in stops if _any_ready(program, spoken))
    left = len(mine)
    for rung in rungs_of(
        f for patient, _ in mine for f in patient.findings if f.program == program
    ):
        yield Step(rung, left, all_of[rung], lucky[rung])
        left -= all_of[rung]


def _any_ready(program: Program, spoken: Iterable[Finding]) -> bool:
    return any(f.program == program and f.verdict is Verdict.READY for f in spoken)


def _calendar(report: Report) -> Calendar:
    mine = [patient for patient in report.patients if patient.data_days]
    return Calendar(
        len(mine),
        tuple(_days(report, mine)) if mine else (),
        tuple(_strips(mine)) if len(mine) <= MOST_STRIPS else (),
    )


def _days(report: Report, mine: Sequence[PatientReport]) -> Iterator[DayOfData]:
    seen, doubtful, uncovered = Counter[date](), Counter[date](), Counter[date]()
    for patient in mine:
        held = patient.data_days.values()
        certain = {day for each in held for day in each.seen}
        maybe = {day for each in held for day in each.doubtful} - certain
        seen.update(certain)
        doubtful.update(maybe)
        uncovered.update({day for each in held for day in each.not_covered} - certain - maybe)
    for day in days(report.month.span_start, report.month.end):
        known = day < report.as_of and uncovered[day] < len(mine)
        yield DayOfData(day, seen[day], doubtful[day], known or bool(seen[day]))


def _strips(patients: Iterable[PatientReport]) -> Iterator[Strip]:
    for patient in patients:
        for program, held in patient.data_days.items():
            yield Strip(patient.patient_id, program, held)
