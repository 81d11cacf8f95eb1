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

NARROW = 100
READY_WIDTH = 18
MOST_QUESTIONS = 6
MOST_DECISIONS = 20
STYLES = {
    "ready": "green",
    "open": "cyan",
    "short": "dim",
    "blocked": "bold red",
    "review": "bold yellow",
    "unknown": "magenta",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of a terminal table; `wide` ones are left out on a narrow terminal."""

    title: str
    wide: bool = False
    right: bool = False
    wrap: bool = False


PATIENTS = (
    Shown("Patient", wrap=True),
    Shown("Verdict"),
    Shown("Ready codes", wrap=True),
    Shown("Days", right=True),
    Shown("Minutes", right=True),
    Shown("Calls", wide=True, right=True),
    Shown("Fits", wide=True),
    Shown("Next", wrap=True),
)
CODES = (
    Shown("Patient", wrap=True),
    Shown("Code"),
    Shown("Units", wide=True, right=True),
    Shown("Verdict"),
    Shown("Has", right=True),
    Shown("Window", wide=True),
    Shown("Why", wrap=True),
)
BILLING = (
    Shown("Patient", wrap=True),
    Shown("Service date"),
    Shown("Code"),
    Shown("Units", right=True),
    Shown("Modifiers", wide=True),
    Shown("Place", wide=True, wrap=True),
    Shown("Biller", wrap=True),
    Shown("Payer", wide=True, wrap=True),
    Shown("Conditions", wide=True, wrap=True),
    Shown("Amount", wide=True, right=True),
)


CHANGES = (
    Shown("Patient", wrap=True),
    Shown("Code"),
    Shown("Window", wide=True),
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
    _print(console, *_shown(report, which, everything))
    console.print()
    console.print(Text(visible(summary(report))))


def write_changes(changed: View, stream: TextIO) -> None:
    """What changed between two audits, for people."""
    names = [name for name, _ in changed.columns]
    rows = ({n: str(c) for n, c in zip(names, row, strict=True)} for row in changed.rows)
    _print(console_of(stream), CHANGES, map(_change_row, rows))


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


def _print(console: Console, columns: Sequence[Shown], rows: Iterable[Sequence[str]]) -> None:
    keep = [i for i, c in enumerate(columns) if console.width >= NARROW or not c.wide]
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


def head_lines(report: Report) -> Iterator[str]:
    """What every reader must know first."""
    status = "final" if report.final else "PROVISIONAL"
    zone = report.timezone or "no time zone needed"
    yield f"rtmaudit {report.month}, as of {report.as_of}, {zone}, {status}"
    used = ", ".join(f"{payer} {n}" for payer, n in report.payers_used.items())
    yield f"Rules {report.rules_version} ({used or 'no patients'})"
    if report.positions:
        yield "Positions: " + "; ".join(map(str, report.positions))
    yield from _decided(report)
    if report.on_calendar_clock:
        many = report.on_calendar_clock
        who = "1 patient stands" if many == 1 else f"{many} patients stand"
        yield f"{who} on the calendar month: no start of the 30-day period is on file"
    if report.not_checked:
        yield "Not checked: " + ", ".join(report.not_checked)
    if report.settle_first:
        yield "Settle first:"
    for each in report.settle_first[:MOST_QUESTIONS]:
        people = "1 patient" if each.patients == 1 else f"{each.patients} patients"
        yield f"  {each.what} ({people}): {each.configuration}"
    if (more := len(report.settle_first) - MOST_QUESTIONS) > 0:
        yield f"  and {more} more; --format json has them all"


def _decided(report: Report) -> Iterator[str]:
    """The lines in doubt that a person settled."""
    if report.decisions:
        yield "Decided:"
    for each in report.decisions[:MOST_DECISIONS]:
        yield f"  {each.file}:{each.line}: {each.decision} ({each.by}, {each.on})"
    if (more := len(report.decisions) - MOST_DECISIONS) > 0:
        yield f"  and {more} more; --format json has them all"


def summary(report: Report) -> str:
    """Totals on one line."""
    counts = ", ".join(f"{n} {word}" for word, n in report.by_verdict.items()) or "none"
    patients = "1 patient" if len(report.patients) == 1 else f"{len(report.patients)} patients"
    quarantined = sum(sum(each.quarantined.values()) for each in report.inputs)
    doubt = f"; {quarantined} lines quarantined" if quarantined else ""
    return f"{patients}; findings: {counts}{doubt}"


def _shown(
    report: Report, which: str, everything: bool
) -> tuple[Sequence[Shown], Iterator[Sequence[str]]]:
    if which == "patients":
        return PATIENTS, (_patient_row(patient) for patient in report.patients)
    if which == "codes":
        return CODES, _code_rows(report, everything)
    shown = view(report, which, everything=everything)
    return BILLING, (["" if cell is None else str(cell) for cell in row] for row in shown.rows)


def _cell(text: str) -> Text:
    first = text.split(" ", 1)[0].rstrip(";")
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return Text(shown, style=STYLES.get(text if first == text else "", ""))


def _patient_row(patient: PatientReport) -> list[str]:
    spoken = speaking(patient)
    return [
        patient.patient_id,
        patient_verdict(spoken) or "-",
        " ".join(_with_units(patient, spoken)) or "-",
        "\n".join(days_of(patient)) or "-",
        "\n".join(_of(n) for n in month_needs(patient, spoken, FactName.MANAGEMENT_MINUTES)) or "-",
        "\n".join(compact(n) for n in month_needs(patient, spoken, FactName.LIVE_CONTACTS)) or "-",
        _fit_cell(patient),
        next(iter(_steps(patient, spoken)), ""),
    ]


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
        for finding in patient.findings:
            hidden = finding.verdict is Verdict.NOT_APPLICABLE or finding.secondary
            if everything or not hidden:
                need = shown_need(finding)
                yield [
                    patient.patient_id,
                    finding.code,
                    str(finding.units),
                    str(finding.verdict),
                    _of(need),
                    f"{finding.window.start}..{finding.window.end}",
                    "; ".join(words.reason(reason) for reason in finding.reasons),
                ]
