"""Views of a report: rows and columns, the same for every tabular format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from rtmaudit.fees import Worth
from rtmaudit.model import UNIT_OF_FACT, FactName, Finding, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import Behind, PatientReport, Report
from rtmaudit.report.standing import (
    codes_with,
    month_needs,
    patient_verdict,
    program_cell,
    reachable,
    shown_need,
    speaking,
    steps,
    supply_periods,
    why,
)
from rtmaudit.report.worklist import Task, worklist

Cell = str | int | Decimal | None


class ColumnKind(Enum):
    """Text may come from an export and must be made harmless; the rest is ours. A day is written
    2026-03-20, a number is an int or an amount in dollars; either may be empty."""

    TEXT = "text"
    OURS = "ours"
    DAY = "day"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class View:
    """A table: column names with their kinds, and rows as they come."""

    name: str
    columns: Sequence[tuple[str, ColumnKind]]
    rows: Iterable[Sequence[Cell]]


NAMED_PROGRAMS = ("rtm", "rpm", "ccm", "pcm")
_KINDS = {
    **dict.fromkeys(("patient_id", "payer", "biller", "place_of_service"), ColumnKind.TEXT),
    **dict.fromkeys(("conditions", "evidence", "staff"), ColumnKind.TEXT),
    **dict.fromkeys(("period_start", "period_end", "service_date"), ColumnKind.DAY),
    **dict.fromkeys(("reachable_by", "start_by", "by"), ColumnKind.DAY),
    **dict.fromkeys(("units", "have", "have_at_most", "want", "short_by"), ColumnKind.NUMBER),
    **dict.fromkeys(("amount", "amount_ready", "amount_at_stake", "adds"), ColumnKind.NUMBER),
}
"""Of the columns that are not simply ours."""

PATIENT_COLUMNS = [
    "patient_id",
    "payer",
    "biller",
    "verdict",
    "rtm",
    "rpm",
    "ccm",
    "pcm",
    "other",
    "ready_codes",
    "open_codes",
    "blocked_codes",
    "review_codes",
    "unknown_codes",
    "data_days",
    "period_ends",
    "management_minutes",
    "live_contacts",
    "best_fit",
    "instead_of",
    "candidate",
    "why",
    "next_step",
    "to_confirm",
    "amount_ready",
    "amount_at_stake",
]
CODE_COLUMNS = [
    "patient_id",
    "payer",
    "biller",
    "place_of_service",
    "program",
    "code",
    "units",
    "verdict",
    "secondary",
    "window",
    "period_start",
    "period_end",
    "service_date",
    "fact",
    "unit",
    "have",
    "have_at_most",
    "want",
    "short_by",
    "reachable_by",
    "start_by",
    "reasons",
    "conflicts_with",
    "alternatives",
    "to_confirm",
    "positions",
    "modifiers",
    "amount",
    "amount_basis",
    "sources",
    "evidence",
]
BILLING_COLUMNS = [
    "patient_id",
    "service_date",
    "code",
    "units",
    "modifiers",
    "place_of_service",
    "biller",
    "payer",
    "conditions",
    "amount",
]

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


def view(report: Report, which: str, *, everything: bool = False) -> View:
    """The view by its name. `everything` keeps not_applicable and secondary lines in `codes`."""
    columns, rows = _VIEWS[which]
    return View(which, with_kinds(columns), rows(report, everything))


def with_kinds(columns: Iterable[str]) -> list[tuple[str, ColumnKind]]:
    """Columns of an audit with their kinds, which their names tell."""
    return [(name, _KINDS.get(name, ColumnKind.OURS)) for name in columns]


def _patients(report: Report, everything: bool) -> Iterator[list[Cell]]:
    del everything
    for patient in report.patients:
        spoken, periods = speaking(patient), supply_periods(patient)
        others = [p for p in patient.programs if p not in NAMED_PROGRAMS]
        fit = patient.fit
        confirm = dict.fromkeys(each for f in patient.findings for each in _confirm(f))
        yield [
            patient.patient_id,
            _join(patient.all_of("payer")),
            _join(patient.all_of("biller")),
            patient_verdict(spoken),
            *(program_cell(patient, program) for program in NAMED_PROGRAMS),
            _join(f"{p}: {program_cell(patient, p)}" for p in others),
            *(_join(codes_with(spoken, verdict)) for verdict in _LISTED),
            _join(words.amount(f.needs[0]) for f in periods),
            _join(str(f.window.end) for f in periods),
            _join(
                words.amount(n) for n in month_needs(patient, spoken, FactName.MANAGEMENT_MINUTES)
            ),
            _join(words.amount(n) for n in month_needs(patient, spoken, FactName.LIVE_CONTACTS)),
            str(fit.best or "none"),
            str(fit.instead_of or ""),
            _join(str(c.program) for c in fit.candidates),
            why(patient),
            _join(steps(patient, spoken)[:1]),
            _join(confirm),
            patient.money.ready if patient.money else None,
            patient.money.at_stake if patient.money else None,
        ]


_LISTED = (Verdict.READY, Verdict.OPEN, Verdict.BLOCKED, Verdict.REVIEW, Verdict.UNKNOWN)


def _confirm(finding: Finding) -> tuple[str, ...]:
    quiet = (Verdict.NOT_APPLICABLE, Verdict.SHORT)
    return () if finding.verdict in quiet else finding.to_confirm


def _codes(report: Report, everything: bool) -> Iterator[list[Cell]]:
    said: dict[tuple[int, Worth | None], list[Cell]] = {}
    for patient in report.patients:
        for i, finding in enumerate(patient.findings):
            hidden = finding.verdict is Verdict.NOT_APPLICABLE or finding.secondary
            if everything or not hidden:
                worth = patient.worth(i)
                cells = said.get((id(finding), worth))
                if cells is None:
                    cells = said[id(finding), worth] = _said(finding, worth)
                yield _code_row(patient, finding, cells, patient.evidence.get(i, ()))


def _code_row(
    patient: PatientReport, finding: Finding, said: Sequence[Cell], evidence: Sequence[Behind]
) -> list[Cell]:
    billing = patient.billed(finding.program)
    return [
        patient.patient_id,
        billing.payer,
        billing.biller,
        billing.place_of_service,
        *said,
        _join(map(str, evidence)),
    ]


def _said(finding: Finding, worth: Worth | None) -> list[Cell]:
    """The cells that tell a finding, whoever's it is."""
    need = shown_need(finding)
    by, start_by = reachable(finding, need) if need else (None, None)
    return [
        str(finding.program),
        finding.code,
        finding.units,
        str(finding.verdict),
        "true" if finding.secondary else "false",
        str(finding.window.kind),
        str(finding.window.start),
        str(finding.window.end),
        _day(finding.service_date),
        str(need.ref.name) if need else "",
        UNIT_OF_FACT[need.ref.name] if need else "",
        need.have if need else None,
        need.have_at_most if need else None,
        need.want if need else None,
        need.short_by if need else None,
        _day(by),
        _day(start_by),
        _join(words.reason(each) for each in finding.reasons),
        _join(finding.conflicts_with),
        _join(_alternatives(finding, worth)),
        _join(finding.to_confirm),
        _join(finding.positions),
        _join(finding.modifiers),
        worth.amount if worth else None,
        worth.basis if worth else "",
        _join(finding.sources),
    ]


