"""How long a whole audit takes, beside DuckDB alone counting distinct local days of the same
readings, and beside pandas counting days and minutes.

    python tests/bench_whole.py [--readings 1000000] [--bad 0] [--runs 3] [--limit MIB]
        [--written quoted|gz]

Makes a practice of so many readings, a tenth as many entries of a time log, one in a hundred of
which runs into the next, and a patient to each 150 readings; audits it to CSV. The runs take turns,
each in a process of its own, imports and all. With a limit the audit may have no more data in
memory than that. `--written`: beside it the same practice with every cell of its readings and its
time log in quotes and the line ends of Windows, or packed besides.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import resource
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import bench_readings
import bench_time
import duckdb
import pandas as pd
from bench_readings import COUNT, ZONE, timed

OVERLAPS = 0.01
MOST_IN_PANDAS = 20_000_000
"""Of more readings pandas would fill the memory."""

AUDIT = f"""
import sys
from rtmaudit.cli import main
folder = sys.argv[1]
sys.argv = ["rtmaudit", "audit", folder, "--month", "2026-03", "--as-of", "2026-04-01",
    "--timezone", "{ZONE}", "--quiet", "-o", f"{{folder}}.csv"]
sys.exit(main())
"""

PANDAS = f"""
import sys
import pandas as pd
folder = sys.argv[1]
columns = ["patient_id", "recorded_at", "system"]
readings = pd.read_csv(f"{{folder}}/readings.csv", usecols=columns, dtype=str)
when = pd.to_datetime(readings["recorded_at"], utc=True, errors="coerce", format="ISO8601")
readings["day"] = when.dt.tz_convert("{ZONE}").dt.normalize()
days = readings.drop_duplicates(["patient_id", "system", "day"])
days = days.groupby(["patient_id", "system"], sort=False)["day"].count()
log = pd.read_csv(f"{{folder}}/time_log.csv", usecols=["patient_id", "program", "seconds"])
minutes = log.groupby(["patient_id", "program"], sort=False)["seconds"].sum() // 60
print(len(days), len(minutes))
"""

Run = tuple[float, int]


def make(folder: Path, readings: int, bad: int) -> int:
    """The practice; how many patients it has."""
    patients = max(1, readings // 150)
    bench_readings.make(folder, readings, patients, bad)
    bench_time.make(folder, readings // 10, patients, OVERLAPS)
    return patients


def write_otherwise(folder: Path, other: Path, *, packed: bool) -> None:
    """The practice once more, in quotes and with the line ends of Windows."""
    shutil.copy(folder / "patients.csv", other)
    opened: Any = partial(gzip.open, compresslevel=6) if packed else open
    for name in ("readings.csv", "time_log.csv"):
        path = other / f"{name}{'.gz' * packed}"
        with (folder / name).open() as lines, opened(path, "wt", newline="") as out:
            out.writelines('"' + line[:-1].replace(",", '","') + '"\r\n' for line in lines)


def limited(mebibytes: int | None) -> Callable[[], None] | None:
    """Holds a process to so much data in memory."""
    if mebibytes is None:
        return None
    most = mebibytes << 20
    return lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def told(name: str, runs: Sequence[Run], beside: Sequence[Run]) -> str:
    """A line with the median of the seconds, the largest peak and the median of the ratios."""
    seconds = [each for each, _ in runs]
    ratio = statistics.median(a[0] / b[0] for a, b in zip(runs, beside, strict=True))
    spread = f"({min(seconds):.2f} to {max(seconds):.2f})"
    peak = max(peak for _, peak in runs)
    return f"{name:<20} {statistics.median(seconds):7.2f} s {spread:<18} {peak:>6} MiB {ratio:6.2f}"


def main() -> None:
    """Make, measure, tell."""
    parser = argparse.ArgumentParser(description="How long a whole audit takes.")
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--bad", type=int, default=0, help="readings that cannot be read")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, help="MiB of data that the audit may have in memory")
    parser.add_argument("--keep", type=Path, help="make the practice there, and leave it")
    parser.add_argument("--written", choices=["quoted", "gz"], help="also written like this")
    asked = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}, pandas {pd.__version__}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = (asked.keep or Path(temporary)) / "practice"
        folder.mkdir(parents=True, exist_ok=True)
        patients = make(folder, asked.readings, asked.bad)
        entries = asked.readings // 10
        print(f"{asked.readings:,} readings, {entries:,} entries, {patients:,} patients")
        programs = {"rtmaudit audit": AUDIT, "DuckDB alone": COUNT}
        programs |= {"pandas": PANDAS} if asked.readings <= MOST_IN_PANDAS else {}
        limits = {"rtmaudit audit": limited(asked.limit)}
        folders = dict.fromkeys(programs, folder)
        if asked.written:
            name = f"the same, {asked.written}"
            programs, folders[name] = {name: AUDIT} | programs, folder.with_name("otherwise")
            limits[name] = limited(asked.limit)
            folders[name].mkdir(exist_ok=True)
            write_otherwise(folder, folders[name], packed=asked.written == "gz")
        runs: dict[str, list[Run]] = {name: [] for name in programs}
        for _ in range(asked.runs):
            for name, program in programs.items():
                runs[name].append(timed(program, folders[name], "duckdb", limits.get(name)))
    for name, mine in runs.items():
        print(told(name, mine, runs["DuckDB alone"]))


if __name__ == "__main__":
    main()
