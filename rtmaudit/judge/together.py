"""One patient's findings side by side: alternatives, add-ons, concurrency and prior claims, under
each reading of what is contested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from rtmaudit.judge.alone import Facts, check, judge_alone, judge_units
from rtmaudit.judge.beside import keep_apart
from rtmaudit.judge.claims import weigh_claims
from rtmaudit.judge.ladders import climb, mark_secondary
from rtmaudit.judge.question import Question
from rtmaudit.judge.readings import BASE, Reading, join_readings, readings_of
from rtmaudit.model import (
    Cause,
    Clock,
    Finding,
    Met,
    Program,
    Reason,
    ReasonKind,
    Verdict,
    Why,
    Window,
)
from rtmaudit.rulebook import Rule, Rulebook, RuleSet
from rtmaudit.windows import ONE_DAY


def judge(book: Rulebook, question: Question) -> list[Finding]:
    """Every finding of one patient, in the order of the rules files and of the windows."""
    base = _under(book, question, BASE)
    others = [(each, _under(book, question, each)) for each in readings_of(book, question)]
    findings = join_readings(base, others)
    findings = weigh_claims(findings, question, _ladders(book, question))
    findings = [_not_before_its_end(finding, question) for finding in findings]
    if question.strict:
        findings = [_strictly(finding) for finding in findings]
    return mark_secondary(findings, _ladders(book, question))


def _under(book: Rulebook, question: Question, reading: Reading) -> list[Finding]:
    findings: list[Finding] = []
    for program in question.programs:
        for clock, windows in question.windows[program].items():
            for window in windows:
                rules = reading.rules(book, program, window)
                findings += _judge_window(book, question, rules, clock, window, reading)
        findings += _without_start(book, question, program)
    return keep_apart(book, question, findings)


def _judge_window(
    book: Rulebook,
    question: Question,
    rules: RuleSet,
    clock: Clock,
    window: Window,
    reading: Reading,
) -> list[Finding]:
    asked = [rule for rule in rules.rules if rule.window is clock]
    facts = {rule.code: _facts(question, rule, window) for rule in asked}
    findings = {
        rule.code: judge_alone(rule, window, facts[rule.code]) for rule in asked if not rule.units
    }
    if clock is Clock.EPISODE:
        findings = {
            code: _once(book, question, finding, reading) for code, finding in findings.items()
        }
    for ladder in rules.ladders:
        climb(findings, ladder)
    for rule in asked:
        if rule.units and rule.adds_to:
            alone = judge_alone(rule, window, facts[rule.code])
            findings[rule.code] = _add_on(alone, rule, facts[rule.code], findings[rule.adds_to])
    _price_alternatives(findings, asked, facts)
    return [findings[rule.code] for rule in asked]


def _facts(question: Question, rule: Rule, window: Window) -> Facts:
    return tuple((ref, question.measure(ref, window)) for ref in rule.refs)


def _add_on(alone: Finding, rule: Rule, facts: Facts, base: Finding) -> Finding:
    """An add-on has its base's fate; by itself it is never short."""
    if alone.verdict is Verdict.NOT_APPLICABLE or rule.units is None:
        return alone
    low, high, reach, need = judge_units(rule.units, dict(facts)[rule.units.ref])
    finding = replace(alone, units=low, needs=(need,), alternatives=())

    def become(verdict: Verdict, reason: Reason) -> Finding:
        units = 0 if verdict is Verdict.NOT_APPLICABLE else low
        return replace(finding, verdict=verdict, units=units, reasons=(reason,))

    if base.verdict in (Verdict.NOT_APPLICABLE, Verdict.SHORT):
        return become(Verdict.NOT_APPLICABLE, Reason(ReasonKind.BASE, (base.code,)))
    if reach == 0:
        return become(Verdict.NOT_APPLICABLE, Reason(ReasonKind.ZERO_UNITS, (need.want,)))
    if base.verdict is not Verdict.READY:
        return become(base.verdict, Reason(ReasonKind.BASE, (base.code,)))
    if reach > high or (reach > low and need.why is None):
        return become(Verdict.OPEN, Reason(ReasonKind.UNITS_UNDECIDED, (low, reach)))
    if high > low:
        undecided = Verdict.UNKNOWN if need.why is Why.MISSING else Verdict.REVIEW
        return become(undecided, Reason(ReasonKind.UNITS_UNDECIDED, (low, high)))
    return finding


