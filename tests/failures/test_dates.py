"""Times and dates (D01 to D07, D09, D12 to D15). D08 is of devices, D10 and D11 are of durations,
with their tests there; D16, data that arrives after the month was closed, is in test_compare.py.
"""

from __future__ import annotations

import pytest
from practice import (
    Practice,
    days_of_march,
    file,
    findings,
    holds,
    minutes,
    problems,
    readings,
    time_log,
)

from .failing import Audited, Bad, Refused

BOTH_ORDERS = [f"P1x,03/{day:02d}/2026" for day in range(1, 13)]
"""Twelve days that may be of March or the third of twelve months."""
AT = "recorded_at"
MARCH = [f"P1x,2026-03-{day:02d}T08:00:00" for day in range(1, 29)]


def declared(text: str) -> str:
    return f"tables: {{readings: {{formats: {{recorded_at: '{text}'}}}}}}\n"


REFUSED = {
    "D01 every day could be a month": Refused(
        {"readings": readings(*BOTH_ORDERS)},
        secrets=("P1x", "/2026"),
        says=(
            f"readings.csv:2: {AT}: column {AT} could be month/day or day/month throughout; say ",
            'as `tables: {readings: {formats: {recorded_at: "%m/%d/%Y"}}}` or with "%d/%m/%Y"',
        ),
    ),
    "D01 with a time of day": Refused(
        {"readings": readings("P1x,3/4/2026 2:30 PM", "P1x,12/4/2026 11:05 AM")},
        secrets=("P1x", "2:30"),
        says=('"%m/%d/%Y %I:%M %p"', '"%d/%m/%Y %I:%M %p"'),
    ),
    "D01 both orders in one column": Refused(
        {"readings": readings(*BOTH_ORDERS, "P1x,13/03/2026", "P1x,03/14/2026")},
        secrets=("P1x", "/2026"),
        says=(
            f"readings.csv:15: {AT}: ",
            "day/month on line 14 and month/day on line 15",
            "export it again and do not open it",
        ),
    ),
    "D01 two ways of writing": Refused(
        {"readings": readings("P1x,03/14/2026", "P1x,03/15/2026", "P1x,03/16/2026 08:00")},
        secrets=("P1x", "/2026"),
        says=("readings.csv:4: ", "one way on line 2 and in another on line 4", '"%m/%d/%Y"}'),
    ),
    "D01 no date that is known": Refused(
        {"readings": readings("P1x,1772524800", "P1x,1772611200")},
        secrets=("P1x", "17725"),
        says=(f"readings.csv:2: {AT}: ", "neither as ISO 8601", '{formats: {recorded_at: "%m/%d'),
    ),
    "D01 words for no date": Refused(
        {"patients": "patient_id,ended_on\nP1x,\nP2x,Nix\n", "readings": readings(MARCH[0])},
        secrets=("P1x", "Nix"),
        says=("patients.csv:3: ended_on: ", "words and no date", "`empty: [N/A]` under its table"),
    ),
    "D01 in a column of the roster": Refused(
        {"patients": "patient_id,consent_on\nP1x,03/04/2026\n", "readings": readings(MARCH[0])},
        secrets=("P1x", "/2026"),
        says=("patients.csv:2: consent_on: ", '{patients: {formats: {consent_on: "%m/%d/%Y"}}}'),
    ),
    "D02 years of two digits": Refused(
        {"readings": readings("P1x,3/14/26", "P1x,3/15/26")},
        secrets=("P1x", "3/14"),
        says=(f"readings.csv:2: {AT}: ", "years of two digits", "export it with four"),
    ),
    "D02 day numbers of a spreadsheet": Refused(
        {"readings": readings("P1x,46085.35", "P1x,46086")},
        secrets=("P1x", "46085"),
        says=(f"readings.csv:2: {AT}: ", "day numbers of a spreadsheet", "dates as text"),
    ),
    "D03 no zone": Refused(
        {"readings": readings("P1x,2026-03-03", "P1x,2026-03-04T08:00Z")},
        zone="",
        secrets=("P1x", "08:00"),
        says=(f"readings.csv:3: {AT}: ", "`timezone: America/New_York`", "--timezone"),
    ),
    "D04 offsets on some lines": Refused(
        {"readings": readings("P1x,2026-03-01", "P1x,2026-03-01T08:00Z", "P1x,2026-03-02T08:00")},
        secrets=("P1x", "08:00"),
        says=(f"readings.csv:4: {AT}: ", "an offset (line 3)", "(line 4)", "in one way"),
    ),
    "D12 another month": Refused(
        {"readings": readings("P1x,2026-04-01", "P1x,2026-01-30")},
        secrets=("P1x",),
        says=("readings.csv: no line of it lies between 2026-01-31 and 2026-03-31", "--month"),
    ),
    "D12 a summary of another month": Refused(
        {"summary": "patient_id,month,system,reading_days\nP1x,2026-04,respiratory,12\n"},
        secrets=("P1x",),
        says=("summary.csv: no line of it lies between",),
    ),
    "D12 another month of the log": Refused(
        {"readings": readings(*MARCH), "time_log": time_log("P1x,2026-04-01,12,rtm,none")},
        secrets=("P1x",),
        says=("time_log.csv: no line of it lies between",),
    ),
}


