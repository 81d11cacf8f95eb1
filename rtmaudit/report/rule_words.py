"""How a biller reads the values of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtmaudit.model import BillerType, Clock, Role

CLOCKS = {
    Clock.CALENDAR_MONTH: "once a calendar month",
    Clock.SUPPLY_PERIOD: "once a 30-day period, counted from the start of the episode",
    Clock.EPISODE: "once an episode of care",
    Clock.DISCHARGE: "once in the 30 days that begin with a discharge",
}
ANCHORS = {
    "window_end": "the last day of the window",
    "window_start": "its first day",
    "due_day": "the day on which the work was done",
}
WORDS = {
    "at_least": "at least {}",
    "is": "{}",
    "is_not": "not {}",
    "on_or_before": "on or before {}",
    "covers": "covering {}",
    "by": "counted is the time of {}",
    "visit_codes": "no time counts on the day of a visit coded {}",
    "billers": "asked of {} only",
    "each": "a unit for each full {} minutes",
    "first": "the first unit takes {} minutes",
    "at_most": "at most {}",
    "at_most_units": "at most {} units",
    "at_most_days": "at most {} days",
    "any_of": "any code that begins with {}",
    "not_during": "no time counts on the days of a stay ({})",
    "sources": "come about by {}",
    "in_force": "in force: {}",
    "service_date": "dated on {}",
    "window_mode": "periods counted by {}",
    "assistant_percent": "above {} per cent of the time",
    "amount_above": "above {} dollars in the year",
    "codes": "for {}",
    "modifier": "{}",
}
MODES = {"auto": "30 days", "fixed_30": "30 days", "calendar_month": "calendar month"}


def said_of(field: str, value: Any) -> str:
    """A value of a field in words: `at least 16`."""
    return WORDS.get(field, "{}").format(plain_value(value))


def plain_value(value: Any) -> str:
    """A value in words."""
    if isinstance(value, dict):
        lists = all(isinstance(each, list) for each in value.values())
        return _by_biller(value) if lists else _by_word(value)
    if isinstance(value, list) and value and all(isinstance(each, list) for each in value):
        return " or ".join(f"one of {plain_value(each)}" for each in value)
    if isinstance(value, list):
        return ", ".join(plain_value(each) for each in value)
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, BillerType | Role):
        return _plain(value)
    if isinstance(value, str):
        return ANCHORS.get(value) or MODES.get(value) or value.replace("_", " ")
    return str(value)


def _by_word(value: Mapping[str, str]) -> str:
    words: dict[str, list[str]] = {}
    for word, said in value.items():
        words.setdefault(said, []).append(str(word))
    return ", ".join(f"{said} ({', '.join(mine)})" for said, mine in words.items())


def _by_biller(value: Mapping[BillerType, list[Role]]) -> str:
    """Whose time counts, the billers with the same answer told together."""
    billers: dict[str, list[str]] = {}
    for biller, roles in value.items():
        billers.setdefault(plain_value(roles), []).append(_plain(biller))
    return "; ".join(f"{roles} (biller: {' or '.join(names)})" for roles, names in billers.items())


def _plain(word: str) -> str:
    return "NPP" if word == "npp" else str(word).replace("_", " ")
