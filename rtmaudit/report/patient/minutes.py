"""Each minute: who, when, for which program, and whether it counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rtmaudit.model import (
    Bar,
    BillerType,
    Disposition,
    FactRef,
    Share,
    Tally,
    ToldLine,
    Verdict,
    Window,
)
from rtmaudit.report import problem_words, words
from rtmaudit.report.build import PatientReport
from rtmaudit.report.chart import Chart
from rtmaudit.report.patient import said
from rtmaudit.report.patient.cells import (
    elsewhere,
    in_no_export,
    left_out,
    place,
    plain,
    program_of,
    when_and_length,
    who,
)
from rtmaudit.report.patient.gates import TAKEN
from rtmaudit.report.patient.places import spelled
from rtmaudit.report.patient.record import Row, Section, Table

COLUMNS = ("When", "Length", "Who", "Contact", "Counted", "Line")
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
        table=Table(COLUMNS, rows, (0, 1)) if rows else None,
        below=tuple(_sums(chart, tallies)),
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
        Row((*when_and_length(line), *who(line), _of_another(line), place(line)), "quiet")
        for line in lines
    )
    return Section("Minutes of other programs", table=Table(COLUMNS, rows, (0, 1)))


def _of_another(line: ToldLine) -> str:
    if line.became is Disposition.USED:
        return f"no: the patient is not in {words.program_name(line.program)}"
    return _not_counted(line)


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
    return Row((*when_and_length(line), *who(line), told, place(line)), "quiet" if quiet else "")


def _named(tallies: Labelled) -> str:
    """The codes of tallies, and who bills where that decides."""
    billers: dict[str, list[str]] = {}
    for tally, codes in tallies:
        mine = billers.setdefault(", ".join(codes), [])
        mine += [] if tally.alone else [plain(tally.biller)]
    return ", ".join(
        codes + (f" if {' or '.join(mine)} bills" if 0 < len(mine) < len(BillerType) else "")
        for codes, mine in billers.items()
    )


def _counted(line: ToldLine, share: Share, window: Window) -> str:
    least, most, _, cause, bar = share
    if bar is Bar.ELSEWHERE:
        return f"no: {elsewhere(line.day, window)}"
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


def _not_counted(line: ToldLine) -> str:
    """Of a line that counting leaves out."""
    if line.became is Disposition.USED:
        return "no: no code in play counts minutes"
    return f"no: {left_out(line)}"


def _sums(chart: Chart, tallies: Labelled) -> Iterator[str]:
    told: dict[tuple[str, str], list[tuple[Tally, Sequence[str]]]] = {}
    for tally, codes in tallies:
        nothing = in_no_export(chart, tally.ref, tally.window)
        key = said.window(tally.window), nothing or _sum(tally.least, tally.most)
        told.setdefault(key, []).append((tally, codes))
    for (window, total), mine in told.items():
        yield f"{_named(mine)}, {window}: {total}"


def _sum(least: int, most: int | None) -> str:
    whole = said.number(least // 60, None if most is None else most // 60)
    if least == most:
        return f"{said.clocked(least)} counted, {whole} whole minutes"
    upto = f" to {said.clocked(most)}" if most is not None else " or more"
    return f"{said.clocked(least)}{upto} counted, {whole} whole minutes"
