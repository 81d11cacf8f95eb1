"""`rtmaudit demo`: the sample practice, audited."""

from __future__ import annotations

import sys

import typer

from rtmaudit.commands.audit import Format, Output, ViewOption, run
from rtmaudit.commands.options import Asked
from rtmaudit.shipped import shipped

MONTH = "2026-03"


def demo(format_: Format = None, view: ViewOption = None, output: Output = None) -> None:
    """Audit the sample practice that comes with rtmaudit."""
    folder = shipped("samples")
    if sys.stderr.isatty():
        print(f"rtmaudit audit {folder} --month {MONTH}", file=sys.stderr)
    asked = Asked(
        (folder,),
        MONTH,
        as_of="2026-04-01",
        format=format_,
        view=view,
        output=tuple(output or ()),
        quiet=not sys.stderr.isatty(),
    )
    raise typer.Exit(run(asked))
