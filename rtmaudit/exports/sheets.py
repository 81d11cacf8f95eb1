"""Workbooks and Parquet -> the same records of text. Nothing is inferred but what the file itself
says of a cell: that it is a date, a number, a yes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from rtmaudit.exports.grid import Grid
from rtmaudit.exports.packed import one_file, refuse

MOST_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; what is longer is not what was typed."""

_ZONED = "TIMESTAMP WITH TIME ZONE"
_NO_WORKBOOK = "is no workbook that can be read, or has a password; save it again as .xlsx or .csv"
_AMBIGUOUS = (
    "holds times in the old form INT96, of which nothing says whether they are UTC; write them as "
    "TIMESTAMP_MICROS, or as text with an offset"
)
_NO_PARQUET = "is no Parquet file that can be read; export it again"


def read_workbook(name: str, data: bytes) -> Mapping[str, Grid]:
    """The sheets of a workbook that hold anything. Raises InputsRefused."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            found = {
                each: book.get_sheet_by_name(each).to_python(skip_empty_area=False)
                for each in book.sheet_names
            }
    except (CalamineError, ValueError, OSError):
        raise refuse(name, 0, _NO_WORKBOOK) from None
    grids = {}
    for sheet, rows in found.items():
        texts = [[cell_text(cell) for cell in row] for row in rows]
        if any(map(any, texts)):
            grids[sheet] = Grid(texts, list(range(1, len(texts) + 1)), typed=True)
    if not grids:
        raise refuse(name, 0, "is empty; export it again")
    return grids


def cell_text(cell: Any) -> str:
    """A typed cell as an export would write it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < MOST_EXACT
        return str(int(cell)) if whole else repr(cell)
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        return _clock(round(cell.total_seconds()))
    if isinstance(cell, time):
        return _clock(cell.hour * 3600 + cell.minute * 60 + cell.second)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def read_parquet(path: Path) -> Grid:
    """A Parquet file; row 1 stands for the header that it has no need of. Raises InputsRefused."""
    import duckdb

    with duckdb.connect() as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            table = connection.read_parquet(one_file(path))
            names, types = table.columns, _types(connection, path, table)
            rows = table.project(", ".join(map(_as_text, names, types))).fetchall()
        except duckdb.Error:
            raise refuse(path.name, 0, _NO_PARQUET) from None
        except _Ambiguous:
            raise refuse(path.name, 0, _AMBIGUOUS) from None
    texts = [[cell or "" for cell in row] for row in rows]
    return Grid([list(names), *texts], list(range(1, len(texts) + 2)), typed=True)


class _Ambiguous(Exception):
    """Times of which nothing says what clock they are of."""


def _types(connection: Any, path: Path, table: Any) -> list[str]:
    """The types of the columns. The oldest form of a time does not tell whether it is one of UTC;
    Spark, which still writes it where nothing else is asked for, means UTC, and leaves its mark."""
    found = [str(each) for each in table.types]
    file = {"file": one_file(path)}
    told = connection.execute("SELECT name, type FROM parquet_schema($file)", file).fetchall()
    old = {name for name, kind in told if kind == "INT96"}
    if not old:
        return found
    marks = connection.execute("SELECT key FROM parquet_kv_metadata($file)", file).fetchall()
    if (b"org.apache.spark.version",) not in marks:
        raise _Ambiguous
    names = zip(table.columns, found, strict=True)
    return [_ZONED if name in old else kind for name, kind in names]


def _as_text(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == _ZONED:
        return f"strftime({quoted}, '%Y-%m-%dT%H:%M:%SZ')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({quoted}, '%Y-%m-%dT%H:%M:%S')"
    if kind == "BOOLEAN":
        return f"CASE {quoted} WHEN true THEN 'yes' WHEN false THEN 'no' END"
    return f"CAST({quoted} AS VARCHAR)"
