"""The page of one patient: `why, or why not?`, with every line behind the answer."""

from rtmaudit.report.patient.compose import page_of, pages_of
from rtmaudit.report.patient.record import Page, Pages

__all__ = ["Page", "Pages", "page_of", "pages_of"]
