"""Findings -> which program fits. Compares findings and papers; knows no numbers.

A suggestion with what it still lacks, never a verdict. Its preferences stand in rules/fit.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rtmaudit.judge import Question
from rtmaudit.judge.alone import Checked, check
from rtmaudit.model import Clock, Finding, Met, Program, Reason, ReasonKind, Verdict, Window, Word
from rtmaudit.rulebook import Rule, Rulebook
from rtmaudit.rulebook.schema import Candidate as Preference
from rtmaudit.windows import Month


class FitKind(Word):
    """What the one sentence of `why` says."""

    NO_PROGRAM = "no_program"
    CONFLICT = "conflict"
    READY = "ready"
    UNSETTLED = "unsettled"
    BLOCKED = "blocked"
    NOTHING = "nothing"
    INSTEAD = "instead"
    INSTEAD_LACKS = "instead_lacks"
    TELL_PRACTITIONER = "tell_practitioner"
    SHORT = "short"
    NO_WINDOW = "no_window"
    NOT_ON_ROSTER = "not_on_roster"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that the patient is not in; `speaks` names the requirement that speaks for it."""

    program: Program
    from_month: Month
    conditions: tuple[str, ...]
    lacks: tuple[str, ...]
    undetermined: tuple[str, ...]
    speaks: str = "conditions"


@dataclass(frozen=True, slots=True)
class Fit:
    """The program that fits best, what else is met, and what it would stand instead of."""

    kind: FitKind
    best: Program | None = None
    also: tuple[Program, ...] = ()
    instead_of: Program | None = None
    candidates: tuple[Candidate, ...] = ()
    other: Program | None = None
    because: Reason | None = None
    supported: tuple[tuple[Program, tuple[tuple[str, int], ...]], ...] = ()
    """Of programs that may not stand together: the codes met, with units; the best first."""
    resembles: tuple[str, ...] = ()
    """Of a patient who is not on the roster: the ids on it that look alike."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What the fit looks at of a program's findings: whether any is ready, whether nothing can be
    billed any more, whether any is blocked, and the codes, with units, that are met and only stand
    in each other's way."""

    met: bool = False
    short: bool = False
    blocked: bool = False
    supported: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outlines:
    """What the fit looks at of all findings, by program; `nothing`: none of them applies."""

    programs: tuple[tuple[Program, Outline], ...]
    nothing: bool

    def of(self, program: Program) -> Outline:
        """That of a program, which may have no findings."""
        return dict(self.programs).get(program, _NO_FINDINGS)


_NO_FINDINGS = Outline()


def outlined(findings: Sequence[Finding]) -> Outlines:
    """What the fit looks at of findings."""
    by_program: dict[Program, list[Finding]] = {}
    for finding in findings:
        by_program.setdefault(finding.program, []).append(finding)
    nothing = all(finding.verdict is Verdict.NOT_APPLICABLE for finding in findings)
    return Outlines(tuple((p, _outline(mine)) for p, mine in by_program.items()), nothing)


def _outline(findings: Sequence[Finding]) -> Outline:
    return Outline(
        _is_met(findings),
        _is_certainly_short(findings),
        any(finding.verdict is Verdict.BLOCKED for finding in findings),
        tuple((each.code, each.units) for each in findings if _met_but_blocked(each)),
    )


def explained(fit: Fit, findings: Sequence[Finding]) -> Fit:
    """A fit with the reason why nothing is to be billed, where that is what it says."""
    return replace(fit, because=_told(findings)) if fit.kind is FitKind.NOTHING else fit


def find_fit(
    book: Rulebook, question: Question, outlines: Outlines, conditions: tuple[str, ...]
) -> Fit:
    """The fit of all patients with such findings, answers and chronic `conditions` on file; it is
    still to be `explained`."""
    preferred = dict.fromkeys([*book.fit.prefer, *question.programs])
    mine = [program for program in preferred if program in question.programs]
    if mine and not outlines.programs:
        return Fit(FitKind.NO_WINDOW)
    met = [program for program in mine if outlines.of(program).met]
    short = [program for program in mine if outlines.of(program).short]
    candidates: dict[Candidate, Program] = {}
    barred = None
    for program, preference in book.fit.candidates.items():
        instead = next((each for each in short if each in preference.instead_of), None)
        if program in mine or instead is None:
            continue
        found = _candidate(book, question, program, preference, conditions)
        if isinstance(found, Candidate):
            candidates[found] = instead
        elif found:
            barred = program
    supported = _supported(mine, outlines)
    if len(supported) > 1:
        first, *others = (program for program, _ in supported)
        also = tuple(program for program in met if program is not first)
        rest = tuple(candidates)
        codes = tuple(supported)
        return Fit(FitKind.CONFLICT, first, also, None, rest, others[0], supported=codes)
    if mine and outlines.nothing:
        return Fit(FitKind.NOTHING, mine[0])
    fit = _choose(mine, met, short, candidates, barred)
    if fit.kind is FitKind.UNSETTLED and fit.best and outlines.of(fit.best).blocked:
        return replace(fit, kind=FitKind.BLOCKED)
    return fit


