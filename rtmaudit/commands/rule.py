"""`rtmaudit rule`: a rule as of a day, in words, and what changed between two days."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rtmaudit.commands.audit import Overlays, Rules
from rtmaudit.commands.completion import codes, payers
from rtmaudit.commands.options import read_day
from rtmaudit.errors import UsageError
from rtmaudit.shipped import shipped

if TYPE_CHECKING:
    from rtmaudit.rulebook import Rulebook

Code = Annotated[
    str | None,
    typer.Argument(help="A code, such as 98985.", show_default=False, autocompletion=codes),
]
On = Annotated[str | None, typer.Option("--on", help="The day. [default: today]")]
Changes = Annotated[
    tuple[str, str] | None,
    typer.Option("--changes", help="Two days: list every difference between them."),
]
PayerOption = Annotated[
    str | None,
    typer.Option("--payer", help="As a payer reads it. [default: medicare]", autocompletion=payers),
]


def rule(
    code: Code = None,
    on: On = None,
    changes: Changes = None,
    payer: PayerOption = None,
    rules: Rules = None,
    overlays: Overlays = None,
) -> None:
    """Show a rule as of a day, or what changed between two days."""
    from rtmaudit.rulebook import load_rules

    book = _as_read_by(load_rules(rules or shipped("rules"), overlays), payer)
    lines = _changes(book, changes) if changes else _page(book, code, on)
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else None
    for line in lines:
        print(wrapped(line, width))


def _as_read_by(book: Rulebook, payer: str | None) -> Rulebook:
    if payer is None:
        return book
    known = book.payer_named(payer)
    if known is None:
        names = ", ".join(["medicare", *sorted(book.overlays)])
        raise UsageError(f"there are no rules of this payer; there are {names}")
    return book.under(known)


def _changes(book: Rulebook, days: tuple[str, str]) -> Iterator[str]:
    from rtmaudit.report.rule_changes import changes

    first, last = (read_day(day) for day in days)
    if first is None or last is None or first >= last:
        raise UsageError("--changes takes two days, the earlier first")
    found = list(changes(book, first, last))
    yield from found
    yield f"{len(found)} differences between {first} and {last}"


def _page(book: Rulebook, code: str | None, on: str | None) -> Iterator[str]:
    from rtmaudit.report.rule_page import describe

    if code is None:
        raise UsageError("name a code, such as 98985, or two days with --changes")
    if book.program_of(code) is None:
        known = ", ".join(sorted(c for file in book.files.values() for c in file.codes))
        raise UsageError(f"there is no rule for this code; the rulebook has {known}")
    return describe(book, code, read_day(on) or datetime.now(UTC).date())


def wrapped(line: str, width: int | None) -> str:
    """A line within the width of a terminal, its continuation indented; in a pipe it is whole."""
    if width is None or len(line) <= width:
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
