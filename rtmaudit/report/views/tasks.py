"""What can still be reached, a line per patient and code; in groups where these are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rtmaudit.model import UNIT_OF_FACT
from rtmaudit.report import words
from rtmaudit.report.build import Report
from rtmaudit.report.views.cells import Cell, day_of, joined
from rtmaudit.report.worklist import Task, worklist

WORKLIST_COLUMNS = [
    "patient_id",
    "payer",
    "biller",
    "staff",
    "program",
    "code",
    "state",
    "still_takes",
    "start_by",
    "by",
    "have",
    "want",
    "short_by",
    "unit",
    "period_start",
    "period_end",
    "adds",
    "reasons",
]


def tasks(report: Report, everything: bool) -> Iterator[list[Cell]]:
    """The rows of all tasks, the most pressing first."""
    del everything
    return (_task_row(task, task.patient.staff) for task in worklist(report))


def by_practitioner(report: Report, everything: bool) -> Iterator[list[Cell]]:
    """The same, by who bills."""
    del everything
    for task in sorted(worklist(report), key=Task.practitioner):
        yield _task_row(task, task.patient.staff)


def by_staff(report: Report, everything: bool) -> Iterator[list[Cell]]:
    """A task stands with everybody who logged time for its patient."""
    del everything
    shared = [(staff, task) for task in worklist(report) for staff in task.patient.staff or ("",)]
    for staff, task in sorted(shared, key=lambda each: each[0]):
        yield _task_row(task, (staff,))


def _task_row(task: Task, staff: Sequence[str]) -> list[Cell]:
    finding, billing = task.finding, task.patient.billed(task.finding.program)
    need = task.unmet[0] if task.unmet else None
    return [
        task.patient.patient_id,
        billing.payer,
        billing.biller,
        joined(staff),
        str(finding.program),
        finding.code,
        str(task.state),
        task.told(),
        day_of(task.start_by),
        day_of(task.by),
        need.have if need else None,
        need.want if need else None,
        need.short_by if need else None,
        UNIT_OF_FACT[need.ref.name] if need else "",
        str(finding.window.start),
        str(finding.window.end),
        task.adds,
        joined(words.reason(each) for each in finding.reasons),
    ]
