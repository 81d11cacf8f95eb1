"""Pages as one HTML file: no script, nothing from elsewhere, made to be read, printed and filed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from rtmaudit.errors import visible
from rtmaudit.formats.patient.calendar import MEANT, titled
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
FOLDER = Path(__file__).parents[1] / "templates"
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


def _shown(value: object) -> object:
    """Text with its hidden characters spelled out; what the template made itself stays."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return visible(str(value)) if plain else value


def _unbroken(text: str) -> Markup:
    """Text in which no line ends inside a day."""
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', str(escape(visible(text)))))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.globals |= {"titled": titled, "meant": MEANT, "classes": CLASSES, "words": WORDS}
    environment.filters["unbroken"] = _unbroken
    return environment.get_template("patient.html.j2")
