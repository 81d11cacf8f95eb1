"""Findings -> Report, its views, and every sentence a person reads."""

from rtmaudit.report.build import (
    Billing,
    InputSummary,
    PatientReport,
    PositionTaken,
    Report,
    Settle,
)

__all__ = ["Billing", "InputSummary", "PatientReport", "PositionTaken", "Report", "Settle"]
