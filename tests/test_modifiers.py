"""Modifiers: which are suggested for what a therapist bills, and what is left to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from counted import LOG, READINGS, Practice, readings, table
from practice import ZONE, findings
from practice import Practice as Exports
from rulebooks import (
    MISSING,
    NO_COLUMN,
    make_rules,
    minutes,
    program,
    shipped_rules,
    since,
    verdicts,
)

from rtmaudit.errors import RulebookError
from rtmaudit.model import ANYTHING, Cause, Clock, Fact, FactName, FactRef, Finding, Program, Why
from rtmaudit.model import Window as Stretch
from rtmaudit.rulebook import Rulebook

DAYS, MINUTES = FactName.READING_DAYS, FactName.MANAGEMENT_MINUTES
DISCIPLINE, SHARE, AMOUNT = (
    FactName.DISCIPLINE,
    FactName.ASSISTANT_PERCENT,
    FactName.THERAPY_AMOUNT,
)
BY = "{physician: [physician], therapist: [therapist, assistant]}"
CODES = f"""
"A0020":
  title: Management
  window: calendar_month
  in_force: {since("true")}
  needs:
    minutes: {minutes(20, BY)}
"A0021":
  title: More of it
  window: calendar_month
  in_force: {since("true")}
  adds_to: {{"A0020": {since(20)}}}
  units: {{fact: management_minutes, by: {since(BY)}, each: {since(20)}, at_most: {since(3)}}}
"A0077":
  title: Supply
  window: calendar_month
  in_force: {since("true")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(16)}}}
"A0099":
  title: Not in the lists
  window: calendar_month
  in_force: {since("true")}
  needs:
    minutes: {minutes(20, BY)}
"""
ALL = since('["A0020", "A0021", "A0077"]')
TIME = since('["A0020", "A0021", "A0077"]')
MODIFIERS = f"""modifiers:
  plan_of_care: {{modifier: {since("{pt: GP, ot: GO, slp: GN}")}, codes: {ALL}}}
  assistant:
    modifier: {since("{pt: CQ, ot: CO}")}
    codes: {TIME}
    assistant_percent: {since(10)}
  threshold:
    modifier: {since("{pt: KX, ot: KX, slp: KX}")}
    codes: {ALL}
    amount_above: {since(2480)}
