"""What becomes of a few lines of bad input: their dispositions, what is told, and the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counted import BY, MARCH, Practice

from rtmaudit.facts import Counted
from rtmaudit.model import ANYTHING, FactName, FactRef, Problem, Program, Source, System
from rtmaudit.pipeline.accounts import quarantined, summaries


@dataclass(frozen=True)
class Case:
    """Some exports and what must become of them. `facts` are intervals of March, by patient, name
    and program (`P1 minutes rtm`); `became` counts the records of each file that are not used;
    `told` are the problems, as `time_log:3 column kind disposition other:line`."""

    id: str
    tables: Mapping[str, str]
    facts: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    became: Mapping[str, int] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    how: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of the exports of a case."""

    counted: Counted
    became: Mapping[str, int]
    told: tuple[str, ...]

    def fact(self, asked: str) -> tuple[int, int | None]:
        """An interval of March; None where no bound is known."""
        patient, name, program = asked.split()
        refs = {
            "minutes": FactRef(FactName.MANAGEMENT_MINUTES, Program(program), (), BY),
            "calls": FactRef(FactName.LIVE_CONTACTS, Program(program)),
            "days": _days(Program(program)),
        }
        found = self.counted.facts.measure(patient, refs[name], MARCH)
        high = None if found.high is ANYTHING else found.high
        assert isinstance(found.low, int)
        assert high is None or isinstance(high, int)
        return found.low, high


def _days(program: Program) -> FactRef:
    """Days as the law counts them: for RPM not those that a patient typed in."""
    if program is Program.RPM:
        sources = (Source.DEVICE, Source.APP)
        return FactRef(FactName.READING_DAYS, program, (System.PHYSIOLOGIC,), sources=sources)
    return FactRef(FactName.READING_DAYS, program, (System.MUSCULOSKELETAL, System.RESPIRATORY))


def outcome(folder: Path, tables: Mapping[str, str], **how: Any) -> Outcome:
    """Count the exports, by the month, without a rule."""
    practice = Practice(folder)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    counted = practice.counted(by_month=True, **how)
    found = practice.found
    assert found is not None
    became: dict[str, int] = {}
    for each in summaries(found):
        name = each.name.removesuffix(".csv")
        assert each.accounted == each.records
        parts = {"duplicate": each.duplicate, **each.excluded, **each.quarantined}
        became |= {f"{name} {kind}": number for kind, number in parts.items() if number}
    problems = sorted([*quarantined(found), *counted.problems])
    told = tuple(_line(p) for p in problems)
    return Outcome(counted, became, told)


def _line(problem: Problem) -> str:
    """`time_log:3 started_at overlap disputed time_log:2`."""
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    other = f" {problem.other_line}" if problem.other_line else ""
    line = f"{where} {problem.column} {problem.kind} {problem.disposition}{other}"
    return line.replace(".csv", "")


def check(case: Case, folder: Path) -> None:
    """Everything that a case says."""
    found = outcome(folder, case.tables, **case.how)
    assert {asked: found.fact(asked) for asked in case.facts} == dict(case.facts)
    assert found.became == dict(case.became)
    assert found.told == case.told
