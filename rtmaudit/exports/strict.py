"""The careful reader: one file -> its records with their physical lines and the names of its
columns, or the one sentence why the file as a whole cannot be trusted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtmaudit.config import TableMap
from rtmaudit.exports.delimited import read_delimited
from rtmaudit.exports.grid import DATED, Grid, Header, find_header, normal, unwrap
from rtmaudit.exports.packed import Form, read_contents, refuse
from rtmaudit.exports.sheets import read_parquet, read_workbook


@dataclass(frozen=True, slots=True)
class RawFile:
    """One export as text: `rows[i]` begins on physical line `lines[i]`. The first `above` of them
    stand above the header, which is on `header_line`. `typed`: dates and numbers were no text.
    `ended`: the last line has a line end. `told`: how it was read, in words."""

    name: str
    sha256: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    above: int = 0
    header_line: int = 1
    typed: bool = False
    ended: bool = True
    told: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()


def read_file(path: Path, mapping: TableMap, wanted: Iterable[str]) -> RawFile:
    """Read one file whole. Raises InputsRefused with the place and the way to mend it, and
    OutputError where the disk or a permission stands in the way.

    `wanted` are the names of columns by which the header, its delimiter and its sheet are known.
    """
    known = list(wanted)
    found = read_contents(path)
    others: tuple[str, ...] = ()
    if found.form is Form.WORKBOOK:
        grids = read_workbook(path.name, found.data)
        sheet = _choose(path.name, grids, mapping, known)
        grid, others = grids[sheet], tuple(each for each in grids if each != sheet)
    elif found.form is Form.PARQUET:
        grid = read_parquet(path)
    else:
        grid = read_delimited(path.name, found.data, mapping, known)
    return raw_file(path.name, found.sha256, grid, known, mapping.skip_lines, others)


def raw_file(
    name: str,
    sha256: str,
    grid: Grid,
    wanted: Sequence[str],
    skip: int = 0,
    other_sheets: tuple[str, ...] = (),
) -> RawFile:
    """The records of a grid under the header that stands in it. Raises InputsRefused without."""
    if skip >= len(grid.rows):
        raise refuse(name, 0, "has no header below the lines that `skip_lines` passes over")
    header = find_header(grid.rows[skip:], wanted)
    if header is None:
        raise refuse(name, grid.lines[skip], _NO_HEADER)
    at = skip + header.at
    _check_names(name, grid, at, header, wanted)
    rows, unwrapped = unwrap(grid.rows, at + header.records, len(header.names))
    where = f"the header is on line {grid.lines[at]}" + (", in two lines" * (header.records - 1))
    below = at + header.records
    return RawFile(
        name,
        sha256,
        header.names,
        rows[:at] + rows[below:],
        grid.lines[:at] + grid.lines[below:],
        at,
        grid.lines[at],
        grid.typed,
        grid.ended,
        (*grid.told, where, *unwrapped),
        other_sheets,
    )


def _check_names(name: str, grid: Grid, at: int, header: Header, wanted: Sequence[str]) -> None:
    """Lines that hang on the header, and a quote in the name of a column that is looked for: the
    file would read as one without lines, or without the column. No name is told: it may be a cell.
    """
    known = {normal(each) for each in wanted}
    quoted = any('"' in each and normal(each.replace('"', "")) in known for each in header.names)
    alone = at + header.records >= len(grid.rows)
    if any(map(_LINE_MARK.search, header.names)) or (
        alone and any(map(DATED.search, header.names))
    ):
        raise refuse(name, grid.lines[at], _ONE_LINE)
    if quoted:
        raise refuse(name, grid.lines[at], "has a quote in the name of a column; remove the quote")


_LINE_MARK = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_ONE_LINE = (
    "has lines that hang on its header, for they end in a way of their own; export it again with "
    "usual line ends"
)

# What else the line holds may be a patient's, so no message quotes it.
_NO_HEADER = (
    "names no known column in its first lines; export it with its header, or map its columns in "
    "rtmaudit.yaml (`rtmaudit init` proposes how)"
)


def _choose(name: str, grids: Mapping[str, Grid], mapping: TableMap, wanted: Sequence[str]) -> str:
    """The sheet that the mapping names, else the one whose header fits best."""
    if mapping.sheet is not None:
        if mapping.sheet not in grids:
            there = ", ".join(grids)
            raise refuse(
                name, 0, f"has no sheet {mapping.sheet} with anything in it; it has {there}"
            )
        return mapping.sheet
    headers = {each: find_header(grid.rows, wanted) for each, grid in grids.items()}
    fits = Counter({each: header.fits for each, header in headers.items() if header})
    best = fits.most_common(2)
    if not best:
        raise refuse(name, 0, _NO_HEADER)
    if len(best) == 2 and best[0][1] == best[1][1]:
        both = f"{best[0][0]} and {best[1][0]}"
        raise refuse(name, 0, f"has several sheets that fit ({both}); name one with `sheet:`")
    return best[0][0]
