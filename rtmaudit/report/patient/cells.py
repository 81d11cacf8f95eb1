"""The cells that tell a line of time or a call: when, how long, who, how, where, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from rtmaudit.model import Cause, Exclusion, FactRef, Program, ToldLine, Window
from rtmaudit.report import problem_words, words
from rtmaudit.report.chart import Chart
from rtmaudit.report.patient import said
from rtmaudit.windows import Month

_LEFT_OUT: Mapping[str, str] = {
    Exclusion.OTHER_MONTH: "another month",
    Exclusion.AFTER_AS_OF: "after the as-of day",
    Exclusion.NOT_ON_ROSTER: "the patient is not on the roster",
    Exclusion.BEFORE_CONSENT: "before the consent",
    Exclusion.AFTER_END: "after the end of the episode",
    Exclusion.NOT_LIVE: "not live",
    Exclusion.DROPPED: "dropped by a decision, or for another version",
}


def left_out(line: ToldLine) -> str:
    """Why counting leaves a line out that is not simply used."""
    if not line.kind:
        return str(line.became)
    return _LEFT_OUT.get(line.kind) or problem_words.told(line.kind)


def elsewhere(day: date | None, window: Window) -> str:
    """How a day stands outside a window."""
    if day is not None and Month.of(day) != Month.of(window.end):
        return "another month"
    return "outside the window"


_NO_EXPORT = (Cause.NO_TIME_LOG, Cause.NO_CONTACT_COLUMN)


def in_no_export(chart: Chart, ref: FactRef, window: Window) -> str:
    """Why nothing can be told of a count, where no export tells it."""
    causes = (c.fact.cause for c in chart.counts if (c.ref, c.window) == (ref, window))
    return next((words.CAUSES[cause] for cause in causes if cause in _NO_EXPORT), "")


def when_and_length(line: ToldLine) -> tuple[str, str]:
    """Its local day and time, and its length in minutes and seconds."""
    length = "-" if line.length is None else said.clocked(line.length)
    return when(line.day, line.clock), length


def who(line: ToldLine) -> tuple[str, str]:
    """Who spent the time, and how the patient was reached."""
    role = plain(line.role) if line.role else ""
    who = ", ".join(part for part in (line.staff, role) if part)
    return who or "-", plain(line.contact) if line.contact else "-"


def program_of(program: str) -> str:
    """A program as the field writes it."""
    return words.program_name(Program(program)) if program else ""


def plain(word: str) -> str:
    """A word of the vocabulary in plain letters."""
    return "NPP" if word == "npp" else str(word).replace("_", " ")


def when(day: date | None, clock: time | None) -> str:
    """A day, and the time of day where it is known."""
    if day is None:
        return "-"
    return f"{day} {clock:%H:%M}" if clock else str(day)


def place(line: ToldLine) -> str:
    """The file and the line."""
    return f"{line.file} {line.line}"
