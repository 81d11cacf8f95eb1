"""Findings with their figures taken out, so that patients who differ in these alone share the rest.

A figure that a fact holds knows its place among the values of its patient. The judge hands it on as
it is, into needs and reasons; where a finding shows one, its form has a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import itemgetter
from typing import Any, Generic, TypeVar

from rtmaudit.fit import Candidate, Fit
from rtmaudit.model import Finding, Need, Reason, Window

T = TypeVar("T")


class Figure(int):
    """A whole number that knows its place."""

    at: int


class Day(date):
    """A day on file that knows its place."""

    at: int


class Several(tuple[Any, ...]):
    """The days of a paper, or codes, that know their place together."""

    at: int


_PLACED = (Figure, Day, Several)


def placed(value: Any, at: int) -> Any:
    """The value, knowing its place; words and answers are the same for all patients of a case."""
    result: Any = value
    if type(value) is int:
        result = Figure(value)
    elif type(value) is date:
        result = Day(value.year, value.month, value.day)
    elif type(value) is tuple:
        result = Several(value)
    if type(result) in _PLACED:
        result.at = at
    return result


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a form takes its n-th value."""

    number: int


@dataclass(slots=True)
class Form(Generic[T]):
    """What several patients share, and each filling of its gaps, once."""

    shared: T
    filled: dict[Hashable, T] = field(default_factory=dict)

    def fill(self, key: Hashable, values: Sequence[Any]) -> T:
        """The form with these values in its gaps."""
        found: T = _rebuilt(self.shared, (Gap,), lambda gap: values[gap.number])
        self.filled[key] = found
        return found


@dataclass(slots=True)
class Part(Generic[T]):
    """A form as it stands in a case: at which places its values are."""

    form: Form[T]
    places: tuple[int, ...]
    key: Callable[[Sequence[Any]], Hashable]

    def of(self, values: Sequence[Any]) -> T:
        """The finding of a patient with these values."""
        key = self.key(values)
        found = self.form.filled.get(key)
        return self.form.fill(key, [values[i] for i in self.places]) if found is None else found

    def placed(self, values: Sequence[Any], later: int, after: int) -> T:
        """The same, with figures that know their places, those from `after` on so much `later`."""
        mine = [placed(values[i], i + later if i >= after else i) for i in self.places]
        found: T = _rebuilt(self.form.shared, (Gap,), lambda gap: mine[gap.number])
        return found


def part(judged: T, days: Mapping[date, int], forms: dict[Any, Form[T]]) -> Part[T]:
    """What was judged, with its gaps. `days` tells the places of the days that are the patient's
    and not a paper's; a form like one of `forms` is that one."""
    places: list[int] = []

    def gap(value: Any) -> Any:
        at = value.at if type(value) in _PLACED else days.get(value)
        if at is None:
            return value
        if at not in places:
            places.append(at)
        return Gap(places.index(at))

    shared = _rebuilt(judged, (*_PLACED, date), gap)
    form = forms.setdefault(shared, Form(shared))
    return Part(form, tuple(places), itemgetter(*places) if places else _nothing)


def _nothing(values: Sequence[Any]) -> Hashable:
    """What has no gap is filled alike for everybody."""
    del values
    return None


_NAMES = {
    kind: tuple(each.name for each in fields(kind))
    for kind in (Finding, Need, Reason, Window, Fit, Candidate)
}


def _rebuilt(value: Any, kinds: tuple[type, ...], replaced: Callable[[Any], Any]) -> Any:
    """The value with everything of some kinds replaced, however deep."""
    kind = type(value)
    if kind in kinds:
        return replaced(value)
    if kind is tuple:
        return tuple(_rebuilt(each, kinds, replaced) for each in value)
    if names := _NAMES.get(kind):
        return kind(*(_rebuilt(getattr(value, name), kinds, replaced) for name in names))
    return value
