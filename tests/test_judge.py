"""Rules and facts -> findings: the order of the verdicts, open windows, alternatives, add-ons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from rulebooks import (
    DISPUTED,
    MISSING,
    NO_COLUMN,
    NOT_READABLE,
    make_rules,
    minutes,
    program,
    shipped_rules,
    since,
    verdicts,
)

from rtmaudit.judge.alone import judge_units
from rtmaudit.model import (
    ANYTHING,
    Alternative,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Finding,
    Met,
    Program,
    ReasonKind,
    System,
    Verdict,
    Why,
    Window,
)
from rtmaudit.rulebook import Rulebook, UnitRule

DAYS, MINUTES, CONTACTS = (
    FactName.READING_DAYS,
    FactName.MANAGEMENT_MINUTES,
    FactName.LIVE_CONTACTS,
)
KNEE, LUNG = System.MUSCULOSKELETAL, System.RESPIRATORY
BLOCKED, OPEN, READY, REVIEW, SHORT, UNKNOWN, NOT_APPLICABLE = (
    Verdict.BLOCKED,
    Verdict.OPEN,
    Verdict.READY,
    Verdict.REVIEW,
    Verdict.SHORT,
    Verdict.UNKNOWN,
    Verdict.NOT_APPLICABLE,
)
TWENTIETH = date(2026, 3, 20)


def words(findings: Mapping[str, Finding]) -> dict[str, str]:
    """Code and verdict, and the units of a ready add-on."""
    return {code: str(finding.verdict) for code, finding in findings.items()}


def kinds(finding: Finding) -> list[str]:
    """Why a finding is what it is."""
    return [str(reason.kind) for reason in finding.reasons]


# ---- one code with every kind of condition: the order of the verdicts ----

EVERYTHING = f"""
"A0001":
  title: A code that asks for everything
  window: calendar_month
  in_force: {since("true")}
  for:
    biller: {{fact: biller_type, is: {since("[physician]")}}}
    watched: {{fact: monitored, system: respiratory, is: {since("[true]")}}}
  needs:
    minutes: {minutes(20)}
    contact: {{fact: live_contacts, at_least: {since(1)}}}
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(16)}}}
    breaths: {{fact: reading_days, system: respiratory, at_least: {since(2)}}}
  on_file:
    consent: {{fact: consent_date, on_or_before: {since("window_end")}}}
    plan:
      fact: plan_of_care
      billers: {since("[therapist]")}
      covers: {since("window_start")}
