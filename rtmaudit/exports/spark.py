"""Spark: found, started when the first file is worth it, and ended with all that it wrote.

It runs where its own configuration says (`spark.master`), and else in a Java process on this
machine. Nothing of what it says of itself reaches the terminal.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from subprocess import DEVNULL, TimeoutExpired
from typing import TYPE_CHECKING, Any, Self

from rtmaudit.errors import OutputError, UsageError
from rtmaudit.exports.dialect import SPARK
from rtmaudit.exports.stored import Stored
from rtmaudit.scratch import scratch_folder

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    from rtmaudit.exports.plain_file import PlainFile
    from rtmaudit.exports.scan import Scan

OTHERWISE = "leave the engine out, and DuckDB reads them"

_PIECES = 64
"""In how many pieces a file is read, none of them under 4 MB or over 128. The number is told to
Spark, so that it does not follow the processors at hand, and two readings of a file have the same.
"""

_ENDS_WITHIN = 20


class Spark:
    """The engine; a context that ends the Java process and sweeps its folder."""

    words = SPARK
    chosen = True
    folder = None

    def __init__(self) -> None:
        if find_spec("pyspark") is None:
            raise UsageError(
                "Spark is not installed; `pip install 'rtmaudit[spark]'` brings it, or " + OTHERWISE
            )
        if not _has_java():
            raise UsageError(
                "Spark needs Java 17 or newer, and there is none; install it (Debian: "
                f"`apt-get install default-jre-headless`), set JAVA_HOME, or {OTHERWISE}"
            )
        self._gateway: Any = None
        self._session: SparkSession | None = None
        self._held = ExitStack()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def scan(self, file: PlainFile) -> Scan:
        """The way to one file, under the one session of the run."""
        from rtmaudit.exports.spark_scan import SparkScan

        return SparkScan(file, engine=self)

    @property
    def session(self) -> SparkSession:
        """The session, begun by the first who asks for it. Raises OutputError where Spark does not
        start."""
        if self._session is None:
            self._session = self._begin()
        return self._session

    def stored(self, path: Path) -> Stored:
        """A file as its file system knows it."""
        return Stored.at(self.session, path)

    def new_view(self) -> str:
        """A name that no view has yet."""
        return f"file{next(self._numbers)}"

    def end(self) -> None:
        """End the Java process, whatever it is at, and remove its folder."""
        if self._gateway is not None:
            _end(self._gateway)
        self._held.close()
        self._gateway = self._session = None

    def _begin(self) -> SparkSession:
        folder = self._held.enter_context(scratch_folder())
        # Its errors, which may quote a cell, go to loggers of its own that print them. Nothing else
        # in this program logs, and a thread that is cut off may do so late: it stays off.
        logging.disable()
        with _quiet():
            from py4j.protocol import Py4JError
            from pyspark import SparkContext
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession

            conf = _configuration(folder)
            try:
                self._gateway = _launched(conf)
                session = SparkSession(SparkContext(conf=conf, gateway=self._gateway))
                utc = in_utc(session)
            except (PySparkException, Py4JError, OSError):
                raise OutputError(
                    f"Spark does not start; `pyspark` says why, or {OTHERWISE}"
                ) from None
        assert utc
        return session


def in_utc(session: SparkSession) -> bool:
    """Whether a time without a zone is one of UTC in a session."""
    (zone,) = session.sql("SELECT current_timezone()").collect()[0]
    return bool(zone == "UTC")


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java", path=f"{home}/bin" if home else None))


def _configuration(folder: Path) -> SparkConf:
    """What must hold wherever it runs: UTC, errors instead of wrong numbers, and no byte outside of
    the private folder."""
    from pyspark import SparkConf

    java = f'-XX:-UsePerfData "-Djava.io.tmpdir={folder}"'
    settings = {
        "spark.app.name": "rtmaudit",
        "spark.driver.defaultJavaOptions": java,
        "spark.local.dir": str(folder),
        "spark.sql.ansi.enabled": "true",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.files.minPartitionNum": str(_PIECES),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
    }
    return SparkConf(loadDefaults=False).setAll(list(settings.items()))


@contextmanager
def _quiet() -> Iterator[None]:
    """On import pyspark warns of a version of pandas that is not used here, and its context takes
    Ctrl-C for itself."""
    main = threading.current_thread() is threading.main_thread()
    kept = signal.getsignal(signal.SIGINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if main:
            signal.signal(signal.SIGINT, kept)


def _launched(conf: SparkConf) -> Any:
    """The way to a Java process. Who ends the run while it starts waits until it can be ended, for
    it would go on alone."""
    from pyspark.java_gateway import launch_gateway

    how = {"stdout": DEVNULL, "stderr": DEVNULL, "start_new_session": True}
    with ThreadPoolExecutor(1) as beside:
        launching = beside.submit(launch_gateway, conf, how)
        try:
            return launching.result()
        except BaseException:
            if launching.exception() is None:
                _end(launching.result())
            raise


def _end(gateway: Any) -> None:
    """The Java process is asked to end, and then made to; one that is not ours is left running."""
    from pyspark import SparkContext

    process, context = gateway.proc, SparkContext._active_spark_context
    if process is not None:
        # Objects that are let go would be told to a process that is gone.
        gateway._gateway_client.is_connected = False
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_ENDS_WITHIN)
        except TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdin.close()
        if context is not None:
            context._jsc = None
    if context is not None:
        context.stop()
    SparkContext._gateway = SparkContext._jvm = None
