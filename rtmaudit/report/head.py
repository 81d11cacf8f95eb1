"""What stands above every report and below it, in words: the same lines for every format."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rtmaudit.report import words
from rtmaudit.report.build import Report

MOST_QUESTIONS = 6
MOST_DECISIONS = 20


def head_lines(report: Report, *, whole: bool = False) -> Iterator[str]:
    """What every reader must know first, a line each; what belongs to the line above is indented.
    `whole` keeps the questions and decisions that a short head only counts."""
    yield f"rtmaudit {standing(report)}"
    used = ", ".join(f"{payer} {n}" for payer, n in report.payers_used.items())
    yield f"Rules {report.rules_version} ({used or 'no patients'})"
    yield from positions_line(report)
    yield from _decided(report, whole)
    yield from clock_line(report)
    yield from limits(report)
    if report.settle_first:
        yield "Settle first:"
    most = len(report.settle_first) if whole else MOST_QUESTIONS
    for each in report.settle_first[:most]:
        people = "1 patient" if each.patients == 1 else f"{each.patients} patients"
        yield f"  {each.what} ({people}): {each.configuration}"
    if (more := len(report.settle_first) - most) > 0:
        yield f"  and {more} more; --format json has them all"


def standing(report: Report) -> str:
    """Which month, as of which day, in which zone, and whether it is final."""
    status = "final" if report.final else "PROVISIONAL"
    zone = report.timezone or "no time zone needed"
    return f"{report.month}, as of {report.as_of}, {zone}, {status}"


def positions_line(report: Report) -> Iterator[str]:
    """The practice's positions on contested points, if it takes any."""
    if report.positions:
        yield "Positions: " + "; ".join(map(str, report.positions))


def limits(report: Report) -> Iterator[str]:
    """What the amounts rest on, where there are any, and what was not checked."""
    if report.amounts:
        yield "Amounts: " + "; ".join(report.amounts)
    if report.not_checked:
        yield "Not checked: " + ", ".join(report.not_checked)


def clock_line(report: Report) -> Iterator[str]:
    """How many patients stand on the calendar month for want of a start, if any do."""
    if many := report.on_calendar_clock:
        who = "1 patient stands" if many == 1 else f"{many} patients stand"
        yield f"{who} on the calendar month: no start of the 30-day period is on file"


def _decided(report: Report, whole: bool) -> Iterator[str]:
    """The lines in doubt that a person settled."""
    if report.decisions:
        yield "Decided:"
    most = len(report.decisions) if whole else MOST_DECISIONS
    for each in report.decisions[:most]:
        yield f"  {each.file}:{each.line}: {each.decision} ({each.by}, {each.on})"
    if (more := len(report.decisions) - most) > 0:
        yield f"  and {more} more; --format json has them all"


def summary(report: Report) -> str:
    """Totals on one line."""
    counts = ", ".join(f"{n} {word}" for word, n in report.by_verdict.items()) or "none"
    patients = "1 patient" if len(report.patients) == 1 else f"{len(report.patients)} patients"
    quarantined = sum(sum(each.quarantined.values()) for each in report.inputs)
    doubt = f"; {quarantined} lines quarantined" if quarantined else ""
    return f"{patients}; findings: {counts}{doubt}{_sums(report)}"


def _sums(report: Report) -> str:
    """What is ready and at stake in all, where the report has amounts."""
    if not report.amounts:
        return ""
    money = [patient.money for patient in report.patients if patient.money]
    ready = sum((each.ready for each in money if each.ready is not None), Decimal())
    stake = sum((each.at_stake for each in money if each.at_stake is not None), Decimal())
    return f"; estimated: {words.dollars(ready)} ready, {words.dollars(stake)} at stake"