@pytest.mark.parametrize("bad", REFUSED.values(), ids=REFUSED)
def test_refused(practice: Practice, bad: Refused) -> None:
    bad.check(practice)


def doubt(kind: str, *lines: int) -> tuple[tuple[object, ...], ...]:
    """Quarantined lines."""
    return tuple((line, AT, kind, "quarantined") for line in lines)


def note(kind: str, line: int = 0) -> tuple[tuple[object, ...], ...]:
    """One note."""
    return ((line, AT, kind, "note"),)


def practice_days(*numbers: int, patients: int = 5) -> list[str]:
    """A reading of each of so many patients on these days of March."""
    return [line for n in range(patients) for line in days_of_march(f"P{n}x", *numbers)]


AUDITED = {
    "D01 proven by one line": Audited(
        {"readings": readings(*BOTH_ORDERS, "P1x,03/13/2026")}, used=13, days=(13, 13)
    ),
    "D01 proven the other way": Audited(
        {"readings": readings(*BOTH_ORDERS, "P1x,13/03/2026")},
        used=3,
        excluded={"other_month": 10},
        told=note("mostly_other_month"),
        days=(2, 2),
    ),
    "D01 declared, so that nothing needs a proof": Audited(
        {"readings": readings(*BOTH_ORDERS, "P1x,13/03/2026")},
        config=declared("%m/%d/%Y"),
        secrets=("P1x", "/2026"),
        used=12,
        quarantined={"unreadable_date": 1},
        told=doubt("unreadable_date", 14),
        days=(12, 13),
        status="provisional",
    ),
    "D01 what is no date proves nothing": Audited(
        {"readings": readings("P1x,03/14/2026", "P1x,N/A", "P1x,31/31/2026")},
        secrets=("P1x", "N/A", "/31/"),
        used=1,
        quarantined={"unreadable_date": 2},
        told=doubt("unreadable_date", 3, 4),
        days=(1, 3),
        status="provisional",
    ),
    "D02 clocks that were reset": Audited(
        {"readings": readings(*MARCH, "P1x,1970-01-01T00:00Z", "P1x,2000-01-01 00:00:00")},
        secrets=("P1x", "1970", "2000"),
        used=28,
        quarantined={"implausible_date": 2},
        told=doubt("implausible_date", 30, 31),
        days=(28, 30),
        status="provisional",
    ),
    "D02 a year of two digits read as four": Audited(
        {"readings": readings("P1x,03/03/2026", "P1x,03/04/0026", "P1x,03/05/1900")},
        config=declared("%m/%d/%Y"),
        secrets=("P1x", "0026", "1900"),
        used=1,
        quarantined={"implausible_date": 2},
        told=doubt("implausible_date", 3, 4),
        days=(1, 3),
        status="provisional",
    ),
    "D02 a long export is no fault": Audited(
        {"readings": readings(*MARCH, "P1x,2015-01-01T08:00", "P1x,2027-06-01T08:00")},
        used=28,
        excluded={"other_month": 2},
        days=(28, 28),
    ),
    "D03 the last evening of the month": Audited(
        {"readings": readings("P1x,2026-04-01T06:30:00Z", "P1x,2026-04-01T07:30:00Z")},
        zone="timezone: America/Los_Angeles\n",
        used=1,
        excluded={"other_month": 1},
        days=(1, 1),
    ),
    "D05 an hour that the clock skips": Audited(
        {"readings": readings("P1x,2026-03-08T02:30", "P1x,2026-03-08T03:30")},
        secrets=("P1x", "02:30"),
        used=1,
        quarantined={"time_nonexistent": 1},
        told=doubt("time_nonexistent", 2),
        days=(1, 2),
        status="provisional",
    ),
    "D07 one reading of a date on every Python": Audited(
        {
            "readings": readings(
                "P1x,2026-03-01T08:00Z", "P1x,20260302", "P1x,2026-W10-7", "P1x,2026-03-03T24:00Z"
            )
        },
        secrets=("P1x", "20260302", "W10"),
        used=1,
        quarantined={"unreadable_date": 3},
        told=doubt("unreadable_date", 3, 4, 5),
        days=(1, 4),
        status="provisional",
    ),
    "D09 ahead of the as-of day": Audited(
        {"readings": readings(*MARCH[:19], "P1x,2026-03-21T08:00", "P1x,2026-03-28T08:00")},
        options=("--as-of", "2026-03-20"),
        secrets=("P1x", "03-28"),
        used=19,
        excluded={"after_as_of": 2},
        told=note("future_date", 22),
        status="provisional",
    ),
    "D12 mostly of other months": Audited(
        {"readings": readings("P1x,2026-03-03", "P1x,2026-01-03", "P1x,2026-06-03")},
        secrets=("P1x",),
        used=1,
        excluded={"other_month": 2},
        told=note("mostly_other_month"),
        days=(1, 1),
    ),
    "D12 the month before alone": Audited(
        {"readings": readings("P1x,2026-02-03", "P1x,2026-02-28")},
        used=2,
        told=note("mostly_other_month"),
        days=(0, 30),
    ),
    "D12 half of it": Audited(
        {"readings": readings("P1x,2026-03-03", "P1x,2026-01-03")},
        used=1,
        excluded={"other_month": 1},
        days=(1, 1),
    ),
    "D13 an export that stops": Audited(
        {"readings": readings(*practice_days(3, 27), *days_of_march("P1x", 1))},
        used=11,
        told=note("export_ends_early"),
        days=(3, 7),
        status="provisional",
    ),
    "D13 an export that thins out": Audited(
        {"readings": readings(*practice_days(*range(10, 30), patients=6), "P9x,2026-03-30")},
        used=121,
        told=note("export_ends_early"),
        days=(20, 29),
        status="provisional",
    ),
    "D13 a quiet end": Audited(
        {"readings": readings(*practice_days(*range(10, 30), patients=5), "P9x,2026-03-30")},
        used=101,
        days=(20, 29),
    ),
    "D13 a small practice": Audited(
        {"readings": readings(*practice_days(*range(10, 30), patients=4))}, used=80, days=(20, 20)
    ),
    "D13 the practice says that it is whole": Audited(
        {"readings": readings(*practice_days(*range(10, 30), patients=6))},
        config="tables: {readings: {covers: {from: 2026-03-01, to: 2026-03-31}}}\n",
        used=120,
        days=(20, 20),
    ),
    "D13 a log that stops": Audited(
        {"time_log": time_log(*(f"P{n}x,2026-03-2{n},12,rtm,none" for n in range(5)))},
        of="time_log",
        used=5,
    ),
    "D13 a log that stops for all at once": Audited(
        {"time_log": time_log(*(f"P{n}x,2026-03-27,12,rtm,none" for n in range(5)))},
        of="time_log",
        used=5,
        told=((0, "started_at", "export_ends_early", "note"),),
    ),
    "D14 before the month is over": Audited(
        {"readings": readings(*MARCH)},
        options=("--as-of", "2026-03-30"),
        used=28,
        days=(28, 28),
        status="provisional",
    ),
}


