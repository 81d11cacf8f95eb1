"""Readings -> day sets: one integer per patient and system, a bit for each local day of the judged
span. Days in a window are the bits under its mask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from rtmaudit.facts.groups import concerned, first_bit, judged
from rtmaudit.facts.keys import Ints
from rtmaudit.facts.seen import Seen
from rtmaudit.model import (
    Cause,
    Disposition,
    Exclusion,
    FactRef,
    ProblemKind,
    Source,
    System,
    Window,
)
from rtmaudit.tables import Span, words_of
from rtmaudit.windows import ONE_DAY, Month, length

CUT_PATIENTS = 5
CUT_DAYS = 3
"""An export covers whole calendar months, unless its first (or last) day already holds readings of
`CUT_PATIENTS` patients and `CUT_DAYS` days or more of that month are empty for everyone: then it
was cut there. It only ever makes days `missing`, and `covers:` says it exactly."""


ELSEWHERE = (
    Exclusion.OTHER_MONTH,
    Exclusion.AFTER_AS_OF,
    Exclusion.NOT_ON_ROSTER,
    Exclusion.DROPPED,
)
"""Lines that say nothing of a patient's programs in the audited month."""

_CAUSES = {
    ProblemKind.DEVICE_NOT_ASSIGNED: Cause.DEVICE_NOT_ASSIGNED,
    ProblemKind.DEVICE_SHARED: Cause.DEVICE_SHARED,
}
"""Why a day may not count, where it is not that a line cannot be read."""

DOUBTS = (Cause.LINE_NOT_READABLE, *_CAUSES.values())


Sort = tuple[System, Source | None]
"""A system, and how a reading of it came about, where that is on file."""


