"""Who is audited, and the question that is put to the judge about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rtmaudit.exports import Tables
from rtmaudit.facts import Counted, Facts, count_conditions
from rtmaudit.facts.behind import Lines, lines_of
from rtmaudit.fit import Fit, FitKind, find_fit
from rtmaudit.judge import Claim, Question, judge
from rtmaudit.model import (
    PROGRAM_OF_SYSTEM,
    ClaimStatus,
    Disposition,
    Exclusion,
    Finding,
    Program,
)
from rtmaudit.pipeline.order import RULES_PAYER, Order
from rtmaudit.report import PatientReport
from rtmaudit.rulebook import Rulebook
from rtmaudit.tables import CALLS, CLAIMS, READINGS, TIME_LOG
from rtmaudit.windows import build_windows

STRANGER = Fit(FitKind.NOT_ON_ROSTER)


def judge_everyone(
    order: Order, book: Rulebook, tables: Tables, counted: Counted
) -> Iterator[PatientReport]:
    """Every patient, by id: findings, fit, and the lines behind them where asked for."""
    facts = counted.facts
    lines = _lines(tables, facts) if order.evidence else None
    claims = _claims(tables)
    for patient in sorted(_everyone(tables, facts)):
        question = _question(order, book, facts, patient, claims.get(patient, ()))
        findings = judge(book, question)
        conditions = _conditions(facts, patient)
        known = facts.roster.knows(patient)
        found = find_fit(book, question, findings, conditions) if known else STRANGER
        line = facts.roster.any_line(patient, next(iter(question.programs), Program.RTM))
        evidence = _evidence(lines, patient, findings) if lines else {}
        yield PatientReport(
            patient,
            line.text("payer"),
            line.text("biller"),
            line.text("place_of_service"),
            RULES_PAYER,
            known,
            tuple(str(program) for program in question.programs),
            tuple(findings),
            found,
            conditions,
            evidence,
        )


def _question(
    order: Order, book: Rulebook, facts: Facts, patient: str, claims: Sequence[Claim]
) -> Question:
    preferred = dict.fromkeys([*book.fit.prefer, *book.files])
    programs = tuple(p for p in preferred if _is_in(facts, patient, p))
    episodes = {p: facts.roster.enrolment(patient, p).episode for p in programs}
    return Question(
        order.month,
        order.as_of,
        programs,
        {
            p: build_windows(book.clocks(p), order.month, episodes[p], order.config.window_mode)
            for p in programs
        },
        {p: episodes[p].start is not None for p in programs},
        lambda ref, window: facts.measure(patient, ref, window),
        lambda ref, number, window: facts.day_reached(patient, ref, number, window),
        {p: facts.roster.enrolment(patient, p).text("biller") for p in programs},
        tuple(claims),
        order.strict,
    )


def _is_in(facts: Facts, patient: str, program: Program) -> bool:
    """By the roster's programs, else by minutes logged, else (RTM) by readings of its systems."""
    if not facts.roster.knows(patient):
        return False
    named = facts.roster.names(patient, program)
    if named is not None:
        return named
    if (patient, program) in facts.time.logged:
        return True
    if program is not Program.RTM or facts.days is None:
        return False
    watched = facts.days.systems.get(patient, set())
    return any(PROGRAM_OF_SYSTEM[system] is program for system in watched)


def _everyone(tables: Tables, facts: Facts) -> set[str]:
    """Everybody on the roster, and everybody with a line that concerns the judged days."""
    found = set(facts.roster.lines)
    for name in (READINGS, TIME_LOG, CALLS):
        data = tables.get(name)
        if data is not None:
            frame = data.frame
            concerned = ~frame["kind"].isin([Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF])
            found |= set(frame.loc[concerned, "patient_id"].dropna())
    return found


def _conditions(facts: Facts, patient: str) -> tuple[str, ...]:
    codes = facts.roster.any_line(patient, Program.CCM).cells.get("conditions")
    return tuple(count_conditions(codes if isinstance(codes, tuple) else (), facts.conditions)[0])


def _claims(tables: Tables) -> dict[str, list[Claim]]:
    data = tables.get(CLAIMS)
    found: dict[str, list[Claim]] = {}
    if data is None:
        return found
    used = data.frame[data.frame["disposition"] == Disposition.USED]
    for row in used.to_dict("records"):
        status = row["status"] or ClaimStatus.SUBMITTED
        claim = Claim(
            row["code"], row["service_date"], status, row["period_start"], row["period_end"]
        )
        found.setdefault(row["patient_id"], []).append(claim)
    return found


def _lines(tables: Tables, facts: Facts) -> Lines:
    data = tables.get(READINGS)
    files = dict(enumerate(file.name for file in data.files)) if data else {}
    return lines_of(facts, data.frame if data else None, files)


def _evidence(
    lines: Lines, patient: str, findings: Sequence[Finding]
) -> dict[int, tuple[tuple[str, int], ...]]:
    return {
        i: lines.behind(patient, finding.refs, finding.window) for i, finding in enumerate(findings)
    }
