"""The careful reader: the bytes of one file -> its records with their physical lines, or the one
sentence why the file as a whole cannot be trusted."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtmaudit.config import TableMap
from rtmaudit.errors import Fault, InputsRefused, OutputError

DELIMITERS = ",;\t|"
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class RawFile:
    """One export as text. `lines[i]` is the physical line on which record `i` begins."""

    name: str
    sha256: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read_file(path: Path, mapping: TableMap, wanted: Iterable[str]) -> RawFile:
    """Read one CSV or TSV file whole. Raises InputsRefused with the place and the way to mend it,
    and OutputError where the disk or a permission stands in the way.

    `wanted` are the column names by which the header and its delimiter are recognised.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise OutputError(f"{path.name}: cannot be read; look at its permissions") from None
    text = _decode(path.name, raw, mapping.encoding)
    skipped = _skip(text, mapping.skip_lines)
    known = set(wanted)
    delimiter = mapping.delimiter or _delimiter(text[skipped:], known)
    header, rows, lines = records_of(path.name, text[skipped:], delimiter, mapping.skip_lines)
    _check_header(path.name, header, mapping.skip_lines + 1, known)
    _check_swallowed(path.name, header, rows, lines, delimiter)
    return RawFile(path.name, hashlib.sha256(raw).hexdigest(), header, rows, lines)


def refuse(name: str, line: int, sentence: str, place: str = "") -> InputsRefused:
    """A refusal of one file."""
    return InputsRefused([Fault(name, line, place, sentence)])


def _decode(name: str, raw: bytes, encoding: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
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
        line = len(_LINE_END.findall(text, 0, text.index("\0"))) + 1
        raise refuse(name, line, "holds a NUL byte; the file is damaged or is no text")
    if not text.strip():
        raise refuse(name, 0, "is empty; export it again")
    return text


def _skip(text: str, lines: int) -> int:
    stream = io.StringIO(text, newline="")
    return sum(len(stream.readline()) for _ in range(lines))


def _delimiter(text: str, wanted: set[str]) -> str:
    first = io.StringIO(text, newline="").readline().rstrip("\r\n")

    def known(delimiter: str) -> int:
        return len({cell.strip().strip('"') for cell in first.split(delimiter)} & wanted)

    return max(DELIMITERS, key=known)


def records_of(
    name: str, text: str, delimiter: str, skipped: int
) -> tuple[list[str], list[list[str]], list[int]]:
    """CSV text -> header, records and the physical line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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
    if not records:
        raise refuse(name, 0, "has no header; export it again with its column names")
    return [cell.strip() for cell in records[0]], records[1:], lines[1:]


def _check_header(name: str, header: Sequence[str], line: int, wanted: set[str]) -> None:
    """A header names a column that is looked for, and none twice. What else the line holds may be
    a patient's, so it is not told before the first is certain."""
    if not wanted & set(header):
        raise refuse(
            name,
            line,
            "names no known column; export it with its header, or map its columns in rtmaudit.yaml "
            "and say there with `skip_lines` how many lines stand above them",
        )
    twice = sorted(cell for cell, times in Counter(header).items() if cell and times > 1)
    if twice:
        columns = ", ".join(twice)
        raise refuse(name, line, f"names a column twice ({columns}); rename one in the export")


def _check_swallowed(
    name: str, header: Sequence[str], rows: list[list[str]], lines: list[int], delimiter: str
) -> None:
    """A pair of stray quotes ate lines: its cell holds as many delimiters as these had, or it left
    a record of another width."""
    for row, line in zip(rows, lines, strict=True):
        for cell in row:
            if "\n" not in cell and "\r" not in cell:
                continue
            ends = len(_LINE_END.findall(cell))
            whole = cell.count(delimiter) >= ends * max(1, len(header) - 1)
            if whole or len(row) != len(header):
                raise refuse(
                    name,
                    line,
                    "a quoted cell that begins here runs over whole lines; a stray quote swallowed "
                    "them; mend or remove it",
                )
