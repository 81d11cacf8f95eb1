"""Views of a report: rows and columns, the same for every tabular format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from rtmaudit.model import UNIT_OF_FACT, Clock, FactName, Finding, Met, Need, Program, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport, Report

Cell = str | int | None


class ColumnKind(Enum):
    """Text may come from an export and must be made harmless; the rest is ours."""

    TEXT = "text"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class View:
    """A table: column names with their kinds, and rows."""

    name: str
    columns: Sequence[tuple[str, ColumnKind]]
    rows: Sequence[Sequence[Cell]]


NEEDS_A_HAND = (
    Verdict.BLOCKED,
    Verdict.REVIEW,
    Verdict.UNKNOWN,
    Verdict.OPEN,
    Verdict.SHORT,
    Verdict.READY,
)
"""The verdict of a patient is the first of these among the findings."""

NAMED_PROGRAMS = ("rtm", "rpm", "ccm", "pcm")
_FROM_EXPORTS = {"patient_id", "payer", "biller", "place_of_service", "conditions"}

PATIENT_COLUMNS = [
    "patient_id",
    "payer",
    "biller",
    "verdict",
    "rtm",
    "rpm",
    "ccm",
    "pcm",
    "other",
    "ready_codes",
    "open_codes",
    "blocked_codes",
    "review_codes",
    "unknown_codes",
    "data_days",
    "period_ends",
    "management_minutes",
    "live_contacts",
    "best_fit",
    "instead_of",
    "candidate",
    "why",
    "next_step",
    "to_confirm",
    "amount_ready",
    "amount_at_stake",
]
CODE_COLUMNS = [
    "patient_id",
    "payer",
    "biller",
    "place_of_service",
    "program",
    "code",
    "units",
    "verdict",
    "secondary",
    "window",
    "period_start",
    "period_end",
    "service_date",
    "fact",
    "unit",
    "have",
    "have_at_most",
    "want",
    "short_by",
    "reachable_by",
    "start_by",
    "reasons",
    "conflicts_with",
    "alternatives",
    "to_confirm",
    "positions",
    "modifiers",
    "amount",
    "amount_basis",
    "sources",
    "evidence",
]
BILLING_COLUMNS = [
    "patient_id",
    "service_date",
    "code",
    "units",
    "modifiers",
    "place_of_service",
    "biller",
    "payer",
    "conditions",
    "amount",
]


def view(report: Report, which: str, *, everything: bool = False) -> View:
    """The view by its name. `everything` keeps not_applicable and secondary lines in `codes`."""
    columns, rows = _VIEWS[which]
    kinds = [
        (name, ColumnKind.TEXT if name in _FROM_EXPORTS else ColumnKind.OURS) for name in columns
    ]
    return View(which, kinds, list(rows(report, everything)))


def patient_verdict(patient: PatientReport) -> str:
    """The one that most needs a hand, among the findings that speak for the patient."""
    return _worst(speaking(patient))


def speaking(patient: PatientReport) -> list[Finding]:
    """The findings that speak for a patient's month.

    Not the secondary ones; not a 30-day period still running when another one fell due; not a
    code once per episode that is not due yet, or that cannot be placed without a start (which is
    told once per run).
    """
    periods_due = {f.program for f in patient.findings if f.due and _is_supply(f)}
    return [f for f in patient.findings if not f.secondary and _speaks(f, periods_due)]


def _speaks(finding: Finding, periods_due: set[Program]) -> bool:
    if finding.window.kind is Clock.EPISODE:
        return finding.due and finding.verdict is not Verdict.UNKNOWN
    return finding.due or finding.program not in periods_due


def shown_need(finding: Finding) -> Need | None:
    """The first unmet need, else the first."""
    unmet = (need for need in finding.needs if need.met is not Met.YES)
    return next(unmet, finding.needs[0] if finding.needs else None)


def reachable(finding: Finding, need: Need) -> tuple[date | None, date | None]:
    """The last day on which the work may be finished, and from which every day is needed."""
    if finding.verdict is not Verdict.OPEN or need.met is not Met.LATER:
        return None, None
    last = finding.window.end
    if need.ref.name is not FactName.READING_DAYS:
        return last, None
    return last, last - timedelta(days=need.short_by - 1)


def program_cell(patient: PatientReport, program: str) -> str:
    """The supply and the time verdict of a program, joined where they differ."""
    if program not in patient.programs:
        return ""
    mine = [f for f in patient.findings if f.program == program and not f.secondary]
    supply = [f for f in mine if _is_supply(f)]
    time = [f for f in mine if f.window.kind is Clock.CALENDAR_MONTH and not _is_supply(f)]
    parts = []
    if supply and not any(f.due for f in supply):
        parts.append(("", f"no period due (next {min(f.window.end for f in supply)})"))
    elif supply:
        parts.append(("supply ", _worst(f for f in supply if f.due)))
    if time:
        parts.append(("time ", _worst(time)))
    parts = [(label, word) for label, word in parts if word]
    if len({word for _, word in parts}) == 1:
        return parts[0][1]
    return "; ".join(label + word for label, word in parts)


def _is_supply(finding: Finding) -> bool:
    return any(need.ref.name is FactName.READING_DAYS for need in finding.needs) and (
        finding.window.kind is not Clock.EPISODE
    )


def _worst(findings: Iterable[Finding]) -> str:
    seen = {f.verdict for f in findings}
    return next((str(verdict) for verdict in NEEDS_A_HAND if verdict in seen), "")


def codes_with(patient: PatientReport, verdict: Verdict) -> list[str]:
    """The codes with a verdict, each once, in the order of the rules."""
    found = (f.code for f in speaking(patient) if f.verdict is verdict)
    return list(dict.fromkeys(found))


def supply_periods(patient: PatientReport, *, due: bool = True) -> list[Finding]:
    """One finding per supply period that is due (or still running), for its days and its end."""
    found: dict[tuple[date, date], Finding] = {}
    for finding in patient.findings:
        if _is_supply(finding) and finding.due is due and finding.needs:
            key = (finding.window.start, finding.window.end)
            best = found.get(key)
            if best is None or finding.needs[0].have > best.needs[0].have:
                found[key] = finding
    return [found[key] for key in sorted(found)]


def month_needs(patient: PatientReport, fact: FactName) -> list[Need]:
    """The need of each program that shows a patient's minutes or contacts: of what speaks for the
    patient where there is such, else of any code."""
    found: dict[Program, Need] = {}
    for finding in [*speaking(patient), *patient.findings]:
        shown = finding.verdict is not Verdict.NOT_APPLICABLE
        if finding.window.kind is Clock.CALENDAR_MONTH and shown:
            for need in finding.needs:
                if need.ref.name is fact:
                    found.setdefault(finding.program, need)
    return [found[program] for program in sorted(found, key=_order_of(patient))]


def _order_of(patient: PatientReport) -> Callable[[Program], int]:
    return lambda program: patient.programs.index(program)


def steps(patient: PatientReport) -> list[str]:
    """What to do next, the most pressing first."""
    if not patient.on_roster:
        return ["not on the roster: add the patient, or correct the id"]
    order = {verdict: i for i, verdict in enumerate(NEEDS_A_HAND)}
    mine = [f for f in speaking(patient) if f.verdict in order]
    ranked = sorted(mine, key=lambda f: order[f.verdict])
    ready = [f for f in mine if f.verdict is Verdict.READY]
    first = [words.offer(patient.fit)]
    pressing = [words.next_step(f) for f in ranked if f.verdict is not Verdict.READY]
    last = [words.bill(ready)] if ready else []
    if ready and all(f.verdict in (Verdict.SHORT, Verdict.READY) for f in mine):
        pressing, last = last, pressing
    return [step for step in dict.fromkeys([*first, *pressing, *last]) if step]


def _patients(report: Report, everything: bool) -> Iterator[list[Cell]]:
    del everything
    for patient in report.patients:
        periods = supply_periods(patient)
        others = [p for p in patient.programs if p not in NAMED_PROGRAMS]
        fit = patient.fit
        confirm = dict.fromkeys(each for f in patient.findings for each in _confirm(f))
        yield [
            patient.patient_id,
            patient.payer,
            patient.biller,
            patient_verdict(patient),
            *(program_cell(patient, program) for program in NAMED_PROGRAMS),
            _join(f"{p}: {program_cell(patient, p)}" for p in others),
            *(_join(codes_with(patient, verdict)) for verdict in _LISTED),
            _join(words.amount(f.needs[0]) for f in periods),
            _join(str(f.window.end) for f in periods),
            _join(words.amount(n) for n in month_needs(patient, FactName.MANAGEMENT_MINUTES)),
            _join(words.amount(n) for n in month_needs(patient, FactName.LIVE_CONTACTS)),
            str(fit.best or "none"),
            str(fit.instead_of or ""),
            _join(str(c.program) for c in fit.candidates),
            words.why(fit),
            _join(steps(patient)[:1]),
            _join(confirm),
            None,
            None,
        ]


_LISTED = (Verdict.READY, Verdict.OPEN, Verdict.BLOCKED, Verdict.REVIEW, Verdict.UNKNOWN)


def _confirm(finding: Finding) -> tuple[str, ...]:
    quiet = (Verdict.NOT_APPLICABLE, Verdict.SHORT)
    return () if finding.verdict in quiet else finding.to_confirm


def _codes(report: Report, everything: bool) -> Iterator[list[Cell]]:
    for patient in report.patients:
        for i, finding in enumerate(patient.findings):
            hidden = finding.verdict is Verdict.NOT_APPLICABLE or finding.secondary
            if everything or not hidden:
                yield _code_row(patient, finding, patient.evidence.get(i, ()))


def _code_row(
    patient: PatientReport, finding: Finding, evidence: Sequence[tuple[str, int]]
) -> list[Cell]:
    need = shown_need(finding)
    by, start_by = reachable(finding, need) if need else (None, None)
    return [
        patient.patient_id,
        patient.payer,
        patient.biller,
        patient.place_of_service,
        str(finding.program),
        finding.code,
        finding.units,
        str(finding.verdict),
        "true" if finding.secondary else "false",
        str(finding.window.kind),
        str(finding.window.start),
        str(finding.window.end),
        _day(finding.service_date),
        str(need.ref.name) if need else "",
        UNIT_OF_FACT[need.ref.name] if need else "",
        need.have if need else None,
        need.have_at_most if need else None,
        need.want if need else None,
        need.short_by if need else None,
        _day(by),
        _day(start_by),
        _join(words.reason(each) for each in finding.reasons),
        _join(finding.conflicts_with),
        _join(f"{a.code} x{a.units}" for a in finding.alternatives),
        _join(finding.to_confirm),
        _join(finding.positions),
        "",
        None,
        "",
        _join(finding.sources),
        _join(f"{file}:{line}" for file, line in evidence),
    ]


def _billing(report: Report, everything: bool) -> Iterator[list[Cell]]:
    del everything
    for patient in report.patients:
        for finding in patient.findings:
            if finding.verdict is Verdict.READY:
                yield [
                    patient.patient_id,
                    _day(finding.service_date),
                    finding.code,
                    finding.units,
                    "",
                    patient.place_of_service,
                    patient.biller,
                    patient.payer,
                    _join(patient.conditions),
                    None,
                ]


def _day(day: date | None) -> str:
    return str(day) if day else ""


def _join(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)


Rows = Callable[[Report, bool], Iterator[list[Cell]]]
_VIEWS: dict[str, tuple[Sequence[str], Rows]] = {
    "patients": (PATIENT_COLUMNS, _patients),
    "codes": (CODE_COLUMNS, _codes),
    "billing": (BILLING_COLUMNS, _billing),
}
