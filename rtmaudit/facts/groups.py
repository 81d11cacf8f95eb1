"""Readings and time that came reduced, in groups of what is alike: their days as bits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from rtmaudit.facts.keys import Bools, Ints
from rtmaudit.tables import NOTHING, Span
from rtmaudit.windows import Month


def span_of(month: Month, as_of: date) -> Span:
    """The judged days of a month, and those of the month before that they are held against."""
    return Span(min(month.before.start, month.span_start), month.span_start, month.end, as_of)


def judged_days(span: Span) -> int:
    """The bits of the days that can count."""
    return mask(span, span.start, min(span.end, span.as_of))


def judged(groups: pd.DataFrame, span: Span) -> Ints:
    """The bits of the days of groups that count."""
    days = groups["days"].to_numpy() & judged_days(span)
    return days & ~groups["barred"].to_numpy() if "barred" in groups else days


def first_bit(bits: Ints) -> Ints:
    """The number of the lowest bit of each that is set, or -1."""
    return np.where(bits == 0, NOTHING, np.bitwise_count((bits & -bits) - 1).astype(np.int64))


def last_bit(bits: Ints) -> Ints:
    """The number of the highest bit of each that is set, or -1."""
    for n in (1, 2, 4, 8, 16, 32):
        bits = bits | bits >> n
    return np.bitwise_count(bits).astype(np.int64) - 1


def used_lines(groups: pd.DataFrame | None) -> int:
    """How many lines of groups count."""
    if groups is None:
        return 0
    gone = ("elsewhere", "ahead", "before_consent", "after_end")
    left = sum(int(groups[column].sum()) for column in gone if column in groups)
    return int(groups["lines"].sum()) - left


def concerned(groups: pd.DataFrame) -> Bools:
    """Which groups have lines on days that can count."""
    found: Bools = (groups["lines"] > groups["elsewhere"]).to_numpy()
    return found


def mask(span: Span, start: date, end: date) -> int:
    """The bits of a stretch of days of the span."""
    low, high = (start - span.first).days, (end - span.first).days
    return ((1 << (high - low + 1)) - 1) << low if high >= low else 0


class ByPatient:
    """Rows that are sorted by patient, and where those of each begin."""

    def __init__(self, patients: pd.Series) -> None:
        texts = patients.to_numpy()
        new = np.ones(len(texts), np.bool_)
        new[1:] = texts[1:] != texts[:-1]
        self.patients: list[str] = texts[new].tolist()
        self.starts: Ints = np.append(new.nonzero()[0], len(texts))

    def place(self, patient: str) -> int:
        """The place of a patient among all, or -1."""
        n = bisect_left(self.patients, patient)
        return n if n < len(self.patients) and self.patients[n] == patient else NOTHING

    def rows(self, patient: str) -> range:
        """The rows of one patient."""
        n = self.place(patient)
        return range(0) if n == NOTHING else range(*self.starts[n : n + 2].tolist())

    def among(self, patients: Sequence[str]) -> tuple[Ints, Ints]:
        """The rows of some patients, and the place of each one's patient among these."""
        if not patients or not self.patients:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        place = {patient: n for n, patient in enumerate(patients)}
        low = bisect_left(self.patients, min(patients))
        high = bisect_left(self.patients, max(patients) + "\0")
        places = np.array([place.get(each, NOTHING) for each in self.patients[low:high]], np.int64)
        owner = np.repeat(places, np.diff(self.starts[low : high + 1]))
        mine = (owner != NOTHING).nonzero()[0]
        return mine + self.starts[low], owner[mine]

    def joined(self, bits: Ints) -> Ints:
        """The bits of all rows of each patient."""
        if not self.patients:
            return np.empty(0, np.int64)
        return np.bitwise_or.reduceat(bits, self.starts[:-1])
