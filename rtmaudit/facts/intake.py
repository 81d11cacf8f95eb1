"""Canonical tables -> Facts, with every record's disposition settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.facts import sift
from rtmaudit.facts.call_time import call_entries
from rtmaudit.facts.contend import dispute
from rtmaudit.facts.days import Coverage, DaySets, coverage, day_sets
from rtmaudit.facts.decisions import Settled, settle
from rtmaudit.facts.devices import check_devices
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.measure import Facts
from rtmaudit.facts.notes import reading_notes, time_notes
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.spans import read_coverage, read_holders, read_stays
from rtmaudit.facts.time import (
    TimeTables,
    add_calls,
    assign_programs,
    logged_calls,
    programs_logged,
    read_entries,
    read_visits,
)
from rtmaudit.model import (
    BillerType,
    Decision,
    Disposition,
    Exclusion,
    Problem,
    ProblemKind,
    Role,
)
from rtmaudit.tables import (
    CALLS,
    COVERAGE,
    DECISIONS,
    DEVICES,
    PATIENTS,
    READINGS,
    STAYS,
    TIME_LOG,
    VISITS,
)
from rtmaudit.windows import Month


@dataclass(frozen=True, slots=True)
class Settings:
    """What the practice says of itself, as far as counting needs it."""

    month: Month
    as_of: date
    zone: ZoneInfo | None = None
    monthly_clock: bool = False
    calls_count_as_time: bool = False
    default_role: Role | None = None
    default_biller: BillerType | None = None
    covers: Mapping[str, Coverage] = field(default_factory=dict)


@dataclass(slots=True)
class Counted:
    """The facts, what is worth telling about the lines, whether an export stops early, and how a
    person settled lines in doubt."""

    facts: Facts
    problems: list[Problem]
    cut_early: bool
    decisions: list[Decision] = field(default_factory=list)


@dataclass(slots=True)
class _Sifted:
    """What the exports hold, with every record's disposition settled."""

    roster: Roster
    days: DaySets | None
    cut_early: bool
    time: TimeTables
    problems: list[Problem]


def count(frames: Frames, settings: Settings, conditions: Mapping[str, int]) -> Counted:
    """Sift all lines and reduce them. Raises InputsRefused for a roster that does not match, for
    exports of another month and for a decision that cannot be followed."""
    settled, before = Settled(), list[Problem]()
    if frames.get(DECISIONS) is not None:
        trial = frames.copy()
        before = _sift(trial, settings).problems
        settled = settle(frames, trial, before)
    found = _sift(frames, settings)
    days = found.days
    watched = {s for mine in days.systems.values() for s in mine} if days else set()
    facts = Facts(
        settings.month,
        settings.as_of,
        settings.zone,
        found.roster,
        days,
        found.time,
        conditions,
        settings.monthly_clock,
        settings.default_biller,
        frozenset(watched),
        read_stays(frames.get(STAYS)),
        read_coverage(frames.get(COVERAGE)),
    )
    problems = sorted([*found.problems, *settled.told(before, found.problems)])
    return Counted(facts, problems, found.cut_early, settled.decisions)


def _sift(frames: Frames, settings: Settings) -> _Sifted:
    roster = _roster(frames)
    scope = sift.Scope(settings.month, settings.as_of, roster)
    problems: list[Problem] = []
    days, cut_early = _readings(frames, settings, scope, problems)
    time = _time(frames, settings, scope, problems)
    _refuse_strangers(frames, settings.month)
    return _Sifted(roster, days, cut_early, time, problems)


def _roster(frames: Frames) -> Roster:
    roster = Roster(frames.get(PATIENTS), frames.columns.get(PATIENTS, ()))
    if roster.clashes:
        sentence = (
            "has a second line for the same patient and program; give each line its own programs, "
            "or remove one"
        )
        names = frames.files[PATIENTS]
        raise InputsRefused(
            [Fault(names[file], line, "patient_id", sentence) for file, line in roster.clashes]
        )
    return roster


