"""The report of a folder, narrowed to some of its patients or to all, as `patient` is given it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from rtmaudit.commands.options import Asked, order_of
from rtmaudit.pipeline import audit
from rtmaudit.report import PatientReport, Report
from rtmaudit.report.chart import Chart

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
MARCH = (SAMPLES, "2026-03", "2026-04-01")
APRIL = (SAMPLES / "2026-04", "2026-04", "2026-05-01")
MID_MARCH = (SAMPLES, "2026-03", "2026-03-20")


def charted(folder: Path, month: str, as_of: str, *ids: str) -> Report:
    """The report of these patients, or of everybody."""
    order, _ = order_of(Asked((folder,), month, as_of))
    only = frozenset(ids) or frozenset(each.patient_id for each in audit(order).patients)
    return audit(replace(order, only=only, evidence=True))


@cache
def sample(folder: Path, month: str, as_of: str) -> Report:
    """Everybody of a sample practice, once a run of the tests."""
    return charted(folder, month, as_of)


def chart(patient: PatientReport) -> Chart:
    """What stands behind the findings of a patient."""
    assert patient.chart is not None
    return patient.chart
