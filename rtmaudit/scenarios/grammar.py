"""The grammar of a scenario file, and its reader.

`facts:` tests the law on facts as given; `rows:` tests the counting on small exports. Only the
codes that a scenario lists are checked: it says one thing, and its name is a sentence of the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rtmaudit import strict_yaml
from rtmaudit.config import WindowMode, Zone
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.model import (
    BillerType,
    ClaimStatus,
    Discipline,
    FactName,
    Mdm,
    Program,
    ProgramMonth,
    Role,
    Source,
    SurgicalPeriod,
    System,
    Verdict,
)
from rtmaudit.rulebook.dated import ClockWord, CodeText, ProgramWord, SystemWord, from_text
from rtmaudit.strict_model import validate
from rtmaudit.windows import Month


class Strict(BaseModel):
    """Refuses unknown keys and every silent conversion."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )


def _month(value: object) -> object:
    return Month.parse(value) if isinstance(value, str) else value


INTERVAL = r"^(missing|disputed|\d+\.\.\d* (missing|disputed))$"
Count = Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=INTERVAL)]
"""`12`, `12..27 missing`, `12.. disputed`, `missing` or `disputed`."""

ON_VISIT_DAY, ON_STAY_DAY, NO_ROLE = "on_visit_day", "on_stay_day", "no_role"
WhoseMinutes = Annotated[str, from_text([*map(str, Role), ON_VISIT_DAY, ON_STAY_DAY, NO_ROLE])]
NO_SOURCE = "no_source"
HowRead = Annotated[str, from_text([*map(str, Source), NO_SOURCE])]
Days = dict[HowRead, Annotated[int, Field(ge=0)]]
Elapsed = Annotated[int, Field(ge=0)] | Literal["none", "missing"]
YesNo = bool | Literal["none", "missing"]
MonthWord = Annotated[str, from_text([*map(str, ProgramMonth), "missing"])]
PeriodWord = Annotated[str, from_text([*map(str, SurgicalPeriod), "disputed"])]
DisciplineWord = Annotated[str, from_text([*map(str, Discipline), "none", "missing"])]
Minutes = dict[WhoseMinutes, Annotated[int, Field(ge=0)]]
Paper = date | Literal["none", "missing"]
Span = Annotated[str, Field(pattern=r"^(none|missing|\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d)$")]
MdmWord = Annotated[str, from_text([*map(str, Mdm), "none", "missing"])]
BillerWord = Annotated[str, from_text([*map(str, BillerType), "missing"])]
VerdictWord = Annotated[Verdict, from_text(Verdict)]
CountedFact = Annotated[
    FactName,
    from_text([FactName.READING_DAYS, FactName.MANAGEMENT_MINUTES, FactName.LIVE_CONTACTS]),
]


KeyWord = Annotated[System | Program, from_text([*System, *Program])]


