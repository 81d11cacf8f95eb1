"""How the dates of each column of a file are written: declared, proven, or asked for."""

from __future__ import annotations

from collections.abc import Sequence

from rtmaudit.errors import Fault
from rtmaudit.exports.date_order import Proof, prove
from rtmaudit.exports.outside import Outside
from rtmaudit.exports.plan import Plan
from rtmaudit.tables import Kind


def find_formats(plan: Plan, outside: Sequence[Outside], faults: list[Fault]) -> dict[str, str]:
    """The strptime format of each dated column that is not written as ISO 8601 says."""
    found: dict[str, str] = {}
    for column in plan.columns:
        if plan.table.columns[column].kind not in (Kind.INSTANT, Kind.DATE):
            continue
        if column in plan.mapping.formats:
            found[column] = plan.mapping.formats[column]
            continue
        proof = _proof(plan, outside, column)
        if proof.format:
            found[column] = proof.format
        elif proof.sentence:
            faults.append(plan.fault(_ask(plan, column, proof), proof.line, column))
    return found


def leave_unread(plan: Plan, outside: Sequence[Outside]) -> list[str]:
    """Takes out of the plan the columns that nothing is counted by and whose dates cannot be told:
    they are no reason to refuse a file."""
    unread = []
    for column in [c for c in plan.columns if plan.table.columns[c].aside]:
        if column not in plan.mapping.formats and _proof(plan, outside, column).sentence:
            unread.append(column)
            del plan.columns[column]
    return unread


def _proof(plan: Plan, outside: Sequence[Outside], column: str) -> Proof:
    rows = zip(plan.raw.lines, plan.raw.rows, outside, strict=True)
    return prove((line, plan.cell(row, column)) for line, row, why in rows if why is None)


def _ask(plan: Plan, column: str, proof: Proof) -> str:
    said = f"column {plan.written(column)} {proof.sentence}"
    if proof.suggest:
        add = f'{{{plan.name}: {{formats: {{{column}: "{proof.suggest[0]}"}}}}}}'
        said += f" in rtmaudit.yaml, as `tables: {add}`"
        said += "".join(f' or with "{each}"' for each in proof.suggest[1:])
    return said