"""
ALL_MET = {MINUTES: 20, CONTACTS: 1, (DAYS, KNEE): 16, (DAYS, LUNG): 2}
IN_THE_WAY: dict[Verdict, dict[Any, Any]] = {
    NOT_APPLICABLE: {FactName.BILLER_TYPE: "therapist"},
    SHORT: {CONTACTS: 0},
    OPEN: {MINUTES: Fact.known(5, later=ANYTHING)},
    BLOCKED: {FactName.CONSENT_DATE: None},
    UNKNOWN: {(DAYS, KNEE): Fact(12, 27, Why.MISSING, Cause.DAYS_NOT_COVERED)},
    REVIEW: {(DAYS, LUNG): Fact(0, 9, Why.DISPUTED, Cause.LINE_NOT_READABLE)},
}
"""What leads to each verdict, each by another fact, first things first."""


@pytest.fixture
def everything(tmp_path: Path) -> Rulebook:
    return make_rules(tmp_path, rtm=program("rtm", EVERYTHING))


def one(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> Finding:
    return verdicts(book, {**ALL_MET, **given}, **options)["A0001"]


def test_with_everything_met_a_code_is_ready_and_dated_on_the_windows_last_day(
    everything: Rulebook,
) -> None:
    finding = one(everything, {})
    assert (finding.verdict, finding.units, finding.reasons) == (READY, 1, ())
    assert finding.service_date == date(2026, 3, 31)
    assert [need.met for need in finding.needs] == [Met.YES] * 4


@pytest.mark.parametrize("verdict", IN_THE_WAY)
def test_one_thing_in_the_way_gives_its_verdict(verdict: Verdict, everything: Rulebook) -> None:
    assert one(everything, IN_THE_WAY[verdict]).verdict is verdict


@pytest.mark.parametrize(("first", "then"), list(combinations(IN_THE_WAY, 2)))
def test_of_two_things_in_the_way_the_first_is_told(
    first: Verdict, then: Verdict, everything: Rulebook
) -> None:
    assert one(everything, {**IN_THE_WAY[then], **IN_THE_WAY[first]}).verdict is first


def test_before_it_is_in_force_a_code_is_not_applicable_whatever_is_done(
    everything: Rulebook,
) -> None:
    finding = one(everything, {}, month="2019-12", start=date(2019, 12, 1))
    assert (finding.verdict, kinds(finding)) == (NOT_APPLICABLE, ["not_in_force"])


@pytest.mark.parametrize(
    ("given", "verdict", "why"),
    [
        ({FactName.BILLER_TYPE: NO_COLUMN}, UNKNOWN, "missing"),
        ({FactName.BILLER_TYPE: NOT_READABLE}, REVIEW, "disputed"),
        ({FactName.BILLER_TYPE: NO_COLUMN, CONTACTS: 0}, SHORT, "short"),
        ({FactName.BILLER_TYPE: NO_COLUMN, FactName.MONITORED: False}, NOT_APPLICABLE, "not_about"),
        ({FactName.BILLER_TYPE: None}, NOT_APPLICABLE, "not_about"),
        ({FactName.CONSENT_DATE: NOT_READABLE}, REVIEW, "disputed"),
        ({FactName.CONSENT_DATE: date(2026, 4, 1)}, BLOCKED, "paper"),
        ({FactName.CONSENT_DATE: date(2026, 3, 31)}, READY, None),
        ({FactName.CONSENT_DATE: NO_COLUMN}, READY, None),
        ({CONTACTS: MISSING}, UNKNOWN, "missing"),
        ({CONTACTS: Fact(1, 3, Why.DISPUTED, Cause.OVERLAP)}, READY, None),
        ({MINUTES: Fact(19, ANYTHING, Why.DISPUTED, Cause.OVERLAP)}, REVIEW, "disputed"),
        ({MINUTES: Fact(12, 19, Why.DISPUTED, Cause.OVERLAP)}, SHORT, "short"),
    ],
)
def test_a_condition_that_is_not_certain(
    given: dict[Any, Any], verdict: Verdict, why: str | None, everything: Rulebook
) -> None:
    finding = one(everything, given)
    assert (finding.verdict, kinds(finding)) == (verdict, [why] if why else [])


def test_a_paper_in_no_column_is_to_confirm_and_strict_makes_it_unknown(
    everything: Rulebook,
) -> None:
    papers = {FactName.CONSENT_DATE: NO_COLUMN}
    assert one(everything, papers).to_confirm == ("consent",)
    strictly = one(everything, papers, strict=True)
    assert (strictly.verdict, strictly.reasons[0].about) == (UNKNOWN, ("consent", Cause.NO_COLUMN))
    assert one(everything, {}, strict=True).verdict is READY
    short = one(everything, {**papers, CONTACTS: 0}, strict=True)
    assert short.verdict is SHORT


@pytest.mark.parametrize(
    ("biller", "plan", "verdict", "to_confirm"),
    [
        ("physician", None, READY, ()),
        ("therapist", None, BLOCKED, ()),
        ("therapist", (date(2026, 3, 1), date(2026, 3, 1)), READY, ()),
        ("therapist", (date(2026, 3, 2), None), BLOCKED, ()),
        ("therapist", (date(2026, 1, 1), date(2026, 2, 28)), BLOCKED, ()),
        ("therapist", (date(2026, 1, 1), None), READY, ()),
        ("therapist", NO_COLUMN, READY, ("plan",)),
        (NO_COLUMN, None, READY, ("plan",)),
        (NO_COLUMN, (date(2026, 1, 1), None), READY, ()),
    ],
)
def test_a_paper_that_only_some_billers_need(
    biller: Any, plan: Any, verdict: Verdict, to_confirm: tuple[str, ...], tmp_path: Path
) -> None:
    text = EVERYTHING.replace("[physician]", "[physician, therapist]", 1)
    text = text.replace(
        "    biller: {fact: biller_type, is: " + since("[physician, therapist]") + "}\n", ""
    )
    text = text.replace(
        "{physician: [physician]}", "{physician: [physician], therapist: [therapist]}"
    )
    book = make_rules(tmp_path, rtm=program("rtm", text))
    finding = one(book, {FactName.BILLER_TYPE: biller, FactName.PLAN_OF_CARE: plan})
    assert (finding.verdict, finding.to_confirm) == (verdict, to_confirm)


def test_needs_say_what_there_is_what_it_takes_and_the_distance(everything: Rulebook) -> None:
    finding = one(everything, {MINUTES: 19, (DAYS, KNEE): Fact(3, 9, Why.MISSING)})
    minutes_, contact, days, _ = finding.needs
    assert (minutes_.have, minutes_.want, minutes_.short_by) == (19, 20, 1)
    assert (days.have, days.have_at_most, days.short_by, days.met) == (3, 9, 13, Met.NO)
    assert contact.short_by == 0
    assert {reason.about[0] for reason in finding.reasons} == {"minutes", "days"}
    assert one(everything, {MINUTES: MISSING}).needs[0].have_at_most is None


def test_a_need_that_is_no_count_wants_one_thing(tmp_path: Path) -> None:
    text = EVERYTHING.replace(
        "needs:\n", f"needs:\n    level: {{fact: mdm, is: {since('[high]')}}}\n"
    )
    book = make_rules(tmp_path, rtm=program("rtm", text))
    need = one(book, {FactName.MDM: "low"}).needs[0]
    assert (need.name, need.have, need.want, need.met) == ("level", 0, 1, Met.NO)
    assert one(book, {FactName.MDM: "high"}).verdict is READY


# ---- the shipped rules while a window is open ----


@pytest.mark.parametrize(
    ("as_of", "seen", "verdict_by_code"),
    [
        (TWENTIETH, 12, {"98977": "open", "98985": "open"}),
        (TWENTIETH, 16, {"98977": "ready", "98985": "not_applicable"}),
        (date(2026, 3, 29), 12, {"98977": "short", "98985": "ready"}),
        (date(2026, 3, 28), 12, {"98977": "open", "98985": "open"}),
        (date(2026, 3, 31), 1, {"98977": "short", "98985": "open"}),
        (date(2026, 4, 1), 1, {"98977": "short", "98985": "short"}),
    ],
)
def test_a_supply_period_is_open_while_a_tier_can_still_change(
    as_of: date, seen: int, verdict_by_code: dict[str, str]
) -> None:
    def days(window: Window) -> Fact:
        return Fact.known(seen, later=max(0, (window.end - as_of).days + 1))

    found = words(verdicts(shipped_rules(), {(DAYS, KNEE): days, DAYS: 0}, as_of=as_of))
    assert {code: found[code] for code in verdict_by_code} == verdict_by_code


@pytest.mark.parametrize(
    ("have", "calls", "short", "long", "more"),
    [
        (5, 0, "open", "open", "open"),
        (12, 1, "open", "open", "open"),
        (20, 0, "open", "open", "open"),
        (20, 1, "not_applicable", "ready", "open"),
        (45, 1, "not_applicable", "ready", "open"),
        (80, 1, "not_applicable", "ready", "ready"),
        (500, 1, "not_applicable", "ready", "ready"),
    ],
)
def test_management_in_an_open_month(
    have: int, calls: int, short: str, long: str, more: str
) -> None:
    given = {
        MINUTES: Fact.known(have, later=ANYTHING),
        CONTACTS: Fact.known(calls, later=ANYTHING),
    }
    found = words(verdicts(shipped_rules(), given, as_of=TWENTIETH))
    assert [found[code] for code in ("98979", "98980", "98981")] == [short, long, more]


def test_a_period_that_runs_past_the_month_is_open_and_due_when_it_ends() -> None:
    given = {DAYS: 20, MINUTES: 20, CONTACTS: 1}
    findings = verdicts(shipped_rules(), given, start=date(2026, 3, 10))
    running = findings["98977"]
    assert (running.verdict, running.due, running.window.end) == (OPEN, False, date(2026, 4, 8))
    assert kinds(running) == ["due_later"]
    assert (findings["98980"].verdict, findings["98980"].due) == (READY, True)


# ---- alternatives ----

TIERS = "\n".join(
    f"""
