"""The days of device data as blocks, with the periods and the month against them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rtmaudit.model import Clock, DataDays, FactName, Window
from rtmaudit.report import words
from rtmaudit.report.build import PatientReport, Report
from rtmaudit.report.chart import Chart
from rtmaudit.report.patient import said
from rtmaudit.report.patient.record import (
    BAR,
    DATA,
    DOUBTFUL,
    NONE,
    NOT_COVERED,
    OUTSIDE,
    Calendar,
    Section,
    Strip,
)
from rtmaudit.windows import days


def calendar(report: Report, patient: PatientReport, program: str) -> Section | None:
    """The calendar of a program; None where no device data is counted for it."""
    chart = patient.chart or Chart()
    mine = [strip for strip in chart.strips if strip.program == program]
    if not mine:
        return None
    first, last = report.month.span_start, report.month.end
    strips = [
        Strip(
            "data" if len(mine) == 1 else _short(strip.systems),
            _signs(first, last, report.as_of, strip.days),
        )
        for strip in mine
    ]
    periods = [each for each in windows(patient, program) if each.kind is Clock.SUPPLY_PERIOD]
    strips += [Strip(f"period {n}", _bar(first, last, each)) for n, each in enumerate(periods, 1)]
    month = Window(Clock.CALENDAR_MONTH, report.month.start, report.month.end)
    strips.append(Strip("month", _bar(first, last, month)))
    return Section(
        f"Calendar: {words.program_name(mine[0].program)}",
        (),
        Calendar(first, last, tuple(strips)),
        below=tuple(_listed(patient, program, mine[0].days, periods)),
    )


def windows(patient: PatientReport, program: str) -> list[Window]:
    """The windows in which days of data are counted, each once."""
    found = {
        finding.window: None
        for finding in patient.findings
        if finding.program == program
        and any(ref.name is FactName.READING_DAYS for ref in finding.refs)
    }
    return sorted(found, key=lambda each: (each.start, each.end))


def _short(systems: tuple[str, ...]) -> str:
    return " ".join(system[:9] for system in systems[:1])


def _signs(first: date, last: date, as_of: date, told: DataDays) -> str:
    """A sign a day; of the days to come, which may still bring data, none."""
    signs = dict.fromkeys(days(as_of, last), OUTSIDE) | dict.fromkeys(told.seen, DATA)
    signs |= dict.fromkeys(told.doubtful, DOUBTFUL) | dict.fromkeys(told.not_covered, NOT_COVERED)
    return "".join(signs.get(day, NONE) for day in days(first, last))


def _bar(first: date, last: date, window: Window) -> str:
    inside = (window.start <= day <= window.end for day in days(first, last))
    return "".join(BAR if each else OUTSIDE for each in inside)


def _listed(
    patient: PatientReport, program: str, told: DataDays, periods: list[Window]
) -> Iterator[str]:
    chart = patient.chart or Chart()
    for n, period in enumerate(periods, 1):
        found = [
            said.counted(c.ref.name, said.number(c.fact.low, c.fact.high)) + said.systems(c.ref)
            for c in chart.counts
            if c.window == period
            and c.ref.program == program
            and c.fact.high
            and c.ref.name is FactName.READING_DAYS
        ]
        counted = ", ".join(dict.fromkeys(found)) or "no data days"
        yield f"period {n}: {period.start} to {period.end}: {counted}"
    for name, some in (
        ("Data days", told.seen),
        ("In doubt", told.doubtful),
        ("In no export", told.not_covered),
    ):
        if some:
            yield f"{name}: {_days(some)}"


def _days(some: tuple[date, ...]) -> str:
    """`2026-02: 6, 7, 9; 2026-03: 1`."""
    months: dict[str, list[str]] = {}
    for day in some:
        months.setdefault(f"{day:%Y-%m}", []).append(str(day.day))
    return "; ".join(f"{month}: {', '.join(numbers)}" for month, numbers in months.items())
