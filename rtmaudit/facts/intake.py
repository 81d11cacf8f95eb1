"""Canonical tables -> Facts, with every record's disposition settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.facts import files, identity, sift
from rtmaudit.facts.again import mark_repeated_lines
from rtmaudit.facts.call_time import call_entries
from rtmaudit.facts.contend import dispute
from rtmaudit.facts.days import Coverage, DaySets, add_groups, coverage, day_sets
from rtmaudit.facts.decisions import Settled, settle
from rtmaudit.facts.devices import check_devices
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.groups import span_of
from rtmaudit.facts.measure import Facts
from rtmaudit.facts.notes import reading_notes, time_notes
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.spans import read_coverage, read_holders, read_stays, read_visits
from rtmaudit.facts.summaries import (
    Summaries,
    read_contacts,
    read_days,
    read_minutes,
    sift_summaries,
    systems_told,
)
from rtmaudit.facts.time import TimeTables, time_in_groups
from rtmaudit.facts.time_lines import (
    add_calls,
    assign_programs,
    logged_calls,
    programs_logged,
    read_entries,
)
from rtmaudit.model import BillerType, Decision, Problem, ProblemKind, Role, System
from rtmaudit.tables import (
    CALLS,
    COVERAGE,
    DECISIONS,
    DEVICES,
    PATIENTS,
    READINGS,
    STAYS,
    SUMMARY,
    TIME_LOG,
    VISITS,
    Span,
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
    id_width: int | None = None

    @property
    def span(self) -> Span:
        """The days that are judged."""
        return span_of(self.month, self.as_of)


@dataclass(slots=True)
class Counted:
    """The facts, what is worth telling about the lines, whether an export stops early, for patients
    who are not on the roster the ids on it that look like theirs, and how a person settled lines in
    doubt."""

    facts: Facts
    problems: list[Problem]
    cut_early: bool
    resembled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)


@dataclass(slots=True)
class _Sifted:
    """What the exports hold, with every record's disposition settled."""

    roster: Roster
    days: DaySets | None
    cut_early: bool
    time: TimeTables
    summaries: Summaries
    who: identity.Identity
    problems: list[Problem]


def count(frames: Frames, settings: Settings, conditions: Mapping[str, int]) -> Counted:
    """Sift all lines and reduce them. Raises InputsRefused for ids that were changed, for a roster
    that does not match, for exports of another month and for a decision that cannot be followed."""
    identity.pad_ids(frames, settings.id_width)
    mark_repeated_lines(frames)
    settled, before = Settled(), list[Problem]()
    if frames.get(DECISIONS) is not None:
        trial = frames.copy()
        before = _sift(trial, settings).problems
        settled = settle(frames, trial, before)
    found = _sift(frames, settings)
    frames.forget()
    days = found.days
    watched = days.watched if days else frozenset[System]()
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
        watched,
        read_stays(frames.get(STAYS)),
        read_coverage(frames.get(COVERAGE)),
        found.summaries,
    )
    told = [*found.problems, *settled.told(before, found.problems)]
    problems = sorted(told, key=lambda each: each.order)
    resembled = found.who.resembled()
    return Counted(facts, problems, found.cut_early, resembled, settled.decisions)


def _sift(frames: Frames, settings: Settings) -> _Sifted:
    roster = _roster(frames)
    scope = sift.Scope(settings.month, settings.as_of, roster)
    problems: list[Problem] = []
    days, cut_early = _readings(frames, settings, scope, problems)
    time = _time(frames, settings, scope, problems)
    summaries, days = _summaries(frames, settings, roster, days, time)
    who = _refuse(frames, settings.span)
    problems += [*identity.notes(who), *files.notes(frames, settings.span)]
    cut_early = cut_early or _cut(frames, settings, problems)
    return _Sifted(roster, days, cut_early, time, summaries, who, problems)


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
        settings.covers.get(name) or coverage(frames.seen(READINGS, settings.span, i))
        for i, name in enumerate(frames.files[READINGS])
    ]
    sift.sift_readings(frame, scope)
    files, columns = frames.files[READINGS], frames.columns[READINGS]
    if "device_id" in columns:
        problems += check_devices(frame, files, read_holders(frames.get(DEVICES)))
    problems += reading_notes(frame, files, columns)
    sets = day_sets(frame, settings.month)
    if (groups := frames.groups_of(READINGS)) is not None:
        add_groups(sets, groups, settings.span)
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


