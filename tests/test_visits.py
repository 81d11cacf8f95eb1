"""Visits of some codes: how many in a window, and the day on which the last one needed took
place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counted import CCM, MARCH, READINGS, ROSTER, Practice, readings, table
from practice import ZONE, findings
from practice import Practice as Exports

from rtmaudit.facts import Facts
from rtmaudit.model import Fact, FactName, FactRef

CODES = ("G0506", "99202-99205")
VISITS = FactRef(FactName.VISITS, CCM, visit_codes=CODES)


def counted(folder: Path, *visits: str) -> Facts:
    days = table(READINGS, *readings(2))
    export = {"visits": table("patient_id,on,code", *visits)} if visits else {}
    return Practice(folder).facts(readings=days, patients=ROSTER, **export)


@pytest.mark.parametrize(
    ("visits", "count"),
    [
        (["P1,2026-03-09,G0506"], 1),
        (["P1,2026-03-09,99204", "P1,2026-03-20,G0506"], 2),
        (["P1,2026-03-09,99206"], 0),
        (["P1,2026-03-09,"], 0),
        (["P1,2026-02-28,G0506"], 0),
        (["P1,2026-04-01,G0506"], 0),
        (["P1,2026-03-01,G0506", "P1,2026-03-31,G0506"], 2),
        (["P2,2026-03-09,G0506"], 0),
        ([], 0),
    ],
)
def test_visits_with_one_of_the_codes_are_counted_in_their_window(
    visits: list[str], count: int, tmp_path: Path
) -> None:
    assert counted(tmp_path, *visits).measure("P1", VISITS, MARCH) == Fact.known(count)


def test_the_day_is_that_of_the_visit_that_makes_up_the_count(tmp_path: Path) -> None:
    facts = counted(tmp_path, "P1,2026-03-20,G0506", "P1,2026-03-09,99204", "P1,2026-03-01,99213")
    days = [facts.day_reached("P1", VISITS, n, MARCH) for n in (1, 2, 3)]
    assert days == [date(2026, 3, 9), date(2026, 3, 20), None]


@pytest.mark.parametrize(
    ("visits", "verdict", "served"),
    [
        (["P1,2026-03-05,G0506"], "ready", "2026-03-05"),
        (["P1,2026-03-25,G0506", "P1,2026-03-12,G0506"], "ready", "2026-03-12"),
        (["P1,2026-03-05,99213"], "not_applicable", None),
    ],
)
def test_by_the_shipped_rules_care_planning_is_dated_on_its_visit(
    visits: list[str], verdict: str, served: str | None, tmp_path: Path
) -> None:
    exports = Exports(tmp_path)
    exports.configure(ZONE + "defaults: {biller_type: physician, role: clinical_staff}\n")
    exports.write("readings.csv", table(READINGS, *readings(2)))
    exports.write(
        "patients.csv",
        table("patient_id,programs,enrolled_on,conditions", "P1,ccm,2026-03-02,I10;E11.9"),
    )
    log = "patient_id,started_at,minutes,program,contact"
    exports.write("time_log.csv", table(log, "P1,2026-03-10,25,ccm,none"))
    exports.write("visits.csv", table("patient_id,on,code", *visits))
    found = {f["code"]: f for f in findings(exports.document("--all"), "P1")}
    assert (found["G0506"]["verdict"], found["G0506"]["service_date"]) == (verdict, served)
