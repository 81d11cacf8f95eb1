"""`rtmaudit worklist`: what can still be reached in a month, by when, and what is gone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from practice import BY_MONTH, ZONE, Practice, command, one_sentence, readings, time_log

from rtmaudit.shipped import shipped

ROSTER = "patient_id,programs,biller,enrolled_on\n"


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(ZONE + BY_MONTH)
    made.write("patients.csv", ROSTER + "P1,rtm,Dr. A,2026-03-01\n")
    made.write("time_log.csv", time_log("P1,2026-02-01,1,rtm,none"))
    made.write("readings.csv", readings("P1,2026-02-01"))
    return made


def tasks(practice: Practice, as_of: str, *words: object) -> list[dict[str, str]]:
    run = command("worklist", practice.folder, "--month", "2026-03", "--as-of", as_of, "-q", *words)
    assert run.code == 0, run.err
    return list(csv.DictReader(io.StringIO(run.out)))


def of(rows: list[dict[str, str]], code: str, patient: str = "P1") -> dict[str, str]:
    (found,) = (row for row in rows if row["code"] == code and row["patient_id"] == patient)
    return found


def days(practice: Practice, *numbers: int) -> None:
    practice.write("readings.csv", readings(*(f"P1,2026-03-{day:02}" for day in numbers)))


# ---- days: the last day from which every day is needed ----


@pytest.mark.parametrize(
    ("seen", "as_of", "state"),
    [
        (range(1, 11), "2026-03-25", "reachable"),  # 6 more of 7 days left
        (range(1, 11), "2026-03-26", "at_risk"),  # 6 more of 6
        ([*range(1, 10), 26], "2026-03-26", "gone"),  # 6 more of 5: today has its data
        ([*range(1, 11), 26], "2026-03-26", "at_risk"),  # 5 more of 5
        ([*range(1, 12), 26], "2026-03-26", "reachable"),  # 4 more of 5
        (range(1, 11), "2026-03-27", "gone"),  # 6 more of 5
    ],
)
def test_one_missed_day_ends_what_is_at_risk(
    practice: Practice, seen: list[int], as_of: str, state: str
) -> None:
    """Counted by the month, 98977 takes 16 days by the 31st."""
    days(practice, *seen)
    rows = [row for row in tasks(practice, as_of, "--fees") if row["code"] == "98977"]
    if state == "gone":
        # A lower tier is certain, so the higher one is nobody's task any more.
        assert rows == []
    else:
        (row,) = rows
        assert row["state"] == state
        assert (row["start_by"], row["by"]) == (
            f"2026-03-{32 - int(row['short_by']):02}",
            "2026-03-31",
        )


def test_what_can_no_longer_be_had_is_gone_and_says_what_was_lacking(practice: Practice) -> None:
    days(practice, 1)
    (row,) = (r for r in tasks(practice, "2026-04-01") if r["code"] == "98985")
    assert (row["state"], row["still_takes"]) == ("gone", "was 1 day of data short")


def test_minutes_and_a_call_are_asked_for_in_one_line(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,6,rtm,none"))
    row = of(tasks(practice, "2026-03-20"), "98979")
    assert row["still_takes"] == "4 more minutes; a live call"
    assert (row["start_by"], row["by"], row["state"]) == ("", "2026-03-31", "reachable")
    assert of(tasks(practice, "2026-03-31"), "98979")["state"] == "at_risk"


def test_an_add_on_is_no_task_before_its_base_is_reached(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,15,rtm,live_audio"))
    assert "98981" not in {row["code"] for row in tasks(practice, "2026-03-20")}
    practice.write("time_log.csv", time_log("P1,2026-03-03,25,rtm,live_audio"))
    assert of(tasks(practice, "2026-03-20"), "98981")["still_takes"] == "15 more minutes"


def test_a_paper_that_is_not_on_file_stands_beside_the_work(practice: Practice) -> None:
    header = "patient_id,programs,biller,enrolled_on,consent_on\n"
    practice.write("patients.csv", header + "P1,rtm,Dr. A,2026-03-01,\n")
    row = of(tasks(practice, "2026-03-20"), "98979")
    assert row["still_takes"] == "10 more minutes; a live call; consent is not on file"


# ---- what reaching it adds ----


def test_what_adds_nothing_comes_after_what_does(practice: Practice) -> None:
    """12 days are 98985, and 98977 pays the same; 12 minutes are 98979, and 98980 pays more."""
    days(practice, *range(1, 13))
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,live_audio"))
    rows = [r for r in tasks(practice, "2026-03-20", "--fees") if r["code"] != "98975"]
    assert [(row["code"], row["adds"]) for row in rows] == [("98980", "27.72"), ("98977", "0.00")]


def test_on_one_day_the_dearest_comes_first_and_without_fees_the_nearest(
    practice: Practice,
) -> None:
    near = time_log("P1,2026-03-03,19,rtm,live_audio", "P2,2026-03-03,30,rtm,live_audio")
    practice.write("time_log.csv", near)
    practice.write("patients.csv", ROSTER + "".join(f"P{i},rtm,Dr. A,\n" for i in (1, 2)))
    (dearest, *_) = (r for r in tasks(practice, "2026-03-20", "--fees") if not r["start_by"])
    assert (dearest["patient_id"], dearest["code"], dearest["adds"]) == ("P2", "98981", "41.42")
    (nearest, *_) = (r for r in tasks(practice, "2026-03-20") if not r["start_by"])
    assert (nearest["patient_id"], nearest["short_by"], nearest["adds"]) == ("P1", "1", "")


# ---- groups ----


LOG = "patient_id,started_at,minutes,program,contact,staff_id\n"


def test_by_practitioner_and_by_staff(practice: Practice) -> None:
    roster = ROSTER + "P1,rtm,Dr. B,\nP2,rtm,Dr. A,\n"
    practice.write("patients.csv", roster)
    log = "P1,2026-03-03,5,rtm,live_audio,S2\nP1,2026-03-04,5,rtm,none,S1\n"
    practice.write("time_log.csv", LOG + log + "P2,2026-03-05,5,rtm,live_audio,S2\n")
    by_biller = [row["biller"] for row in tasks(practice, "2026-03-20", "--by", "practitioner")]
    assert by_biller == sorted(by_biller)
    assert set(by_biller) == {"Dr. A", "Dr. B"}
    by_staff = tasks(practice, "2026-03-20", "--by", "staff")
    assert [row["staff"] for row in by_staff] == sorted(row["staff"] for row in by_staff)
    assert {(r["staff"], r["patient_id"]) for r in by_staff} == {
        ("S1", "P1"),
        ("S2", "P1"),
        ("S2", "P2"),
    }


def test_another_group_is_refused(practice: Practice) -> None:
    run = command("worklist", practice.folder, "--by", "payer")
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, "--by", "practitioner or staff")


def test_hostile_staff_and_ids_are_inert_in_a_spreadsheet(practice: Practice) -> None:
    practice.write("patients.csv", ROSTER + "P1,rtm,,\n=P1,rtm,+Dr. A,\n")
    practice.write("time_log.csv", LOG + "=P1,2026-03-03,5,rtm,live_audio,@S\n")
    row = tasks(practice, "2026-03-20")[0]
    assert (row["patient_id"], row["biller"], row["staff"]) == ("'=P1", "'+Dr. A", "'@S")


# ---- the sample practice on three days of the month ----


@pytest.mark.parametrize("day", [10, 20, 28])
def test_the_sample_practice(day: int) -> None:
    """Every task is open or short in the codes of the same day, and none is forgotten."""
    words = ("--month", "2026-03", "--as-of", f"2026-03-{day}", "-q", "--format", "csv")
    codes = csv.DictReader(
        io.StringIO(command("audit", shipped("samples"), *words, "--view", "codes").out)
    )
    work = csv.DictReader(io.StringIO(command("worklist", shipped("samples"), *words).out))
    key = ("patient_id", "code", "period_start")
    expected = {
        tuple(row[k] for k in key): row["verdict"]
        for row in codes
        if row["verdict"] == "short"
        or (
            row["verdict"] == "open"
            and row["short_by"] not in ("", "0")
            and "stands or falls" not in row["reasons"]
        )
    }
    found = {tuple(row[k] for k in key): row["state"] for row in work}
    assert found.keys() == expected.keys()
    for place, verdict in expected.items():
        assert (found[place] == "gone") is (verdict == "short"), place


def test_the_month_is_this_one_unless_said(practice: Practice) -> None:
    run = command("worklist", practice.folder, "--as-of", "2026-03-20", "--format", "json", "-q")
    assert run.document["month"] == "2026-03"


def test_the_configuration_may_name_the_month(practice: Practice) -> None:
    practice.configure(ZONE + BY_MONTH + "month: 2026-02\n")
    run = command("worklist", practice.folder, "--as-of", "2026-03-20", "--format", "json", "-q")
    assert run.document["month"] == "2026-02"


def test_a_table_for_people(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    practice.write("time_log.csv", time_log("P1,2026-03-03,6,rtm,none"))
    words = ("--month", "2026-03", "--as-of", "2026-03-31", "--format", "table")
    said = command("worklist", practice.folder, *words).out
    assert "at risk" in said
    assert "4 more minutes; a live call" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80
