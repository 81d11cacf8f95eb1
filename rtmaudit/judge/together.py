"""One patient's findings side by side: alternatives, add-ons, concurrency and prior claims, under
each reading of what is contested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rtmaudit.judge.addons import add_on, price_alternatives, with_their_bases
from rtmaudit.judge.alone import judge_alone
from rtmaudit.judge.beside import keep_apart
from rtmaudit.judge.claims import weigh_claims
from rtmaudit.judge.episode import once, served_when_due, without_start
from rtmaudit.judge.ladders import climb, mark_secondary
from rtmaudit.judge.modifiers import with_modifiers
from rtmaudit.judge.payers import with_one_payer
from rtmaudit.judge.question import Question
from rtmaudit.judge.readings import BASE, Reading, join_readings, of_payer, readings_of
from rtmaudit.judge.unread import with_unread_lines
from rtmaudit.model import (
    Cause,
    Clock,
    Finding,
    Program,
    Reason,
    ReasonKind,
    Verdict,
    Window,
)
from rtmaudit.rulebook import MEDICARE, Rulebook, RuleSet

Judged = dict[tuple[Program, Clock, Window], list[tuple[tuple[object, ...], list[Finding]]]]
"""What was judged by which rules, before anything beside it is looked at."""


def judge(book: Rulebook, question: Question) -> list[Finding]:
    """Every finding of one patient, in the order of the rules files and of the windows."""
    return judge_by(book, question, list(readings_of(book, question)))


def judge_by(book: Rulebook, question: Question, readings: Sequence[Reading]) -> list[Finding]:
    """The same under the base reading and these."""
    judged: Judged = {}
    base = _under(book, question, BASE, judged)
    others = [(each, _under(book, question, each, judged)) for each in readings]
    ladders = _ladders(book, question)
    findings = weigh_claims(book, join_readings(base, others), question, ladders)
    findings = [_not_before_its_end(finding, question) for finding in findings]
    findings = with_unread_lines(question, with_one_payer(question, findings))
    if question.strict:
        findings = [_strictly(finding) for finding in findings]
    findings = with_modifiers(book, question, findings)
    return mark_secondary(with_their_bases(book, findings), (*ladders, *_giving_way(book)))


def _giving_way(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Pairs of which the second gives way to the first: it is the one that hardly matters."""
    for pair in book.concurrency.pairs:
        if any(entry.value == "first" for entry in pair.same.values()):
            first, second = pair.pair
            yield second, first


def _under(book: Rulebook, question: Question, reading: Reading, judged: Judged) -> list[Finding]:
    """The findings under one reading; what is judged by the same rules is judged once."""
    findings: list[Finding] = []
    for program in question.programs:
        for clock, windows in question.windows[program].items():
            for window in windows:
                rules = reading.asks(book, question, program, clock, window)
                known = judged.setdefault((program, clock, window), [])
                same = next((found for by, found in known if by == rules), None)
                if same is None:
                    same = _judge_window(book, question, program, clock, window, reading)
                    known.append((rules, same))
                findings += same
        if not question.start_known[program]:
            findings += without_start(book, question, program, reading)
    return keep_apart(book, question, findings, reading.point)


def _judge_window(
    book: Rulebook,
    question: Question,
    program: Program,
    clock: Clock,
    window: Window,
    reading: Reading,
) -> list[Finding]:
    rules = reading.rules(book, question, program, window)
    asked = rules.on(clock)
    facts = question.of(window)
    findings = {rule.code: judge_alone(rule, window, facts) for rule in asked}
    payer = question.payer_on(program, window.end)
    if payer is not None and payer != MEDICARE:
        base = reading.rules_on(book.under(MEDICARE), program, window.end)
        findings = {code: _not_paid(each, base, payer) for code, each in findings.items()}
    if clock is Clock.EPISODE:
        for rule in asked:
            mine = of_payer(book, question, program, window.end)
            findings[rule.code] = once(mine, question, rule, findings[rule.code], reading)
    else:
        for rule in asked:
            findings[rule.code] = served_when_due(question, rule, findings[rule.code])
    for ladder in rules.ladders:
        climb(findings, ladder)
    for rule in asked:
        if rule.bases:
            findings[rule.code] = add_on(findings[rule.code], rule, facts, findings)
    price_alternatives(findings, asked, facts)
    return [findings[rule.code] for rule in asked]


def _not_paid(finding: Finding, base: RuleSet, payer: str) -> Finding:
    """A code that is in force, and that the patient's payer does not pay for."""
    out = finding.reasons[:1] and finding.reasons[0].kind is ReasonKind.NOT_IN_FORCE
    if not out or not base.rule(finding.code).in_force:
        return finding
    return replace(finding, reasons=(Reason(ReasonKind.NOT_PAID, (finding.code, payer)),))


def _not_before_its_end(finding: Finding, question: Question) -> Finding:
    """A window that ends after the month is listed as open, and due when it ends."""
    falls = finding.window.end
    if finding.window.kind is Clock.DISCHARGE and finding.service_date:
        falls = finding.service_date
    due, served = finding.due and falls <= question.month.end, finding.service_date
    served = served or _served(finding)
    if (due, served) != (finding.due, finding.service_date):
        finding = replace(finding, due=due, service_date=served)
    if due or finding.verdict is not Verdict.READY:
        return finding
    later = Reason(ReasonKind.DUE_LATER, (falls,))
    return replace(finding, verdict=Verdict.OPEN, reasons=(later,))


def _served(finding: Finding) -> date | None:
    billable = finding.verdict in (Verdict.READY, Verdict.BLOCKED, Verdict.REVIEW, Verdict.OPEN)
    if finding.window.kind is Clock.EPISODE or not billable:
        return None
    return finding.window.end


def _strictly(finding: Finding) -> Finding:
    if finding.verdict is not Verdict.READY or not finding.to_confirm:
        return finding
    reasons = tuple(
        Reason(ReasonKind.MISSING, (name, Cause.NO_COLUMN)) for name in finding.to_confirm
    )
    return replace(finding, verdict=Verdict.UNKNOWN, reasons=reasons)


def _ladders(book: Rulebook, question: Question) -> tuple[tuple[str, ...], ...]:
    end = question.month.end
    return tuple(
        ladder
        for program in question.programs
        for ladder in of_payer(book, question, program, end).rules(program, end).ladders
    )
