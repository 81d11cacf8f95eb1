"""How a patient stands in a month: which findings speak, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from rtmaudit.model import Clock, FactName, Finding, Met, Need, Program, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport

NEEDS_A_HAND = (
    Verdict.BLOCKED,
    Verdict.REVIEW,
    Verdict.UNKNOWN,
    Verdict.OPEN,
    Verdict.SHORT,
    Verdict.READY,
)
"""The verdict of a patient is the first of these among the findings."""


def patient_verdict(spoken: Iterable[Finding]) -> str:
    """The one that most needs a hand, among the findings that speak for the patient."""
    return _worst(spoken)


def speaking(patient: PatientReport) -> list[Finding]:
    """The findings that speak for a patient's month.

    Not the secondary ones; not a 30-day period still running when another one fell due; not a
    code once per episode that is not due yet, or that cannot be placed without a start (which is
    told once per run).
    """
    periods_due = {f.program for f in patient.findings if f.due and is_supply(f)}
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


def why(patient: PatientReport) -> str:
    """The sentence of a patient's fit; of programs that may not stand together also what each would
    pay, where the report has amounts."""
    return words.why(patient.fit) + words.each_would_pay(would_pay(patient))


def would_pay(patient: PatientReport) -> dict[Program, Decimal | None]:
    """What each of the programs that may not stand together would pay: the codes that the data
    support; None where one of them has no price. Empty without amounts."""
    if patient.money is None or not patient.fit.supported:
        return {}
    worths = list(zip(patient.findings, patient.money.findings, strict=True))
    found: dict[Program, Decimal | None] = {}
    for program, codes in patient.fit.supported:
        held = [w.amount for f, w in worths if f.program is program and (f.code, f.units) in codes]
        known = [amount for amount in held if amount is not None]
        found[program] = sum(known, Decimal()) if len(known) == len(held) else None
    return found


def program_cell(patient: PatientReport, program: str) -> str:
    """The supply and the time verdict of a program, joined where they differ."""
    if program not in patient.programs:
        return ""
    mine = [f for f in patient.findings if f.program == program and not f.secondary]
    supply = [f for f in mine if is_supply(f)]
    time = [f for f in mine if f.window.kind is not Clock.EPISODE and not is_supply(f)]
    parts = []
    if supply and not any(f.due for f in supply):
        parts.append(("", f"no period due (next {min(f.window.end for f in supply)})"))
    elif supply:
        parts.append(("supply ", _worst(f for f in supply if f.due)))
    if time:
        parts.append(("time ", _worst(time)))
    parts = [(label, word) for label, word in parts if word]
    if mine and not parts:
        return words.PLAIN[Verdict.NOT_APPLICABLE]
    if len({word for _, word in parts}) == 1:
        return parts[0][1]
    return "; ".join(label + word for label, word in parts)


def is_supply(finding: Finding) -> bool:
    """Whether a finding is about days of device data in a period."""
    if finding.window.kind is Clock.EPISODE:
        return False
    return FactName.READING_DAYS in [need.ref.name for need in finding.needs]


def _worst(findings: Iterable[Finding]) -> str:
    seen = {f.verdict for f in findings}
    return next((str(verdict) for verdict in NEEDS_A_HAND if verdict in seen), "")


def codes_with(spoken: Iterable[Finding], verdict: Verdict) -> list[str]:
    """The codes with a verdict, each once, in the order of the rules."""
    found = (f.code for f in spoken if f.verdict is verdict)
    return list(dict.fromkeys(found))


def supply_periods(patient: PatientReport, *, due: bool = True) -> list[Finding]:
    """One finding per supply period that is due (or still running), for its days and its end."""
    found: dict[tuple[date, date], Finding] = {}
    for finding in patient.findings:
        if is_supply(finding) and finding.due is due and finding.needs:
            key = (finding.window.start, finding.window.end)
            best = found.get(key)
            if best is None or finding.needs[0].have > best.needs[0].have:
                found[key] = finding
    return [found[key] for key in sorted(found)]


def month_needs(patient: PatientReport, spoken: Sequence[Finding], fact: FactName) -> list[Need]:
    """The need of each program that shows a patient's minutes or contacts: of what speaks for the
    patient where there is such, else of any code."""
    found: dict[Program, Need] = {}
    for finding in (*spoken, *patient.findings):
        shown = finding.verdict is not Verdict.NOT_APPLICABLE
        if finding.window.kind is Clock.CALENDAR_MONTH and shown:
            for need in finding.needs:
                if need.ref.name is fact:
                    found.setdefault(finding.program, need)
    return [found[program] for program in sorted(found, key=_order_of(patient))]


def _order_of(patient: PatientReport) -> Callable[[Program], int]:
    return lambda program: patient.programs.index(program)


def steps(patient: PatientReport, spoken: Sequence[Finding]) -> list[str]:
    """What to do next, the most pressing first."""
    return list(dict.fromkeys(filter(None, map(step, to_do(patient, spoken)))))


def step(given: str | Finding) -> str:
    """A step, or that of a finding."""
    return given if isinstance(given, str) else words.next_step(given)


def to_do(patient: PatientReport, spoken: Sequence[Finding]) -> list[str | Finding]:
    """The steps, the most pressing first, some of them as the finding whose step it is. Some may
    be empty, or the same as one before."""
    if not patient.on_roster:
        return ["not on the roster: add the patient, or correct the id"]
    order = {verdict: i for i, verdict in enumerate(NEEDS_A_HAND)}
    mine = [f for f in spoken if f.verdict in order]
    ranked = sorted(mine, key=lambda f: order[f.verdict])
    ready = [f for f in mine if f.verdict is Verdict.READY]
    pressing: list[str | Finding] = [f for f in ranked if f.verdict is not Verdict.READY]
    last: list[str | Finding] = [words.bill(ready)] if ready else []
    if ready and all(f.verdict in (Verdict.SHORT, Verdict.READY) for f in mine):
        pressing, last = last, pressing
    return [words.offer(patient.fit), *pressing, *last]
