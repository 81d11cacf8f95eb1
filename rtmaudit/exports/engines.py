"""The databases on which plain readings are reduced, by the word that chooses one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rtmaudit.exports.dialect import DUCKDB, Dialect
from rtmaudit.scratch import scratch_folder

if TYPE_CHECKING:
    from rtmaudit.exports.plain_file import PlainFile
    from rtmaudit.exports.scan import Scan


class Engine(Protocol):
    """`chosen`: files of any size are its own, and not only those that are large enough for it."""

    words: Dialect
    chosen: bool

    @property
    def folder(self) -> Path | None:
        """A private folder that is there as long as the engine, for files that are made plain; none
        where they are not. Raises OSError."""

    def scan(self, file: PlainFile) -> Scan:
        """The way to one file."""


class DuckDB:
    """On this machine, in this process. It is loaded for the first file that is worth it."""

    words = DUCKDB
    chosen = False

    def __init__(self, held: ExitStack | None = None) -> None:
        self._held = held

    @cached_property
    def folder(self) -> Path | None:
        """A private folder, until what it is held by is closed."""
        return self._held.enter_context(scratch_folder()) if self._held is not None else None

    def scan(self, file: PlainFile) -> Scan:
        """The way to one file, under a database of its own."""
        from rtmaudit.exports.duck import DuckScan

        return DuckScan(file)


@contextmanager
def open_engine(name: str) -> Iterator[Engine]:
    """The engine of a name, until the block ends. Raises UsageError where it cannot be had."""
    if name == "duckdb":
        with ExitStack() as held:
            yield DuckDB(held)
        return
    from rtmaudit.exports.spark import Spark

    with Spark() as engine:
        yield engine
