"""A line per patient."""

from __future__ import annotations

from collections.abc import Iterator

from rtmaudit.model import FactName, Finding, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import Report
from rtmaudit.report.standing import (
    codes_with,
    month_needs,
    patient_verdict,
    program_cell,
    speaking,
    steps,
    supply_periods,
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
    for patient in report.patients:
        spoken, periods = speaking(patient), supply_periods(patient)
        others = [p for p in patient.programs if p not in NAMED_PROGRAMS]
        fit = patient.fit
        confirm = dict.fromkeys(each for f in patient.findings for each in _confirm(f))
        yield [
            patient.patient_id,
            joined(patient.all_of("payer")),
            joined(patient.all_of("biller")),
            patient_verdict(spoken),
            *(program_cell(patient, program) for program in NAMED_PROGRAMS),
            joined(f"{p}: {program_cell(patient, p)}" for p in others),
            *(joined(codes_with(spoken, verdict)) for verdict in _LISTED),
            joined(words.amount(f.needs[0]) for f in periods),
            joined(str(f.window.end) for f in periods),
            joined(
                words.amount(n) for n in month_needs(patient, spoken, FactName.MANAGEMENT_MINUTES)
            ),
            joined(words.amount(n) for n in month_needs(patient, spoken, FactName.LIVE_CONTACTS)),
            str(fit.best or "none"),
            str(fit.instead_of or ""),
            joined(str(c.program) for c in fit.candidates),
            why(patient),
            joined(steps(patient, spoken)[:1]),
            joined(confirm),
            patient.money.ready if patient.money else None,
            patient.money.at_stake if patient.money else None,
        ]


_LISTED = (Verdict.READY, Verdict.OPEN, Verdict.BLOCKED, Verdict.REVIEW, Verdict.UNKNOWN)


def _confirm(finding: Finding) -> tuple[str, ...]:
    quiet = (Verdict.NOT_APPLICABLE, Verdict.SHORT)
    return () if finding.verdict in quiet else finding.to_confirm
