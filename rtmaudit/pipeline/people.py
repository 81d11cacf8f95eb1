"""Who is audited, and what is said of each."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from rtmaudit.exports import InputFile, Tables
from rtmaudit.facts import Counted, Facts, Frames
from rtmaudit.facts.behind import Lines, lines_of
from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.spans import quarantined
from rtmaudit.fit import Fit, FitKind
from rtmaudit.judge import Claim
from rtmaudit.model import (
    ClaimStatus,
    DataDays,
    Disposition,
    Exclusion,
    FactName,
    FactRef,
    Finding,
)
from rtmaudit.pipeline.amounts import Amounts
from rtmaudit.pipeline.cases import Cases
from rtmaudit.pipeline.charts import Charts
from rtmaudit.pipeline.narrowed import resembled
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.payers import Payers
from rtmaudit.pipeline.profiles import Profiles
from rtmaudit.report import Behind, PatientReport
from rtmaudit.tables import CALLS, CLAIMS, COVERAGE, READINGS, SUMMARY, TIME_LOG

AT_A_TIME = 10_000
"""Patients who are asked about together."""


def judge_everyone(
    order: Order,
    payers: Payers,
    tables: Tables,
    frames: Frames,
    counted: Counted,
    amounts: Amounts | None = None,
) -> Iterator[PatientReport]:
    """Every patient by id, or those who are asked for: findings, fit, and the lines behind them
    where these are wanted."""
    facts = counted.facts
    lines = lines_of(facts, frames) if order.evidence else None
    summaries = {file.name for file in _files(tables, SUMMARY)}
    profiles = Profiles(order, payers, facts, _claims(tables), _unread(tables))
    cases = Cases(payers.book, facts)
    charts = Charts(payers.book, tables, frames, facts, lines) if lines and order.only else None
    like = resembled(counted.resembled, order.only)
    everyone = _everyone(tables, facts)
    if order.only is not None:
        everyone &= order.only
    for some in _at_a_time(sorted(everyone)):
        mine = [profiles.of(patient) for patient in some]
        known = [i for i, each in enumerate(mine) if each.known]
        judged = cases.judge([some[i] for i in known], [mine[i] for i in known])
        found = dict(zip(known, judged, strict=True))
        for i, (patient, profile) in enumerate(zip(some, mine, strict=True)):
            stranger = Fit(FitKind.NOT_ON_ROSTER, resembles=like.get(patient, ()))
            findings, fit = found.get(i, ((), stranger))
            yield PatientReport(
                patient,
                profile.billing,
                profile.known,
                profile.course.programs,
                findings,
                fit,
                profile.conditions,
                _evidence(lines, patient, findings, summaries) if lines else {},
                profile.course.started,
                _data_days(facts, patient, findings) if order.calendars else {},
                _staff(facts, patient) if order.staff else (),
                amounts.of(findings, profile.billing) if amounts else None,
                charts.of(patient, profile.question, findings) if charts else None,
            )


def _at_a_time(patients: Sequence[str]) -> Iterator[Sequence[str]]:
    """All patients, some at a time."""
    for start in range(0, len(patients), AT_A_TIME):
        yield patients[start : start + AT_A_TIME]


def _staff(facts: Facts, patient: str) -> tuple[str, ...]:
    return tuple(sorted({e.staff for e in facts.time.entries.get(patient, ()) if e.staff}))


def _data_days(facts: Facts, patient: str, findings: Sequence[Finding]) -> dict[str, DataDays]:
    """Per program the days that its findings count; of several systems all."""
    refs: dict[str, FactRef] = {}
    for finding in findings:
        for ref in finding.refs:
            if ref.name is FactName.READING_DAYS:
                program = str(finding.program)
                refs[program] = _either(refs.get(program, ref), ref)
    found = {program: facts.data_days(patient, ref) for program, ref in refs.items()}
    return {program: days for program, days in found.items() if days is not None}


def _either(one: FactRef, other: FactRef) -> FactRef:
    """Days that either of them counts; no source named is any source."""
    systems = dict.fromkeys([*one.systems, *other.systems])
    sources = dict.fromkeys([*one.sources, *other.sources] if one.sources and other.sources else [])
    return replace(one, systems=tuple(systems), sources=tuple(sources))


def _everyone(tables: Tables, facts: Facts) -> set[str]:
    """Everybody on the roster, and everybody with a line that concerns the judged days."""
    found = set(facts.roster.lines)
    for name in (READINGS, TIME_LOG, CALLS, SUMMARY):
        data = tables.get(name)
        if data is not None:
            frame = data.frame
            concerned = ~frame["kind"].isin([Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF])
            found |= set(frame.loc[concerned, "patient_id"].dropna())
            for file in data.plain.values():
                found |= {group.patient for group in file.groups if group.lines > group.elsewhere}
    return found


def _claims(tables: Tables) -> dict[str, list[Claim]]:
    data = tables.get(CLAIMS)
    found: dict[str, list[Claim]] = {}
    if data is None:
        return found
    used = data.frame[data.frame["disposition"] == Disposition.USED]
    for row in rows_of(used):
        status = row["status"] or ClaimStatus.SUBMITTED
        claim = Claim(
            row["code"],
            row["service_date"],
            status,
            row["period_start"],
            row["period_end"],
            row["biller"] or "",
        )
        found.setdefault(row["patient_id"], []).append(claim)
    return found


def _unread(tables: Tables) -> dict[str, list[tuple[str, int]]]:
    """Per patient the lines of claims and of coverage that cannot be read; not those of a claim
    that stands in nobody's way."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name in (CLAIMS, COVERAGE):
        files = _files(tables, name)
        data = tables.get(name)
        for row in quarantined(data.frame if data else None):
            if row.get("status") not in (ClaimStatus.DENIED, ClaimStatus.VOIDED):
                place = (files[row["file"]].name, int(row["line"]))
                found.setdefault(row["patient_id"], []).append(place)
    return found


def _files(tables: Tables, name: str) -> list[InputFile]:
    data = tables.get(name)
    return data.files if data else []


def _evidence(
    lines: Lines, patient: str, findings: Sequence[Finding], summaries: Container[str]
) -> dict[int, tuple[Behind, ...]]:
    return {
        i: tuple(
            Behind(file, line, file in summaries)
            for file, line in lines.behind(patient, finding.refs, finding.window)
        )
        for i, finding in enumerate(findings)
    }
