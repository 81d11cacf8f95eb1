"""Of which patients the lines of a plain file are read again: groups stand for patients about whose
lines there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from rtmaudit.facts.devices import NO_DEVICE
from rtmaudit.facts.groups import ByPatient, first_bit, judged, last_bit, mask
from rtmaudit.facts.likeness import is_rounded
from rtmaudit.facts.roster import ENDS, Roster
from rtmaudit.facts.spans import Holder, Stays, Visit
from rtmaudit.model import PROGRAM_OF_SYSTEM, Clock, Disposition, Program, System
from rtmaudit.tables import LATE_DAYS, NOTHING, Span, numbers_of, words_of
from rtmaudit.windows import ONE_DAY, Discharge, Episode, Month, build_windows

Bounds = Callable[[str, Program], tuple[date, date]]


def bounds_of(roster: Roster) -> Bounds | None:
    """From the consent to the end of each patient's program, as far as they are on file; None where
    the roster tells of neither."""
    if not roster.has("consent_on") and not roster.tells_ends:
        return None

    @cache
    def bounds(patient: str, program: Program) -> tuple[date, date]:
        line = roster.enrolment(patient, program)
        return line.day("consent_on") or date.min, line.episode.end or date.max

    return bounds


def with_something_to_say(
    groups: pd.DataFrame,
    span: Span,
    roster: Roster,
    held: Mapping[str, Sequence[Holder]],
    frame: pd.DataFrame,
) -> set[str]:
    """The patients of groups of whom a line could be told or doubted: strangers, those with a line
    after the as-of day, those whose device is not certainly theirs alone, and those of whom the
    frame holds other lines."""
    patients = groups["patient"]
    everybody = set(patients)
    found = everybody & set(frame["patient_id"][frame["disposition"] == Disposition.USED])
    found |= set(patients[groups["ahead"] > 0]) | _unknown(everybody, roster)
    each = set(patients[groups["system"] == numbers_of(System)[System.PHYSIOLOGIC]])
    # Of self-measured blood pressure each reading counts, and not each day.
    found |= {patient for patient in each if roster.names(patient, Program.SMBP) is not False}
    named = groups.loc[_is_a_device(groups["device"]), ["patient", "device"]].drop_duplicates()
    # Who has several devices.
    found |= set(named["patient"][named.duplicated("patient", keep=False)])
    return found | _of_shared_devices(named, frame) | set(_of_held_devices(groups, span, held))


_SYSTEMS, _PROGRAMS = words_of(System), words_of(Program)


def cut(groups: pd.DataFrame, span: Span, bounds: Bounds | None) -> set[str]:
    """The patients whose days reach over a consent or an end."""
    if bounds is None:
        return set()
    return {
        row.patient
        for row, low, high in _with_days(groups, span)
        if _is_cut(row.patient, _SYSTEMS[row.system], low, high, bounds)
    }


def bar(
    groups: pd.DataFrame,
    file: int,
    span: Span,
    bounds: Bounds,
    per_day: Mapping[tuple[str, System], Mapping[date, int]],
) -> None:
    """Bar the days before a consent and after an end in the groups of a file. The lines of these
    days are told with the first group of a patient and system."""
    left = dict(per_day)
    mine = groups[(groups["file"] == file) & groups["patient"].isin({each[0] for each in left})]
    for row, patient, number in zip(mine.index, mine["patient"], mine["system"], strict=True):
        system = _SYSTEMS[number]
        consent, end = bounds(patient, PROGRAM_OF_SYSTEM[system])
        lines = left.pop((patient, system), {})
        inside = {day: n for day, n in lines.items() if span.start <= day <= span.end}
        groups.at[row, "barred"] = ~mask(span, max(consent, span.first), min(end, span.end))
        before = sum(n for day, n in inside.items() if day < consent)
        after = sum(n for day, n in inside.items() if consent <= day and day > end)
        groups.at[row, "before_consent"], groups.at[row, "after_end"] = before, after


def waited_longest(groups: pd.DataFrame | None) -> tuple[int, set[str]] | None:
    """The most days that a reading of a file waited to be received, if that was late, and whose
    readings did: the first of them is told."""
    lag = NOTHING if groups is None or groups.empty else int(groups["lag"].max())
    if groups is None or lag <= LATE_DAYS:
        return None
    return lag, set(groups["patient"][groups["lag"] == lag])


def with_time_to_be_told(
    groups: pd.DataFrame,
    span: Span,
    roster: Roster,
    visits: Mapping[str, Sequence[Visit]],
    stays: Mapping[str, Sequence[Stays]],
) -> set[str]:
    """The patients of groups of time whose days make a difference: strangers, those with a line
    after the as-of day, before a consent or after an end, or on the day of a visit or a stay."""
    patients = groups["patient"]
    found = set(patients[groups["ahead"] > 0]) | _unknown(set(patients), roster)
    if roster.has("consent_on"):
        found |= set(_before_consent(groups, span, roster))
    if not (roster.tells_ends or visits or stays):
        return found
    by = ByPatient(patients)
    days = by.joined(judged(groups, span))

    def has_time(patient: str, start: date | None, end: date | None) -> bool:
        """Whether a stretch, open where no day is given, holds a day with time."""
        low, high = max(start or span.first, span.first), min(end or span.end, span.end)
        place = by.place(patient)
        return place != NOTHING and bool(int(days[place]) & mask(span, low, high))

    for patient in roster.with_day(ENDS, date.min, span.end):
        ends = [end for line in roster.lines(patient) if (end := line.episode.end)]
        if has_time(patient, min(ends) + ONE_DAY, None):
            found.add(patient)
    for patient, mine in visits.items():
        if any(has_time(patient, each.on, each.on) for each in mine):
            found.add(patient)
    for patient, there in stays.items():
        if any(has_time(patient, each.start, each.end) for each in there):
            found.add(patient)
    return found


def window_days(
    patients: Iterable[str], roster: Roster, month: Month, span: Span
) -> dict[str, int]:
    """The days of the span on which a window of a patient begins, and those after one ends, as
    bits."""

    @cache
    def bits(episode: Episode, discharge: Discharge | None) -> int:
        found = build_windows(frozenset(Clock), month, episode, "fixed_30", discharge)
        turns = {day for mine in found.values() for w in mine for day in (w.start, w.end + ONE_DAY)}
        return sum(mask(span, day, day) for day in turns if span.first <= day <= span.end)

    result = {}
    for patient in patients:
        result[patient] = 0
        for line in roster.lines(patient):
            result[patient] |= bits(line.episode, line.discharge)
    return result


def _before_consent(groups: pd.DataFrame, span: Span, roster: Roster) -> Iterator[str]:
    """Who has time before the consent to its program."""
    late = roster.with_day(["consent_on"], span.start, date.max)
    mine = groups[groups["patient"].isin(late)]
    first = first_bit(judged(mine, span))
    for patient, number, n in zip(mine["patient"], mine["program"], first.tolist(), strict=True):
        consent = roster.enrolment(patient, _PROGRAMS[number]).day("consent_on")
        if consent is not None and n != NOTHING and span.first + timedelta(n) < consent:
            yield patient


def _with_days(groups: pd.DataFrame, span: Span) -> Iterator[tuple[Any, date, date]]:
    """The groups with days that count, as rows, and the first and the last of these days."""
    bits = judged(groups, span)
    mine, bits = groups[bits != 0], bits[bits != 0]
    days = zip(first_bit(bits).tolist(), last_bit(bits).tolist(), strict=True)
    for row, (low, high) in zip(mine.itertuples(), days, strict=True):
        yield row, span.first + timedelta(low), span.first + timedelta(high)


def _is_cut(patient: str, system: System, low: date, high: date, bounds: Bounds) -> bool:
    consent, end = bounds(patient, PROGRAM_OF_SYSTEM[system])
    return not consent <= low <= high <= end


def _unknown(patients: Set[str], roster: Roster) -> set[str]:
    """Those who are not on the roster, or whose id lost its last digits."""
    return roster.strangers(patients) | {each for each in patients if is_rounded(each)}


def _of_shared_devices(named: pd.DataFrame, frame: pd.DataFrame) -> set[str]:
    """Whose devices are named with others too, in groups or in other lines."""
    others = frame.loc[_is_a_device(frame["device_id"]), ["patient_id", "device_id"]].dropna()
    others.columns = named.columns
    named = pd.concat([named, others]).drop_duplicates() if len(others) else named
    return set(named["patient"][named.duplicated("device", keep=False)])


def _is_a_device(texts: pd.Series[Any]) -> pd.Series[bool]:
    return texts.notna() & ~texts.str.lower().isin(NO_DEVICE)


def _of_held_devices(
    groups: pd.DataFrame, span: Span, held: Mapping[str, Sequence[Holder]]
) -> Iterator[str]:
    """Whose days with a device that somebody holds are not all their own."""
    for row, low, high in _with_days(groups[groups["device"].isin(held.keys())], span):
        mine = [each for each in held[row.device] if each.patient == row.patient]
        if not any(each.holds(low) and each.holds(high) for each in mine):
            yield row.patient