"""
DONE = {MINUTES: 45, DAYS: 16, FactName.BILLER_TYPE: "therapist", DISCIPLINE: "pt"}
PLAN = (date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    return make_rules(tmp_path, rtm=program("rtm", CODES, more=MODIFIERS))


def judged(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> dict[str, Finding]:
    return verdicts(book, {**DONE, **given}, **options)


def kinds(finding: Finding) -> list[str]:
    return [str(reason.kind) for reason in finding.reasons]


# ---- the discipline ----


@pytest.mark.parametrize(("discipline", "modifier"), [("pt", "GP"), ("ot", "GO"), ("slp", "GN")])
def test_what_a_therapist_bills_bears_the_modifier_of_the_discipline(
    discipline: str, modifier: str, book: Rulebook
) -> None:
    found = judged(book, {DISCIPLINE: discipline})
    for code in ("A0020", "A0021", "A0077"):
        assert found[code].modifiers == (modifier,)
        assert (found[code].verdict, kinds(found[code])) == ("ready", ["modifier"])
    assert found["A0099"].modifiers == ()


@pytest.mark.parametrize(
    ("given", "modifiers"),
    [
        ({FactName.PLAN_OF_CARE: PLAN}, ("GP",)),
        ({FactName.PLAN_OF_CARE: (PLAN[0], None)}, ("GP",)),
        ({FactName.PLAN_OF_CARE: (date(2026, 3, 31), date(2026, 3, 31))}, ("GP",)),
        ({FactName.PLAN_OF_CARE: (date(2026, 4, 1), None)}, ()),
        ({FactName.PLAN_OF_CARE: (PLAN[0], date(2026, 3, 30))}, ()),
        ({FactName.PLAN_OF_CARE: None}, ()),
        ({FactName.PLAN_OF_CARE: NO_COLUMN}, ()),
        ({FactName.PLAN_OF_CARE: PLAN, DISCIPLINE: NO_COLUMN}, ()),
    ],
)
def test_what_a_physician_bills_bears_it_under_a_plan_of_care_that_names_a_discipline(
    given: dict[Any, Any], modifiers: tuple[str, ...], book: Rulebook
) -> None:
    finding = judged(book, {FactName.BILLER_TYPE: "physician", **given})["A0020"]
    assert (finding.verdict, finding.modifiers, finding.to_confirm) == ("ready", modifiers, ())


def test_a_therapist_without_a_discipline_is_to_confirm_and_stays_ready(book: Rulebook) -> None:
    finding = judged(book, {DISCIPLINE: NO_COLUMN})["A0020"]
    assert (finding.verdict, finding.modifiers) == ("ready", ())
    assert finding.to_confirm == ("discipline",)
    assert judged(book, {DISCIPLINE: NO_COLUMN})["A0099"].to_confirm == ()


@pytest.mark.parametrize("biller", [NO_COLUMN, Fact.known(None)])
def test_where_nobody_knows_who_bills_no_modifier_is_suggested(
    biller: Fact, book: Rulebook
) -> None:
    given = {FactName.BILLER_TYPE: biller, FactName.PLAN_OF_CARE: None}
    assert judged(book, given)["A0020"].modifiers == ()


@pytest.mark.parametrize(
    ("given", "verdict", "modifiers"),
    [
        ({MINUTES: 19}, "short", ()),
        ({MINUTES: MISSING}, "unknown", ("GP",)),
        ({MINUTES: Fact.known(5, later=ANYTHING)}, "open", ("GP",)),
    ],
)
def test_what_cannot_be_billed_bears_none(
    given: dict[Any, Any], verdict: str, modifiers: tuple[str, ...], book: Rulebook
) -> None:
    finding = judged(book, given)["A0020"]
    assert (finding.verdict, finding.modifiers) == (verdict, modifiers)


# ---- the assistant's share ----


@pytest.mark.parametrize(
    ("share", "discipline", "modifiers"),
    [
        (0, "pt", ("GP",)),
        (10, "pt", ("GP",)),
        (11, "pt", ("GP", "CQ")),
        (100, "pt", ("GP", "CQ")),
        (11, "ot", ("GO", "CO")),
        (11, "slp", ("GN",)),
    ],
)
def test_an_assistant_of_more_than_a_tenth_is_told_on_timed_codes(
    share: int, discipline: str, modifiers: tuple[str, ...], book: Rulebook
) -> None:
    found = judged(book, {SHARE: share, DISCIPLINE: discipline})
    assert found["A0020"].modifiers == found["A0021"].modifiers == modifiers
    assert found["A0020"].verdict == "ready"


def test_a_supply_bears_no_assistants_modifier_whoever_lists_it(book: Rulebook) -> None:
    assert judged(book, {SHARE: 100})["A0077"].modifiers == ("GP",)
    found = judged(book, {SHARE: Fact.unknown(Cause.NO_ROLE)})
    assert "share of assistants' time" not in found["A0077"].to_confirm


def test_a_share_that_is_not_known_is_to_confirm(book: Rulebook) -> None:
    finding = judged(book, {SHARE: Fact(0, ANYTHING, Why.MISSING, Cause.NO_ROLE)})["A0020"]
    assert (finding.verdict, finding.modifiers) == ("ready", ("GP",))
    assert finding.to_confirm == ("share of assistants' time",)


@pytest.mark.parametrize(
    ("therapist", "assistant", "percent"),
    [
        (18 * 60, 2 * 60, 10),
        (18 * 60 - 1, 2 * 60 + 1, 11),
        (18 * 60 + 1, 2 * 60 - 1, 10),
        (20 * 60, 0, 0),
        (0, 20 * 60, 100),
        (9999, 1111, 10),
        (9998, 1112, 11),
        (0, 0, 0),
    ],
)
def test_the_share_is_of_seconds_and_above_ten_only_if_the_exact_share_is(
    therapist: int, assistant: int, percent: int, tmp_path: Path
) -> None:
    lines = [
        f"P1,2026-03-{day:02d}T10:00,{seconds},rtm,{role},none,,{day}"
        for day, role, seconds in (
            (3, "therapist", therapist),
            (4, "assistant", assistant),
            (5, "physician", 600),
        )
        if seconds
    ]
    roster = table("patient_id,enrolled_on,biller_type", "P1,2026-03-02,therapist")
    days = table(READINGS, *readings(2))
    log = table(LOG, *lines)
    facts = Practice(tmp_path).facts(readings=days, time_log=log, patients=roster)
    assert facts.measure("P1", FactRef(SHARE, Program.RTM), MARCH) == Fact.known(percent)


MARCH = Stretch(Clock.CALENDAR_MONTH, date(2026, 3, 1), date(2026, 3, 31))


def test_a_line_without_a_role_leaves_the_share_in_doubt(tmp_path: Path) -> None:
    header = LOG
    lines = [
        "P1,2026-03-03T10:00,1200,rtm,therapist,none,,1",
        "P1,2026-03-04T10:00,60,rtm,,none,,2",
    ]
    facts = Practice(tmp_path).facts(
        readings=table(READINGS, *readings(2)),
        time_log=table(header, *lines),
        patients=table("patient_id,enrolled_on,biller_type", "P1,2026-03-02,therapist"),
    )
    found = facts.measure("P1", FactRef(SHARE, Program.RTM), MARCH)
    assert (found.low, found.high, found.why) == (0, ANYTHING, Why.MISSING)


def test_without_a_log_the_share_is_unknown(tmp_path: Path) -> None:
    facts = Practice(tmp_path).facts(readings=table(READINGS, *readings(2)))
    found = facts.measure("P1", FactRef(SHARE, Program.RTM), MARCH)
    assert found == Fact.unknown(Cause.NO_TIME_LOG)


# ---- the threshold ----


@pytest.mark.parametrize(
    ("amount", "told"), [(0, False), (2480, False), (2481, True), (9000, True)]
)
def test_the_therapy_threshold_is_told_and_not_set(amount: int, told: bool, book: Rulebook) -> None:
    finding = judged(book, {AMOUNT: amount})["A0020"]
    assert (finding.verdict, finding.modifiers) == ("ready", ("GP",))
    assert ("therapy_threshold" in kinds(finding)) is told
    if told:
        assert finding.reasons[-1].about == ("KX", 2480)


# ---- as of a day, and the verdict ----


def test_the_codes_of_a_modifier_are_single_codes(tmp_path: Path) -> None:
    more = MODIFIERS.replace(ALL, since('["A0020-A0077"]'))
    with pytest.raises(RulebookError, match="should match pattern"):
        make_rules(tmp_path, rtm=program("rtm", CODES, more=more))


def test_modifiers_hold_from_their_date(tmp_path: Path) -> None:
    for day, modifiers in (("2026-03-31", ("GP",)), ("2026-04-01", ())):
        more = MODIFIERS.replace("2020-01-01", day)
        book = make_rules(tmp_path / day, rtm=program("rtm", CODES, more=more))
        assert judged(book, {})["A0020"].modifiers == modifiers


@pytest.mark.parametrize(
    "given",
    [
        {},
        {MINUTES: 19},
        {MINUTES: MISSING},
        {DAYS: 3},
        {FactName.BILLER_TYPE: "physician"},
        {FactName.BILLER_TYPE: NO_COLUMN},
        {DISCIPLINE: NO_COLUMN},
        {SHARE: 50, AMOUNT: 9000},
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_no_modifier_changes_a_verdict(given: dict[Any, Any], strict: bool, tmp_path: Path) -> None:
    plain = make_rules(tmp_path / "plain", rtm=program("rtm", CODES))
    marked = make_rules(tmp_path / "marked", rtm=program("rtm", CODES, more=MODIFIERS))
    one, other = (judged(each, given, strict=strict) for each in (plain, marked))
    assert [(f.verdict, f.units) for f in one.values()] == [
        (f.verdict, f.units) for f in other.values()
    ]


# ---- the shipped rules ----


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    """A physical therapist's patient: 16 days, and 20 minutes with one call."""
    made = Exports(tmp_path)
    made.configure(ZONE)
    made.write("readings.csv", table(READINGS, *readings(*range(3, 19))))
    return made


