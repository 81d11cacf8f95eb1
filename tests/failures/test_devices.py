"""Whose device it was: the failure modes I10 and I12, and D08's times of an upload."""

from __future__ import annotations

from pathlib import Path

import pytest
from counted import Practice, span, table
from counted import days as days_of

from failures.outcome import Case, check, outcome
from rtmaudit.model import Cause, Why

PEOPLE = table("patient_id,biller_type", *(f"P{n},physician" for n in range(1, 7)))
READINGS = "patient_id,recorded_at,system,device_id"
DEVICES = "device_id,patient_id,from,to"
KNEE = "musculoskeletal"
ONE, TWO = "P1 days rtm", "P2 days rtm"


def seen(
    patient: str, *days: int, device: str = "D9", system: str = "musculoskeletal"
) -> list[str]:
    """Readings of a device on some days of March."""
    return [f"{patient},2026-03-{day:02d},{system},{device}" for day in days]


def readings(*parts: list[str], held: tuple[str, ...] | None = None) -> dict[str, str]:
    """An export of readings, and who has which device."""
    lines = [line for part in parts for line in part]
    tables = {"patients": PEOPLE, "readings": table(READINGS, *lines)}
    return tables | ({} if held is None else {"devices": table(DEVICES, *held)})


def shared(*pairs: tuple[int, int]) -> tuple[str, ...]:
    """Lines in doubt, each with the line that it is in doubt with."""
    return tuple(
        f"readings:{line} device_id device_shared disputed readings:{other}"
        for line, other in sorted(pairs, key=lambda pair: pair[0])
    )


REASSIGNED = ("D9,P1,,2026-03-10", "D9,P2,2026-03-12,")
QUARANTINED = "device_id device_not_assigned quarantined"

