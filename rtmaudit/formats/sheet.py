"""One sheet of a workbook: rows as they come, each cell a text, a number or a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, count, islice
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import cell_autofit_width, xl_range

from rtmaudit.errors import visible
from rtmaudit.model import Verdict
from rtmaudit.report.views import Cell, ColumnKind, View
from rtmaudit.report.worklist import State

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
"""What a sheet and a cell can hold, by the format; characters as UTF-16 counts them."""
CUT = " ... (cut)"

WIDEST = 480
"""Pixels of the widest column; longer text is wrapped, unless it would fill a page."""
WRAPPED = 400
UNWRAPPED = {"amount_basis", "sources", "evidence"}
"""For whoever looks closer; wrapped they would make every row tall."""
FILTER = 24
MARGIN = 8
ONE_LINE = 30
"""So few characters always have room on a line of the widest column."""
HEADER = 18
LINE = 15
"""Points of the header's row, and of each line of another."""
PAGE = 1700
"""Pixels across a page that can still be read."""
US_LETTER = 1

COLOURS: Mapping[str, tuple[str, str]] = {
    Verdict.READY: ("#C6EFCE", "#00500B"),
    Verdict.OPEN: ("#DDEBF7", "#1F4E78"),
    Verdict.SHORT: ("#E7E6E6", "#404040"),
    Verdict.BLOCKED: ("#FFC7CE", "#9C0006"),
    Verdict.REVIEW: ("#FFEB9C", "#6B4E00"),
    Verdict.UNKNOWN: ("#E4DFEC", "#4B2E83"),
    State.REACHABLE: ("#DDEBF7", "#1F4E78"),
    State.AT_RISK: ("#FFEB9C", "#6B4E00"),
    State.GONE: ("#E7E6E6", "#404040"),
}
"""Ground and letters of a cell that holds a verdict, or the state of a task. The word is there as
well."""


class Styles:
    """The formats of the cells of one workbook."""

    def __init__(self, book: Workbook) -> None:
        top = {"valign": "top"}
        self.plain = book.add_format(top)
        self.wrapped = book.add_format({**top, "text_wrap": True})
        right = {"align": "right"}
        self.number = book.add_format({**top, **right, "num_format": "0"})
        self.amount = book.add_format({**top, **right, "num_format": "#,##0.00"})
        self.day = book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "center"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        head: dict[str, Any] = {
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": "#1F3864",
            "valign": "vcenter",
            "right": 1,
            "right_color": "#FFFFFF",
        }
        self.header = book.add_format(head)
        self.header_of_numbers = book.add_format({**head, **right})
        self.words = {
            str(word): book.add_format({**top, "bg_color": ground, "font_color": letters})
            for word, (ground, letters) in COLOURS.items()
        }


