"""Findings -> Report, its views, and every sentence a person reads."""

from rtmaudit.report.build import (
    Behind,
    Billing,
    InputSummary,
    PatientReport,
    PositionTaken,
    Report,
    Settle,
)

__all__ = [
    "Behind",
    "Billing",
    "InputSummary",
    "PatientReport",
    "PositionTaken",
    "Report",
    "Settle",
]
