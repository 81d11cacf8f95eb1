"""One scenario: its question, what the judge makes of it, and whether that was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rtmaudit import tables
from rtmaudit.config import Config, TableMap
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.exports.data import InputFile, table_of_lines
from rtmaudit.exports.delimited import records_of
from rtmaudit.exports.grid import Grid
from rtmaudit.exports.mapping import map_file
from rtmaudit.exports.strict import raw_file
from rtmaudit.facts import Facts, Frames, Settings, count
from rtmaudit.judge import Claim, Question, judge
from rtmaudit.model import Clock, FactName, FactRef, Finding, Program, Window
from rtmaudit.rulebook import MEDICARE, Position, Rulebook
from rtmaudit.scenarios.compare import differences
from rtmaudit.scenarios.given import Given
from rtmaudit.scenarios.grammar import Case, Rows, Scenario, read_cases
from rtmaudit.windows import ONE_DAY, PERIOD_DAYS, Discharge, Episode, build_windows

TABLES = ("readings", "time_log", "calls", "patients", "visits", "stays", "coverage")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, what was found, and where that is not what was expected."""

    case: Case
    findings: tuple[Finding, ...] = ()
    faults: tuple[Fault, ...] = ()


def run_folder(folder: Path, book: Rulebook) -> list[Outcome]:
    """Run every scenario file of a folder. Raises RulebookError for a file that is not sound."""
    return [run(case, book) for case in read_cases(folder)]


def run(case: Case, book: Rulebook) -> Outcome:
    """Judge one case and compare."""
    wrong = tuple(_names_nothing(case, book))
    if wrong:
        return Outcome(case, faults=wrong)
    asked = case.scenario
    book = book.under(asked.payer) if asked.payer else book
    as_of = min(asked.as_of or date.max, asked.month.end + ONE_DAY)
    try:
        question = (
            _question_of_facts(case, book, as_of)
            if asked.rows is None
            else _question_of_rows(case, book, _count_rows(asked, asked.rows, book, as_of))
        )
    except FaultsError as error:
        return Outcome(case, faults=error.faults)
    findings = tuple(judge(book.with_positions(_positions(asked, book)), question))
    faults = (_fault(case, *wrong) for wrong in differences(case, question, findings))
    return Outcome(case, findings, tuple(faults))


def _names_nothing(case: Case, book: Rulebook) -> Iterator[Fault]:
    payer = case.scenario.payer
    if payer and payer not in (MEDICARE, *book.overlays):
        payers = ", ".join((MEDICARE, *book.overlays))
        yield _fault(case, "payer", f"there are no rules of this payer; there are {payers}")
    for program in case.programs:
        if program not in book.files:
            yield _fault(case, "programs", f"there is no rule for {program}")
    known = {code for p in case.programs if p in book.files for code in book.files[p].codes}
    for code in case.scenario.expect:
        if code not in known:
            yield _fault(case, f"expect.{code}", "is no code of the programs")
    for point, word in case.scenario.positions.items():
        try:
            contested = book.contested(point)
        except KeyError:
            yield _fault(case, f"positions.{point}", "is no contested point")
            continue
        if word not in (contested.base, contested.other):
            sentence = f"take {contested.base} or {contested.other}"
            yield _fault(case, f"positions.{point}", sentence)


def _positions(asked: Scenario, book: Rulebook) -> tuple[Position, ...]:
    return tuple(
        Position(point, word == book.contested(point).other)
        for point, word in asked.positions.items()
    )


def _windows(
    case: Case,
    book: Rulebook,
    program: Program,
    episode: Episode,
    discharge: Discharge | None,
) -> Mapping[Clock, tuple[Window, ...]]:
    asked = case.scenario
    mode: str = asked.window_mode
    if mode == "auto":
        mode = book.window_mode(program, asked.month.end)
    return build_windows(book.clocks(program), asked.month, episode, mode, discharge)


def _discharge(asked: Scenario) -> Discharge:
    """The patient of a scenario left on the month's first day, unless it says otherwise."""
    on = asked.discharged or asked.month.start
    days = asked.facts.days_to_visit if asked.facts else "none"
    return Discharge(on, on + timedelta(days=days) if isinstance(days, int) else None)


def _question_of_facts(case: Case, book: Rulebook, as_of: date) -> Question:
    asked = case.scenario
    start = asked.start or asked.month.end - timedelta(days=PERIOD_DAYS - 1)
    episode = Episode(None if start == "none" else start, asked.end)
    return Question(
        asked.month,
        as_of,
        case.programs,
        {p: _windows(case, book, p, episode, _discharge(asked)) for p in case.programs},
        dict.fromkeys(case.programs, start != "none"),
        Given(asked, episode, as_of, case.programs).measure,
        lambda ref, number, window: _day_reached(asked, ref, number, window),
        dict(asked.billers),
        tuple(
            Claim(c.code, c.service_date, c.status, c.period_start, c.period_end, c.biller)
            for c in asked.claims
        ),
    )


def _day_reached(asked: Scenario, ref: FactRef, number: int, window: Window) -> date | None:
    if ref.name is FactName.DAYS_TO_VISIT:
        return _discharge(asked).visited
    return window.start + timedelta(days=number - 1)


def _count_rows(asked: Scenario, rows: Rows, book: Rulebook, as_of: date) -> Facts:
    config = Config(timezone=rows.timezone)
    frames, files, columns, faults = {}, {}, {}, list[Fault]()
    for name in TABLES:
        text = getattr(rows, name)
        if text is not None:
            grid = Grid(*records_of(name, text, ",", 0))
            raw = raw_file(name, "", grid, list(tables.TABLES[name].columns))
            mapped = map_file(raw, name, TableMap(), config)
            faults += mapped.faults
            data = table_of_lines(name, [InputFile(name, name, "", len(raw.rows))], [mapped])
            frames[name], files[name], columns[name] = data.frame, [name], data.columns
    if faults:
        raise RulebookError(faults)
    monthly = asked.window_mode == "calendar_month"
    settings = Settings(asked.month, as_of, ZoneInfo(rows.timezone), monthly)
    return count(Frames(frames, files, columns), settings, book.conditions).facts


def _question_of_rows(case: Case, book: Rulebook, facts: Facts) -> Question:
    seen = {patient for whom in facts.days.sets.values() for patient in whom} if facts.days else ()
    patient = min({*facts.roster.patients, *seen, *facts.time.lines}, default="")
    episodes = {p: facts.roster.enrolment(patient, p).episode for p in case.programs}
    return Question(
        case.scenario.month,
        facts.as_of,
        case.programs,
        {
            p: _windows(case, book, p, episodes[p], facts.discharge(patient, p))
            for p in case.programs
        },
        {p: episodes[p].start is not None for p in case.programs},
        lambda ref, window: facts.measure(patient, ref, window),
        lambda ref, number, window: facts.day_reached(patient, ref, number, window),
        payer_changes=facts.payer_changes(patient),
    )


def _fault(case: Case, place: str, sentence: str) -> Fault:
    return Fault(case.file, case.line, f"{case.scenario.name}: {place}", sentence)
