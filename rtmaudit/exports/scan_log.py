"""DuckDB over plain time logs: which lines stand alone, in groups, and the others one by one.

A line stands alone where nothing but its own cells decides what it counts. The others are those
that share an entry id, or seconds with another line of the same patient or staff member; those that
reach over midnight or have no length; and those of a staff member's day that is too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from rtmaudit.exports.scan import Line, Scan
from rtmaudit.model import Contact, Program, Role
from rtmaudit.tables import PLAUSIBLE_SECONDS, STAFF_DAY

SAID = (("program",), ("role",), ("contact",), ("staff_id",), ("seconds", "minutes"))
"""Columns of few words. What each cell says (of a duration both) is asked of the careful reader."""

MICRO, DAY = 1_000_000, 86_400
WORDS: tuple[tuple[Any, ...], ...] = (tuple(Program), (None, *Role), (None, *Contact))
"""What the first columns of `SAID` may say."""

MEMORY = "192MB"
"""What a ledger may hold; it is sorted twice, and spills as readily."""

OTHERS = -1
"""The number of no file."""

_ID = "[!-~]([ -~]*[!-~])?"
_SCIENTIFIC = r"\d(\.\d+)?[Ee]\+\d+"

Said = Mapping[str, Any]
"""What the cells of a column say, by their text; those that say nothing are not there."""


class Found(NamedTuple):
    """What one look at a file shows: its records, its patients, the cells of each of `SAID`;
    whether a time other than midnight is told, and whether an entry id may have lost its digits."""

    records: int
    patients: list[str]
    cells: list[list[str]]
    times: bool
    scientific: bool


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


@dataclass(slots=True)
class LogScan(Scan):
    """One plain time log under DuckDB. `said` tells what the cells of each of `SAID` say, as a
    number (of a staff member the name) and none where that is nothing."""

    said: Sequence[Mapping[str, int | str | None]] = field(default_factory=list)

    def look(self) -> Found:
        """What shows in one look at all lines. Raises as `_ask` does."""
        lists = ", ".join(f"list(DISTINCT {self._key(columns)})" for columns in SAID)
        entry = f"regexp_full_match(trim({self._cell('entry_id')}), '{_SCIENTIFIC}')"
        ((records, patients, *cells, times, scientific),) = self._ask(
            f"SELECT count(*), list(DISTINCT {self._cell('patient_id')}) "
            f"FILTER (micros IS NOT NULL), {lists}, "
            f"bool_or({self._second()} IS NULL OR ({self.clock.local}) % {DAY * MICRO} <> 0) "
            f"FILTER (micros IS NOT NULL), bool_or({entry}) FROM ({self._days()})"
        )
        self.records = records
        self._note_rejects()
        named = [each for each in patients or () if each is not None]
        return Found(records, named, [each or [] for each in cells], bool(times), bool(scientific))

    def know(self, said: Sequence[Mapping[str, int | str | None]]) -> None:
        """Take in what the cells say."""
        self.said = said
        for n, (columns, known) in enumerate(zip(SAID, said, strict=True)):
            kind = "VARCHAR" if columns == ("staff_id",) else "BIGINT"
            self._ask(f"CREATE OR REPLACE TEMP TABLE said{n} (key VARCHAR, value {kind})")
            if known:
                self._ask(
                    f"INSERT INTO said{n} SELECT unnest($keys), unnest($values)",
                    {"keys": list(known), "values": list(known.values())},
                )

    def number_not_sound(self) -> int:
        """How many records are not plain, of those that are as wide as the header."""
        counted = f"SELECT count(*) FROM ({self._days()}) WHERE NOT ({self._sound()})"
        ((number,),) = self._ask(counted)
        return int(number)

    def typed(self, file: int) -> str:
        """The sound lines with what they say."""
        keys = ", ".join(f"{self._key(columns)} AS key{n}" for n, columns in enumerate(SAID))
        join = " ".join(f"JOIN said{n} ON said{n}.key = key{n}" for n in range(len(SAID)))
        late = f"({self.clock.local}) % {DAY * MICRO} + (said4.value + 3600) * {MICRO}"
        return (
            f"SELECT {file} AS file, number, patient, said0.value AS program, said1.value AS role, "
            f"said2.value AS contact, said3.value AS staff, second, said4.value AS length, day, "
            f"entry, second IS NOT NULL AND {late} > {DAY * MICRO} AS late "
            f"FROM (SELECT *, {self._cell('patient_id')} AS patient, {self._cell('entry_id')} "
            f"AS entry, {self._second()} AS second, {keys} "
            f"FROM ({self._days('row_number() OVER () AS number, ')})) {join} "
            f"WHERE {self._plain()}"
        )

    def borrow(self, other: LogScan) -> None:
        """Use the database of another scan."""
        self._connection = other._connection

    def _second(self) -> str:
        return f"({self.clock.utc}) // {MICRO}"

    def _sound(self) -> str:
        known = (
            f" AND {self._key(columns)} IN (SELECT key FROM said{n})"
            for n, columns in enumerate(SAID)
        )
        return self._plain() + "".join(known)

    def _plain(self) -> str:
        entry = self._cell("entry_id")
        written = f"coalesce(regexp_full_match({entry}, '{_ID}'), true)"
        return f"micros IS NOT NULL AND {self._cell('patient_id')} IS NOT NULL AND {written}"

    def _key(self, columns: Iterable[str]) -> str:
        """The cells of some columns as one text; no cell holds a delimiter."""
        return f" || '{self.delimiter}' || ".join(f"coalesce({self._cell(c)}, '')" for c in columns)


class Ledger:
    """The sound lines of all plain files of the time log, beside those that were read already; a
    context that leaves nothing behind. Raises as a scan does."""

    def __init__(self, scans: Mapping[int, LogScan], month: int) -> None:
        self.scans = scans
        first = next(iter(scans.values()))
        self.first, self.span = first, first.span
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

    def __exit__(self, *why: object) -> None:
        self.first.__exit__(*why)

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
            found[number] = scan.lines("number IN (SELECT number FROM again)")
        return found
