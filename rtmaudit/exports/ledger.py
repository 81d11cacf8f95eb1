"""DuckDB over all lines of plain time logs: which stand alone, in groups, and which do not.

A line stands alone where nothing but its own cells decides what it counts. The others are those
that share an entry id, or seconds with another line of the same patient or staff member; those that
reach over midnight or have no length; and those of a staff member's day that is too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from rtmaudit.exports.scan import Line
from rtmaudit.exports.scan_log import WORDS, LogScan
from rtmaudit.model import Program
from rtmaudit.tables import PLAUSIBLE_SECONDS, STAFF_DAY

MEMORY = "192MB"
"""What a ledger may hold; it is sorted twice, and spills as readily."""

OTHERS = -1
"""The number of no file."""


class LogRow(NamedTuple):
    """The lines of one patient, program, role, contact and stretch that stand alone; the words by
    their place in `WORDS`. Days are counted from the first of the span, as bits or by number; the
    last four tell of the judged days."""

    file: int
    patient: str
    program: int
    role: int
    contact: int
    days: int | None
    lines: int
    elsewhere: int
    ahead: int
    low: int
    high: int
    staffed: bool | None
    short: int
    long: int
    seconds: int
    times: int
    since: int | None
    until: int | None


class Other(NamedTuple):
    """A line that was read already, as far as others may contend with it; a call has no length."""

    patient: str
    program: int | None
    staff: str | None
    second: int | None
    length: int
    day: int
    entry: str | None
    call: bool = False


class Ledger:
    """The sound lines of all plain files of the time log, beside those that were read already; a
    context that leaves nothing behind. Raises as a scan does."""

    def __init__(self, scans: Mapping[int, LogScan], month: int) -> None:
        self.scans = scans
        first = next(iter(scans.values()))
        self.first, self.span = first, first.file.span
        start, end, ahead = (
            (day - self.span.first).days
            for day in (self.span.start, self.span.end, self.span.as_of)
        )
        self.start, self.end, self.ahead, self.month = start, end, ahead, month

    def __enter__(self) -> Self:
        self.first.__enter__()
        self._ask(f"SET memory_limit = '{MEMORY}'")
        for number, scan in self.scans.items():
            scan.borrow(self.first)
            scan.know(scan.said)
            begin = "INSERT INTO" if number != next(iter(self.scans)) else "CREATE TEMP TABLE"
            link = " " if begin.startswith("INSERT") else " AS "
            self._ask(f"{begin} ledger{link}{scan.typed(number)}")
        self._ask("CREATE TEMP TABLE calls (patient VARCHAR, second BIGINT)")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.first.__exit__(kind)

    def _ask(self, statement: str, given: Mapping[str, object] | None = None) -> list[Any]:
        return self.first._ask(statement, given)

    def beside(self, others: Sequence[Other]) -> None:
        """Take in lines that were read already, and calls."""
        entries = [each for each in others if not each.call]
        calls = [each for each in others if each.call]
        if entries:
            columns = "patient, program, staff, second, length, day, entry"
            unnested = ", ".join(f"unnest(${column})" for column in columns.split(", "))
            self._ask(
                f"INSERT INTO ledger (file, {columns}) SELECT {OTHERS}, {unnested}",
                {c: [getattr(each, c) for each in entries] for c in columns.split(", ")},
            )
        if calls:
            self._ask(
                "INSERT INTO calls SELECT unnest($patients), unnest($seconds)",
                {
                    "patients": [each.patient for each in calls],
                    "seconds": [each.second for each in calls],
                },
            )

    def set_apart(self) -> None:
        """Find the lines that do not stand alone."""
        month, end = self.month, self.end
        told = f"day BETWEEN {month} AND {end}"
        long = f"HAVING sum(length) > {STAFF_DAY}"
        several = "SELECT {0} FROM judged WHERE {1} GROUP BY {0} HAVING count(*) > 1"
        self._ask(
            "CREATE TEMP VIEW judged AS SELECT * FROM ledger "
            f"WHERE day BETWEEN {self.start} AND {end}"
        )
        some = "SELECT file, number FROM judged "
        apart = [
            some + "WHERE late OR length = 0",
            self._overlapping("staff", "staff IS NOT NULL"),
            self._overlapping(
                "patient",
                "patient IN (SELECT patient FROM judged GROUP BY patient "
                "HAVING min(program) <> max(program))",
            ),
            f"{some}SEMI JOIN ({several.format('patient, second', 'staff IS NULL')}) "
            "USING (patient, second)",
            f"{some}SEMI JOIN ({several.format('entry', 'entry IS NOT NULL')}) USING (entry)",
            f"{some}SEMI JOIN ({several.format('patient, day, length', 'true')} AND "
            f"bool_or(second IS NULL OR file = {OTHERS})) USING (patient, day, length)",
            f"{some}SEMI JOIN (SELECT staff, day FROM judged WHERE {told} AND staff IS NOT NULL "
            f"GROUP BY staff, day {long}) USING (staff, day)",
            f"{some}WHERE staff IS NULL AND {told} AND EXISTS "
            "(SELECT 1 FROM judged WHERE staff IS NOT NULL)",
            f"{some}SEMI JOIN calls USING (patient, second)",
        ]
        self._ask("CREATE TEMP TABLE apart AS " + " UNION ".join(apart))

    def _overlapping(self, by: str, where: str) -> str:
        """The lines that share seconds with another one, however many lie between the two."""
        order = f"PARTITION BY {by} ORDER BY second, file, number"
        return (
            "SELECT file, number FROM (SELECT *, lead(second) OVER (" + order + ") AS next, "
            f"max(second + length) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
            f"AS reached FROM judged WHERE second IS NOT NULL AND length > 0 AND {where}) "
            "WHERE reached > second OR next < second + length"
        )

    def cut(self, days: Mapping[str, int], programs: Iterable[Program]) -> None:
        """The days on which stretches of some programs begin beside the month, as bits, by the
        patient."""
        self._ask("CREATE TEMP TABLE cuts (patient VARCHAR, bits UBIGINT)")
        if days:
            given = {"patients": list(days), "bits": list(days.values())}
            self._ask("INSERT INTO cuts SELECT unnest($patients), unnest($bits)", given)
        self.programs = [WORDS[0].index(program) for program in programs]

    def groups(self) -> list[LogRow]:
        """All lines but those that were set apart."""
        judged = f"day BETWEEN {self.start} AND {self.end}"
        inside = f"FILTER ({judged})"
        short, long = PLAUSIBLE_SECONDS
        own = f"bits IS NOT NULL AND list_contains({self.programs}::BIGINT[], program)"
        cut = f"CASE WHEN {own} THEN bits ELSE 0 END"
        stretch = (
            f"CASE WHEN {judged} THEN bit_count(({cut} | {1 << self.month}::UBIGINT) & "
            "((2::UBIGINT << day::UTINYINT) - 1)) END"
        )
        found = self._ask(
            f"""
            SELECT file, patient, program, role, contact,
                bit_or(CASE WHEN day BETWEEN 0 AND {self.end} THEN 1::UBIGINT << day::UTINYINT END),
                count(*), count(*) FILTER (NOT ({judged})),
                count(*) FILTER (day > {self.ahead} AND day <= {self.end}), min(day), max(day),
                bool_or(staff IS NOT NULL) {inside},
                count(*) FILTER ({judged} AND length < {short}),
                count(*) FILTER ({judged} AND length > {long}),
                coalesce(sum(length) {inside}, 0)::BIGINT, count(*) {inside}, min(day) {inside},
                max(day) {inside}
            FROM ledger ANTI JOIN apart USING (file, number) LEFT JOIN cuts USING (patient)
            WHERE file <> {OTHERS} GROUP BY file, patient, program, role, contact, {stretch}
            """
        )
        return [LogRow(*row) for row in found]

    def lines(self, patients: Iterable[str]) -> dict[int, list[Line]]:
        """The lines that were set apart, and all lines of some patients, by their file."""
        self._ask(
            "INSERT INTO apart SELECT file, number FROM ledger "
            "WHERE patient IN (SELECT unnest($patients))",
            {"patients": list(patients)},
        )
        self._ask("DROP VIEW judged; DROP TABLE ledger")
        found = {}
        for number, scan in self.scans.items():
            self._ask(
                f"CREATE OR REPLACE TEMP TABLE again AS SELECT number FROM apart "
                f"WHERE file = {number}"
            )
            scan.know(scan.said)
            found[number] = scan.lines_again()
        return found
