"""What each code lacks, the lines behind every count, and the sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from rtmaudit.model import Clock, Count, FactRef, Finding, Met, Problem, Verdict, Window
from rtmaudit.report import problem_words, words
from rtmaudit.report.build import PatientReport, Report
from rtmaudit.report.chart import Chart, SourceTold
from rtmaudit.report.patient import said
from rtmaudit.report.patient.minutes import codes_of
from rtmaudit.report.patient.places import numbers, spelled
from rtmaudit.report.patient.record import Row, Section, Table
from rtmaudit.report.standing import reachable


def codes(patient: PatientReport, as_of: date) -> Section | None:
    """Every code in play: its verdict, what it has and lacks, and until when that can be had."""
    if not patient.findings:
        return None
    chart = patient.chart or Chart()
    numbered = enumerate(patient.findings)
    shown = [(i, f) for i, f in numbered if f.verdict is not Verdict.NOT_APPLICABLE]
    rows = tuple(
        Row(_code_cells(patient, i, f, as_of), "quiet" if f.secondary else "") for i, f in shown
    )
    columns = ("Code", "Verdict", "Has", "Lacks", "Last day")
    table = Table((*columns, "Estimate")[: len(rows[0].cells)], rows, (0, 1)) if rows else None
    titles = (f"{code}: {chart.titles[code]}" for code in dict.fromkeys(f.code for _, f in shown))
    based = dict.fromkeys(worth.basis for i, _ in shown if (worth := patient.worth(i)))
    amounts = (f"Amounts: {basis}" for basis in based if basis)
    return Section("Codes", (), table=table, below=(*titles, *amounts, *_not_applicable(patient)))


def _code_cells(patient: PatientReport, i: int, finding: Finding, as_of: date) -> tuple[str, ...]:
    """The cells of one code; with the estimate, where amounts were asked for."""
    worth = patient.worth(i)
    return (
        finding.code + (f" x{finding.units}" if finding.units > 1 else ""),
        words.PLAIN[finding.verdict],
        _has(finding),
        "; ".join(_lacks(finding)) or "nothing",
        _until(finding, as_of),
        *([words.dollars(worth.amount) or "-"] if worth else ()),
    )


def _has(finding: Finding) -> str:
    has = [said.need(replace(each, met=Met.YES)) for each in finding.needs]
    return "; ".join([*has, said.window(finding.window)])


def _lacks(finding: Finding) -> Iterator[str]:
    yield from (words.reason(reason) for reason in finding.reasons)
    if finding.to_confirm:
        yield "to confirm: " + ", ".join(words.name(each) for each in finding.to_confirm)
    if finding.alternatives:
        yield "alternative: " + ", ".join(
            a.code + (f" x{a.units}" if a.units > 1 else "") for a in finding.alternatives
        )


def _until(finding: Finding, as_of: date) -> str:
    """The last day on which it can be had; or the day on which it is dated."""
    days = [(need, *reachable(finding, need)) for need in finding.needs]
    told = [
        f"by {by}" + (f", on every day from {start}" if start and start != by else "")
        for _, by, start in days
        if by
    ]
    if told:
        return "; ".join(dict.fromkeys(told))
    if finding.verdict is Verdict.READY:
        return f"dated {finding.service_date}"
    if finding.verdict is Verdict.OPEN:
        return f"due {finding.window.end}"
    if finding.verdict is Verdict.SHORT:
        over = finding.window.end < as_of
        return f"{finding.window.end}, over" if over else f"out of reach by {finding.window.end}"
    return "-"


def _not_applicable(patient: PatientReport) -> Iterator[str]:
    told: dict[str, dict[str, None]] = {}
    for finding in patient.findings:
        if finding.verdict is Verdict.NOT_APPLICABLE:
            why = "; ".join(words.reason(reason) for reason in finding.reasons)
            told.setdefault(why.removeprefix(f"{finding.code} "), {})[finding.code] = None
    for why, mine in told.items():
        yield f"Not applicable: {', '.join(mine)}: {why}"


def counts(patient: PatientReport) -> Section | None:
    """Every count with the files and lines that it rests on."""
    chart = patient.chart or Chart()
    needed = {(ref, f.window) for f in patient.findings for ref in _weighed(f)}
    rows = dict.fromkeys(
        _count_row(patient, each) for each in chart.counts if (each.ref, each.window) in needed
    )
    if not rows:
        return None
    table = Table(("Count", "Window", "Number", "For", "Lines"), tuple(rows))
    return Section("The lines behind each count", table=table)


def _weighed(finding: Finding) -> Iterator[FactRef]:
    """The facts that matter to the reader: of what is not applicable those alone that were needed,
    and of codes once an episode none."""
    if finding.verdict is not Verdict.NOT_APPLICABLE:
        yield from finding.refs
    elif finding.window.kind is not Clock.EPISODE:
        yield from (need.ref for need in finding.needs)


def _count_row(patient: PatientReport, each: Count) -> Row:
    ref: FactRef = each.ref
    window: Window = each.window
    number = said.number(each.fact.low, each.fact.high)
    codes = ", ".join(codes_of(patient, ref, window))
    name = f"{words.program_name(ref.program)} {said.fact(ref)}"
    return Row((name, said.window(window), number, codes, spelled(each.places) or "none"))


def files(patient: PatientReport) -> Section | None:
    """Every line of the patient, by file and by what became of it."""
    chart = patient.chart or Chart()
    rows = tuple(
        Row((each.name, became.replace("_", " "), numbers(lines)))
        for each in chart.files
        for became, lines in each.became.items()
    )
    if not rows:
        return None
    return Section("This patient in the exports", table=Table(("File", "Became", "Lines"), rows))


def problems(report: Report, patient: PatientReport) -> Section | None:
    """What is told of the patient's lines, of whole files, and of lines that name nobody."""
    chart = patient.chart or Chart()
    mine = {(f.name, line) for f in chart.files for lines in f.became.values() for line in lines}
    asked = {p for each in report.patients for p in _places(each)}
    told = [_problem(each) for each in report.problems if _is_of(each, mine)]
    nobody = [(p.file, p.line) for p in report.problems if p.line and (p.file, p.line) not in asked]
    said_ = [
        f"{d.file} {d.line}: {d.decision} (decided by {d.by} on {d.on})"
        for d in report.decisions
        if (d.file, d.line) in mine
    ]
    if nobody:
        said_.append(f"Name no patient, and may be anybody's: {spelled(nobody)}")
    if not told and not said_:
        return None
    return Section("To know about these lines", (*told, *said_))


def _places(patient: PatientReport) -> Iterator[tuple[str, int]]:
    chart = patient.chart or Chart()
    for file in chart.files:
        yield from ((file.name, line) for lines in file.became.values() for line in lines)


def _is_of(problem: Problem, mine: set[tuple[str, int]]) -> bool:
    return not problem.line or (problem.file, problem.line) in mine


def _problem(each: Problem) -> str:
    where = f"{each.file} {each.line}" if each.line else each.file
    beside = f" (with {each.other_line.replace(':', ' ')})" if each.other_line else ""
    return f"{where}: {problem_words.told(each.kind)}: {each.disposition}{beside}"


def sources(patient: PatientReport) -> Section | None:
    """Where the rules were read."""
    chart = patient.chart or Chart()
    told = tuple(_source(each) for each in chart.sources)
    return Section("Sources", told) if told else None


def _source(each: SourceTold) -> str:
    confidence = f" ({each.confidence} confidence)" if each.confidence else ""
    return f"{each.key}: " + ", ".join([each.title, *each.where]) + confidence
