"""Findings -> Report, its views, and every sentence a person reads."""

from rtmaudit.report.build import InputSummary, PatientReport, PositionTaken, Report, Settle

__all__ = ["InputSummary", "PatientReport", "PositionTaken", "Report", "Settle"]
