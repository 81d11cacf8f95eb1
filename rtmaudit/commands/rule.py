"""`rtmaudit rule`: a rule as of a day, in words."""

from __future__ import annotations

import shutil
import sys
import textwrap
from datetime import UTC, datetime
from typing import Annotated

import typer

from rtmaudit.commands.audit import Rules
from rtmaudit.commands.options import read_day
from rtmaudit.errors import UsageError
from rtmaudit.shipped import shipped

Code = Annotated[str, typer.Argument(help="A code, such as 98985.", show_default=False)]
On = Annotated[str | None, typer.Option("--on", help="The day. [default: today]")]


def rule(code: Code, on: On = None, rules: Rules = None) -> None:
    """Show a rule as of a day, with its sources and what is contested or announced."""
    from rtmaudit.report.rule_page import describe
    from rtmaudit.rulebook import load_rules

    book = load_rules(rules or shipped("rules"))
    if book.program_of(code) is None:
        known = ", ".join(sorted(c for file in book.files.values() for c in file.codes))
        raise UsageError(f"there is no rule for this code; the rulebook has {known}")
    day = read_day(on) or datetime.now(UTC).date()
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else None
    for line in describe(book, code, day):
        print(wrapped(line, width))


def wrapped(line: str, width: int | None) -> str:
    """A line within the width of a terminal, its continuation indented; in a pipe it is whole."""
    if width is None or len(line) <= width:
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
