"""The shipped rulebook is tested whole: by its own scenarios, on both sides of every date, at every
threshold, and so that changing any number, date or contested reading of the law is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from typing import Any

import mutants
import pytest
from rulebooks import shipped_cases, shipped_rules

from rtmaudit.facts import MEASURES
from rtmaudit.model import UNIT_OF_FACT, FactName, Program, Verdict
from rtmaudit.rulebook import DatedValue, dated_values
from rtmaudit.rulebook.dated import Entry
from rtmaudit.scenarios import Case, Outcome, run
from rtmaudit.scenarios.compare import because
from rtmaudit.scenarios.given import STUBS
from rtmaudit.shipped import shipped

BOOK, CASES = shipped_rules(), shipped_cases()
FILES = dict(BOOK.files)


@dataclass(frozen=True)
class Value:
    """One dated value of one program's file, and one of its dates."""

    dated: DatedValue
    day: date

    @property
    def entry(self) -> Entry[Any]:
        return self.dated.entries[self.day]

    @property
    def law(self) -> Any:
        """What it says."""
        return self.entry.value

    @property
    def codes(self) -> set[str]:
        """The codes that the value is about: its own, or for what is shared any of the program."""
        place = self.dated.place
        return {place[1]} if place[0] == "codes" else set(FILES[self.dated.program].codes)

    @property
    def end(self) -> date:
        """The last day on which it holds."""
        later = [day for day in self.dated.entries if day > self.day]
        return min(later, default=date.max) - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.dated.program}-{'.'.join(self.dated.place)}-{self.day}"


VALUES = [Value(d, day) for file in FILES.values() for d in dated_values(file) for day in d.entries]
COUNTS = [value for value in VALUES if type(value.law) is int]
FLAGS = [value for value in VALUES if value.dated.place[-1] == "in_force"]
POINTS = [(program, point) for program, file in FILES.items() for point in file.contested]
CODES = [(program, code) for program, file in FILES.items() for code in file.codes]


def about(codes: set[str]) -> Iterator[Case]:
    """The scenarios that expect something of any of the codes."""
    quick_first = sorted(CASES, key=lambda case: case.scenario.rows is not None)
    return (case for case in quick_first if codes & set(case.scenario.expect))


def expecting(code: str, verdict: Verdict) -> Iterator[Case]:
    """The scenarios that expect one verdict of a code."""
    return (case for case in about({code}) if verdict in said(case, code))


def said(case: Case, code: str) -> dict[Verdict, Any]:
    """What a scenario expects of a code: verdicts and their details."""
    expected: Any = case.scenario.expect[code]
    each = expected if isinstance(expected, list) else [] if expected == "none" else [expected]
    return {word: detail for one in each for word, detail in _pairs(one)}


def _pairs(one: Any) -> Iterator[tuple[Verdict, Any]]:
    yield from one.items() if isinstance(one, dict) else [(one, None)]


@cache
def outcome(number: int) -> Outcome:
    """What becomes of a scenario, by its place in CASES."""
    return run(CASES[number], BOOK)


# ---- the scenarios hold, and reach everywhere ----


@pytest.mark.no_cover  # `rtmaudit check` is tried on the command line, and covered there
def test_every_scenario_of_the_shipped_rules_holds() -> None:
    found = [fault for number in range(len(CASES)) for fault in outcome(number).faults]
    assert [str(fault) for fault in found] == []


def test_no_two_scenarios_of_a_file_bear_one_name() -> None:
    names = [(case.file, case.scenario.name) for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_every_dated_value_has_a_scenario_on_each_side_of_its_date(value: Value) -> None:
    ends = [case.scenario.month.end for case in about(value.codes)]
    assert any(end < value.day for end in ends), "no scenario before"
    assert any(value.day <= end <= value.end for end in ends), "no scenario while it holds"


@pytest.mark.parametrize(("program", "code"), CODES)
def test_every_code_has_a_scenario_in_which_it_is_ready(program: Program, code: str) -> None:
    assert next(expecting(code, Verdict.READY), None)


def may_be_short(value: Value) -> bool:
    """Whether a need can be short: zero never is, and an add-on unmet is not applicable."""
    code = FILES[value.dated.program].codes.get(value.dated.place[1])
    return value.dated.place[2:3] == ("needs",) and value.law > 0 and not (code and code.adds_to)


@pytest.mark.parametrize("value", [v for v in COUNTS if may_be_short(v)], ids=str)
def test_every_need_has_a_scenario_that_is_short_by_exactly_one(value: Value) -> None:
    _, code, _, need, test = value.dated.place
    want = value.law
    one_off = f"at most {want}, has {want + 1}"
    distance = one_off if test == "at_most" else f"at least {want}, has {want - 1}"
    assert any(
        said(case, code)[Verdict.SHORT].get(need) == distance
        for case in expecting(code, Verdict.SHORT)
        if value.day <= case.scenario.month.end <= value.end
        and isinstance(said(case, code)[Verdict.SHORT], dict)
    )


# ---- no change of the law goes unnoticed ----

MUTANTS = mutants.mutants()
EVERY = 24
"""Of all mutants one in so many is tried here; `make strength` tries every one."""

SAMPLE = {mutant.name: mutant for mutant in MUTANTS[::EVERY]}
SAMPLE |= {mutant.kind: mutant for mutant in reversed(MUTANTS)}
"""And the first of each kind."""


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_of_the_rulebook_is_noticed(name: str) -> None:
    assert mutants.judge(SAMPLE[name]) is not mutants.Outcome.SURVIVED, str(SAMPLE[name])


@pytest.mark.no_cover
def test_a_number_that_must_be_noticed_is_seen() -> None:
    name = "pcm codes.99426.needs.minutes.at_least 2025-01-01: 30 -> 31"
    found = next(mutant for mutant in MUTANTS if mutant.name == name)
    assert mutants.judge(found) is mutants.Outcome.NOTICED


@pytest.mark.no_cover
def test_the_law_as_it_is_is_not_noticed() -> None:
    found = replace(MUTANTS[0], book=mutants.book_with)
    assert mutants.judge(found) is mutants.Outcome.SAME


@pytest.mark.no_cover
def test_a_mutant_is_a_rulebook_of_its_own() -> None:
    before = {program: file.model_dump() for program, file in FILES.items()}
    for mutant in MUTANTS:
        mutant.book()
    assert {program: file.model_dump() for program, file in BOOK.files.items()} == before


def test_no_two_mutants_bear_one_name_and_what_is_equivalent_is_one_of_them() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names))
    assert set(names) >= mutants.EQUIVALENT.keys()


