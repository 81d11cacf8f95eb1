"""Facts as a scenario gives them: the same answers that `facts` would measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rtmaudit.facts.counts import READING_SOURCE
from rtmaudit.model import (
    ANYTHING,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Program,
    Role,
    Source,
    System,
    Why,
    Window,
    in_ranges,
)
from rtmaudit.scenarios.grammar import (
    NO_ROLE,
    NO_SOURCE,
    ON_STAY_DAY,
    ON_VISIT_DAY,
    GivenFacts,
    Scenario,
)
from rtmaudit.windows import ONE_DAY, Episode, length

LONG_AGO, FAR_AWAY = date(1990, 1, 1), date(2199, 12, 31)
MANY_DAYS = 10_000
"""An episode that runs on may still bring any number of days."""


@dataclass(frozen=True, slots=True)
class Given:
    """The facts of one scenario."""

    scenario: Scenario
    episode: Episode
    as_of: date
    programs: tuple[Program, ...]

    def measure(self, ref: FactRef, window: Window) -> Fact:
        """One fact in one window; before the month those of `facts_before`."""
        facts = self.scenario.facts
        if window.kind is Clock.EPISODE and window.end < self.scenario.month.start:
            facts = self.scenario.facts_before
        left = length(max(self.as_of, window.start), window.end)
        if window.kind is Clock.EPISODE and self.episode.end is None:
            left = MANY_DAYS
        elapsed = (min(window.end, self.as_of - ONE_DAY) - window.start).days
        asked = Asked(facts or GivenFacts(), ref, left, max(0, elapsed), self.programs)
        return STUBS[ref.name](asked)


@dataclass(frozen=True, slots=True)
class Asked:
    """The facts in question, which of them, how many days of the window are left and are over, and
    the programs that the patient is in."""

    facts: GivenFacts
    ref: FactRef
    left: int
    elapsed: int
    programs: tuple[Program, ...]

    @property
    def later(self) -> Any:
        """What may still be added to minutes and contacts."""
        return ANYTHING if self.left else 0


def interval(text: int | str) -> tuple[int, Any, Why | None]:
    """`12`, `12..27 missing`, `12.. disputed` or `missing`."""
    if isinstance(text, int):
        return text, text, None
    low, dots, high, why = re.fullmatch(r"(\d*)(\.\.)?(\d*) ?(\w+)", text, re.ASCII).groups()  # type: ignore[union-attr]
    return int(low or 0), int(high) if high else ANYTHING, Why(why)


def _count(text: int | str, later: Any = 0) -> Fact:
    low, high, why = interval(text)
    return Fact(low, high, why, Cause.GIVEN if why else None, later)


def _reading_days(asked: Asked) -> Fact:
    """Systems on different days would add up; here the busiest stands for all."""
    parts, notes = _by_source(asked, asked.facts.reading_days)
    low, highs = max(low for low, _, _ in parts), [high for _, high, _ in parts]
    why = next((why for _, _, why in parts if why), None)
    high = ANYTHING if ANYTHING in highs else max(highs)
    return Fact(low, high, why, Cause.GIVEN if why else None, asked.left, notes)


def _readings(asked: Asked) -> Fact:
    """Readings of all systems add up."""
    parts, notes = _by_source(asked, asked.facts.readings)
    why = next((why for _, _, why in parts if why), None)
    low = sum(low for low, _, _ in parts)
    high = ANYTHING if why else low
    return Fact(low, high, why, Cause.GIVEN if why else None, asked.later, notes)


def _by_source(
    asked: Asked, given: Mapping[System, Any]
) -> tuple[list[tuple[int, Any, Why | None]], tuple[str, ...]]:
    """What each system has that came about as asked; readings of no stated source count too."""
    counted = {*(asked.ref.sources or Source), NO_SOURCE}
    parts: list[tuple[int, Any, Why | None]] = []
    notes: tuple[str, ...] = ()
    for system in asked.ref.systems:
        each = given.get(system, 0)
        if isinstance(each, dict):
            total = sum(n for word, n in each.items() if word in counted)
            parts.append((total, total, None))
            if each.get(NO_SOURCE) and asked.ref.sources:
                notes = (READING_SOURCE,)
        else:
            parts.append(interval(each))
    return parts, notes


def _minutes(asked: Asked) -> Fact:
    given = asked.facts.management_minutes.get(asked.ref.program, 0)
    if not isinstance(given, dict):
        return _count(given, asked.later)
    sums = [
        _of_roles(given, roles, asked.ref)
        for biller, roles in asked.ref.by
        if asked.facts.biller_type in (biller, "missing")
    ]
    low, high = min(sums, default=0), max(sums, default=0)
    unsure = given.get(NO_ROLE, 0)
    if not unsure and low == high:
        return Fact.known(low, later=asked.later)
    cause = Cause.NO_ROLE if unsure else Cause.NO_BILLER_TYPE
    return Fact(low, high + unsure, Why.MISSING, cause, asked.later)


def _of_roles(given: Mapping[str, int], roles: tuple[Role, ...], ref: FactRef) -> int:
    on_visit = 0 if ref.visit_codes else given.get(ON_VISIT_DAY, 0)
    on_stay = 0 if ref.stays else given.get(ON_STAY_DAY, 0)
    return sum(n for word, n in given.items() if word in roles) + on_visit + on_stay


def _contacts(asked: Asked) -> Fact:
    return _count(asked.facts.live_contacts.get(asked.ref.program, 0), asked.later)


def _paper(name: str) -> Callable[[Asked], Fact]:
    return lambda asked: _on_file(getattr(asked.facts, name).get(asked.ref.program, LONG_AGO))


def _on_file(value: Any) -> Fact:
    if value == "missing":
        return Fact.unknown(Cause.NO_COLUMN)
    return Fact.known(None if value == "none" else value)


def _plan(asked: Asked) -> Fact:
    value = asked.facts.plan_of_care.get(asked.ref.program, f"{LONG_AGO}..{FAR_AWAY}")
    start, dots, end = value.partition("..")
    return Fact.known((_day(start), _day(end))) if dots else _on_file(value)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _monitored(asked: Asked) -> Fact:
    return Fact.known(any(each in asked.facts.reading_days for each in asked.ref.systems))


def _answer(name: str) -> Callable[[Asked], Fact]:
    return lambda asked: _on_file(getattr(asked.facts, name))


def _elapsed(name: str) -> Callable[[Asked], Fact]:
    """What has not happened yet took at least as long as the window has run."""

    def since(asked: Asked) -> Fact:
        value = getattr(asked.facts, name)
        if value == "missing":
            return Fact.unknown(Cause.NO_COLUMN, low=0)
        if value != "none":
            return Fact.known(value)
        return Fact(asked.elapsed, ANYTHING, Why.MISSING, Cause.NO_COLUMN, asked.later)

    return since


def _surgery(asked: Asked) -> Fact:
    if asked.facts.surgical_period == "disputed":
        return Fact(None, ANYTHING, Why.DISPUTED, Cause.SURGERY_UNSTATED)
    return Fact.known(asked.facts.surgical_period)


def _enrolled(asked: Asked) -> Fact:
    named = asked.facts.enrolled
    return Fact.known(asked.ref.program in (asked.programs if named is None else named))


def _visits(asked: Asked) -> Fact:
    given = asked.facts.visits
    return Fact.known(sum(n for code, n in given.items() if in_ranges(code, asked.ref.visit_codes)))


def _diagnoses(asked: Asked) -> Fact:
    given = asked.facts.diagnoses
    if isinstance(given, str):
        return Fact.unknown(Cause.NO_COLUMN)
    return Fact.known(tuple(code.replace(".", "") for code in given))


def _assistant_percent(asked: Asked) -> Fact:
    given = asked.facts.management_minutes.get(asked.ref.program, 0)
    if not isinstance(given, dict):
        return Fact.known(0)
    mine = given.get(str(Role.ASSISTANT), 0)
    both = mine + given.get(str(Role.THERAPIST), 0)
    return Fact.known(-(-100 * mine // both) if both else 0)


STUBS: Mapping[FactName, Callable[[Asked], Fact]] = {
    FactName.READING_DAYS: _reading_days,
    FactName.MANAGEMENT_MINUTES: _minutes,
    FactName.LIVE_CONTACTS: _contacts,
    FactName.CONSENT_DATE: _paper("consent_date"),
    FactName.ORDER_DATE: _paper("order_date"),
    FactName.CARE_PLAN_DATE: _paper("care_plan_date"),
    FactName.INITIATING_VISIT_DATE: _paper("initiating_visit_date"),
    FactName.PLAN_OF_CARE: _plan,
    FactName.MONITORED: _monitored,
    FactName.CHRONIC_CONDITIONS: lambda asked: _count(asked.facts.chronic_conditions),
    FactName.MDM: _answer("mdm"),
    FactName.BILLER_TYPE: _answer("biller_type"),
    FactName.READINGS: _readings,
    FactName.VISITS: _visits,
    FactName.DAYS_TO_VISIT: _elapsed("days_to_visit"),
    FactName.BUSINESS_DAYS_TO_CONTACT: _elapsed("business_days_to_contact"),
    FactName.ESTABLISHED: _answer("established"),
    FactName.HIGH_RISK: _answer("high_risk"),
    FactName.QMB: _answer("qmb"),
    FactName.ALIVE: lambda asked: Fact.known(asked.facts.alive),
    FactName.ENROLLED: _enrolled,
    FactName.PROGRAM_MONTH: _answer("program_month"),
    FactName.PLACE_OF_SERVICE: lambda asked: Fact.known(asked.facts.place_of_service),
    FactName.SURGICAL_PERIOD: _surgery,
    FactName.DIAGNOSES: _diagnoses,
    FactName.DISCIPLINE: _answer("discipline"),
    FactName.ASSISTANT_PERCENT: _assistant_percent,
    FactName.THERAPY_AMOUNT: lambda asked: Fact.known(asked.facts.therapy_amount),
}
"""How each fact is given. A test holds these equal to the vocabulary."""
