"""Which days the lines of an export tell of, and how many patients each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from rtmaudit.facts.groups import ByPatient, mask
from rtmaudit.facts.keys import Ints
from rtmaudit.tables import NOTHING, Span


@dataclass(frozen=True)
class Seen:
    """The lines of a file or a table that tell a day: as pairs of a day and a patient, and of
    patients with groups as bits of the span, a number each. Of days outside it groups tell the
    first and the last. `dated` counts the lines, `inside` those in the span's judged days, `lines`
    all."""

    lines: int
    dated: int
    inside: int
    pairs: frozenset[tuple[date, str | None]]
    bits: Ints
    ends: frozenset[date]
    span: Span

    def per_day(self) -> Counter[date]:
        """How many patients each day has; of groups those of the span, the first and the last."""
        return self._per_day

    @cached_property
    def _per_day(self) -> Counter[date]:
        found = Counter(day for day, patient in self.pairs if patient is not None)
        if len(self.bits):
            found.update(_per_bit(self.bits, self.span))
        return found

    def days(self) -> set[date]:
        """Every day, of groups as many."""
        return {day for day, _ in self.pairs} | self.per_day().keys()

    def volume(self, start: date, end: date) -> tuple[int, int]:
        """Days of patients in a stretch of the span, and patients."""
        inside = [p for day, p in self.pairs if p is not None and start <= day <= end]
        wanted = mask(self.span, start, end)
        counts = np.bitwise_count(self.bits & wanted)
        return len(inside) + int(counts.sum()), len(set(inside)) + int(np.count_nonzero(counts))


def seen_in(frame: pd.DataFrame, groups: pd.DataFrame | None, span: Span) -> Seen:
    """What the lines of a frame and those of groups tell."""
    dated = frame[frame["day"].notna()]
    days = dated["day"].tolist()
    pairs = set(zip(days, dated["patient_id"].tolist(), strict=True))
    inside = sum(span.start <= day <= span.end for day in days)
    if groups is None:
        none = np.empty(0, np.int64)
        given = (frozenset(pairs), none, frozenset(days), span)
        return Seen(len(frame), len(dated), inside, *given)
    pairs, bits = _added(pairs | set(_outside(groups, span)), groups, span)
    ends = {span.first + timedelta(n) for n in set(_ends(groups).tolist())}
    lines, elsewhere = int(groups["lines"].sum()), int(groups["elsewhere"].sum())
    return Seen(
        len(frame) + lines,
        len(dated) + lines,
        inside + lines - elsewhere,
        frozenset(pairs),
        bits,
        frozenset(ends.union(days)),
        span,
    )


Pairs = set[tuple[date, str | None]]


def _added(pairs: Pairs, groups: pd.DataFrame, span: Span) -> tuple[Pairs, Ints]:
    """The days of the span that each patient of groups has, those of pairs among them, and the
    other pairs."""
    by = ByPatient(groups["patient"])
    bits, others = by.joined(groups["days"].to_numpy()), Pairs()
    for day, patient in pairs:
        place = by.place(patient) if patient and span.first <= day <= span.end else NOTHING
        if place == NOTHING:
            others.add((day, patient))
        else:
            bits[place] |= 1 << (day - span.first).days
    return others, bits


def _ends(groups: pd.DataFrame) -> Ints:
    """The first and the last days of groups, from the first of the span."""
    return np.concatenate([groups["first_day"], groups["last_day"]]).astype(np.int64)


def _outside(groups: pd.DataFrame, span: Span) -> Iterator[tuple[date, str]]:
    """The first and the last days of groups outside the span, with their patients."""
    ends, patients = _ends(groups), groups["patient"].to_numpy()
    out = (ends < 0) | (ends > (span.end - span.first).days)
    for row in out.nonzero()[0].tolist():
        yield span.first + timedelta(int(ends[row])), patients[row % len(patients)]


def _per_bit(bits: Ints, span: Span) -> dict[date, int]:
    length = (span.end - span.first).days + 1
    counts = (int((bits >> n & 1).sum()) for n in range(length))
    return {span.first + timedelta(n): count for n, count in enumerate(counts) if count}
