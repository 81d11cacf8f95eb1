"""Each condition of a finding's rule by itself; the finding names only those that decided."""

from __future__ import annotations

from rtmaudit.judge.alone import Checked, check
from rtmaudit.judge.question import Question
from rtmaudit.judge.readings import BASE
from rtmaudit.model import Finding, ReasonKind
from rtmaudit.rulebook import Rulebook

_NO_RULE = (ReasonKind.NOT_IN_FORCE, ReasonKind.NOT_PAID)


def checks_of(book: Rulebook, question: Question, finding: Finding) -> tuple[Checked, ...]:
    """How every condition stands by the default reading, in the order of the rule; none where no
    rule is in force."""
    if any(reason.kind in _NO_RULE for reason in finding.reasons):
        return ()
    window = finding.window
    rule = BASE.rules(book, question, finding.program, window).rule(finding.code)
    facts = question.of(window)
    return tuple(check(each, facts, window) for each in (*rule.for_, *rule.on_file, *rule.needs))
