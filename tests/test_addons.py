"""Add-ons of several bases, add-ons with needs of their own, and units whose first is shorter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rulebooks import (
    DISPUTED,
    MISSING,
    make_rules,
    minutes,
    program,
    shipped_rules,
    since,
    verdicts,
)

from rtmaudit.errors import RulebookError
from rtmaudit.judge.alone import judge_units
from rtmaudit.model import ANYTHING, Alternative, Fact, FactName, FactRef, Finding, Met, Program
from rtmaudit.rulebook import Rulebook, UnitRule

MINUTES, CONTACTS, MONTH = (
    FactName.MANAGEMENT_MINUTES,
    FactName.LIVE_CONTACTS,
    FactName.PROGRAM_MONTH,
)
STAFF = since("{physician: [physician]}")


def kinds(finding: Finding) -> list[str]:
    return [str(reason.kind) for reason in finding.reasons]


# ---- units ----


@pytest.mark.parametrize(
    ("spent", "units", "want"),
    [
        (70, 0, 86),
        (85, 0, 86),
        (86, 1, 86),
        (115, 1, 86),
        (116, 2, 116),
        (145, 2, 116),
        (146, 3, 146),
        (999, 3, 146),
    ],
)
def test_the_first_unit_may_take_fewer_minutes_than_those_after_it(
    spent: int, units: int, want: int
) -> None:
    rule = UnitRule(FactRef(MINUTES, Program.COCM), first=16, each=30, at_most=3)
    low, high, reach, need = judge_units(rule, 70, Fact.known(spent))
    assert (low, high, reach, need.want) == (units, units, units, want)
    assert need.met is (Met.YES if units else Met.NO)


# ---- several bases ----

TWO_BASES = f"""
"A0070":
  title: A first month
  window: calendar_month
  in_force: {since("true")}
  for: {{month: {{fact: program_month, is: {since("[first]")}}}}}
  needs:
    minutes: {minutes(36)}
    contact: {{fact: live_contacts, at_least: {since(1)}}}
"A0060":
  title: A later month
  window: calendar_month
  in_force: {since("true")}
  for: {{month: {{fact: program_month, is: {since("[later]")}}}}}
  needs:
    minutes: {minutes(31)}
    contact: {{fact: live_contacts, at_least: {since(1)}}}
"A0016":
  title: Each further thirty
  window: calendar_month
  in_force: {since("true")}
  adds_to: {{"A0070": {since(70)}, "A0060": {since(60)}}}
  units:
    fact: management_minutes
    by: {STAFF}
    first: {since(16)}
    each: {since(30)}
    at_most: {since(4)}
"""


@pytest.fixture
def two_bases(tmp_path: Path) -> Rulebook:
    return make_rules(tmp_path, cocm=program("cocm", TWO_BASES))


@pytest.mark.parametrize(
    ("month", "spent", "verdict", "units"),
    [
        ("first", 85, "not_applicable", 0),
        ("first", 86, "ready", 1),
        ("first", 115, "ready", 1),
        ("first", 116, "ready", 2),
        ("later", 75, "not_applicable", 0),
        ("later", 76, "ready", 1),
        ("later", 85, "ready", 1),
        ("later", 106, "ready", 2),
        ("later", 999, "ready", 4),
    ],
)
def test_an_add_on_counts_beyond_the_base_that_stands(
    month: str, spent: int, verdict: str, units: int, two_bases: Rulebook
) -> None:
    given = {MINUTES: spent, CONTACTS: 1, MONTH: month}
    finding = verdicts(two_bases, given, programs=["cocm"])["A0016"]
    assert (finding.verdict, finding.units) == (verdict, units)


@pytest.mark.parametrize(
    ("given", "base", "verdict"),
    [
        ({CONTACTS: 0}, "A0070", "not_applicable"),
        ({CONTACTS: 0, MONTH: "later"}, "A0060", "not_applicable"),
        ({CONTACTS: MISSING}, "A0070", "unknown"),
        ({CONTACTS: DISPUTED, MONTH: "later"}, "A0060", "review"),
        ({CONTACTS: Fact.known(0, later=ANYTHING)}, "A0070", "open"),
    ],
)
def test_an_add_on_shares_the_fate_of_the_base_that_is_about_the_patient(
    given: dict[Any, Any], base: str, verdict: str, two_bases: Rulebook
) -> None:
    given = {MINUTES: 120, MONTH: "first", **given}
    finding = verdicts(two_bases, given, programs=["cocm"])["A0016"]
    assert (finding.verdict, kinds(finding)) == (verdict, ["base"])
    if verdict != "not_applicable":
        assert finding.reasons[0].about == (base,)


def test_where_the_base_is_not_known_neither_is_the_add_on(two_bases: Rulebook) -> None:
    given = {MINUTES: 120, CONTACTS: 1, MONTH: MISSING}
    found = verdicts(two_bases, given, programs=["cocm"])
    assert {code: str(finding.verdict) for code, finding in found.items()} == {
        "A0070": "unknown",
        "A0060": "unknown",
        "A0016": "unknown",
    }


def test_the_distance_is_that_beyond_the_base_that_stands(two_bases: Rulebook) -> None:
    for month, want in (("first", 86), ("later", 76)):
        given = {MINUTES: 70, CONTACTS: 1, MONTH: month}
        (need,) = verdicts(two_bases, given, programs=["cocm"])["A0016"].needs
        assert (need.have, need.want) == (70, want)


def test_the_rulebook_knows_every_base_of_an_add_on(two_bases: Rulebook) -> None:
    assert two_bases.bases_of("A0016") == ("A0070", "A0060")
    assert two_bases.bases_of("A0070") == ()


@pytest.mark.parametrize(
    ("month", "spent", "code", "units"),
    [
        ("first", 36, "99492", 0),
        ("first", 85, "99492", 0),
        ("first", 86, "99492", 1),
        ("first", 116, "99492", 2),
        ("later", 31, "99493", 0),
        ("later", 75, "99493", 0),
        ("later", 76, "99493", 1),
        ("later", 106, "99493", 2),
    ],
)
def test_collaborative_care_by_the_shipped_rules(
    month: str, spent: int, code: str, units: int
) -> None:
    given = {MINUTES: spent, CONTACTS: 1, MONTH: month}
    found = verdicts(shipped_rules(), given, programs=["cocm"])
    assert (found[code].verdict, found["99494"].units) == ("ready", units)
    assert found["99494"].verdict == ("ready" if units else "not_applicable")


# ---- an add-on with needs ----

WITH_NEEDS = f"""
"A0020":
  title: A month
  window: calendar_month
  in_force: {since("true")}
  needs:
    minutes: {minutes(20)}
