"""Claims that were sent already, from their export: whose they are, and which day they are dated
on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from counted import READINGS, readings, table
from practice import ZONE, Practice, findings, problems
from rulebooks import make_rules, program, since, verdicts

from rtmaudit.judge import Claim
from rtmaudit.model import ClaimStatus, FactName, Finding
from rtmaudit.rulebook import Rulebook

DAYS = FactName.READING_DAYS
MARCH = (date(2026, 3, 2), date(2026, 3, 31))

# ---- a payer that dates a supply otherwise ----


def supplies(folder: Path, served: str) -> Rulebook:
    """A supply of 16 days, dated on the window's end or on the day on which they were reached."""
    code = f"""
"A0077":
  title: Supply
  window: supply_period
  in_force: {since("true")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(16)}}}
  service_date: {since(served)}
"""
    return make_rules(folder, rtm=program("rtm", code))


def judged(book: Rulebook, sent: Claim, days: int = 16) -> Finding:
    return verdicts(book, {DAYS: days}, claims=[sent])["A0077"]


def claim(day: date, *period: date, status: str = "paid", code: str = "A0077") -> Claim:
    start, end = period or (None, None)
    return Claim(code, day, ClaimStatus(status), start, end)


@pytest.mark.parametrize(
    "day", [date(2026, 3, 2), date(2026, 3, 17), date(2026, 3, 31), date(2026, 4, 29)]
)
def test_a_claim_without_a_period_cannot_be_laid_over_one_where_supplies_are_dated_otherwise(
    day: date, tmp_path: Path
) -> None:
    finding = judged(supplies(tmp_path, "due_day"), claim(day))
    assert (finding.verdict, finding.reasons[0].about) == ("review", ("A0077", day))


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 4, 30)])
def test_a_claim_of_thirty_days_before_or_after_is_for_another_period(
    day: date, tmp_path: Path
) -> None:
    assert judged(supplies(tmp_path, "due_day"), claim(day)).verdict == "ready"


def test_a_claim_with_its_period_says_which_one_it_is_for(tmp_path: Path) -> None:
    book = supplies(tmp_path, "due_day")
    assert judged(book, claim(date(2026, 3, 17), *MARCH)).verdict == "not_applicable"
    before = claim(date(2026, 3, 17), date(2026, 1, 31), date(2026, 3, 1))
    assert judged(book, before).verdict == "ready"


@pytest.mark.parametrize(
    ("days", "sent", "verdict"),
    [
        (15, claim(date(2026, 3, 17)), "short"),
        (16, claim(MARCH[1], status="denied"), "ready"),
        (16, claim(MARCH[1], code="A0099"), "ready"),
    ],
)
def test_only_a_standing_claim_for_what_is_ready_raises_the_question(
    days: int, sent: Claim, verdict: str, tmp_path: Path
) -> None:
    assert judged(supplies(tmp_path, "due_day"), sent, days).verdict == verdict


def test_a_claim_dated_on_the_periods_last_day_is_for_it_where_that_is_the_convention(
    tmp_path: Path,
) -> None:
    book = supplies(tmp_path, "window_end")
    assert judged(book, claim(MARCH[1])).verdict == "not_applicable"
    assert judged(book, claim(date(2026, 3, 17))).verdict == "blocked"


# ---- the export ----


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """Sixteen days in a period of 2 to 31 March, billed by Dr. A."""
    made = Practice(tmp_path)
    made.configure(ZONE + "defaults: {biller_type: physician, role: physician}\n")
    made.write("readings.csv", table(READINGS, *readings(*range(3, 19))))
    made.write("time_log.csv", "patient_id,started_at,minutes,program,contact\n"
               "P1,2026-03-03,25,rtm,live_audio\n")  # fmt: skip
    made.write("patients.csv", "patient_id,programs,enrolled_on,biller\nP1,rtm,2026-03-02,Dr. A\n")
    return made


def sent(practice: Practice, header: str, *lines: str) -> dict[str, Any]:
    """The findings where these claims were sent."""
    practice.write("claims.csv", table(f"patient_id,code,service_date,{header}", *lines))
    return {f["code"]: f for f in findings(practice.document(), "P1")}


@pytest.mark.parametrize(
    ("biller", "verdict"), [("Dr. A", "not_applicable"), ("", "not_applicable")]
)
def test_a_claim_of_the_practices_own_biller_is_already_billed(
    biller: str, verdict: str, practice: Practice
) -> None:
    found = sent(practice, "biller,status", f"P1,98980,2026-03-31,{biller},paid")
    assert found["98980"]["verdict"] == verdict


