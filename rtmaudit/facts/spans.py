"""Stretches of days from exports of their own: a patient's stays, which payer covers when, and who
has which device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from rtmaudit.model import Disposition, Stay


@dataclass(frozen=True, slots=True)
class Stays:
    """A stay in a hospital or facility; no end: the patient is still there."""

    kind: Stay
    start: date
    end: date | None

    def holds(self, day: date) -> bool | None:
        """Whether the patient was there all day; None on the days of coming and going."""
        if day < self.start or (self.end is not None and day > self.end):
            return False
        return None if day in (self.start, self.end) else True


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


def read_stays(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Stays]]:
    """Stays per patient."""
    found: dict[str, list[Stays]] = defaultdict(list)
    for row in _used(frame):
        found[row["patient_id"]].append(Stays(row["kind_of"], row["from"], row["to"]))
    return found


def read_coverage(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Cover]]:
    """Payers per patient, the earliest first."""
    found: dict[str, list[Cover]] = defaultdict(list)
    for row in _used(frame):
        found[row["patient_id"]].append(Cover(row["payer"], row["from"], row["to"]))
    return {patient: sorted(mine, key=lambda c: c.start) for patient, mine in found.items()}


def read_holders(frame: pd.DataFrame | None) -> Mapping[str, Sequence[Holder]]:
    """Who has each device."""
    found: dict[str, list[Holder]] = defaultdict(list)
    for row in _used(frame):
        found[row["device_id"]].append(Holder(row["patient_id"], row["from"], row["to"]))
    return found


def _used(frame: pd.DataFrame | None) -> list[dict[Any, Any]]:
    if frame is None:
        return []
    return frame[frame["disposition"] == Disposition.USED].to_dict("records")
