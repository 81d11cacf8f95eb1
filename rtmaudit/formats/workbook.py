"""XLSX: the whole audit as a workbook for people, a sheet a view.

Every cell is a text, a number or a day, as the view has it: no formula and no link, whatever
an export holds. Ids and codes are texts. The same report gives the same bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TextIO

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.utility import xl_range

from rtmaudit.errors import OutputError, visible
from rtmaudit.formats.sheet import Sheet, Styles, write_view
from rtmaudit.model import Program
from rtmaudit.outfile import reason_of
from rtmaudit.report import Report
from rtmaudit.report.aside import candidates, problems, provenance, totals
from rtmaudit.report.head import head_lines, summary
from rtmaudit.report.views import View, view
from rtmaudit.scratch import scratch_folder

WIDTH = 110
"""Characters on a line of the summary, which is read on a screen and printed across."""


def write_workbook(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """All sheets, whatever the view; it opens on the summary. The view billing has a sheet where it
    is asked for. The bytes go below the stream. Raises OutputError."""
    held = io.BytesIO()
    try:
        with scratch_folder() as folder:
            book = xlsxwriter.Workbook(held, {"constant_memory": True, "tmpdir": str(folder)})
            _fill(book, report, list(_views(report, which, everything)))
            book.close()
    except (OSError, XlsxFileError) as error:
        raise OutputError(f"the temporary files of the workbook: {_reason(error)}") from None
    stream.flush()
    stream.buffer.write(held.getbuffer())


def _views(report: Report, which: str, everything: bool) -> Iterator[tuple[str, View]]:
    """The sheets after the summary, in their order."""
    yield "Patients", view(report, "patients")
    yield "Codes", view(report, "codes", everything=everything)
    if which == "billing":
        yield "Billing", view(report, "billing")
    yield "Worklist", view(report, which if which.startswith("worklist") else "worklist")
    yield "CCM candidates", candidates(report, Program.CCM)
    yield "Problems", problems(report)
    yield "Provenance", provenance(report)


def _fill(book: xlsxwriter.Workbook, report: Report, views: Iterable[tuple[str, View]]) -> None:
    book.use_zip64()
    title = next(head_lines(report))
    day = datetime(report.as_of.year, report.as_of.month, report.as_of.day)
    book.set_properties({"title": title, "created": day})
    styles = Styles(book)
    first = Sheet(book, styles, "Summary", title)
    told: list[str] = []
    for name, shown in views:
        told += write_view(book, styles, name, title, shown)
    _summarize(first, report, told)


def _summarize(sheet: Sheet, report: Report, told: Iterable[str]) -> None:
    """What every reader must know first, what did not fit in a sheet, and the totals."""
    title, *others = head_lines(report, whole=True)
    sheet.say([visible(title)], sheet.styles.title)
    for line in [*others, summary(report), *told]:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        sheet.say(textwrap.wrap(visible(line), WIDTH, subsequent_indent=indent))
    sheet.row += 1
    sheet.page.hide_gridlines(2)
    sheet.page.set_portrait()
    counted = totals(report)
    sheet.header(counted.columns)
    for row in counted.rows:
        sheet.put(row, counted.columns)
    sheet.fit(xl_range(0, 0, sheet.row, len(counted.columns) - 1))


def _reason(error: OSError | XlsxFileError) -> str:
    """The library hands on an error of the system inside one of its own."""
    cause = error if isinstance(error, OSError) else error.args[0]
    return reason_of(cause) if isinstance(cause, OSError) else str(cause)
