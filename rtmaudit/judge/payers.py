"""A payer that changes inside a window: a person decides whom to bill for it."""

from __future__ import annotations

from dataclasses import replace

from rtmaudit.judge.question import Question
from rtmaudit.model import Clock, Finding, Reason, ReasonKind, Verdict


def with_one_payer(question: Question, findings: list[Finding]) -> list[Finding]:
    """What is ready stays so only where one payer covers its whole window."""
    return [_with_one_payer(question, finding) for finding in findings]


def _with_one_payer(question: Question, finding: Finding) -> Finding:
    if finding.verdict is not Verdict.READY or finding.window.kind is Clock.EPISODE:
        return finding
    for since in question.payer_changes:
        if finding.window.start < since <= finding.window.end:
            changes = Reason(ReasonKind.PAYER_CHANGES, (since,))
            return replace(finding, verdict=Verdict.REVIEW, reasons=(changes,))
    return finding