"{code}":
  title: A tier
  window: calendar_month
  in_force: {since("true")}
  needs:
    {need}
  on_file:
    paper: {{fact: {paper}, on_or_before: {since("window_end")}}}
"""
    for code, need, paper in [
        ("A0003", f"minutes: {minutes(60)}", "order_date"),
        ("A0002", f"minutes: {minutes(20)}", "consent_date"),
        ("A0001", f"contact: {{fact: live_contacts, at_least: {since(1)}}}", "consent_date"),
    ]
)


@pytest.fixture
def tiers(tmp_path: Path) -> Rulebook:
    ladder = f"{{tiers: {since('[[A0003, A0002, A0001]]')}}}"
    return make_rules(tmp_path, rtm=program("rtm", TIERS, one_of=ladder))


@pytest.mark.parametrize(
    ("spent", "calls", "verdict_by_code"),
    [
        (60, 1, ["ready", "not_applicable", "not_applicable"]),
        (20, 1, ["short", "ready", "not_applicable"]),
        (19, 1, ["short", "short", "ready"]),
        (19, 0, ["short", "short", "short"]),
        (Fact(20, 70, Why.DISPUTED), 1, ["review", "review", "ready"]),
        (Fact(20, 70, Why.MISSING), 1, ["unknown", "unknown", "ready"]),
        (Fact(0, 59, Why.MISSING), 1, ["short", "unknown", "ready"]),
        (Fact.known(20, later=ANYTHING), 1, ["open", "open", "ready"]),
        (60, MISSING, ["ready", "not_applicable", "not_applicable"]),
    ],
)
def test_the_first_alternative_that_is_met_takes_the_window(
    spent: Any, calls: Any, verdict_by_code: list[str], tiers: Rulebook
) -> None:
    found = words(verdicts(tiers, {MINUTES: spent, CONTACTS: calls}))
    assert [found[code] for code in ("A0003", "A0002", "A0001")] == verdict_by_code


def test_what_takes_the_window_lists_what_else_was_met(tiers: Rulebook) -> None:
    found = verdicts(tiers, {MINUTES: 60, CONTACTS: 1})
    assert found["A0003"].alternatives == (Alternative("A0002", 1), Alternative("A0001", 1))
    assert (kinds(found["A0002"]), found["A0002"].units) == (["superseded"], 0)
    assert verdicts(tiers, {MINUTES: 60})["A0003"].alternatives == (Alternative("A0002", 1),)


def test_a_blocked_alternative_keeps_the_window(tiers: Rulebook) -> None:
    found = verdicts(tiers, {MINUTES: 60, CONTACTS: 1, FactName.ORDER_DATE: None})
    assert words(found) == {
        "A0003": "blocked",
        "A0002": "not_applicable",
        "A0001": "not_applicable",
    }


def test_what_is_held_back_says_by_whom(tiers: Rulebook) -> None:
    found = verdicts(tiers, {MINUTES: Fact(20, 70, Why.DISPUTED, Cause.OVERLAP)})
    assert kinds(found["A0002"]) == ["held_back", "disputed"]
    assert found["A0002"].reasons[0].about == ("A0003",)


def test_a_condition_that_is_not_measured_holds_no_alternative_back() -> None:
    found = verdicts(
        shipped_rules(),
        {MINUTES: 70, FactName.MDM: NO_COLUMN, FactName.BILLER_TYPE: "physician"},
        programs=["ccm"],
    )
    assert words(found)["99487"] == "unknown"
    assert words(found)["99491"] == "ready"


def test_days_of_one_system_that_may_come_hold_the_supply_of_another_back() -> None:
    given = {(DAYS, KNEE): Fact.known(12, later=10), (DAYS, LUNG): Fact.known(16, later=10)}
    found = words(verdicts(shipped_rules(), given, as_of=TWENTIETH))
    assert (found["98977"], found["98976"]) == ("open", "open")


def test_short_findings_other_than_a_ladders_lowest_are_secondary(tiers: Rulebook) -> None:
    found = verdicts(tiers, {MINUTES: 19, CONTACTS: 0})
    assert {code: f.secondary for code, f in found.items()} == {
        "A0003": True,
        "A0002": True,
        "A0001": False,
    }
    found = verdicts(tiers, {MINUTES: 20, CONTACTS: 0})
    assert (found["A0003"].secondary, found["A0001"].secondary) == (True, False)
    found = verdicts(shipped_rules(), {MINUTES: 9, CONTACTS: 1, DAYS: 1, FactName.MONITORED: False})
    assert (found["98980"].secondary, found["98979"].secondary) == (True, False)


# ---- add-ons ----

REF = FactRef(MINUTES, Program.RTM)


@pytest.mark.parametrize(
    ("fact", "low", "high", "reach", "met", "want"),
    [
        (Fact.known(35), 0, 0, 0, Met.NO, 46),
        (Fact.known(45), 0, 0, 0, Met.NO, 46),
        (Fact.known(46), 1, 1, 1, Met.YES, 46),
        (Fact.known(76), 2, 2, 2, Met.YES, 76),
        (Fact.known(900), 2, 2, 2, Met.YES, 76),
        (Fact(45, 46, Why.DISPUTED), 0, 1, 1, Met.UNDECIDED, 46),
        (Fact(46, ANYTHING, Why.MISSING), 1, 2, 2, Met.YES, 46),
        (Fact.known(45, later=1), 0, 0, 1, Met.LATER, 46),
        (Fact.known(0, later=45), 0, 0, 0, Met.NO, 46),
        (Fact.known(0, later=ANYTHING), 0, 0, 2, Met.LATER, 46),
    ],
)
def test_units_are_whole_blocks_beyond_the_base(
    fact: Fact, low: int, high: int, reach: int, met: Met, want: int
) -> None:
    rule = UnitRule(REF, first=30, each=30, at_most=2)
    *units, need = judge_units(rule, 16, fact)
    assert (units, need.met, need.want) == ([low, high, reach], met, want)


MANAGEMENT = f"""
"A0020":
  title: The first twenty minutes
  window: calendar_month
  in_force: {since("true")}
  needs:
    minutes: {minutes(20)}
    contact: {{fact: live_contacts, at_least: {since(1)}}}
