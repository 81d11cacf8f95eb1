"""Text of a file -> its records with their physical lines, by Python's strict CSV reader."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from rtmaudit.config import TableMap
from rtmaudit.errors import InvariantError
from rtmaudit.exports.grid import Grid, find_header
from rtmaudit.exports.packed import refuse

DELIMITERS = ",;\t|"
_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
LINE_END = re.compile(r"\r\n|\r|\n")
_ENOUGH = 1 << 16
"""Characters at the start of a file in which its delimiter shows."""


def read_delimited(name: str, raw: bytes, mapping: TableMap, wanted: Iterable[str]) -> Grid:
    """All records of a file of text, the lines above the header too. `wanted` are the names of
    columns by which the delimiter is known. Raises InputsRefused."""
    return grid_of(name, decode(name, raw, mapping.encoding), mapping, wanted)


def grid_of(name: str, text: str, mapping: TableMap, wanted: Iterable[str]) -> Grid:
    """The same of a text. Raises InputsRefused."""
    skipped, start = _skip(text, mapping.skip_lines)
    delimiter = mapping.delimiter or find_delimiter(text[start : start + _ENOUGH], wanted)
    rows, lines = records_of(name, text[start:], delimiter, len(skipped))
    blank = are_followed_by_a_blank(rows)
    if blank:
        rows, lines = records_of(name, text[start:], delimiter, len(skipped), blank)
        rows = _without_blanks_before(rows)
    if '"' in text:
        _check_swallowed(name, rows, lines, delimiter)
    above = [[line] for line in skipped]
    told = f"fields end with {_NAMES.get(delimiter, delimiter)}" + " and a blank" * blank
    ended = text.endswith(("\n", "\r"))
    return Grid(above + rows, [*range(1, len(above) + 1), *lines], ended=ended, told=(told,))


def decode(name: str, raw: bytes, encoding: str) -> str:
    """Bytes -> text. Nothing is replaced and nothing passed over. Raises InputsRefused."""
    codec = codec_of(raw, encoding)
    encoding = codec.removesuffix("-sig")
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        mend = "export it again as UTF-8"
        if encoding == "utf-8":
            mend = (
                "if it comes from Excel or an older system, add `encoding: cp1252` under its table "
                "in rtmaudit.yaml"
            )
        raise refuse(name, line, f"is not {encoding} text; {mend}") from None
    if "\0" in text:
        line = len(LINE_END.findall(text, 0, text.index("\0"))) + 1
        raise refuse(name, line, "holds a NUL byte; the file is damaged or is no text")
    if not text.strip():
        raise refuse(name, 0, "is empty; export it again")
    return text


def codec_of(start: bytes, encoding: str) -> str:
    """What decodes a file of an encoding; a mark at its start knows better."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    marked = start.startswith(b"\xef\xbb\xbf")
    return "utf-8-sig" if marked or encoding == "utf-8" else encoding


def _skip(text: str, lines: int) -> tuple[list[str], int]:
    """The lines that the mapping passes over, and where the text goes on."""
    stream = io.StringIO(text, newline="")
    skipped = [stream.readline() for _ in range(lines)]
    return [line.rstrip("\r\n") for line in skipped if line], sum(map(len, skipped))


def find_delimiter(start: str, wanted: Iterable[str]) -> str:
    """The delimiter under which the header names the most of the columns that are looked for."""
    known = list(wanted)

    def fits(delimiter: str) -> int:
        header = find_header(first_rows(start, delimiter), known)
        return header.fits if header else 0

    return max(DELIMITERS, key=fits)


def first_rows(start: str, delimiter: str, most: int = 25) -> list[list[str]]:
    """The first records of a text, read leniently: to recognise it, never to count."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) == most:
                break
    except csv.Error:
        pass
    return rows


def are_followed_by_a_blank(rows: list[list[str]]) -> bool:
    """Whether all delimiters of a file are, so that the blank is part of no cell."""
    cells = (cell for row in rows for cell in row[1:])
    return all(not cell or cell.startswith(" ") for cell in cells) and any(row[1:] for row in rows)


def _without_blanks_before(rows: list[list[str]]) -> list[list[str]]:
    """Where a blank stands before each delimiter too, it is part of no cell either."""
    if not all(cell.endswith(" ") for row in rows for cell in row[:-1]):
        return rows
    return [[*(cell[:-1] for cell in row[:-1]), *row[-1:]] for row in rows]


def records_of(
    name: str, text: str, delimiter: str, skipped: int, blank: bool = False
) -> tuple[list[list[str]], list[int]]:
    """CSV text -> records and the physical line on which each begins; `blank`: a blank after a
    delimiter belongs to it. Raises InputsRefused for a quote out of place, and InvariantError if a
    physical line belongs to no record."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=blank, strict=True
    )
    records: list[list[str]] = []
    lines: list[int] = []
    begin = 1
    try:
        for record in reader:
            records.append(record)
            lines.append(begin + skipped)
            begin = reader.line_num + 1
    except csv.Error:
        raise refuse(
            name,
            begin + skipped,
            "a quote that begins on this line is never closed, or stands in the wrong place; mend "
            "or remove the quote",
        ) from None
    if begin - 1 != physical_lines(text):
        raise InvariantError(
            f"{name}: {begin - 1} lines in records, {physical_lines(text)} in the file; nothing "
            "was written. Please report this"
        )
    return records, lines


def physical_lines(text: str) -> int:
    """Lines of a text, counted without reading a record."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (0 if not text or text.endswith(("\n", "\r")) else 1)


def _check_swallowed(name: str, rows: list[list[str]], lines: list[int], delimiter: str) -> None:
    """A pair of stray quotes ate lines: its cell holds as many delimiters as these had, or it left
    a record of another width than the most."""
    broken = [i for i, row in enumerate(rows) if any("\n" in c or "\r" in c for c in row)]
    if not broken:
        return
    widths = [len(row) for row in rows]
    width = max(set(widths), key=lambda w: (widths.count(w), w))
    for i in broken:
        for cell in rows[i]:
            ends = len(LINE_END.findall(cell))
            whole = ends and cell.count(delimiter) >= ends * max(1, width - 1)
            if whole or (ends and len(rows[i]) != width):
                raise refuse(
                    name,
                    lines[i],
                    "a quoted cell that begins here runs over whole lines; a stray quote swallowed "
                    "them; mend or remove it",
                )
