"""Views of a report: rows and columns, the same for every tabular format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rtmaudit.report.build import Report
from rtmaudit.report.views.cells import Cell, ColumnKind, View, with_kinds
from rtmaudit.report.views.codes import BILLING_COLUMNS, CODE_COLUMNS, billing, codes
from rtmaudit.report.views.patients import PATIENT_COLUMNS, patients
from rtmaudit.report.views.tasks import WORKLIST_COLUMNS, by_practitioner, by_staff, tasks

__all__ = ["COLUMNS", "Cell", "ColumnKind", "View", "view", "with_kinds"]


def view(report: Report, which: str, *, everything: bool = False) -> View:
    """The view by its name. `everything` keeps not_applicable and secondary lines in `codes`."""
    columns, rows = _VIEWS[which]
    return View(which, with_kinds(columns), rows(report, everything))


Rows = Callable[[Report, bool], Iterator[list[Cell]]]
_VIEWS: dict[str, tuple[Sequence[str], Rows]] = {
    "patients": (PATIENT_COLUMNS, patients),
    "codes": (CODE_COLUMNS, codes),
    "billing": (BILLING_COLUMNS, billing),
    "worklist": (WORKLIST_COLUMNS, tasks),
    "worklist-practitioner": (WORKLIST_COLUMNS, by_practitioner),
    "worklist-staff": (WORKLIST_COLUMNS, by_staff),
}


COLUMNS = {name: columns for name, (columns, _) in _VIEWS.items()}
"""The columns of each view."""
