"""The lines behind a count: file and physical line of everything that a fact rests on, and of what
it hangs on because it cannot be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rtmaudit.facts.frames import Frames
from rtmaudit.facts.measure import Facts
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import Place
from rtmaudit.facts.spans import Visit, quarantined
from rtmaudit.model import Disposition, FactName, FactRef, System, Window
from rtmaudit.tables import READINGS, STAYS, VISITS


@dataclass(slots=True)
class Lines:
    """Readings and visits per patient, and per table the lines of visits and stays that cannot be
    read, beside the time tables that know their own lines."""

    facts: Facts
    readings: dict[str, list[tuple[System | None, date | None, Place]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    unread: dict[tuple[str, str], list[Place]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[str, list[tuple[Visit, Place]]] = field(default_factory=lambda: defaultdict(list))

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
                if system in (*ref.systems, None) and _inside(day, window)
            ]
        if ref.name is FactName.MANAGEMENT_MINUTES:
            asked = ((VISITS, ref.visit_codes), (STAYS, ref.stays))
            unread = [self.unread.get((table, patient), []) for table, given in asked if given]
            return [place for places in unread for place in places] + [
                entry.place
                for entry in self.facts.time.entries(patient)
                if entry.program is ref.program and _inside(entry.day, window)
            ]
        if ref.name is FactName.VISITS:
            return self.unread.get((VISITS, patient), []) + [
                place
                for visit, place in self.visits.get(patient, [])
                if visit.within(window.start, window.end, ref.visit_codes)
            ]
        if ref.name is FactName.LIVE_CONTACTS:
            return [
                call.place
                for call in self.facts.time.contacts(patient)
                if call.program in (ref.program, None) and _inside(call.day, window)
            ]
        return []


def lines_of(facts: Facts, frames: Frames) -> Lines:
    """Index the lines that count, certainly or perhaps."""
    lines = Lines(facts)
    for table in (VISITS, STAYS):
        for row in quarantined(frames.get(table)):
            lines.unread[(table, row["patient_id"])].append(frames.place(table, row))
    visits = frames.get(VISITS)
    if visits is not None:
        for row in rows_of(visits[visits["disposition"] == Disposition.USED]):
            visit = Visit(row["day"], row["code"])
            lines.visits[row["patient_id"]].append((visit, frames.place(VISITS, row)))
    readings = frames.get(READINGS)
    if readings is None:
        return lines
    counts = readings["disposition"].isin([Disposition.USED, Disposition.QUARANTINED])
    counted = readings[counts & readings["patient_id"].notna()]
    columns = ("patient_id", "system", "day", "file", "line")
    names = frames.files[READINGS]
    for patient, system, day, file, line in zip(*(counted[c] for c in columns), strict=True):
        lines.readings[patient].append((system, day, (names[file], int(line))))
    return lines


def _inside(day: date | None, window: Window) -> bool:
    return day is None or window.start <= day <= window.end
