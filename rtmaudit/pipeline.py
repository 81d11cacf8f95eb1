"""The conductor: exports -> facts -> rules -> findings -> fit -> report. Rooms meet only here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from rtmaudit import __version__
from rtmaudit.config import Config, Taken, WindowMode
from rtmaudit.errors import ConfigurationError, Fault, InvariantError
from rtmaudit.exports import TableData, Tables, read_tables
from rtmaudit.facts import Counted, Coverage, Facts, Frames, Settings, count, count_conditions
from rtmaudit.facts.behind import Lines, lines_of
from rtmaudit.fit import Fit, FitKind, find_fit
from rtmaudit.judge import Claim, Question, judge
from rtmaudit.model import (
    PROGRAM_OF_SYSTEM,
    Cause,
    ClaimStatus,
    Clock,
    Disposition,
    Exclusion,
    Finding,
    Problem,
    Program,
    Window,
)
from rtmaudit.report import InputSummary, PatientReport, Report, words
from rtmaudit.report.build import on_calendar_clock, settle_first
from rtmaudit.rulebook import Position, Rulebook, load_rules
from rtmaudit.tables import CALLS, CLAIMS, PATIENTS, READINGS, TABLES, TIME_LOG
from rtmaudit.windows import (
    ONE_DAY,
    Episode,
    Month,
    calendar_month,
    episode_so_far,
    supply_periods,
)

RULES_PAYER = "medicare"
STRANGER = Fit(FitKind.NOT_ON_ROSTER)
EVENTS = ("ended_on", "goals_met_on", "died_on")


@dataclass(frozen=True, slots=True)
class Order:
    """What an audit is asked to do."""

    paths: tuple[Path, ...]
    month: Month
    as_of: date
    config: Config
    rules: Path
    strict: bool = False
    evidence: bool = False


def audit(order: Order) -> Report:
    """The whole story. Raises an RtmauditError where the program cannot go on."""
    book = load_rules(order.rules)
    book = book.with_positions(positions(order.config, book))
    tables = read_tables(order.paths, order.config)
    counted = count(_frames(tables), _settings(order, tables), book.conditions)
    inputs = tuple(summaries(tables))
    patients = list(_patients(order, book, tables, counted))
    supply = frozenset(c for f in book.files.values() for c, r in f.codes.items() if _is_supply(r))
    final = order.as_of > order.month.end and not counted.cut_early
    return Report(
        order.month,
        order.as_of,
        order.config.timezone,
        final and not any(each.doubtful for each in inputs),
        __version__,
        book.version,
        book.sha256,
        inputs,
        tuple(_not_checked(tables, book)),
        settle_first(patients, _configure(book)),
        tuple(patients),
        tuple(sorted([*_quarantined(tables), *counted.problems])),
        tuple(tables.not_read),
        on_calendar_clock(patients, supply),
    )


def _is_supply(rule: object) -> bool:
    return getattr(rule, "window", None) is Clock.SUPPLY_PERIOD


def positions(config: Config, book: Rulebook) -> tuple[Position, ...]:
    """The practice's positions. Raises ConfigurationError for a point or a word that is unknown."""
    found, faults = [], []
    for point, given in config.positions.items():
        taken = given if isinstance(given, Taken) else Taken(take=given)
        try:
            contested = book.contested(point)
        except KeyError:
            known = ", ".join(p for f in book.files.values() for p in f.contested)
            sentence = f"is not a contested point; the points are {known}"
            faults.append(Fault("rtmaudit.yaml", 0, f"positions.{point}", sentence))
            continue
        if taken.take not in (contested.base, contested.other):
            sentence = f"take {contested.base} or {contested.other}"
            faults.append(Fault("rtmaudit.yaml", 0, f"positions.{point}", sentence))
        found.append(Position(point, taken.take == contested.other, taken.since))
    if faults:
        raise ConfigurationError(faults)
    return tuple(found)


def _frames(tables: Tables) -> Frames:
    return Frames(
        {name: data.frame for name, data in tables.data.items()},
        {name: [file.name for file in data.files] for name, data in tables.data.items()},
        {name: data.columns for name, data in tables.data.items()},
    )