@dataclass
class DaySets:
    """What the readings say. Bit 0 is `first`; `sets` has the days of each patient of whom a system
    is watched, if only none; `lines` the bit of every line of a physiologic system, whose readings
    are counted too; `maybe` holds the days that a line in doubt names, by why it is, and `unread`
    counts the lines whose day cannot be read. Nobody changes it once it is complete."""

    first: date
    sets: dict[Sort, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    lines: dict[str, dict[Sort, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    maybe: dict[tuple[str, System | None, Cause], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    unread: dict[tuple[str, System | None], int] = field(default_factory=lambda: defaultdict(int))
    covered: int = 0

    def add(self, patient: str, sort: Sort, bits: int = 0) -> None:
        """A system of a patient is watched, and has readings on these days."""
        mine = self.sets[sort]
        mine[patient] = mine.get(patient, 0) | bits

    @cached_property
    def watched(self) -> frozenset[System]:
        """The systems that are watched of anybody."""
        return frozenset(system for system, _ in self.sets)

    @cached_property
    def doubted(self) -> frozenset[str | None]:
        """Of whom days are in doubt."""
        return frozenset(key[0] for key in (*self.maybe, *self.unread))

    def systems(self, patient: str) -> frozenset[System]:
        """What is watched of a patient."""
        return frozenset(system for (system, _), whom in self.sets.items() if patient in whom)

    def mask(self, start: date, end: date) -> int:
        """The bits of a stretch of days, as far as it lies in the span."""
        low = max(0, (start - self.first).days)
        high = (end - self.first).days
        return ((1 << (high - low + 1)) - 1) << low if high >= low else 0

    def uncovered(self, window: Window, as_of: date) -> int:
        """The days of a window that are over, and that no export covers."""
        return self.mask(window.start, min(window.end, as_of - ONE_DAY)) & ~self.covered

    def before(self, window: Window, as_of: date) -> int:
        """How many days of a window that are over lie before the span."""
        return length(window.start, min(window.end, as_of - ONE_DAY, self.first - ONE_DAY))

    def seen(self, patient: str, ref: FactRef) -> int:
        """Days with a reading of any of the systems that came about as asked, or may have."""
        return self._days(patient, _sorts(ref))

    def unstated(self, patient: str, ref: FactRef) -> int:
        """Days that count only if a reading of unstated source came about as asked."""
        if not ref.sources:
            return 0
        stated = [sort for sort in _sorts(ref) if sort[1] is not None]
        return self.seen(patient, ref) & ~self._days(patient, stated)

    def _days(self, patient: str, sorts: Iterable[Sort]) -> int:
        found = 0
        for sort in sorts:
            if sort in self.sets:
                found |= self.sets[sort].get(patient, 0)
        return found

    def number(self, patient: str, ref: FactRef, mask: int) -> int:
        """Lines on the days of a mask."""
        mine = self.lines.get(patient, {})
        lines = (bit for sort in _sorts(ref) for bit in mine.get(sort, ()))
        return sum(mask >> bit & 1 for bit in lines)

    def in_doubt(self, patient: str, systems: Sequence[System]) -> tuple[int, int]:
        """Days that a line in doubt names, and the number of lines whose day cannot be read."""
        maybe = 0
        for why in DOUBTS:
            maybe |= self._doubted(patient, systems, why)
        return maybe, sum(self.unread.get((patient, system), 0) for system in (*systems, None))

    def why(self, patient: str, systems: Sequence[System], mask: int) -> Cause:
        """Why days of a mask may not count; a line that cannot be read before all else."""
        if self.in_doubt(patient, systems)[1]:
            return Cause.LINE_NOT_READABLE
        return next(why for why in DOUBTS if self._doubted(patient, systems, why) & mask)

    def _doubted(self, patient: str, systems: Sequence[System], why: Cause) -> int:
        found = 0
        for system in (*systems, None):
            found |= self.maybe.get((patient, system, why), 0)
        return found

    def day(self, bit: int) -> date:
        """The day of a bit."""
        return self.first + timedelta(days=bit)


def bit_reached(bits: int, count: int, since: int) -> int | None:
    """The first bit that is set, is not before `since`, and has `count` set bits up to itself."""
    before = (bits & ((1 << since) - 1)).bit_count()
    rest = bits >> since << since
    for _ in range(max(0, count - before - 1)):
        rest &= rest - 1
    return (rest & -rest).bit_length() - 1 if rest else None


def bits_reached(bits: Ints, count: int, since: int) -> Ints:
    """The same of many at once; -1 where there is none."""
    left = np.maximum(0, count - 1 - np.bitwise_count(bits & ((1 << since) - 1)).astype(np.int64))
    rest = bits >> since << since
    while (left > 0).any():
        rest, left = np.where(left > 0, rest & (rest - 1), rest), left - 1
    return first_bit(rest)


def _sorts(ref: FactRef) -> list[Sort]:
    sources = (*(ref.sources or Source), None)
    return [(system, source) for system in ref.systems for source in sources]


def day_sets(frame: pd.DataFrame, month: Month) -> DaySets:
    """Reduce the readings frame (after sifting) to day sets."""
    result = DaySets(month.span_start)
    frame = frame[frame["patient_id"].notna()]
    columns = ("patient_id", "system", "source", "day", "disposition", "kind")
    for patient, system, source, day, disposition, kind in zip(
        *(frame[c] for c in columns), strict=True
    ):
        _count(result, month, (patient, system, source), day, disposition, kind)
        if system is not None and kind not in ELSEWHERE:
            result.add(patient, (system, source))
    return result


def _count(
    sets: DaySets,
    month: Month,
    key: tuple[str, System | None, Source | None],
    day: date | None,
    disposition: Disposition,
    kind: str,
) -> None:
    patient, system, source = key
    doubtful = disposition is Disposition.QUARANTINED or kind == ProblemKind.DEVICE_SHARED
    if not doubtful and (disposition is not Disposition.USED or system is None or day is None):
        return
    if day is None:
        sets.unread[(patient, system)] += 1
        return
    bit = (day - sets.first).days
    if not doubtful and system is not None:
        sets.add(patient, (system, source), 1 << bit)
        if system is System.PHYSIOLOGIC:
            sets.lines[patient].setdefault((system, source), []).append(bit)
    elif sets.first <= day <= month.end:
        why = _CAUSES.get(ProblemKind(kind), Cause.LINE_NOT_READABLE)
        sets.maybe[(patient, system, why)] |= 1 << bit


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that one export covers, and whether it seems to stop before its month does."""

    start: date
    end: date
    cut_at_end: bool = False


def coverage(seen: Seen) -> Coverage | None:
    """What the lines of one file tell about the days it covers; None without a readable day."""
    if not seen.ends:
        return None
    first, last, patients = min(seen.ends), max(seen.ends), seen.per_day()
    month_start, month_end = Month.of(first).start, Month.of(last).end
    cut_before = (first - month_start).days >= CUT_DAYS and patients[first] >= CUT_PATIENTS
    cut_after = (month_end - last).days >= CUT_DAYS and patients[last] >= CUT_PATIENTS
    return Coverage(
        first if cut_before else month_start, last if cut_after else month_end, cut_after
    )


def add_groups(sets: DaySets, groups: pd.DataFrame, span: Span) -> None:
    """Count groups in: all their days are beyond doubt."""
    groups = groups[concerned(groups)]
    days = judged(groups, span) >> (span.start - span.first).days
    systems, sources = words_of(System), words_of(Source)
    columns = (groups["patient"], groups["system"], groups["source"])
    for patient, system, source, bits in zip(
        *(column.tolist() for column in columns), days.tolist(), strict=True
    ):
        sets.add(patient, (systems[system], sources[source]), bits)
