"""The clock that begins with a discharge: which month it is due in, and transitional care as the
shipped rules judge it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from practice import ZONE, Practice, findings, holds

from rtmaudit.model import Clock, Window
from rtmaudit.windows import Discharge, Episode, Month, after_discharge, build_windows

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def months(discharge: Discharge) -> list[str]:
    """The months in which a discharge is judged."""
    year = (Month.of(discharge.on + timedelta(days=n)) for n in range(-60, 400))
    return [str(month) for month in dict.fromkeys(year) if after_discharge(month, discharge)]


# ---- the window ----


def test_the_window_is_thirty_days_that_begin_with_the_discharge() -> None:
    (window,) = after_discharge(Month(2026, 3), Discharge(date(2026, 3, 2)))
    assert window == Window(Clock.DISCHARGE, date(2026, 3, 2), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("on", "visited", "judged"),
    [
        (date(2026, 3, 20), date(2026, 3, 27), ["2026-03"]),
        (date(2026, 3, 20), date(2026, 3, 31), ["2026-03"]),
        (date(2026, 3, 20), date(2026, 4, 1), ["2026-03", "2026-04"]),
        (date(2026, 3, 2), None, ["2026-03"]),
        (date(2026, 3, 3), None, ["2026-03", "2026-04"]),
        (date(2026, 1, 31), None, ["2026-01", "2026-02", "2026-03"]),
        (date(2026, 3, 31), date(2026, 3, 31), ["2026-03"]),
    ],
)
def test_a_discharge_is_judged_until_the_month_of_its_visit(
    on: date, visited: date | None, judged: list[str]
) -> None:
    assert months(Discharge(on, visited)) == judged


def test_without_a_discharge_there_is_no_window() -> None:
    assert after_discharge(Month(2026, 3), None) == []


@given(DAYS, st.integers(0, 29) | st.none())
def test_a_discharge_is_judged_last_in_the_month_in_which_it_is_due(
    on: date, after: int | None
) -> None:
    visited = None if after is None else on + timedelta(days=after)
    due = Month.of(visited or on + timedelta(days=29))
    judged = months(Discharge(on, visited))
    assert judged[0] == str(Month.of(on))
    assert judged[-1] == str(due)


def test_only_programs_with_such_a_code_have_the_window() -> None:
    discharge = Discharge(date(2026, 3, 2))
    march = Month(2026, 3)
    built = build_windows([Clock.CALENDAR_MONTH], march, Episode(), "auto", discharge)
    assert list(built) == [Clock.CALENDAR_MONTH]
    built = build_windows([Clock.DISCHARGE], march, Episode(), "auto", discharge)
    assert [window.end for window in built[Clock.DISCHARGE]] == [date(2026, 3, 31)]
    assert build_windows([Clock.DISCHARGE], march, Episode(), "auto") == {Clock.DISCHARGE: ()}


# ---- transitional care ----


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(ZONE + "defaults: {biller_type: physician}\n")
    lines = [f"P9,{month}-03,musculoskeletal\n" for month in ("2026-02", "2026-03", "2026-04")]
    made.write("readings.csv", "patient_id,recorded_at,system\n" + "".join(lines))
    return made


def roster(practice: Practice, cells: str, columns: str = "mdm,contacted_on,visited_on") -> None:
    """P1 is discharged on Friday 13 March, or on the day that its cells begin with."""
    empty = "," * (columns.count(",") + 2)
    text = f"patient_id,programs,discharged_on,{columns}\nP1,tcm,{cells}\nP9,rtm{empty}\n"
    practice.write("patients.csv", text)


def judged(practice: Practice, month: str = "2026-03", as_of: str = "") -> dict[str, Any]:
    practice.options = ["--month", month, "--as-of", as_of or "2026-12-31"]
    return {f["code"]: f for f in findings(practice.document(), "P1")}


def verdicts(practice: Practice, month: str = "2026-03", as_of: str = "") -> list[str]:
    """Those on the higher and on the lower code."""
    found = judged(practice, month, as_of)
    return [found[code]["verdict"] for code in ("99496", "99495") if code in found]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("2026-03-02,high,2026-03-03,2026-03-09", ["ready", "not_applicable"]),
        ("2026-03-02,high,2026-03-03,2026-03-10", ["short", "ready"]),
        ("2026-03-02,high,2026-03-03,2026-03-16", ["short", "ready"]),
        ("2026-03-02,high,2026-03-03,2026-03-17", ["short", "short"]),
        ("2026-03-02,moderate,2026-03-03,2026-03-09", ["not_applicable", "ready"]),
        ("2026-03-02,low,2026-03-03,2026-03-09", ["not_applicable", "not_applicable"]),
        ("2026-03-02,,2026-03-03,2026-03-09", ["not_applicable", "not_applicable"]),
        ("2026-03-02,high,2026-03-04,2026-03-09", ["ready", "not_applicable"]),
        ("2026-03-02,high,2026-03-05,2026-03-09", ["short", "short"]),
        ("2026-03-02,high,,2026-03-09", ["short", "short"]),
        ("2026-03-02,high,2026-03-03,", ["short", "short"]),
    ],
)
def test_transitional_care_takes_a_contact_in_two_business_days_and_a_visit_in_time(
    cells: str, expected: list[str], practice: Practice
) -> None:
    roster(practice, cells)
    assert verdicts(practice) == expected


@pytest.mark.parametrize(
    ("discharged", "contacted", "expected"),
    [
        ("2026-03-13", "2026-03-17", "ready"),
        ("2026-03-13", "2026-03-18", "short"),
        ("2026-01-16", "2026-01-21", "ready"),
        ("2026-01-16", "2026-01-22", "short"),
    ],
)
def test_weekends_and_federal_holidays_do_not_count_toward_the_contact(
    discharged: str, contacted: str, expected: str, practice: Practice
) -> None:
    visited = date.fromisoformat(discharged) + timedelta(days=7)
    month = discharged[:7]
    practice.write("readings.csv", f"patient_id,recorded_at,system\nP9,{month}-03,respiratory\n")
    roster(practice, f"{discharged},high,{contacted},{visited}")
    assert verdicts(practice, month)[0] == expected


def test_the_service_is_dated_on_the_day_of_the_visit(practice: Practice) -> None:
    roster(practice, "2026-03-02,high,2026-03-03,2026-03-09")
    assert judged(practice)["99496"]["service_date"] == "2026-03-09"


def test_a_visit_of_the_next_month_is_due_in_that_month(practice: Practice) -> None:
    roster(practice, "2026-03-20,high,2026-03-23,2026-04-02")
    march = judged(practice)["99495"]
    assert (march["verdict"], march["service_date"]) == ("open", "2026-04-02")
    holds(" ".join(march["reasons"]), "2026-04-02")
    april = judged(practice, "2026-04")["99495"]
    assert (april["verdict"], april["service_date"]) == ("ready", "2026-04-02")
    assert april["window"] == {"kind": "discharge", "start": "2026-03-20", "end": "2026-04-18"}


def test_a_visit_of_the_month_before_was_due_in_that_month(practice: Practice) -> None:
    roster(practice, "2026-02-20,high,2026-02-23,2026-02-27")
    assert verdicts(practice, "2026-02") == ["ready", "not_applicable"]
    assert verdicts(practice, "2026-03") == []


def test_a_visit_inside_its_window_need_not_wait_for_the_windows_end(practice: Practice) -> None:
    roster(practice, "2026-03-20,high,2026-03-23,2026-03-27")
    finding = judged(practice, as_of="2026-03-28")["99496"]
    assert (finding["verdict"], finding["service_date"]) == ("ready", "2026-03-27")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-09", ["open", "open"]),
        ("2026-03-10", ["short", "open"]),
        ("2026-03-16", ["short", "open"]),
        ("2026-03-17", ["short", "short"]),
    ],
)
def test_while_the_visit_can_still_be_in_time_a_code_is_open(
    as_of: str, expected: list[str], practice: Practice
) -> None:
    """On the seventh and the fourteenth day after 2 March the visit may still take place."""
    roster(practice, "2026-03-02,high,2026-03-03,")
    assert verdicts(practice, as_of=as_of) == expected


def test_while_the_contact_can_still_be_in_time_a_code_is_open(practice: Practice) -> None:
    roster(practice, "2026-03-13,high,,2026-03-16")
    assert verdicts(practice, as_of="2026-03-17")[0] == "open"
    assert verdicts(practice, as_of="2026-03-18")[0] == "short"


def test_without_their_columns_contact_and_visit_are_unknown(practice: Practice) -> None:
    roster(practice, "2026-03-02,high", "mdm")
    assert verdicts(practice) == ["unknown", "unknown"]
    roster(practice, "2026-03-02,2026-03-03,2026-03-09", "contacted_on,visited_on")
    assert verdicts(practice) == ["unknown", "unknown"]


def test_a_patient_of_the_program_without_a_discharge_has_nothing_due(practice: Practice) -> None:
    roster(practice, ",high,,")
    assert verdicts(practice) == []


def test_who_died_within_the_thirty_days_is_not_billed(practice: Practice) -> None:
    columns = "mdm,contacted_on,visited_on,died_on"
    roster(practice, "2026-03-02,high,2026-03-03,2026-03-09,2026-03-31", columns)
    assert verdicts(practice) == ["not_applicable", "not_applicable"]
    roster(practice, "2026-03-02,high,2026-03-03,2026-03-09,2026-04-01", columns)
    assert verdicts(practice) == ["ready", "not_applicable"]


def test_discharges_in_no_column_are_not_checked(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs\nP1,tcm\nP9,rtm\n")
    practice.options = ["--month", "2026-03", "--as-of", "2026-12-31"]
    document = practice.document()
    assert "discharged_on" in document["not_checked"]
    assert findings(document, "P1") == []


@pytest.mark.parametrize("visited", ["2026-03-01", "2026-02-11", "2025-03-01"])
def test_a_visit_before_the_discharge_is_none_after_it(visited: str, practice: Practice) -> None:
    roster(practice, f"2026-03-02,high,2026-03-03,{visited}")
    assert verdicts(practice) == ["short", "short"]
    assert judged(practice)["99496"]["service_date"] is None


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("99496,2026-03-09,", "not_applicable"),
        ("99496,2026-03-31,", "not_applicable"),
        ("99496,2026-02-28,", "ready"),
        ("99495,2026-03-09,", "blocked"),
        ("99496,2026-03-09,denied", "ready"),
    ],
)
def test_a_claim_of_the_thirty_days_is_for_this_discharge(
    claim: str, expected: str, practice: Practice
) -> None:
    roster(practice, "2026-03-02,high,2026-03-03,2026-03-09")
    practice.write("claims.csv", f"patient_id,code,service_date,status\nP1,{claim}\n")
    assert judged(practice)["99496"]["verdict"] == expected
