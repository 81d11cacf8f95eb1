"""Prior claims: what was billed already, and what stands in the way of another period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rtmaudit.judge.episode import NO_START
from rtmaudit.judge.question import Claim, Question
from rtmaudit.model import Clock, Finding, Reason, ReasonKind, Verdict, Window
from rtmaudit.windows import PERIOD_DAYS, share_a_day


def weigh_claims(
    findings: list[Finding], question: Question, ladders: tuple[tuple[str, ...], ...]
) -> list[Finding]:
    """A standing claim for the same code and window: not applicable, with its date. One for another
    period that overlaps, or for an alternative of the code in the same window: blocked."""
    claims = [claim for claim in question.claims if claim.stands]
    return [_weigh(finding, claims, ladders) for finding in findings] if claims else findings


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
            _covered(claim, finding.window.kind), finding.window
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
    covered = _covered(claim, window.kind)
    if window.kind is Clock.CALENDAR_MONTH:
        return window.start <= covered.end <= _month_end(window)
    return covered.end == window.end if claim.period_end is None else covered == window


def _month_end(window: Window) -> date:
    """A month cut by the episode's end is still the whole month for its claims."""
    return (window.start + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _covered(claim: Claim, kind: Clock) -> Window:
    """The days a claim stands for. Without a period, a supply claim covers the 30 days that end at
    its service date: the payer's convention in these rules."""
    end = claim.period_end or claim.service_date
    if kind is not Clock.SUPPLY_PERIOD:
        return Window(kind, claim.period_start or claim.service_date, end)
    start = claim.period_start or end - timedelta(days=PERIOD_DAYS - 1)
    return Window(kind, start, end)
