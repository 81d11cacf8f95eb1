"""The second implementation: DuckDB, the SQL files beside this one, and the practices as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from .practices import DAY, File, Practice
from .product import RULES, Key, Said

HERE = Path(__file__).resolve().parent
STEPS = ("reading", "counting", "law", "rtm", "rpm", "ccm", "beside")
"""The SQL files, in the order in which they build on each other."""

COLUMNS = {
    "patients": (
        *("patient_id", "programs", "biller", "biller_type", "place_of_service", "enrolled_on"),
        *("setup_on", "goals_met_on", "ended_on", "died_on", "consent_on", "consent_revoked_on"),
        *("order_on", "plan_of_care_from", "plan_of_care_to", "care_plan_on"),
        *("initiating_visit_on", "established", "conditions", "mdm"),
        *("surgery_on", "global_days", "surgery_related"),
    ),
    "readings": ("patient_id", "recorded_at", "system", "source"),
    "time_log": (
        *("patient_id", "started_at", "seconds", "minutes", "ended_at", "program", "role"),
        *("contact", "staff_id", "entry_id"),
    ),
    "calls": ("patient_id", "started_at", "contact", "program", "seconds", "staff_id"),
    "visits": ("patient_id", "on", "code"),
    "claims": (
        *("patient_id", "code", "service_date", "period_start", "period_end", "status", "biller"),
    ),
    "stays": ("patient_id", "from", "to", "kind"),
}
"""The columns of each table; one that an export does not have is NULL in all of its lines."""

Edit = Callable[[str, str], str]
"""Changes the text of a SQL file, given its name: how a test makes the two disagree."""


def as_written(_: str, text: str) -> str:
    """The SQL as it stands."""
    return text


def findings(practices: Sequence[Practice], edit: Edit = as_written) -> dict[Key, Said]:
    """Every finding of every patient of these practices, by the SQL."""
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("set TimeZone = 'UTC'")
        db.execute(_sql("given"))
        for name, frame in _given(practices).items():
            db.register("lines", frame)
            db.execute(f"insert into {name} select * from lines")
        for step in STEPS:
            db.execute(edit(step, _sql(step)))
        rows = db.execute(
            "select practice, patient, code, w_start, w_end, verdict, units, secondary, due, day,"
            " fact, lo, hi, needs_contact, lo2, hi2 from finding"
        ).fetchall()
    return {Key(*row[:5]): _said(row[5:]) for row in rows}


def _sql(step: str) -> str:
    return (HERE / f"{step}.sql").read_text(encoding="utf-8")


def _said(row: Sequence[Any]) -> Said:
    verdict, units, secondary, due, day, fact, lo, hi, needs_contact, lo2, hi2 = row
    counts: list[tuple[str, int, int | None]] = [] if lo is None else [(fact, lo, hi)]
    if needs_contact:
        counts.append(("contact", lo2, hi2))
    return Said(verdict, units, secondary, due, day, tuple(sorted(counts)))


def _given(practices: Iterable[Practice]) -> dict[str, pd.DataFrame]:
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
    known: list[tuple[Any, ...]] = []
    exports: list[tuple[Any, ...]] = []
    positions: list[tuple[Any, ...]] = []
    for each in practices:
        known.append(_practice(each))
        for point, (take, since) in each.positions.items():
            positions.append((each.number, point, take, since))
        for table, files in each.tables.items():
            for i, file in enumerate(files):
                exports.append((each.number, table, i, file.columns))
                rows[table] += _lines(each.number, i, file, COLUMNS[table])
    given = {
        f"{table}_text": _frame(["practice", "file", "line", *COLUMNS[table]], mine)
        for table, mine in rows.items()
    }
    given["practice"] = _frame(PRACTICE, known)
    given["export"] = _frame(["practice", "name", "file", "columns"], exports)
    given["position_taken"] = _frame(["practice", "point", "take", "since"], positions)
    given["chronic_list"] = pd.read_csv(
        sorted((RULES / "lists").glob("chronic-conditions-*.csv"))[-1], dtype={"icd10cm": str}
    )
    return given


PRACTICE = [
    *("practice", "month", "month_end", "span", "as_of", "zone", "window_mode", "strict"),
    *("default_role", "default_biller", "covers_from", "covers_to", "calls_as_time"),
]


def _practice(given: Practice) -> tuple[Any, ...]:
    first, last = given.covers or (None, None)
    return (
        *(given.number, given.month, given.end, given.month - 29 * DAY, given.as_of, given.zone),
        *(given.window_mode, given.strict, given.default_role, given.default_biller, first, last),
        given.calls_as_time,
    )


def _lines(practice: int, number: int, file: File, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return [
        (practice, number, line, *(row.get(column) for column in columns))
        for line, row in enumerate(file.rows, start=2)
    ]


def _frame(columns: list[str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns, dtype=object)
