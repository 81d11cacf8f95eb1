"""Add-ons: units beside a base, whose fate they share."""

from __future__ import annotations

from dataclasses import replace

from rtmaudit.judge.alone import Facts, judge_units
from rtmaudit.model import Alternative, Finding, Reason, ReasonKind, Verdict, Why
from rtmaudit.rulebook import Rule, Rulebook, UnitRule


def add_on(alone: Finding, rule: UnitRule, facts: Facts, base: Finding) -> Finding:
    """An add-on has its base's fate; by itself it is never short."""
    if alone.verdict is Verdict.NOT_APPLICABLE:
        return alone
    fact = dict(facts)[rule.ref]
    low, high, reach, need = judge_units(rule, fact)
    finding = replace(alone, units=low, needs=(need,))

    def become(verdict: Verdict, reason: Reason) -> Finding:
        units = 0 if verdict is Verdict.NOT_APPLICABLE else low
        return replace(finding, verdict=verdict, units=units, reasons=(reason,))

    if base.verdict in (Verdict.NOT_APPLICABLE, Verdict.SHORT):
        return become(Verdict.NOT_APPLICABLE, Reason(ReasonKind.BASE, (base.code,)))
    if reach == 0:
        return become(Verdict.NOT_APPLICABLE, Reason(ReasonKind.ZERO_UNITS, (need.want,)))
    if base.verdict is not Verdict.READY:
        return become(base.verdict, Reason(ReasonKind.BASE, (base.code,)))
    if reach > low and fact.later:
        return become(Verdict.OPEN, Reason(ReasonKind.UNITS_UNDECIDED, (low, reach)))
    if high > low:
        undecided = Verdict.UNKNOWN if need.why is Why.MISSING else Verdict.REVIEW
        return become(undecided, Reason(ReasonKind.UNITS_UNDECIDED, (low, high)))
    return finding


def with_their_bases(book: Rulebook, findings: list[Finding]) -> list[Finding]:
    """What stands in the way of a base stands in the way of its add-on: concurrency, a claim, a
    paper that `strict` asks for."""
    known = {(finding.code, finding.window): finding for finding in findings}

    def with_base(finding: Finding) -> Finding:
        base = known.get((book.base_of(finding.code) or "", finding.window))
        if base is None or finding.verdict is not Verdict.READY or base.verdict not in _IN_THE_WAY:
            return finding
        reason = Reason(ReasonKind.BASE, (base.code,))
        return replace(finding, verdict=base.verdict, reasons=(reason,))

    return [with_base(finding) for finding in findings]


_IN_THE_WAY = (Verdict.OPEN, Verdict.BLOCKED, Verdict.UNKNOWN, Verdict.REVIEW)


def price_alternatives(
    findings: dict[str, Finding], asked: list[Rule], facts: dict[str, Facts]
) -> None:
    """An alternative brings its add-ons along."""
    units = {
        rule.code: (
            rule.units.base,
            judge_units(rule.units, dict(facts[rule.code])[rule.units.ref])[0],
        )
        for rule in asked
        if rule.units
    }
    for code, finding in findings.items():
        if not finding.alternatives:
            continue
        more = [
            Alternative(add_on, count)
            for each in finding.alternatives
            for add_on, (base, count) in units.items()
            if base == each.code and count
        ]
        findings[code] = replace(finding, alternatives=(*finding.alternatives, *more))
