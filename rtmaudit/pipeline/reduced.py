"""Plain readings stay reduced as far as nothing has to be told of their lines."""

from __future__ import annotations

from rtmaudit.exports import Tables
from rtmaudit.facts import Roster, read_holders, span_of
from rtmaudit.facts.to_read_again import bar, bounds_of, cut, with_something_to_say
from rtmaudit.pipeline.order import Order
from rtmaudit.tables import DECISIONS, DEVICES, PATIENTS, READINGS


def read_again(tables: Tables, order: Order) -> None:
    """Read the lines of whom something may be told; all of them where evidence, left-out lines or
    decisions are asked for, or no roster says who is known; always those of patients asked for."""
    readings, roster, devices = (tables.get(name) for name in (READINGS, PATIENTS, DEVICES))
    if readings is None or not readings.reduced:
        return
    span = span_of(order.month, order.as_of)
    everything = order.left_out or tables.get(DECISIONS) is not None
    everything = everything or (order.evidence and order.only is None)
    if roster is None or everything:
        for number in readings.reduced:
            readings.read_again(number, None)
        return
    known = Roster(roster.frame, roster.columns)
    groups = [group for file in readings.reduced.values() for group in file.groups]
    held = read_holders(devices.frame if devices else None)
    patients = with_something_to_say(groups, span, known, held, readings.frame)
    patients |= order.only or frozenset()
    bounds = bounds_of(known)
    for number, file in readings.reduced.items():
        if patients:
            readings.read_again(number, patients)
        if over := cut(file.groups, span, bounds):
            file.groups = list(bar(file.groups, span, bounds, file.per_day(over)))
