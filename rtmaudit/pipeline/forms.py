"""Findings with their figures taken out, so that patients who differ in these alone share the rest.

A figure that a fact holds knows its place among the values of its patient. The judge hands it on as
it is, into needs and reasons; where a finding shows one, its form has a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import itemgetter
from typing import Any, Generic, TypeVar

from rtmaudit.fit import Candidate, Fit
from rtmaudit.model import Finding, Need, Reason, Window
from rtmaudit.pipeline.group import Figures

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


MOST_FILLED = 100_000
"""Fillings of one form that are remembered at a time."""

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


Filler = Callable[[Sequence[Any]], Any]


class Form(Generic[T]):
    """What several patients share, and each filling of its gaps, once."""

    def __init__(self, shared: T) -> None:
        self.shared = shared
        self.filled: dict[Hashable, T] = {}
        self._filler = _filler(shared)

    def fill(self, values: Sequence[Any]) -> T:
        """The form with these values in its gaps."""
        filled: T = self._filler(values) if self._filler else self.shared
        return filled


@dataclass(slots=True)
class Part(Generic[T]):
    """A form as it stands in a case: at which places its values are."""

    form: Form[T]
    places: tuple[int, ...]

    def of(self, figures: Figures) -> list[T]:
        """What is so judged of each of some patients."""
        if not self.places:
            return [self.form.shared] * len(figures.some)
        alike, filled = figures.alike(self.places), self.form.filled
        if len(filled) > MOST_FILLED:
            filled.clear()
        found = []
        for values in figures.of(figures.some[alike.first], self.places):
            if values not in filled:
                filled[values] = self.form.fill(values)
            found.append(filled[values])
        return list(map(found.__getitem__, alike.of.tolist()))


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
    return Part(form, tuple(places))


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
        return tuple([_rebuilt(each, kinds, replaced) for each in value])
    if names := _NAMES.get(kind):
        return kind(*[_rebuilt(getattr(value, name), kinds, replaced) for name in names])
    return value


def _filler(shared: Any) -> Filler | None:
    """How to fill the gaps of a value; None where it has none."""
    kind = type(shared)
    if kind is Gap:
        return itemgetter(shared.number)
    names = _NAMES.get(kind, ())
    if kind is not tuple and not names:
        return None
    whole = list(shared) if kind is tuple else [getattr(shared, name) for name in names]
    gaps = [(i, filler) for i, each in enumerate(whole) if (filler := _filler(each))]

    def fill(values: Sequence[Any]) -> Any:
        filled = whole.copy()
        for i, filler in gaps:
            filled[i] = filler(values)
        return tuple(filled) if kind is tuple else kind(*filled)

    return fill if gaps else None
