"""Facts of the roster: papers, conditions, episodes, and who bills."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counted import (
    CCM,
    KNEE,
    LUNG,
    PERIOD,
    READINGS,
    RPM,
    RTM,
    Practice,
    days,
    fact,
    log,
    minutes,
    readings,
    span,
    table,
)

from rtmaudit.errors import InputsRefused
from rtmaudit.facts import roster
from rtmaudit.facts.likeness import look, looks
from rtmaudit.model import (
    ANYTHING,
    Cause,
    Fact,
    FactName,
    FactRef,
    System,
    Why,
)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


# ---- the roster ----


@pytest.mark.parametrize(
    ("conditions", "low", "high"),
    [
        ("I10;E11.9", 2, 2),
        ("E11.9;E11.8", 1, 1),
        ("i10; e119", 2, 2),
        ("I10;J06.9", 1, 1),
        ("I10;R52", 1, 2),
        ("I10;Z99.9", 1, 2),
        ("I10;I1A.0", 1, 2),
        ("I10;I10.99", 1, 1),
        ("", 0, 0),
    ],
)
def test_chronic_conditions_are_counted_by_their_category(
    conditions: str, low: int, high: int, practice: Practice
) -> None:
    roster = table("patient_id,conditions", f"P1,{conditions}")
    found = fact(
        practice.facts(readings=table(READINGS, *readings(2)), patients=roster),
        FactName.CHRONIC_CONDITIONS,
        CCM,
    )
    assert (found.low, found.high) == (low, high)
    assert found.cause is (Cause.CONDITION_NOT_LISTED if low != high else None)


PAPERS = {
    FactName.CONSENT_DATE: "consent_on",
    FactName.ORDER_DATE: "order_on",
    FactName.CARE_PLAN_DATE: "care_plan_on",
    FactName.INITIATING_VISIT_DATE: "initiating_visit_on",
    FactName.PLAN_OF_CARE: "plan_of_care_from",
    FactName.MDM: "mdm",
    FactName.CHRONIC_CONDITIONS: "conditions",
}


@pytest.mark.parametrize(("name", "column"), PAPERS.items())
def test_a_paper_is_there_or_not_or_in_doubt_or_in_no_column(
    name: FactName, column: str, practice: Practice
) -> None:
    good = {"mdm": "high", "conditions": "I10"}.get(column, "2026-03-05")
    bad = "" if column == "conditions" else "perhaps"
    roster = table(f"patient_id,{column}", f"P1,{good}", "P2,", f"P3,{bad}")
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    there = {
        FactName.MDM: "high",
        FactName.CHRONIC_CONDITIONS: 1,
        FactName.PLAN_OF_CARE: (date(2026, 3, 5), None),
    }.get(name, date(2026, 3, 5))
    assert fact(facts, name) == Fact.known(there)  # type: ignore[arg-type]
    assert fact(facts, name, patient="P2").high in (None, 0)
    if bad:
        assert span(fact(facts, name, patient="P3")) == (
            None,
            ANYTHING,
            Why.DISPUTED,
            Cause.LINE_NOT_READABLE,
        )
    (practice.folder / "patients.csv").write_text(table("patient_id", "P1"))
    facts = practice.facts()
    assert fact(facts, name) == Fact.unknown(Cause.NO_COLUMN)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("2026-01-01,2026-06-30", Fact.known((date(2026, 1, 1), date(2026, 6, 30)))),
        ("2026-01-01,", Fact.known((date(2026, 1, 1), None))),
        (",2026-06-30", Fact.known(None)),
        (
            "2026-01-01,summer\nP2,2026-01-01,2026-06-30",
            Fact(None, ANYTHING, Why.DISPUTED, Cause.LINE_NOT_READABLE),
        ),
    ],
)
def test_a_plan_of_care_runs_from_its_first_day_to_its_last(
    cells: str, expected: Fact, practice: Practice
) -> None:
    roster = table("patient_id,plan_of_care_from,plan_of_care_to", f"P1,{cells}")
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    assert fact(facts, FactName.PLAN_OF_CARE) == expected


@pytest.mark.parametrize(
    ("column", "value", "counted"),
    [
        ("consent_on", "2026-03-04", [4, 5, 31]),
        ("ended_on", "2026-03-04", [2, 3, 4]),
        ("died_on", "2026-03-03", [2, 3]),
        ("goals_met_on", "2026-03-04", [2, 3, 4]),
        ("consent_revoked_on", "2026-03-02", [2]),
        ("consent_on", "", [2, 3, 4, 5, 31]),
        ("consent_on", "soon", [2, 3, 4, 5, 31]),
    ],
)
def test_lines_before_consent_and_after_the_end_do_not_count(
    column: str, value: str, counted: list[int], practice: Practice
) -> None:
    roster = table(f"patient_id,{column},biller_type", f"P1,{value},npp", "P2,2026-01-01,npp")
    days_ = [2, 3, 4, 5, 31]
    facts = practice.facts(
        readings=table(READINGS, *readings(*days_)),
        patients=roster,
        time_log=log(*(f"P1,2026-03-{d:02d}T08:00,60,rtm,physician,none,,{d}" for d in days_)),
    )
    assert days(facts).low == len(counted)
    assert minutes(facts).low == len(counted)


def test_the_first_thing_that_ended_an_episode_ended_it(practice: Practice) -> None:
    roster = table("patient_id,ended_on,died_on", "P1,2026-03-20,2026-03-10")
    facts = practice.facts(readings=table(READINGS, *readings(2, 10, 11, 20)), patients=roster)
    assert facts.roster.enrolment("P1", RTM).episode.end == date(2026, 3, 10)
    assert days(facts).low == 2


def test_each_program_has_its_own_line_and_its_own_consent(practice: Practice) -> None:
    roster = table(
        "patient_id,programs,consent_on,biller_type,order_on",
        "P1,rtm,2026-03-10,therapist,2026-03-01",
        "P1,ccm,,physician,",
    )
    facts = practice.facts(readings=table(READINGS, *readings(2, 10, 11)), patients=roster)
    assert days(facts).low == 2
    assert fact(facts, FactName.CONSENT_DATE, CCM).low is None
    assert fact(facts, FactName.BILLER_TYPE, CCM).low == "physician"
    assert fact(facts, FactName.CONSENT_DATE, RPM).low is None
    assert fact(facts, FactName.ORDER_DATE, RPM).low == date(2026, 3, 1)
    named = [facts.roster.names("P1", program) for program in (RTM, CCM, RPM)]
    assert named == [True, True, False]
    assert facts.roster.names("P2", RTM) is None


def test_a_line_that_names_no_programs_stands_for_those_that_no_other_names(
    practice: Practice,
) -> None:
    roster = table("patient_id,programs,biller_type", "P1,,physician", "P1,rtm,therapist")
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    assert fact(facts, FactName.BILLER_TYPE, RTM).low == "therapist"
    assert fact(facts, FactName.BILLER_TYPE, CCM).low == "physician"
    assert [facts.roster.names("P1", program) for program in (RTM, CCM)] == [True, None]


def test_two_lines_for_one_patient_and_program_are_refused_with_file_and_line(
    practice: Practice,
) -> None:
    practice.folder.joinpath("patients_2.csv").write_text(
        table("patient_id,programs,biller", "P2,rtm;ccm,A", "P1,rtm,A")
    )
    with pytest.raises(InputsRefused) as refused:
        practice.facts(
            readings=table(READINGS, *readings(2)), patients=table("patient_id,programs", "P1,rtm")
        )
    assert [str(fault)[:33] for fault in refused.value.faults] == [
        "patients_2.csv:3: patient_id: has"
    ]


@pytest.mark.parametrize(
    ("lines", "patient", "monitored"),
    [
        (readings(2), "P1", {KNEE: True, LUNG: False}),
        (readings("2026-02-20"), "P1", {KNEE: True, LUNG: False}),
        (readings(2), "P2", {KNEE: True, LUNG: False}),
        (readings(2) + readings(2, system="respiratory"), "P2", {KNEE: None, LUNG: None}),
        (readings(2) + readings(2, system="respiratory"), "P1", {KNEE: True, LUNG: True}),
    ],
)
def test_which_system_is_watched(
    lines: list[str], patient: str, monitored: dict[System, bool | None], practice: Practice
) -> None:
    facts = practice.facts(readings=table(READINGS, *lines))
    for system, expected in monitored.items():
        found = facts.measure(patient, FactRef(FactName.MONITORED, RTM, (system,)), PERIOD)
        assert found.low is expected
        assert found.cause is (None if expected is not None else Cause.SYSTEM_NOT_KNOWN)


def test_who_bills_is_unknown_where_nobody_says_so(practice: Practice) -> None:
    facts = practice.facts(readings=table(READINGS, *readings(2)))
    assert fact(facts, FactName.BILLER_TYPE) == Fact.unknown(Cause.NO_BILLER_TYPE)
    assert fact(facts, FactName.CONSENT_DATE) == Fact.unknown(Cause.NO_COLUMN)


def test_texts_and_days_of_the_roster(practice: Practice) -> None:
    roster = table(
        "patient_id,payer,enrolled_on,setup_on",
        "P1,Medicare,,2026-03-03",
        "P2,,no,",
        "P3,,2026-03-01,",
    )
    facts = practice.facts(readings=table(READINGS, *readings(2)), patients=roster)
    first, second = (facts.roster.enrolment(each, RTM) for each in ("P1", "P2"))
    assert (first.text("payer"), second.text("payer"), first.text("biller")) == ("Medicare", "", "")
    assert (first.episode.start, second.episode.start) == (date(2026, 3, 3), None)


@pytest.mark.parametrize(
    "ids",
    [
        [],
        ["P001", "p1", "0O1l", "A0B00C", "000", "0", "P0010"],
        ["P001", "a b", "Zoë-01", "12.0", "'7"],
    ],
)
def test_many_ids_look_like_what_each_of_them_does(ids: list[str]) -> None:
    assert looks(ids) == [look(each) for each in ids]


def test_lines_that_are_made_anew_say_the_same(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "MOST_MADE", 1)
    lines = table("patient_id,consent_on", *(f"P{n},2026-03-{n + 1:02d}" for n in range(3)))
    facts = practice.facts(patients=lines)
    ref = FactRef(FactName.CONSENT_DATE, RTM)
    for n in (0, 1, 2, 1, 0):
        assert facts.measure(f"P{n}", ref, PERIOD).low == date(2026, 3, n + 1)
