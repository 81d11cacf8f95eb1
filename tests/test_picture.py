"""The picture of a month: everybody is counted once, and stops where the findings say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from unittest import mock

import pytest
from pages import report_of

from rtmaudit.fit import Fit, FitKind
from rtmaudit.model import Clock, Verdict
from rtmaudit.report import PatientReport, Report
from rtmaudit.report import picture as pictures
from rtmaudit.report.ladder import Rung, stops_at
from rtmaudit.report.picture import Picture, picture
from rtmaudit.report.standing import speaking, supply_periods
from rtmaudit.shipped import shipped


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(shipped("samples"))


@pytest.fixture(scope="module")
def seen(report: Report) -> Picture:
    return picture(report)


def test_every_patient_stands_under_one_verdict(report: Report, seen: Picture) -> None:
    assert sum(seen.by_verdict.values()) == len(report.patients)
    assert sum(seen.best_fit.values()) == len(report.patients)
    assert seen.by_verdict[""] == seen.in_no_program == 2


def test_the_codes_of_all_programs_are_those_of_the_totals(report: Report, seen: Picture) -> None:
    for verdict in Verdict:
        told = sum(each.by_verdict.get(verdict, 0) for each in seen.programs)
        told += sum(each.running for each in seen.programs) if verdict is Verdict.OPEN else 0
        assert told == report.by_verdict.get(verdict, 0), verdict
    assert [each.program for each in seen.programs] == ["rtm", "ccm"]
    assert all(each.ready and each.at_stake for each in seen.programs)


def test_each_patient_of_a_program_stops_at_one_step(report: Report, seen: Picture) -> None:
    for each in seen.programs:
        left = sum(each.program in patient.programs for patient in report.patients)
        assert each.patients == left > 0
        for step in each.steps:
            assert step.reached == left
            assert step.with_ready <= step.stopped
            left -= step.stopped
        assert left == 0
        assert each.steps[-1].rung is Rung.READY


def test_a_program_has_the_rungs_that_its_codes_measure(seen: Picture) -> None:
    rtm, ccm = ([step.rung for step in each.steps] for each in seen.programs)
    assert rtm == list(Rung)
    assert ccm == [rung for rung in Rung if rung not in (Rung.DAYS, Rung.CONTACT)]


@pytest.mark.parametrize(
    ("patient_id", "program", "rung"),
    [
        ("BF-001", "rtm", Rung.READY),
        ("BF-033", "rtm", Rung.PAPERS),  # no consent
        ("BF-005", "rtm", Rung.DAYS),  # one day of two
        ("BF-008", "rtm", Rung.DAYS),  # days that no export covers
        ("BF-010", "rtm", Rung.DAYS),  # a period still running
        ("BF-003", "rtm", Rung.MINUTES),  # nine of ten
        ("BF-029", "rtm", Rung.MINUTES),  # minutes that overlap
        ("BF-023", "rtm", Rung.CONTACT),  # no call
        ("BF-038", "rtm", Rung.CONFLICTS),  # a claim for days of the window
        ("BF-025", "rtm", Rung.QUESTIONS),  # the law is contested
        ("BF-041", "rtm", Rung.READY),
        ("BF-041", "ccm", Rung.READY),
        ("BF-044", "ccm", Rung.MINUTES),
        ("BF-055", "ccm", Rung.PAPERS),  # one condition
        ("BF-058", "ccm", Rung.PAPERS),  # who bills is in no export
    ],
)
def test_where_a_patient_of_the_samples_stops(
    report: Report, patient_id: str, program: str, rung: Rung
) -> None:
    (patient,) = (each for each in report.patients if each.patient_id == patient_id)
    assert stops_at(patient, program, speaking(patient)) is rung


def test_before_any_finding_stand_the_roster_and_what_falls_due() -> None:
    patient = PatientReport("P", {}, True, ("rtm",), (), Fit(FitKind.NO_WINDOW))
    assert stops_at(patient, "rtm", ()) is Rung.DUE
    assert stops_at(patient._replace(on_roster=False), "rtm", ()) is Rung.ROSTER


def test_what_is_already_billed_is_not_due(report: Report) -> None:
    (patient,) = (each for each in report.patients if each.patient_id == "BF-001")
    billed = [replace(f, verdict=Verdict.NOT_APPLICABLE) for f in speaking(patient)]
    assert stops_at(patient, "rtm", billed) is Rung.DUE


def test_the_calendar_counts_each_patient_once_a_day(report: Report, seen: Picture) -> None:
    days = seen.calendar.days
    assert (days[0].day, days[-1].day) == (date(2026, 1, 31), date(2026, 3, 31))
    with_data = [patient for patient in report.patients if patient.data_days]
    assert seen.calendar.patients == len(with_data) == len(seen.calendar.strips)
    told = sum(day.seen for day in days)
    assert told == sum(len(strip.days.seen) for strip in seen.calendar.strips) > 500
    held = with_data[0].data_days["rtm"]
    doubled = with_data[0]._replace(data_days={"rtm": held, "rpm": held})
    twice = replace(report, patients=(doubled,))
    assert max(day.seen for day in picture(twice).calendar.days) == 1
    assert len(picture(twice).calendar.strips) == 2


def test_the_days_are_those_of_every_system_that_a_code_of_the_program_counts(
    report: Report,
) -> None:
    for patient in report.patients:
        periods = [*supply_periods(patient), *supply_periods(patient, due=False)]
        for finding in (each for each in periods if each.window.kind is Clock.SUPPLY_PERIOD):
            span, held = finding.window, patient.data_days[finding.program]
            days = [day for day in held.seen if span.start <= day <= span.end]
            if patient.patient_id == "BF-022":  # two devices, each counted for its own code
                assert len(days) >= finding.needs[0].have
            else:
                assert len(days) == finding.needs[0].have, patient.patient_id


def test_of_too_many_patients_the_days_are_shown_together(report: Report, seen: Picture) -> None:
    with mock.patch.object(pictures, "MOST_STRIPS", seen.calendar.patients):
        assert picture(report).calendar == seen.calendar
    with mock.patch.object(pictures, "MOST_STRIPS", seen.calendar.patients - 1):
        assert picture(report).calendar == replace(seen.calendar, strips=())


def test_of_a_day_that_is_to_come_or_in_no_export_nothing_is_known(seen: Picture) -> None:
    assert [day.day for day in seen.calendar.days if not day.known] == [date(2026, 1, 31)]
    early = picture(report_of(shipped("samples"), "2026-03-20")).calendar
    unknown = [day.day for day in early.days if not day.known]
    assert unknown == [date(2026, 1, 31), *(date(2026, 3, n) for n in range(21, 32))]
    assert not any(day.seen for day in early.days if not day.known)


def test_without_readings_there_is_no_calendar(report: Report) -> None:
    bare = replace(report, patients=tuple(p._replace(data_days={}) for p in report.patients))
    assert picture(bare).calendar.days == ()


def test_an_open_month_leaves_its_codes_open() -> None:
    early = picture(report_of(shipped("samples"), "2026-03-20"))
    assert any(each.by_verdict.get("open") for each in early.programs)
