"""Facts as a scenario gives them: the same answers that `facts` would measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rtmaudit.model import ANYTHING, Cause, Clock, Fact, FactName, FactRef, Role, Why, Window
from rtmaudit.scenarios.grammar import NO_ROLE, ON_VISIT_DAY, GivenFacts, Scenario
from rtmaudit.windows import Episode, length

LONG_AGO, FAR_AWAY = date(1990, 1, 1), date(2199, 12, 31)
MANY_DAYS = 10_000
"""An episode that runs on may still bring any number of days."""


@dataclass(frozen=True, slots=True)
class Given:
    """The facts of one scenario."""

    scenario: Scenario
    episode: Episode
    as_of: date

    def measure(self, ref: FactRef, window: Window) -> Fact:
        """One fact in one window; before the month those of `facts_before`."""
        facts = self.scenario.facts
        if window.kind is Clock.EPISODE and window.end < self.scenario.month.start:
            facts = self.scenario.facts_before
        asked = Asked(facts or GivenFacts(), ref, length(max(self.as_of, window.start), window.end))
        if window.kind is Clock.EPISODE and self.episode.end is None:
            asked = Asked(asked.facts, ref, MANY_DAYS)
        return STUBS[ref.name](asked)


@dataclass(frozen=True, slots=True)
class Asked:
    """The facts in question, which of them, and how many days of the window are left."""

    facts: GivenFacts
    ref: FactRef
    left: int

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
    parts = [interval(asked.facts.reading_days.get(each, 0)) for each in asked.ref.systems]
    low, highs = max(low for low, _, _ in parts), [high for _, high, _ in parts]
    why = next((why for _, _, why in parts if why), None)
    high = ANYTHING if ANYTHING in highs else max(highs)
    return Fact(low, high, why, Cause.GIVEN if why else None, asked.left)


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
    return sum(n for word, n in given.items() if word in roles) + on_visit


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
    FactName.MDM: lambda asked: _on_file(asked.facts.mdm),
    FactName.BILLER_TYPE: lambda asked: _on_file(asked.facts.biller_type),
}
"""How each fact is given. A test holds these equal to the vocabulary."""
