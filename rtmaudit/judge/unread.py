"""Lines about a patient that cannot be read, and that could stand in the way of anything: a claim
already sent, another payer."""

from __future__ import annotations

from dataclasses import replace

from rtmaudit.judge.question import Question
from rtmaudit.model import Finding, Reason, ReasonKind, Verdict


def with_unread_lines(question: Question, findings: list[Finding]) -> list[Finding]:
    """Nothing is ready before a person has read them."""
    reasons = tuple(Reason(ReasonKind.UNREAD_LINE, place) for place in question.unread_lines)
    return [
        replace(each, verdict=Verdict.REVIEW, reasons=reasons)
        if reasons and each.verdict is Verdict.READY
        else each
        for each in findings
    ]
