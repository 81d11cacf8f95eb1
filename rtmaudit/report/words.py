"""Every sentence that a person reads about a finding, and nothing else. No cell of an export but
ids, payers and billers ever stands in a report; the page of a patient names staff too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from rtmaudit.fit import Fit, FitKind
from rtmaudit.model import (
    ANYTHING,
    Cause,
    FactName,
    Finding,
    Need,
    Program,
    Reason,
    ReasonKind,
    Verdict,
)

PLAIN: Mapping[Verdict, str] = {
    Verdict.READY: "ready",
    Verdict.OPEN: "open",
    Verdict.SHORT: "short",
    Verdict.BLOCKED: "blocked",
    Verdict.UNKNOWN: "unknown",
    Verdict.REVIEW: "review",
    Verdict.NOT_APPLICABLE: "not applicable",
}

MEANS: Mapping[Verdict, str] = {
    Verdict.READY: "every need is met beyond doubt: bill it",
    Verdict.OPEN: "the window is not over, and the answer may still change",
    Verdict.SHORT: "measured work is certainly missing",
    Verdict.BLOCKED: "a paper is missing, or another program or claim stands in the way",
    Verdict.UNKNOWN: "undecided, because data is missing",
    Verdict.REVIEW: "undecided, because lines are disputed or the law is contested",
    Verdict.NOT_APPLICABLE: "not about this patient, superseded, or already billed",
}
"""What each verdict says, in one line."""

NAMES: Mapping[str, str] = {
    "days": "data days",
    "minutes": "minutes",
    "contact": "a live call",
    "consent": "consent",
    "order": "the order",
    "plan_of_care": "the plan of care",
    "care_plan": "the care plan",
    "initiating_visit": "the initiating visit",
    "conditions": "chronic conditions",
    "biller": "who bills",
    "mdm": "the level of decision making",
    "monitored": "the monitored system",
    "start": "the start of the episode",
    "before_month": "data days before the month",
    "readings": "readings",
    "established": "that the patient is established",
    "high_risk": "the clinician's judgement of high risk",
    "qmb": "the status of Qualified Medicare Beneficiary",
    "alive": "that the patient lived to the end of the window",
    "surgery": "the global surgical period",
    "enrolled": "the other program",
    "month": "the month of the program",
    "planning": "the planning visit",
    "place": "the place of service",
    "clinic": "the place of service",
    "no_clinic": "the place of service, a clinic",
    "behavioral": "a behavioral condition",
    "training": "the training visit",
    "covered_diagnosis": "a diagnosis that the payer covers",
    "visit": "the face-to-face visit",
    "discharge_contact": "the contact after discharge",
    "discipline": "the therapist's discipline",
}

ABOUT: Mapping[str, str] = {
    "alive": "the patient died before the window was over",
}
"""Why a code is not about a patient, where its requirement's name alone would not say it."""

MODIFIERS: Mapping[str, str] = {
    "plan_of_care": "under a therapy plan of care",
    "assistant": "an assistant did more than the rules let pass unmarked",
}

CAUSES: Mapping[Cause, str] = {
    Cause.NO_READINGS: "no export of readings",
    Cause.NO_TIME_LOG: "no time log",
    Cause.NO_CONTACT_COLUMN: "no export says how the patient was reached",
    Cause.NO_ROLE: "the role of some minutes is in no export",
    Cause.NO_BILLER_TYPE: "who bills is in no export",
    Cause.NO_COLUMN: "in no export",
    Cause.NO_START: "no start of the episode on file",
    Cause.DAYS_NOT_COVERED: "days that no export covers",
    Cause.SYSTEM_NOT_KNOWN: "no reading tells the system",
    Cause.LINE_NOT_READABLE: "a line that cannot be read",
    Cause.DEVICE_NOT_ASSIGNED: "a device that another patient had that day",
    Cause.DEVICE_SHARED: "a device that another patient used too",
    Cause.IDENTICAL_LINES: "identical lines without an entry id",
    Cause.EDITED_ENTRY: "one entry id with two contents",
    Cause.OVERLAP: "overlapping minutes",
    Cause.REPEATED_HOUR: "an hour that the clock shows twice",
    Cause.SAME_MINUTES: "what seem the same minutes in two programs",
    Cause.PROGRAM_OF_CALL: "a call that names no program",
    Cause.CALL_LENGTH: "a call of no length",
    Cause.VISIT_CODE: "a visit without a code on that day",
    Cause.CALENDAR_MONTH: "the start of the 30-day period is not on file",
    Cause.SUMMARY_DIFFERS: "the summary and the readings do not agree",
    Cause.SUMMARY_ONLY: "a summary tells how many and not when",
    Cause.ROUNDED: "the export rounds each entry to hundredths of an hour",
    Cause.CONDITION_NOT_LISTED: "a diagnosis that the list of chronic conditions does not decide",
    Cause.ON_STAY: "time on the day of coming to or leaving a hospital or facility",
    Cause.SURGERY_UNSTATED: "whether the surgery is related, or how long its period is",
    Cause.GIVEN: "as given",
}