def _settings(order: Order, tables: Tables) -> Settings:
    config = order.config
    readings = tables.get(READINGS)
    return Settings(
        order.month,
        order.as_of,
        ZoneInfo(config.timezone) if config.timezone else None,
        config.window_mode == "calendar_month",
        config.defaults.role,
        config.defaults.biller_type,
        {
            file.name: Coverage(file.covers.from_, file.covers.to)
            for file in (readings.files if readings else [])
            if file.covers
        },
    )


def _patients(
    order: Order, book: Rulebook, tables: Tables, counted: Counted
) -> Iterator[PatientReport]:
    facts = counted.facts
    lines = _lines(tables, facts) if order.evidence else None
    claims = _claims(tables)
    for patient in sorted(_everyone(tables, facts)):
        question = _question(order, book, facts, patient, claims.get(patient, ()))
        findings = judge(book, question)
        conditions = _conditions(facts, patient)
        known = facts.roster.knows(patient)
        found = find_fit(book, question, findings, conditions) if known else STRANGER
        line = facts.roster.any_line(patient, next(iter(question.programs), Program.RTM))
        evidence = _evidence(lines, patient, findings) if lines else {}
        yield PatientReport(
            patient,
            line.text("payer"),
            line.text("biller"),
            line.text("place_of_service"),
            RULES_PAYER,
            known,
            tuple(str(program) for program in question.programs),
            tuple(findings),
            found,
            conditions,
            evidence,
        )


def _question(
    order: Order, book: Rulebook, facts: Facts, patient: str, claims: Sequence[Claim]
) -> Question:
    preferred = dict.fromkeys([*book.fit.prefer, *book.files])
    programs = tuple(p for p in preferred if _is_in(facts, patient, p))
    episodes = {p: facts.roster.enrolment(patient, p).episode for p in programs}
    return Question(
        order.month,
        order.as_of,
        programs,
        {p: windows(book, p, order.month, episodes[p], order.config.window_mode) for p in programs},
        {p: episodes[p].start is not None for p in programs},
        lambda ref, window: facts.measure(patient, ref, window),
        lambda ref, number, window: facts.day_reached(patient, ref, number, window),
        {p: facts.roster.enrolment(patient, p).text("biller") for p in programs},
        tuple(claims),
        order.strict,
    )


def windows(
    book: Rulebook, program: Program, month: Month, episode: Episode, mode: WindowMode
) -> Mapping[Clock, tuple[Window, ...]]:
    """The windows of one patient and program, for the clocks that its rules run on."""
    by_month = mode == "calendar_month" or (mode == "auto" and episode.start is None)
    made = {
        Clock.EPISODE: lambda: episode_so_far(month, episode),
        Clock.SUPPLY_PERIOD: lambda: (
            calendar_month(month, episode) if by_month else supply_periods(month, episode)
        ),
        Clock.CALENDAR_MONTH: lambda: calendar_month(month, episode),
    }
    used = {rule.window for rule in book.files[program].codes.values()}
    return {clock: tuple(make()) for clock, make in made.items() if clock in used}


def _is_in(facts: Facts, patient: str, program: Program) -> bool:
    """By the roster's programs, else by minutes logged, else (RTM) by readings of its systems."""
    if not facts.roster.knows(patient):
        return False
    named = facts.roster.names(patient, program)
    if named is not None:
        return named
    if (patient, program) in facts.time.logged:
        return True
    if program is not Program.RTM or facts.days is None:
        return False
    watched = facts.days.systems.get(patient, set())
    return any(PROGRAM_OF_SYSTEM[system] is program for system in watched)


def _everyone(tables: Tables, facts: Facts) -> set[str]:
    """Everybody on the roster, and everybody with a line that concerns the judged days."""
    found = set(facts.roster.lines)
    for name in (READINGS, TIME_LOG, CALLS):
        data = tables.get(name)
        if data is not None:
            frame = data.frame
            concerned = ~frame["kind"].isin([Exclusion.OTHER_MONTH, Exclusion.AFTER_AS_OF])
            found |= set(frame.loc[concerned, "patient_id"].dropna())
    return found


def _conditions(facts: Facts, patient: str) -> tuple[str, ...]:
    codes = facts.roster.any_line(patient, Program.CCM).cells.get("conditions")
    return tuple(count_conditions(codes if isinstance(codes, tuple) else (), facts.conditions)[0])


