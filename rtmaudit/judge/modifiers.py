"""Modifiers: suggested with their reason, from the rules of a program. They change no verdict."""

from __future__ import annotations

from dataclasses import replace

from rtmaudit.judge.question import Question
from rtmaudit.judge.readings import of_payer
from rtmaudit.model import (
    BillerType,
    Fact,
    FactName,
    FactRef,
    Finding,
    Need,
    Reason,
    ReasonKind,
    Verdict,
)
from rtmaudit.rulebook import ModifierRule, Rulebook

DISCIPLINE, ASSISTANTS = "discipline", "share of assistants' time"
_NOT_BILLED = (Verdict.NOT_APPLICABLE, Verdict.SHORT)


def with_modifiers(book: Rulebook, question: Question, findings: list[Finding]) -> list[Finding]:
    """Each finding that may be billed, with the modifiers that the rules ask for it."""
    return [_with(book, question, finding) for finding in findings]


def _with(book: Rulebook, question: Question, finding: Finding) -> Finding:
    if finding.verdict in _NOT_BILLED:
        return finding
    day = finding.window.end
    mine_book = of_payer(book, question, finding.program, day)
    rules = mine_book.rules(finding.program, day).modifiers
    mine = [rule for rule in rules if finding.code in rule.codes]
    if not mine or not _under_therapy(question, finding):
        return finding
    discipline = _ask(question, finding, FactName.DISCIPLINE).low
    for rule in mine:
        modifier = next((m for d, m in rule.by_discipline if d == discipline), None)
        if discipline is None:
            finding = _to_confirm(finding, DISCIPLINE)
        elif modifier is not None:
            finding = _apply(question, finding, rule, modifier)
    return finding


def _under_therapy(question: Question, finding: Finding) -> bool:
    """A therapist bills, or a plan of care covers the service and names a discipline."""
    if _ask(question, finding, FactName.BILLER_TYPE).low == BillerType.THERAPIST:
        return True
    plan = _ask(question, finding, FactName.PLAN_OF_CARE).low
    if not isinstance(plan, tuple) or _ask(question, finding, FactName.DISCIPLINE).low is None:
        return False
    start, end = plan
    day = finding.window.end
    return start <= day and (end is None or day <= end)  # type: ignore[operator]


def _apply(question: Question, finding: Finding, rule: ModifierRule, modifier: str) -> Finding:
    if rule.amount_above is not None:
        amount = _ask(question, finding, FactName.THERAPY_AMOUNT).low
        if isinstance(amount, int) and amount > rule.amount_above:
            about = (modifier, rule.amount_above)
            return _because(finding, Reason(ReasonKind.THERAPY_THRESHOLD, about))
        return finding
    if rule.assistant_percent is not None:
        share = _share(question, finding)
        if share is None:
            return finding
        if isinstance(share.low, int) and share.low > rule.assistant_percent:
            return _suggest(finding, rule, modifier)
        return _to_confirm(finding, ASSISTANTS) if share.why else finding
    return _suggest(finding, rule, modifier)


def _share(question: Question, finding: Finding) -> Fact | None:
    """The assistants' share of the time behind a code; None for a code without minutes."""
    if not any(_is_minutes(need) for need in finding.needs):
        return None
    return _ask(question, finding, FactName.ASSISTANT_PERCENT)


def _is_minutes(need: Need) -> bool:
    return need.ref.name is FactName.MANAGEMENT_MINUTES


def _ask(question: Question, finding: Finding, name: FactName) -> Fact:
    return question.measure(FactRef(name, finding.program), finding.window)


def _suggest(finding: Finding, rule: ModifierRule, modifier: str) -> Finding:
    finding = replace(finding, modifiers=(*finding.modifiers, modifier))
    return _because(finding, Reason(ReasonKind.MODIFIER, (modifier, rule.name)))


def _because(finding: Finding, reason: Reason) -> Finding:
    return replace(finding, reasons=(*finding.reasons, reason))


def _to_confirm(finding: Finding, what: str) -> Finding:
    return replace(finding, to_confirm=tuple(dict.fromkeys((*finding.to_confirm, what))))