@pytest.mark.parametrize("bad", AUDITED.values(), ids=AUDITED)
def test_audited(practice: Practice, bad: Audited) -> None:
    bad.check(practice)


@pytest.mark.parametrize(
    "text",
    [
        "14.03.2026", "14-03-2026 08:00", "3/14/2026 2:30:05 PM", "3/14/2026, 2:30pm", "20260314",
        "2026/3/14", "2026-3-14 08:00:00.125", "2026.03.14", "14-Mar-2026", "14 Mar 2026 08:00",
        "Mar 14, 2026", "03/14/2026T08:00",
    ],
)  # fmt: skip
def test_d01_a_column_whose_shape_allows_one_reading_needs_no_declaration(
    practice: Practice, text: str
) -> None:
    Bad({"readings": readings(f'P1x,"{text}",respiratory', "P1x,,respiratory")}).write(practice)
    document = practice.document("--as-of", "2026-03-14")
    assert file(document, "readings.csv")["used"] == 1
    assert file(practice.document("--as-of", "2026-03-13"), "readings.csv")["used"] == 0


def test_d05_minutes_across_the_hour_that_comes_twice(practice: Practice) -> None:
    header = "patient_id,started_at,ended_at,program,contact\n"
    line = "P1x,2026-11-01T01:50,2026-11-01T01:10,rtm,none"
    Bad({"time_log": time_log(line, header=header)}).write(practice)
    practice.options = ["--month", "2026-11", "--as-of", "2026-12-01"]
    assert minutes(practice.document(), "P1x") == (20, 20)


