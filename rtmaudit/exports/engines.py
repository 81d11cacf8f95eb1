"""The databases on which plain readings are reduced, by the word that chooses one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rtmaudit.exports.dialect import DUCKDB, Dialect

if TYPE_CHECKING:
    from rtmaudit.exports.scan import PlainFile, Scan


class Engine(Protocol):
    """`chosen`: files of any size are its own, and not only those that are large enough for it."""

    words: Dialect
    chosen: bool

    def scan(self, file: PlainFile) -> Scan:
        """The way to one file."""


class DuckDB:
    """On this machine, in this process. It is loaded for the first file that is worth it."""

    words = DUCKDB
    chosen = False

    def scan(self, file: PlainFile) -> Scan:
        """The way to one file, under a database of its own."""
        from rtmaudit.exports.duck import DuckScan

        return DuckScan(file)


@contextmanager
def open_engine(name: str) -> Iterator[Engine]:
    """The engine of a name, until the block ends. Raises UsageError where it cannot be had."""
    if name == "duckdb":
        yield DuckDB()
        return
    from rtmaudit.exports.spark import Spark

    with Spark() as engine:
        yield engine
