"""Rulebooks and questions for the tests of the law's machinery: small ones, and the shipped one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

from rtmaudit.fit import Fit, explained, find_fit, outlined
from rtmaudit.judge import Claim, Question, judge
from rtmaudit.model import (
    ANYTHING,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Finding,
    Program,
    Why,
    Window,
)
from rtmaudit.rulebook import Rulebook, load_rules
from rtmaudit.scenarios import Case, read_cases
from rtmaudit.shipped import shipped
from rtmaudit.windows import ONE_DAY, Episode, Month, build_windows

LAW = "sources: {law: {title: The law, confidence: high}}\n"
FIT = "prefer: []\ncandidates: {}\n"
CONCURRENCY = "sources: {}\npairs: []\n"


@cache
def shipped_rules() -> Rulebook:
    """The rulebook that comes with the program."""
    return load_rules(shipped("rules"))


@cache
def shipped_cases() -> tuple[Case, ...]:
    """The scenarios that come with the program."""
    return tuple(read_cases(shipped("scenarios")))


def program(
    name: str, codes: str, *, one_of: str = "{}", on_file: str = "{}", more: str = ""
) -> str:
    """A program's file, with one source and, unless `more` says otherwise, no contested point."""
    head = f"program: {name}\ntitle: A program\n{LAW}{more}"
    every = f"every: {{on_file: {on_file}, service_date: {since('window_end')}}}\n"
    body = dedent(codes).strip("\n").replace("\n", "\n  ")
    return f"{head}{every}one_of: {one_of}\ncodes:\n  {body}\n"


def since(value: object, day: str = "2020-01-01", contested: str = "") -> str:
    """A dated value with one date."""
    other = f", contested: {contested}" if contested else ""
    return f"{{{day}: {{value: {value}, source: law{other}}}}}"


def minutes(count: int, by: str = "{physician: [physician]}", day: str = "2020-01-01") -> str:
    """A need of management minutes."""
    at_least = since(count, day)
    return f"{{fact: management_minutes, by: {since(by, day)}, at_least: {at_least}}}"


def write_rules(folder: Path, **files: str) -> Path:
    """A folder of rules; `concurrency` and `fit` say nothing unless they are given."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in {"concurrency": CONCURRENCY, "fit": FIT, **files}.items():
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return folder


def make_rules(folder: Path, **files: str) -> Rulebook:
    """The rulebook of such a folder."""
    return load_rules(write_rules(folder, **files))


AT_REST: Mapping[FactName, Fact] = {
    FactName.READING_DAYS: Fact.known(0),
    FactName.READINGS: Fact.known(0),
    FactName.MANAGEMENT_MINUTES: Fact.known(0),
    FactName.LIVE_CONTACTS: Fact.known(0),
    FactName.VISITS: Fact.known(0),
    FactName.DAYS_TO_VISIT: Fact.known(0),
    FactName.BUSINESS_DAYS_TO_CONTACT: Fact.known(0),
    FactName.CHRONIC_CONDITIONS: Fact.known(2),
    FactName.MDM: Fact.known(None),
    FactName.BILLER_TYPE: Fact.known("physician"),
    FactName.MONITORED: Fact.known(True),
    FactName.PLAN_OF_CARE: Fact.known((date(2020, 1, 1), None)),
    FactName.CONSENT_DATE: Fact.known(date(2020, 1, 1)),
    FactName.ORDER_DATE: Fact.known(date(2020, 1, 1)),
    FactName.CARE_PLAN_DATE: Fact.known(date(2020, 1, 1)),
    FactName.INITIATING_VISIT_DATE: Fact.known(date(2020, 1, 1)),
    FactName.ESTABLISHED: Fact.known(True),
    FactName.HIGH_RISK: Fact.known(True),
    FactName.QMB: Fact.known(False),
    FactName.ALIVE: Fact.known(True),
    FactName.ENROLLED: Fact.known(False),
    FactName.PROGRAM_MONTH: Fact.known("later"),
    FactName.PLACE_OF_SERVICE: Fact.known(""),
    FactName.SURGICAL_PERIOD: Fact.known("none"),
    FactName.DIAGNOSES: Fact.known(()),
    FactName.DISCIPLINE: Fact.unknown(Cause.NO_COLUMN),
    FactName.ASSISTANT_PERCENT: Fact.known(0),
    FactName.THERAPY_AMOUNT: Fact.known(0),
}
"""Counts are zero and papers on file, unless a test says otherwise."""

MISSING = Fact(0, ANYTHING, Why.MISSING, Cause.NO_TIME_LOG)
DISPUTED = Fact(0, ANYTHING, Why.DISPUTED, Cause.OVERLAP)
"""Counts of which nothing is known."""

NO_COLUMN = Fact.unknown(Cause.NO_COLUMN)
NOT_READABLE = Fact(None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE)
"""Papers and words of which nothing is known."""


def question(
    book: Rulebook,
    given: Mapping[Any, Any],
    *,
    month: str = "2026-03",
    as_of: date | None = None,
    programs: Sequence[str] = ("rtm",),
    start: Mapping[str, date] | date | None = date(2026, 3, 2),
    end: date | None = None,
    billers: Mapping[str, str] | None = None,
    claims: Sequence[Claim] = (),
    strict: bool = False,
) -> Question:
    """A patient's question. `given` names a fact, or a fact and a program, or a fact and a system;
    what it does not name is at rest."""
    when = Month.parse(month)
    mine = [Program(each) for each in programs]
    starts = {p: start.get(p) if isinstance(start, Mapping) else start for p in mine}

    def measure(ref: FactRef, window: Window) -> Fact:
        keys = ((ref.name, ref.program), *((ref.name, system) for system in ref.systems), ref.name)
        found = next((given[key] for key in keys if key in given), AT_REST[ref.name])
        if callable(found):
            found = found(window)
        return found if isinstance(found, Fact) else Fact.known(found)

    return Question(
        when,
        min(as_of or date.max, when.end + ONE_DAY),
        tuple(mine),
        {p: build_windows(list(Clock), when, Episode(starts[p], end), "auto") for p in mine},
        {p: starts[p] is not None for p in mine},
        measure,
        lambda ref, count, window: window.start,
        {Program(name): who for name, who in (billers or {}).items()},
        tuple(claims),
        strict,
    )


def fitted(
    book: Rulebook, asked: Question, findings: Sequence[Finding], conditions: tuple[str, ...]
) -> Fit:
    """The fit of one patient."""
    return explained(find_fit(book, asked, outlined(findings), conditions), findings)


def verdicts(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> dict[str, Finding]:
    """The findings on a patient by code: those that are due, or else those that run."""
    findings = judge(book, question(book, given, **options))
    found = {finding.code: finding for finding in findings if not finding.due}
    return found | {finding.code: finding for finding in findings if finding.due}
