"""Pages of patients -> text: the formats that show one patient at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from rtmaudit.report import Report
from rtmaudit.report.patient import pages_of

SUFFIXES = {".html": "html", ".htm": "html", ".md": "md", ".json": "json", ".txt": "table"}
NAMES = ("table", "md", "html", "json")

Write = Callable[[Report, str, TextIO], None]
"""Writes a report to a stream; the text tells of patients who were asked for and not found."""


def writer(name: str) -> Write:
    """The writer of a format; its libraries are loaded only now."""
    return _WRITERS[name]


def _table(report: Report, missing: str, stream: TextIO) -> None:
    from rtmaudit.formats.patient.table import write_pages

    write_pages(pages_of(report, missing), stream)


def _markdown(report: Report, missing: str, stream: TextIO) -> None:
    from rtmaudit.formats.patient.markdown import write_pages

    write_pages(pages_of(report, missing), stream)


def _html(report: Report, missing: str, stream: TextIO) -> None:
    from rtmaudit.formats.patient.html import write_pages

    write_pages(pages_of(report, missing), stream)


def _json(report: Report, missing: str, stream: TextIO) -> None:
    """The document of an audit, of these patients alone and with the lines behind each finding."""
    from rtmaudit.formats.documents import write_json

    del missing
    write_json(report, stream, which="patients", everything=True)


_WRITERS: Mapping[str, Write] = {
    "table": _table,
    "md": _markdown,
    "html": _html,
    "json": _json,
}
