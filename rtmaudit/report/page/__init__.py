"""The page of one patient: `why, or why not?`, with every line behind the answer."""

from rtmaudit.report.page.compose import page_of, pages_of
from rtmaudit.report.page.record import Page, Pages

__all__ = ["Page", "Pages", "page_of", "pages_of"]
