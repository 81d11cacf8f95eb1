"""Who is audited, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace

from rtmaudit.exports import InputFile, Tables
from rtmaudit.facts import Counted, Facts, Frames
from rtmaudit.facts.behind import Lines, lines_of
from rtmaudit.facts.groups import concerned
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
from rtmaudit.pipeline.profiles import Profile, Profiles
from rtmaudit.report import Behind, PatientReport
from rtmaudit.tables import CALLS, CLAIMS, COVERAGE, READINGS, SUMMARY, TIME_LOG

AT_A_TIME = 10_000
"""Patients who are asked about together."""

MOST_DIFFERENT = 100_000
"""Findings, fits and profiles that differ and are kept from one walk to the next."""

Judged = tuple[Profile, tuple[Finding, ...], Fit]


class Everyone:
    """Every patient by id, or those who are asked for: findings, fit, and the lines behind them
    where these are wanted. Each walk makes the reports anew, some patients at a time, of what was
    judged; where too much of it differs, the rest is judged anew, by the cases that are known."""

    def __init__(
        self,
        order: Order,
        payers: Payers,
        tables: Tables,
        frames: Frames,
        counted: Counted,
        amounts: Amounts | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.order, self.facts, self.amounts, self.say = order, counted.facts, amounts, say
        facts = self.facts
        self.lines = lines = lines_of(facts, frames) if order.evidence else None
        self.summaries = {file.name for file in _files(tables, SUMMARY)}
        self.profiles = Profiles(order, payers, facts, _claims(tables), _unread(tables))
        self.cases = Cases(payers.book, facts)
        self.charts = None
        if lines and order.only:
            self.charts = Charts(payers.book, tables, frames, facts, lines)
        self.like = resembled(counted.resembled, order.only)
        self.kept, self.different = dict[int, list[Judged]](), set[int]()
        found = _everyone(tables, facts)
        self.patients = sorted(found if order.only is None else found & order.only)

    def __len__(self) -> int:
        return len(self.patients)

    def __iter__(self) -> Iterator[PatientReport]:
        for start in range(0, len(self.patients), AT_A_TIME):
            patients = self.patients[start : start + AT_A_TIME]
            if (judged := self.kept.get(start)) is None:
                self.say(f"judging patient {start + 1}")
                judged = self._judge(patients)
                self._keep(start, judged)
            yield from map(self._report, patients, judged)

    def _keep(self, start: int, judged: list[Judged]) -> None:
        if len(self.different) < MOST_DIFFERENT:
            self.kept[start] = judged
            for profile, findings, fit in judged:
                self.different.update((id(profile), id(fit)), map(id, findings))

    def _judge(self, patients: Sequence[str]) -> list[Judged]:
        cohort = self.facts.cohort(patients)
        profiles = self.profiles.of(cohort)
        known = [i for i, each in enumerate(profiles) if each.known]
        found = dict(zip(known, self.cases.judge(cohort, profiles, known), strict=True))
        return [
            (profile, *(found[i] if i in found else ((), self._stranger(patient))))
            for i, (patient, profile) in enumerate(zip(patients, profiles, strict=True))
        ]

    def _stranger(self, patient: str) -> Fit:
        return Fit(FitKind.NOT_ON_ROSTER, resembles=self.like.get(patient, ()))

    def _report(self, patient: str, judged: Judged) -> PatientReport:
        profile, findings, fit = judged
        facts, lines, charts = self.facts, self.lines, self.charts
        return PatientReport(
            patient,
            profile.billing,
            profile.known,
            profile.course.programs,
            findings,
            fit,
            profile.conditions,
            _evidence(lines, patient, findings, self.summaries) if lines else {},
            profile.course.started,
            _data_days(facts, patient, findings) if self.order.calendars else {},
            _staff(facts, patient) if self.order.staff else (),
            self.amounts.of(findings, profile.billing) if self.amounts else None,
            charts.of(patient, profile.question, findings) if charts else None,
        )


def _staff(facts: Facts, patient: str) -> tuple[str, ...]:
    return tuple(sorted({e.staff for e in facts.time.entries(patient) if e.staff}))


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
    found = set(facts.roster.patients)
    for name in (READINGS, TIME_LOG, CALLS, SUMMARY):
        data = tables.get(name)
        if data is not None:
            frame = data.frame
            elsewhere = frame["kind"].isin([Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF])
            found |= set(frame.loc[~elsewhere, "patient_id"].dropna())
            if data.groups is not None:
                found |= set(data.groups["patient"][concerned(data.groups)])
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
