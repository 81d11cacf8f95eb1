"""The sentences of a page that no other report says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rtmaudit.judge.alone import Checked, reason_of
from rtmaudit.model import (
    Clock,
    FactName,
    FactRef,
    Finding,
    Met,
    Need,
    Reason,
    ReasonKind,
    Upper,
    Window,
)
from rtmaudit.report import words
from rtmaudit.report.chart import Enrolled

NOT_ASKED = "no code in play asks for it"

WINDOWS: Mapping[Clock, str] = {
    Clock.CALENDAR_MONTH: "calendar month",
    Clock.SUPPLY_PERIOD: "30-day period",
    Clock.EPISODE: "episode so far,",
    Clock.DISCHARGE: "30 days from the discharge,",
}

COUNTED: Mapping[FactName, tuple[str, str]] = {
    FactName.READING_DAYS: ("data day", "data days"),
    FactName.READINGS: ("reading", "readings"),
    FactName.MANAGEMENT_MINUTES: ("minute", "minutes"),
    FactName.LIVE_CONTACTS: ("live contact", "live contacts"),
    FactName.VISITS: ("visit", "visits"),
    FactName.ASSISTANT_PERCENT: ("per cent by assistants", "per cent by assistants"),
    FactName.CHRONIC_CONDITIONS: ("chronic condition", "chronic conditions"),
    FactName.DAYS_TO_VISIT: ("day to the visit", "days to the visit"),
    FactName.BUSINESS_DAYS_TO_CONTACT: ("business day", "business days to the contact"),
}


def lowered(sentence: str) -> str:
    """A sentence inside another."""
    return sentence[:1].lower() + sentence[1:]


def need(given: Need) -> str:
    """`9 minutes, takes 10, 1 short`."""
    some = counted(given.ref.name, words.amount(given))
    takes = f"takes at most {given.want}" if given.at_most else f"takes {given.want}"
    sentence = f"{some}, {takes}"
    if given.met is Met.NO and not given.at_most:
        sentence += f", {given.short_by} short"
    if given.met is Met.UNDECIDED and given.cause is not None:
        sentence += f" ({words.CAUSES[given.cause]})"
    return sentence


def counted(fact: FactName, number: str) -> str:
    """`1 live contact`, `9 to 12 minutes`."""
    one, many = COUNTED.get(fact, (str(fact), str(fact)))
    return f"{number} {one if number == '1' else many}"


def fact(ref: FactRef) -> str:
    """What is counted: `data days (musculoskeletal)`."""
    return COUNTED[ref.name][1] + systems(ref)


def systems(ref: FactRef) -> str:
    """` (musculoskeletal)`, where a fact looks at some systems only."""
    named = ", ".join(system.replace("_", " ") for system in ref.systems)
    return f" ({named})" if named else ""


def number(low: object, high: Upper) -> str:
    """`12`, `12 to 15`, `12 or more`."""
    if low == high:
        return str(low)
    return f"{low} to {high}" if isinstance(high, int) else f"{low} or more"


def paper(finding: Finding, checked: Checked) -> str:
    """How a paper or a word of the roster stands."""
    name = words.name(checked.requirement.name)
    if checked.met is Met.YES:
        return f"{name}: {_value(checked.fact.low)}"
    if checked.met is Met.UNDECIDED and checked.cause is not None:
        return f"{name}: {words.CAUSES[checked.cause]}"
    about = (ReasonKind.NOT_ABOUT, (checked.requirement.name,))
    if any((reason.kind, reason.about) == about for reason in finding.reasons):
        return words.reason(Reason(*about))
    return words.reason(reason_of(ReasonKind.PAPER, checked))


def _value(value: object) -> str:
    if value is None:
        return "not asked of this biller"
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, tuple) and value and isinstance(value[0], date):
        since, until = value
        return f"{since} to {until}" if until else f"from {since} on"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value).replace("_", " ") or "none"


def window(given: Window) -> str:
    """`30-day period 2026-02-06 to 2026-03-07`."""
    return f"{WINDOWS[given.kind]} {given.start} to {given.end}"


def stretch(line: Enrolled) -> str:
    """`from 2025-12-08 to 2026-03-19`."""
    since = f"from {line.start}" if line.start else "without a start on file"
    return f"{since} to {line.end}" if line.end else f"{since} on"


def clocked(seconds: int) -> str:
    """Minutes and seconds: `9:59`."""
    return f"{seconds // 60}:{seconds % 60:02d}"
