"""Contested readings one at a time, positions, and law that changes inside a window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rulebooks import make_rules, minutes, program, shipped_rules, since, verdicts

from rtmaudit.judge.readings import joint_verdict
from rtmaudit.model import (
    Cause,
    Clock,
    Fact,
    FactName,
    Finding,
    Program,
    ReasonKind,
    Verdict,
    Why,
    Window,
)
from rtmaudit.report.words import reason
from rtmaudit.rulebook import Position, Rulebook

DAYS, MINUTES, CONTACTS = (
    FactName.READING_DAYS,
    FactName.MANAGEMENT_MINUTES,
    FactName.LIVE_CONTACTS,
)
POINTS = """\
contested:
  long: {question: How long?, base: twenty, other: more}
  calls: {question: How many?, base: one, other: two}
"""


def contested(value: object, **others: object) -> str:
    """A value with other readings."""
    inner = ", ".join(
        f"{point}: {{value: {other}, source: law}}" for point, other in others.items()
    )
    return since(value, contested=f"{{{inner}}}")


def rules(
    folder: Path, spent: str, calls: str = "", in_force: str = "", more: str = ""
) -> Rulebook:
    """One code of minutes and calls."""
    by = since("{physician: [physician]}")
    codes = f"""
"A0020":
  title: Management
  window: calendar_month
  in_force: {in_force or since("true")}
  needs:
    minutes: {{fact: management_minutes, by: {by}, at_least: {spent}}}
    contact: {{fact: live_contacts, at_least: {calls or since(1)}}}
"""
    return make_rules(folder, rtm=program("rtm", codes + more, more=POINTS))


def judged(book: Rulebook, spent: Any, calls: int = 1, **options: Any) -> Finding:
    return verdicts(book, {MINUTES: spent, CONTACTS: calls}, **options)["A0020"]


def turned_by(finding: Finding) -> list[object]:
    """The contested points that turn a finding."""
    return [r.about[0] for r in finding.reasons if r.kind is ReasonKind.CONTESTED]


@pytest.mark.parametrize(
    ("spent", "calls", "verdict", "points"),
    [
        (40, 3, "ready", []),
        (25, 3, "review", ["long"]),
        (40, 1, "review", ["calls"]),
        (25, 1, "review", ["long", "calls"]),
        (19, 1, "short", []),
        (25, 0, "short", []),
    ],
)
def test_a_contested_value_is_for_a_person_only_where_it_turns_this_patient(
    spent: int, calls: int, verdict: str, points: list[str], tmp_path: Path
) -> None:
    book = rules(tmp_path, contested(20, long=30), contested(1, calls=2))
    finding = judged(book, spent, calls)
    assert (finding.verdict, turned_by(finding)) == (verdict, points)


def test_readings_are_tried_one_at_a_time(tmp_path: Path) -> None:
    """Only both other readings together would make it ready."""
    book = rules(tmp_path, contested(20, long=10), contested(2, calls=1))
    assert judged(book, 15, 1).verdict is Verdict.SHORT
    assert turned_by(judged(book, 15, 2)) == ["long"]
    assert turned_by(judged(book, 25, 1)) == ["calls"]


@pytest.mark.parametrize(
    ("position", "spent", "verdict"),
    [
        (Position("long", False), 25, "ready"),
        (Position("long", True), 25, "short"),
        (Position("long", True, date(2026, 3, 1)), 25, "short"),
        (Position("long", True, date(2026, 4, 1)), 25, "review"),
        (Position("long", False), 15, "short"),
    ],
)
def test_a_practice_that_takes_a_position_gets_its_verdict_and_is_told_on_what_it_rests(
    position: Position, spent: int, verdict: str, tmp_path: Path
) -> None:
    book = rules(tmp_path, contested(20, long=30)).with_positions((position,))
    finding = judged(book, spent)
    assert finding.verdict == verdict
    assert finding.positions == (() if verdict == "review" else ("long",))


def test_a_position_taken_since_a_day_inside_the_window_is_a_law_that_changes(
    tmp_path: Path,
) -> None:
    position = Position("long", True, date(2026, 3, 15))
    finding = judged(rules(tmp_path, contested(20, long=30)).with_positions((position,)), 25)
    assert [str(reason.kind) for reason in finding.reasons] == ["law_changes"]


def test_a_position_on_a_ladder_is_named_by_the_codes_in_it() -> None:
    settled = (Position("rtm-several-systems", True),)
    found = verdicts(shipped_rules().with_positions(settled), {DAYS: 16})
    assert found["98977"].positions == ("rtm-several-systems",)
    assert found["98980"].positions == ()
    assert (found["98977"].verdict, found["98976"].verdict) == ("ready", "ready")


@pytest.mark.parametrize("order", ["long: 16, calls: 15", "calls: 15, long: 16"])
def test_of_two_doubts_the_first_of_the_contract_is_told(order: str, tmp_path: Path) -> None:
    """One reading makes a short finding unknown, the other ready: unknown goes before review."""
    points = dict(each.split(": ") for each in order.split(", "))
    book = rules(tmp_path, contested(20, **points))
    finding = judged(book, Fact(15, 18, Why.MISSING, Cause.NO_ROLE))
    assert finding.verdict is Verdict.UNKNOWN


def test_units_that_differ_are_for_a_person(tmp_path: Path) -> None:
    add_on = f"""
