"""Who is audited, and the question that is put to the judge about each."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import date

from rtmaudit.exports import InputFile, Tables
from rtmaudit.facts import Counted, Facts, Frames, count_conditions
from rtmaudit.facts.behind import Lines, lines_of
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.spans import quarantined
from rtmaudit.fit import Fit, FitKind, find_fit
from rtmaudit.judge import Claim, Question, judge
from rtmaudit.model import (
    ClaimStatus,
    Disposition,
    Exclusion,
    Finding,
    Program,
)
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.payers import Payers
from rtmaudit.report import Behind, Billing, PatientReport
from rtmaudit.rulebook import MEDICARE
from rtmaudit.tables import CALLS, CLAIMS, COVERAGE, READINGS, SUMMARY, TIME_LOG
from rtmaudit.windows import build_windows


def judge_everyone(
    order: Order, payers: Payers, tables: Tables, frames: Frames, counted: Counted
) -> Iterator[PatientReport]:
    """Every patient, by id: findings, fit, and the lines behind them where asked for."""
    facts = counted.facts
    lines = lines_of(facts, frames) if order.evidence else None
    summaries = {file.name for file in _files(tables, SUMMARY)}
    claims, unread = _claims(tables), _unread(tables)
    for patient in sorted(_everyone(tables, facts)):
        question = _question(order, payers, facts, patient, claims.get(patient, ()))
        question = replace(question, unread_lines=tuple(unread.get(patient, ())))
        findings = judge(payers.book, question)
        conditions = _conditions(facts, patient)
        known = facts.roster.knows(patient)
        first = next(iter(question.programs), Program.RTM)
        billing = {
            str(program): _billing(question, facts, patient, program)
            for program in question.programs or (first,)
        }
        book = payers.book.under(billing[str(first)].rules_payer)
        stranger = Fit(FitKind.NOT_ON_ROSTER, resembles=counted.resembled.get(patient, ()))
        found = find_fit(book, question, findings, conditions) if known else stranger
        evidence = _evidence(lines, patient, findings, summaries) if lines else {}
        yield PatientReport(
            patient,
            billing,
            known,
            tuple(str(program) for program in question.programs),
            tuple(findings),
            found,
            conditions,
            evidence,
            frozenset(p for p in question.programs if question.start_known[p]),
        )


def _billing(question: Question, facts: Facts, patient: str, program: Program) -> Billing:
    line, day = facts.roster.any_line(patient, program), question.month.end
    return Billing(
        _payer(facts.payers(patient, program), day),
        line.text("biller"),
        line.text("place_of_service"),
        question.payer_on(program, day) or MEDICARE,
    )


def _question(
    order: Order, payers: Payers, facts: Facts, patient: str, claims: Sequence[Claim]
) -> Question:
    book = payers.book
    preferred = dict.fromkeys([*book.fit.prefer, *book.files])
    programs = tuple(p for p in preferred if facts.is_in(patient, p))
    episodes = {p: facts.roster.enrolment(patient, p).episode for p in programs}
    held = {p: payers.of(facts, patient, p) for p in programs or (Program.RTM,)}
    asked, end = order.config.window_mode, order.month.end
    modes = {
        p: book.under(held[p][-1][1]).window_mode(p, end) if asked == "auto" else asked
        for p in programs
    }
    return Question(
        order.month,
        order.as_of,
        programs,
        {
            p: build_windows(
                book.clocks(p), order.month, episodes[p], modes[p], facts.discharge(patient, p)
            )
            for p in programs
        },
        {p: episodes[p].start is not None for p in programs},
        lambda ref, window: facts.measure(patient, ref, window),
        lambda ref, number, window: facts.day_reached(patient, ref, number, window),
        {p: facts.roster.enrolment(patient, p).text("biller") for p in programs},
        tuple(claims),
        order.strict,
        held,
        facts.payer_changes(patient),
    )


def _payer(named: Sequence[tuple[date, str]], day: date) -> str:
    """The payer of a day, as the practice calls it."""
    return next((name for since, name in reversed(named) if since <= day), "")


def _everyone(tables: Tables, facts: Facts) -> set[str]:
    """Everybody on the roster, and everybody with a line that concerns the judged days."""
    found = set(facts.roster.lines)
    for name in (READINGS, TIME_LOG, CALLS, SUMMARY):
        data = tables.get(name)
        if data is not None:
            frame = data.frame
            concerned = ~frame["kind"].isin([Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF])
            found |= set(frame.loc[concerned, "patient_id"].dropna())
            for file in data.reduced.values():
                found |= {group.patient for group in file.groups if group.lines > group.elsewhere}
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
    for row in rows_of(used):
        status = row["status"] or ClaimStatus.SUBMITTED
        claim = Claim(
            row["code"],
            row["service_date"],
            status,
            row["period_start"],
            row["period_end"],
            row["biller"] or "",
        )
        found.setdefault(row["patient_id"], []).append(claim)
    return found


def _unread(tables: Tables) -> dict[str, list[tuple[str, int]]]:
    """Per patient the lines of claims and of coverage that cannot be read; not those of a claim
    that stands in nobody's way."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name in (CLAIMS, COVERAGE):
        files = _files(tables, name)
        data = tables.get(name)
        for row in quarantined(data.frame if data else None):
            if row.get("status") not in (ClaimStatus.DENIED, ClaimStatus.VOIDED):
                place = (files[row["file"]].name, int(row["line"]))
                found.setdefault(row["patient_id"], []).append(place)
    return found


def _files(tables: Tables, name: str) -> list[InputFile]:
    data = tables.get(name)
    return data.files if data else []


def _evidence(
    lines: Lines, patient: str, findings: Sequence[Finding], summaries: Container[str]
) -> dict[int, tuple[Behind, ...]]:
    return {
        i: tuple(
            Behind(file, line, file in summaries)
            for file, line in lines.behind(patient, finding.refs, finding.window)
        )
        for i, finding in enumerate(findings)
    }
