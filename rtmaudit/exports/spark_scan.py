"""Spark over one plain file: lines of text, split at the delimiter. Its text reader keeps every
line, and the bytes of all lines must add up to the file as its file system knows it.

A line is known by the piece of the file in which it lies and its place there; both readings of a
file are in the same pieces, so its physical number follows from how many lines each piece has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar

import pandas as pd

from rtmaudit.errors import OutputError
from rtmaudit.exports.dialect import SPARK, Dialect
from rtmaudit.exports.grouped import Cells
from rtmaudit.exports.scan import MOST_AGAIN, ROWS, Bytes, Line, NotPlain, Scan
from rtmaudit.exports.spark import OTHERWISE
from rtmaudit.tables import LOOKED_AT

if TYPE_CHECKING:
    from rtmaudit.exports.spark import Spark

T = TypeVar("T")

_NOT_ENOUGH = "there is not enough memory or disk to read it"
_NO_ROOM = (
    "OutOfMemory",
    "heap space",
    "GC overhead",
    "Cannot grow",
    "NegativeArraySize",
    "ExecutorLost",
    "No space left",
    "maxResultSize",
    "SparkContext was shut down",
    "stopped SparkContext",
)


class _Piece(NamedTuple):
    """A piece of the file: where it begins, the number of its first line within all of Spark's
    rows, its lines, their bytes and delimiters, and how many have no place in a plain file."""

    start: int
    low: int
    lines: int
    size: int
    delimiters: int
    strange: int


@dataclass(slots=True)
class SparkScan(Scan):
    """One plain file under Spark."""

    words: ClassVar[Dialect] = SPARK

    engine: Spark = field(kw_only=True)
    _view: str = field(init=False, default="")
    _last: int = field(init=False, default=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and not issubclass(kind, Exception):
            # Whoever ends the run does not wait for what Spark is at.
            self.engine.end()

    def read(self) -> tuple[pd.DataFrame, Bytes]:
        """All lines of the file in groups, and what it is made of."""
        stored = self._try(lambda: self.engine.stored(self.file.path))
        self._view = self.engine.new_view()
        with ThreadPoolExecutor(1) as beside, self:
            hashing = beside.submit(self._try, stored.sha256)
            pieces = self._pieces(stored.uri)
            lines = sum(piece.lines for piece in pieces)
            unended = self._try(stored.last_byte) != b"\n"
            if sum(piece.size for piece in pieces) + lines != stored.size + unended:
                raise NotPlain
            self._number(pieces)
            self._last = lines - 1
            if self.stamped_at_once():
                raise NotPlain
            rows = self.groups()
            if self.records < self._last:
                self._note_rejects()
            delimiters = sum(piece.delimiters for piece in pieces)
            return rows, Bytes(hashing.result(), lines, delimiters)

    def _pieces(self, uri: str) -> list[_Piece]:
        """What the pieces of the file hold. Raises NotPlain for what is in no plain one."""
        lines = f"{self._view}_lines"
        self._try(lambda: self._as_lines(uri, lines))
        without = f"replace(value, {SPARK.quoted(self.file.delimiter)}, '')"
        found = self._ask(
            f"""
            SELECT start, min(id), count(*), sum(octet_length(value)),
                sum(octet_length(value) - octet_length({without})), count(*) FILTER (
                    WHERE value = '' OR NOT is_valid_utf8(value) OR contains(value, '"')
                    OR contains(value, chr(13)) OR contains(value, chr(0)))
            FROM {lines} GROUP BY start ORDER BY start
            """
        )
        pieces = [_Piece(*row) for row in found]
        if any(piece.strange for piece in pieces):
            raise NotPlain
        return pieces

    def _as_lines(self, uri: str, view: str) -> None:
        """The view of all lines, with their cells and where their piece begins. Raises NotPlain
        where Spark finds no such file."""
        from pyspark.errors import AnalysisException

        # Beside an id that is no function of the line, a line is split once and not for each use.
        split = f"{self._split()} AS cells"
        place = ("_metadata.file_block_start AS start", "monotonically_increasing_id() AS id")
        try:
            lines = self.engine.session.read.text(uri, lineSep="\n")
        except AnalysisException:
            raise NotPlain from None
        lines.selectExpr("value", split, *place).createTempView(view)

    def _number(self, pieces: list[_Piece]) -> None:
        """The view of all lines with their number; that of the header is 0."""
        before = accumulate((piece.lines for piece in pieces), initial=0)
        rows = ", ".join(
            f"({piece.start}L, {n - piece.low}L)" for piece, n in zip(pieces, before, strict=False)
        )
        self._ask(
            f"""
            CREATE TEMPORARY VIEW {self._view} AS
            SELECT /*+ BROADCAST(pieces) */ id + more AS number, value, cells
            FROM {self._view}_lines JOIN (VALUES {rows}) AS pieces(piece, more) ON start = piece
            """
        )

    def _note_rejects(self) -> None:
        found = self._ask(
            f"SELECT number, value FROM {self._view} WHERE number > 0 "
            f"AND size(cells) <> {self.file.width} LIMIT {MOST_AGAIN + 1}"
        )
        if len(found) > MOST_AGAIN:
            raise NotPlain
        line_of = self._physical()
        self.rejected = [
            Line(line_of(number), False, value.split(self.file.delimiter))
            for number, value in found
        ]

    def _ask(self, statement: str, given: Mapping[str, Any] | None = None) -> list[Any]:
        session = self.engine.session
        return self._try(lambda: session.sql(statement, dict(given or {})).collect())

    def _columns(self, statement: str) -> list[Cells]:
        found = self._ask(statement)
        return list(zip(*found, strict=True)) if found else [()] * len(ROWS)

    def _try(self, what: Callable[[], T]) -> T:
        """What Spark answers. Raises OutputError where it fails."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            return what()
        except (PySparkException, Py4JError, OSError, EOFError) as error:
            why = _NOT_ENOUGH if self._has_ended() else _why(error)
            raise OutputError(f"{self.file.path.name}: {why}") from None

    def _has_ended(self) -> bool:
        """Whether Spark stopped by itself, as it does without memory, whatever it says of that."""
        try:
            return bool(self.engine.session.sparkContext._jsc.sc().isStopped())
        except Exception:  # The process is asked, and is gone.
            return True

    def _split(self) -> str:
        pattern = SPARK.quoted(f"\\x{{{ord(self.file.delimiter):x}}}")
        return f"split(value, {pattern}, -1)"

    def _records(self, *, numbered: bool = False) -> str:
        return self._cells(f"SELECT number, cells FROM {self._view} WHERE number > 0")

    def _first_lines(self) -> str:
        # Split only after the others are left out.
        first = f"SELECT * FROM {self._view} WHERE number BETWEEN 1 AND {LOOKED_AT}"
        return self._cells(f"SELECT number, {self._split()} AS cells FROM ({first})")

    def _cells(self, split: str) -> str:
        cells = ", ".join(f"nullif(get(cells, {i}), '') AS c{i}" for i in range(self.file.width))
        return f"SELECT number, {cells} FROM ({split}) WHERE size(cells) = {self.file.width}"

    def _physical(self) -> Callable[[int], int]:
        return lambda number: number + 1

    def _last_number(self) -> int:
        return self._last


def _why(error: Exception) -> str:
    """A sentence on a failure of Spark. What it says itself may hold a cell, so it is only looked
    through for words; a process that died had no memory left."""
    try:
        said = str(error)
    except Exception:  # The process is asked for its words, and is gone.
        return _NOT_ENOUGH
    gone = isinstance(error, OSError | EOFError) or type(error).__name__ == "Py4JNetworkError"
    if gone or any(word in said for word in _NO_ROOM):
        return _NOT_ENOUGH
    return f"Spark cannot read it ({type(error).__name__}); look at its own log, or {OTHERWISE}"
