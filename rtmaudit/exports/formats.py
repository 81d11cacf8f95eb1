"""How the dates of a column are written: declared, or proven by the whole column, or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from rtmaudit.errors import Fault
from rtmaudit.exports.cells import BadCell, iso_like, read_date
from rtmaudit.exports.outside import Outside
from rtmaudit.exports.plan import Plan
from rtmaudit.tables import Kind

_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%m.%d.%Y", "%Y/%m/%d")
_NAMED = ("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
PROVABLE = tuple(day + clock for day, clock in product((*_DAYS, *_NAMED), _CLOCKS))
"""Formats that a column may prove: the only one that reads all that can be read at all."""

_SAMPLE = 200
"""Cells among which every format in use shows itself; what only another reads is no date."""


def find_formats(plan: Plan, outside: Sequence[Outside], faults: list[Fault]) -> dict[str, str]:
    """The strptime format of each dated column that is not written as ISO 8601 says."""
    found: dict[str, str] = {}
    for column in plan.columns:
        if plan.table.columns[column].kind not in (Kind.INSTANT, Kind.DATE):
            continue
        if column in plan.mapping.formats:
            found[column] = plan.mapping.formats[column]
            continue
        rows = zip(plan.raw.rows, outside, strict=True)
        cells = {plan.cell(row, column) for row, why in rows if why is None} - {""}
        if not cells or any(iso_like(cell) for cell in cells):
            continue
        fitting = proven(cells)
        if len(fitting) == 1:
            found[column] = fitting[0]
        else:
            faults.append(plan.fault(_ask(plan, column, fitting), place=column))
    return found


def proven(cells: set[str]) -> list[str]:
    """The formats that read every cell which any of them reads. A cell that none reads proves
    nothing, and is quarantined when its turn comes."""
    some = sorted(cells)[:: max(1, len(cells) // _SAMPLE)]
    able = [each for each in PROVABLE if any(_fits(cell, each) for cell in some)]
    reads = {each: {cell for cell in cells if _fits(cell, each)} for each in able}
    readable = set().union(*reads.values())
    return [each for each, read in reads.items() if read == readable]


def _ask(plan: Plan, column: str, fitting: Sequence[str]) -> str:
    add = f'`tables: {{{plan.name}: {{formats: {{{column}: "{(*fitting, "%m/%d/%Y")[0]}"}}}}}}`'
    what = (
        "could be month/day or day/month"
        if fitting
        else "is written neither as ISO 8601 nor as month/day/year throughout"
    )
    return f"column {plan.written(column)} {what}; say which in rtmaudit.yaml, as {add}"


def _fits(text: str, pattern: str) -> bool:
    try:
        read_date(text, pattern)
    except BadCell:
        return False
    return True
