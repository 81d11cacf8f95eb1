"""Scenarios: the rulebook's tests, run by the user's own command.

`facts:` tests the law on facts as given; `rows:` tests the counting on small exports. Only the codes
that a scenario lists are checked: it says one thing, and its name is a sentence of the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from rtmaudit import strict_yaml
from rtmaudit.config import Config, WindowMode
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.exports.mapping import map_file
from rtmaudit.exports.read import InputFile, table_of_lines
from rtmaudit.exports.strict import RawFile, records_of
from rtmaudit.facts import Facts, Frames, Settings, count
from rtmaudit.judge import Claim, Question, judge
from rtmaudit.model import (
    ANYTHING,
    PROGRAM_OF_SYSTEM,
    Cause,
    ClaimStatus,
    Clock,
    Fact,
    FactName,
    FactRef,
    Finding,
    Program,
    Reason,
    ReasonKind,
    Role,
    System,
    Why,
    Window,
)
from rtmaudit.rulebook import Position, Rulebook
from rtmaudit.windows import (
    ONE_DAY,
    Episode,
    Month,
    calendar_month,
    episode_so_far,
    length,
    supply_periods,
)


class Strict(BaseModel):
    """Refuses unknown keys and every silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Count = int | str
Paper = date | Literal["none", "missing"]


class GivenFacts(Strict):
    """What the law sees. Whatever is not named is at rest: papers on file, counts zero."""

    reading_days: dict[str, Count] = Field(default_factory=dict)
    management_minutes: dict[str, Count | dict[str, int]] = Field(default_factory=dict)
    live_contacts: dict[str, Count] = Field(default_factory=dict)
    consent_date: dict[str, Paper] = Field(default_factory=dict)
    order_date: dict[str, Paper] = Field(default_factory=dict)
    care_plan_date: dict[str, Paper] = Field(default_factory=dict)
    initiating_visit_date: dict[str, Paper] = Field(default_factory=dict)
    plan_of_care: dict[str, str] = Field(default_factory=dict)
    chronic_conditions: Count = 2
    mdm: str = "none"
    biller_type: str = "physician"


class GivenClaim(Strict):
    """A claim already sent."""

    code: str
    service_date: date
    status: Literal["submitted", "paid", "denied", "voided"]
    period_start: date | None = None
    period_end: date | None = None


class Rows(Strict):
    """Raw exports of one patient, as CSV text."""

    timezone: str = "America/New_York"
    readings: str | None = None
    time_log: str | None = None
    calls: str | None = None
    patients: str | None = None
    visits: str | None = None


def _month(value: object) -> object:
    return Month.parse(value) if isinstance(value, str) else value