CASES = [
    # ---- devices.csv says who had it ----
    Case(
        "I10 a reading of the patient who had the device before",
        readings(seen("P1", 9, 10, 15), seen("P2", 12, 13), held=REASSIGNED),
        {ONE: (2, 3), TWO: (2, 2)},
        {"readings device_not_assigned": 1},
        (f"readings:4 {QUARANTINED}",),
    ),
    Case(
        "I10 nobody had the device that day",
        readings(seen("P1", 9, 11), seen("P2", 11, 12), held=REASSIGNED),
        {ONE: (1, 2), TWO: (1, 2)},
        {"readings device_not_assigned": 2},
        (f"readings:3 {QUARANTINED}", f"readings:4 {QUARANTINED}"),
    ),
    Case(
        "I10 another device saw the patient on that day too",
        readings(seen("P1", 9, 15), seen("P1", 15, device="D1"), held=REASSIGNED),
        {ONE: (2, 2)},
        {"readings device_not_assigned": 1},
        (f"readings:3 {QUARANTINED}",),
    ),
    Case(
        "I10 on the day it changes hands it is either's",
        readings(seen("P1", 10), seen("P2", 10), held=("D9,P1,,2026-03-10", "D9,P2,2026-03-10,")),
        {ONE: (1, 1), TWO: (1, 1)},
    ),
    Case(
        "I10 a household says once that it shares a device",
        readings(seen("P1", *range(1, 21)), seen("P2", *range(1, 21)), held=("D9,P1,,", "D9,P2,,")),
        {ONE: (20, 20), TWO: (20, 20)},
    ),
    Case(
        "I10 a device that the table does not name is not missed in it",
        readings(seen("P1", 9, device="D1"), seen("P2", 9), held=("D9,P2,,",)),
        {ONE: (1, 1), TWO: (1, 1)},
    ),
    Case(
        "I10 a reading that names no device",
        readings(seen("P1", 9, device=""), held=("D9,P2,,",)),
        {ONE: (1, 1)},
    ),
    Case(
        "I10 a line of the table that cannot be read gives nobody the device",
        readings(seen("P1", 9), seen("P2", 9), held=("D9,P1,soon,", "D9,P2,2026-01-01,")),
        {ONE: (0, 1), TWO: (1, 1)},
        {"devices unreadable_date": 1, "readings device_not_assigned": 1},
        ("devices:2 from unreadable_date quarantined", f"readings:2 {QUARANTINED}"),
    ),
    Case(
        "I10 an empty table assigns nothing",
        readings(seen("P1", 9), held=()),
        {ONE: (1, 1)},
    ),
    # ---- without it, the readings say who used it ----
    Case(
        "I10 one after the other: handed over",
        readings(seen("P1", 1, 9, 10), seen("P2", 12, 13), seen("P3", 13, 14)),
        {ONE: (3, 3), TWO: (2, 2), "P3 days rtm": (2, 2)},
        {},
        (
            "readings:5 device_id device_handed_over note readings:4",
            "readings:7 device_id device_handed_over note readings:6",
        ),
    ),
    Case(
        "I10 handed over within one day",
        readings(seen("P1", 9, 10), seen("P2", 10, 11)),
        {ONE: (2, 2), TWO: (2, 2)},
        {},
        ("readings:4 device_id device_handed_over note readings:3",),
    ),
    Case(
        "I10 to and fro: only the days in which both used it are in doubt",
        readings(seen("P1", 1, 2, 3, 15), seen("P2", 12, 13, 20, 21)),
        {ONE: (3, 4), TWO: (2, 4)},
        {},
        shared((5, 7), (6, 5), (7, 5)),
    ),
    Case(
        "I10 one day in the midst of another's",
        readings(seen("P1", *range(10, 21)), seen("P2", 15)),
        {ONE: (10, 11), TWO: (0, 1)},
        {},
        shared((7, 13), (13, 7)),
    ),
    Case(
        "I10 a household without a table: in doubt, and only what rests on the device alone",
        readings(
            seen("P1", 1, 2, 3, 3),
            seen("P2", 1, 2, 3),
            seen("P1", 2, device="D1"),
            seen("P1", 4, device=""),
        ),
        {ONE: (2, 4), TWO: (0, 3)},
        {},
        (
            *shared((2, 6), (4, 8), (6, 2), (7, 3), (8, 4)),
            "readings:9 device_id several_devices note readings:3",
        ),
    ),
    Case(
        "I10 an id that is not on the roster may be the same patient's",
        readings(seen("P1", 1, 2, 3), seen("P01", 2)),
        {ONE: (3, 3)},
        {"readings not_on_roster": 1},
        ("readings:5 patient_id id_resembles note patients:2",),
    ),
    Case(
        "I10 what another month says of the device says nothing here",
        readings(
            seen("P1", 1, 2), ["P2,2026-01-02,respiratory,D9", "P2,2026-04-02,respiratory,D9"]
        ),
        {ONE: (2, 2)},
        {"readings other_month": 2},
    ),
    Case(
        "I10 five patients do not pass one device around: it is a model",
        readings(*(seen(f"P{n}", 1, 30) for n in range(1, 6)), seen("P6", 3, 4, device="D1")),
        {ONE: (2, 2), "P6 days rtm": (2, 2)},
        {},
        ("readings:4 device_id device_of_many note readings:2",),
    ),
    Case(
        "I10 four may",
        readings(*(seen(f"P{n}", 1, 9) for n in range(1, 5))),
        {ONE: (0, 2)},
        {},
        shared((2, 4), (3, 5), (4, 2), (5, 3), (6, 2), (7, 3), (8, 2), (9, 3)),
    ),
    Case(
        "I10 words for no device are none",
        readings(seen("P1", 1, 9, device="N/A"), seen("P2", 1, 9, device="n/a"), held=("D9,P1,,",)),
        {ONE: (2, 2), TWO: (2, 2)},
    ),
    # ---- I12: several devices of one patient ----
    Case(
        "I12 two devices on one day are one day",
        readings(seen("P1", 3, 4), seen("P1", 4, 5, device="D1")),
        {ONE: (3, 3)},
        {},
        ("readings:4 device_id several_devices note readings:3",),
    ),
    Case(
        "I12 a device in place of another",
        readings(seen("P1", 3), seen("P1", 4, device="D1")),
        {ONE: (2, 2)},
    ),
    Case(
        "I12 devices of two systems",
        readings(seen("P1", 3), seen("P1", 3, device="D1", system="respiratory")),
        {ONE: (1, 1)},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_failure_mode(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


@pytest.mark.parametrize(
    ("held", "cause"), [(REASSIGNED, Cause.DEVICE_NOT_ASSIGNED), (None, Cause.DEVICE_SHARED)]
)
def test_i10_the_fact_says_why(held: tuple[str, ...] | None, cause: Cause, tmp_path: Path) -> None:
    tables = readings(seen("P1", 9, 15), seen("P2", 12, 20), held=held)
    facts = outcome(tmp_path, tables).counted.facts
    assert span(days_of(facts)) == (1, 2, Why.DISPUTED, cause)
    again = readings(
        seen("P1", 9, 15), ["P1,soon,musculoskeletal,D1"], seen("P2", 12, 20), held=held
    )
    facts = outcome(tmp_path, again).counted.facts
    assert span(days_of(facts)) == (1, 3, Why.DISPUTED, Cause.LINE_NOT_READABLE)


# ---- D08: when it was measured, and when it came in ----

RECEIVED = "patient_id,recorded_at,received_at,system"
TEN = [f"P1,2026-03-{day:02d}T08:00,2026-03-10T09:00,respiratory" for day in range(1, 11)]
UPLOADED = [f"P1,2026-03-10T09:00,respiratory,D{n % 2}" for n in range(8)]

SYNCED = [
    Case(
        "D08 ten days in one upload are ten days, by when they were measured",
        {"readings": table(RECEIVED, *TEN)},
        {ONE: (10, 10)},
        {},
        ("readings:2 received_at late_sync note",),
    ),
    Case(
        "D08 two days later is not late",
        {"readings": table(RECEIVED, *TEN[7:], "P1,2026-03-11T08:00,,respiratory")},
        {ONE: (4, 4)},
    ),
    Case(
        "D08 when it came in cannot be read",
        {"readings": table(RECEIVED, TEN[9], "P1,2026-03-11T08:00,soon,respiratory")},
        {ONE: (2, 2)},
        {},
        ("readings:3 received_at unreadable_date note",),
    ),
    Case(
        "D08 four readings of one device in one minute: is it the time of the upload?",
        {"readings": table(READINGS, *UPLOADED)},
        {ONE: (1, 1)},
        {},
        (
            "readings:3 device_id several_devices note readings:2",
            "readings:3 recorded_at same_minute note readings:2",
        ),
    ),
    Case(
        "D08 three may be",
        {"readings": table(READINGS, *(line for line in UPLOADED[:6] if line.endswith("D0")))},
        {ONE: (1, 1)},
    ),
    Case(
        "D08 many readings of a bare day",
        {"readings": table(READINGS, *seen("P1", 3, 3, 3, 3, 3))},
        {ONE: (1, 1)},
    ),
]


@pytest.mark.parametrize("case", SYNCED, ids=[case.id for case in SYNCED])
def test_time_of_upload(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


def test_d08_an_upload_is_told_once_per_file(tmp_path: Path) -> None:
    (tmp_path / "readings_2.csv").write_text(
        table(READINGS, *UPLOADED, *UPLOADED), encoding="utf-8"
    )
    counted = Practice(tmp_path).counted(readings=table(READINGS, *UPLOADED))
    assert [str(p.kind) for p in counted.problems].count("same_minute") == 2