def _summaries(
    frames: Frames, settings: Settings, roster: Roster, days: DaySets | None, time: TimeTables
) -> tuple[Summaries, DaySets | None]:
    """Counts of summary exports: minutes and contacts join those of the log, days stay apart."""
    frame = frames.get(SUMMARY)
    if frame is None:
        return Summaries({}), days
    files = frames.files[SUMMARY]
    sift_summaries(frame, roster, settings.month)
    found = read_days(frame, files)
    days = days or DaySets(settings.month.span_start)
    for patient, system in systems_told(found):
        days.add(patient, (system, None))
    for entry in read_minutes(frame, files, settings.default_role):
        time.lines.setdefault(entry.patient, []).append(entry)
        if entry.program is not None:
            time.logged[entry.program].add(entry.patient)
    for patient, call in read_contacts(frame, files, settings.month):
        time.calls.setdefault(patient, []).append(call)
    columns = frames.columns[SUMMARY]
    time.has_log = time.has_log or any(
        column.startswith(("seconds", "minutes")) for column in columns
    )
    time.has_calls = time.has_calls or "live_contacts" in columns
    return Summaries(found), days


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
    names, columns = frames.files[TIME_LOG], frames.columns[TIME_LOG]
    reduced = frames.groups_of(TIME_LOG)
    written = log if reduced is None else log[~log["file"].isin(set(reduced["file"]))]
    problems += sift.forget_midnights(log, written, names, "started_at", settings.zone)
    sift.sift_time_log(log, scope)
    problems += sift.mark_repeats(log, names)
    tables.lines = read_entries(log, names, settings.default_role)
    problems += dispute(e for mine in tables.lines.values() for e in mine)
    problems += time_notes(log, names, columns, settings.month, settings.zone, reduced)
    tables.logged = programs_logged(log)
    tables.has_contact = "contact" in columns
    tables.calls, told = logged_calls(tables.lines, tables.has_contact)
    problems += told
    if reduced is not None:
        first = settings.span.first
        tables.groups = time_in_groups(reduced, names, first, settings.default_role)


def _calls(
    calls: pd.DataFrame,
    frames: Frames,
    settings: Settings,
    scope: sift.Scope,
    tables: TimeTables,
    problems: list[Problem],
) -> None:
    names = frames.files[CALLS]
    problems += sift.forget_midnights(calls, calls, names, "started_at", settings.zone)
    tables.has_calls = "contact" in frames.columns[CALLS]
    assign_programs(calls, tables, settings.month)
    sift.sift_calls(calls, scope, tables.has_calls)
    problems += add_calls(tables.calls, calls, names, tables.has_calls)
    if settings.calls_count_as_time:
        for entry in list(call_entries(calls, names, tables.lines, settings.default_role)):
            tables.lines.setdefault(entry.patient, []).append(entry)


def _refuse(frames: Frames, span: Span) -> identity.Identity:
    """Refuse what is not this month's or not this practice's, all at once."""
    who = identity.compare(frames)
    faults = [*files.of_another_month(frames, span), *identity.faults(frames, who)]
    if faults:
        raise InputsRefused(faults)
    return who


def _cut(frames: Frames, settings: Settings, problems: list[Problem]) -> bool:
    """Whether the last lines seem to be missing; the practice may say that they are not."""
    if settings.covers:
        return False
    thin = files.thins_out(frames, settings.span)
    problems += [thin] if thin else []
    return thin is not None or files.stops_at_a_cap(frames, settings.span)
