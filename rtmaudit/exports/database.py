"""DuckDB in this process, in memory, with a private folder to spill into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from weakref import finalize

from rtmaudit.errors import OutputError
from rtmaudit.exports.grouped import Cells
from rtmaudit.exports.scan import NotPlain
from rtmaudit.scratch import scratch_folder


class Database:
    """One database of so much memory. It is closed, and what it spilled is gone, when `close` is
    called or nobody holds it any more, at the latest when the program ends."""

    def __init__(self, memory: str) -> None:
        import duckdb

        with ExitStack() as held:
            folder = held.enter_context(scratch_folder())
            try:
                self._connection = duckdb.connect(
                    config={"memory_limit": memory, "temp_directory": str(folder)}
                )
            except duckdb.OutOfMemoryException:
                raise MemoryError from None
            held.callback(self._connection.close)
            held = held.pop_all()
        self.close = finalize(self, held.close)
        self._connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        (zone,) = self._connection.execute("SELECT current_setting('TimeZone')").fetchall()[0]
        assert zone == "UTC"

    def ask(
        self, statement: str, name: str, given: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of a statement about the file of a name. Raises NotPlain for what the database
        cannot read, and OutputError where the memory or the disk does not suffice."""
        with _in_our_words(name):
            return self._connection.execute(statement, given or {}).fetchall()

    def columns(self, statement: str, name: str) -> list[Cells]:
        """The same, column by column, which is faster for many rows. Only a text may be missing."""
        import numpy as np

        with _in_our_words(name):
            found = self._connection.execute(statement).fetchnumpy()
        # A masked array turns what is missing into None.
        return [c.tolist() if c.dtype == object else np.asarray(c) for c in found.values()]


@contextmanager
def _in_our_words(name: str) -> Iterator[None]:
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise OutputError(f"{name}: there is not enough memory or disk to read it") from None
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        raise NotPlain from None
