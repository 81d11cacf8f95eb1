"""Days from exports of their own: a patient's visits and stays, which payer covers when, and who
has which device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from rtmaudit.facts.rows import rows_of
from rtmaudit.model import Cause, Disposition, Stay, in_ranges


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit on a day; no code: none is on file. One that could not be read is not `sure`, and may
    have been on any day and for any code that it leaves open."""

    on: date | None
    code: str | None
    sure: bool = True

    def takes(self, day: date, codes: Sequence[str]) -> Cause | bool:
        """Whether it is one for the codes on a day, or why it may be."""
        if self.on not in (day, None) or (self.code and not in_ranges(self.code, codes)):
            return False
        if not self.sure:
            return Cause.LINE_NOT_READABLE
        return True if self.code else Cause.VISIT_CODE

    def within(self, start: date, end: date, codes: Sequence[str]) -> bool:
        """Whether it is one for the codes in a stretch; one that is not sure, whether it may be."""
        if self.on is not None and not start <= self.on <= end:
            return False
        return in_ranges(self.code, codes) if self.code else not self.sure


@dataclass(frozen=True, slots=True)
class Stays:
    """A stay in a hospital or facility; no end: the patient is still there. One that could not be
    read whole may be of any kind where `kind` is None, and is nowhere `sure`."""

    kind: Stay | None
    start: date
    end: date | None
    sure: bool = True

    def takes(self, day: date, kinds: Sequence[Stay]) -> Cause | bool:
        """Whether the patient was there, in one of the kinds, all day; or why that may be."""
        if self.kind not in (*kinds, None) or day < self.start:
            return False
        if self.end is not None and day > self.end:
            return False
        if not self.sure:
            return Cause.LINE_NOT_READABLE
        return Cause.ON_STAY if day in (self.start, self.end) else True


@dataclass(frozen=True, slots=True)
class Cover:
    """A payer that covers a patient; no end: it still does."""

    payer: str
    start: date
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether it covers the patient on a day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Holder:
    """A patient who has a device; no day at an end: always."""

    patient: str
    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether the patient has it on a day."""
        since = self.start is None or self.start <= day
        return since and (self.end is None or day <= self.end)


def read_visits(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Visit]]:
    """Visits per patient."""
    found: dict[str, list[Visit]] = defaultdict(list)
    for row in _used(frame):
        found[row["patient_id"]].append(Visit(row["day"], row["code"]))
    for row in quarantined(frame):
        found[row["patient_id"]].append(Visit(row["day"], row["code"], sure=False))
    return found


def read_stays(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Stays]]:
    """Stays per patient. A line that cannot be read raises doubt on every day that it leaves open,
    and on none that it does not."""
    found: dict[str, list[Stays]] = defaultdict(list)
    for row in _used(frame):
        found[row["patient_id"]].append(Stays(row["kind_of"], row["from"], row["to"]))
    for row in quarantined(frame):
        stay = Stays(row["kind_of"], row["from"] or date.min, row["to"], sure=False)
        found[row["patient_id"]].append(stay)
    return found


def read_coverage(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Cover]]:
    """Payers per patient, the earliest first."""
    found: dict[str, list[Cover]] = defaultdict(list)
    for row in _used(frame):
        found[row["patient_id"]].append(Cover(row["payer"], row["from"], row["to"]))
    return {patient: sorted(mine, key=lambda c: c.start) for patient, mine in found.items()}


def read_holders(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Holder]]:
    """Who has each device; a line that cannot be read names it, and gives it to nobody."""
    found: dict[str, list[Holder]] = defaultdict(list)
    for row in _used(frame):
        found[row["device_id"]].append(Holder(row["patient_id"], row["from"], row["to"]))
    for row in _rows(frame, Disposition.QUARANTINED):
        if row["device_id"] is not None:
            found.setdefault(row["device_id"], [])
    return found


def quarantined(frame: pd.DataFrame | None) -> list[dict[Any, Any]]:
    """The lines of a table that cannot be trusted and that name their patient."""
    return [row for row in _rows(frame, Disposition.QUARANTINED) if row["patient_id"] is not None]


def _used(frame: pd.DataFrame | None) -> list[dict[Any, Any]]:
    return _rows(frame, Disposition.USED)


def _rows(frame: pd.DataFrame | None, which: Disposition) -> list[dict[Any, Any]]:
    if frame is None:
        return []
    return rows_of(frame[frame["disposition"] == which])