SETTLE: Mapping[Cause, str] = {
    Cause.NO_READINGS: "add readings.csv",
    Cause.NO_TIME_LOG: "add time_log.csv",
    Cause.NO_CONTACT_COLUMN: "add a contact column to time_log.csv, or calls.csv",
    Cause.NO_ROLE: "defaults: {role: clinical_staff}",
    Cause.NO_BILLER_TYPE: "defaults: {biller_type: physician}",
    Cause.NO_START: "add enrolled_on to patients.csv",
    Cause.DAYS_NOT_COVERED: "add the readings of the days before",
    Cause.SUMMARY_ONLY: "add the export of the lines behind the summary",
    Cause.ROUNDED: "export hours and minutes; or, if entries are exact, units: {minutes: hours}",
    Cause.CALENDAR_MONTH: "add enrolled_on to patients.csv, or window_mode: calendar_month",
    Cause.DEVICE_NOT_ASSIGNED: "correct devices.csv, or keep or drop the lines in decisions.csv",
    Cause.DEVICE_SHARED: "say in devices.csv who has the device, a line for each patient",
    Cause.IDENTICAL_LINES: "keep or drop the second line in decisions.csv",
    Cause.EDITED_ENTRY: "keep one version of the entry in decisions.csv",
    Cause.OVERLAP: "keep one of the two lines in decisions.csv",
    Cause.REPEATED_HOUR: "export the times with their offset, or the length too",
    Cause.SAME_MINUTES: "name in decisions.csv the program of the minutes, or keep both lines",
    Cause.PROGRAM_OF_CALL: "name the program of the call in decisions.csv",
    Cause.CALL_LENGTH: "say live in decisions.csv, or drop the line",
}
"""The line that settles each cause, where one line can."""


def name(requirement: str) -> str:
    """What a biller calls a requirement."""
    return NAMES.get(requirement, requirement.replace("_", " "))


def amount(need: Need) -> str:
    """`12`, or `12 to 27` while it is not certain."""
    if need.have_at_most == need.have:
        return str(need.have)
    return (
        f"{need.have} or more"
        if need.have_at_most is None
        else (f"{need.have} to {need.have_at_most}")
    )


@lru_cache(maxsize=100_000)
def reason(given: Reason) -> str:
    """One reason as a sentence without its full stop."""
    return _REASONS[given.kind](given.about)


def bill(findings: Iterable[Finding]) -> str:
    """The codes to bill, with their units."""
    return "bill " + _with_units((f.code, f.units) for f in findings)


def still_takes(unmet: Iterable[Need]) -> str:
    """What is missing, as a thing to do: `3 more days of data; a live call`."""
    return "; ".join(_counted(need, "more ") for need in unmet)


def lacked(unmet: Iterable[Need]) -> str:
    """What was missing when it was too late: `was 3 days of data short`."""
    return "was " + " and ".join(_counted(need, "") for need in unmet) + " short"


def _counted(need: Need, more: str) -> str:
    if need.ref.name is FactName.LIVE_CONTACTS and need.short_by == 1:
        return "a live call"
    one, several = UNITS_TO_DO.get(need.ref.name, (name(need.name), name(need.name)))
    return f"{need.short_by} {more}{one if need.short_by == 1 else several}"


UNITS_TO_DO: Mapping[FactName, tuple[str, str]] = {
    FactName.READING_DAYS: ("day of data", "days of data"),
    FactName.READINGS: ("reading", "readings"),
    FactName.MANAGEMENT_MINUTES: ("minute", "minutes"),
    FactName.LIVE_CONTACTS: ("live call", "live calls"),
    FactName.VISITS: ("visit", "visits"),
}
"""What one and what several of a count are called where work is asked for."""


def next_step(finding: Finding) -> str:
    """What to do about one finding that is not ready."""
    decisive = [each for each in finding.reasons if each.kind is not ReasonKind.HELD_BACK]
    for each in decisive or finding.reasons:
        if each.kind is ReasonKind.CONTESTED:
            return f"{finding.code}: settle {each.about[0]}"
        return f"{finding.code}: {reason(each)}"
    return ""


SPEAKS: Mapping[str, str] = {
    "conditions": "chronic conditions on file ({}) speak",
    "high_risk": "a condition of high risk on file speaks",
    "monitored": "physiologic readings speak",
}
"""What speaks for a candidate program."""


def program_name(program: Program | None) -> str:
    """A program as the field writes it."""
    if program is None:
        return ""
    return "CoCM" if program is Program.COCM else str(program).upper()


