"""Findings of all patients -> Report: the one record from which every format is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from rtmaudit.fees import Money, Worth
from rtmaudit.fit import Fit
from rtmaudit.model import DataDays, Decision, Finding, Problem, Verdict
from rtmaudit.report.chart import Chart
from rtmaudit.windows import Month

MOST_QUARANTINED = (2, 100)
"""Share of a file's records above which a run is provisional: 2 in 100 (design/inputs)."""


@dataclass(frozen=True, slots=True)
class InputSummary:
    """One file and what became of its records."""

    role: str
    name: str
    sha256: str
    records: int
    used: int
    duplicate: int
    excluded: Mapping[str, int]
    quarantined: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    layout: str = ""
    told: tuple[str, ...] = ()

    @property
    def accounted(self) -> int:
        """Records with a disposition; equal to `records`, or the run stops."""
        kept = self.used + self.duplicate
        return kept + sum(self.excluded.values()) + sum(self.quarantined.values())

    @property
    def doubtful(self) -> bool:
        """Whether too many lines were quarantined for the run to be final."""
        few, of = MOST_QUARANTINED
        return sum(self.quarantined.values()) * of > few * self.records


@dataclass(frozen=True, slots=True)
class Settle:
    """One thing to settle first: what, how many patients it turns, and the line that settles it."""

    what: str
    patients: int
    configuration: str


@dataclass(frozen=True, slots=True)
class PositionTaken:
    """How the practice reads a contested point, since when and by what."""

    point: str
    take: str
    since: date | None = None
    source: str | None = None

    def __str__(self) -> str:
        more = [f"since {self.since}" if self.since else "", self.source or ""]
        told = ", ".join(each for each in more if each)
        return f"{self.point} {self.take}" + (f" ({told})" if told else "")


@dataclass(frozen=True, slots=True)
class Billing:
    """Who bills whom for a program, and where, as the roster says it."""

    payer: str = ""
    biller: str = ""
    place_of_service: str = ""
    rules_payer: str = ""


NOBODY = Billing()
"""Who bills, and whom, where the roster does not say."""


class Behind(NamedTuple):
    """A line behind a count; of a `summary` it is a count itself, and nobody's own reading."""

    file: str
    line: int
    summary: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (" (summary)" if self.summary else "")


_NONE: Mapping[Any, Any] = MappingProxyType({})


class PatientReport(NamedTuple):
    """One patient: findings, fit, and what the views show beside them."""

    patient_id: str
    billing: Mapping[str, Billing]
    on_roster: bool
    programs: tuple[str, ...]
    findings: tuple[Finding, ...]
    fit: Fit
    conditions: tuple[str, ...] = ()
    evidence: Mapping[int, tuple[Behind, ...]] = _NONE
    started: frozenset[str] = frozenset()
    """The programs whose start is on file."""
    data_days: Mapping[str, DataDays] = _NONE
    """Per program the days of device data, where the order asks for calendars."""
    staff: tuple[str, ...] = ()
    """Who logged time for the patient in the judged days, where the order asks for it."""
    money: Money | None = None
    """The amounts, where the order asks for fees."""
    chart: Chart | None = None
    """Everything behind the findings, where the order asks for the patient by id."""

    def worth(self, i: int) -> Worth | None:
        """What a finding would pay, by its place among the findings."""
        return self.money.findings[i] if self.money else None

    def billed(self, program: str) -> Billing:
        """Who bills whom for one of the patient's programs."""
        return self.billing.get(program, NOBODY)

    def all_of(self, part: str) -> list[str]:
        """One part of the billing of all programs, each word once."""
        return all_of(self.billing, part)


def all_of(billing: Mapping[str, Billing], part: str) -> list[str]:
    """One part of the billing of some programs, each word once."""
    told = (getattr(each, part) for each in billing.values())
    return list(dict.fromkeys(word for word in told if word))


@dataclass(frozen=True, slots=True)
class Crowd:
    """Patients who are alike in all that is counted of a report: one of them, and how many."""

    one: PatientReport
    many: int


class Patients(Protocol):
    """All patients by id. Of many each walk makes the reports anew: none is to be kept."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[PatientReport]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run found."""

    month: Month
    as_of: date
    timezone: str | None
    final: bool
    tool_version: str
    rules_version: str
    rules_sha256: str
    inputs: tuple[InputSummary, ...]
    not_checked: tuple[str, ...]
    settle_first: tuple[Settle, ...]
    patients: Patients
    crowds: tuple[Crowd, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[Problem, ...] = ()
    not_read: tuple[str, ...] = ()
    on_calendar_clock: int = 0
    positions: tuple[PositionTaken, ...] = ()
    decisions: tuple[Decision, ...] = ()
    amounts: tuple[str, ...] = ()
    """What a reader of the amounts must know, a sentence each; empty where none were asked for."""

    @property
    def payers_used(self) -> dict[str, int]:
        """Rules of which payer, for how many patients."""
        used = Counter[str]()
        for crowd in self.crowds:
            used.update(dict.fromkeys(crowd.one.all_of("rules_payer"), crowd.many))
        return dict(sorted(used.items()))

    def counted(self) -> Iterator[tuple[Finding, int]]:
        """The findings that totals look at, all but the secondary ones, with how many have it."""
        return (
            (f, each.many) for each in self.crowds for f in each.one.findings if not f.secondary
        )

    @property
    def by_verdict(self) -> dict[str, int]:
        """Findings per verdict, secondary ones left out."""
        counts = Counter[Verdict]()
        for finding, many in self.counted():
            counts[finding.verdict] += many
        return {str(verdict): counts[verdict] for verdict in Verdict if counts[verdict]}

    @property
    def by_code(self) -> dict[str, dict[str, int]]:
        """Findings per code and verdict."""
        counts = Counter[tuple[str, Verdict]]()
        for finding, many in self.counted():
            counts[finding.code, finding.verdict] += many
        result: dict[str, dict[str, int]] = {}
        for code, verdict in sorted(counts, key=lambda each: each[0]):
            result.setdefault(code, {})[str(verdict)] = counts[code, verdict]
        return result
