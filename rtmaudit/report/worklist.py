"""What can still be reached in a month, by when, and what is gone: a task per finding that work
decides, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rtmaudit.model import FactName, Finding, Met, Need, ReasonKind, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport, Report
from rtmaudit.report.standing import reachable
from rtmaudit.windows import ONE_DAY

NOTHING = Decimal()


class State(StrEnum):
    """`at_risk`: one missed day ends it; `gone`: it can no longer be had."""

    REACHABLE = "reachable"
    AT_RISK = "at_risk"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Task:
    """What one finding of a patient still takes. `start_by` is the last day from which every
    remaining day is needed (None where days are not what is counted), `by` the last day on which
    the work may be finished, `adds` what reaching it would add to what is certain, in dollars (None
    where nobody asked, or nobody knows)."""

    patient: PatientReport
    finding: Finding
    state: State
    unmet: tuple[Need, ...]
    by: date
    start_by: date | None
    adds: Decimal | None

    @property
    def last_day(self) -> date:
        """The last day on which the work may begin."""
        return self.start_by or self.by

    def told(self) -> str:
        """What it still takes, or what was lacking, and the papers that are not on file."""
        gone = self.state is State.GONE
        papers = (each for each in self.finding.reasons if each.kind is ReasonKind.PAPER)
        takes = words.lacked(self.unmet) if gone else words.still_takes(self.unmet)
        return "; ".join([takes, *map(words.reason, papers)])

    def practitioner(self) -> str:
        """Who bills the task's program, as the roster says it."""
        return self.patient.billed(self.finding.program).biller


def worklist(report: Report) -> list[Task]:
    """Every task of a report: by the last possible day, then by what reaching it adds, then the
    nearest first; what adds nothing after all that does or may, and what is gone at the end."""
    found = (task for patient in report.patients for task in _tasks(report, patient))
    return sorted(found, key=_order)


def _order(task: Task) -> tuple[bool, bool, date, Decimal, int, str, str]:
    adds = task.adds or NOTHING
    nearest = max((need.short_by for need in task.unmet), default=0)
    who = (task.patient.patient_id, task.finding.code)
    gone, useless = task.state is State.GONE, task.adds == NOTHING
    return gone, useless, task.last_day, -adds, nearest, *who


def _tasks(report: Report, patient: PatientReport) -> Iterator[Task]:
    for i, finding in enumerate(patient.findings):
        worth = patient.worth(i)
        adds = worth.adds if worth else None
        if finding.verdict is Verdict.OPEN and not _waits_for_its_base(finding):
            unmet = tuple(need for need in finding.needs if need.met is Met.LATER)
            if unmet:
                yield _open(report.as_of, patient, finding, unmet, adds)
        elif finding.verdict is Verdict.SHORT and not finding.secondary:
            unmet = tuple(need for need in finding.needs if need.met is Met.NO)
            end = finding.window.end
            yield Task(patient, finding, State.GONE, unmet, end, None, None)


def _waits_for_its_base(finding: Finding) -> bool:
    """Whether an add-on stands on a base that is not reached itself; then the base is the task."""
    return any(reason.kind is ReasonKind.BASE for reason in finding.reasons)


def _open(
    as_of: date,
    patient: PatientReport,
    finding: Finding,
    unmet: tuple[Need, ...],
    adds: Decimal | None,
) -> Task:
    told = [reachable(finding, need) for need in unmet]
    by = min((last for last, _ in told if last), default=finding.window.end)
    start_by = min((first for _, first in told if first), default=None)
    last_to_begin = start_by or by
    begins = _first_day_left(as_of, patient, finding, unmet)
    state = State.AT_RISK if last_to_begin <= begins else State.REACHABLE
    return Task(patient, finding, state, unmet, by, start_by, adds)


def _first_day_left(
    as_of: date, patient: PatientReport, finding: Finding, unmet: Iterable[Need]
) -> date:
    """The first day that may still bring what is missing: the as-of day, or the next one where days
    are missing and the as-of day has its data already."""
    counts_days = any(need.ref.name is FactName.READING_DAYS for need in unmet)
    days = patient.data_days.get(finding.program)
    has_today = bool(counts_days and days and as_of in days.seen)
    return max(as_of + ONE_DAY if has_today else as_of, finding.window.start)