def why(fit: Fit) -> str:
    """The one sentence of a patient's fit."""
    best, other = program_name(fit.best), program_name(fit.other or fit.instead_of)
    if fit.kind is FitKind.INSTEAD_LACKS:
        found = fit.candidates[0]
        lacks = ", ".join(name(each) for each in found.lacks) or "nothing more"
        speaks = SPEAKS.get(found.speaks, name(found.speaks)).format(", ".join(found.conditions))
        return (
            f"{other} falls short; {speaks} for {best} from {found.from_month}, which still lacks "
            f"{lacks}"
        )
    if fit.kind is FitKind.CONFLICT:
        return _choice(fit)
    if fit.kind is FitKind.NOTHING:
        because = f": {reason(fit.because)}" if fit.because else ""
        return f"Nothing of {best} is to be billed{because}"
    return {
        FitKind.NO_PROGRAM: "In no program by the roster or by the month's data",
        FitKind.READY: f"{best} has codes ready",
        FitKind.UNSETTLED: f"{best} is not settled yet",
        FitKind.BLOCKED: f"{best} is met and something stands in its way",
        FitKind.INSTEAD: f"{other} falls short; {best} has codes ready",
        FitKind.TELL_PRACTITIONER: (
            f"Falls short; the conditions on file speak for {other}, which this biller may not "
            "bill: tell the primary care practitioner"
        ),
        FitKind.NOT_ON_ROSTER: "Not on the roster"
        + (f", which has {', '.join(fit.resembles)}" if fit.resembles else ""),
        FitKind.NO_WINDOW: "The episode does not reach into this month",
        FitKind.SHORT: "Falls short, and no other program is suggested",
    }[fit.kind]


def each_would_pay(amounts: Mapping[Program, Decimal | None]) -> str:
    """What programs would pay, to be added to the sentence of a fit; empty where nobody knows."""
    told = [f"{program_name(p)} {dollars(a)}" for p, a in amounts.items() if a is not None]
    return f"; estimated: {', '.join(told)}" if told else ""


def dollars(amount: Decimal | None) -> str:
    """An amount as people read it; empty where there is none."""
    return "" if amount is None else f"${amount:,.2f}"


def _choice(fit: Fit) -> str:
    """Which of the programs that may not stand together the data supports."""
    names = " and ".join(program_name(program) for program, _ in fit.supported)
    told = [
        f"{program_name(program)} with {_with_units(codes)}" for program, codes in fit.supported
    ]
    weights = {(len(codes), sum(units for _, units in codes)) for _, codes in fit.supported}
    if len(weights) == 1:
        said = f"each of them alike: {'; '.join(told)}"
    else:
        said = f"{told[0]}, more than {' or '.join(told[1:])}"
    return f"{names} are met and may not stand together; the data supports {said}"


def _with_units(codes: Iterable[tuple[str, int]]) -> str:
    return ", ".join(code + (f" x{units}" if units > 1 else "") for code, units in codes)


def offer(fit: Fit) -> str:
    """What to do where another program is suggested instead; empty where none is."""
    if fit.kind is FitKind.TELL_PRACTITIONER:
        return f"tell the primary care practitioner: {program_name(fit.other)} may fit"
    if fit.kind is not FitKind.INSTEAD_LACKS:
        return ""
    found = fit.candidates[0]
    lacks = ", ".join(name(each) for each in found.lacks)
    return (
        f"offer {program_name(found.program)} from {found.from_month}; lacks {lacks or 'nothing'}"
    )


def _short(about: tuple[Any, ...]) -> str:
    requirement, _, want, have, _ = about
    if requirement == "contact":
        return "no live call this month" if not have else f"{have} of {want} live calls"
    return f"{have or 0} of {want} {name(requirement)}, {want - (have or 0)} short"


def _too_late(about: tuple[Any, ...]) -> str:
    requirement, fact, want, running = about
    days = "business days" if fact is FactName.BUSINESS_DAYS_TO_CONTACT else "days"
    if running:
        return f"{name(requirement)} is still to come, within {want} {days} of the discharge"
    return f"{name(requirement)} was not within {want} {days} of the discharge"


def _may_still(about: tuple[Any, ...]) -> str:
    requirement, _, want, have, later = about
    have = have if isinstance(have, int) else 0
    left = "" if later is ANYTHING or later > 366 else f", {later} days left"
    if requirement == "contact":
        return "a live call is still to come"
    return f"{have} of {want} {name(requirement)} so far{left}"


