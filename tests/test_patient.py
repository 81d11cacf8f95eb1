"""`rtmaudit patient`: one patient, the gate that answers, each minute, and the lines behind each
count."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import sys
from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from charted import APRIL, MARCH, MID_MARCH, SAMPLES, chart, charted, sample
from practice import (
    BY_MONTH,
    ZONE,
    Practice,
    Run,
    command,
    days_of_march,
    holds,
    joined,
    one_sentence,
    readings,
    time_log,
)
from test_cli import on_terminal, plain

from rtmaudit.exports import TableData
from rtmaudit.facts import MEASURES
from rtmaudit.formats.patient.markdown import literal
from rtmaudit.model import Clock, FactName, ReasonKind, Verdict
from rtmaudit.report import PatientReport, Report
from rtmaudit.report.patient import page_of
from rtmaudit.report.patient.gates import gates_of
from rtmaudit.report.patient.places import numbers, spelled
from rtmaudit.report.patient.points import GATE_OF_FACT, GATE_OF_REASON
from rtmaudit.report.patient.record import DATA, DOUBTFUL, Page
from rtmaudit.report.standing import patient_verdict, speaking
from rtmaudit.shipped import shipped

OF_MARCH = ("--month", "2026-03", "--as-of", "2026-04-01")
ALL = [MARCH, APRIL, MID_MARCH]
MONTHS = pytest.mark.parametrize("which", ALL, ids=["march", "april", "mid-march"])


def ask(folder: Path, *words: object) -> Run:
    return command("patient", folder, *OF_MARCH, *words)


def the(report: Report, patient: str) -> PatientReport:
    return next(each for each in report.patients if each.patient_id == patient)


def page(patient: str) -> Page:
    report = sample(*MARCH)
    return page_of(report, the(report, patient))


def rows(shown: Page, title: str) -> list[tuple[str, ...]]:
    (table,) = (each.table for each in shown.sections if each.title == title)
    assert table is not None
    return [row.cells for row in table.rows]


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path / "exports")
    made.configure(BY_MONTH + ZONE)
    return made


# --- the gates ----------------------------------------------------------------------------------

ANSWERS = [
    ("BF-001", "ready", None, None, ""),
    ("BF-003", "short", "management time", "failed", "98979: 9 minutes, takes 10, 1 short"),
    ("BF-005", "short", "data days", "failed", "98985: 1 data day, takes 2, 1 short"),
    ("BF-008", "unknown", "data days", "undecided", "15 to 16 data days, takes 16"),
    ("BF-009", "review", "law and payer", "undecided", "rtm-setup-days"),
    ("BF-010", "open", "data days", "not yet", "98985: 1 data day, takes 2"),
    ("BF-023", "short", "live contact", "failed", "0 live contacts, takes 1, 1 short"),
    ("BF-026", "review", "management time", "undecided", "rtm-visit-day decides"),
    ("BF-029", "review", "management time", "undecided", "overlapping minutes"),
    ("BF-033", "blocked", "consent", "failed", "consent is not on file"),
    ("BF-035", "blocked", "papers", "failed", "the plan of care runs from"),
    ("BF-038", "blocked", "prior claims", "failed", "a claim for 98977 dated 2026-03-11"),
    ("BF-039", "short", "data days", "failed", "98985: 1 data day, takes 2, 1 short"),
    ("BF-055", "blocked", "papers", "failed", "the care plan is not on file"),
    ("BF-058", "unknown", "papers", "undecided", "who bills is in no export"),
    ("42", "", "registered", "failed", "not on the roster"),
]


@pytest.mark.parametrize(("patient", "verdict", "gate", "stands", "because"), ANSWERS)
def test_the_first_gate_that_fails_is_the_answer(
    patient: str, verdict: str, gate: str | None, stands: str | None, because: str
) -> None:
    report = sample(*MARCH)
    mine = the(report, patient)
    assert patient_verdict(speaking(mine)) == verdict
    (program,) = mine.programs or ("",)
    found = [each for each in gates_of(report, mine, program) if each.answer]
    assert [(each.gate, each.stands) for each in found] == ([(gate, stands)] if gate else [])
    assert because in "".join(each.because for each in found)


@MONTHS
def test_who_is_not_ready_has_an_answer_and_who_is_ready_has_none(
    which: tuple[Path, str, str],
) -> None:
    report = sample(*which)
    giving_way = {"A06", "A07", "A08"}
    for patient in report.patients:
        gates = {program: gates_of(report, patient, program) for program in patient.programs}
        gates = gates or {"": gates_of(report, patient, "")}
        answered = any(each.answer for mine in gates.values() for each in mine)
        ready = patient_verdict(speaking(patient)) == Verdict.READY
        assert answered is not ready or patient.patient_id in giving_way, patient.patient_id


@MONTHS
def test_before_the_answer_nothing_fails(which: tuple[Path, str, str]) -> None:
    report = sample(*which)
    for patient in report.patients:
        for program in patient.programs:
            gates = gates_of(report, patient, program)
            (at, *more) = [i for i, each in enumerate(gates) if each.answer] or [len(gates)]
            assert more == []
            assert all(each.stands != "failed" for each in gates[:at])
            failed = any(each.stands == "failed" for each in gates)
            assert not failed or gates[at].stands == "failed"


def test_the_order_of_the_gates_is_that_of_the_question() -> None:
    shown = [row[0] for row in rows(page("BF-003"), "Gates: RTM")]
    assert shown == [
        *("registered", "consent", "enrolled", "papers", "data days", "management time"),
        *("live contact", "period", "global period", "conflicts", "prior claims"),
    ]


def test_each_fact_and_each_reason_has_its_gate() -> None:
    assert set(GATE_OF_FACT) == set(FactName) == set(MEASURES)
    assert set(GATE_OF_REASON) == set(ReasonKind)


def test_a_payer_that_does_not_pay_is_the_answer() -> None:
    report = sample(*APRIL)
    gates = gates_of(report, the(report, "A55"), "ccm")
    (answer,) = (each for each in gates if each.answer)
    assert (answer.gate, answer.stands) == ("law and payer", "failed")
    holds(answer.because, "99490", "not paid by independence_blue_cross")


def test_without_a_roster_registration_is_to_confirm(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", *range(1, 21))))
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    first = gates_of(report, the(report, "P1"), "rtm")[0]
    assert (first.gate, first.stands) == ("registered", "to confirm")


def test_an_episode_that_is_over_is_the_answer(practice: Practice) -> None:
    practice.write(
        "patients.csv",
        "patient_id,programs,enrolled_on,ended_on\nP1,rtm,2025-01-01,"
        "2025-03-01\nP2,rtm,2026-01-01,\n",
    )
    practice.write("readings.csv", readings(*days_of_march("P2", 3)))
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    (answer,) = (g for g in gates_of(report, the(report, "P1"), "rtm") if g.answer)
    assert (answer.gate, answer.stands) == ("enrolled", "failed")
    assert "the episode does not reach into this month" in answer.because


# --- the minutes --------------------------------------------------------------------------------


@MONTHS
def test_the_minutes_of_the_lines_add_up_to_the_fact(which: tuple[Path, str, str]) -> None:
    asked = 0
    for patient in sample(*which).patients:
        behind = chart(patient)
        for count in behind.counts:
            if count.ref.name is not FactName.MANAGEMENT_MINUTES:
                continue
            tallies = [t for t in behind.tallies if (t.ref, t.window) == (count.ref, count.window)]
            assert tallies
            for tally in tallies:
                least = sum(share[0] for _, share in tally.shares)
                most = [share[1] for _, share in tally.shares]
                assert least == tally.least
                assert tally.most == (None if None in most else sum(m or 0 for m in most))
            assert count.fact.low == min(each.least for each in tallies) // 60
            if count.fact.high == count.fact.low or isinstance(count.fact.high, int):
                assert count.fact.high == max(each.most or 0 for each in tallies) // 60
            asked += 1
    assert asked > 20


@MONTHS
def test_the_minutes_on_the_page_are_those_of_the_findings(which: tuple[Path, str, str]) -> None:
    for patient in sample(*which).patients:
        facts = {(count.ref, count.window): count.fact for count in chart(patient).counts}
        for finding in patient.findings:
            if any(reason.kind is ReasonKind.CONTESTED for reason in finding.reasons):
                continue
            for need in finding.needs:
                if need.ref.name in (FactName.MANAGEMENT_MINUTES, FactName.LIVE_CONTACTS):
                    fact = facts[need.ref, finding.window]
                    high = fact.high if isinstance(fact.high, int) else None
                    assert (need.have, need.have_at_most) == (fact.low, high)


@MONTHS
def test_every_line_of_the_log_is_shown_once(which: tuple[Path, str, str]) -> None:
    folder = which[0]
    with (folder / "time_log.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    report = sample(*which)
    for patient in report.patients:
        lines = [n for n, row in enumerate(told, 2) if row["patient_id"] == patient.patient_id]
        shown = [line.line for line in chart(patient).time if line.file == "time_log.csv"]
        assert sorted(shown) == lines
        places = [
            row.cells[-1]
            for section in page_of(report, patient).sections
            if section.title.startswith("Minutes") and section.table
            for row in section.table.rows
        ]
        assert sorted(places) == sorted(f"time_log.csv {line}" for line in lines)


COUNTED = [
    ("BF-003", 0, "2026-02-19 11:34", "14:00", "no: another month"),
    ("BF-003", 1, "2026-03-04 10:40", "6:10", "yes"),
    ("BF-024", -1, None, None, "no: the role does not count under this biller"),
    ("BF-026", 1, "2026-03-11 16:20", "8:00", "no: on the day of a visit or stay (visits.csv 6)"),
    ("BF-028", 0, None, "13:00", "in doubt: 13:00 to 21:00 (one entry id with two contents)"),
    ("BF-028", 1, None, "21:00", "no: edited entry, the other line of it counts"),
    ("BF-029", 0, None, None, "in doubt: "),
    ("BF-045", 0, None, "36:00", "in part: 15:00"),
]


@pytest.mark.parametrize(("patient", "at", "when", "length", "counted"), COUNTED)
def test_each_line_tells_whether_it_counted(
    patient: str, at: int, when: str | None, length: str | None, counted: str
) -> None:
    (title,) = (s.title for s in page(patient).sections if s.title.startswith("Minutes: "))
    found = rows(page(patient), title)
    row = found[at] if at >= 0 else next(each for each in found if each[4].startswith("no"))
    assert when in (None, row[0])
    assert length in (None, row[1])
    assert row[4].startswith(counted)


LOG = "entry_id,patient_id,started_at,minutes,program,contact,staff_id,role\n"


def log_of(*lines: str) -> str:
    return time_log(*lines, header=LOG)


def counted(practice: Practice, patient: str = "P1", program: str = "rtm") -> list[str]:
    """What the page says of each line of the log, in the order of their days."""
    report = charted(practice.folder, "2026-03", "2026-04-01", patient)
    shown = page_of(report, the(report, patient))
    return [row[4] for row in rows(shown, f"Minutes: {program.upper()}")]


def test_a_duplicate_an_unreadable_and_a_late_line_are_shown_with_their_reason(
    practice: Practice,
) -> None:
    practice.write(
        "patients.csv",
        "patient_id,programs,enrolled_on,ended_on,consent_on\n"
        "P1,rtm,2026-01-01,2026-03-20,2026-03-03\n",
    )
    practice.write("time_log.csv", log_of(
        "E0,P1,2026-03-02T10:00,5,rtm,none,S1,physician",
        "E1,P1,2026-03-03T10:00,5,rtm,none,S1,physician",
        "E1,P1,2026-03-03T10:00,5,rtm,none,S1,physician",
        "E2,P1,2026-03-04T10:00,soon,rtm,none,S1,physician",
        "E3,P1,2026-03-25T10:00,5,rtm,none,S1,physician",
        "E4,P1,2026-01-05T10:00,5,rtm,none,S1,physician",
    ))  # fmt: skip
    assert counted(practice) == [
        "no: another month",
        "no: before the consent",
        "yes",
        "no: duplicate",
        "in doubt: 0:00 or more (a line that cannot be read: unreadable duration)",
        "no: after the end of the episode",
    ]


def test_minutes_that_two_patients_contend_for_count_for_the_one_asked_for_too(
    practice: Practice,
) -> None:
    """Only P1 is judged, and the line of P2 is counted all the same."""
    lines = ("E1,P1,2026-03-03T10:00,20,rtm,none,S1,physician",)
    other = "E2,P2,2026-03-03T10:10,20,rtm,none,S1,physician"
    practice.write("time_log.csv", log_of(*lines))
    assert counted(practice) == ["yes"]
    practice.write("time_log.csv", log_of(*lines, other))
    assert counted(practice) == ["in doubt: 10:00 to 20:00 (overlapping minutes)"]


def test_minutes_of_a_program_that_the_patient_is_not_in_are_shown_apart(
    practice: Practice,
) -> None:
    practice.write("patients.csv", "patient_id,programs\nP1,rtm\n")
    practice.write("time_log.csv", log_of("E1,P1,2026-03-03T10:00,20,ccm,none,S1,physician"))
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    found = rows(page_of(report, the(report, "P1")), "Minutes of other programs")
    assert [row[4] for row in found] == ["no: the patient is not in CCM"]


def test_an_unknown_biller_shows_what_counts_under_which() -> None:
    shown = page("BF-058")
    assert {row[4] for row in rows(shown, "Minutes: CCM")} == {
        "99490 if physician or NPP bills: yes; 99490 if therapist bills, 99491: no: the role does "
        "not count under this biller"
    }
    (section,) = (each for each in shown.sections if each.title == "Minutes: CCM")
    assert section.below[0].endswith("2026-03-31: 23:10 counted, 23 whole minutes")


def test_minutes_of_a_stay_name_its_line(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs,biller_type,conditions\n"
                   "P1,ccm,physician,I10 E11.9\n")  # fmt: skip
    practice.write("stays.csv", "patient_id,from,to,kind\nP1,2026-03-03,2026-03-06,facility\n"
                   "P1,2026-03-20,2026-03-21,hospital\n")  # fmt: skip
    practice.write("time_log.csv", log_of(
        "E1,P1,2026-03-03T10:00,20,ccm,none,S1,clinical_staff",
        "E2,P1,2026-03-04T10:00,20,ccm,none,S1,clinical_staff",
        "E3,P1,2026-03-12T10:00,20,ccm,none,S1,clinical_staff",
        "E4,P1,soon,20,ccm,none,S1,clinical_staff",
    ))  # fmt: skip
    found = counted(practice, program="ccm")
    assert [("stays.csv 2" in text, "stays.csv 3" in text) for text in found] == [
        (True, False),
        (True, False),
        (False, False),
        (False, False),
    ]
    assert "no: on the day of a visit or stay (stays.csv 2)" in found[1]


def test_a_stay_that_may_have_begun_on_any_day_is_not_named_with_one(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs,biller_type,conditions\n"
                   "P1,ccm,physician,I10 E11.9\n")  # fmt: skip
    practice.write("stays.csv", "patient_id,from,to,kind\nP1,2026-03-03,2026-03-06,facility\n"
                   "P1,soon,2026-03-12,hospital\n")  # fmt: skip
    day = "E1,P1,2026-03-04T10:00,20,ccm,none,S1,clinical_staff"
    practice.write("time_log.csv", log_of(day))
    (found,) = counted(practice, program="ccm")
    assert "no: on the day of a visit or stay (stays.csv 2)" in found


def test_a_length_is_told_as_the_line_tells_it(practice: Practice) -> None:
    header = "patient_id,started_at,ended_at,program\n"
    practice.write("time_log.csv", time_log(
        "P1,2026-03-03T10:00,2026-03-03T10:12,rtm", "P1,2026-03-03T10:00,2026-03-03T10:12,rtm",
        header=header))  # fmt: skip
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    shown = rows(page_of(report, the(report, "P1")), "Minutes: RTM")
    assert [row[1] for row in shown] == ["12:00", "12:00"]
    assert shown[1][4] == "in doubt: 0:00 to 12:00 (identical lines without an entry id)"


def test_minutes_and_contacts_of_a_summary_are_shown_at_its_line(practice: Practice) -> None:
    practice.write("summary.csv", "patient_id,month,program,minutes,live_contacts\n"
                   "P1,2026-03,rtm,25,1\n")  # fmt: skip
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    shown = page_of(report, the(report, "P1"))
    assert rows(shown, "Minutes: RTM") == [
        ("2026-03-31", "25:00", "physician", "-", "yes", "summary.csv 2")
    ]
    assert rows(shown, "Calls and live contacts")[0][4:] == ("yes", "summary.csv 2")


def test_each_source_of_a_finding_is_told() -> None:
    for which in (MARCH, APRIL):
        for patient in sample(*which).patients:
            applied = [f for f in patient.findings if f.verdict is not Verdict.NOT_APPLICABLE]
            keys = {key for finding in applied or patient.findings for key in finding.sources}
            told = chart(patient).sources
            assert {each.key for each in told} == keys
            assert all(each.title for each in told)


def test_a_call_that_the_log_holds_too_is_told_so(practice: Practice) -> None:
    practice.write("time_log.csv", log_of("E1,P1,2026-03-03T10:00,20,rtm,live_audio,S1,physician"))
    practice.write("calls.csv", "patient_id,started_at,seconds,contact,program\n"
                   "P1,2026-03-03T10:00,1200,live_audio,rtm\n"
                   "P1,2026-03-04T10:00,600,voicemail,rtm\n"
                   "P1,2026-03-05T10:00,600,live_video,rtm\n")  # fmt: skip
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    shown = page_of(report, the(report, "P1"))
    found = {row[5]: row[4] for row in rows(shown, "Calls and live contacts")}
    assert found == {
        "time_log.csv 2": "yes",
        "calls.csv 2": "no: the time log holds it too, or a line before",
        "calls.csv 3": "no: not live",
        "calls.csv 4": "yes",
    }


# --- the calendar -------------------------------------------------------------------------------

SYSTEMS = {
    "goniometer": "musculoskeletal",
    "spirometer": "respiratory",
    "cbt_app": "cognitive_behavioral",
}


def days_in_the_export(patient: str, systems: tuple[str, ...]) -> set[date]:
    """The local days with a reading, straight from the file."""
    zone, found = ZoneInfo("America/New_York"), set()
    with (SAMPLES / "readings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            readable = re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", row["recorded_at"])
            if row["patient_id"] == patient and readable and SYSTEMS[row["device_type"]] in systems:
                found.add(datetime.fromisoformat(row["recorded_at"]).astimezone(zone).date())
    return found


def test_the_days_of_the_calendar_are_those_of_the_data() -> None:
    shown = 0
    for patient in sample(*MARCH).patients:
        excluded = {"excluded: before_consent", "excluded: after_end"}
        if any(excluded & set(file.became) for file in chart(patient).files):
            continue
        for strip in chart(patient).strips:
            first, last = date(2026, 1, 31), date(2026, 3, 31)
            days = days_in_the_export(patient.patient_id, strip.systems)
            assert set(strip.days.seen) == {day for day in days if first <= day <= last}
            shown += len(strip.days.seen)
    assert shown > 500


def test_the_strip_has_a_block_for_each_day_of_data_and_a_bar_for_each_period() -> None:
    (calendar,) = (s.calendar for s in page("BF-007").sections if s.calendar)
    data, one, two, month = calendar.strips
    assert (calendar.first, calendar.last) == (date(2026, 1, 31), date(2026, 3, 31))
    assert {len(strip.days) for strip in calendar.strips} == {60}
    (told,) = (strip.days for strip in chart(the(sample(*MARCH), "BF-007")).strips)
    assert data.days.count(DATA) == len(told.seen)
    assert data.days[0] == "x"
    assert [strip.days.count("=") for strip in (one, two, month)] == [30, 30, 31]
    assert one.days.startswith("=" * 30 + " ")


def test_a_day_in_doubt_is_marked(practice: Practice) -> None:
    practice.write(
        "readings.csv", readings("P1,2026-03-03,sundial", *days_of_march("P1", *range(5, 25)))
    )
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    (calendar,) = (s.calendar for s in page_of(report, the(report, "P1")).sections if s.calendar)
    assert calendar.strips[0].days.count(DOUBTFUL) == 1


# --- the lines ----------------------------------------------------------------------------------


@MONTHS
def test_every_line_behind_a_count_is_a_line_of_the_patient(which: tuple[Path, str, str]) -> None:
    folder = which[0]
    texts = {path.name: path.read_text().splitlines() for path in folder.glob("*.csv")}
    seen = 0
    for patient in sample(*which).patients:
        behind = chart(patient)
        places = [place for count in behind.counts for place in count.places]
        places += [(line.file, line.line) for line in (*behind.time, *behind.calls)]
        places += [(f.name, n) for f in behind.files for mine in f.became.values() for n in mine]
        places += [place for each in behind.enrolled.values() for place in each.places]
        for file, line in places:
            assert patient.patient_id in texts[file][line - 1].split(","), (file, line)
        seen += len(places)
    assert seen > 400


def test_a_count_has_as_many_days_as_its_lines() -> None:
    for patient in sample(*MARCH).patients:
        for count in chart(patient).counts:
            if count.ref.name is FactName.READING_DAYS and count.window.kind is not Clock.EPISODE:
                assert len(count.places) >= int(str(count.fact.low)), patient.patient_id


def test_a_count_of_visits_has_their_lines(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id,programs,biller_type\nP1,ccm,physician\n")
    practice.write("visits.csv", "patient_id,on,code\nP1,2026-03-02,97110\nP1,2026-03-05,G0506\n"
                   "P1,2026-02-05,G0506\n")  # fmt: skip
    report = charted(practice.folder, "2026-03", "2026-04-01", "P1")
    found = [c for c in chart(the(report, "P1")).counts if c.ref.name is FactName.VISITS]
    assert found
    for count in found:
        assert len(count.places) == count.fact.low


def test_lines_are_spelled_in_their_order_and_stretches_joined() -> None:
    assert numbers([9, 3, 1, 2, 7, 8, 9]) == "1-3, 7-9"
    assert numbers([4, 5]) == "4, 5"
    assert spelled([("b.csv", 2), ("a.csv", 1), ("b.csv", 1)]) == "b.csv 1, 2; a.csv 1"


# --- narrowing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [MARCH, APRIL], ids=["march", "april"])
def test_the_findings_are_those_of_an_audit_of_everybody(which: tuple[Path, str, str]) -> None:
    folder, month, as_of = which
    words = ("--month", month, "--as-of", as_of, "--format", "json")
    whole = command("audit", folder, *words, "--evidence").document
    for patient in [each["patient_id"] for each in whole["patients"]][::7]:
        narrow = command("patient", folder, "--id", patient, *words).document
        (expected,) = (p for p in whole["patients"] if p["patient_id"] == patient)
        (found,) = narrow["patients"]
        if not expected["on_roster"]:
            expected["why"] = found["why"]
        assert found == expected
        assert narrow["inputs"] == whole["inputs"]


OTHERS = re.compile(r"\b(BF-\d{3}|0042)\b")


@pytest.mark.parametrize("patient", ["BF-029", "BF-027", "42", "BF-046"])
@pytest.mark.parametrize("format_", ["table", "md", "html", "json"])
def test_nothing_of_other_patients_appears(patient: str, format_: str) -> None:
    run = ask(SAMPLES, "--id", patient, "--format", format_)
    assert run.code == 0
    assert run.err == ""
    text = run.out.replace("\\-", "-")
    assert set(OTHERS.findall(text)) <= {patient}
    assert patient in text


def test_problems_and_decisions_are_those_of_the_lines_of_the_asked(practice: Practice) -> None:
    practice.write("time_log.csv", log_of(
        "E1,P1,2026-03-03T10:00,20,rtm,none,S1,physician",
        "E2,P2,2026-03-03T10:10,20,rtm,none,S1,physician",
        "E3,P3,2026-03-05T10:00,20,rtm,none,S2,physician",
        "E4,P4,2026-03-05T10:10,20,rtm,none,S2,physician",
    ))  # fmt: skip
    practice.write("decisions.csv", "entry_id,patient_id,decision,by,on,reason\n"
                   "E1,P1,keep,Ann Other,2026-04-01,asked\n"
                   "E3,P3,keep,Bob Other,2026-04-01,asked\n")  # fmt: skip
    run = ask(practice.folder, "--id", "P1", "--format", "json")
    told = run.document
    assert [(d["line"], d["by"]) for d in told["decisions"]] == [(2, "Ann Other")]
    assert {p["line"] for p in told["problems"] if p["line"]} == {2}
    shown = ask(practice.folder, "--id", "P1").out
    assert "Ann Other" in shown
    assert "Bob" not in shown


def test_of_reduced_readings_those_of_the_asked_alone_are_read_again(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    again = TableData.read_again

    def spy(self: TableData, patients: Collection[str] | None) -> None:
        asked.append(patients)
        again(self, patients)

    monkeypatch.setattr("rtmaudit.exports.read.LARGE", 1)
    monkeypatch.setattr(TableData, "read_again", spy)
    everybody = [f"P{n}" for n in range(9)]
    practice.write(
        "patients.csv", joined(["patient_id,programs", *(f"{who},rtm" for who in everybody)])
    )
    days = ("2026-03-03T10:00:00Z", "2026-03-04T10:00:00Z")
    practice.write(
        "readings.csv",
        readings(*(f"{who},{day},musculoskeletal" for who in everybody for day in days)),
    )
    report = charted(practice.folder, "2026-03", "2026-04-01", "P3")
    assert asked == [{"P3"}]
    (count,) = (
        each
        for each in chart(the(report, "P3")).counts
        if each.window.kind is not Clock.EPISODE and each.ref.systems == ("musculoskeletal",)
    )
    assert count.places == (("readings.csv", 8), ("readings.csv", 9))
    assert count.fact.low == 2


# --- which patients -----------------------------------------------------------------------------


def asked_on_stdin(text: str, *words: object) -> Run:
    with mock.patch.object(sys, "stdin", io.StringIO(text)):
        return ask(SAMPLES, *words)


def shown_patients(run: Run) -> list[str]:
    return [each["patient_id"] for each in run.document["patients"]]


def test_ids_come_from_the_line_from_standard_input_and_from_a_file(tmp_path: Path) -> None:
    listed = tmp_path / "asked.txt"
    listed.write_bytes(b"\xef\xbb\xbfBF-005\r\n\r\n  BF-006 \n")
    run = asked_on_stdin(
        "BF-003\n\nBF-004\nBF-003\n",
        *("--id", "BF-001", "--id", "-", "--ids", listed, "--format", "json"),
    )
    assert shown_patients(run) == ["BF-001", "BF-003", "BF-004", "BF-005", "BF-006"]


def test_each_of_several_patients_has_its_page() -> None:
    out = ask(SAMPLES, "--id", "BF-003", "--id", "BF-001").out
    assert re.findall(r"^Patient (\S+)", out, re.MULTILINE) == ["BF-001", "BF-003"]


@pytest.mark.parametrize("unknown", ["BF-0O3", "bf-003", "Nobody Inparticular", "BF-003 BF-004"])
def test_an_unknown_patient_is_said_so_in_one_sentence_that_names_nobody(unknown: str) -> None:
    run = ask(SAMPLES, "--id", unknown)
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, "--id: this id is on no roster and in no line of the exports")
    assert unknown not in run.err
    assert not OTHERS.search(run.err)


def test_of_several_the_known_are_shown_and_the_unknown_told_by_their_place(
    tmp_path: Path,
) -> None:
    listed = tmp_path / "asked.txt"
    listed.write_text("BF-003\nZZ-1\nBF-004\nZZ-2\n")
    run = ask(SAMPLES, "--ids", listed)
    assert run.code == 0
    one_sentence(run.err, "asked.txt:2, asked.txt:4: 2 of 4 ids are on no roster")
    assert "ZZ-" not in run.out + run.err
    assert "2 of 4 ids are on no roster" in " ".join(run.out.split())
    for suffix in (".html", ".md"):
        out = tmp_path / f"p{suffix}"
        assert ask(SAMPLES, "--ids", listed, "-o", out, "-q").err == ""
        assert "2 of 4 ids are on no roster" in out.read_text()


def test_if_none_is_known_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "p.html"
    run = ask(SAMPLES, "--id", "ZZ-1", "--id", "ZZ-2", "-o", out)
    assert run.code == 2
    one_sentence(run.err, "--id 1, --id 2: 2 of 2 ids are on no roster")
    assert not out.exists()


@pytest.mark.parametrize("words", [(), ("--id", ""), ("--id", "-")])
def test_without_an_id_it_says_how_to_name_one(words: tuple[str, ...]) -> None:
    run = asked_on_stdin("\n \n", *words)
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, "no id is asked for; name one with --id ID, --id - or --ids FILE")


def test_a_file_of_ids_that_is_not_there_or_no_text_is_a_usage_error(tmp_path: Path) -> None:
    assert ask(SAMPLES, "--ids", tmp_path / "none.txt").code == 2
    wrong = tmp_path / "ids.txt"
    wrong.write_bytes(b"BF-\xff01\n")
    run = ask(SAMPLES, "--ids", wrong)
    assert run.code == 2
    one_sentence(run.err, "ids.txt: is not UTF-8 text")


def test_a_padded_id_is_found_as_the_exports_are_read(practice: Practice) -> None:
    practice.configure(BY_MONTH + ZONE + "id_width: 4\n")
    practice.write("readings.csv", readings("42,2026-03-03"))
    assert shown_patients(ask(practice.folder, "--id", "42", "--format", "json")) == ["0042"]


# --- what is written ----------------------------------------------------------------------------


def test_files_are_private_whole_and_the_same_each_time(tmp_path: Path) -> None:
    names = [tmp_path / f"{n}.{suffix}" for n in "ab" for suffix in ("html", "md", "json", "txt")]
    for first in (names[:4], names[4:]):
        words = [word for name in first for word in ("-o", name)]
        run = ask(SAMPLES, "--id", "BF-039", *words)
        assert (run.code, run.out, run.err) == (0, "", "")
    for one, other in zip(names[:4], names[4:], strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
        holds(one.read_text().replace("\\-", "-"), "BF-039", "98985", "consent")


def test_an_unwritable_output_is_5_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refused(path: str | Path, flags: int, *rest: int) -> int:
        if "packet.md" in str(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *rest)

    monkeypatch.setattr("os.open", refused)
    words = ("-o", tmp_path / "packet.html", "-o", tmp_path / "packet.md")
    run = ask(SAMPLES, "--id", "BF-003", *words)
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "packet.md: writing there is not permitted")
    assert list(tmp_path.iterdir()) == []


def test_a_failing_write_is_5_and_leaves_the_old_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "packet.html"
    out.write_text("old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rtmaudit.outfile.os.write", full)
    run = ask(SAMPLES, "--id", "BF-003", "-o", out)
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "packet.html: the disk is full")
    assert out.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_export_is_never_written_over(practice: Practice) -> None:
    path = practice.write("readings.csv", readings("P1,2026-03-03"))
    copy = path.with_suffix(".txt")
    path.rename(copy)
    practice.configure(BY_MONTH + ZONE + "tables: {readings: {files: readings.txt}}\n")
    run = ask(practice.folder, "--id", "P1", "-o", copy)
    assert run.code == 2
    one_sentence(run.err, "is one of the inputs")


@pytest.mark.parametrize("words", [("-o", "page.pdf"), ("--format", "csv")])
def test_an_unknown_format_is_a_usage_error(words: tuple[str, ...]) -> None:
    run = ask(SAMPLES, "--id", "BF-003", *words)
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, "md")


def test_outputs_and_format_of_the_configuration_are_those_of_audits(practice: Practice) -> None:
    practice.configure(BY_MONTH + ZONE + "format: csv\noutput: [march.csv]\n")
    practice.write("readings.csv", readings("P1,2026-03-03"))
    run = ask(practice.folder, "--id", "P1")
    assert run.code == 0
    assert "Gates: RTM" in run.out
    assert not (practice.folder / "march.csv").exists()


# --- on a terminal, and hostile text ------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("patient", ["BF-003", "BF-040", "BF-058"])
def test_a_page_is_as_wide_as_the_terminal(width: int, patient: str) -> None:
    code, shown, err = on_terminal(width, "patient", SAMPLES, *OF_MARCH, "--id", patient)
    assert (code, err) == (0, "")
    assert "\x1b[" in shown
    lines = plain(shown).split("\nSources\n")[0].splitlines()
    assert max(map(len, lines)) <= width
    assert "█" in plain(shown) or patient == "BF-058"


HOSTILE = [
    "<script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "=HYPERLINK(1)",
    "| a | `b` **c** [d](javascript:e)",
    "[bold red]x[/]",
    "{{ 7*7 }}{% raw %}",
    "\u202eevil\u200b",
    ":smile: _x_ # h",
]
LOUD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(practice: Practice) -> Practice:
    log, roster, days = io.StringIO(), io.StringIO(), io.StringIO()
    csv.writer(log).writerow(LOG.strip().split(","))
    csv.writer(roster).writerow(["patient_id", "programs", "payer", "biller"])
    csv.writer(days).writerow(["patient_id", "recorded_at", "system"])
    for n, text in enumerate(HOSTILE):
        entry = [f"E{n}", text, f"2026-03-03T10:{n:02d}", "1", "rtm", "live_audio", text, "npp"]
        csv.writer(log).writerow(entry)
        csv.writer(roster).writerow([text, "rtm", text, text])
        csv.writer(days).writerow([text, "2026-03-03", "musculoskeletal"])
    practice.write("patients.csv", roster.getvalue())
    practice.write("readings.csv", days.getvalue())
    practice.write("time_log <b>1</b>.csv", log.getvalue())
    return practice


def hostile_pages(practice: Practice, format_: str) -> str:
    with mock.patch.object(sys, "stdin", io.StringIO("\n".join(HOSTILE))):
        run = ask(practice.folder, "--id", "-", "--format", format_)
    assert (run.code, run.err) == (0, "")
    return run.out


def test_hostile_text_makes_no_element_of_a_page(hostile: Practice) -> None:
    text = hostile_pages(hostile, "html")
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z!]+)", text))
    assert tags == {
        *("!doctype", "html", "head", "meta", "title", "style", "body", "header", "h", "p"),
        *("article", "dl", "dt", "dd", "section", "table", "thead", "tbody", "tr", "th", "td"),
        *("span", "div", "i", "ul", "li"),
    }
    assert not LOUD.search(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "src=" not in re.sub(r"&[^;]+;[^<]*", "", text)
    assert not re.search(r"url\(|@import|href=", text)


def test_hostile_text_is_literal_in_markdown(hostile: Practice) -> None:
    text = hostile_pages(hostile, "md")
    assert not LOUD.search(text)
    unescaped = re.sub(r"\\.", "", text)
    assert "<" not in unescaped
    assert "](" not in unescaped
    assert "`b`" not in unescaped
    for table in re.findall(r"(?:^\|.*\n)+", unescaped, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("time_log.csv 23, 82", "time_log.csv 23, 82"),
        ("2026-03-04 10:40: (9 of 10)", "2026-03-04 10:40: (9 of 10)"),
        ("a | b", r"a \| b"),
        ("_x_ *y* `z`", r"\_x\_ \*y\* \`z\`"),
        ("[a](b) <i>", r"\[a\](b) \<i\>"),
        (":8ball: :smile:", r"\:8ball: \:smile:"),
        ("http://x www.x", r"http\://x www\.x"),
        ("- a", r"\- a"),
        ("12. a", r"12\. a"),
        ("a\nb\u202e", r"a b\\u202e"),
    ],
)
def test_markdown_shows_text_as_it_stands_and_stays_readable(text: str, shown: str) -> None:
    assert literal(text) == shown


def test_hostile_text_is_literal_on_a_terminal(hostile: Practice) -> None:
    text = hostile_pages(hostile, "table")
    assert not LOUD.search(text)
    holds(text, "[bold red]x[/]", "{{ 7*7 }}{% raw %}", ":smile:", "\\u202e")


def test_html_has_no_script_and_asks_for_nothing() -> None:
    text = ask(SAMPLES, "--id", "BF-003", "--format", "html").out
    assert "<script" not in text
    assert not re.search(r"\b(src|href)\s*=|url\(|@import", text)
    holds(text, "@media print", "max-width: 40rem", "default-src 'none'", "<style>")


def sections(format_: str) -> Iterator[str]:
    pattern = {"md": r"^### (.+)$", "html": r"<h3>(.+)</h3>"}[format_]
    out = ask(SAMPLES, "--id", "BF-041", "--format", format_).out
    yield from re.findall(pattern, out, re.MULTILINE)


def test_every_format_shows_the_same_sections_in_the_same_order() -> None:
    report = sample(*MARCH)
    titles = [each.title for each in page_of(report, the(report, "BF-041")).sections]
    assert titles[:3] == ["Gates: RTM", "Gates: CCM", "Codes"]
    assert [re.sub(r"\\", "", title) for title in sections("md")] == titles
    assert list(sections("html")) == titles
    lines = ask(SAMPLES, "--id", "BF-041").out.splitlines()
    assert [line for line in lines if line in titles] == titles


def test_json_is_the_document_of_an_audit_with_evidence() -> None:
    told = json.loads(ask(SAMPLES, "--id", "BF-003", "--format", "json").out)
    assert told["schema"] == "rtmaudit.audit/1"
    assert all(f["evidence"] for f in told["patients"][0]["findings"] if f["verdict"] == "ready")


def test_what_can_still_be_had_has_its_last_day() -> None:
    report = sample(*MID_MARCH)
    shown = rows(page_of(report, the(report, "BF-039")), "Codes")
    last = {(row[0], row[1]): row[4] for row in shown}
    assert last["98980", "open"] == "by 2026-03-31"
    assert last["98977", "open"] == "by 2026-04-17, on every day from 2026-04-02"
    assert last["98985", "short"] == "2026-03-18, over"


def test_amounts_stand_beside_the_codes_only_where_asked_for() -> None:
    words = ("--month", "2026-03", "--as-of", "2026-04-01", "--id", "BF-003", "--format", "md")
    plain, priced = (
        command("patient", shipped("samples"), *words, "-q", *more).out
        for more in ((), ("--fees",))
    )
    assert "Estimate" not in plain
    (ready,) = (line for line in priced.splitlines() if line.startswith("| 98985 | ready"))
    assert ready.endswith(r"| \$51.44 |")
    holds(priced, "Amounts: estimates, before coinsurance", "estimate at Medicare's rates (RVU26C")


def test_quiet_may_stand_in_the_configuration(tmp_path: Path) -> None:
    practice = Practice(tmp_path)
    practice.write("readings.csv", readings("P1,2026-03-01"))
    practice.write("time_log.csv", time_log("P1,2026-03-03,5,rtm,none"))
    said = []
    for quiet in ("", "quiet: true\n"):
        practice.configure(ZONE + BY_MONTH + quiet)
        run = command("patient", tmp_path, *OF_MARCH, "--id", "P1", "--id", "P9")
        assert run.code == 0
        said.append(run.err)
    one_sentence(said[0], "--id 2", "on no roster")
    assert said[1] == ""
