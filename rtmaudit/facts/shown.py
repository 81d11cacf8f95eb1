"""One patient's staff time and calls, line by line, each with what of it counts. Nothing is counted
here: the shares are those of which the facts are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from rtmaudit.facts.counts import contacts_of, minutes_of
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.measure import Facts
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.ruling import Place
from rtmaudit.facts.seconds import sum_seconds
from rtmaudit.facts.time import Call, Entry
from rtmaudit.model import (
    Bar,
    BillerType,
    Cause,
    Disposition,
    FactRef,
    Heard,
    Tally,
    ToldLine,
    Window,
    in_ranges,
)
from rtmaudit.tables import CALLS, STAYS, TIME_LOG, VISITS

Rows = dict[Place, dict[Any, Any]]


@dataclass(slots=True)
class Shown:
    """The lines of one patient in the order of their days, and which entry or call is which."""

    facts: Facts
    frames: Frames
    patient: str
    time: tuple[ToldLine, ...] = ()
    calls: tuple[ToldLine, ...] = ()
    _at: dict[int, int] = field(default_factory=dict)

    def tallies(self, ref: FactRef, window: Window) -> Iterator[Tally]:
        """How a fact of minutes adds up, under each biller that it may be."""
        billers = self.facts.possible_billers(self.patient, ref.program)
        for biller in billers:
            yield self._tally(ref, window, biller, len(billers) == 1)

    def _tally(self, ref: FactRef, window: Window, biller: BillerType, alone: bool) -> Tally:
        mine = list(minutes_of(self.facts, self.patient, ref, window, biller))
        total = sum_seconds(mine)
        shares = tuple((self._at[id(entry)], share) for entry, share in mine)
        behind = tuple(
            (self._at[id(entry)], self._on(entry.day, ref))
            for entry, (_, _, _, cause, bar) in mine
            if bar is Bar.VISIT_OR_STAY or cause in _OF_THE_DAY
        )
        return Tally(ref, window, biller, alone, shares, total.least, total.most, behind)

    def _on(self, day: date | None, ref: FactRef) -> tuple[Place, ...]:
        """The lines of visits and stays of a day that a fact of minutes looks at."""
        visits = _rows(self.frames, VISITS, self.patient).items() if ref.visit_codes else ()
        stays = _rows(self.frames, STAYS, self.patient).items() if ref.stays else ()
        found = [
            place
            for place, row in visits
            if row["day"] == day and (not row["code"] or in_ranges(row["code"], ref.visit_codes))
        ]
        return (*found, *(place for place, row in stays if _lasts(row, day, ref)))

    def heard(self, ref: FactRef, window: Window) -> Heard:
        """The calls that a fact of live contacts counts."""
        found = contacts_of(self.facts, self.patient, ref, window)
        return Heard(ref, window, tuple((self._at[id(call)], call.doubt) for call in found))


_OF_THE_DAY = (Cause.VISIT_CODE, Cause.ON_STAY)
"""Doubts about the day of an entry, and not about the entry."""


def _lasts(row: Mapping[Any, Any], day: date | None, ref: FactRef) -> bool:
    if day is None or row["from"] is None or row["kind_of"] not in (*ref.stays, None):
        return False
    return bool(row["from"] <= day and (row["to"] is None or day <= row["to"]))


def shown(facts: Facts, frames: Frames, patient: str) -> Shown:
    """Every line of staff time and every call of a patient, whatever became of it."""
    log, calls = _rows(frames, TIME_LOG, patient), _rows(frames, CALLS, patient)
    both, zone = log | calls, facts.zone
    found = Shown(facts, frames, patient)
    entries = [(e, _of_entry(e, both, zone)) for e in facts.time.entries(patient)]
    heard = [(c, _of_call(c, both, zone)) for c in facts.time.contacts(patient)]
    found.time = _ordered(entries, log, zone, found._at)
    found.calls = _ordered(heard, calls, zone, found._at)
    return found


def _ordered(
    counted: Sequence[tuple[Entry | Call, ToldLine]],
    rows: Rows,
    zone: ZoneInfo | None,
    at: dict[int, int],
) -> tuple[ToldLine, ...]:
    """What was counted with, and the other lines of the table, by day. `at` takes in which of them
    is which."""
    places = {what.place for what, _ in counted}
    others = [_left_out(place, row, zone) for place, row in rows.items() if place not in places]
    said = [*((id(what), line) for what, line in counted), *((0, line) for line in others)]
    said.sort(key=lambda each: _when(each[1]))
    at |= {key: n for n, (key, _) in enumerate(said) if key}
    return tuple(line for _, line in said)


def _when(line: ToldLine) -> tuple[date, time, str, int]:
    return line.day or date.max, line.clock or time.min, line.file, line.line


def _rows(frames: Frames, table: str, patient: str) -> Rows:
    frame = frames.get(table)
    if frame is None:
        return {}
    mine = rows_of(frame[frame["patient_id"] == patient])
    return {frames.place(table, row): row for row in mine}


def _of_entry(entry: Entry, rows: Rows, zone: ZoneInfo | None) -> ToldLine:
    """An entry by its own line; that of a summary has none of its own."""
    row = rows.get(entry.place)
    if row is not None:
        return _of_row(entry.place, {**row, "role": entry.role}, zone)
    became = Disposition.USED if entry.trusted else Disposition.QUARANTINED
    clock = _clock(entry.second, zone)
    return ToldLine(
        *entry.place,
        entry.program,
        entry.role,
        entry.contact,
        entry.staff or "",
        entry.day,
        clock,
        entry.most,
        became,
    )


def _of_call(call: Call, rows: Rows, zone: ZoneInfo | None) -> ToldLine:
    row = rows.get(call.place)
    if row is not None:
        return _of_row(call.place, row, zone)
    return ToldLine(*call.place, call.program, day=call.day, clock=_clock(call.second, zone))


def _of_row(place: Place, row: Mapping[Any, Any], zone: ZoneInfo | None) -> ToldLine:
    return ToldLine(
        *place,
        row["program"],
        row.get("role"),
        row["contact"],
        row["staff_id"] or "",
        row["day"],
        _clock(row["second"], zone),
        _length(row),
        row["disposition"],
        row["kind"],
    )


def _left_out(place: Place, row: Mapping[Any, Any], zone: ZoneInfo | None) -> ToldLine:
    """A line that counting passed over; one that is used all the same was told by another."""
    line = _of_row(place, row, zone)
    again = line.became is Disposition.USED
    return replace(line, became=Disposition.DUPLICATE) if again else line


def _length(row: Mapping[Any, Any]) -> int | None:
    """How long the line says that it took, before anything was taken from it."""
    for column in ("seconds", "minutes"):
        if isinstance(row[column], int):
            return int(row[column])
    ended = getattr(row.get("ended_at"), "second", None)
    if ended is not None and row["second"] is not None:
        return int(ended - row["second"])
    return None if row["most"] is None else int(row["most"])


def _clock(second: int | None, zone: ZoneInfo | None) -> time | None:
    if second is None or zone is None:
        return None
    return datetime.fromtimestamp(second, zone).time()
