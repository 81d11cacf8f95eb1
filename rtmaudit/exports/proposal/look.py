"""What one file shows when it is looked at: its columns under their names, and nothing counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from rtmaudit.exports.delimited import DELIMITERS, decode, first_rows
from rtmaudit.exports.grid import HEADER_WITHIN, Header, find_header
from rtmaudit.exports.outside import SUMMARY_WORDS
from rtmaudit.exports.packed import Form, read_contents, read_start
from rtmaudit.exports.proposal.dates import Dates, dates_of
from rtmaudit.exports.proposal.names import NOTHING, known_names, squashed
from rtmaudit.exports.sheets import read_parquet, read_workbook

MOST_BYTES, MOST_LINES = 8 << 20, 50_000
"""Of a larger file so much is looked at, and it is said."""

_SURE = 2
"""So many names that are known make a record the header; with fewer its columns bear it out."""


_DATED = re.compile(r"\d{1,4}([-/.])\d{1,2}[-/.]\d{1,4}", re.ASCII)


@dataclass(eq=False)
class Column:
    """One column of an export. `nth` counts it among those of the same name, where there are
    several; the cells of each file of a look are apart."""

    name: str
    nth: int | None
    parts: tuple[tuple[str, ...], ...]

    @cached_property
    def cells(self) -> list[str]:
        """All cells, without blanks around them."""
        return [cell for part in self.parts for cell in part]

    @cached_property
    def filled(self) -> list[str]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell and cell.casefold() not in NOTHING]

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different ones among them."""
        return frozenset(self.filled)

    @cached_property
    def dates(self) -> Dates:
        """How its dates are written, if it holds any."""
        return dates_of([without_nothing(part) for part in self.parts])

    @cached_property
    def nothing(self) -> list[str]:
        """The vendor's words for a cell without content, as they are written here."""
        return sorted({cell for cell in self.cells if cell.casefold() in NOTHING})


def without_nothing(cells: Iterable[str]) -> list[str]:
    """Cells with nothing where a vendor's word for nothing stands."""
    return ["" if cell.casefold() in NOTHING else cell for cell in cells]


@dataclass(eq=False)
class Look:
    """The columns of a file, or of several of one layout. `sheet` is named only where a workbook
    has others; `whole`: all of it was looked at."""

    files: tuple[str, ...]
    sheet: str | None
    encoding: str
    columns: tuple[Column, ...]
    lines: int
    whole: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Records of a file or sheet, before a header was looked for."""

    rows: list[list[str]]
    name: str | None = None
    encoding: str = "utf-8"
    whole: bool = True


def look_at(path: Path) -> list[Look]:
    """A file, or each of its sheets, whose header names columns that are known; none if there is no
    such. Raises InputsRefused and OutputError where it cannot be read."""
    return [look for sheet in _sheets(path) if (look := _look(path.name, sheet)) is not None]


def one_layout(looks: Sequence[Look]) -> list[Look]:
    """Files that are alike in everything but their lines, taken together."""
    alike: dict[object, list[Look]] = {}
    for look in looks:
        alike.setdefault(_layout(look), []).append(look)
    return [_together(each) for each in alike.values()]


def _sheets(path: Path) -> list[_Sheet]:
    whole = path.stat().st_size <= MOST_BYTES
    if whole:
        found = read_contents(path)
        form, data = found.form, found.data
    else:
        form, data = read_start(path, MOST_BYTES)
    if form is Form.PARQUET:
        return [_Sheet(read_parquet(path).rows)]
    if form is Form.WORKBOOK:
        grids = read_workbook(path.name, data)
        several = len(grids) > 1
        return [_Sheet(grid.rows, name if several else None) for name, grid in grids.items()]
    text, encoding = _text(path.name, data if whole else _whole_lines(data))
    return [_Sheet(_rows(text), None, encoding, whole)]


def _whole_lines(data: bytes) -> bytes:
    """The beginning of a file without the line that is cut off."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2]
    return data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1] or data


