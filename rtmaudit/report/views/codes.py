"""A line per patient, code and window, and those of them that a biller keys."""

from __future__ import annotations

from collections.abc import Iterator

from rtmaudit.fees import Worth
from rtmaudit.model import UNIT_OF_FACT, Finding, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import Report
from rtmaudit.report.once import Worded
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
    said = Worded(_said if everything else _said_if_it_matters)
    for patient in report.patients:
        for i, cells in enumerate(said.each(patient)):
            if cells:
                billing = patient.billed(patient.findings[i].program)
                yield [
                    patient.patient_id,
                    billing.payer,
                    billing.biller,
                    billing.place_of_service,
                    *cells,
                    joined(map(str, patient.evidence.get(i, ()))),
                ]


def _said_if_it_matters(finding: Finding, worth: Worth | None) -> list[Cell]:
    hidden = finding.verdict is Verdict.NOT_APPLICABLE or finding.secondary
    return [] if hidden else _said(finding, worth)


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
                worth, billed = patient.worth(i), patient.billed(finding.program)
                yield [
                    patient.patient_id,
                    day_of(finding.service_date),
                    finding.code,
                    finding.units,
                    joined(finding.modifiers),
                    billed.place_of_service,
                    billed.biller,
                    billed.payer,
                    joined(patient.conditions),
                    worth.amount if worth else None,
                ]
