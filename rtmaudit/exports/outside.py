"""Which records of a file are no lines of its table: what stands above, between and below.

Every one of them is told with its line. A record that could be a patient's is never among them: it
is read, or quarantined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rtmaudit.errors import Fault
from rtmaudit.exports.grid import DATED, normal
from rtmaudit.exports.plan import Plan
from rtmaudit.model import Exclusion, ProblemKind

SUMMARY_WORDS = frozenset(
    {"total", "totals", "subtotal", "grand total", "summary", "sum", "count", "average"}
    | {"rate", "rates", "revenue"}
)

Outside = Exclusion | ProblemKind | None
"""Why a record is not read, or None."""


def find_outside(plan: Plan) -> list[Outside]:
    """For each record of the file why its cells are not read, or None."""
    raw, is_inside = plan.raw, _quick_look(plan)
    found: list[Outside] = [
        Exclusion.ABOVE_HEADER
        if i < raw.above
        else None
        if is_inside(row)
        else _of_record(plan, row)
        for i, row in enumerate(raw.rows)
    ]
    _second_header_line(plan, found)
    _repeated_above(plan, found)
    _below_the_table(plan, found)
    return found


def second_tables(plan: Plan, outside: Sequence[Outside]) -> Iterator[Fault]:
    """The header of a table that looks alike, and whose lines would count: a record of which every
    cell holds the name of its own column, or is the name of another."""
    for row, line, why in zip(plan.raw.rows, plan.raw.lines, outside, strict=True):
        if (
            why is None
            and _may_name(plan, row)
            and all(
                name and (name in normal(cell) or normal(cell) in plan.names)
                for name, cell in zip(plan.names, row, strict=True)
            )
        ):
            yield plan.fault("begins a second table here; export each to a file of its own", line)


def _quick_look(plan: Plan) -> Callable[[Sequence[str]], bool]:
    """What tells of most records that they are lines, and of none that it is not: as wide as the
    header, and with digits, of which neither names nor totals have any, where the id stands and
    where a name would."""
    places = plan.places.get("patient_id", ())
    if plan.numbered or len(places) != 1 or plan.mapping.keep or plan.mapping.drop:
        return lambda _: False
    place, width, empty, digit = places[0], len(plan.names), plan.empty, _DIGIT.search

    def is_inside(row: Sequence[str]) -> bool:
        if len(row) != width or not digit(row[0]):
            return False
        return digit(row[place]) is not None and row[place].strip() not in empty

    return is_inside


def _of_record(plan: Plan, row: Sequence[str]) -> Outside:
    if not any(cell.strip() for cell in row):
        return Exclusion.BLANK
    if _is_header(plan, row):
        return Exclusion.REPEATED_HEADER
    if plan.dropped(row):
        return Exclusion.NOT_KEPT
    if len(row) != len(plan.names):
        return ProblemKind.ROW_WIDTH
    if _sums_up(plan, row):
        return Exclusion.SUMMARY_LINE
    return None if plan.kept(row) else Exclusion.NOT_KEPT


def _is_header(plan: Plan, row: Sequence[str]) -> bool:
    if len(row) != len(plan.names) or not _may_name(plan, row):
        return False
    return all(normal(cell) == name for cell, name in zip(row, plan.names, strict=True))


def _may_name(plan: Plan, row: Sequence[str]) -> bool:
    """Whether a record may name columns, by its first cell: a digit stands in few names."""
    return plan.numbered or not (_DIGIT.search(row[0]) or any(map(str.isdigit, row[0])))


_DIGIT = re.compile("[0-9]")


def _sums_up(plan: Plan, row: Sequence[str]) -> bool:
    """A total stands where the patient's id would, or anywhere in a record without one."""
    if "patient_id" not in plan.columns:
        return False
    patient = plan.cell(row, "patient_id").strip()
    if patient:
        return _is_sum(patient)
    return any(map(_is_sum, row))


def _is_sum(text: str) -> bool:
    return text.strip(" :").lower() in SUMMARY_WORDS


def _second_header_line(plan: Plan, found: list[Outside]) -> None:
    """Units or other words right below the header: a line that must tell a time, and has no digit
    in any cell. A patient whom another line names too is no such word."""
    i, rows = plan.raw.above, plan.raw.rows
    if i >= len(found) or found[i] is not None or plan.table.stamp not in plan.columns:
        return
    row = rows[i]
    words = bool(plan.cell(row, plan.table.stamp)) and not any(map(str.isdigit, "".join(row)))
    if words and plan.patient(row) not in map(plan.patient, rows[i + 1 :]):
        found[i] = Exclusion.HEADER_LINE


def _repeated_above(plan: Plan, found: list[Outside]) -> None:
    """Concatenated exports repeat what stands above their header too."""
    above = plan.raw.above
    for i, why in enumerate(found):
        if why is Exclusion.REPEATED_HEADER:
            for j in range(max(above, i - above), i):
                if found[j] is ProblemKind.ROW_WIDTH:
                    found[j] = Exclusion.ABOVE_HEADER


def _below_the_table(plan: Plan, found: list[Outside]) -> None:
    """What follows the last whole line and cannot be a patient's: a sentence, a date of the export,
    a table of rates. A line that may only be cut off stays one, and is quarantined."""
    rows = plan.raw.rows
    backwards = range(len(rows) - 1, -1, -1)
    last = next((i for i in backwards if _whole(plan, rows[i], found[i])), None)
    if last is None or last + 1 == len(rows):
        return
    above = zip(rows[: last + 1], found, strict=False)
    patients = {plan.patient(row) for row, why in above if why is None}
    alone, apart = len(rows) == last + 2, False
    for i in range(last + 1, len(rows)):
        apart = apart or found[i] is Exclusion.BLANK
        cut = not apart or i == len(rows) - 1
        if isinstance(found[i], Exclusion) or plan.patient(rows[i]) in patients:
            continue
        if alone and not apart and (not plan.raw.ended or _begins_a_line(plan, rows[i])):
            continue
        if not _maybe_a_line(plan, rows[i], apart, cut):
            found[i] = Exclusion.BELOW_TABLE


def _begins_a_line(plan: Plan, row: Sequence[str]) -> bool:
    """Whether the very last record, right below a whole line, may be one that is broken anywhere:
    it begins with something, in one word or with a date in it or with more behind it, that names
    no column. A sentence of one cell is none."""
    first = plan.patient(row) or next((cell.strip() for cell in row if cell.strip()), "")
    bare = " " not in first or DATED.search(first) or len(row) > 1
    return bool(first and bare) and normal(first) not in plan.names


def _maybe_a_line(plan: Plan, row: Sequence[str], apart: bool, cut: bool) -> bool:
    """Whether a record that is not whole could still be of a patient whom no line above names;
    `apart`: below a blank line; `cut`: where a line that is cut off may stand."""
    patient, cells = plan.patient(row), [cell.strip() for cell in row if cell.strip()]
    wide, dated = len(row) == len(plan.names), any(map(DATED.search, cells))
    if not patient:
        return dated and wide and len(cells) > 1
    if normal(patient) in plan.names:
        return False
    return (wide and not apart) or (" " not in cells[0] and (dated or (cut and len(cells) == 1)))


def _whole(plan: Plan, row: Sequence[str], why: Outside) -> bool:
    """Whether a record has all the cells that a line of its table must have."""
    return why is Exclusion.NOT_KEPT or (why is None and all(plan.filled(row)))
