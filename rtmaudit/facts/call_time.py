"""Calls as time, where the practice says so: only the part that no entry of the log covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from rtmaudit.facts.rows import rows_of
from rtmaudit.facts.time import Entry, union_length
from rtmaudit.model import Cause, Disposition, Role


def call_entries(
    calls: pd.DataFrame,
    files: Sequence[str],
    entries: Mapping[str, list[Entry]],
    default_role: Role | None,
) -> Iterator[Entry]:
    """An entry for each used call of known length. A call has the role that the log gives its staff
    member. Without a time of day, or without a program, it counts only in `high`."""
    roles = _roles(entries)
    for row in rows_of(calls):
        if row["disposition"] is not Disposition.USED or not row["least"]:
            continue
        placed = row["second"] is not None and row["program"] is not None
        logged = _logged(row, entries.get(row["patient_id"], [])) if placed else 0
        rest = row["least"] - logged
        yield Entry(
            row["patient_id"],
            (files[row["file"]], int(row["line"])),
            row["program"],
            roles.get(row["staff_id"], default_role),
            row["contact"],
            row["staff_id"],
            row["day"],
            row["second"],
            rest if placed else 0,
            rest,
            cause=None if placed else Cause.PROGRAM_OF_CALL,
        )


def _logged(call: Mapping[Any, Any], mine: Sequence[Entry]) -> int:
    start, end = call["second"], call["second"] + call["least"]
    pieces = [
        (max(start, entry.second), min(end, entry.second + (entry.most or 0)))
        for entry in mine
        if entry.second is not None
    ]
    return union_length((a, b) for a, b in pieces if b > a)


def _roles(entries: Mapping[str, list[Entry]]) -> dict[str, Role]:
    """The role of each staff member who has only one in the log."""
    seen: dict[str, set[Role]] = defaultdict(set)
    for mine in entries.values():
        for entry in mine:
            if entry.staff is not None and entry.role is not None:
                seen[entry.staff].add(entry.role)
    return {staff: next(iter(roles)) for staff, roles in seen.items() if len(roles) == 1}