def _paper(about: tuple[Any, ...]) -> str:
    requirement, have, want = about
    if want is not None:
        return f"{have or 0} chronic conditions on file, takes {want}"
    if have is None:
        return f"{name(requirement)} is not on file"
    if have is False:
        return f"{name(requirement)}: the roster says no"
    if isinstance(have, tuple):
        since, until = have
        runs = f"from {since}" + (f" to {until}" if until else " on")
        return f"{name(requirement)} runs {runs}, not to the window's last day"
    if isinstance(have, str):
        return f"{name(requirement)}: {have}"
    return f"{name(requirement)} is dated {have}, too late for this window"


def _contested(about: tuple[Any, ...]) -> str:
    point, one, units, other, other_units, counts, why = about
    counted = f" (counting {counts[0][0]} {counts[0][1]})" if counts else ""
    because = "; ".join(reason(each) for each in why)

    def said(verdict: Verdict, n: int) -> str:
        told = PLAIN[verdict] + (f" x{n}" if n > 1 else "")
        return told + (f" ({because})" if verdict is Verdict.BLOCKED and because else "")

    return (
        f"contested: {point} decides; {said(one, units)} by the default reading, "
        f"{said(other, other_units)} by the other{counted}"
    )


def _changes(about: tuple[Any, ...]) -> str:
    _, last, _, first, _, _, why = about
    because = "; ".join(reason(each) for each in why)
    return (
        f"the law changes inside this window: {PLAIN[last]} by its last day, {PLAIN[first]} by its "
        f"first" + (f" ({because})" if because else "")
    )


_REASONS: Mapping[ReasonKind, Callable[[tuple[Any, ...]], str]] = {
    ReasonKind.NOT_IN_FORCE: lambda a: f"{a[0]} is not in force on {a[1]} in this rulebook",
    ReasonKind.NOT_PAID: lambda a: f"{a[0]} is not paid by {a[1]}",
    ReasonKind.NOT_ABOUT: lambda a: ABOUT.get(a[0], f"not about this patient ({name(a[0])})"),
    ReasonKind.SUPERSEDED: lambda a: f"{a[0]} takes the window",
    ReasonKind.ZERO_UNITS: lambda a: f"no full unit; the first takes {a[0]} minutes",
    ReasonKind.BASE: lambda a: f"stands or falls with {a[0]}",
    ReasonKind.SHORT: _short,
    ReasonKind.MAY_STILL: _may_still,
    ReasonKind.TOO_LATE: _too_late,
    ReasonKind.DUE_LATER: lambda a: f"falls due on {a[0]}",
    ReasonKind.FELL_DUE_EARLIER: lambda a: (
        f"its minimum was reached by {a[0]}, in an earlier month"
    ),
    ReasonKind.PAPER: _paper,
    ReasonKind.CONFLICT: lambda a: f"may not stand beside {', '.join(a)}; choose one",
    ReasonKind.CONFLICT_UNSETTLED: lambda a: (
        f"whether it may stand beside {', '.join(a)} is not settled by any source; a person decides"
    ),
    ReasonKind.CONFLICT_UNDECIDED: lambda a: (
        f"may not stand beside {', '.join(a)}, which {'is' if len(a) == 1 else 'are'} not decided"
    ),
    ReasonKind.CLAIM_BILLED: lambda a: f"already billed {a[0]}",
    ReasonKind.CLAIM_OVERLAPS: lambda a: (
        f"a claim for {a[0]} dated {a[1]} covers days of this window"
    ),
    ReasonKind.CLAIM_BESIDE: lambda a: (
        f"may not stand beside the claim {'' if a[2] else 'of another practitioner '}for {a[0]} "
        f"dated {a[1]}"
    ),
    ReasonKind.CLAIM_BEFORE_START: lambda a: (
        f"a claim dated {a[0]} lies shortly before the episode's start; is it the same set-up?"
    ),
    ReasonKind.MISSING: lambda a: f"{name(a[0])}: {CAUSES[a[1]]}",
    ReasonKind.DISPUTED: lambda a: f"{name(a[0])}: {CAUSES[a[1]]}",
    ReasonKind.CONTESTED: _contested,
    ReasonKind.LAW_CHANGES: _changes,
    ReasonKind.HELD_BACK: lambda a: f"{a[0]} is not decided yet and would take the window",
    ReasonKind.UNITS_UNDECIDED: lambda a: f"{a[0]} units are certain, {a[1]} are possible",
    ReasonKind.UNREAD_LINE: lambda a: (
        f"a line that cannot be read may stand in its way ({a[0]}:{a[1]})"
    ),
    ReasonKind.PAYER_CHANGES: lambda a: f"the payer changes inside this window, on {a[0]}",
    ReasonKind.MODIFIER: lambda a: f"modifier {a[0]}: {MODIFIERS.get(a[1], a[1])}",
    ReasonKind.THERAPY_THRESHOLD: lambda a: (
        f"therapy of the year is above {a[1]} dollars: {a[0]} if the work was necessary"
    ),
}