class Scenario(Strict):
    """One sentence of law and what it makes of a case."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )

    name: str
    month: Annotated[Month, BeforeValidator(_month)]
    as_of: date | None = None
    start: date | Literal["none"] | None = None
    end: date | None = None
    window_mode: WindowMode = "auto"
    programs: list[str] | None = None
    positions: dict[str, str] = Field(default_factory=dict)
    facts: GivenFacts | None = None
    facts_before: GivenFacts | None = None
    claims: list[GivenClaim] = Field(default_factory=list)
    rows: Rows | None = None
    expect_facts: dict[str, dict[str, Count]] = Field(default_factory=dict)
    expect_windows: dict[str, list[str]] = Field(default_factory=dict)
    expect: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario and where it stands."""

    file: str
    line: int
    programs: tuple[Program, ...]
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, what was found, and where that is not what was expected."""

    case: Case
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...] = field(default=())


def run_folder(folder: Path, book: Rulebook) -> list[Outcome]:
    """Run every scenario file of a folder. Raises RulebookError for a file that is not sound."""
    return [run(case, book) for case in read_cases(folder)]


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
    from rtmaudit.strict_model import validate

    try:
        document = strict_yaml.read(path)
    except FaultsError as error:
        faults += error.faults
        return
    items = document.value if isinstance(document.value, list) else []
    if not items:
        faults.append(Fault(path.name, 0, "", "is not a list of scenarios"))
    own = (path.stem,) if path.stem in list(Program) else ()
    for i, _ in enumerate(items):
        scenario, found = validate(document, Scenario, (i,))
        faults += found
        if scenario is not None:
            programs = tuple(Program(each) for each in scenario.programs or own)
            yield Case(path.name, document.line((i,)), programs, scenario)


def run(case: Case, book: Rulebook) -> Outcome:
    """Judge one case and compare."""
    asked, month = case.scenario, case.scenario.month
    points = [book.contested(point) for point in asked.positions]
    settled = tuple(
        Position(point, word == contested.other)
        for (point, word), contested in zip(asked.positions.items(), points, strict=True)
    )
    as_of = min(asked.as_of or date.max, month.end + ONE_DAY)
    if asked.rows is not None:
        facts = _count_rows(asked, asked.rows, book, as_of)
        question = _question_of_rows(case, book, facts)
        faults = list(_compare_facts(case, facts, question))
    else:
        question = _question_of_facts(case, book, as_of)
        faults = []
    findings = tuple(judge(book.with_positions(settled), question))
    faults += _compare_windows(case, question)
    faults += _compare(case, findings)
    return Outcome(case, findings, tuple(faults))


def _windows(
    case: Case, book: Rulebook, program: Program, episode: Episode
) -> Mapping[Clock, tuple[Window, ...]]:
    month, mode = case.scenario.month, case.scenario.window_mode
    by_month = mode == "calendar_month" or (mode == "auto" and episode.start is None)
    supply = calendar_month if by_month else supply_periods
    used = {rule.window for rule in book.files[program].codes.values()}
    made = {
        Clock.EPISODE: tuple(episode_so_far(month, episode)),
        Clock.SUPPLY_PERIOD: tuple(supply(month, episode)),
        Clock.CALENDAR_MONTH: tuple(calendar_month(month, episode)),
    }
    return {clock: found for clock, found in made.items() if clock in used}


def _question_of_facts(case: Case, book: Rulebook, as_of: date) -> Question:
    asked = case.scenario
    start = asked.start or asked.month.end - timedelta(days=29)
    episode = Episode(None if start == "none" else start, asked.end)
    given = _Given(asked, episode, as_of)
    windows = {p: _windows(case, book, p, episode) for p in case.programs}
    return Question(
        asked.month,
        as_of,
        case.programs,
        windows,
        dict.fromkeys(case.programs, start != "none"),
        given.measure,
        lambda ref, number, window: window.start + timedelta(days=max(0, number - 1)),
        {},
        tuple(
            Claim(c.code, c.service_date, ClaimStatus(c.status), c.period_start, c.period_end)
            for c in asked.claims
        ),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """Facts as a scenario gives them."""

    scenario: Scenario
    episode: Episode
    as_of: date

    def measure(self, ref: FactRef, window: Window) -> Fact:
        given = self.scenario.facts or GivenFacts()
        if window.kind is Clock.EPISODE and window.end < self.scenario.month.start:
            given = self.scenario.facts_before or GivenFacts()
        left = length(max(self.as_of, window.start), window.end)
        return _MEASURES[ref.name](self, given, ref, window, left)

    def running_on(self, window: Window) -> bool:
        return window.kind is Clock.EPISODE and self.episode.end is None


def _interval(text: Count) -> tuple[int, Any, Why | None]:
    """`12`, `12..27 missing`, `12.. disputed` or `missing`."""
    if isinstance(text, int):
        return text, text, None
    if text in list(Why):
        return 0, ANYTHING, Why(text)
    match = re.fullmatch(r"(\d+)\.\.(\d*) (missing|disputed)", text)
    if match is None:
        raise ValueError("write 12, 12..27 missing, 12.. disputed, or missing")
    low, high, why = match.groups()
    return int(low), int(high) if high else ANYTHING, Why(why)


def _count(text: Count, later: Any = 0) -> Fact:
    low, high, why = _interval(text)
    return Fact(low, high, why, Cause.GIVEN if why else None, later)


def _reading_days(
    given: _Given, facts: GivenFacts, ref: FactRef, window: Window, left: int
) -> Fact:
    later = 10_000 if given.running_on(window) else left
    found = [facts.reading_days.get(str(system), 0) for system in ref.systems]
    parts = [_interval(each) for each in found]
    low = max(low for low, _, _ in parts)
    highs = [high for _, high, _ in parts]
    high = ANYTHING if ANYTHING in highs else max(highs)
    why = next((why for _, _, why in parts if why), None)
    return Fact(low, high, why, Cause.GIVEN if why else None, later)


def _minutes(given: _Given, facts: GivenFacts, ref: FactRef, window: Window, left: int) -> Fact:
    later = ANYTHING if left else 0
    asked = facts.management_minutes.get(str(ref.program), 0)
    if not isinstance(asked, dict):
        return _count(asked, later)
    sums = [
        _of_roles(asked, roles, ref)
        for biller, roles in ref.by
        if facts.biller_type in (biller, "missing")
    ]
    low, high = min(sums, default=0), max(sums, default=0)
    unsure = asked.get("no_role", 0)
    if not unsure and low == high:
        return Fact.known(low, later=later)
    cause = Cause.NO_ROLE if unsure else Cause.NO_BILLER_TYPE
    return Fact(low, high + unsure, Why.MISSING, cause, later)


def _of_roles(asked: Mapping[str, int], roles: tuple[Role, ...], ref: FactRef) -> int:
    on_visit = 0 if ref.visit_codes else asked.get("on_visit_day", 0)
    return sum(n for word, n in asked.items() if word in roles) + on_visit


def _contacts(given: _Given, facts: GivenFacts, ref: FactRef, window: Window, left: int) -> Fact:
    return _count(facts.live_contacts.get(str(ref.program), 0), ANYTHING if left else 0)


def _paper(name: str) -> Callable[..., Fact]:
    def paper(given: _Given, facts: GivenFacts, ref: FactRef, window: Window, left: int) -> Fact:
        value = getattr(facts, name).get(str(ref.program), date(1990, 1, 1))
        return _on_file(value)

    return paper


def _on_file(value: object) -> Fact:
    if value == "missing":
        return Fact.unknown(Cause.NO_COLUMN)
    return Fact.known(None if value == "none" else value)  # type: ignore[arg-type]


def _plan(given: _Given, facts: GivenFacts, ref: FactRef, window: Window, left: int) -> Fact:
    value = facts.plan_of_care.get(str(ref.program), "1990-01-01..2199-12-31")
    if ".." not in value:
        return _on_file(value)
    start, end = value.split("..")
    return Fact.known((date.fromisoformat(start), date.fromisoformat(end)))


def _monitored(given: _Given, facts: GivenFacts, ref: FactRef, window: Window, left: int) -> Fact:
    named = given.scenario.facts.reading_days if given.scenario.facts else {}
    return Fact.known(any(str(system) in named for system in ref.systems))


_MEASURES: Mapping[FactName, Callable[..., Fact]] = {
    FactName.READING_DAYS: _reading_days,
    FactName.MANAGEMENT_MINUTES: _minutes,
    FactName.LIVE_CONTACTS: _contacts,
    FactName.CONSENT_DATE: _paper("consent_date"),
    FactName.ORDER_DATE: _paper("order_date"),
    FactName.CARE_PLAN_DATE: _paper("care_plan_date"),
    FactName.INITIATING_VISIT_DATE: _paper("initiating_visit_date"),
    FactName.PLAN_OF_CARE: _plan,
    FactName.MONITORED: _monitored,
    FactName.CHRONIC_CONDITIONS: lambda g, f, r, w, n: _count(f.chronic_conditions),
    FactName.MDM: lambda g, f, r, w, n: _on_file(f.mdm),
    FactName.BILLER_TYPE: lambda g, f, r, w, n: _on_file(f.biller_type),
}


def _count_rows(asked: Scenario, rows: Rows, book: Rulebook, as_of: date) -> Facts:
    config = Config(timezone=rows.timezone)
    frames, files, columns = {}, {}, {}
    for name in ("readings", "time_log", "calls", "patients", "visits"):
        text = getattr(rows, name)
        if text is None:
            continue
        header, records, lines = records_of(name, text, ",", 0)
        mapped = map_file(RawFile(name, "", header, records, lines), name, config)
        if mapped.faults:
            raise RulebookError(mapped.faults)
        table = table_of_lines(name, [InputFile(name, name, "", len(records))], [mapped])
        frames[name], files[name], columns[name] = table.frame, [name], table.columns
    settings = Settings(
        asked.month, as_of, ZoneInfo(rows.timezone), asked.window_mode == "calendar_month"
    )
    return count(Frames(frames, files, columns), settings, book.conditions).facts


def _question_of_rows(case: Case, book: Rulebook, facts: Facts) -> Question:
    seen = {p for p, _ in facts.days.sets} if facts.days else set()
    patient = min({*facts.roster.lines, *seen, *facts.time.entries}, default="")
    episodes = {p: facts.roster.enrolment(patient, p).episode for p in case.programs}
    return Question(
        case.scenario.month,
        facts.as_of,
        case.programs,
        {p: _windows(case, book, p, episodes[p]) for p in case.programs},
        {p: episodes[p].start is not None for p in case.programs},
        lambda ref, window: facts.measure(patient, ref, window),
        lambda ref, number, window: facts.day_reached(patient, ref, number, window),
    )


_EVERY_ROLE = tuple((biller, tuple(Role)) for biller in ("physician", "npp", "therapist"))


def _compare_facts(case: Case, facts: Facts, question: Question) -> Iterator[Fault]:
    for name, wanted in case.scenario.expect_facts.items():
        for key, value in wanted.items():
            if name == "reading_days":
                program, systems = PROGRAM_OF_SYSTEM[System(key)], (System(key),)
                clock = Clock.SUPPLY_PERIOD
            else:
                program, systems, clock = Program(key), (), Clock.CALENDAR_MONTH
            ref = FactRef(FactName(name), program, systems, _EVERY_ROLE)  # type: ignore[arg-type]
            fact = question.measure(ref, question.windows[program][clock][0])
            if (fact.low, fact.high) != _interval(value)[:2]:
                got = f"{fact.low}" if fact.low == fact.high else f"{fact.low}..{fact.high}"
                yield _fault(case, name, f"{key}: expected {value}, counted {got}")


def _compare_windows(case: Case, question: Question) -> Iterator[Fault]:
    for clock, wanted in case.scenario.expect_windows.items():
        for program in case.programs:
            found = question.windows[program].get(Clock(clock), ())
            due = [f"{w.start}..{w.end}" for w in found if w.end <= question.month.end]
            if due != wanted:
                yield _fault(case, clock, f"expected {wanted}, due are {due}")


def _compare(case: Case, findings: tuple[Finding, ...]) -> Iterator[Fault]:
    for code, wanted in case.scenario.expect.items():
        mine = [f for f in findings if f.code == code]
        due = [f for f in mine if f.due] or mine
        expected = wanted if isinstance(wanted, list) else [] if wanted == "none" else [wanted]
        if len(expected) != len(due):
            yield _fault(case, code, f"expected {len(expected)} windows, found {len(due)}")
            continue
        for one, finding in zip(expected, due, strict=True):
            wrong = _differs(one, finding)
            if wrong:
                yield _fault(case, code, f"expected {one}, {wrong}")


def _differs(wanted: Any, finding: Finding) -> str:
    verdict, detail = (wanted, None) if isinstance(wanted, str) else next(iter(wanted.items()))
    said = ", ".join(sorted(because(finding)))
    found = f"found {finding.verdict}" + (f" because of {said}" if said else "")
    if finding.verdict != verdict:
        return found
    if isinstance(detail, str):
        return "" if detail in because(finding) else found
    for key, value in (detail or {}).items():
        if key == "units":
            if finding.units != value:
                return f"found {finding.units} units"
        elif (distance := _distance(finding, key)) != value:
            return f"found {distance}"
    return ""


def because(finding: Finding) -> set[str]:
    """The names of needs, papers, contested points and kinds that a finding's reasons rest on."""
    found: set[str] = set()
    for reason in finding.reasons:
        found |= {str(reason.kind), *_named(reason)}
    return found


def _named(reason: Reason) -> Iterator[str]:
    if reason.kind is ReasonKind.LAW_CHANGES:
        return
    for about in reason.about[:1]:
        if isinstance(about, str):
            yield about


def _distance(finding: Finding, name: str) -> str:
    for need in finding.needs:
        if need.name == name:
            return f"at least {need.want}, has {need.have}"
    return "no such need"


def _fault(case: Case, place: str, sentence: str) -> Fault:
    return Fault(case.file, case.line, f"{case.scenario.name}: {place}", sentence)