"A0021":
  title: With a visit
  window: calendar_month
  in_force: {since("true")}
  adds_to: {{"A0020": {since(0)}}}
  needs:
    visit: {{fact: visits, visit_codes: {since('["99213"]')}, at_least: {since(1)}}}
  on_file:
    order: {{fact: order_date, on_or_before: {since("window_end")}}}
"""


@pytest.fixture
def with_needs(tmp_path: Path) -> Rulebook:
    consent = f"{{consent: {{fact: consent_date, on_or_before: {since('window_end')}}}}}"
    return make_rules(tmp_path, ccm=program("ccm", WITH_NEEDS, on_file=consent))


@pytest.mark.parametrize(
    ("given", "base", "verdict", "why"),
    [
        ({FactName.VISITS: 1}, "ready", "ready", []),
        ({FactName.VISITS: 3}, "ready", "ready", []),
        ({FactName.VISITS: 0}, "ready", "not_applicable", ["zero_units"]),
        ({FactName.VISITS: 1, MINUTES: 19}, "short", "not_applicable", ["base"]),
        ({FactName.VISITS: 1, MINUTES: MISSING}, "unknown", "unknown", ["base"]),
        ({FactName.VISITS: 1, MINUTES: DISPUTED}, "review", "review", ["base"]),
        ({FactName.VISITS: 1, FactName.CONSENT_DATE: None}, "blocked", "blocked", ["base"]),
        ({FactName.VISITS: 1, FactName.ORDER_DATE: None}, "ready", "blocked", ["paper"]),
        ({FactName.VISITS: MISSING}, "ready", "unknown", ["missing"]),
        ({FactName.VISITS: DISPUTED}, "ready", "review", ["disputed"]),
    ],
)
def test_an_add_on_with_needs_stands_beside_its_base_and_is_never_short(
    given: dict[Any, Any], base: str, verdict: str, why: list[str], with_needs: Rulebook
) -> None:
    found = verdicts(with_needs, {MINUTES: 20, **given}, programs=["ccm"])
    assert (found["A0020"].verdict, found["A0021"].verdict) == (base, verdict)
    assert kinds(found["A0021"]) == why
    assert found["A0021"].units == (0 if verdict == "not_applicable" else 1)


def test_an_alternative_brings_along_the_units_beyond_its_own_minutes(tmp_path: Path) -> None:
    text = TWO_BASES.replace(
        f"  for: {{month: {{fact: program_month, is: {since('[later]')}}}}}\n", ""
    )
    text = text.replace(f"  for: {{month: {{fact: program_month, is: {since('[first]')}}}}}\n", "")
    ladder = f"{{lane: {since('[[A0070, A0060]]')}}}"
    book = make_rules(tmp_path, cocm=program("cocm", text, one_of=ladder))
    found = verdicts(book, {MINUTES: 110, CONTACTS: 1}, programs=["cocm"])
    assert found["A0070"].alternatives == (Alternative("A0060", 1), Alternative("A0016", 2))
    assert found["A0016"].units == 1


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("adds_to: {A0020", "adds_to: {A0021", "is itself an add-on, or runs on another kind"),
        ("adds_to: {A0020", "adds_to: {A0099", "there is no code A0099 in this file"),
        ("value: 0,", "value: -1,", "greater than or equal to 0"),
    ],
)
def test_what_an_add_on_adds_to_is_a_base_of_its_file(
    good: str, bad: str, sentence: str, tmp_path: Path
) -> None:
    text = program("ccm", WITH_NEEDS.replace('{"A0020"', "{A0020"))
    assert text.count(good) == 1
    with pytest.raises(RulebookError, match=sentence):
        make_rules(tmp_path, ccm=text.replace(good, bad))
