"""How fast readings are read and counted, beside DuckDB alone counting distinct local days of the
same file.

    python tests/bench_readings.py [--readings 1000000] [--patients 6700] [--bad 0] [--runs 3]
        [--engine spark]

Makes the file up from the numbers alone, takes turns, and prints for both the median of the seconds
and of the peak memory of a process of its own, imports and all. What is timed of rtmaudit is all
that comes before judging: every table found, read and counted, with the roster. On Spark the
memory is that of the larger of two processes, which is Java's.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
ZONE = "America/New_York"

MADE = """
COPY (
    SELECT 'P' || lpad((n % {patients})::VARCHAR, 7, '0') AS patient_id,
        CASE WHEN {bad} > 0 AND n % {every} = {every} // 2 THEN '2026-02-30T08:00:00Z'
            ELSE strftime(taken, '%Y-%m-%dT%H:%M:%SZ') END AS recorded_at,
        CASE n % {patients} % 3 WHEN 0 THEN 'respiratory' ELSE 'musculoskeletal' END AS system,
        'D' || lpad((n % {patients})::VARCHAR, 7, '0') AS device_id,
        'device' AS source
    FROM (
        SELECT n, TIMESTAMPTZ '2026-02-20 05:00:00+00' + to_seconds((hash(n) % 3456000)::BIGINT)
            AS taken FROM range({readings}) AS numbers(n)
    )
) TO '{path}' (HEADER)
"""

COUNT = f"""
import duckdb, sys
with duckdb.connect() as connection:
    connection.execute("SET TimeZone = '{ZONE}'; SET enable_progress_bar = false")
    print(len(connection.execute(
        "SELECT patient_id, system, count(DISTINCT recorded_at::TIMESTAMPTZ::DATE) "
        f"FROM read_csv('{{sys.argv[1]}}/readings.csv', header = true, all_varchar = true) "
        "WHERE try_cast(recorded_at AS TIMESTAMPTZ) IS NOT NULL GROUP BY ALL"
    ).fetchall()))
"""

READ = f"""
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo
from rtmaudit.config import Config
from rtmaudit.exports import open_engine, read_tables
from rtmaudit.facts import Settings, count, span_of
from rtmaudit.pipeline.conduct import frames_of
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.reduced import read_again
from rtmaudit.windows import Month
month, as_of, config = Month(2026, 3), date(2026, 4, 1), Config(timezone="{ZONE}")
order = Order((Path(sys.argv[1]),), month, as_of, config, Path("rules"))
with open_engine(sys.argv[2]) as engine:
    tables = read_tables(order.paths, config, span=span_of(month, as_of), engine=engine)
    read_again(tables, order)
counted = count(frames_of(tables), Settings(month, as_of, ZoneInfo("{ZONE}")), {{}})
print(len(counted.facts.days.sets))
"""


def make(folder: Path, readings: int, patients: int, bad: int) -> int:
    """A practice of these readings; the bytes of their file."""
    path = folder / "readings.csv"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        numbers = {"readings": readings, "patients": patients, "bad": bad}
        connection.execute(MADE.format(path=path, every=readings // max(1, bad), **numbers))
    roster = "".join(f"P{n:07d},rtm,2026-01-{1 + n % 28:02d},npp\n" for n in range(patients))
    (folder / "patients.csv").write_text("patient_id,programs,enrolled_on,biller_type\n" + roster)
    return path.stat().st_size


def timed(
    program: str, folder: Path, engine: str, before: Callable[[], None] | None = None
) -> tuple[float, int]:
    """Seconds and peak MiB of a program in a process of its own, in which something is done
    `before`."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder), engine],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        preexec_fn=before,
    ) as running:
        _, status, usage = os.wait4(running.pid, 0)
    if status:
        sys.exit(f"a run ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begin, usage.ru_maxrss // 1024


def tell(pairs: Sequence[tuple[tuple[float, int], tuple[float, int]]]) -> None:
    """Print the medians of both, the larger peak of each, and the median of the ratios."""
    for name, runs in zip(
        ("read and counted", "DuckDB alone"), zip(*pairs, strict=True), strict=True
    ):
        seconds, peaks = zip(*runs, strict=True)
        middle = f"{statistics.median(seconds):7.2f} s"
        print(f"{name:<20} {middle} ({min(seconds):.2f} to {max(seconds):.2f}), {max(peaks)} MiB")
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    print(f"median of the ratios {ratio:7.2f}")


def main() -> None:
    """Make, measure, tell."""
    parser = argparse.ArgumentParser(description="How fast readings are read and counted.")
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--patients", type=int, default=6_700)
    parser.add_argument("--bad", type=int, default=0, help="lines that cannot be read")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb")
    asked = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        size = make(folder, asked.readings, asked.patients, asked.bad)
        print(f"{asked.readings:,} readings of {asked.patients:,} patients, {size >> 20} MiB")
        both = [
            (timed(READ, folder, asked.engine), timed(COUNT, folder, asked.engine))
            for _ in range(asked.runs + 1)
        ]
    tell(both[1:])


if __name__ == "__main__":
    main()
