"""Which days the lines of an export tell of, and how many patients each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from rtmaudit.facts.groups import mask
from rtmaudit.tables import Group, LogGroup, Span


@dataclass(frozen=True)
class Seen:
    """The lines of a file or a table that tell a day: as pairs of a day and a patient, and of
    patients with groups as bits of the span. Of days outside it groups tell the first and the last.
    `dated` counts the lines, `inside` those in the span's judged days, `lines` all."""

    lines: int
    dated: int
    inside: int
    pairs: frozenset[tuple[date, str | None]]
    bits: Mapping[str, int]
    ends: frozenset[date]
    span: Span

    def per_day(self) -> Counter[date]:
        """How many patients each day has; of groups those of the span, the first and the last."""
        return self._per_day

    @cached_property
    def _per_day(self) -> Counter[date]:
        found = Counter(day for day, patient in self.pairs if patient is not None)
        if self.bits:
            found.update(_per_bit(self.bits, self.span))
        return found

    def days(self) -> set[date]:
        """Every day, of groups as many."""
        return {day for day, _ in self.pairs} | self.per_day().keys()

    def volume(self, start: date, end: date) -> tuple[int, int]:
        """Days of patients in a stretch of the span, and patients."""
        inside = [p for day, p in self.pairs if p is not None and start <= day <= end]
        wanted = mask(self.span, start, end)
        counts = [(each & wanted).bit_count() for each in self.bits.values()]
        return len(inside) + sum(counts), len(set(inside)) + sum(map(bool, counts))


def seen_in(frame: pd.DataFrame, groups: Sequence[Group | LogGroup], span: Span) -> Seen:
    """What the lines of a frame and those of groups tell."""
    dated = frame[frame["day"].notna()]
    days = dated["day"].tolist()
    pairs = set(zip(days, dated["patient_id"].tolist(), strict=True))
    bits: dict[str, int] = {}
    for group in groups:
        bits[group.patient] = bits.get(group.patient, 0) | group.days
    ends = {group.first_day for group in groups} | {group.last_day for group in groups}
    if any(not span.first <= day <= span.end for day in ends):
        pairs |= set(_outside(groups, span))
    for pair in [p for p in pairs if p[1] in bits and span.first <= p[0] <= span.end]:
        bits[pair[1]] |= 1 << (pair[0] - span.first).days
        pairs.remove(pair)
    lines = sum(group.lines for group in groups)
    return Seen(
        len(frame) + lines,
        len(dated) + lines,
        sum(span.start <= day <= span.end for day in days)
        + lines
        - sum(group.elsewhere for group in groups),
        frozenset(pairs),
        bits,
        frozenset(ends.union(days)),
        span,
    )


def _outside(groups: Sequence[Group | LogGroup], span: Span) -> Iterator[tuple[date, str]]:
    """The first and the last days of groups outside the span, with their patients."""
    for group in groups:
        for day in (group.first_day, group.last_day):
            if not span.first <= day <= span.end:
                yield day, group.patient


def _per_bit(bits: Mapping[str, int], span: Span) -> dict[date, int]:
    import numpy as np

    each = np.fromiter(bits.values(), np.uint64, len(bits))
    length = (span.end - span.first).days + 1
    counts = (int(((each >> np.uint64(n)) & np.uint64(1)).sum()) for n in range(length))
    return {span.first + timedelta(n): count for n, count in enumerate(counts) if count}