def _readings(
    frames: Frames, settings: Settings, scope: sift.Scope, problems: list[Problem]
) -> tuple[DaySets | None, bool]:
    frame = frames.get(READINGS)
    if frame is None:
        return None, False
    spans = [
        settings.covers.get(name) or coverage(frame[frame["file"] == i])
        for i, name in enumerate(frames.files[READINGS])
    ]
    sift.sift_readings(frame, scope)
    files, columns = frames.files[READINGS], frames.columns[READINGS]
    if "device_id" in columns:
        problems += check_devices(frame, files, read_holders(frames.get(DEVICES)))
    problems += reading_notes(frame, files, columns)
    sets = day_sets(frame, settings.month)
    cut_early = False
    for name, span in zip(frames.files[READINGS], spans, strict=True):
        if span is None:
            continue
        sets.covered |= sets.mask(span.start, span.end)
        if span.cut_at_end and span.end < min(settings.month.end, settings.as_of):
            cut_early = True
            kind = ProblemKind.EXPORT_ENDS_EARLY
            problems.append(Problem(name, 0, "recorded_at", kind, "note"))
    return sets, cut_early and _still_open(sets, settings)


def _still_open(sets: DaySets, settings: Settings) -> bool:
    """Whether no other export covers the days up to the month's end."""
    last = min(settings.month.end, settings.as_of)
    return not sets.covered & sets.mask(last, last)


def _time(
    frames: Frames, settings: Settings, scope: sift.Scope, problems: list[Problem]
) -> TimeTables:
    log, calls, visits = (frames.get(name) for name in (TIME_LOG, CALLS, VISITS))
    tables = TimeTables(has_log=log is not None)
    if log is not None:
        _log(log, frames, settings, scope, tables, problems)
    if calls is not None:
        _calls(calls, frames, settings, scope, tables, problems)
    if visits is not None:
        sift.sift_visits(visits, scope)
        tables.visits = read_visits(visits)
    return tables


def _log(
    log: pd.DataFrame,
    frames: Frames,
    settings: Settings,
    scope: sift.Scope,
    tables: TimeTables,
    problems: list[Problem],
) -> None:
    files, columns = frames.files[TIME_LOG], frames.columns[TIME_LOG]
    problems += sift.forget_midnights(log, files, "started_at", settings.zone)
    sift.sift_time_log(log, scope)
    problems += sift.mark_repeats(log, files)
    tables.entries = read_entries(log, files, settings.default_role)
    problems += dispute(e for mine in tables.entries.values() for e in mine)
    problems += time_notes(log, files, columns, settings.month, settings.zone)
    tables.logged = programs_logged(log)
    tables.has_contact = "contact" in columns
    tables.calls, told = logged_calls(tables.entries, tables.has_contact)
    problems += told


def _calls(
    calls: pd.DataFrame,
    frames: Frames,
    settings: Settings,
    scope: sift.Scope,
    tables: TimeTables,
    problems: list[Problem],
) -> None:
    files = frames.files[CALLS]
    problems += sift.forget_midnights(calls, files, "started_at", settings.zone)
    tables.has_calls = "contact" in frames.columns[CALLS]
    assign_programs(calls, tables.entries, settings.month)
    sift.sift_calls(calls, scope, tables.has_calls)
    problems += add_calls(tables.calls, calls, files, tables.has_calls)
    if settings.calls_count_as_time:
        for entry in list(call_entries(calls, files, tables.entries, settings.default_role)):
            tables.entries.setdefault(entry.patient, []).append(entry)


def _refuse_strangers(frames: Frames, month: Month) -> None:
    """Files of another month, and a roster that knows nobody."""
    faults = []
    for name in (READINGS, TIME_LOG):
        frame = frames.get(name)
        if frame is None:
            continue
        kinds = frame["kind"][frame["disposition"] == Disposition.EXCLUDED]
        readable = frame["day"].notna().sum()
        if readable and (kinds == Exclusion.OTHER_MONTH).sum() == readable:
            sentence = (
                f"no line of it lies between {month.span_start} and {month.end}; is it the export "
                f"of another month? Audit that one with --month, or export {month} again"
            )
            faults.append(Fault(", ".join(frames.files[name]), 0, "", sentence))
        inside = kinds[kinds != Exclusion.OTHER_MONTH]
        used = (frame["disposition"] == Disposition.USED).any()
        if len(inside) and not used and (inside == Exclusion.NOT_ON_ROSTER).all():
            sentence = (
                "none of its patients is on the roster; is it another practice's, or did a "
                "spreadsheet change the ids? Export both again with ids as text"
            )
            faults.append(Fault(", ".join(frames.files[name]), 0, "patient_id", sentence))
    if faults:
        raise InputsRefused(faults)