@pytest.mark.no_cover
@pytest.mark.parametrize("name", mutants.EQUIVALENT)
def test_what_is_called_equivalent_is_not_noticed(name: str) -> None:
    found = next(mutant for mutant in MUTANTS if mutant.name == name)
    assert mutants.judge(found) is mutants.Outcome.SAME


@pytest.mark.parametrize(
    "value", [v for v in COUNTS if v.dated.place[2:3] != ("adds_to",)], ids=str
)
def test_every_number_is_raised_once(value: Value) -> None:
    place = f"{value.dated.program} {'.'.join(value.dated.place)} {value.day}: "
    raised = [m for m in MUTANTS if m.kind is mutants.Kind.RAISED and m.name.startswith(place)]
    assert len(raised) == 1


# ---- contested points ----


@pytest.mark.no_cover
@pytest.mark.parametrize(("program", "point"), POINTS)
def test_every_contested_point_has_a_scenario_that_it_turns_and_one_with_each_position(
    program: Program, point: str
) -> None:
    contested = FILES[program].contested[point]
    taken = [case.scenario.positions.get(point) for case in CASES]
    assert contested.base in taken
    assert contested.other in taken
    assert any(
        finding.verdict is Verdict.REVIEW and point in because(finding)
        for number, case in enumerate(CASES)
        if program in case.programs and point not in case.scenario.positions
        for finding in outcome(number).findings
    )


# ---- nothing is left over ----


def test_the_vocabulary_is_what_facts_measure_scenarios_give_and_rules_ask() -> None:
    asked = {
        condition.fact
        for file in FILES.values()
        for rule in file.codes.values()
        for block in (file.every.for_, file.every.on_file, rule.for_, rule.needs, rule.on_file)
        for condition in block.values()
        if condition is not None
    }
    named = set(FactName)
    assert named == set(MEASURES) == set(STUBS) == set(UNIT_OF_FACT)
    assert named - asked == ASKED_BY_MODIFIERS


ASKED_BY_MODIFIERS = {FactName.DISCIPLINE, FactName.ASSISTANT_PERCENT, FactName.THERAPY_AMOUNT}


@pytest.mark.parametrize("program", list(FILES))
def test_every_source_and_every_contested_point_of_a_file_is_used(program: Program) -> None:
    file = FILES[program]
    entries = [value.entry for value in VALUES if value.dated.program is program]
    others = [(point, other) for entry in entries for point, other in entry.contested.items()]
    sources = {entry.source for entry in entries} | {other.source for _, other in others}
    assert set(file.sources) == sources
    assert set(file.contested) == {point for point, _ in others}


def test_every_source_of_the_pairs_is_used() -> None:
    pairs = BOOK.concurrency.pairs
    entries = [
        entry for pair in pairs for side in (pair.same, pair.different) for entry in side.values()
    ]
    others = [(point, other) for entry in entries for point, other in entry.contested.items()]
    used = {entry.source for entry in entries} | {other.source for _, other in others}
    assert set(BOOK.concurrency.sources) == used
    assert set(BOOK.concurrency.contested) == {point for point, _ in others}


@pytest.mark.parametrize("payer", list(BOOK.overlays))
def test_every_source_of_a_payer_is_used(payer: str) -> None:
    text = (shipped("rules") / "payers" / f"{payer}.yaml").read_text(encoding="utf-8")
    for source in BOOK.overlays[payer].file.sources:
        assert f"source: {source}" in text, source


def test_scenario_files_mirror_the_rules_name_for_name() -> None:
    rules = {path.stem for path in shipped("rules").glob("*.yaml")} - {"fit"} | {"payers"}
    assert {path.stem for path in shipped("scenarios").glob("*.yaml")} == rules


# ---- what may stand beside what ----


def test_every_pair_of_shipped_programs_stands_in_the_pairs_once() -> None:
    named = [frozenset(pair.pair) for pair in BOOK.concurrency.pairs]
    for one, other in combinations(map(str, FILES), 2):
        assert named.count(frozenset({one, other})) == 1, (one, other)