def _alternatives(finding: Finding, worth: Worth | None) -> Iterator[str]:
    amounts = worth.alternatives if worth else (None,) * len(finding.alternatives)
    for each, amount in zip(finding.alternatives, amounts, strict=True):
        yield f"{each.code} x{each.units} {words.dollars(amount)}".rstrip()


def _billing(report: Report, everything: bool) -> Iterator[list[Cell]]:
    del everything
    for patient in report.patients:
        for i, finding in enumerate(patient.findings):
            if finding.verdict is Verdict.READY:
                worth = patient.worth(i)
                yield [
                    patient.patient_id,
                    _day(finding.service_date),
                    finding.code,
                    finding.units,
                    _join(finding.modifiers),
                    patient.billed(finding.program).place_of_service,
                    patient.billed(finding.program).biller,
                    patient.billed(finding.program).payer,
                    _join(patient.conditions),
                    worth.amount if worth else None,
                ]


def _worklist(report: Report, everything: bool) -> Iterator[list[Cell]]:
    del everything
    return (_task_row(task, task.patient.staff) for task in worklist(report))


def _by_practitioner(report: Report, everything: bool) -> Iterator[list[Cell]]:
    del everything
    for task in sorted(worklist(report), key=Task.practitioner):
        yield _task_row(task, task.patient.staff)


def _by_staff(report: Report, everything: bool) -> Iterator[list[Cell]]:
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
        _join(staff),
        str(finding.program),
        finding.code,
        str(task.state),
        task.told(),
        _day(task.start_by),
        _day(task.by),
        need.have if need else None,
        need.want if need else None,
        need.short_by if need else None,
        UNIT_OF_FACT[need.ref.name] if need else "",
        str(finding.window.start),
        str(finding.window.end),
        task.adds,
        _join(words.reason(each) for each in finding.reasons),
    ]


def _day(day: date | None) -> str:
    return str(day) if day else ""


def _join(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)


Rows = Callable[[Report, bool], Iterator[list[Cell]]]
_VIEWS: dict[str, tuple[Sequence[str], Rows]] = {
    "patients": (PATIENT_COLUMNS, _patients),
    "codes": (CODE_COLUMNS, _codes),
    "billing": (BILLING_COLUMNS, _billing),
    "worklist": (WORKLIST_COLUMNS, _worklist),
    "worklist-practitioner": (WORKLIST_COLUMNS, _by_practitioner),
    "worklist-staff": (WORKLIST_COLUMNS, _by_staff),
}
