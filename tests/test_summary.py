"""Summary exports: counts without the lines behind them, taken as what they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import counted
import pytest
from practice import BY_MONTH, ZONE, Practice, days_of_march, file, findings, holds, readings

from rtmaudit.model import FactName, FactRef, Program, System

HEADER = "patient_id,month,program,system,reading_days,minutes,live_contacts\n"


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(ZONE + BY_MONTH)
    return made


def need(document: Any, patient: str, code: str, name: str) -> tuple[int, int | None]:
    mine = next(f for f in findings(document, patient) if f["code"] == code)
    found = next(each for each in mine["needs"] if each["need"] == name)
    return found["have"], found["have_at_most"]


def summary(practice: Practice, *lines: str, header: str = HEADER) -> None:
    practice.write("summary.csv", header + "".join(line + "\n" for line in lines))


def test_the_counts_of_a_month_are_taken_and_marked_as_such(practice: Practice) -> None:
    summary(practice, "P1,2026-03,rtm,musculoskeletal,16,21,1")
    document = practice.document("--evidence")
    assert need(document, "P1", "98977", "days") == (16, 16)
    assert need(document, "P1", "98980", "minutes") == (21, 21)
    assert need(document, "P1", "98980", "contact") == (1, 1)
    ready = {f["code"]: f for f in findings(document, "P1") if f["verdict"] == "ready"}
    assert {"98977", "98980"} <= ready.keys()
    assert ready["98977"]["evidence"] == [{"file": "summary.csv", "line": 2, "summary": True}]
    assert "the days behind the summary's count" in ready["98977"]["to_confirm"]
    assert "call date and time" in ready["98980"]["to_confirm"]


@pytest.mark.parametrize(
    ("days", "enrolled", "have"),
    [
        # the period 2026-02-14 .. 2026-03-15 holds 15 days of March and 15 of February
        (20, "2026-02-14", (20 - 16, 30)),
        (16, "2026-02-14", (0, 15 + 15)),
        # 2026-03-01 .. 2026-03-30: one day of March lies outside
        (16, "2026-03-01", (15, 16)),
        (31, "2026-03-01", (30, 30)),
    ],
)
def test_a_count_of_a_month_is_an_interval_in_a_period_that_is_none(
    practice: Practice, days: int, enrolled: str, have: tuple[int, int]
) -> None:
    practice.configure(ZONE + "defaults: {biller_type: physician, role: physician}\n")
    practice.write("patients.csv", f"patient_id,programs,enrolled_on\nP1,rtm,{enrolled}\n")
    summary(practice, f"P1,2026-03,rtm,musculoskeletal,{days},0,0")
    assert need(practice.document(), "P1", "98977", "days") == have


def test_months_that_meet_in_a_period_are_added(practice: Practice) -> None:
    practice.configure(ZONE)
    practice.write("patients.csv", "patient_id,programs,enrolled_on\nP1,rtm,2026-02-14\n")
    lines = ("2026-02,rtm,musculoskeletal,28", "2026-03,rtm,musculoskeletal,31")
    summary(practice, *(f"P1,{line},0,0" for line in lines))
    assert need(practice.document(), "P1", "98977", "days") == (30, 30)


def test_without_a_start_the_fewest_days_of_any_thirty_count(practice: Practice) -> None:
    practice.configure(ZONE)
    summary(practice, "P1,2026-03,rtm,musculoskeletal,16,0,0")
    assert need(practice.document(), "P1", "98977", "days") == (15, 16)


def test_days_before_consent_cannot_be_told_apart(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs,consent_on\nP1,rtm,2026-03-11\n")
    summary(practice, "P1,2026-03,rtm,musculoskeletal,20,0,0")
    assert need(practice.document(), "P1", "98977", "days") == (10, 20)


def test_a_summary_beside_readings_that_say_otherwise_is_a_dispute(practice: Practice) -> None:
    some = (*days_of_march("P1", *range(1, 19)), *days_of_march("P2", *range(1, 18)))
    practice.write("readings.csv", readings(*some))
    summary(
        practice,
        "P1,2026-03,rtm,musculoskeletal,15,0,0",
        "P2,2026-03,rtm,musculoskeletal,17,0,0",
        "P3,2026-03,rtm,musculoskeletal,16,0,0",
    )
    document = practice.document()
    assert need(document, "P1", "98977", "days") == (15, 18)
    assert need(document, "P2", "98977", "days") == (17, 17)
    assert need(document, "P3", "98977", "days") == (16, 16)
    (mine,) = (f for f in findings(document, "P1") if f["code"] == "98977")
    assert mine["verdict"] == "review"
    holds(" ".join(mine["reasons"]), "do not agree")


def test_minutes_of_several_programs_beside_each_other(practice: Practice) -> None:
    summary(
        practice,
        "P1,Mar 2026,12,25",
        header="patient_id,month,minutes_rtm,minutes_ccm\n",
    )
    document = practice.document()
    assert need(document, "P1", "98979", "minutes") == (12, 12)
    assert need(document, "P1", "99490", "minutes") == (25, 25)


def test_minutes_across_two_months_are_in_doubt(practice: Practice) -> None:
    summary(
        practice,
        "P1,2026-02-20,2026-03-20,rtm,25",
        header="patient_id,from,to,program,minutes\n",
    )
    assert need(practice.document(), "P1", "98980", "minutes") == (0, 25)


def test_a_line_told_again_is_a_duplicate_and_another_one_is_in_doubt(practice: Practice) -> None:
    line = "P1,2026-03,rtm,musculoskeletal,10,12,0"
    summary(practice, line)
    lines = (line, line.replace("10,12", "11,13"))
    practice.write("summary_2.csv", HEADER + "".join(each + "\n" for each in lines))
    document = practice.document()
    assert file(document, "summary_2.csv")["duplicate"] == 1
    assert need(document, "P1", "98977", "days") == (10, 21)
    assert need(document, "P1", "98980", "minutes") == (12, 25)


def test_a_count_that_cannot_be_read_raises_what_could_be(practice: Practice) -> None:
    summary(practice, "P1,2026-03,rtm,musculoskeletal,many,0,0")
    document = practice.document()
    assert need(document, "P1", "98977", "days") == (0, 30)
    (problem,) = document["problems"]
    assert (problem["line"], problem["column"], problem["disposition"]) == (
        2,
        "reading_days",
        "quarantined",
    )


def test_other_months_and_strangers_are_excluded(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs\nP1,rtm\n")
    summary(
        practice,
        "P1,2025-12,rtm,musculoskeletal,30,0,0",
        "P1,2026-03,rtm,musculoskeletal,16,0,0",
        "P9,2026-03,rtm,musculoskeletal,16,0,0",
    )
    (mine,) = (each for each in practice.document()["inputs"] if each["role"] == "summary")
    assert (mine["used"], mine["excluded"]) == (1, {"not_on_roster": 1, "other_month": 1})


def test_days_without_a_system_are_refused_with_the_line_to_add(practice: Practice) -> None:
    summary(practice, "P1,2026-03,16", header="patient_id,month,reading_days\n")
    holds(practice.refusal(), "summary.csv", "defaults: {system: ...}")


def test_days_without_a_month_are_refused(practice: Practice) -> None:
    summary(practice, "P1,16", header="patient_id,minutes\n")
    holds(practice.refusal(), "summary.csv", "month, from")


def test_a_line_that_does_not_say_when_may_be_about_any_day(practice: Practice) -> None:
    summary(
        practice,
        "P1,2026-03,rtm,musculoskeletal,16,0,0",
        "P2,,rtm,musculoskeletal,4,0,0",
        "P3,March,rtm,musculoskeletal,4,0,0",
    )
    document = practice.document()
    assert need(document, "P1", "98977", "days") == (16, 16)
    for patient in ("P2", "P3"):
        assert need(document, patient, "98977", "days") == (0, 30)
    found = [(each["line"], each["column"], each["kind"]) for each in document["problems"]]
    assert found == [(3, "month", "empty_cell"), (4, "month", "unreadable_date")]


def test_no_days_on_the_line_of_another_program_are_no_count(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs\nP1,rpm;ccm\nP2,rpm\n")
    summary(
        practice,
        "P1,2026-03,rpm,physiologic,16,0,0",
        "P1,2026-03,ccm,physiologic,0,20,0",
        "P2,2026-03,rpm,physiologic,0,0,0",
    )
    document = practice.document()
    assert need(document, "P1", "99454", "days") == (16, 16)
    assert need(document, "P2", "99454", "days") == (0, 0)


def test_two_lines_alike_of_one_file_may_be_two_episodes(practice: Practice) -> None:
    summary(practice, *["P1,2026-03,rtm,musculoskeletal,8,10,0"] * 2)
    document = practice.document()
    assert need(document, "P1", "98980", "minutes") == (10, 20)
    assert need(document, "P1", "98977", "days") == (8, 16)


def test_the_same_summary_in_two_files_is_told_once(practice: Practice) -> None:
    lines = "P1,2026-03,rtm,musculoskeletal,8,10,0\n"
    practice.write("summary.csv", HEADER + lines)
    practice.write("summary_2.csv", HEADER + lines + "P2,2026-03,rtm,musculoskeletal,8,10,0\n")
    assert need(practice.document(), "P1", "98980", "minutes") == (10, 10)


@pytest.mark.parametrize("contacts", ["1001", "99999999", "many"])
def test_a_number_that_nobody_can_have_been_reached_is_none(
    contacts: str, practice: Practice
) -> None:
    """Found by fuzzing: each contact was made one by one."""
    summary(practice, f"P1,2026-03,rtm,musculoskeletal,16,21,{contacts}")
    document = practice.document()
    assert file(document, "summary.csv")["quarantined"] == {"unreadable_number": 1}
    assert need(document, "P1", "98980", "contact") == (0, 1)


def test_the_contacts_of_a_line_that_cannot_be_trusted_are_in_doubt(practice: Practice) -> None:
    summary(practice, "P1,2026-03,rtm,knee,16,21,2", "P1,2026-03,ccm,,,21,0")
    assert need(practice.document(), "P1", "98980", "contact") == (0, 2)


def test_a_set_up_is_dated_by_the_summary_that_tells_its_days(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs,enrolled_on\nP1,rtm,2026-03-01\n")
    summary(practice, "P1,2026-03,rtm,musculoskeletal,20,0,0")
    (setup,) = [f for f in findings(practice.document(), "P1") if f["code"] == "98975"]
    assert (setup["verdict"], setup["service_date"]) == ("ready", "2026-03-31")


def test_a_count_that_no_summary_tells_is_reached_on_no_day(tmp_path: Path) -> None:
    told = HEADER + "P1,2026-03,rtm,musculoskeletal,20,0,0\n"
    facts = counted.Practice(tmp_path).facts(summary=told)
    ref = FactRef(FactName.READING_DAYS, Program.RTM, (System.MUSCULOSKELETAL,))
    assert facts.day_reached("P1", ref, 20, counted.MARCH) == date(2026, 3, 31)
    assert facts.day_reached("P1", ref, 21, counted.MARCH) is None