_LESS_TELLING = (ReasonKind.NOT_IN_FORCE, ReasonKind.BASE, ReasonKind.SUPERSEDED)


def _told(findings: Sequence[Finding]) -> Reason | None:
    """The reason that best tells why nothing is to be billed."""
    reasons = [reason for finding in findings for reason in finding.reasons]
    telling = (reason for reason in reasons if reason.kind not in _LESS_TELLING)
    return next(telling, reasons[0] if reasons else None)


def _supported(
    mine: Sequence[Program], outlines: Outlines
) -> list[tuple[Program, tuple[tuple[str, int], ...]]]:
    """The programs that are met and stand in each other's way, with the codes that the data would
    support: the one with the most codes and units first."""
    each = [(program, outlines.of(program).supported) for program in mine]
    found = [(program, codes) for program, codes in each if codes]
    return sorted(found, key=lambda one: (-len(one[1]), -sum(units for _, units in one[1])))


def _met_but_blocked(finding: Finding) -> bool:
    if finding.verdict is not Verdict.BLOCKED:
        return False
    kinds = {reason.kind for reason in finding.reasons}
    return kinds <= {ReasonKind.CONFLICT, ReasonKind.BASE, ReasonKind.MODIFIER}


def _is_certainly_short(findings: Sequence[Finding]) -> bool:
    """Whether nothing of a program's month can be billed any more: what is due is short, and at
    least one thing is due. Codes once per episode say nothing either way, unless they are ready."""
    if _is_met(findings):
        return False
    monthly = [
        f
        for f in findings
        if f.window.kind is not Clock.EPISODE and f.verdict is not Verdict.NOT_APPLICABLE
    ]
    periods_due = any(f.due and f.window.kind is Clock.SUPPLY_PERIOD for f in monthly)
    weighed = [f for f in monthly if f.due or not periods_due]
    return bool(weighed) and all(f.verdict is Verdict.SHORT for f in weighed)


def _is_met(findings: Sequence[Finding]) -> bool:
    return any(finding.verdict is Verdict.READY for finding in findings)


def _candidate(
    book: Rulebook,
    question: Question,
    program: Program,
    preference: Preference,
    conditions: tuple[str, ...],
) -> Candidate | bool:
    """The candidate; True if only the biller stands in its way; False if nothing speaks for it."""
    month = question.month
    rule = book.rules(program, month.end).rule(preference.entry)
    window = Window(Clock.CALENDAR_MONTH, month.start, month.end)
    stands = {name: each.met for name, each in _checks(question, rule, window)}
    if not rule.in_force or stands.get(preference.conditions) is not Met.YES:
        return False
    if stands.get(preference.may_bill) is Met.NO:
        return True
    lacks = [name for name, met in stands.items() if met in (Met.NO, Met.LATER)]
    undetermined = [name for name, met in stands.items() if met is Met.UNDECIDED]
    consented = stands.get(preference.consent, Met.YES) is Met.YES
    first = month if consented else month.after
    speaks = preference.conditions
    return Candidate(program, first, conditions, tuple(lacks), tuple(undetermined), speaks)


def _checks(question: Question, rule: Rule, window: Window) -> Iterator[tuple[str, Checked]]:
    facts = question.of(window)
    for requirement in (*rule.for_, *rule.on_file, *rule.needs):
        yield requirement.name, check(requirement, facts, window)


def _choose(
    mine: Sequence[Program],
    met: Sequence[Program],
    short: Sequence[Program],
    candidates: Mapping[Candidate, Program],
    barred: Program | None,
) -> Fit:
    if not mine:
        return Fit(FitKind.NO_PROGRAM)
    if met:
        instead = next((program for program in short if program != met[0]), None)
        kind = FitKind.INSTEAD if instead else FitKind.READY
        return Fit(kind, met[0], tuple(met[1:]), instead, tuple(candidates))
    unsettled = [program for program in mine if program not in short]
    if candidates:
        found, instead = next(iter(candidates.items()))
        kind = FitKind.INSTEAD_LACKS
        return Fit(kind, found.program, (), instead, tuple(candidates), instead)
    if unsettled:
        return Fit(FitKind.UNSETTLED, unsettled[0])
    if barred:
        return Fit(FitKind.TELL_PRACTITIONER, other=barred)
    return Fit(FitKind.SHORT)
