"""`rtmaudit audit`: who is ready, who is short and by how much, who fits another program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from rtmaudit.commands.completion import among, payers
from rtmaudit.commands.options import ENGINES, FAIL_ON, VIEWS, Asked, settle

AUDITED, LAW, SHOWN, RUN = "What to audit", "Whose rules", "What to show", "How to run"
"""The groups of options."""

Paths = Annotated[
    list[Path], typer.Argument(help="Folders of exports, or files.", show_default=False)
]
MonthOption = Annotated[
    str | None,
    typer.Option(
        "--month",
        help="2026-03, last or this. [default: last]",
        autocompletion=among("last", "this"),
        rich_help_panel=AUDITED,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="The day to audit as of. [default: today]", rich_help_panel=AUDITED
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The mapping file. [default: rtmaudit.yaml in the folder]",
        rich_help_panel=AUDITED,
    ),
]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="Another folder of rules.", rich_help_panel=LAW)
]
Overlays = Annotated[
    Path | None,
    typer.Option(
        "--overlays", help="A folder of payers' overlays of your own.", rich_help_panel=LAW
    ),
]
Payer = Annotated[
    str | None,
    typer.Option(
        "--payer",
        help="Whose rules, where no payer is on file. [default: medicare]",
        autocompletion=payers,
        rich_help_panel=LAW,
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        "--timezone", help="Where a day begins, as America/New_York.", rich_help_panel=AUDITED
    ),
]
ViewOption = Annotated[
    str | None,
    typer.Option(
        "--view",
        help="patients, codes or billing. [default: patients]",
        autocompletion=among(*VIEWS),
        rich_help_panel=SHOWN,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="table, csv, tsv, json, jsonl, xlsx, markdown, html. [default: table; csv in a pipe]",
        autocompletion=among("table", "csv", "tsv", "json", "jsonl", "xlsx", "markdown", "html"),
        rich_help_panel=SHOWN,
    ),
]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        help="Write a file; its suffix chooses the format. Repeatable.",
        rich_help_panel=SHOWN,
    ),
]
Problems = Annotated[
    Path | None,
    typer.Option(
        "--problems",
        help="Write every line that was not simply used, as CSV.",
        rich_help_panel=SHOWN,
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all", help="Show not_applicable and secondary lines of codes too.", rich_help_panel=SHOWN
    ),
]
Evidence = Annotated[
    bool,
    typer.Option("--evidence", help="Name the lines behind each count.", rich_help_panel=SHOWN),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Papers that are in no export make a finding unknown.", rich_help_panel=LAW
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing on stderr.", rich_help_panel=RUN)
]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Tell all problems and dispositions.", rich_help_panel=RUN)
]
NoColor = Annotated[
    bool, typer.Option("--no-color", help="No colour. NO_COLOR does the same.", rich_help_panel=RUN)
]
Fees = Annotated[
    bool,
    typer.Option(
        "--fees", help="Estimate what each code pays, and what is at stake.", rich_help_panel=SHOWN
    ),
]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        help="Exit with 3 on any short, blocked, review, unknown or provisional.",
        autocompletion=among(*FAIL_ON),
        rich_help_panel=RUN,
    ),
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="duckdb or spark, for large readings. [default: duckdb]",
        autocompletion=among(*ENGINES),
        rich_help_panel=RUN,
    ),
]


def audit(
    paths: Paths,
    month: MonthOption = None,
    as_of: AsOf = None,
    config: ConfigOption = None,
    rules: Rules = None,
    overlays: Overlays = None,
    payer: Payer = None,
    timezone: Timezone = None,
    view: ViewOption = None,
    format_: Format = None,
    output: Output = None,
    problems: Problems = None,
    everything: All = False,
    evidence: Evidence = False,
    strict: Strict = False,
    fees: Fees = False,
    fail_on: FailOn = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    engine: EngineOption = None,
) -> None:
    """Audit a month of exports: ready, short and by how much, or another program."""
    asked = Asked(
        tuple(paths),
        month,
        as_of,
        config,
        rules,
        overlays,
        payer,
        timezone,
        view,
        format_,
        tuple(output or ()),
        problems,
        everything,
        evidence,
        strict,
        quiet,
        verbose,
        tuple(fail_on or ()),
        no_color,
        fees,
        engine,
    )
    raise typer.Exit(run(asked))


def run(asked: Asked) -> int:
    """One audit from what was asked to its exit code."""
    from rtmaudit.commands.deliver import deliver
    from rtmaudit.commands.progress import progress
    from rtmaudit.pipeline import audit as conduct

    order, delivery = settle(asked)
    if delivery.no_color:
        os.environ["NO_COLOR"] = "1"
    with progress(quiet=delivery.quiet) as say:
        report = conduct(order, say)
    return deliver(report, delivery)
