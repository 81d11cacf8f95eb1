"""Of which patients the lines of a plain file are read again: groups stand for patients about whose
lines there is nothing to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial

import pandas as pd

from rtmaudit.facts.devices import NO_DEVICE
from rtmaudit.facts.groups import days_of
from rtmaudit.facts.likeness import is_rounded
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.spans import Holder
from rtmaudit.model import PROGRAM_OF_SYSTEM, Disposition, Program, System
from rtmaudit.tables import Group, Span

SMBP = Program.SMBP


def with_something_to_say(
    groups: Sequence[Group],
    span: Span,
    roster: Roster,
    held: Mapping[str, Sequence[Holder]],
    frame: pd.DataFrame,
) -> set[str]:
    """The patients of groups of whom a line could be told, excluded or doubted: strangers, those
    whose days reach over a consent or an end or the as-of day, those whose device is not certainly
    theirs alone, and those of whom the frame holds other lines."""
    told = set(frame["patient_id"][frame["disposition"] == Disposition.USED])
    found = {group.patient for group in groups if group.patient in told}
    bounds = cache(partial(_bounds, roster))
    found |= {group.patient for group in groups if _is_told(group, span, roster, bounds)}
    found |= set(_of_shared_devices(groups, frame))
    found |= set(_of_held_devices(groups, span, held))
    return found | set(_of_several_devices(groups))


Bounds = Callable[[str, Program], tuple[date, date]]


def _bounds(roster: Roster, patient: str, program: Program) -> tuple[date, date]:
    """From the consent to the end, as far as they are on file."""
    line = roster.enrolment(patient, program)
    return line.day("consent_on") or date.min, line.episode.end or date.max


def _is_told(group: Group, span: Span, roster: Roster, bounds: Bounds) -> bool:
    if group.ahead or is_rounded(group.patient) or not roster.knows(group.patient):
        return True
    if (
        group.system is System.PHYSIOLOGIC
        and roster.names(group.patient, Program.SMBP) is not False
    ):
        return True  # of self-measured blood pressure each reading counts, not each day
    program = PROGRAM_OF_SYSTEM.get(group.system)
    if program is None:
        return False
    consent, end = bounds(group.patient, program)
    if consent <= span.start and span.end <= end:
        return False
    days = days_of(group, span)
    return days is not None and not consent <= days[0] <= days[1] <= end


def _of_shared_devices(groups: Sequence[Group], frame: pd.DataFrame) -> Iterator[str]:
    users: dict[str, set[str]] = defaultdict(set)
    if "device_id" in frame:
        for device, patient in zip(frame["device_id"], frame["patient_id"], strict=True):
            if device is not None and patient is not None:
                users[device].add(patient)
    for group in groups:
        if group.device is not None and group.device.lower() not in NO_DEVICE:
            users[group.device].add(group.patient)
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