class Sheet:
    """A sheet, written from top to bottom. `cut` counts the cells that it could not hold whole."""

    def __init__(self, book: Workbook, styles: Styles, name: str, title: str) -> None:
        self.styles = styles
        self.page = book.add_worksheet(name)
        self.page.set_landscape()
        self.page.set_paper(US_LETTER)
        self.page.set_margins(0.4, 0.4, 0.5, 0.6)
        self.page.set_footer(f"&L{title.replace('&', '&&')}, &A&RPage &P of &N")
        self.row = 0
        self.cut = 0
        self.widths: dict[int, int] = {}
        self._longest: dict[int, int] = {}

    def say(self, lines: Sequence[str], style: Any = None) -> None:
        """Lines of text, a row each, that may run over the columns to their right."""
        for line in lines:
            self._text(0, line, style or self.styles.plain)
            self.row += 1

    def header(self, columns: Sequence[tuple[str, ColumnKind]]) -> None:
        """The names of the columns."""
        self.page.set_row(self.row, HEADER)
        for i, (name, kind) in enumerate(columns):
            of_numbers = kind is ColumnKind.NUMBER
            style = self.styles.header_of_numbers if of_numbers else self.styles.header
            self.page.write_string(self.row, i, name, style)
            self.widths[i] = cell_autofit_width(name) + FILTER
        self.row += 1

    def put(self, cells: Sequence[Cell], columns: Sequence[tuple[str, ColumnKind]]) -> None:
        """A row of a view. A cell without content stays empty."""
        lines = 1
        for i, (cell, (name, kind)) in enumerate(zip(cells, columns, strict=True)):
            if isinstance(cell, int | Decimal):
                style = self.styles.number if isinstance(cell, int) else self.styles.amount
                self.page.write_number(self.row, i, cell, style)
                self._fit(i, f"{cell:,}", wraps=False)
            elif cell and kind is ColumnKind.DAY:
                day = datetime.fromisoformat(cell)
                self.page.write_datetime(self.row, i, day, self.styles.day)
                self._fit(i, cell, wraps=False)
            elif cell:
                wraps = name not in UNWRAPPED and len(cell) <= WRAPPED
                text = self._text(i, cell, self._style(cell, kind, wraps))
                lines = max(lines, self._fit(i, text, wraps))
        if lines > 1:
            self.page.set_row(self.row, LINE * lines)
        self.row += 1

    def finish(self, columns: Sequence[tuple[str, ColumnKind]]) -> None:
        """What a reader expects of a table that begins on the first row: a header that stays in
        sight and on every page, and filters."""
        last = max(self.row - 1, 1)
        self.page.freeze_panes(1, 1)
        self.page.autofilter(0, 0, last, len(columns) - 1)
        self.page.repeat_rows(0)
        self.page.repeat_columns(0)
        self.page.hide_gridlines(0)
        self.fit(xl_range(0, 0, last, len(columns) - 1))

    def fit(self, texts: str) -> None:
        """Columns as wide as what stands in them, on as many pages side by side as can be read. No
        mark of an error at an id of digits."""
        for i, pixels in self.widths.items():
            self.page.set_column_pixels(i, i, min(WIDEST, pixels))
        across = sum(min(WIDEST, pixels) for pixels in self.widths.values())
        self.page.fit_to_pages(-(-across // PAGE), 0)
        self.page.ignore_errors({"number_stored_as_text": texts, "two_digit_text_year": texts})

    def _style(self, text: str, kind: ColumnKind, wraps: bool) -> Any:
        if kind is ColumnKind.OURS and text in self.styles.words:
            return self.styles.words[text]
        return self.styles.wrapped if wraps else self.styles.plain

    def _text(self, column: int, text: str, style: Any) -> str:
        """Writes a text so that no reader takes it for anything else."""
        shown = self._held(visible(text))
        if shown.startswith("<r>"):
            # The library takes such a text for markup of its own, and would not escape it.
            self.page.write_rich_string(
                self.row, column, shown[0], self.styles.plain, shown[1:], style
            )
        else:
            self.page.write_string(self.row, column, shown, style)
        return shown

    def _held(self, text: str) -> str:
        """The text, or as much of it as a cell can hold."""
        if len(text) * 2 <= MOST_CHARACTERS:
            return text
        units = text.encode("utf-16-le")
        if len(units) <= MOST_CHARACTERS * 2:
            return text
        self.cut += 1
        return units[: (MOST_CHARACTERS - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT

    def _fit(self, column: int, text: str, wraps: bool) -> int:
        """Widens a column for a text, as far as it may. How many lines the text takes then."""
        if len(text) <= ONE_LINE and len(text) <= self._longest.get(column, 0):
            return 1
        self._longest[column] = max(len(text), self._longest.get(column, 0))
        pixels = _pixels(text[:WRAPPED]) + MARGIN
        self.widths[column] = max(self.widths[column], pixels)
        if pixels <= WIDEST or not wraps:
            return 1
        return -(-pixels * 11 // (WIDEST * 10))


@lru_cache(maxsize=10_000)
def _pixels(text: str) -> int:
    return int(cell_autofit_width(text))


def write_view(book: Workbook, styles: Styles, name: str, title: str, shown: View) -> Iterator[str]:
    """A view in a sheet, and in further ones where it has more rows than one can hold. Yields a
    sentence for each thing that a reader would miss."""
    rows = iter(shown.rows)
    names: list[str] = []
    cut = 0
    for number in count(1):
        more = next(rows, None)
        if more is None and names:
            break
        names.append(name if number == 1 else f"{name} {number}")
        sheet = Sheet(book, styles, names[-1], title)
        sheet.header(shown.columns)
        for row in islice(chain([more] if more else [], rows), MOST_ROWS - 1):
            sheet.put(row, shown.columns)
        sheet.finish(shown.columns)
        cut += sheet.cut
    if len(names) > 1:
        yield f"{name} has more rows than a sheet can hold and goes on in {', '.join(names[1:])}"
    if cut:
        cells = "1 cell holds" if cut == 1 else f"{cut} cells hold"
        yield f"{name}: {cells} more text than a sheet can and ends in{CUT}; a CSV has it whole"
