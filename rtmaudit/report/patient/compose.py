"""A report narrowed to some patients -> pages: what is shown, in which order, in words."""

from __future__ import annotations

from collections.abc import Iterator

from rtmaudit.model import Finding, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import Crowd, PatientReport, Report
from rtmaudit.report.crowds import settle_first
from rtmaudit.report.head import limits, positions_line, standing
from rtmaudit.report.patient import tables
from rtmaudit.report.patient.calendar import calendar
from rtmaudit.report.patient.calls import calls
from rtmaudit.report.patient.cells import program_of
from rtmaudit.report.patient.gates import Stood, gates_of
from rtmaudit.report.patient.minutes import minutes, other_minutes
from rtmaudit.report.patient.places import few
from rtmaudit.report.patient.record import Page, Pages, Row, Section, Table
from rtmaudit.report.standing import patient_verdict, speaking, steps

ALL_PASSED = "every gate is passed"


def pages_of(report: Report, missing: str = "") -> Pages:
    """The pages of all patients of a report whose charts are filled. `missing` tells of those who
    were asked for and not found."""
    return Pages(
        f"Why, or why not: {report.month}",
        tuple(_head(report)),
        tuple(page_of(report, patient) for patient in report.patients),
        missing,
    )


def _head(report: Report) -> Iterator[str]:
    yield f"rtmaudit {report.tool_version}: {standing(report)}"
    yield f"Rules {report.rules_version}, sha256 {report.rules_sha256[:12]}"
    yield from positions_line(report)
    yield from limits(report)


def page_of(report: Report, patient: PatientReport) -> Page:
    """One patient: gates, codes, calendars, minutes, calls, the lines behind, sources."""
    programs = patient.programs or ("",)
    gates = {program: gates_of(report, patient, program) for program in programs}
    sections: list[Section | None] = [_gates(program, mine) for program, mine in gates.items()]
    sections.append(tables.codes(patient, report.as_of))
    sections += [calendar(report, patient, program) for program in programs]
    sections += [minutes(patient, program) for program in patient.programs]
    sections += [
        other_minutes(patient),
        calls(patient),
        tables.counts(patient),
        tables.files(patient),
        tables.problems(report, patient),
        tables.sources(patient),
    ]
    shown = tuple(each for each in sections if each is not None)
    return Page(patient.patient_id, tuple(_glance(report, patient, gates)), shown)


def _glance(
    report: Report, patient: PatientReport, gates: dict[str, tuple[Stood, ...]]
) -> Iterator[tuple[str, str]]:
    spoken = speaking(patient)
    yield "Verdict", _verdict(spoken)
    for program, mine in gates.items():
        label = f"Answer, {program_of(program)}" if len(gates) > 1 else "Answer"
        yield label, _answer(mine)
    ready = [f for f in patient.findings if f.verdict is Verdict.READY]
    yield from ((("Ready", "; ".join(_dated(f) for f in ready)),) if ready else ())
    yield "Next", "; ".join(steps(patient, spoken)) or "nothing to do"
    configure = {each.what: each.configuration for each in report.settle_first}
    for each in settle_first([Crowd(patient, 1)], configure):
        yield "Settle", f"{each.what}: {each.configuration}"
    yield "Fits", _fits(patient)
    yield from (("Candidate", told) for told in _candidates(patient))
    billed = [*patient.all_of("biller"), *patient.all_of("payer")]
    if billed:
        yield "Billed", " to ".join(billed[:2]) if len(billed) == 2 else "; ".join(billed)


def _verdict(spoken: list[Finding]) -> str:
    word = patient_verdict(spoken)
    return words.PLAIN[Verdict(word)] if word else "none"


def _dated(finding: Finding) -> str:
    units = f" x{finding.units}" if finding.units > 1 else ""
    return f"{finding.code}{units} dated {finding.service_date}"


def _answer(gates: tuple[Stood, ...]) -> str:
    """The gate that holds the patient back, and why."""
    found = next((each for each in gates if each.answer), None)
    return f"{found.gate} ({found.stands}): {found.because}" if found else ALL_PASSED


def _fits(patient: PatientReport) -> str:
    fit = patient.fit
    if fit.best is None:
        return words.why(fit)
    best = words.program_name(fit.best)
    also = ", ".join(words.program_name(program) for program in fit.also)
    return f"{best}" + (f", also {also}" if also else "") + f": {words.why(fit)}"


def _candidates(patient: PatientReport) -> Iterator[str]:
    for each in patient.fit.candidates:
        name = words.program_name(each.program)
        lacks = ", ".join(words.name(part) for part in each.lacks) or "nothing"
        open_ = ", ".join(words.name(part) for part in each.undetermined)
        on_file = f"; on file: {', '.join(each.conditions)}" if each.conditions else ""
        unknown = f"; not known: {open_}" if open_ else ""
        yield f"{name} from {each.from_month}{on_file}; lacks {lacks}{unknown}"


def _gates(program: str, gates: tuple[Stood, ...]) -> Section:
    rows = tuple(_gate_row(each) for each in gates)
    title = f"Gates: {program_of(program)}" if program else "Gates"
    return Section(title, table=Table(("Gate", "Stands", "Because", "Lines"), rows, (0, 1)))


def _gate_row(each: Stood) -> Row:
    places = dict.fromkeys(place for point in each.points for place in point.places)
    mark = "answer" if each.answer else "quiet" if each.stands == "not asked" else ""
    told = "; ".join(str(point) for point in each.points)
    return Row((str(each.gate), str(each.stands), told, few(tuple(places)) or "-"), mark)
