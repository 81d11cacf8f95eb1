"""Days in a hospital or facility: no time of theirs counts where a program's rules say so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counted import BY, CCM, READINGS, ROSTER, RTM, Practice, log, readings, span, table
from practice import ZONE, findings, minutes, problems
from practice import Practice as Exports

from rtmaudit.facts import Facts
from rtmaudit.model import Cause, Clock, Fact, FactName, FactRef, Program, Stay, Why, Window

MARCH = Window(Clock.CALENDAR_MONTH, date(2026, 3, 1), date(2026, 3, 31))
STAYS = "patient_id,from,to,kind"
BOTH = (Stay.HOSPITAL, Stay.FACILITY)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def counted(practice: Practice, stay: str, *days: int, program: str = "ccm") -> Facts:
    """Ten minutes on each of these days of March, and one stay."""
    entries = [f"P1,2026-03-{day:02d}T10:00,600,{program},physician,none,,{day}" for day in days]
    return practice.facts(
        readings=table(READINGS, *readings(2)),
        patients=ROSTER,
        time_log=log(*entries),
        stays=table(STAYS, stay),
    )


def spent(facts: Facts, stays: tuple[Stay, ...] = BOTH, program: Program = CCM) -> Fact:
    ref = FactRef(FactName.MANAGEMENT_MINUTES, program, (), BY, (), stays)
    return facts.measure("P1", ref, MARCH)


@pytest.mark.parametrize(
    ("stay", "low", "high"),
    [
        ("P1,2026-03-09,2026-03-12,hospital", 0, 20),
        ("P1,2026-03-10,2026-03-11,hospital", 20, 40),
        ("P1,2026-03-09,2026-03-11,facility", 10, 30),
        ("P1,2026-03-10,2026-03-10,hospital", 30, 40),
        ("P1,2026-03-01,2026-03-31,hospital", 0, 0),
        ("P1,2026-02-01,2026-04-30,hospital", 0, 0),
        ("P1,2026-03-13,2026-03-20,hospital", 40, 40),
        ("P1,2026-02-13,2026-03-08,hospital", 40, 40),
        ("P1,2026-02-13,2026-03-09,hospital", 30, 40),
        ("P2,2026-03-01,2026-03-31,hospital", 40, 40),
    ],
)
def test_no_time_inside_a_stay_counts_and_the_days_of_coming_and_going_are_disputed(
    stay: str, low: int, high: int, practice: Practice
) -> None:
    facts = counted(practice, stay, 9, 10, 11, 12)
    found = spent(facts)
    assert (found.low, found.high) == (low, high)
    if low != high:
        assert (found.why, found.cause) == (Why.DISPUTED, Cause.ON_STAY)


@pytest.mark.parametrize(
    ("stay", "low", "high"),
    [
        ("P1,2026-03-10,,hospital", 10, 20),
        ("P1,2026-03-08,,hospital", 0, 0),
        ("P1,2026-03-13,,hospital", 40, 40),
    ],
)
def test_a_stay_without_an_end_goes_on(stay: str, low: int, high: int, practice: Practice) -> None:
    found = spent(counted(practice, stay, 9, 10, 11, 12))
    assert (found.low, found.high) == (low, high)


def test_only_the_kinds_of_stay_that_the_rules_name_matter(practice: Practice) -> None:
    facts = counted(practice, "P1,2026-03-01,2026-03-31,facility", 10)
    assert spent(facts, (Stay.HOSPITAL,)) == Fact.known(10)
    assert spent(facts, (Stay.FACILITY,)) == Fact.known(0)
    assert spent(facts, ()) == Fact.known(10)


def test_a_day_inside_one_stay_and_at_the_edge_of_another_is_inside(practice: Practice) -> None:
    facts = practice.facts(
        readings=table(READINGS, *readings(2)),
        patients=ROSTER,
        time_log=log("P1,2026-03-10T10:00,600,ccm,physician,none,,1"),
        stays=table(
            STAYS, "P1,2026-03-10,2026-03-12,hospital", "P1,2026-03-01,2026-03-31,facility"
        ),
    )
    assert spent(facts) == Fact.known(0)
    assert span(spent(facts, (Stay.HOSPITAL,))) == (0, 10, Why.DISPUTED, Cause.ON_STAY)


# ---- with the shipped rules ----


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    """Twenty minutes of CCM and of RTM on each of two days, of which the second is in a stay."""
    made = Exports(tmp_path)
    made.configure(ZONE + "defaults: {biller_type: physician, role: clinical_staff}\n")
    made.write("readings.csv", table(READINGS, *readings(2)))
    made.write("patients.csv", "patient_id,programs,conditions\nP1,rtm;ccm,I10;E11.9\n")
    lines = [
        f"P1,2026-03-{day}T{hour}:00,{n},{program},{role},live_audio"
        for day, n in (("03", 12), ("10", 9))
        for hour, program, role in (("09", "ccm", "clinical_staff"), ("14", "rtm", "physician"))
    ]
    header = "patient_id,started_at,minutes,program,role,contact"
    made.write("time_log.csv", table(header, *lines))
    return made


def stays(exports: Exports, *lines: str) -> None:
    exports.write("stays.csv", table(STAYS, *lines))


def verdict(exports: Exports, code: str) -> str:
    (mine,) = (f["verdict"] for f in findings(exports.document(), "P1") if f["code"] == code)
    return str(mine)


def test_chronic_care_time_in_a_stay_does_not_count_and_rtm_time_does(exports: Exports) -> None:
    assert (verdict(exports, "99490"), verdict(exports, "98980")) == ("ready", "ready")
    stays(exports, "P1,2026-03-08,2026-03-14,hospital")
    assert (verdict(exports, "99490"), verdict(exports, "98980")) == ("short", "ready")
    assert minutes(exports.document(), program="rtm") == (21, 21)


def test_on_the_day_of_coming_or_going_a_person_decides(exports: Exports) -> None:
    stays(exports, "P1,2026-03-10,2026-03-14,hospital")
    assert (verdict(exports, "99490"), verdict(exports, "98980")) == ("review", "ready")
    (mine,) = (f for f in findings(exports.document(), "P1") if f["code"] == "99490")
    assert (mine["needs"][0]["have"], mine["needs"][0]["have_at_most"]) == (12, 21)


def test_stays_that_are_not_exported_are_not_checked_and_change_nothing(exports: Exports) -> None:
    assert "stays" in exports.document()["not_checked"]
    exports.write("stays.csv", STAYS + "\n")
    document = exports.document()
    assert "stays" not in document["not_checked"]
    assert verdict(exports, "99490") == "ready"


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("P1,2026-03-01,2026-03-31,hotel", "unknown_word", "review"),
        ("P1,2026-03-01,2026-03-31,", "empty_cell", "review"),
        ("P1,,2026-03-31,hospital", "empty_cell", "review"),
        ("P1,,2026-03-01,hospital", "empty_cell", "ready"),
        (",2026-03-01,2026-03-31,hospital", "empty_cell", "ready"),
    ],
)
def test_a_stay_that_cannot_be_read_raises_doubt_on_the_days_that_it_may_be_about(
    line: str, kind: str, said: str, exports: Exports
) -> None:
    stays(exports, line, "P2,2026-03-01,2026-03-02,hospital")
    document = exports.document()
    assert [found for _, _, found in problems(document, "stays.csv")] == [kind]
    assert verdict(exports, "99490") == said


def test_the_word_for_a_stay_may_be_the_vendors(exports: Exports) -> None:
    exports.configure(
        ZONE
        + "defaults: {biller_type: physician, role: clinical_staff}\n"
        + "tables: {stays: {words: {kind: {SNF: facility}}}}\n"
    )
    stays(exports, "P1,2026-03-08,2026-03-14,SNF")
    assert verdict(exports, "99490") == "short"


def test_rtm_asks_for_no_stay(practice: Practice) -> None:
    facts = counted(practice, "P1,2026-03-01,2026-03-31,hospital", 10, program="rtm")
    assert spent(facts, (), RTM) == Fact.known(10)
