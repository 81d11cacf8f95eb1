"""The table on a terminal: one line a patient that a biller reads at a glance.

Verdicts are words, and coloured; never colour alone. Every cell is literal text: no markup, emoji
or escape sequence from an export reaches the terminal.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rtmaudit.errors import visible
from rtmaudit.model import FactName, Finding, Need, Verdict
from rtmaudit.report import PatientReport, Report, words
from rtmaudit.report.head import head_lines, summary
from rtmaudit.report.standing import (
    codes_with,
    month_needs,
    patient_verdict,
    shown_need,
    speaking,
    steps,
    supply_periods,
)
from rtmaudit.report.views import View, view

LEAST, NARROW = 60, 100
MONEY_WIDTH = 21
READY_WIDTH = 18
STYLES = {
    "ready": "green",
    "open": "cyan",
    "short": "dim",
    "blocked": "bold red",
    "review": "bold yellow",
    "unknown": "magenta",
    "reachable": "cyan",
    "at risk": "bold yellow",
    "gone": "dim",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of a terminal table; `room` is the width of a terminal from which on it is
    shown, with so much more where amounts are shown too; those of `money` only then."""

    title: str
    room: int = 0
    right: bool = False
    wrap: bool = False
    money: bool = False


PATIENTS = (
    Shown("Patient", wrap=True),
    Shown("Verdict"),
    Shown("Ready codes", wrap=True),
    Shown("Days", room=LEAST, right=True),
    Shown("Minutes", room=LEAST, right=True),
    Shown("Calls", room=NARROW, right=True),
    Shown("Fits", room=NARROW),
    Shown("Ready $", right=True, money=True),
    Shown("At stake $", right=True, money=True),
    Shown("Next", wrap=True),
)
CODES = (
    Shown("Patient", wrap=True),
    Shown("Code"),
    Shown("Units", room=NARROW, right=True),
    Shown("Verdict"),
    Shown("Has", right=True),
    Shown("Window", room=NARROW),
    Shown("Amount $", right=True, money=True),
    Shown("Why", wrap=True),
)
BILLING = (
    Shown("Patient", wrap=True),
    Shown("Service date"),
    Shown("Code"),
    Shown("Units", right=True),
    Shown("Modifiers", room=NARROW),
    Shown("Place", room=NARROW, wrap=True),
    Shown("Biller", wrap=True),
    Shown("Payer", room=NARROW, wrap=True),
    Shown("Conditions", room=NARROW, wrap=True),
    Shown("Amount $", right=True, money=True),
)


WORKLIST = (
    Shown("Patient", wrap=True),
    Shown("Code"),
    Shown("State"),
    Shown("Still takes", wrap=True),
    Shown("Begin by"),
    Shown("Done by"),
    Shown("Adds $", right=True, money=True),
    Shown("Practitioner", room=NARROW, wrap=True),
    Shown("Staff", room=NARROW, wrap=True),
)
CHANGES = (
    Shown("Patient", wrap=True),
    Shown("Code"),
    Shown("Window", room=NARROW),
    Shown("Before"),
    Shown("After"),
    Shown("Why", wrap=True),
)


