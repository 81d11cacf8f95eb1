"""How long judging and writing take, apart from reading.

    python -m tests.judging [--patients 10000] [--seed 1] [--only PART ...] [--profile PART]

Reads a practice of `bench.py` of 500 patients as any other, and copies what was counted of them
under new ids: every copy starts on its own day of two years, keeps a random part of its model's
data days and minutes, and is billed as its model is. Nothing is read or counted again.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import io
import pstats
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import pandas as pd

from rtmaudit.cli import SELDOM
from rtmaudit.config import Config
from rtmaudit.exports import Tables, read_tables
from rtmaudit.facts import Counted, Facts, Frames, count
from rtmaudit.facts.roster import Enrolment, Roster
from rtmaudit.formats import writer
from rtmaudit.model import Disposition
from rtmaudit.pipeline import people
from rtmaudit.pipeline.cases import Cases
from rtmaudit.pipeline.conduct import frames_of
from rtmaudit.pipeline.order import Order, settings
from rtmaudit.pipeline.payers import payers
from rtmaudit.pipeline.people import Everyone
from rtmaudit.pipeline.tree import Point
from rtmaudit.report import Report
from rtmaudit.report.crowds import crowds, on_calendar_clock, settle_first
from rtmaudit.rulebook import Rulebook, load_rules
from rtmaudit.shipped import shipped
from rtmaudit.windows import Month

sys.path.insert(0, str(Path(__file__).parent))
from bench import ZONE, make_practice

MODELS, DAYS = 500, 730
MONTH, AS_OF = Month(2026, 3), date(2026, 4, 1)
DATED = ("enrolled_on", "consent_on", "order_on", "care_plan_on")
PARTS = ("judge", "csv", "codes", "json", "jsonl")


class Nowhere(io.StringIO):
    """A stream that only counts what it is given."""

    written = 0

    def write(self, text: str) -> int:
        """Count it."""
        self.written += len(text)
        return len(text)


class Watched(Cases):
    """Cases that can be counted when the work is done."""

    made: ClassVar[list[Cases]] = []

    def __init__(self, book: Rulebook, facts: Facts) -> None:
        super().__init__(book, facts)
        Watched.made.append(self)


def ends(point: Point) -> int:
    """The distinct cases below a point of a tree."""
    return (point.parts is not None) + sum(map(ends, point.leads.values()))


def cases() -> str:
    """How many distinct cases there were, of groups of codes and of whole patients."""
    dockets = [each for made in Watched.made for each in made.dockets.dockets.values()]
    groups = sum(ends(tree.root) for docket in dockets for tree in docket.trees)
    whole = sum(len(docket.combined) for docket in dockets)
    return f"{len(dockets)} dockets, {groups:,} cases of groups of codes, {whole:,} combinations"


def models(folder: Path, seed: int) -> tuple[Order, Counted]:
    """The practice whose patients are copied, read and counted as any other."""
    make_practice(folder, MODELS, seed)
    order = Order((folder,), MONTH, AS_OF, Config(timezone=ZONE), shipped("rules"))
    tables = read_tables(order.paths, order.config)
    conditions = load_rules(order.rules).conditions
    return order, count(frames_of(tables), settings(order, tables), conditions)


def copies(counted: Counted, patients: int, seed: int) -> Counted:
    """As many patients, each like one of those who were counted."""
    chance, facts = random.Random(seed), counted.facts
    assert facts.days is not None
    roster, time_tables, days = list[dict[Any, Any]](), copy(facts.time), copy(facts.days)
    time_tables.lines, time_tables.calls = {}, {}
    days.sets = {sort: {} for sort in days.sets}
    time_tables.logged = defaultdict(set)
    everybody = sorted(facts.roster.patients)
    for number in range(patients):
        model, me = everybody[number % len(everybody)], f"Q{number:07d}"
        roster += [_line(chance, each, me) for each in facts.roster.lines(model)]
        diligence, keep = chance.getrandbits(64), chance.random()
        for sort, whom in facts.days.sets.items():
            if model in whom:
                days.add(me, sort, whom[model] & (diligence if keep < 0.5 else -1))
        kept = facts.time.entries(model)[chance.randrange(3) :]
        time_tables.lines[me] = [_entry(chance, each, me) for each in kept]
        calls = facts.time.calls.get(model, [])
        time_tables.calls[me] = calls[chance.randrange(2) :]
        for program in {each.program for each in kept if each.program}:
            time_tables.logged[program].add(me)
    frame = pd.DataFrame(roster, dtype=object).assign(disposition=Disposition.USED)
    copied = Roster(frame, facts.roster.columns or ())
    changed: dict[str, Any] = {"roster": copied, "time": time_tables, "days": days}
    return replace(counted, facts=replace(facts, **changed))


def _line(chance: random.Random, line: Enrolment, patient: str) -> dict[Any, Any]:
    start = MONTH.end - timedelta(days=chance.randrange(DAYS))
    return {**line.cells, **dict.fromkeys(DATED, start), "patient_id": patient}


def _entry(chance: random.Random, entry: Any, patient: str) -> Any:
    seconds = chance.randrange(60, 900)
    return replace(entry, patient=patient, least=seconds, most=seconds)


def timed(name: str, patients: int, work: Callable[[], Any], profiled: str | None) -> Any:
    """Do the work, and tell how long it took."""
    profile = cProfile.Profile() if name == profiled else None
    start, started = time.perf_counter(), time.process_time()
    result = profile.runcall(work) if profile else work()
    took, busy = time.perf_counter() - start, time.process_time() - started
    each = busy / patients * 1e6
    print(f"{name:<8} {took:7.2f} s, of the processor {busy:7.2f} s, {each:8.1f} µs a patient")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    return result


def report_of(order: Order, book: Rulebook, counted: Counted) -> Report:
    """Judge, fit and report, as the pipeline does it."""
    nothing = Tables({}, [])
    mine = payers(book, order.config, None)
    frames = Frames({}, {}, {})
    patients = list(Everyone(order, mine, nothing, frames, counted))
    alike = crowds(patients)
    return Report(
        order.month,
        order.as_of,
        ZONE,
        final=True,
        tool_version="",
        rules_version="",
        rules_sha256="",
        inputs=(),
        not_checked=(),
        settle_first=settle_first(alike, {}),
        patients=tuple(patients),
        crowds=alike,
        problems=(),
        on_calendar_clock=on_calendar_clock(alike, frozenset()),
    )


def written(report: Report, name: str, which: str) -> int:
    """Write the report to nowhere; how many characters it has."""
    nowhere = Nowhere()
    writer(name)(report, nowhere, which=which, everything=False)
    return nowhere.written


def parts(report: Report) -> Iterator[tuple[str, Callable[[], int]]]:
    """Each way of writing."""
    yield "csv", lambda: written(report, "csv", "patients")
    yield "codes", lambda: written(report, "csv", "codes")
    yield "json", lambda: written(report, "json", "patients")
    yield "jsonl", lambda: written(report, "jsonl", "patients")


def main() -> None:
    """Copy, judge, write, tell."""
    gc.set_threshold(*SELDOM)
    parser = argparse.ArgumentParser(description="How long judging and writing take.")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--profile", choices=PARTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        order, counted = models(Path(folder), options.seed)
    book = load_rules(order.rules)
    counted = copies(counted, options.patients, options.seed)
    many, profiled = options.patients, options.profile
    with mock.patch.object(people, "Cases", Watched):
        report = timed("judge", many, lambda: report_of(order, book, counted), profiled)
    print(cases())
    findings = {id(f) for p in report.patients for f in p.findings}
    total = sum(len(p.findings) for p in report.patients)
    print(f"{total:,} findings, {len(findings):,} objects")
    assert total
    for name, work in parts(report):
        if name in options.only:
            print(f"{'':12} {timed(name, many, work, profiled):,} characters")


if __name__ == "__main__":
    main()
