"""A verdict that hangs on a line that cannot be read is for a person, and the line is named: of
visits, stays, coverage and devices as of readings, minutes and claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from practice import BY_MONTH, ZONE, Practice, findings, problems

LOG = """\
patient_id,started_at,minutes,program,role,contact
P1,2026-03-10,25,ccm,clinical_staff,none
P2,2026-03-10,25,ccm,clinical_staff,none
P1,2026-03-12,25,rtm,physician,live_audio
P2,2026-03-12,25,rtm,physician,live_audio
"""


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(ZONE + BY_MONTH)
    made.write(
        "patients.csv",
        "patient_id,programs,conditions,care_plan_on\n"
        "P1,ccm;rtm,I10;E11.9,2026-01-02\nP2,ccm;rtm,I10;E11.9,2026-01-02\n",
    )
    made.write("time_log.csv", LOG)
    days = range(1, 19)
    lines = [f"P{p},2026-03-{day:02},musculoskeletal,D{p}\n" for p in (1, 2) for day in days]
    made.write("readings.csv", "patient_id,recorded_at,system,device_id\n" + "".join(lines))
    return made


def found(practice: Practice, patient: str = "P1") -> dict[str, Any]:
    return {f["code"]: f for f in findings(practice.document("--evidence"), patient)}


def test_with_nothing_unread_all_is_ready(practice: Practice) -> None:
    mine = found(practice)
    assert [mine[code]["verdict"] for code in ("99490", "98980", "98977")] == ["ready"] * 3


@pytest.mark.parametrize(
    ("table", "header", "line", "code"),
    [
        ("stays", "patient_id,from,to,kind", "P1,2026-03-00,2026-03-11,hospital", "99490"),
        ("stays", "patient_id,from,to,kind", "P1,2026-03-09,2026-03-32,hospital", "99490"),
        ("stays", "patient_id,from,to,kind", "P1,2026-03-09,2026-03-11,ward", "99490"),
        ("stays", "patient_id,from,to,kind", "P1,2026-03-11,2026-03-09,hospital", "99490"),
        ("stays", "patient_id,from,to,kind", "P1,2026-03-09,2026-03-11", "99490"),
        ("visits", "patient_id,on,code", "P1,2026-02-30,99213", "98980"),
        ("visits", "patient_id,on,code", "P1,2026-03-12,99213x1y", "98980"),
        ("coverage", "patient_id,payer,from,to", "P1,,2026-01-01,", "98980"),
        ("coverage", "patient_id,payer,from,to", "P1,Medicare,2026-04-01,2026-03-01", "98980"),
        ("devices", "device_id,patient_id,from,to", "D1,P1,2026-04-01,2026-03-01", "98977"),
    ],
)
def test_a_line_of_a_patient_that_cannot_be_read(
    table: str, header: str, line: str, code: str, practice: Practice
) -> None:
    practice.write(f"{table}.csv", f"{header}\n{line}\n")
    mine = found(practice)[code]
    assert mine["verdict"] == "review"
    named = f"{table}.csv:2" in mine["reasons"][0]
    behind = (f"{table}.csv", 2) in [(e["file"], e["line"]) for e in mine["evidence"]]
    told = problems(practice.document(), f"{table}.csv")
    assert [place for place, *_ in told] == [2]
    assert named or behind or table == "devices"
    assert found(practice, "P2")[code]["verdict"] == "ready"


@pytest.mark.parametrize(
    ("table", "header", "line", "code"),
    [
        ("stays", "patient_id,from,to,kind", "P1,2026-02-30,2026-03-09,hospital", "99490"),
        ("stays", "patient_id,from,to,kind", "P1,2026-03-11,2026-03-32,hospital", "99490"),
        ("visits", "patient_id,on,code", "P1,2026-03-11,9921", "98980"),
        ("visits", "patient_id,on,code", "P1,2026-02-30,70010", "98980"),
        ("devices", "device_id,patient_id,from,to", "D7,P1,2026-04-01,2026-03-01", "98977"),
    ],
)
def test_a_line_that_leaves_no_day_in_doubt_turns_nothing(
    table: str, header: str, line: str, code: str, practice: Practice
) -> None:
    practice.write(f"{table}.csv", f"{header}\n{line}\n")
    assert found(practice)[code]["verdict"] == "ready"
    assert len(problems(practice.document(), f"{table}.csv")) == 1


def test_a_reading_that_cannot_be_read_is_named_by_what_hangs_on_it(practice: Practice) -> None:
    days = [f"P1,2026-03-{day:02},musculoskeletal,D1\n" for day in range(1, 16)]
    practice.write(
        "readings.csv",
        "patient_id,recorded_at,system,device_id\n"
        + "".join(days)
        + "P1,2026-03-00,musculoskeletal,D1\n",
    )
    mine = found(practice)["98977"]
    assert mine["verdict"] == "review"
    assert ("readings.csv", 17) in [(e["file"], e["line"]) for e in mine["evidence"]]
