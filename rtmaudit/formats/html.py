"""The report as one page that needs nothing else: no network, and no script to be read.

The template lays out; what it lays out comes from the Report, its picture and its views.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from rtmaudit.fit import Fit, FitKind
from rtmaudit.formats.html_rows import patient_rows, program_of
from rtmaudit.formats.templates import environment
from rtmaudit.model import Problem, Verdict
from rtmaudit.report import PatientReport, Report, problem_words, words
from rtmaudit.report.head import clock_line, summary
from rtmaudit.report.ladder import TITLES
from rtmaudit.report.picture import AT_STAKE, Calendar, DayOfData, picture
from rtmaudit.report.standing import why
from rtmaudit.windows import Month

PAGE = Path(__file__).parent / "templates"
MOST_LINES = 12
MOST_SUGGESTIONS = 200
SHADES = 5
MOST_ON_SCREEN = 500
"""Rows that the script keeps on the screen until asked for all; without it, all are there."""


def write_html(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """The whole report as a page. It has one view of its own."""
    del which, everything
    laid_out = environment(program=program_of, share=_share, sha256=_hash)
    for part in laid_out.get_template("report.html.j2").generate(**_of(report)):
        stream.write(part)


def _share(part: int, whole: int) -> str:
    """A part in per cent, as a width."""
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def _hash(text: str) -> str:
    """A text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _of(report: Report) -> dict[str, Any]:
    """What the template is given."""
    seen = picture(report)
    return {
        "report": report,
        "picture": seen,
        "month": month_name(report.month),
        "summary": summary(report),
        "clock": list(clock_line(report)),
        "weeks": _weeks(seen.calendar),
        "table": patient_rows(report),
        "most_on_screen": MOST_ON_SCREEN,
        "suggestions": _Suggestions.of(report),
        "problems": list(_grouped(report.problems)),
        "verdicts": [Verdict.READY, *AT_STAKE, Verdict.SHORT],
        "at_stake": AT_STAKE,
        "rungs": TITLES,
        "why": why,
        "words": words,
        "told": problem_words.told,
        "style": (PAGE / "report.css").read_text(encoding="utf-8"),
        "script": (PAGE / "report.js").read_text(encoding="utf-8"),
    }


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def month_name(month: Month) -> str:
    """`March 2026`, in any locale."""
    return f"{MONTHS[month.number - 1]} {month.year}"


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of the calendar, what it is called, and how dark it is drawn: 0 without data, to
    SHADES."""

    of: DayOfData
    title: str
    shade: int


def _weeks(shown: Calendar) -> list[list[_Day | None]]:
    """Weeks that begin on Sunday; None is a day outside the span."""
    most = max((day.seen for day in shown.days), default=0)
    laid = [_Day(d, _day_name(d.day), -(-SHADES * d.seen // (most or 1))) for d in shown.days]
    before = [None] * (shown.days[0].day.isoweekday() % 7) if laid else []
    cells = [*before, *laid]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _day_name(day: date) -> str:
    """`17`; of the first of a month `Mar 1`."""
    return f"{MONTHS[day.month - 1][:3]} 1" if day.day == 1 else str(day.day)


@dataclass(frozen=True, slots=True)
class _Suggestions:
    """The patients for whom another program is suggested, and how many are left out."""

    shown: Sequence[PatientReport]
    left_out: int

    @classmethod
    def of(cls, report: Report) -> _Suggestions:
        found = [p for p in report.patients if _suggests(p.fit)]
        return cls(found[:MOST_SUGGESTIONS], max(0, len(found) - MOST_SUGGESTIONS))


def _suggests(fit: Fit) -> bool:
    """Whether there is a choice to make."""
    return bool(words.offer(fit) or fit.instead_of or fit.kind is FitKind.CONFLICT)


@dataclass(frozen=True, slots=True)
class _ProblemGroup:
    """Problems of one file, column, kind and disposition: the first lines, and how many there are.
    Lines of 0 are of the whole file."""

    file: str
    column: str
    kind: str
    disposition: str
    number: int
    lines: Sequence[str]


def _grouped(problems: Sequence[Problem]) -> Iterator[_ProblemGroup]:
    groups: dict[tuple[str, str, str, str], list[Problem]] = {}
    for each in problems:
        key = (each.file, each.column, str(each.kind), each.disposition)
        groups.setdefault(key, []).append(each)
    for key, some in groups.items():
        yield _ProblemGroup(
            *key, len(some), [_line(each) for each in some[:MOST_LINES] if each.line]
        )


def _line(problem: Problem) -> str:
    return f"{problem.line}" + (f" (with {problem.other_line})" if problem.other_line else "")