def _price_alternatives(
    findings: dict[str, Finding], asked: list[Rule], facts: dict[str, Facts]
) -> None:
    """An alternative brings its add-ons along."""
    for code, finding in findings.items():
        more = [
            replace(each, code=rule.code, units=units)
            for each in finding.alternatives
            for rule in asked
            if rule.adds_to == each.code and rule.units
            if (units := judge_units(rule.units, dict(facts[rule.code])[rule.units.ref])[0])
        ]
        findings[code] = replace(finding, alternatives=(*finding.alternatives, *more))


def _once(book: Rulebook, question: Question, finding: Finding, reading: Reading) -> Finding:
    """A code once per episode is due in the month in which its minimum is first reached."""
    window, eve = finding.window, question.month.start - ONE_DAY
    if window.start <= eve and finding.verdict is not Verdict.NOT_APPLICABLE:
        before = reading.rules_on(book, finding.program, eve).rule(finding.code)
        earlier = _reached_earlier(question, before, Window(window.kind, window.start, eve))
        if earlier is Met.YES:
            fell_due = Reason(ReasonKind.FELL_DUE_EARLIER, (eve,))
            return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(fell_due,))
        if earlier is Met.UNDECIDED and finding.verdict is not Verdict.SHORT:
            missing = Reason(ReasonKind.MISSING, ("before_month", Cause.DAYS_NOT_COVERED))
            return replace(finding, verdict=Verdict.UNKNOWN, reasons=(missing,))
    if finding.verdict is Verdict.OPEN and question.as_of > window.end:
        return replace(finding, due=False)
    return replace(finding, service_date=_first_day(question, finding))


def _reached_earlier(question: Question, rule: Rule, window: Window) -> Met:
    if not rule.in_force:
        return Met.NO
    facts = dict(_facts(question, rule, window))
    stands = [check(need, facts, window).met for need in rule.needs]
    if Met.NO in stands or Met.LATER in stands:
        return Met.NO
    return Met.UNDECIDED if Met.UNDECIDED in stands else Met.YES


def _first_day(question: Question, finding: Finding) -> date | None:
    if finding.verdict not in (Verdict.READY, Verdict.BLOCKED):
        return None
    need = finding.needs[0]
    return question.day_reached(need.ref, need.want, finding.window)


def _without_start(book: Rulebook, question: Question, program: Program) -> Iterator[Finding]:
    """Codes once per episode cannot be placed while no start is on file."""
    if question.start_known[program]:
        return
    month = question.month
    for rule in book.rules(program, month.end).rules:
        if rule.window is Clock.EPISODE and rule.in_force:
            yield Finding(
                program,
                rule.code,
                Verdict.UNKNOWN,
                Window(Clock.EPISODE, month.start, month.end),
                reasons=(Reason(ReasonKind.MISSING, ("start", Cause.NO_START)),),
                sources=rule.sources,
                refs=rule.refs,
            )


def _not_before_its_end(finding: Finding, question: Question) -> Finding:
    """A window that ends after the month is listed as open, and due when it ends."""
    due = finding.due and finding.window.end <= question.month.end
    finding = replace(finding, due=due, service_date=finding.service_date or _served(finding))
    if due or finding.verdict is not Verdict.READY:
        return finding
    later = Reason(ReasonKind.DUE_LATER, (finding.window.end,))
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
        ladder for program in question.programs for ladder in book.rules(program, end).ladders
    )