def test_a_claim_of_another_practitioner_for_the_same_code_is_not_the_practices_own(
    practice: Practice,
) -> None:
    found = sent(practice, "biller,status", "P1,98980,2026-03-31,Dr. B,paid")
    assert found["98980"]["verdict"] != "not_applicable"
    assert "98980" in found["98980"]["conflicts_with"]


def test_without_the_column_every_claim_is_the_practices_own(practice: Practice) -> None:
    found = sent(practice, "status", "P1,98980,2026-03-31,paid")
    assert found["98980"]["verdict"] == "not_applicable"


@pytest.mark.parametrize("code", ["98980", " 98980", "98980-GP", "98980 CQ"])
def test_a_claims_code_is_its_first_five_characters(code: str, practice: Practice) -> None:
    found = sent(practice, "status", f"P1,{code},2026-03-31,paid")
    assert found["98980"]["verdict"] == "not_applicable"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("paid", "not_applicable"),
        ("submitted", "not_applicable"),
        ("", "not_applicable"),
        ("denied", "ready"),
        ("voided", "ready"),
        ("DENIED", "ready"),
    ],
)
def test_a_claim_stands_unless_it_was_denied_or_voided(
    status: str, verdict: str, practice: Practice
) -> None:
    found = sent(practice, "status", f"P1,98980,2026-03-31,{status}")
    assert found["98980"]["verdict"] == verdict


def test_what_may_be_a_claim_and_cannot_be_read_is_for_a_person(practice: Practice) -> None:
    lines = ("P1,98980,2026-03-31,perhaps", "P1,,2026-03-31,paid", "P2,98980,2026-03-31,paid")
    found = sent(practice, "status", *lines)
    assert found["98980"]["verdict"] == "review"
    assert found["98980"]["reasons"] == [
        "a line that cannot be read may stand in its way (claims.csv:2)",
        "a line that cannot be read may stand in its way (claims.csv:3)",
    ]
    told = problems(practice.document(), "claims.csv")
    assert told == [(2, "status", "unknown_word"), (3, "code", "empty_cell")]


def test_a_denied_claim_that_cannot_be_read_stands_in_nobodys_way(practice: Practice) -> None:
    lines = ("P1,98980,2026-03-00,denied", "P2,98980,2026-03-31,denied")
    assert sent(practice, "status", *lines)["98980"]["verdict"] == "ready"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("98980", "not_applicable"),
        ("98980-95", "not_applicable"),
        ("98980 GP KX", "not_applicable"),
        ("9898095", "not_applicable"),
        ("98980.0", "not_applicable"),
        ("copay", "ready"),
        ("NO SHOW", "ready"),
        ('98""980', "review"),
        ("9898", "review"),
        ("9898O0", "review"),
    ],
)
def test_what_has_the_digits_of_a_code_and_is_none_is_for_a_person(
    code: str, verdict: str, practice: Practice
) -> None:
    found = sent(practice, "status", f'P1,"{code}",2026-03-31,paid')
    assert found["98980"]["verdict"] == verdict


def test_a_claim_for_dialysis_stands_beside_chronic_care_by_the_shipped_rules(
    practice: Practice,
) -> None:
    """CCM, 25 minutes of clinical staff, and a month of dialysis care billed for the same month."""
    practice.write(
        "patients.csv",
        "patient_id,programs,biller,conditions\nP1,ccm,Dr. A,I10;E11.9\n",
    )
    practice.write(
        "time_log.csv",
        "patient_id,started_at,minutes,program,role,contact\n"
        "P1,2026-03-03,25,ccm,clinical_staff,live_audio\n",
    )
    before = {f["code"]: f for f in findings(practice.document(), "P1")}
    assert before["99490"]["verdict"] == "ready"
    found = sent(practice, "status", "P1,90960,2026-03-31,paid")
    assert found["99490"]["verdict"] == "review"
    assert "ccm-supervision" in " ".join(found["99490"]["reasons"])
    practice.configure(
        ZONE + "defaults: {biller_type: physician}\npositions: {ccm-supervision: barred}\n"
    )
    found = sent(practice, "status", "P1,90960,2026-03-31,paid")
    assert found["99490"]["verdict"] == "blocked"
    assert found["99490"]["conflicts_with"] == ["90960"]
    found = sent(practice, "status", "P1,90960,2026-02-28,paid")
    assert found["99490"]["verdict"] == "ready"
