"""Prior claims: what was billed already, and what stands in the way of another period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rtmaudit.judge.episode import NO_START
from rtmaudit.judge.question import Claim, Question
from rtmaudit.judge.readings import of_payer
from rtmaudit.model import Clock, Finding, Reason, ReasonKind, Verdict, Window
from rtmaudit.rulebook import Rulebook
from rtmaudit.windows import PERIOD_DAYS, share_a_day


def weigh_claims(
    book: Rulebook,
    findings: list[Finding],
    question: Question,
    ladders: tuple[tuple[str, ...], ...],
) -> list[Finding]:
    """A standing claim for the same code and window: not applicable, with its date. One for another
    period that overlaps, or for an alternative of the code in the same window: blocked."""
    claims = [claim for claim in question.claims if claim.stands]
    if not claims:
        return findings
    weighed = []
    for finding in findings:
        ours = [claim for claim in claims if is_ours(claim, question, finding)]
        theirs = of_payer(book, question, finding.program, finding.window.end)
        doubt = _dated_otherwise(theirs, finding, ours)
        weighed.append(doubt or _weigh(finding, ours, ladders))
    return weighed


def _dated_otherwise(book: Rulebook, finding: Finding, claims: list[Claim]) -> Finding | None:
    """Where the payer does not date a supply on its period's last day, a claim without its period
    cannot be laid over one."""
    if finding.window.kind is not Clock.SUPPLY_PERIOD or finding.verdict is not Verdict.READY:
        return None
    near = (
        claim
        for claim in claims
        if claim.code == finding.code
        and claim.period_end is None
        and abs(claim.service_date - finding.window.end) < timedelta(days=PERIOD_DAYS)
    )
    claim = next(near, None)
    rules = book.rules(finding.program, finding.window.end)
    if claim is None or not rules.rule(finding.code).due_day:
        return None
    doubt = Reason(ReasonKind.CLAIM_OVERLAPS, (claim.code, claim.service_date))
    return replace(finding, verdict=Verdict.REVIEW, reasons=(doubt,))


def is_ours(claim: Claim, question: Question, finding: Finding) -> bool:
    """Whether a claim was sent by the finding's own biller; so it is where either is not known."""
    biller = question.billers.get(finding.program)
    return not claim.biller or not biller or claim.biller == biller


def _weigh(finding: Finding, claims: list[Claim], ladders: tuple[tuple[str, ...], ...]) -> Finding:
    if finding.window.kind is Clock.EPISODE:
        return _weigh_once(finding, [claim for claim in claims if claim.code == finding.code])
    family = {code for ladder in ladders if finding.code in ladder for code in ladder}
    for claim in claims:
        if claim.code == finding.code and _same_window(claim, finding.window):
            return _billed(finding, claim)
    if finding.verdict is not Verdict.READY:
        return finding
    for claim in claims:
        if claim.code in {finding.code, *family} and share_a_day(
            covered(claim, finding.window.kind), finding.window
        ):
            overlaps = Reason(ReasonKind.CLAIM_OVERLAPS, (claim.code, claim.service_date))
            return replace(
                finding,
                verdict=Verdict.BLOCKED,
                reasons=(overlaps,),
                conflicts_with=(claim.code,),
            )
    return finding


def _weigh_once(finding: Finding, claims: list[Claim]) -> Finding:
    """Once per episode: billed since its start, or at all where no start is on file. A claim of the
    30 days before may be this set-up, done before enrolment: a person decides."""
    start = finding.window.start
    started = finding.reasons[:1] != (NO_START,)
    for claim in claims:
        if claim.service_date >= start or not started:
            return _billed(finding, claim)
    near = [c for c in claims if start - c.service_date <= timedelta(days=PERIOD_DAYS)]
    if near and finding.verdict is Verdict.READY:
        doubt = Reason(ReasonKind.CLAIM_BEFORE_START, (near[0].service_date,))
        return replace(finding, verdict=Verdict.REVIEW, reasons=(doubt,))
    return finding


def _billed(finding: Finding, claim: Claim) -> Finding:
    billed = Reason(ReasonKind.CLAIM_BILLED, (claim.service_date,))
    return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(billed,))


def _same_window(claim: Claim, window: Window) -> bool:
    days = covered(claim, window.kind)
    if window.kind is Clock.DISCHARGE:
        return window.start <= days.end <= window.end
    if window.kind is Clock.CALENDAR_MONTH:
        return window.start <= days.end <= _month_end(window)
    return days.end == window.end if claim.period_end is None else days == window


def _month_end(window: Window) -> date:
    """A month cut by the episode's end is still the whole month for its claims."""
    return (window.start + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def covered(claim: Claim, kind: Clock) -> Window:
    """The days a claim stands for. Without a period, a supply claim covers the 30 days that end at
    its service date: the payer's convention in these rules."""
    end = claim.period_end or claim.service_date
    if kind is not Clock.SUPPLY_PERIOD:
        return Window(kind, claim.period_start or claim.service_date, end)
    start = claim.period_start or end - timedelta(days=PERIOD_DAYS - 1)
    return Window(kind, start, end)
