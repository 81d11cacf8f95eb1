"""Pages as one HTML file: no script, nothing from elsewhere, made to be read, printed and filed."""

from __future__ import annotations

import re
from functools import cache
from typing import TextIO

from jinja2 import Template
from markupsafe import Markup, escape

from rtmaudit.errors import visible
from rtmaudit.formats.patient.calendar import MEANT, titled
from rtmaudit.formats.templates import environment
from rtmaudit.report.patient.record import (
    BAR,
    DATA,
    DOUBTFUL,
    NONE,
    NOT_COVERED,
    OUTSIDE,
    Pages,
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CLASSES = {
    DATA: "data",
    DOUBTFUL: "doubt",
    NOT_COVERED: "nowhere",
    NONE: "none",
    BAR: "bar",
    OUTSIDE: "outside",
}
WORDS = {
    word: word.replace(" ", "-")
    for word in (
        ["passed", "failed", "undecided", "ready", "open", "short", "blocked", "review", "unknown"]
        + ["not yet", "to confirm", "not asked"]
    )
}
"""Words that have a colour beside what they say."""


def write_pages(pages: Pages, stream: TextIO) -> None:
    """One patient after the other; on paper each begins a sheet."""
    stream.write(_template().render(pages=pages))


def _unbroken(text: str) -> Markup:
    """Text in which no line ends inside a day."""
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', str(escape(visible(text)))))


@cache
def _template() -> Template:
    laid_out = environment(titled=titled, meant=MEANT, classes=CLASSES, words=WORDS)
    laid_out.filters["unbroken"] = _unbroken
    return laid_out.get_template("patient.html.j2")
