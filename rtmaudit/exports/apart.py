"""Which lines of a ledger do not stand alone, in the words of DuckDB.

A line stands alone where nothing but its own cells decides what it counts. The others are those
that share an entry id, or seconds with another line of the same patient or staff member; those that
reach over midnight or have no length; those written down late; and those of a staff member's day
that is too long.
"""

from __future__ import annotations

from collections.abc import Iterator

from rtmaudit.tables import LATE_DAYS, STAFF_DAY

OTHERS = -1
"""The number of no file."""

_SEVERAL = "SEMI JOIN (SELECT {0} FROM judged {1} GROUP BY {0} HAVING {2}) USING ({0})"


def apart(month: int, end: int) -> Iterator[str]:
    """Statements that each give file and number of some of them, of the judged lines. `month` and
    `end`: the first and the last day of the audited one, as in the ledger."""
    for which in _by_their_cells(month, end):
        yield f"SELECT file, number FROM judged {which}"
    yield _overlapping("staff", "staff IS NOT NULL")
    programs = "GROUP BY patient HAVING min(program) <> max(program)"
    yield _overlapping("patient", f"patient IN (SELECT patient FROM judged {programs})")


def _by_their_cells(month: int, end: int) -> Iterator[str]:
    """Those that no shared second tells."""
    told = f"day BETWEEN {month} AND {end}"
    yield "WHERE late OR length = 0"
    yield f"WHERE {told} AND (written_on > day + {LATE_DAYS} OR written_on > {end})"
    yield _SEVERAL.format("patient, second", "WHERE staff IS NULL", "count(*) > 1")
    yield _SEVERAL.format("entry", "WHERE entry IS NOT NULL", "count(*) > 1")
    alike = "patient, day, length"
    untimed = f"SELECT {alike} FROM judged WHERE second IS NULL OR file = {OTHERS}"
    yield _SEVERAL.format(alike, f"SEMI JOIN ({untimed}) USING ({alike})", "count(*) > 1")
    staffed = f"WHERE {told} AND staff IS NOT NULL"
    yield _SEVERAL.format("staff, day", staffed, f"sum(length) > {STAFF_DAY}")
    others = "EXISTS (SELECT 1 FROM judged WHERE staff IS NOT NULL)"
    yield f"WHERE staff IS NULL AND {told} AND {others}"
    yield "SEMI JOIN calls USING (patient, second)"


def _overlapping(by: str, where: str) -> str:
    """The lines that share seconds with another one, however many lie between the two."""
    order = f"PARTITION BY {by} ORDER BY second"
    before = f"OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    return (
        f"SELECT file, number FROM (SELECT *, lead(second) OVER ({order}) AS next, "
        f"max(second + length) {before} AS reached "
        f"FROM judged WHERE second IS NOT NULL AND length > 0 AND {where}) "
        "WHERE reached > second OR next < second + length"
    )