"A0021":
  title: Each further twenty
  window: calendar_month
  in_force: {since("true")}
  adds_to: {{"A0020": {since(20)}}}
  units:
    fact: management_minutes
    by: {since("{physician: [physician]}")}
    each: {since(20)}
    at_most: {since(3)}
"A0010":
  title: Ten minutes
  window: calendar_month
  in_force: {since("true")}
  needs:
    minutes: {minutes(10)}
"""
CONSENT = f"{{consent: {{fact: consent_date, on_or_before: {since('window_end')}}}}}"


@pytest.fixture
def management(tmp_path: Path) -> Rulebook:
    ladder = f"{{management: {since('[[A0020, A0010]]')}}}"
    return make_rules(tmp_path, rtm=program("rtm", MANAGEMENT, one_of=ladder, on_file=CONSENT))


@pytest.mark.parametrize(
    ("given", "base", "add_on", "units"),
    [
        ({MINUTES: 39}, "ready", "not_applicable", 0),
        ({MINUTES: 40}, "ready", "ready", 1),
        ({MINUTES: 80}, "ready", "ready", 3),
        ({MINUTES: 19}, "short", "not_applicable", 0),
        ({MINUTES: 45, CONTACTS: 0}, "short", "not_applicable", 0),
        ({MINUTES: 45, FactName.CONSENT_DATE: None}, "blocked", "blocked", 1),
        ({MINUTES: 25, FactName.CONSENT_DATE: None}, "blocked", "not_applicable", 0),
        ({MINUTES: 45, CONTACTS: MISSING}, "unknown", "unknown", 1),
        ({MINUTES: 45, CONTACTS: DISPUTED}, "review", "review", 1),
        ({MINUTES: Fact(30, 45, Why.MISSING)}, "ready", "unknown", 0),
        ({MINUTES: Fact(30, 45, Why.DISPUTED)}, "ready", "review", 0),
        ({MINUTES: Fact(40, 65, Why.DISPUTED)}, "ready", "review", 1),
        ({MINUTES: Fact(40, 59, Why.DISPUTED)}, "ready", "ready", 1),
        ({MINUTES: Fact.known(25, later=5)}, "ready", "not_applicable", 0),
        ({MINUTES: Fact.known(25, later=15)}, "ready", "open", 0),
        ({MINUTES: Fact(25, 99, Why.DISPUTED, later=ANYTHING)}, "ready", "open", 0),
        ({MINUTES: Fact.known(12, later=ANYTHING)}, "open", "open", 0),
    ],
)
def test_an_add_on_has_its_bases_fate_and_is_never_short(
    given: dict[Any, Any], base: str, add_on: str, units: int, management: Rulebook
) -> None:
    found = verdicts(management, {CONTACTS: 1, **given})
    assert (words(found)["A0020"], words(found)["A0021"]) == (base, add_on)
    assert found["A0021"].units == units


def test_the_distance_to_the_first_unit_stays_in_the_needs(management: Rulebook) -> None:
    (need,) = verdicts(management, {CONTACTS: 1, MINUTES: 25})["A0021"].needs
    assert (need.have, need.want, need.short_by) == (25, 40, 15)


def test_an_alternative_brings_its_add_ons_along(tmp_path: Path) -> None:
    ladder = f"{{management: {since('[[A0010, A0020]]')}}}"
    book = make_rules(tmp_path, rtm=program("rtm", MANAGEMENT, one_of=ladder))
    found = verdicts(book, {MINUTES: 65, CONTACTS: 1})
    assert found["A0010"].alternatives == (Alternative("A0020", 1), Alternative("A0021", 2))
    assert kinds(found["A0021"]) == ["base"]
    found = verdicts(book, {MINUTES: 25, CONTACTS: 1})
    assert found["A0010"].alternatives == (Alternative("A0020", 1),)


def test_an_add_on_that_is_not_in_force_or_not_about_the_patient_stays_so(tmp_path: Path) -> None:
    later = MANAGEMENT.replace("2020-01-01: {value: true", "2027-01-01: {value: true")
    text = MANAGEMENT.split('"A0021"')[0] + '"A0021"' + later.split('"A0021"')[1]
    book = make_rules(tmp_path, rtm=program("rtm", text))
    found = verdicts(book, {MINUTES: 65, CONTACTS: 1})
    assert kinds(found["A0021"]) == ["not_in_force"]


def test_strict_reaches_the_add_on_through_its_base(tmp_path: Path) -> None:
    book = make_rules(tmp_path, rtm=program("rtm", MANAGEMENT))
    undated = replace(Fact.known(1), notes=("call date and time",))
    given = {MINUTES: 45, CONTACTS: undated}
    assert words(verdicts(book, given))["A0021"] == "ready"
    found = verdicts(book, given, strict=True)
    assert (words(found)["A0020"], words(found)["A0021"]) == ("unknown", "unknown")
    assert kinds(found["A0021"]) == ["base"]


# ---- once per episode ----

ONCE = f"""
"A0075":
  title: Set-up
  window: episode
  in_force: {since("true")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(2)}}}
  service_date: {since("due_day")}
