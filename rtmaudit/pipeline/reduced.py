"""Plain readings and time logs stay reduced as far as nothing has to be told of their lines."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from rtmaudit.exports import TableData, Tables
from rtmaudit.facts import Roster, read_holders, read_stays, read_visits, span_of
from rtmaudit.facts.to_read_again import (
    bar,
    bounds_of,
    cut,
    waited_longest,
    window_days,
    with_something_to_say,
    with_time_to_be_told,
)
from rtmaudit.model import Program
from rtmaudit.pipeline.order import Order
from rtmaudit.tables import (
    CALLS,
    DECISIONS,
    DEVICES,
    LATE_DAYS,
    PATIENTS,
    READINGS,
    STAYS,
    TIME_LOG,
    VISITS,
)


def read_again(
    tables: Tables, order: Order, beyond: Collection[Program] = frozenset(Program)
) -> None:
    """Read the lines of which something may be told; all of them where evidence, left-out lines or
    decisions are asked for, or no roster says who is known; always those of patients asked for. Of
    a time log all too where calls count as time, or where who logged it is told. Of programs
    `beyond` the month time is asked for by other clocks too."""
    data = tables.get(PATIENTS)
    asked = order.left_out or tables.get(DECISIONS) is not None
    asked = asked or (order.evidence and order.only is None)
    roster = None if asked or data is None else Roster(data.frame, data.columns)
    if (readings := tables.get(READINGS)) is not None and readings.reduced:
        _readings(readings, tables, order, roster)
    if (log := tables.get(TIME_LOG)) is not None and log.logs:
        calls = order.config.calls_count_as_time and tables.get(CALLS) is not None
        staff = order.staff and order.only is None
        _log(log, tables, order, None if calls or staff else roster, beyond)


def _readings(readings: TableData, tables: Tables, order: Order, roster: Roster | None) -> None:
    if roster is None:
        readings.read_again(None)
        return
    span = span_of(order.month, order.as_of)
    assert readings.groups is not None
    held = read_holders(_frame(tables, DEVICES))
    patients = with_something_to_say(readings.groups, span, roster, held, readings.frame)
    bounds, late = bounds_of(roster), readings.groups["lag"] > LATE_DAYS
    patients |= cut(readings.groups[late], span, bounds)
    if patients := patients | (order.only or frozenset()):
        readings.read_again(patients)
    for number, file in readings.reduced.items():
        groups = readings.groups_of(number)
        if bounds and groups is not None and (over := cut(groups, span, bounds)):
            bar(readings.groups, number, span, bounds, file.per_day(over))
    for number, file in readings.reduced.items():
        if waited := waited_longest(readings.groups_of(number)):
            readings.read_again({file.first_late(*waited)})


def _log(
    log: TableData,
    tables: Tables,
    order: Order,
    roster: Roster | None,
    beyond: Collection[Program],
) -> None:
    if roster is None:
        log.take_all()
        return
    calls = _frame(tables, CALLS)
    visits, stays = read_visits(_frame(tables, VISITS)), read_stays(_frame(tables, STAYS))
    span = span_of(order.month, order.as_of)
    called = set() if calls is None else set(calls["patient_id"][calls["program"].isna()].dropna())

    def told(groups: pd.DataFrame) -> set[str]:
        asked = called | (order.only or frozenset())
        return asked | with_time_to_be_told(groups, span, roster, visits, stays)

    programs = [p for p in beyond if any(p in file.programs for file in log.logs.values())]
    days = {}
    if programs:
        patients = {patient for file in log.logs.values() for patient in file.patients}
        days = window_days(patients, roster, order.month, span)
    log.reduce_logs(order.month.start, calls, (days, programs), told)


def _frame(tables: Tables, name: str) -> pd.DataFrame | None:
    data = tables.get(name)
    return None if data is None else data.frame
