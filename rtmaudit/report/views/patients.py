"""A line per patient."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from rtmaudit.fit import Fit
from rtmaudit.model import Clock, FactName, Finding, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import Billing, PatientReport, Report, all_of
from rtmaudit.report.once import Once, Share, Shared
from rtmaudit.report.standing import (
    codes_with,
    is_supply,
    month_needs,
    patient_verdict,
    program_cell,
    speaking,
    step,
    supply_periods,
    to_do,
    why,
)
from rtmaudit.report.views.cells import Cell, joined

NAMED_PROGRAMS = ("rtm", "rpm", "ccm", "pcm")

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


def patients(report: Report, everything: bool) -> Iterator[list[Cell]]:
    """The rows of all patients."""
    del everything
    shared, billed, fits, next_steps = Shared(*_SHARES), Once(_billed), Once(_fitting), Once(step)
    for patient in report.patients:
        fit, programs, money = fits.of(patient.fit), patient.programs, patient.money
        beside = ((programs, patient.on_roster, fit.offer), None, programs)
        (*verdicts, first, confirm), days, time = shared.of(patient, *beside)
        yield [
            patient.patient_id,
            *billed.of(patient.billing),
            *verdicts,
            *days,
            *time,
            *fit.cells,
            why(patient) if money else fit.why,
            next_steps.of(patient.findings[first]) if isinstance(first, int) else first,
            confirm,
            money.ready if money else None,
            money.at_stake if money else None,
        ]


def _billed(billing: Mapping[str, Billing]) -> list[str]:
    return [joined(all_of(billing, part)) for part in ("payer", "biller")]


@dataclass(frozen=True, slots=True)
class _Fitting:
    """What a row tells of a fit, the sentence without amounts, and what it offers to do."""

    cells: list[str]
    why: str
    offer: str


def _fitting(fit: Fit) -> _Fitting:
    cells = [str(fit.best or "none"), str(fit.instead_of or "")]
    candidates = joined(str(c.program) for c in fit.candidates)
    return _Fitting([*cells, candidates], words.why(fit), words.offer(fit))


_LISTED = (Verdict.READY, Verdict.OPEN, Verdict.BLOCKED, Verdict.REVIEW, Verdict.UNKNOWN)


def _verdict_cells(patient: PatientReport) -> list[Cell]:
    """The verdicts; then what to do first, or the place of the finding that tells it; and what to
    confirm."""
    spoken = speaking(patient)
    others = [p for p in patient.programs if p not in NAMED_PROGRAMS]
    first = next(filter(step, to_do(patient, spoken)), "")
    places = [i for i, finding in enumerate(patient.findings) if finding is first]
    return [
        patient_verdict(spoken),
        *(program_cell(patient, program) for program in NAMED_PROGRAMS),
        joined(f"{p}: {program_cell(patient, p)}" for p in others),
        *(joined(codes_with(spoken, verdict)) for verdict in _LISTED),
        first if isinstance(first, str) else places[0],
        joined(dict.fromkeys(each for f in patient.findings for each in _confirm(f))),
    ]


def _of_verdicts(finding: Finding) -> Hashable:
    """Every finding counts, so that a place is one among all findings."""
    next_end = finding.window.end if not finding.due and is_supply(finding) else None
    units = finding.units if finding.verdict is Verdict.READY else 0
    told = finding.code, units, bool(finding.reasons), _confirm(finding)
    return (*_of_speaking(finding), next_end, *told)


def _of_speaking(finding: Finding) -> tuple[Hashable, ...]:
    """What decides whether a finding speaks for a patient, and with which word."""
    window = finding.window.kind is Clock.EPISODE, is_supply(finding)
    return (finding.program, finding.verdict, finding.due, finding.secondary, *window)


def _day_cells(patient: PatientReport) -> list[Cell]:
    periods = supply_periods(patient)
    return [
        joined(words.amount(f.needs[0]) for f in periods),
        joined(str(f.window.end) for f in periods),
    ]


def _of_days(finding: Finding) -> Hashable:
    if not (finding.due and is_supply(finding)):
        return None
    need, window = finding.needs[0], finding.window
    return window.start, window.end, need.have, need.have_at_most


_TIMED = (FactName.MANAGEMENT_MINUTES, FactName.LIVE_CONTACTS)


def _time_cells(patient: PatientReport) -> list[Cell]:
    spoken = speaking(patient)
    return [joined(words.amount(n) for n in month_needs(patient, spoken, f)) for f in _TIMED]


def _of_time(finding: Finding) -> Hashable:
    needs = [(n.ref.name, n.have, n.have_at_most) for n in finding.needs if n.ref.name in _TIMED]
    if not needs and not (finding.due and is_supply(finding)):
        return None
    by_month = finding.window.kind is Clock.CALENDAR_MONTH
    return (*_of_speaking(finding), by_month, *needs)


def _confirm(finding: Finding) -> tuple[str, ...]:
    quiet = (Verdict.NOT_APPLICABLE, Verdict.SHORT)
    return () if finding.verdict in quiet else finding.to_confirm


_SHARES = (
    Share(_of_verdicts, _verdict_cells),
    Share(_of_days, _day_cells),
    Share(_of_time, _time_cells),
)
