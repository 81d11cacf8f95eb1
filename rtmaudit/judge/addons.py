"""Add-ons: units beside a base, whose fate they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rtmaudit.judge.alone import Facts, judge_units
from rtmaudit.model import Alternative, Finding, Reason, ReasonKind, Verdict, Why
from rtmaudit.rulebook import Rule, Rulebook

_NO_BASE = (Verdict.NOT_APPLICABLE, Verdict.SHORT)


def add_on(alone: Finding, rule: Rule, facts: Facts, findings: Mapping[str, Finding]) -> Finding:
    """An add-on has its base's fate; by itself it is never short."""
    if alone.verdict is Verdict.NOT_APPLICABLE:
        return alone
    base, after = _base(rule, findings)

    def become(finding: Finding, verdict: Verdict, reason: Reason) -> Finding:
        units = 0 if verdict is Verdict.NOT_APPLICABLE else finding.units
        return replace(finding, verdict=verdict, units=units, reasons=(reason,))

    if rule.units is None:
        if base.verdict is not Verdict.READY:
            verdict = Verdict.NOT_APPLICABLE if base.verdict in _NO_BASE else base.verdict
            return become(alone, verdict, Reason(ReasonKind.BASE, (base.code,)))
        if alone.verdict is Verdict.SHORT:
            want = alone.needs[0].want
            return become(alone, Verdict.NOT_APPLICABLE, Reason(ReasonKind.ZERO_UNITS, (want,)))
        return alone
    fact = facts(rule.units.ref)
    low, high, reach, need = judge_units(rule.units, after, fact)
    finding = replace(alone, units=low, needs=(need,))
    if base.verdict in _NO_BASE:
        return become(finding, Verdict.NOT_APPLICABLE, Reason(ReasonKind.BASE, (base.code,)))
    if reach == 0:
        zero = Reason(ReasonKind.ZERO_UNITS, (need.want,))
        return become(finding, Verdict.NOT_APPLICABLE, zero)
    if base.verdict is not Verdict.READY:
        return become(finding, base.verdict, Reason(ReasonKind.BASE, (base.code,)))
    if reach > low and fact.later:
        undecided = Reason(ReasonKind.UNITS_UNDECIDED, (low, reach))
        return become(finding, Verdict.OPEN, undecided)
    if high > low:
        verdict = Verdict.UNKNOWN if need.why is Why.MISSING else Verdict.REVIEW
        return become(finding, verdict, Reason(ReasonKind.UNITS_UNDECIDED, (low, high)))
    return finding


def _base(rule: Rule, findings: Mapping[str, Finding]) -> tuple[Finding, int]:
    """The base that stands, else the first, with the minutes that it has used."""
    bases = [(findings[code], used) for code, used in rule.bases]
    return next((each for each in bases if each[0].verdict not in _NO_BASE), bases[0])


def with_their_bases(book: Rulebook, findings: list[Finding]) -> list[Finding]:
    """What stands in the way of a base stands in the way of its add-on: concurrency, a claim, a
    paper that `strict` asks for."""
    known = {(finding.code, finding.window): finding for finding in findings}

    def with_base(finding: Finding) -> Finding:
        if finding.verdict is not Verdict.READY:
            return finding
        bases = [known.get((code, finding.window)) for code in book.bases_of(finding.code)]
        stands = [base for base in bases if base and base.verdict not in _NO_BASE]
        if not stands or stands[0].verdict is Verdict.READY:
            return finding
        reason = Reason(ReasonKind.BASE, (stands[0].code,))
        return replace(finding, verdict=stands[0].verdict, reasons=(reason,))

    return [with_base(finding) for finding in findings]


def price_alternatives(findings: dict[str, Finding], asked: Sequence[Rule], facts: Facts) -> None:
    """An alternative brings its add-ons along."""
    for code, finding in findings.items():
        if not finding.alternatives:
            continue
        also = [
            Alternative(rule.code, count)
            for each in finding.alternatives
            for rule in asked
            if (count := _units_beside(rule, each.code, facts))
        ]
        findings[code] = replace(finding, alternatives=(*finding.alternatives, *also))


def _units_beside(rule: Rule, base: str, facts: Facts) -> int:
    used = dict(rule.bases).get(base)
    if used is None or rule.units is None or not rule.in_force:
        return 0
    return judge_units(rule.units, used, facts(rule.units.ref))[0]
