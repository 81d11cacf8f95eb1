"""`rtmaudit compare`: what changed between two audits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rtmaudit.errors import UsageError, visible

Before = Annotated[Path, typer.Argument(help="The earlier audit, as JSON.", show_default=False)]
After = Annotated[Path, typer.Argument(help="The later one.", show_default=False)]
Format = Annotated[
    str | None, typer.Option("--format", help="table or csv. [default: table; csv in a pipe]")
]


def compare(before: Before, after: After, format_: Format = None) -> None:
    """List every verdict that changed between two audits of a month, and leaps in their inputs."""
    from rtmaudit.formats import compared
    from rtmaudit.formats.separated import write_view
    from rtmaudit.formats.table import write_changes

    shown = format_ or ("table" if sys.stdout.isatty() else "csv")
    if shown not in ("table", "csv"):
        raise UsageError("--format: one of table, csv")
    old, new = compared.read_document(before), compared.read_document(after)
    changed = compared.changes(old, new) if old["month"] == new["month"] else None
    if changed is not None and shown == "csv":
        write_view(changed, sys.stdout)
    elif changed is not None and changed.rows:
        write_changes(changed, sys.stdout)
    sys.stdout.flush()
    told = [*compared.leaps(old, new)]
    if changed is None:
        told.append(f"{old['month']} and {new['month']} are two months; only numbers are compared")
    else:
        told.append(f"{sum(1 for _ in changed.rows)} changed")
    for line in told:
        print(visible(line), file=sys.stderr)
