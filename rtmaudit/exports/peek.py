"""The first records of a file, read leniently: to recognise its layout, never to count."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from rtmaudit.errors import InputsRefused, OutputError
from rtmaudit.exports.delimited import DELIMITERS, first_rows
from rtmaudit.exports.grid import HEADER_WITHIN
from rtmaudit.exports.packed import Form, read_start
from rtmaudit.exports.sheets import read_parquet, read_workbook

_START = 1 << 16


def peek(path: Path) -> list[list[str]]:
    """Records near the top of a file or of each of its sheets, under every usual delimiter; none
    where it cannot be read, which is told when it is read in earnest."""
    try:
        form, start = read_start(path, _START)
        if form is Form.WORKBOOK:
            grids = read_workbook(path.name, start).values()
            return list(chain.from_iterable(grid.rows[:HEADER_WITHIN] for grid in grids))
        if form is Form.PARQUET:
            return read_parquet(path).rows[:1]
    except (InputsRefused, OutputError):
        return []
    text = _lenient(start)
    return list(chain.from_iterable(first_rows(text, each) for each in DELIMITERS))


def _lenient(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", errors="replace")
    return start.decode("utf-8-sig", errors="replace")