"A0021":
  title: More
  window: calendar_month
  in_force: {since("true")}
  adds_to: {{"A0020": {since(20)}}}
  units:
    fact: management_minutes
    by: {since("{physician: [physician]}")}
    each: {contested(20, long=10)}
    at_most: {since(3)}
"""
    book = rules(tmp_path, since(20), more=add_on)
    given = {MINUTES: 45, CONTACTS: 1}
    found = verdicts(book, given)
    assert (found["A0020"].verdict, found["A0021"].verdict) == ("ready", "review")
    assert found["A0021"].units == 2
    assert verdicts(book, {MINUTES: 80, CONTACTS: 1})["A0021"].verdict is Verdict.READY
    assert verdicts(book, {MINUTES: 29, CONTACTS: 1})["A0021"].verdict is Verdict.NOT_APPLICABLE


# ---- what two readings say together ----

SAID = {
    ("ready", "ready"): "ready",
    ("ready", "short"): "review",
    ("short", "ready"): "review",
    ("ready", "not_applicable"): "review",
    ("ready", "blocked"): "review",
    ("ready", "open"): "open",
    ("short", "open"): "open",
    ("blocked", "open"): "open",
    ("unknown", "open"): "open",
    ("ready", "unknown"): "unknown",
    ("review", "unknown"): "unknown",
    ("ready", "review"): "review",
    ("short", "review"): "review",
    ("short", "blocked"): "blocked",
    ("blocked", "unknown"): "blocked",
    ("short", "unknown"): "unknown",
    ("not_applicable", "short"): "not_applicable",
    ("short", "not_applicable"): "short",
    ("not_applicable", "unknown"): "not_applicable",
    ("unknown", "not_applicable"): "unknown",
    ("not_applicable", "blocked"): "not_applicable",
    ("short", "short"): "short",
    ("blocked", "blocked"): "blocked",
}
MONTH = Window(Clock.CALENDAR_MONTH, date(2026, 3, 1), date(2026, 3, 31))


def said(verdict: str, units: int = 1, due: bool = True) -> Finding:
    return Finding(Program.RTM, "A0020", Verdict(verdict), MONTH, units=units, due=due)


@pytest.mark.parametrize(("base", "other"), SAID)
def test_two_readings_say_only_what_both_allow(base: str, other: str) -> None:
    assert joint_verdict(said(base), said(other)) == SAID[base, other]


def test_units_count_only_where_there_is_something_to_bill() -> None:
    assert joint_verdict(said("ready", 1), said("ready", 2)) is Verdict.REVIEW
    assert joint_verdict(said("short", 0), said("short", 1)) is Verdict.SHORT


def test_what_may_fall_due_in_a_later_month_bills_nothing_in_this_one() -> None:
    later = said("open", due=False)
    assert joint_verdict(said("ready"), later) is Verdict.REVIEW
    assert joint_verdict(later, said("ready")) is Verdict.REVIEW
    assert joint_verdict(later, said("unknown")) is Verdict.OPEN
    assert joint_verdict(later, said("open", due=False)) is Verdict.OPEN


@pytest.mark.parametrize(
    ("seen", "verdict", "due"), [(1, "open", False), (5, "review", True), (16, "ready", True)]
)
def test_the_set_up_of_a_closed_month_whose_episode_runs_on(
    seen: int, verdict: str, due: bool
) -> None:
    given = {DAYS: Fact.known(seen, later=10_000)}
    finding = verdicts(shipped_rules(), given)["98975"]
    assert (finding.verdict, finding.due) == (verdict, due)
    assert turned_by(finding) == (["rtm-setup-days"] if verdict == "review" else [])


# ---- the law changes inside a window ----


def changes(before: object, after: object) -> str:
    """A value that is another from the middle of March 2026 on."""
    late = f"2026-03-15: {{value: {after}, source: law}}"
    return f"{{2020-01-01: {{value: {before}, source: law}}, {late}}}"


@pytest.mark.parametrize(
    ("spent", "verdict", "why"),
    [(35, "ready", []), (25, "review", ["law_changes"]), (19, "short", ["short"])],
)
def test_a_window_in_which_a_threshold_changes(
    spent: int, verdict: str, why: list[str], tmp_path: Path
) -> None:
    book = rules(tmp_path, changes(20, 30))
    for start in (date(2026, 3, 2), None):
        finding = judged(book, spent, start=start)
        assert (finding.verdict, [str(r.kind) for r in finding.reasons]) == (verdict, why)


@pytest.mark.parametrize(
    ("month", "verdict"),
    [("2026-02", "not_applicable"), ("2026-03", "review"), ("2026-04", "ready")],
)
def test_a_code_that_begins_inside_a_window(month: str, verdict: str, tmp_path: Path) -> None:
    book = rules(tmp_path, since(20), in_force=since("true", "2026-03-15"))
    assert judged(book, 25, month=month, start=date(2026, 1, 1)).verdict == verdict


def test_the_reason_names_the_day_on_which_a_code_is_not_in_force(tmp_path: Path) -> None:
    """A rulebook may begin later than the law: it says what it has not, and for which day."""
    book = rules(tmp_path, since(20), in_force=since("true", "2026-03-15"))
    finding = judged(book, 25, start=date(2026, 3, 2))
    assert reason(finding.reasons[0]) == (
        "the law changes inside this window: ready by its last day, not applicable by its first "
        f"({finding.code} is not in force on {finding.window.start} in this rulebook)"
    )


def test_a_code_once_per_episode_is_read_as_of_the_day_it_falls_due(tmp_path: Path) -> None:
    """No other day of the episode matters to it, and before the change it was not reached."""
    once = f"""