def _claims(tables: Tables) -> dict[str, list[Claim]]:
    data = tables.get(CLAIMS)
    found: dict[str, list[Claim]] = {}
    if data is None:
        return found
    used = data.frame[data.frame["disposition"] == Disposition.USED]
    for row in used.to_dict("records"):
        status = row["status"] or ClaimStatus.SUBMITTED
        claim = Claim(
            row["code"], row["service_date"], status, row["period_start"], row["period_end"]
        )
        found.setdefault(row["patient_id"], []).append(claim)
    return found


def _lines(tables: Tables, facts: Facts) -> Lines:
    data = tables.get(READINGS)
    files = dict(enumerate(file.name for file in data.files)) if data else {}
    return lines_of(facts, data.frame if data else None, files)


def _evidence(
    lines: Lines, patient: str, findings: Sequence[Finding]
) -> dict[int, tuple[tuple[str, int], ...]]:
    return {
        i: lines.behind(patient, finding.refs, finding.window) for i, finding in enumerate(findings)
    }


def summaries(tables: Tables) -> Iterator[InputSummary]:
    """What became of the records of each file. Raises InvariantError if one is unaccounted for."""
    for data in tables.data.values():
        for i, file in enumerate(data.files):
            summary = _summary(data, i)
            if summary.accounted != file.records:
                raise InvariantError(
                    f"{file.name}: {file.records} records, {summary.accounted} accounted for; "
                    "nothing was written. Please report this"
                )
            yield summary


def _summary(data: TableData, index: int) -> InputSummary:
    file, frame = data.files[index], data.frame
    mine = frame[frame["file"] == index]

    def kinds(disposition: Disposition) -> dict[str, int]:
        counts = Counter(map(str, mine["kind"][mine["disposition"] == disposition]))
        return dict(sorted(counts.items()))

    return InputSummary(
        file.role,
        file.name,
        file.sha256,
        file.records,
        int((mine["disposition"] == Disposition.USED).sum()),
        int((mine["disposition"] == Disposition.DUPLICATE).sum()),
        kinds(Disposition.EXCLUDED),
        kinds(Disposition.QUARANTINED),
    )


def _quarantined(tables: Tables) -> Iterator[Problem]:
    for data in tables.data.values():
        lines = data.frame[data.frame["kind"] != ""]
        for row in lines.to_dict("records"):
            file = data.files[row["file"]].name
            if row["disposition"] is Disposition.QUARANTINED:
                yield Problem(
                    file, int(row["line"]), row["column"], row["kind"], str(row["disposition"])
                )
            elif row["column"]:
                yield Problem(file, int(row["line"]), row["column"], row["kind"], "disputed")


def _not_checked(tables: Tables, book: Rulebook) -> Iterator[str]:
    """Tables and events that no export holds, and programs without rules. They never change a
    verdict."""
    yield from (name for name in TABLES if tables.get(name) is None)
    roster = tables.get(PATIENTS)
    if roster is not None:
        yield from (column for column in EVENTS if column not in roster.columns)
        payers = set(roster.frame["payer"].dropna()) if "payer" in roster.columns else set()
        if any(str(payer).strip().lower() != RULES_PAYER for payer in payers):
            yield "rules of payers other than medicare"
    named = {program for data in tables.data.values() for program in _programs_named(data)}
    yield from (f"program {program}" for program in sorted(named - set(book.files)))


def _programs_named(data: TableData) -> Iterator[Program]:
    for column in ("program", "programs"):
        if column in data.frame:
            for cell in data.frame[column]:
                yield from cell if isinstance(cell, tuple) else () if cell is None else (cell,)


def _configure(book: Rulebook) -> dict[str, str]:
    lines = {str(cause): words.SETTLE[cause] for cause in Cause if cause in words.SETTLE}
    for file in book.files.values():
        for point, contested in file.contested.items():
            lines[point] = f"positions: {{{point}: {contested.base}}} (or {contested.other})"
    return lines


def as_of_day(asked: date | None, month: Month, today: date) -> date:
    """The as-of day: at most the day after the month, so that a closed month is closed for good."""
    return min(asked or today, month.end + ONE_DAY)