def write_table(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """A view for people, with the head of the report above it and the totals below."""
    console = console_of(stream)
    for line in head_lines(report):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        wrapped = textwrap.wrap(
            visible(line), console.width, subsequent_indent=indent, break_on_hyphens=False
        )
        console.print(Text("\n".join(wrapped)))
    console.print()
    columns, rows = _shown(report, which, everything)
    _print(console, columns, rows, money=bool(report.amounts))
    console.print()
    console.print(Text(visible(summary(report))))


def write_changes(changed: View, stream: TextIO) -> None:
    """What changed between two audits, for people."""
    _print(console_of(stream), CHANGES, map(_change_row, _named(changed)))


def _named(shown: View) -> Iterator[Mapping[str, str]]:
    """The rows of a view, each cell by its column."""
    names = [name for name, _ in shown.columns]
    for row in shown.rows:
        told = ("" if cell is None else str(cell) for cell in row)
        yield dict(zip(names, told, strict=True))


def _task_row(row: Mapping[str, str]) -> list[str]:
    return [
        row["patient_id"],
        row["code"],
        row["state"].replace("_", " "),
        row["still_takes"],
        row["start_by"],
        row["by"],
        row["adds"],
        row["biller"],
        row["staff"],
    ]


def _change_row(row: Mapping[str, str]) -> list[str]:
    why = [row["needs"], row["lines"]]
    return [
        row["patient_id"],
        row["code"],
        f"{row['period_start']}..{row['period_end']}",
        *(_times(row[when], row[f"units_{when}"]) for when in ("before", "after")),
        "; ".join(each for each in why if each),
    ]


def _times(verdict: str, units: str) -> str:
    return verdict if units in ("0", "1") else f"{verdict} x{units}"


def console_of(stream: TextIO) -> Console:
    """A console that prints text as it is, as wide as the terminal or `NARROW`."""
    return Console(
        file=stream,
        width=None if stream.isatty() or "COLUMNS" in os.environ else NARROW,
        force_terminal=None if stream is sys.stdout else False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def _print(
    console: Console,
    columns: Sequence[Shown],
    rows: Iterable[Sequence[str]],
    *,
    money: bool = False,
) -> None:
    width = console.width - (MONEY_WIDTH if money else 0)
    keep = [
        i
        for i, column in enumerate(columns)
        if (not column.room or width >= column.room) and (money or not column.money)
    ]
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    for i in keep:
        column = columns[i]
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.wrap,
            overflow="fold" if column.wrap else "ellipsis",
            min_width=len(column.title),
            max_width=READY_WIDTH if column.title == "Ready codes" else None,
        )
    for row in rows:
        table.add_row(*(_cell(row[i]) for i in keep))
    console.print(table)


def _shown(
    report: Report, which: str, everything: bool
) -> tuple[Sequence[Shown], Iterator[Sequence[str]]]:
    if which == "patients":
        return PATIENTS, (patient_row(patient) for patient in report.patients)
    if which == "codes":
        return CODES, _code_rows(report, everything)
    shown = view(report, which, everything=everything)
    if which.startswith("worklist"):
        return WORKLIST, map(_task_row, _named(shown))
    return BILLING, (["" if cell is None else str(cell) for cell in row] for row in shown.rows)


def _cell(text: str) -> Text:
    first = text.split(" ", 1)[0].rstrip(";")
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return Text(shown, style=STYLES.get(text if first == text else "", ""))


def patient_row(patient: PatientReport) -> list[str]:
    """The cells of a patient, in the order of PATIENTS; `-` is an empty one, and each line of a
    cell is of one program or period."""
    spoken = speaking(patient)
    return [
        patient.patient_id,
        patient_verdict(spoken) or "-",
        " ".join(_with_units(patient, spoken)) or "-",
        "\n".join(days_of(patient)) or "-",
        "\n".join(_of(n) for n in month_needs(patient, spoken, FactName.MANAGEMENT_MINUTES)) or "-",
        "\n".join(compact(n) for n in month_needs(patient, spoken, FactName.LIVE_CONTACTS)) or "-",
        _fit_cell(patient),
        *_amounts(patient),
        next(iter(_steps(patient, spoken)), ""),
    ]


def _amounts(patient: PatientReport) -> list[str]:
    money = patient.money
    known = (money.ready, money.at_stake) if money else (None, None)
    return ["-" if amount is None else f"{amount:,.2f}" for amount in known]


def _with_units(patient: PatientReport, spoken: Sequence[Finding]) -> Iterator[str]:
    units: dict[str, int] = dict.fromkeys(codes_with(spoken, Verdict.READY), 0)
    for finding in patient.findings:
        if finding.verdict is Verdict.READY:
            units[finding.code] += finding.units
    yield from (f"{code} x{n}" if n > 1 else code for code, n in units.items())


def _steps(patient: PatientReport, spoken: Sequence[Finding]) -> Iterator[str]:
    """The first step; the codes to bill stand in a column of their own."""
    first, *others = steps(patient, spoken) or [""]
    if not first.startswith("bill "):
        yield first
    else:
        yield "; ".join(["bill", *others[:1]])


def days_of(patient: PatientReport) -> Iterator[str]:
    """`14/16` for each period that is due, or else for the running one: the days seen and the days
    of the upper tier."""
    due = supply_periods(patient)
    for period in due or supply_periods(patient, due=False):
        wanted = [
            f.needs[0].want
            for f in patient.findings
            if f.window == period.window and f.needs and f.needs[0].ref == period.needs[0].ref
        ]
        yield f"{compact(period.needs[0])}/{max(wanted)}" + ("" if due else " open")


def compact(need: Need) -> str:
    """`12`, `12-27`, or `12+` where no bound is known."""
    if need.have_at_most is None:
        return f"{need.have}+"
    return str(need.have) if need.have == need.have_at_most else f"{need.have}-{need.have_at_most}"


def _of(need: Need | None) -> str:
    return "-" if need is None else f"{compact(need)} of {need.want}"


def _fit_cell(patient: PatientReport) -> str:
    fit = patient.fit
    if fit.best is None:
        return "-"
    lacking = " ?" if any(c.program is fit.best for c in fit.candidates) else ""
    return f"{fit.best}{lacking}"


def _code_rows(report: Report, everything: bool) -> Iterator[list[str]]:
    for patient in report.patients:
        for i, finding in enumerate(patient.findings):
            hidden = finding.verdict is Verdict.NOT_APPLICABLE or finding.secondary
            if everything or not hidden:
                need, worth = shown_need(finding), patient.worth(i)
                yield [
                    patient.patient_id,
                    finding.code,
                    str(finding.units),
                    str(finding.verdict),
                    _of(need),
                    f"{finding.window.start}..{finding.window.end}",
                    "" if worth is None or worth.amount is None else f"{worth.amount:,.2f}",
                    "; ".join(words.reason(reason) for reason in finding.reasons),
                ]
