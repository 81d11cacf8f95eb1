"""The lines behind a count: file and physical line of everything that a fact rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from rtmaudit.facts.measure import Facts
from rtmaudit.facts.ruling import Place
from rtmaudit.model import Disposition, FactName, FactRef, System, Window


@dataclass(slots=True)
class Lines:
    """Used readings per patient, beside the time tables that know their own lines."""

    facts: Facts
    readings: dict[str, list[tuple[System, date, Place]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def behind(self, patient: str, refs: Sequence[FactRef], window: Window) -> tuple[Place, ...]:
        """Every line that the facts count in the window, in the order of the files."""
        found = {place for ref in refs for place in self._of(patient, ref, window)}
        return tuple(sorted(found))

    def _of(self, patient: str, ref: FactRef, window: Window) -> list[Place]:
        if ref.name is FactName.READING_DAYS:
            told = self.facts.summaries.of(patient, ref.systems)
            return [each.place for each in told if any(each.within(window.start, window.end))] + [
                place
                for system, day, place in self.readings.get(patient, [])
                if system in ref.systems and window.start <= day <= window.end
            ]
        if ref.name is FactName.MANAGEMENT_MINUTES:
            return [
                entry.place
                for entry in self.facts.time.entries.get(patient, [])
                if entry.program is ref.program and _inside(entry.day, window)
            ]
        if ref.name is FactName.LIVE_CONTACTS:
            return [
                call.place
                for call in self.facts.time.calls.get(patient, [])
                if call.program in (ref.program, None) and _inside(call.day, window)
            ]
        return []


def lines_of(facts: Facts, readings: pd.DataFrame | None, files: Mapping[int, str]) -> Lines:
    """Index the used lines of the readings frame."""
    lines = Lines(facts)
    if readings is None:
        return lines
    used = readings[readings["disposition"] == Disposition.USED]
    columns = ("patient_id", "system", "day", "file", "line")
    for patient, system, day, file, line in zip(*(used[c] for c in columns), strict=True):
        lines.readings[patient].append((system, day, (files[file], int(line))))
    return lines


def _inside(day: date | None, window: Window) -> bool:
    return day is None or window.start <= day <= window.end