def file_of(exports: Exports, assistant: int, roster: str = "therapist,pt,") -> dict[str, Any]:
    """What is found where an assistant has so many of 1,200 seconds."""
    header = (
        "patient_id,programs,enrolled_on,plan_of_care_from,biller_type,discipline,"
        "therapy_amount_to_date"
    )
    line = f"P1,rtm,2026-03-02,2026-01-01,{roster}"
    exports.write("patients.csv", table(header, line))
    lines = [f"P1,2026-03-03T10:00,{1200 - assistant},rtm,therapist,live_audio,,1"]
    if assistant:
        lines.append(f"P1,2026-03-04T10:00,{assistant},rtm,assistant,none,,2")
    exports.write("time_log.csv", table(LOG, *lines))
    return {f["code"]: f for f in findings(exports.document(), "P1")}


@pytest.mark.parametrize(
    ("assistant", "modifiers"),
    [(0, ["GP"]), (120, ["GP"]), (121, ["GP", "CQ"]), (600, ["GP", "CQ"])],
)
def test_two_of_twenty_minutes_are_a_tenth_and_a_second_more_is_above_it(
    assistant: int, modifiers: list[str], exports: Exports
) -> None:
    found = file_of(exports, assistant)
    assert (found["98980"]["verdict"], found["98980"]["modifiers"]) == ("ready", modifiers)
    assert (found["98977"]["verdict"], found["98977"]["modifiers"]) == ("ready", ["GP"])


