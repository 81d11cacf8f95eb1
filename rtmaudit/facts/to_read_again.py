"""Of which patients the lines of a plain file are read again: groups stand for patients about whose
lines there is nothing to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from functools import cache

import pandas as pd

from rtmaudit.facts.devices import NO_DEVICE
from rtmaudit.facts.groups import days_of, ends_of, mask
from rtmaudit.facts.likeness import is_rounded
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.spans import Holder, Stays, Visit
from rtmaudit.model import PROGRAM_OF_SYSTEM, Clock, Disposition, Program, System
from rtmaudit.tables import Group, LogGroup, Span
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
    groups: Sequence[Group],
    span: Span,
    roster: Roster,
    held: Mapping[str, Sequence[Holder]],
    frame: pd.DataFrame,
) -> set[str]:
    """The patients of groups of whom a line could be told or doubted: strangers, those with a line
    after the as-of day, those whose device is not certainly theirs alone, and those of whom the
    frame holds other lines."""
    told = set(frame["patient_id"][frame["disposition"] == Disposition.USED])
    found = {group.patient for group in groups if group.patient in told} if told else set()
    found |= {group.patient for group in groups if group.ahead}
    found |= _unknown({group.patient for group in groups}, roster)
    each = {group.patient for group in groups if group.system is System.PHYSIOLOGIC}
    # Of self-measured blood pressure each reading counts, and not each day.
    found |= {patient for patient in each if roster.names(patient, Program.SMBP) is not False}
    found |= set(_of_shared_devices(groups, frame))
    found |= set(_of_held_devices(groups, span, held))
    return found | set(_of_several_devices(groups))


def cut(groups: Iterable[Group], span: Span, bounds: Bounds | None) -> set[str]:
    """The patients whose days reach over a consent or an end."""
    if bounds is None:
        return set()
    return {group.patient for group in groups if _is_cut(group, span, bounds)}


def bar(
    groups: Iterable[Group],
    span: Span,
    bounds: Bounds | None,
    per_day: Mapping[tuple[str, System], Mapping[date, int]],
) -> Iterator[Group]:
    """The groups with the days before a consent and after an end barred. The lines of these days
    are told with the first group of a patient and system."""
    left = dict(per_day)
    for group in groups:
        program = PROGRAM_OF_SYSTEM.get(group.system)
        if program is None or bounds is None or (group.patient, group.system) not in per_day:
            yield group
            continue
        consent, end = bounds(group.patient, program)
        lines = left.pop((group.patient, group.system), {})
        inside = {day: n for day, n in lines.items() if span.start <= day <= span.end}
        yield group._replace(
            barred=~mask(span, max(consent, span.first), min(end, span.end)),
            before_consent=sum(n for day, n in inside.items() if day < consent),
            after_end=sum(n for day, n in inside.items() if consent <= day and day > end),
        )


def with_time_to_be_told(
    groups: Sequence[LogGroup],
    span: Span,
    roster: Roster,
    visits: Mapping[str, Sequence[Visit]],
    stays: Mapping[str, Sequence[Stays]],
) -> set[str]:
    """The patients of groups of time whose days make a difference: strangers, those with a line
    after the as-of day, before a consent or after an end, or on the day of a visit or a stay."""
    counted = mask(span, span.start, min(span.end, span.as_of))
    found = {group.patient for group in groups if group.ahead}
    found |= _unknown({group.patient for group in groups}, roster)
    if roster.has("consent_on"):
        found |= {g.patient for g in groups if _is_before_consent(g, counted, span, roster)}
    if not (roster.tells_ends or visits or stays):
        return found
    days: dict[str, int] = defaultdict(int)
    for group in groups:
        days[group.patient] |= group.days & counted
    for patient in roster.patients if roster.tells_ends else ():
        ends = [end for line in roster.lines(patient) if (end := line.episode.end)]
        if ends and _is_on(min(ends) + ONE_DAY, None, days.get(patient, 0), span):
            found.add(patient)
    for patient, mine in visits.items():
        if any(_is_on(each.on, each.on, days.get(patient, 0), span) for each in mine):
            found.add(patient)
    for patient, there in stays.items():
        if any(_is_on(each.start, each.end, days.get(patient, 0), span) for each in there):
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


def _is_before_consent(group: LogGroup, counted: int, span: Span, roster: Roster) -> bool:
    consent = roster.enrolment(group.patient, group.program).day("consent_on")
    ends = ends_of(group.days & counted, span)
    return consent is not None and ends is not None and ends[0] < consent


def _is_on(start: date | None, end: date | None, bits: int, span: Span) -> bool:
    """Whether a stretch, open where no day is given, holds a day of the bits."""
    low, high = max(start or span.first, span.first), min(end or span.end, span.end)
    return bool(bits & mask(span, low, high))


def _is_cut(group: Group, span: Span, bounds: Bounds) -> bool:
    program = PROGRAM_OF_SYSTEM.get(group.system)
    if program is None:
        return False
    consent, end = bounds(group.patient, program)
    if consent <= span.start and span.end <= end:
        return False
    days = days_of(group, span)
    return days is not None and not consent <= days[0] <= days[1] <= end


def _unknown(patients: Set[str], roster: Roster) -> set[str]:
    """Those who are not on the roster, or whose id lost its last digits."""
    return roster.strangers(patients) | {each for each in patients if is_rounded(each)}


def _of_shared_devices(groups: Sequence[Group], frame: pd.DataFrame) -> Iterator[str]:
    users: dict[str, set[str]] = defaultdict(set)
    if "device_id" in frame:
        for device, patient in zip(frame["device_id"], frame["patient_id"], strict=True):
            if device is not None and patient is not None:
                users[device].add(patient)
    only: dict[str, str] = {}
    for group in groups:
        device, patient = group.device, group.patient
        if device is None or device.lower() in NO_DEVICE:
            continue
        if device in users or only.setdefault(device, patient) != patient:
            users[device] |= {patient, only.get(device, patient)}
    for patients in users.values():
        if len(patients) > 1:
            yield from patients


def _of_held_devices(
    groups: Sequence[Group], span: Span, held: Mapping[str, Sequence[Holder]]
) -> Iterator[str]:
    for group in groups if held else ():
        holders, days = held.get(group.device or ""), days_of(group, span)
        if holders is not None and days is not None:
            mine = [each for each in holders if each.patient == group.patient]
            if not any(each.holds(days[0]) and each.holds(days[1]) for each in mine):
                yield group.patient


def _of_several_devices(groups: Sequence[Group]) -> Iterator[str]:
    first: dict[str, str | None] = {}
    for group in groups:
        if (
            group.device is not None
            and first.setdefault(group.patient, group.device) != group.device
        ):
            yield group.patient