class GivenFacts(Strict):
    """What the law sees. Whatever is not named is at rest: papers on file, counts zero."""

    reading_days: dict[SystemWord, Count | Days] = Field(default_factory=dict)
    readings: dict[SystemWord, Count | Days] = Field(default_factory=dict)
    management_minutes: dict[ProgramWord, Count | Minutes] = Field(default_factory=dict)
    live_contacts: dict[ProgramWord, Count] = Field(default_factory=dict)
    consent_date: dict[ProgramWord, Paper] = Field(default_factory=dict)
    order_date: dict[ProgramWord, Paper] = Field(default_factory=dict)
    care_plan_date: dict[ProgramWord, Paper] = Field(default_factory=dict)
    initiating_visit_date: dict[ProgramWord, Paper] = Field(default_factory=dict)
    plan_of_care: dict[ProgramWord, Span] = Field(default_factory=dict)
    chronic_conditions: Count = 2
    mdm: MdmWord = "none"
    biller_type: BillerWord = str(BillerType.PHYSICIAN)
    established: YesNo = True
    high_risk: YesNo = True
    qmb: YesNo = False
    alive: bool = True
    program_month: MonthWord = str(ProgramMonth.LATER)
    place_of_service: str = ""
    enrolled: list[ProgramWord] | None = None
    surgical_period: PeriodWord = str(SurgicalPeriod.NONE)
    days_to_visit: Elapsed = "none"
    business_days_to_contact: Elapsed = "none"
    visits: dict[CodeText, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    diagnoses: list[str] | Literal["missing"] = Field(default_factory=list)
    discipline: DisciplineWord = "none"
    therapy_amount: Annotated[int, Field(ge=0)] = 0


class GivenClaim(Strict):
    """A claim already sent."""

    code: CodeText
    service_date: date
    status: Annotated[ClaimStatus, from_text(ClaimStatus)]
    period_start: date | None = None
    period_end: date | None = None
    biller: str = ""


class Rows(Strict):
    """Raw exports of one patient, as CSV text."""

    timezone: Zone = "America/New_York"
    readings: str | None = None
    time_log: str | None = None
    calls: str | None = None
    patients: str | None = None
    visits: str | None = None
    stays: str | None = None
    coverage: str | None = None


Detail = str | dict[str, int | str]
Expected = VerdictWord | Annotated[dict[VerdictWord, Detail], Field(min_length=1, max_length=1)]
"""`ready`, `{blocked: consent}`, `{ready: {units: 2}}`, `{short: {days: "at least 16, has 9"}}`."""


class Scenario(Strict):
    """One sentence of law and what it makes of a case."""

    name: str
    month: Annotated[Month, BeforeValidator(_month)]
    as_of: date | None = None
    start: date | Literal["none"] | None = None
    end: date | None = None
    window_mode: WindowMode = "auto"
    discharged: date | None = None
    payer: str | None = None
    billers: dict[ProgramWord, str] = Field(default_factory=dict)
    programs: Annotated[list[ProgramWord], Field(min_length=1)] | None = None
    positions: dict[str, str] = Field(default_factory=dict)
    facts: GivenFacts | None = None
    facts_before: GivenFacts | None = None
    claims: list[GivenClaim] = Field(default_factory=list)
    rows: Rows | None = None
    expect_facts: dict[CountedFact, dict[KeyWord, Count]] = Field(default_factory=dict)
    expect_windows: dict[ClockWord, list[str]] = Field(default_factory=dict)
    expect: dict[CodeText, Literal["none"] | Expected | list[Expected]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def facts_or_rows(self) -> Self:
        """A scenario gives facts or rows, and expects something."""
        if (self.facts is None) == (self.rows is None):
            raise ValueError("give either facts or rows")
        if self.rows and (self.facts_before or self.claims or self.start or self.end):
            raise ValueError("facts_before, claims, start and end go with facts")
        if self.expect_facts and not self.rows:
            raise ValueError("expect_facts goes with rows")
        for name, wanted in self.expect_facts.items():
            kind = System if name is FactName.READING_DAYS else Program
            if not all(isinstance(key, kind) for key in wanted):
                raise ValueError("reading_days are of a system, minutes and contacts of a program")
        if not (self.expect or self.expect_windows or self.expect_facts):
            raise ValueError("expects nothing")
        return self


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario and where it stands."""

    file: str
    line: int
    programs: tuple[Program, ...]
    scenario: Scenario


def read_cases(folder: Path) -> list[Case]:
    """Every scenario of a folder. Raises RulebookError with every fault of every file."""
    if not folder.is_dir():
        raise RulebookError([Fault(str(folder), 0, "", "is not a folder of scenarios")])
    faults: list[Fault] = []
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in _read(path, faults)]
    if faults:
        raise RulebookError(faults)
    return cases


def _read(path: Path, faults: list[Fault]) -> Iterator[Case]:
    try:
        document = strict_yaml.read(path)
    except FaultsError as error:
        faults += error.faults
        return
    items = document.value if isinstance(document.value, list) else []
    if not items:
        faults.append(Fault(path.name, 0, "", "is not a list of scenarios"))
    own = [program for program in Program if program == path.stem]
    for i, _ in enumerate(items):
        scenario, found = validate(document, Scenario, (i,))
        faults += found
        if scenario is None:
            continue
        programs = tuple(scenario.programs or own)
        if not programs:
            sentence = "names no programs, and neither does the file"
            faults.append(Fault(path.name, document.line((i,)), scenario.name, sentence))
        yield Case(path.name, document.line((i,)), programs, scenario)
