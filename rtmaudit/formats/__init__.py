"""Report -> text, or bytes. One file a family, one function a format, a literal table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TextIO

from rtmaudit.report import Report

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".txt": "table",
    ".xlsx": "xlsx",
    ".md": "markdown",
    ".html": "html",
}
NAMES = ("table", "csv", "tsv", "json", "jsonl", "xlsx", "markdown", "html")
BINARY = frozenset({"xlsx"})
"""Formats of bytes: they are written below the text stream, to its `buffer`."""
WITH_WORKLIST = frozenset({"xlsx"})
"""Formats that hold a worklist, whatever the view."""
WITH_CALENDARS = frozenset({"html"})
"""Formats that show each patient's days of device data."""


class Writer(Protocol):
    """Writes a report to a stream. `everything` keeps what a view leaves out."""

    def __call__(self, report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
        """Write it."""


def format_of(path: Path, fallback: str | None) -> str | None:
    """The format that a suffix chooses, or else the fallback."""
    return SUFFIXES.get(path.suffix.lower(), fallback)


def writer(name: str) -> Writer:
    """The writer of a format; its libraries are loaded only now."""
    return _WRITERS[name]()


def _table() -> Writer:
    from rtmaudit.formats.table import write_table

    return write_table


def _csv() -> Writer:
    from rtmaudit.formats.separated import write_csv

    return write_csv


def _tsv() -> Writer:
    from rtmaudit.formats.separated import write_tsv

    return write_tsv


def _json() -> Writer:
    from rtmaudit.formats.documents import write_json

    return write_json


def _jsonl() -> Writer:
    from rtmaudit.formats.documents import write_jsonl

    return write_jsonl


def _xlsx() -> Writer:
    from rtmaudit.formats.workbook import write_workbook

    return write_workbook


def _markdown() -> Writer:
    from rtmaudit.formats.markdown import write_markdown

    return write_markdown


def _html() -> Writer:
    from rtmaudit.formats.html import write_html

    return write_html


_WRITERS: Mapping[str, Callable[[], Writer]] = {
    "table": _table,
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
    "markdown": _markdown,
    "html": _html,
}
