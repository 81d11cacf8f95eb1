"""DuckDB over all lines of plain time logs: which stand alone, in groups, and which do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from rtmaudit.exports.apart import OTHERS, apart
from rtmaudit.exports.database import Database
from rtmaudit.exports.grouped import groups_of
from rtmaudit.exports.plain_file import PlainFile
from rtmaudit.exports.scan import NotPlain
from rtmaudit.exports.scan_log import LogScan
from rtmaudit.model import Program
from rtmaudit.tables import GROUPED, NOTHING, PLAUSIBLE_SECONDS, TIME_LOG, Span, numbers_of

MEMORY = "320MB"
"""What a ledger may hold; it is sorted, and spills as readily."""

_LEDGER = """
CREATE TEMP TABLE ledger (
    file SMALLINT, number BIGINT, patient VARCHAR, program TINYINT, role TINYINT, contact TINYINT,
    staff VARCHAR, second BIGINT, length INTEGER, day INTEGER, entry VARCHAR, activity VARCHAR,
    created VARCHAR, written_on INTEGER, cell VARCHAR, ended VARCHAR, late BOOLEAN
)
"""


class Told(NamedTuple):
    """A sound line, with what its cells say; the words by their numbers, `cell` the text
    of its duration, the day counted from the first of the span."""

    number: int
    patient: str
    program: int
    role: int
    contact: int
    staff: str | None
    second: int | None
    day: int
    entry: str | None
    activity: str | None
    created: str | None
    cell: str
    ended: str | None


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
    """The sound lines of all plain files of the time log, beside those that were read already. It
    leaves nothing behind once it is closed. Raises as a scan does."""

    def __init__(self, span: Span) -> None:
        self.span, self.files, self.programs = span, list[LogScan](), list[int]()
        self.start, self.end, self.ahead = (
            (day - span.first).days for day in (span.start, span.end, span.as_of)
        )
        self._database = Database(MEMORY)
        self._ask(_LEDGER)
        self._ask("CREATE TEMP TABLE calls (patient VARCHAR, second BIGINT)")
        self._ask("CREATE TEMP TABLE cuts (patient VARCHAR, bits UBIGINT)")

    @contextmanager
    def trying(self, file: PlainFile) -> Iterator[LogScan]:
        """The way to one more file, of which nothing stays where it turns out not to be plain."""
        scan = LogScan(file, number=len(self.files)).use(self._database)
        self.files.append(scan)
        try:
            yield scan
        except NotPlain:
            self._strike(scan)
            raise

    def enter(self, scan: LogScan) -> int:
        """Take in the sound lines of a file; how many there are."""
        self._ask(f"INSERT INTO ledger {scan.typed()}")
        scan.forget_lines()
        ((number,),) = self._ask(f"SELECT count(*) FROM ledger WHERE file = {scan.number}")
        return int(number)

    def _strike(self, scan: LogScan) -> None:
        """Take out what is there of a file."""
        scan.forget_lines()
        self._ask(f"DELETE FROM ledger WHERE file = {scan.number}")

    def close(self) -> None:
        """Let go of all lines."""
        self._database.close()

    def _ask(self, statement: str, given: Mapping[str, object] | None = None) -> list[Any]:
        return self._database.ask(statement, self._name, given)

    @property
    def _name(self) -> str:
        return self.files[-1].file.path.name if self.files else ""

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

    def set_apart(self, month: date) -> None:
        """Find the lines that do not stand alone; `month`: the first day of the audited one."""
        self.month = (month - self.span.first).days
        judged = f"day BETWEEN {self.start} AND {self.end}"
        self._ask(f"CREATE TEMP VIEW judged AS SELECT * FROM ledger WHERE {judged}")
        self._ask(f"CREATE TEMP TABLE apart AS {' UNION '.join(apart(self.month, self.end))}")

    def cut(self, days: Mapping[str, int], programs: Iterable[Program]) -> None:
        """The days on which stretches of some programs begin beside the month, as bits, by the
        patient."""
        if days:
            given = {"patients": list(days), "bits": list(days.values())}
            self._ask("INSERT INTO cuts SELECT unnest($patients), unnest($bits)", given)
        self.programs = [numbers_of(Program)[program] for program in programs]

    def groups(self) -> pd.DataFrame:
        """All lines but those that were set apart, in groups, by patient."""
        columns = self._database.columns(self._grouped(), self._name)
        return groups_of(TIME_LOG, dict(zip(GROUPED[TIME_LOG], columns, strict=True)))

    def _grouped(self) -> str:
        judged = f"day BETWEEN {self.start} AND {self.end}"
        inside = f"FILTER ({judged})"
        short, long = PLAUSIBLE_SECONDS
        bit = "1::UBIGINT << day::UTINYINT"
        return f"""
            SELECT file, patient, program, role, contact,
                coalesce(bit_or(CASE WHEN day BETWEEN 0 AND {self.end} THEN {bit} END), 0),
                count(*), count(*) FILTER (NOT ({judged})),
                count(*) FILTER (day > {self.ahead} AND day <= {self.end}), min(day), max(day),
                coalesce(bool_or(staff IS NOT NULL) {inside}, false),
                count(*) FILTER ({judged} AND length < {short}),
                count(*) FILTER ({judged} AND length > {long}),
                coalesce(sum(length) {inside}, 0)::BIGINT, count(*) {inside},
                coalesce(min(day) {inside}, {NOTHING}), coalesce(max(day) {inside}, {NOTHING})
            FROM ledger ANTI JOIN apart USING (file, number) {self._cuts()}
            WHERE file <> {OTHERS} GROUP BY file, patient, program, role, contact, {self._stretch()}
            """

    def _cuts(self) -> str:
        return "LEFT JOIN cuts USING (patient)" if self.programs else ""

    def _stretch(self) -> str:
        """By how many days on which a stretch begins the day of a line is reached."""
        own = f"bits IS NOT NULL AND list_contains({self.programs}::BIGINT[], program)"
        cut = f"CASE WHEN {own} THEN bits ELSE 0 END | " if self.programs else ""
        return (
            f"CASE WHEN day BETWEEN {self.start} AND {self.end} THEN "
            f"bit_count(({cut}{1 << self.month}::UBIGINT) & ((2::UBIGINT << day::UTINYINT) - 1)) "
            "END"
        )

    def lines(self, patients: Iterable[str]) -> dict[int, list[Told]]:
        """The lines that were set apart, and all lines of some patients, by their file."""
        self._ask(
            "INSERT INTO apart SELECT file, number FROM ledger "
            "WHERE patient IN (SELECT unnest($patients))",
            {"patients": list(patients)},
        )
        return self._told("WHERE (file, number) IN (FROM apart)")

    def all_lines(self) -> dict[int, list[Told]]:
        """All lines, by their file."""
        return self._told("")

    def _told(self, which: str) -> dict[int, list[Told]]:
        columns = ", ".join(Told._fields)
        found = self._ask(f"SELECT file, {columns} FROM ledger {which} ORDER BY file, number")
        told: dict[int, list[Told]] = {scan.number: [] for scan in self.files}
        for file, *cells in found:
            if file != OTHERS:
                told[file].append(Told._make(cells))
        return told
