"""The whole story in one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rtmaudit import __version__
from rtmaudit.config import Config, Taken
from rtmaudit.errors import Fault, InputsRefused, UsageError
from rtmaudit.exports import Tables, open_engine, read_tables
from rtmaudit.facts import Counted, Frames, count, span_of
from rtmaudit.model import Cause, Clock, Decision, FactName, Problem
from rtmaudit.pipeline.accounts import left_out, not_checked, quarantined, summaries
from rtmaudit.pipeline.amounts import amounts
from rtmaudit.pipeline.narrowed import decisions_at, places_of, problems_at
from rtmaudit.pipeline.order import Order, positions, settings
from rtmaudit.pipeline.payers import Payers, payers, unknown_payers
from rtmaudit.pipeline.people import Everyone
from rtmaudit.pipeline.reduced import read_again
from rtmaudit.report import PositionTaken, Report, words
from rtmaudit.report.crowds import crowds, on_calendar_clock, settle_first
from rtmaudit.rulebook import Rulebook, load_rules
from rtmaudit.tables import DECISIONS

MOST_KEPT = 100_000
"""Patients whose findings are kept. More are judged anew, some at a time, for each thing that is
written of them."""

OF_TIME = frozenset(
    {FactName.MANAGEMENT_MINUTES, FactName.LIVE_CONTACTS, FactName.ASSISTANT_PERCENT}
)
"""The facts that are counted of the time log."""


def audit(order: Order, say: Callable[[str], None] = lambda _: None) -> Report:
    """The whole story. `say` is told what is being done. Raises an RtmauditError where the program
    cannot go on."""
    book = load_rules(order.rules, order.overlays)
    book = book.with_positions(positions(order.config, book))
    _refuse_a_month_without_rules(book, order)
    mine = payers(book, order.config, order.payer)
    priced = amounts(order, book)
    span = span_of(order.month, order.as_of)
    also = partial(_also_refused, order)
    with open_engine(order.engine) as engine:
        tables = read_tables(order.paths, order.config, say, also, span, engine)
        read_again(tables, order, book.asked_beyond_month(OF_TIME))
    say("counting")
    frames = frames_of(tables)
    counted = count(frames, settings(order, tables), book.conditions)
    inputs = tuple(summaries(tables))
    everyone = Everyone(order, mine, tables, frames, counted, priced, say)
    patients = tuple(everyone) if len(everyone) <= MOST_KEPT else everyone
    alike = crowds(patients)
    problems, decisions = _told_of_lines(order, mine, tables, counted)
    final = order.as_of > order.month.end and not counted.cut_early
    return Report(
        month=order.month,
        as_of=order.as_of,
        timezone=order.config.local_zone,
        final=final and not any(each.doubtful for each in inputs),
        tool_version=__version__,
        rules_version=book.version,
        rules_sha256=book.sha256,
        inputs=inputs,
        not_checked=tuple(not_checked(tables, book, mine, order.month)),
        settle_first=settle_first(alike, _configure(book)),
        patients=patients,
        crowds=alike,
        problems=tuple(problems),
        left_out=tuple(sorted(left_out(tables))) if order.left_out else (),
        not_read=tuple(tables.not_read),
        on_calendar_clock=on_calendar_clock(alike, _supply_codes(book)),
        positions=tuple(_taken(order.config)),
        decisions=tuple(decisions),
        amounts=tuple(priced.told()) if priced else (),
    )


def _told_of_lines(
    order: Order, mine: Payers, tables: Tables, counted: Counted
) -> tuple[list[Problem], list[Decision]]:
    """What is worth telling about lines, and how a person settled some: of everybody's, or of those
    who are asked for."""
    problems = [*quarantined(tables), *counted.problems]
    problems += unknown_payers(tables, mine, order.only)
    if order.only is None:
        return sorted(problems), counted.decisions
    places = places_of(tables, order.only)
    return sorted(problems_at(problems, places)), decisions_at(counted.decisions, places)


def _also_refused(order: Order, tables: Tables) -> Sequence[Fault]:
    """What counting would refuse of the files that could be read, so that all is told in one run.
    A decision may be about a line of one that could not."""
    read_again(tables, order)
    read = Tables({n: d for n, d in tables.data.items() if n != DECISIONS}, tables.not_read)
    try:
        count(frames_of(read), settings(order, read), {})
    except InputsRefused as refused:
        return refused.faults
    return ()


def _refuse_a_month_without_rules(book: Rulebook, order: Order) -> None:
    """Raises UsageError where the rulebook says nothing at all about the month."""
    month = order.month
    if not any(book.begins(program) <= month.end for program in book.files):
        first = min(book.begins(program) for program in book.files)
        raise UsageError(f"no rule is in force in {month}; the rules begin on {first}")


def _taken(config: Config) -> Iterator[PositionTaken]:
    for point, given in sorted(config.positions.items()):
        taken = given if isinstance(given, Taken) else Taken(take=given)
        yield PositionTaken(point, taken.take, taken.since, taken.source)


def frames_of(tables: Tables) -> Frames:
    """The tables as counting gets them."""
    return Frames(
        {name: data.frame for name, data in tables.data.items()},
        {name: [file.name for file in data.files] for name, data in tables.data.items()},
        {name: data.columns for name, data in tables.data.items()},
        {name: data.groups for name, data in tables.data.items() if data.groups is not None},
    )


def _supply_codes(book: Rulebook) -> frozenset[str]:
    return frozenset(
        code
        for file in book.files.values()
        for code, rule in file.codes.items()
        if rule.window is Clock.SUPPLY_PERIOD
    )


def _configure(book: Rulebook) -> dict[str, str]:
    lines = {str(cause): words.SETTLE[cause] for cause in Cause if cause in words.SETTLE}
    for point, contested in book.points.items():
        lines[point] = f"positions: {{{point}: {contested.base}}} (or {contested.other})"
    return lines
