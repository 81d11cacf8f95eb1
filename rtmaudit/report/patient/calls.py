"""Each call and live contact: when, with whom, for which program, and whether it counted."""

from __future__ import annotations

from collections.abc import Sequence

from rtmaudit.model import Cause, Disposition, FactName, Heard, ToldLine
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport
from rtmaudit.report.chart import Chart
from rtmaudit.report.patient import said
from rtmaudit.report.patient.cells import elsewhere, in_no_export, left_out, place, when, who
from rtmaudit.report.patient.record import Row, Section, Table

COLUMNS = ("When", "Program", "Contact", "Who", "Counted", "Line")


def calls(patient: PatientReport) -> Section | None:
    """All calls and live contacts; None where there is none and no code asks for one."""
    chart = patient.chart or Chart()
    if not chart.calls and not chart.heard:
        return None
    rows = tuple(_call_row(i, line, chart.heard) for i, line in enumerate(chart.calls))
    below = tuple(dict.fromkeys(_heard(chart, each) for each in chart.heard))
    table = Table(COLUMNS, rows, (0, 1)) if rows else None
    none = () if rows else ("No live contact is on file",)
    return Section("Calls and live contacts", none, table=table, below=below)


def _call_row(i: int, line: ToldLine, heard: Sequence[Heard]) -> Row:
    found = [dict(each.calls) for each in heard]
    outcomes = dict.fromkeys(_outcome(calls[i]) for calls in found if i in calls)
    told = "; ".join(outcomes) or f"no: {_not_heard(line, heard)}"
    program = words.program_name(line.program) or "-"
    staff, contact = who(line)
    cells = (when(line.day, line.clock), program, contact, staff, told, place(line))
    return Row(cells, "" if outcomes else "quiet")


def _outcome(doubt: Cause | None) -> str:
    return "yes" if doubt is None else f"in doubt: {words.CAUSES[doubt]}"


def _not_heard(line: ToldLine, heard: Sequence[Heard]) -> str:
    if line.became is Disposition.DUPLICATE:
        return "the time log holds it too, or a line before"
    if line.became is not Disposition.USED:
        return left_out(line)
    theirs = [each for each in heard if line.program in (each.ref.program, None)]
    if not theirs:
        return "no code in play asks for a call"
    return elsewhere(line.day, theirs[0].window)


def _heard(chart: Chart, each: Heard) -> str:
    certain = sum(doubt is None for _, doubt in each.calls)
    many = said.counted(FactName.LIVE_CONTACTS, said.number(certain, len(each.calls)))
    told = in_no_export(chart, each.ref, each.window) or many
    return f"{words.program_name(each.ref.program)}, {said.window(each.window)}: {told}"