"""


def counted(before: Fact, now: Fact) -> Any:
    """Days up to the eve of March, and days up to its end."""
    return lambda window: before if window.end < date(2026, 3, 1) else now


@pytest.mark.parametrize(
    ("start", "before", "now", "verdict", "why"),
    [
        (date(2026, 3, 2), None, Fact.known(2), READY, []),
        (date(2026, 1, 5), Fact.known(1, later=99), Fact.known(2), READY, []),
        (date(2026, 1, 5), Fact.known(2), Fact.known(9), NOT_APPLICABLE, ["fell_due_earlier"]),
        (date(2026, 1, 5), Fact(0, 9, Why.MISSING, later=99), Fact.known(2), UNKNOWN, ["missing"]),
        (date(2026, 1, 5), Fact(0, 1, Why.MISSING, later=99), Fact.known(2), READY, []),
        (date(2026, 1, 5), Fact(0, 9, Why.MISSING), Fact.known(1), SHORT, ["short"]),
        (date(2026, 1, 5), Fact(0, 9, Why.MISSING), Fact.known(1, later=9), OPEN, ["may_still"]),
        (None, None, Fact.known(9), UNKNOWN, ["missing"]),
    ],
)
def test_a_code_once_per_episode_falls_due_in_the_month_in_which_it_is_first_reached(
    start: date | None,
    before: Any,
    now: Fact,
    verdict: Verdict,
    why: list[str],
    tmp_path: Path,
) -> None:
    book = make_rules(tmp_path, rtm=program("rtm", ONCE))
    finding = verdicts(book, {DAYS: counted(before, now)}, start=start)["A0075"]
    assert (finding.verdict, kinds(finding)) == (verdict, why)
    assert finding.window.kind is Clock.EPISODE
    assert verdict is not NOT_APPLICABLE or finding.units == 0


def test_what_may_still_fall_due_in_a_later_month_is_not_due_in_this_one(tmp_path: Path) -> None:
    book = make_rules(tmp_path, rtm=program("rtm", ONCE))
    given = {DAYS: Fact.known(1, later=10_000)}
    assert not verdicts(book, given)["A0075"].due
    assert verdicts(book, given, as_of=TWENTIETH)["A0075"].due


def test_the_service_date_is_a_value_of_the_rules(tmp_path: Path) -> None:
    given = {DAYS: 9}
    book = make_rules(tmp_path / "a", rtm=program("rtm", ONCE))
    assert verdicts(book, given)["A0075"].service_date == date(2026, 3, 2)
    book = make_rules(tmp_path / "b", rtm=program("rtm", ONCE.replace("due_day", "window_end")))
    assert verdicts(book, given)["A0075"].service_date == date(2026, 3, 31)


def test_without_a_start_a_code_that_is_not_in_force_is_not_applicable(tmp_path: Path) -> None:
    book = make_rules(tmp_path, rtm=program("rtm", ONCE))
    found = verdicts(book, {DAYS: 9}, start=None, month="2019-12")
    assert kinds(found["A0075"]) == [str(ReasonKind.NOT_IN_FORCE)]


def test_a_service_that_no_fact_dates_is_dated_at_the_end(tmp_path: Path) -> None:
    """The day on which minutes are reached is told by none."""
    text = MANAGEMENT.replace('"A0010":\n', f'"A0010":\n  service_date: {since("due_day")}\n')
    finding = verdicts(make_rules(tmp_path, rtm=program("rtm", text)), {MINUTES: 12})["A0010"]
    assert (finding.verdict, finding.service_date) == (READY, date(2026, 3, 31))
