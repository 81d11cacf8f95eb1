"""Each minute and each call: who, when, for which program, and whether it counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time

from rtmaudit.model import (
    Bar,
    BillerType,
    Cause,
    Disposition,
    FactName,
    FactRef,
    Heard,
    Program,
    Share,
    Tally,
    ToldLine,
    Verdict,
    Window,
)
from rtmaudit.report import problem_words, words
from rtmaudit.report.build import PatientReport
from rtmaudit.report.chart import Chart
from rtmaudit.report.page import said
from rtmaudit.report.page.gates import TAKEN
from rtmaudit.report.page.places import spelled
from rtmaudit.report.page.record import Row, Section, Table
from rtmaudit.windows import Month

TIME_COLUMNS = ("When", "Length", "Who", "Contact", "Counted", "Line")
CALL_COLUMNS = ("When", "Program", "Contact", "Who", "Counted", "Line")
NONE_OF_THEM = "No line of staff time is on file"

_BARS: Mapping[Bar, str] = {
    Bar.ROLE: "the role does not count under this biller",
    Bar.VISIT_OR_STAY: "on the day of a visit or stay",
    Bar.NOTHING_LEFT: "nothing of it is left",
}


def minutes(patient: PatientReport, program: str) -> Section | None:
    """All lines of staff time of a program and those without one; None where there is none and no
    code counts minutes."""
    chart = patient.chart or Chart()
    mine = [each for each in chart.tallies if each.ref.program == program]
    lines = [(i, line) for i, line in enumerate(chart.time) if line.program in (program, None)]
    if not mine and not lines:
        return None
    tallies = [(each, codes_of(patient, each.ref, each.window)) for each in mine]
    tallies = [each for each in tallies if each[1]]
    rows = tuple(_time_row(i, line, tallies) for i, line in lines)
    return Section(
        f"Minutes: {program_of(program)}",
        () if rows else (NONE_OF_THEM,),
        table=Table(TIME_COLUMNS, rows, (0, 1)) if rows else None,
        below=tuple(_sums(tallies)),
    )


def other_minutes(patient: PatientReport) -> Section | None:
    """Lines of programs that the patient is not in, or that no code of the month counts."""
    chart = patient.chart or Chart()
    lines = [
        line
        for line in chart.time
        if line.program is not None and line.program not in patient.programs
    ]
    if not lines:
        return None
    rows = tuple(
        Row((*_when_and_length(line), *_who(line), _of_another(line), _place(line)), "quiet")
        for line in lines
    )
    return Section("Minutes of other programs", table=Table(TIME_COLUMNS, rows, (0, 1)))


def calls(patient: PatientReport) -> Section | None:
    """All calls and live contacts; None where there is none and no code asks for one."""
    chart = patient.chart or Chart()
    if not chart.calls and not chart.heard:
        return None
    rows = tuple(_call_row(i, line, chart.heard) for i, line in enumerate(chart.calls))
    below = tuple(dict.fromkeys(_heard(each) for each in chart.heard))
    table = Table(CALL_COLUMNS, rows, (0, 1)) if rows else None
    none = () if rows else ("No live contact is on file",)
    return Section("Calls and live contacts", none, table=table, below=below)


def _of_another(line: ToldLine) -> str:
    if line.became is Disposition.USED:
        return f"no: the patient is not in {words.program_name(line.program)}"
    return _not_counted(line)


# ---- minutes ----


Labelled = Sequence[tuple[Tally, Sequence[str]]]
"""Tallies, each with the codes that it is of."""


def codes_of(patient: PatientReport, ref: FactRef, window: Window) -> list[str]:
    """The codes that count a fact in a window: those in play, else those that another code or a
    claim took the place of, else all."""
    found = [f for f in patient.findings if f.window == window and ref in f.refs and f.needs]
    playing = [f for f in found if f.verdict is not Verdict.NOT_APPLICABLE]
    given_way = [f for f in found if any(r.kind in TAKEN for r in f.reasons)]
    return list(dict.fromkeys(f.code for f in playing or given_way or found))


def _time_row(i: int, line: ToldLine, tallies: Labelled) -> Row:
    outcomes: dict[str, list[tuple[Tally, Sequence[str]]]] = {}
    for tally, codes in tallies:
        share = dict(tally.shares).get(i)
        places = spelled(dict(tally.behind).get(i, ()))
        beside = f" ({places})" if places else ""
        text = _not_counted(line) if share is None else _counted(line, share, tally.window)
        outcomes.setdefault(text + beside, []).append((tally, codes))
    if not tallies:
        outcomes = {_not_counted(line): []}
    told = "; ".join(
        text if len(outcomes) == 1 else f"{_named(mine)}: {text}" for text, mine in outcomes.items()
    )
    quiet = all(text.startswith("no:") for text in outcomes)
    return Row((*_when_and_length(line), *_who(line), told, _place(line)), "quiet" if quiet else "")


def _named(tallies: Labelled) -> str:
    """The codes of tallies, and who bills where that decides."""
    billers: dict[str, list[str]] = {}
    for tally, codes in tallies:
        mine = billers.setdefault(", ".join(codes), [])
        mine += [] if tally.alone else [_plain(tally.biller)]
    return ", ".join(
        codes + (f" if {' or '.join(mine)} bills" if 0 < len(mine) < len(BillerType) else "")
        for codes, mine in billers.items()
    )


def _counted(line: ToldLine, share: Share, window: Window) -> str:
    least, most, _, cause, bar = share
    if bar is Bar.ELSEWHERE:
        return f"no: {_elsewhere(line.day, window)}"
    if bar is Bar.NOTHING_LEFT and line.became is Disposition.QUARANTINED:
        return f"no: {problem_words.told(line.kind)}, the other line of it counts"
    if bar is Bar.NOTHING_LEFT and not line.length:
        return "no: of no length"
    if bar is not None:
        return f"no: {_BARS[bar]}"
    if least == most:
        return "yes" if least == line.length else f"in part: {said.clocked(least)}"
    because = words.CAUSES[cause] if cause else "in doubt"
    if line.became is Disposition.QUARANTINED:
        because = f"{because}: {problem_words.told(line.kind)}"
    upto = f" to {said.clocked(most)}" if most is not None else " or more"
    return f"in doubt: {said.clocked(least)}{upto} ({because})"


def _elsewhere(day: date | None, window: Window) -> str:
    if day is not None and Month.of(day) != Month.of(window.end):
        return "another month"
    return "outside the window"


def _not_counted(line: ToldLine) -> str:
    """Of a line that counting leaves out."""
    if line.became is Disposition.USED:
        return "no: no code in play counts minutes"
    kind = problem_words.told(line.kind) if line.kind else str(line.became)
    return f"no: {kind}"


def _sums(tallies: Labelled) -> Iterator[str]:
    told: dict[tuple[str, int, int | None], list[tuple[Tally, Sequence[str]]]] = {}
    for tally, codes in tallies:
        key = (said.window(tally.window), tally.least, tally.most)
        told.setdefault(key, []).append((tally, codes))
    for (window, least, most), mine in told.items():
        yield f"{_named(mine)}, {window}: {_sum(least, most)}"


def _sum(least: int, most: int | None) -> str:
    whole = said.number(least // 60, None if most is None else most // 60)
    if least == most:
        return f"{said.clocked(least)} counted, {whole} whole minutes"
    upto = f" to {said.clocked(most)}" if most is not None else " or more"
    return f"{said.clocked(least)}{upto} counted, {whole} whole minutes"


# ---- calls ----


def _call_row(i: int, line: ToldLine, heard: Sequence[Heard]) -> Row:
    found = [dict(each.calls) for each in heard]
    outcomes = dict.fromkeys(_outcome(calls[i]) for calls in found if i in calls)
    told = "; ".join(outcomes) or f"no: {_not_heard(line, heard)}"
    program = words.program_name(line.program) or "-"
    who, contact = _who(line)
    cells = (_when(line.day, line.clock), program, contact, who, told, _place(line))
    return Row(cells, "" if outcomes else "quiet")


def _outcome(doubt: Cause | None) -> str:
    return "yes" if doubt is None else f"in doubt: {words.CAUSES[doubt]}"


def _not_heard(line: ToldLine, heard: Sequence[Heard]) -> str:
    if line.became is Disposition.DUPLICATE:
        return "the time log holds it too, or a line before"
    if line.became is not Disposition.USED:
        return problem_words.told(line.kind)
    theirs = [each for each in heard if line.program in (each.ref.program, None)]
    if not theirs:
        return "no code in play asks for a call"
    return _elsewhere(line.day, theirs[0].window)


def _heard(each: Heard) -> str:
    certain = sum(doubt is None for _, doubt in each.calls)
    many = said.counted(FactName.LIVE_CONTACTS, said.number(certain, len(each.calls)))
    return f"{words.program_name(each.ref.program)}, {said.window(each.window)}: {many}"


# ---- cells ----


def _when_and_length(line: ToldLine) -> tuple[str, str]:
    length = "-" if line.length is None else said.clocked(line.length)
    return _when(line.day, line.clock), length


def _who(line: ToldLine) -> tuple[str, str]:
    """Who spent the time, and how the patient was reached."""
    role = _plain(line.role) if line.role else ""
    who = ", ".join(part for part in (line.staff, role) if part)
    return who or "-", _plain(line.contact) if line.contact else "-"


def program_of(program: str) -> str:
    """A program as the field writes it."""
    return words.program_name(Program(program)) if program else ""


def _plain(word: str) -> str:
    return "NPP" if word == "npp" else str(word).replace("_", " ")


def _when(day: date | None, clock: time | None) -> str:
    if day is None:
        return "-"
    return f"{day} {clock:%H:%M}" if clock else str(day)


def _place(line: ToldLine) -> str:
    return f"{line.file} {line.line}"
