"""`rtmaudit worklist`: what can still be reached this month, by when, and what is gone."""

from __future__ import annotations

from typing import Annotated

import typer

from rtmaudit.commands import audit as of_audit
from rtmaudit.commands.audit import run
from rtmaudit.commands.completion import among
from rtmaudit.commands.options import Asked
from rtmaudit.errors import UsageError

By = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Group by practitioner or by staff (who logged time).",
        autocompletion=among("practitioner", "staff"),
        rich_help_panel=of_audit.SHOWN,
    ),
]
MonthOption = Annotated[
    str | None,
    typer.Option(
        "--month",
        help="2026-03, last or this. [default: this]",
        autocompletion=among("last", "this"),
        rich_help_panel=of_audit.AUDITED,
    ),
]
GROUPS = {None: "worklist", "practitioner": "worklist-practitioner", "staff": "worklist-staff"}


def worklist(
    paths: of_audit.Paths,
    month: MonthOption = None,
    as_of: of_audit.AsOf = None,
    by: By = None,
    fees: of_audit.Fees = False,
    config: of_audit.ConfigOption = None,
    rules: of_audit.Rules = None,
    overlays: of_audit.Overlays = None,
    payer: of_audit.Payer = None,
    timezone: of_audit.Timezone = None,
    strict: of_audit.Strict = False,
    format_: of_audit.Format = None,
    output: of_audit.Output = None,
    quiet: of_audit.Quiet = False,
    no_color: of_audit.NoColor = False,
) -> None:
    """List what can still be reached this month, the most pressing first, and what is gone."""
    if by not in GROUPS:
        raise UsageError(f"--by takes practitioner or staff; not {by}")
    asked = Asked(
        tuple(paths),
        month,
        as_of,
        config,
        rules,
        overlays,
        payer,
        timezone,
        view=GROUPS[by],
        format=format_,
        output=tuple(output or ()),
        strict=strict,
        quiet=quiet,
        no_color=no_color,
        fees=fees,
        usual_month="this",
    )
    raise typer.Exit(run(asked))
