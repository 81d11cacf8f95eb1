"""How long an audit takes, beside what merely importing its libraries takes.

    python tests/bench.py [--patients 1000] [--runs 5] [--seed 1] [--keep FOLDER]

Makes up a practice of so many patients from the seed, in the canonical tables, and audits it. The
two kinds of run take turns, so that their ratio means something on a machine that others use too.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MONTH, AS_OF, ZONE = "2026-03", "2026-04-01", "America/New_York"
FIRST_DAY, LAST_DAY = date(2026, 1, 15), date(2026, 3, 31)
SYSTEMS = ("musculoskeletal", "respiratory", "cognitive_behavioral")
PATIENTS = (
    "patient_id",
    "programs",
    "payer",
    "biller",
    "biller_type",
    "enrolled_on",
    "consent_on",
    "order_on",
    "care_plan_on",
    "conditions",
)
READINGS = ("patient_id", "recorded_at", "system", "device_id", "source")
TIME_LOG = (
    "entry_id",
    "patient_id",
    "started_at",
    "seconds",
    "program",
    "role",
    "contact",
    "staff_id",
)

Row = tuple[object, ...]


def ids(patients: int) -> Iterator[str]:
    """The patients' names in the tables."""
    return (f"P{number:07d}" for number in range(patients))


def roster(chance: random.Random, patients: int) -> Iterator[Row]:
    """A line per patient; one in five is in CCM."""
    for patient in ids(patients):
        program = "ccm" if chance.random() < 0.2 else "rtm"
        start = FIRST_DAY + timedelta(days=chance.randrange(60))
        conditions = "I10;E11.9;M17.0" if program == "ccm" else "M17.0"
        biller = f"B{chance.randrange(1, 9)}"
        yield patient, program, "medicare", biller, "npp", start, start, start, start, conditions


def moment(chance: random.Random, day: date) -> datetime:
    """Some second of the working day."""
    return datetime(day.year, day.month, day.day, 8) + timedelta(seconds=chance.randrange(36_000))


def readings(chance: random.Random, patients: int) -> Iterator[Row]:
    """One to three readings on the days on which a patient remembers."""
    for patient in ids(patients):
        system, diligence = chance.choice(SYSTEMS), chance.random()
        for number in range((LAST_DAY - FIRST_DAY).days + 1):
            if chance.random() < diligence:
                day = FIRST_DAY + timedelta(days=number)
                for _ in range(chance.randrange(1, 4)):
                    when = moment(chance, day).isoformat()
                    yield patient, when, system, f"D-{patient}", "device"


def time_log(chance: random.Random, patients: int) -> Iterator[Row]:
    """Up to eight entries in the month for each patient, some of them calls."""
    for patient in ids(patients):
        for number in range(chance.randrange(9)):
            when = moment(chance, date(2026, 3, 1) + timedelta(days=chance.randrange(31)))
            seconds = chance.randrange(60, 900)
            program = "ccm" if chance.random() < 0.2 else "rtm"
            contact = chance.choice(("none", "none", "live_audio", "voicemail"))
            entry, staff = f"{patient}-{number}", f"S{chance.randrange(1, 40)}"
            yield entry, patient, when.isoformat(), seconds, program, "npp", contact, staff


def write(path: Path, header: Sequence[str], rows: Iterable[Row]) -> int:
    """A table as CSV; how many lines it holds."""
    lines = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            lines += 1
    return lines


def make_practice(folder: Path, patients: int, seed: int) -> dict[str, int]:
    """The tables of a practice in a folder; how many lines each holds."""
    chance = random.Random(seed)
    return {
        "patients": write(folder / "patients.csv", PATIENTS, roster(chance, patients)),
        "readings": write(folder / "readings.csv", READINGS, readings(chance, patients)),
        "time_log": write(folder / "time_log.csv", TIME_LOG, time_log(chance, patients)),
    }


def seconds(*arguments: str) -> float:
    """Wall time of this Python with these arguments; it must succeed."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def measure(folder: Path, runs: int) -> tuple[list[float], list[float]]:
    """Wall times of the audit and of the imports, taken in turns, after one run of each."""
    options = ("--month", MONTH, "--as-of", AS_OF, "--timezone", ZONE, "--format", "csv")
    audit = ("-m", "rtmaudit", "audit", str(folder), *options)
    imports = ("-c", "import typer, pandas, duckdb")
    pairs = [(seconds(*audit), seconds(*imports)) for _ in range(runs + 1)]
    return [pair[0] for pair in pairs[1:]], [pair[1] for pair in pairs[1:]]


def told(name: str, times: Sequence[float]) -> str:
    """A line with the least, the median and the most."""
    least, middle, most = min(times), statistics.median(times), max(times)
    return f"{name:<28} min {least:7.3f} s   median {middle:7.3f} s   max {most:7.3f} s"


def main() -> None:
    """Make, measure, tell."""
    parser = argparse.ArgumentParser(description="How long an audit takes.")
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="make the practice there, and leave it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        lines = make_practice(folder, options.patients, options.seed)
        print(", ".join(f"{number:,} {name}" for name, number in lines.items()))
        audit, imports = measure(folder, options.runs)
    print(told("rtmaudit audit", audit))
    print(told("import typer, pandas, duckdb", imports))
    ratio = statistics.median(audit) / statistics.median(imports)
    print(f"ratio of the medians         {ratio:.2f}")


if __name__ == "__main__":
    main()