"A0075":
  title: Set-up
  window: episode
  in_force: {since("true")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {changes(16, 2)}}}
"""
    book = make_rules(tmp_path, rtm=program("rtm", once))
    given = {DAYS: 5}
    found = verdicts(book, given, start=date(2026, 1, 5))
    assert found["A0075"].verdict is Verdict.READY
    found = verdicts(book, {DAYS: 16}, start=date(2026, 1, 5))
    assert found["A0075"].verdict is Verdict.NOT_APPLICABLE


def test_days_before_a_code_existed_made_nothing_due(tmp_path: Path) -> None:
    once = f"""
"A0075":
  title: Set-up
  window: episode
  in_force: {since("true", "2026-03-01")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(2, "2026-03-01")}}}
"""
    book = make_rules(tmp_path, rtm=program("rtm", once))
    found = verdicts(book, {DAYS: 5}, start=date(2026, 1, 5))
    assert found["A0075"].verdict is Verdict.READY


# ---- contested existence ----


@pytest.mark.parametrize(
    ("window", "start", "verdict"),
    [
        ("calendar_month", date(2026, 3, 2), "review"),
        ("episode", date(2026, 3, 2), "review"),
        ("episode", None, "unknown"),
    ],
)
def test_whether_a_code_exists_may_itself_be_contested(
    window: str, start: date | None, verdict: str, tmp_path: Path
) -> None:
    codes = f"""
"A0020":
  title: T
  window: {window}
  in_force: {contested("true", long="false")}
  needs: {{minutes: {minutes(20)}}}
"""
    book = make_rules(tmp_path, rtm=program("rtm", codes, more=POINTS))
    found: Mapping[str, Finding] = verdicts(book, {MINUTES: 25}, start=start)
    assert found["A0020"].verdict == verdict