def test_the_threshold_of_the_year_is_told_as_a_reason(exports: Exports) -> None:
    assert not any("KX" in reason for reason in file_of(exports, 0)["98980"]["reasons"])
    found = file_of(exports, 0, "therapist,pt,2480.00")
    assert not any("KX" in reason for reason in found["98980"]["reasons"])
    found = file_of(exports, 0, "therapist,pt,2480.01")
    assert any("KX" in reason for reason in found["98980"]["reasons"])
    assert (found["98980"]["verdict"], found["98980"]["modifiers"]) == ("ready", ["GP"])


def test_a_discipline_that_cannot_be_read_is_to_confirm(exports: Exports) -> None:
    found = file_of(exports, 0, "therapist,dance,")
    assert (found["98980"]["verdict"], found["98980"]["modifiers"]) == ("ready", [])
    assert "discipline" in found["98980"]["to_confirm"]


def test_a_roster_without_a_discipline_leaves_it_to_confirm(exports: Exports) -> None:
    found = file_of(exports, 0, "therapist,,")
    assert (found["98980"]["verdict"], found["98980"]["modifiers"]) == ("ready", [])
    assert "discipline" in found["98980"]["to_confirm"]


def test_the_billing_view_has_the_modifiers_in_their_order(exports: Exports) -> None:
    file_of(exports, 600)
    out = exports.audit("--view", "billing", "--format", "csv").out
    (line,) = (line for line in out.splitlines() if ",98980," in line)
    assert "GP; CQ" in line


def test_every_modifier_of_the_shipped_rules_names_codes_of_its_file() -> None:
    for name, found in shipped_rules().files.items():
        for rule in shipped_rules().rules(name, date(2026, 3, 31)).modifiers:
            assert set(rule.codes) <= set(found.codes)