@pytest.mark.parametrize("pattern", ["%m/%d/%Y %H:%M %p", "%m/%d/%Y %I:%M", "%m/%d/%y"])
def test_d06_a_format_that_reads_half_of_the_day_wrongly(practice: Practice, pattern: str) -> None:
    Bad({"readings": readings(*MARCH)}, config=declared(pattern)).write(practice)
    holds(practice.fault(), "rtmaudit.yaml:4: tables.readings.formats.recorded_at: ")


def test_d12_one_file_of_several_may_be_of_another_month(practice: Practice) -> None:
    files = {"readings_1": readings(*MARCH), "readings_2": readings("P1x,2026-01-15")}
    Bad(files).write(practice)
    document = practice.document()
    assert file(document, "readings_2.csv")["excluded"] == {"other_month": 1}
    assert problems(document, "readings_2.csv") == [(0, AT, "mostly_other_month")]
    assert problems(document, "readings_1.csv") == []


ENROLLED = "patient_id,programs,enrolled_on\nP1x,rtm,2026-02-14\n"


@pytest.mark.parametrize(
    ("month", "due", "open_"),
    [
        ("2026-02", [], ["2026-02-14 to 2026-03-15"]),
        ("2026-03", ["2026-02-14 to 2026-03-15"], ["2026-03-16 to 2026-04-14"]),
    ],
)
def test_d15_a_month_of_28_days_and_a_period_of_30(
    practice: Practice, month: str, due: list[str], open_: list[str]
) -> None:
    Bad({"patients": ENROLLED, "readings": readings("P1x,2026-02-14", "P1x,2026-03-15")}).write(
        practice
    )
    practice.configure("timezone: America/New_York\ndefaults: {biller_type: physician}\n")
    practice.options = ["--month", month, "--as-of", "2026-04-01"]
    windows = [f["window"] for f in findings(practice.document(), "P1x") if f["code"] == "98977"]
    spans = [f"{w['start']} to {w['end']}" for w in windows if w["kind"] == "supply_period"]
    assert sorted(spans) == [*due, *open_]
