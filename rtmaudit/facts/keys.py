"""What tells many patients apart, in columns of whole numbers: a row of them is a patient's key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from rtmaudit.model import Clock, Window

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_FEW = 200
"""Rows of which a dictionary numbers the keys sooner than pandas does."""

_WIDE = 1 << 31


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Numbers from zero for rows, the same for rows that are alike, and a row with each of them."""

    of: Ints
    first: Ints

    def members(self) -> list[Ints]:
        """The rows of each number."""
        order = np.argsort(self.of, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.of))[:-1]) if len(order) else []


def numbered(columns: Sequence[Ints], rows: int) -> Numbered:
    """Number so many rows by what stands in their columns, in the order in which such come."""
    if not columns or rows < 2:
        return Numbered(np.zeros(rows, np.int64), np.arange(min(rows, 1)))
    if rows <= _FEW:
        known: dict[Hashable, int] = {}
        each = zip(*(column.tolist() for column in columns), strict=True)
        of = np.array([known.setdefault(key, len(known)) for key in each])
    else:
        of = _factorized(columns)
    first = np.empty(int(of.max()) + 1, np.int64)
    first[of[::-1]] = np.arange(rows)[::-1]
    return Numbered(of, first)


def _factorized(columns: Sequence[Ints]) -> Ints:
    """All columns in one, each row a number of its own; wide ones are numbered first."""
    joined, width = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        low, high = int(column.min()), int(column.max())
        if low == high:
            continue
        if high - low >= _WIDE:
            column, low = pd.factorize(column)[0].astype(np.int64), 0
            high = int(column.max())
        if width * (high - low + 1) >= _WIDE**2:
            joined = pd.factorize(joined)[0].astype(np.int64)
            width = int(joined.max()) + 1
        joined, width = joined * (high - low + 1) + (column - low), width * (high - low + 1)
    return pd.factorize(joined)[0].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The keys of some patients, column by column; without columns all are alike. Who is `alone`
    is like nobody."""

    columns: Sequence[Ints] = ()
    alone: Bools | None = None

    def numbered(self, rows: int) -> Numbered:
        """The same number for those who are alike."""
        if self.alone is None or not self.alone.any():
            return numbered(self.columns, rows)
        apart = np.where(self.alone, np.arange(1, rows + 1), 0)
        return numbered([*self.columns, apart], rows)

    def of(self, rows: Ints) -> list[Hashable]:
        """The keys of some of them; None for who is alone."""
        columns = [column[rows].tolist() for column in self.columns]
        found: list[Hashable] = list(zip(*columns, strict=True)) or [()] * len(rows)
        if self.alone is not None:
            for n in self.alone[rows].nonzero()[0].tolist():
                found[n] = None
        return found


@dataclass(eq=False)
class Windows:
    """A window for each of some patients, all on one clock: `each[of[n]]` is that of the n-th."""

    each: Sequence[Window]
    of: Ints

    @property
    def clock(self) -> Clock:
        """What they run on."""
        return self.each[0].kind

    @cached_property
    def start(self) -> Ints:
        """Their first days, as ordinals."""
        return self.by(lambda window: window.start.toordinal())

    @cached_property
    def end(self) -> Ints:
        """Their last days, as ordinals."""
        return self.by(lambda window: window.end.toordinal())

    def by(self, number: Callable[[Window], int]) -> Ints:
        """What a number of each window is for everybody."""
        return np.array([number(window) for window in self.each], np.int64)[self.of]
