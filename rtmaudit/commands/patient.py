"""`rtmaudit patient`: one patient on one screen, and why nothing is billed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtmaudit.commands.audit import (
    AsOf,
    ConfigOption,
    Fees,
    MonthOption,
    NoColor,
    Overlays,
    Paths,
    Payer,
    Quiet,
    Rules,
    Strict,
    Timezone,
)
from rtmaudit.commands.ids import AskedId, missing, read_ids
from rtmaudit.commands.options import Asked, inputs_of, order_of
from rtmaudit.errors import UsageError, visible

if TYPE_CHECKING:
    pass

Id = Annotated[
    list[str] | None,
    typer.Option("--id", help="A patient's id; - reads ids from standard input. Repeatable."),
]
Ids = Annotated[Path | None, typer.Option("--ids", help="A file of ids, one a line.")]
Format = Annotated[
    str | None, typer.Option("--format", help="table, md, html or json. [default: table]")
]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output", "-o", help="Write a file: .html, .md, .json or .txt, by its suffix. Repeatable."
    ),
]


@dataclass(frozen=True, slots=True)
class To:
    """Where the pages go."""

    format: str | None
    output: tuple[Path, ...]
    quiet: bool


def patient(
    paths: Paths,
    ids: Id = None,
    ids_file: Ids = None,
    month: MonthOption = None,
    as_of: AsOf = None,
    config: ConfigOption = None,
    rules: Rules = None,
    overlays: Overlays = None,
    payer: Payer = None,
    timezone: Timezone = None,
    format_: Format = None,
    output: Output = None,
    strict: Strict = False,
    fees: Fees = False,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """Show one patient: the gates in order, each minute and call, the lines behind each count."""
    asked = Asked(
        tuple(paths),
        month,
        as_of,
        config,
        rules,
        overlays,
        payer,
        timezone,
        strict=strict,
        quiet=quiet,
        no_color=no_color,
        fees=fees,
    )
    run(asked, read_ids(ids or (), ids_file), To(_checked(format_), tuple(output or ()), quiet))


def run(asked: Asked, ids: Sequence[AskedId], to: To) -> None:
    """From what was asked to pages. Raises UsageError where none of the patients is found."""
    from rtmaudit.commands.deliver import named, show
    from rtmaudit.commands.progress import progress
    from rtmaudit.formats.patient import SUFFIXES, writer
    from rtmaudit.outfile import publish
    from rtmaudit.pipeline import audit, id_as_read

    formats = [named(path, SUFFIXES, to.format) for path in to.output]
    order, mapping = order_of(asked)
    if asked.no_color or order.config.no_color:
        os.environ["NO_COLOR"] = "1"
    ids = [AskedId(id_as_read(each.patient, order.config), each.place) for each in ids]
    only = frozenset(each.patient for each in ids)
    order = replace(order, only=only, evidence=True, left_out=False)
    quiet = to.quiet or order.config.quiet
    with progress(quiet=quiet) as say:
        report = audit(order, say)
    lost = missing(ids, {each.patient_id for each in report.patients}, order.month)
    if not report.patients:
        raise UsageError(lost)
    if to.output:
        inputs = inputs_of(asked, order.config, mapping)
        with publish(to.output, inputs=inputs) as streams:
            for name, stream in zip(formats, streams, strict=True):
                writer(name)(report, lost, stream)
    else:
        shown = to.format or "table"
        show(lambda stream: writer(shown)(report, lost, stream), escaped=shown != "table")
    if lost and not quiet:
        print("rtmaudit: " + visible(lost), file=sys.stderr)


def _checked(name: str | None) -> str | None:
    from rtmaudit.formats.patient import NAMES

    if name is not None and name not in NAMES:
        raise UsageError(f"--format takes {', '.join(NAMES)}; not {name}")
    return name
