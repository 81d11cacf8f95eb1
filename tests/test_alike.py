"""What patients share is worked out once, and nobody is told what holds of another."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any
from unittest import mock

import pytest
from pages import report_of

from rtmaudit.fit import Fit, FitKind
from rtmaudit.formats import writer
from rtmaudit.model import Clock, FactName, Finding, Program, Verdict
from rtmaudit.report import Billing, PatientReport, Report, once
from rtmaudit.report.build import Crowd
from rtmaudit.report.crowds import crowds, on_calendar_clock, settle_first
from rtmaudit.report.views import view
from rtmaudit.shipped import shipped

DAY = timedelta(days=1)
SUPPLY = frozenset({"98976", "98977", "98978", "98984", "98985", "98986", "99445", "99454"})
MEASURED = (FactName.READING_DAYS, FactName.MANAGEMENT_MINUTES, FactName.LIVE_CONTACTS)
EVERY = tuple(map(str, Program))
VIEWS = ("patients", "codes", "billing")


pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module", params=["2026-03-12", "2026-04-01"])
def report(request: pytest.FixtureRequest) -> Report:
    return report_of(shipped("samples"), request.param)


@pytest.fixture(scope="module")
def crowd(report: Report) -> Report:
    """Some patients of the samples, and with each those who differ from it in one thing."""
    busiest = sorted(report.patients, key=lambda each: len(each.programs))[-2:]
    some = [each._replace(programs=EVERY) for each in (next(iter(report.patients)), *busiest)]
    models = [
        model for each in some for model in (each, not_due(each), by_month(each), *waiting(each))
    ]
    everybody = chain(*([each, *unlike(each)] for each in models))
    return among(report, *everybody)


def not_due(patient: PatientReport) -> PatientReport:
    """Nothing falls due."""
    return patient._replace(findings=tuple(replace(f, due=False) for f in patient.findings))


def by_month(patient: PatientReport) -> PatientReport:
    """Everything is judged by the month."""
    month = {f: replace(f.window, kind=Clock.CALENDAR_MONTH) for f in patient.findings}
    return patient._replace(findings=tuple(replace(f, window=w) for f, w in month.items()))


def waiting(patient: PatientReport) -> Iterator[PatientReport]:
    """The first finding of the month is not due, and shows other figures than the next."""
    for i, finding in enumerate(patient.findings):
        if finding.window.kind is Clock.CALENDAR_MONTH and finding.needs:
            needs = tuple(replace(need, have=need.have + 40) for need in finding.needs)
            told = replace(finding, due=False, needs=needs)
            yield patient._replace(
                findings=(*patient.findings[:i], told, *patient.findings[i + 1 :])
            )
            return


def among(report: Report, *patients: PatientReport) -> Report:
    return replace(report, patients=patients, crowds=crowds(patients))


def alone(report: Report, patient: PatientReport) -> Report:
    return replace(report, patients=(patient,), crowds=())


def unlike(patient: PatientReport) -> Iterator[PatientReport]:
    """Patients who are like one but for one thing."""
    yield patient._replace(on_roster=not patient.on_roster)
    yield patient._replace(programs=EVERY[::-1])
    yield patient._replace(started=frozenset())
    yield patient._replace(fit=Fit(FitKind.TELL_PRACTITIONER, other=Program.CCM))
    for part in ("payer", "biller", "place_of_service", "rules_payer"):
        other = {p: replace(b, **{part: "other"}) for p, b in patient.billing.items()}
        yield patient._replace(billing=other or {"rtm": Billing("a", "b", "c", "d")})
    for i, finding in enumerate(patient.findings):
        for changed in different(finding):
            findings = (*patient.findings[:i], changed, *patient.findings[i + 1 :])
            yield patient._replace(findings=findings)


def different(finding: Finding) -> Iterator[Finding]:
    """Findings that differ from one in one thing."""
    yield from (replace(finding, verdict=verdict) for verdict in Verdict)
    yield from (replace(finding, program=program) for program in (Program.RPM, Program.APCM))
    yield replace(finding, code="99999")
    yield replace(finding, due=not finding.due)
    yield replace(finding, secondary=not finding.secondary)
    yield replace(finding, units=finding.units + 1)
    yield replace(finding, to_confirm=("order",))
    yield replace(finding, reasons=())
    yield replace(finding, needs=())
    window = finding.window
    yield from (replace(finding, window=replace(window, kind=kind)) for kind in Clock)
    yield replace(finding, window=replace(window, start=window.start + DAY))
    for end in (window.end - DAY, window.end + DAY):
        yield replace(finding, window=replace(window, end=end))
    for need in finding.needs[:1]:
        refs = (replace(need.ref, name=name) for name in MEASURED)
        figures: tuple[dict[str, Any], ...] = (
            {"have": 7},
            {"have_at_most": None},
            {"have_at_most": 77},
        )
        for changed in (*({"ref": ref} for ref in refs), *figures):
            yield replace(finding, needs=(replace(need, **changed), *finding.needs[1:]))


@pytest.mark.parametrize("which", VIEWS)
def test_the_rows_of_a_patient_are_the_same_in_every_company(crowd: Report, which: str) -> None:
    together = list(view(crowd, which).rows)
    apart = [list(view(alone(crowd, each), which).rows) for each in crowd.patients]
    assert together == list(chain(*apart))
    assert len({tuple(row) for row in together}) > 40


def test_so_is_the_document(crowd: Report) -> None:
    together = written(crowd, "jsonl").splitlines()[1:-1]
    apart = [written(alone(crowd, each), "jsonl").splitlines()[1:-1] for each in crowd.patients]
    assert together == list(chain(*apart))


@pytest.mark.parametrize("which", VIEWS)
def test_what_is_forgotten_is_worked_out_again(crowd: Report, which: str) -> None:
    rows, totals = list(view(crowd, which).rows), crowd.by_code
    with mock.patch.object(once, "MOST", 40):
        assert list(view(crowd, which).rows) == rows
        assert among(crowd, *crowd.patients).by_code == totals


def test_totals_are_those_of_every_single_finding(crowd: Report) -> None:
    counted = [f for p in crowd.patients for f in p.findings if not f.secondary]
    assert crowd.by_verdict == dict(Counter(str(f.verdict) for f in counted))
    told = {(code, v): n for code, some in crowd.by_code.items() for v, n in some.items()}
    assert told == dict(Counter((f.code, str(f.verdict)) for f in counted))
    whose = Counter((f.program, f.verdict, f.due) for f in counted)
    for finding, many in crowd.counted():
        whose[finding.program, finding.verdict, finding.due] -= many
    assert not any(whose.values())
    payers = chain(*(p.all_of("rules_payer") for p in crowd.patients))
    assert crowd.payers_used == dict(Counter(payers))
    assert sum(each.many for each in crowd.crowds) == len(crowd.patients)
    several = copies(crowd, 2)
    assert [each.many for each in several.crowds] == [2 * each.many for each in crowd.crowds]


def test_questions_are_counted_by_the_patients_they_turn(report: Report) -> None:
    configure = {each.what: each.configuration for each in report.settle_first}
    several = copies(report, 3)
    apart = [settle_first([Crowd(each, 1)], configure) for each in several.patients]
    turned = Counter(each.what for some in apart for each in some)
    together = settle_first(several.crowds, configure)
    assert {each.what: each.patients for each in together} == dict(turned)
    assert len(turned) > 2
    assert [each.patients for each in together] == sorted(turned.values(), reverse=True)


def test_so_are_those_on_the_calendar_clock(crowd: Report) -> None:
    by_month = sum(on_calendar_clock([Crowd(each, 1)], SUPPLY) for each in crowd.patients)
    assert on_calendar_clock(crowd.crowds, SUPPLY) == by_month > 0


@pytest.mark.parametrize(("name", "most"), [("csv", 20), ("json", 30), ("jsonl", 30)])
def test_one_more_like_others_costs_little(report: Report, name: str, most: int) -> None:
    once_each, thrice = copies(report, 1), copies(report, 3)
    written(once_each, name)  # words that come again and again are known from now on
    more = calls(thrice, name) - calls(once_each, name)
    assert more / (len(thrice.patients) - len(once_each.patients)) < most


def copies(report: Report, times: int) -> Report:
    several = [
        p._replace(patient_id=f"{p.patient_id}-{n}") for n in range(times) for p in report.patients
    ]
    return among(report, *several)


def calls(report: Report, name: str) -> int:
    """How many functions in Python are called to write a report."""
    counted = Counter[str]()
    sys.setprofile(lambda _, event, __: counted.update([event]))
    try:
        written(report, name)
    finally:
        sys.setprofile(None)
    return counted["call"]


def written(report: Report, name: str) -> str:
    stream = io.StringIO()
    writer(name)(report, stream, which="patients", everything=False)
    return stream.getvalue()
