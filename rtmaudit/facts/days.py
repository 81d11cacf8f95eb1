"""Readings -> day sets: one integer per patient and system, a bit for each local day of the judged
span. Days in a window are the bits under its mask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from rtmaudit.model import Disposition, Exclusion, FactRef, Source, System
from rtmaudit.windows import Month

CUT_PATIENTS = 5
CUT_DAYS = 3
"""An export covers whole calendar months, unless its first (or last) day already holds readings of
`CUT_PATIENTS` patients and `CUT_DAYS` days or more of that month are empty for everyone: then it
was cut there. It only ever makes days `missing`, and `covers:` says it exactly."""


ELSEWHERE = (Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF, Exclusion.NOT_ON_ROSTER)
"""Lines that say nothing of a patient's programs in the audited month."""


Kept = tuple[str, System, Source | None]
"""Patient, system, and how the reading came about, where that is on file."""


@dataclass(slots=True)
class DaySets:
    """What the readings say. Bit 0 is `first`; `lines` has the bit of every line of a physiologic
    system, whose readings are counted too; `maybe` holds days that only a line in doubt names,
    and `unread` counts the lines whose day cannot be read."""

    first: date
    sets: dict[Kept, int] = field(default_factory=lambda: defaultdict(int))
    lines: dict[Kept, list[int]] = field(default_factory=lambda: defaultdict(list))
    maybe: dict[tuple[str, System | None], int] = field(default_factory=lambda: defaultdict(int))
    unread: dict[tuple[str, System | None], int] = field(default_factory=lambda: defaultdict(int))
    systems: dict[str, set[System]] = field(default_factory=lambda: defaultdict(set))
    covered: int = 0

    def mask(self, start: date, end: date) -> int:
        """The bits of a stretch of days, as far as it lies in the span."""
        low = max(0, (start - self.first).days)
        high = (end - self.first).days
        return ((1 << (high - low + 1)) - 1) << low if high >= low else 0

    def seen(self, patient: str, ref: FactRef) -> int:
        """Days with a reading of any of the systems that came about as asked, or may have."""
        found = 0
        for key in _keys(patient, ref):
            found |= self.sets.get(key, 0)
        return found

    def unstated(self, patient: str, ref: FactRef) -> int:
        """Days that count only if a reading of unstated source came about as asked."""
        if not ref.sources:
            return 0
        found = 0
        for key in _keys(patient, ref):
            found |= self.sets.get(key, 0) if key[2] is not None else 0
        return self.seen(patient, ref) & ~found

    def number(self, patient: str, ref: FactRef, mask: int) -> int:
        """Lines on the days of a mask."""
        lines = (bit for key in _keys(patient, ref) for bit in self.lines.get(key, ()))
        return sum(mask >> bit & 1 for bit in lines)

    def in_doubt(self, patient: str, systems: Sequence[System]) -> tuple[int, int]:
        """Days that a line in doubt names, and the number of lines whose day cannot be read."""
        keys = [(patient, system) for system in (*systems, None)]
        maybe = 0
        for key in keys:
            maybe |= self.maybe.get(key, 0)
        return maybe, sum(self.unread.get(key, 0) for key in keys)

    def day(self, bit: int) -> date:
        """The day of a bit."""
        return self.first + timedelta(days=bit)


def _keys(patient: str, ref: FactRef) -> list[Kept]:
    sources = (*(ref.sources or Source), None)
    return [(patient, system, source) for system in ref.systems for source in sources]


def day_sets(frame: pd.DataFrame, month: Month) -> DaySets:
    """Reduce the readings frame (after sifting) to day sets."""
    result = DaySets(month.span_start)
    frame = frame[frame["patient_id"].notna()]
    columns = ("patient_id", "system", "source", "day", "disposition", "kind")
    for patient, system, source, day, disposition, kind in zip(
        *(frame[c] for c in columns), strict=True
    ):
        _count(result, month, patient, system, source, day, disposition)
        if system is not None and kind not in ELSEWHERE:
            result.systems[patient].add(system)
    return result


def _count(
    sets: DaySets,
    month: Month,
    patient: str,
    system: System | None,
    source: Source | None,
    day: date | None,
    disposition: Disposition,
) -> None:
    inside = day is not None and sets.first <= day <= month.end
    if disposition is Disposition.USED and system is not None and day is not None:
        key, bit = (patient, system, source), (day - sets.first).days
        sets.sets[key] |= 1 << bit
        if system is System.PHYSIOLOGIC:
            sets.lines[key].append(bit)
    elif disposition is Disposition.QUARANTINED and day is None:
        sets.unread[(patient, system)] += 1
    elif disposition is Disposition.QUARANTINED and inside and day is not None:
        sets.maybe[(patient, system)] |= 1 << (day - sets.first).days


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days that one export covers, and whether it seems to stop before its month does."""

    start: date
    end: date
    cut_at_end: bool = False


def coverage(file: pd.DataFrame) -> Coverage | None:
    """What the lines of one file tell about the days it covers; None without a readable day."""
    seen = [
        (day, patient)
        for day, patient in zip(file["day"], file["patient_id"], strict=True)
        if day is not None
    ]
    if not seen:
        return None
    first, last = min(day for day, _ in seen), max(day for day, _ in seen)
    month_start, month_end = Month.of(first).start, Month.of(last).end
    cut_before = (first - month_start).days >= CUT_DAYS and _patients(seen, first) >= CUT_PATIENTS
    cut_after = (month_end - last).days >= CUT_DAYS and _patients(seen, last) >= CUT_PATIENTS
    return Coverage(
        first if cut_before else month_start, last if cut_after else month_end, cut_after
    )


def _patients(seen: list[tuple[date, str]], day: date) -> int:
    return len({patient for each, patient in seen if each == day})