def _text(name: str, data: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: what is no UTF-8 is taken for that of older Windows."""
    encoding = "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(name, data, "utf-16"), encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "cp1252"
    return decode(name, data, encoding), encoding


def _rows(text: str) -> list[list[str]]:
    """The records under the delimiter that makes the most of the header."""

    def fits(delimiter: str) -> int:
        header = _header(first_rows(text, delimiter))
        return header.fits if header else 0

    return first_rows(text, max(DELIMITERS, key=fits), MOST_LINES + HEADER_WITHIN)


def _header(rows: Sequence[list[str]]) -> Header | None:
    """The record that names the columns. What stands above another line of words is that, or a part
    of the names, only if neither the lower line nor both together say as much."""
    found = find_header(rows, known_names(), squashed)
    if found is None or found.records > 1 or not _are_words(rows[found.at + 1 : found.at + 2]):
        return found
    upper, lower = rows[found.at], rows[found.at + 1]
    both = [[f"{a} {b}" for a, b in zip(upper, lower, strict=False)]]
    for at, records, names in ((found.at + 1, 1, [lower]), (found.at, 2, both)):
        other = find_header(names, known_names(), squashed)
        if other is not None and other.fits >= found.fits:
            return replace(other, at=at, records=records)
    return found


def _are_words(rows: Sequence[list[str]]) -> bool:
    """Whether there is a record, of several cells, and no digit in it."""
    cells = [cell for row in rows for cell in row if cell.strip()]
    return len(cells) > 1 and not any(map(str.isdigit, "".join(cells)))


def _look(name: str, sheet: _Sheet) -> Look | None:
    header = _header(sheet.rows)
    if header is None:
        return None
    below = sheet.rows[header.at + header.records :]
    rows = list(islice(_lines(below, header.names), MOST_LINES))
    columns = _columns(header, rows)
    if header.fits < _SURE and not _names_dates(columns):
        return None
    whole = sheet.whole and len(below) < MOST_LINES
    return Look((name,), sheet.name, sheet.encoding, columns, len(rows), whole)


def _names_dates(columns: Sequence[Column]) -> bool:
    """Whether what may be a header, or a line of a file without one, is a header: it has words
    where the lines below it have dates."""
    dated = [column for column in columns if column.dates.are_dates]
    return bool(dated) and not any(map(str.isdigit, "".join(column.name for column in dated)))


def _lines(rows: Sequence[list[str]], names: list[str]) -> Iterable[list[str]]:
    """Records that look like lines of the table: as wide as the header, not empty, no header once
    more, no words or units below it, no total."""
    for row in rows:
        cells = [cell.strip() for cell in row]
        line = len(cells) == len(names) and any(map(str.isdigit, "".join(cells)))
        if line and not any(cell.strip(" :").lower() in SUMMARY_WORDS for cell in cells):
            yield cells


def _columns(header: Header, rows: list[list[str]]) -> tuple[Column, ...]:
    times = Counter(map(squashed, header.names))
    seen: Counter[str] = Counter()
    columns = []
    for i, name in enumerate(header.names):
        key = squashed(name)
        seen[key] += 1
        nth = seen[key] if times[key] > 1 else None
        columns.append(Column(name, nth, (tuple(row[i] for row in rows),)))
    return tuple(column for column in columns if column.name)


def _layout(look: Look) -> object:
    """What two files have in common that one mapping can serve."""
    firsts = [next(iter(column.filled), "") for column in look.columns]
    dated = [match.group(1) if (match := _DATED.match(cell)) else "" for cell in firsts]
    return look.names, look.encoding, look.sheet, tuple(dated)


def _together(looks: list[Look]) -> Look:
    first = looks[0]
    if len(looks) == 1:
        return first
    columns = tuple(
        Column(same[0].name, same[0].nth, tuple(part for each in same for part in each.parts))
        for same in zip(*(look.columns for look in looks), strict=True)
    )
    return Look(
        tuple(name for look in looks for name in look.files),
        first.sheet,
        first.encoding,
        columns,
        sum(look.lines for look in looks),
        all(look.whole for look in looks),
    )
