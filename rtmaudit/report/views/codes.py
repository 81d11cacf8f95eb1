"""A line per patient, code and window, and those of them that a biller keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rtmaudit.fees import Worth
from rtmaudit.model import UNIT_OF_FACT, Finding, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import Behind, PatientReport, Report
from rtmaudit.report.standing import reachable, shown_need
from rtmaudit.report.views.cells import Cell, day_of, joined

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


def codes(report: Report, everything: bool) -> Iterator[list[Cell]]:
    """The rows of all findings; without `everything` those that matter."""
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
        joined(map(str, evidence)),
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
        day_of(finding.service_date),
        str(need.ref.name) if need else "",
        UNIT_OF_FACT[need.ref.name] if need else "",
        need.have if need else None,
        need.have_at_most if need else None,
        need.want if need else None,
        need.short_by if need else None,
        day_of(by),
        day_of(start_by),
        joined(words.reason(each) for each in finding.reasons),
        joined(finding.conflicts_with),
        joined(_alternatives(finding, worth)),
        joined(finding.to_confirm),
        joined(finding.positions),
        joined(finding.modifiers),
        worth.amount if worth else None,
        worth.basis if worth else "",
        joined(finding.sources),
    ]


def _alternatives(finding: Finding, worth: Worth | None) -> Iterator[str]:
    amounts = worth.alternatives if worth else (None,) * len(finding.alternatives)
    for each, amount in zip(finding.alternatives, amounts, strict=True):
        yield f"{each.code} x{each.units} {words.dollars(amount)}".rstrip()


def billing(report: Report, everything: bool) -> Iterator[list[Cell]]:
    """The rows of what is ready."""
    del everything
    for patient in report.patients:
        for i, finding in enumerate(patient.findings):
            if finding.verdict is Verdict.READY:
                worth = patient.worth(i)
                yield [
                    patient.patient_id,
                    day_of(finding.service_date),
                    finding.code,
                    finding.units,
                    joined(finding.modifiers),
                    patient.billed(finding.program).place_of_service,
                    patient.billed(finding.program).biller,
                    patient.billed(finding.program).payer,
                    joined(patient.conditions),
                    worth.amount if worth else None,
                ]
