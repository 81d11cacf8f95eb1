"""How long the command takes for small practices, beside what importing its libraries takes, and
its help beside that of an empty application.

    python tests/bench.py [--patients 1000] [--runs 5] [--seed 1]

Makes up a practice of so many patients from the seed, in the canonical tables. The two kinds of run
take turns, so that their ratio means something on a machine that others use too.
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
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def compare(name: str, ours: Sequence[str], beside: str, theirs: Sequence[str], runs: int) -> None:
    """Print the medians of two kinds of run that take turns, and of their ratios."""
    pairs = [(seconds(*ours), seconds(*theirs)) for _ in range(runs + 1)][1:]
    mine, other = (statistics.median(some) for some in zip(*pairs, strict=True))
    ratio = statistics.median(one / two for one, two in pairs)
    print(f"{name:<26} {mine:6.2f} s   {beside:<30} {other:6.2f} s   {ratio:5.2f} times")


def empty_application(path: Path) -> None:
    """A Typer application of the same verbs that does nothing."""
    from rtmaudit.cli import app

    names = [command.name for command in app.registered_commands]
    verbs = "".join(f"@app.command({name!r})\ndef v{i}(): pass\n" for i, name in enumerate(names))
    path.write_text(f"import typer\napp = typer.Typer()\n{verbs}app()\n", encoding="utf-8")


def main() -> None:
    """Make, measure, tell."""
    parser = argparse.ArgumentParser(description="How long the command takes.")
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    imports = ("-c", "import typer, pandas, duckdb")
    day = ("--month", MONTH, "--as-of", AS_OF, "--format", "csv")
    with tempfile.TemporaryDirectory() as temporary:
        folder, script = Path(temporary) / "practice", Path(temporary) / "empty.py"
        folder.mkdir()
        lines = make_practice(folder, options.patients, options.seed)
        print(", ".join(f"{number:,} {name}" for name, number in lines.items()))
        empty_application(script)
        audit = ("-m", "rtmaudit", "audit")
        of_imports = ("importing its libraries", imports, options.runs)
        made = (*audit, str(folder), *day, "--timezone", ZONE)
        compare("this practice", made, *of_imports)
        compare("the sample practice", (*audit, "samples", *day), *of_imports)
        beside = ("of a Typer application", (str(script), "--help"), options.runs)
        compare("rtmaudit --help", ("-m", "rtmaudit", "--help"), *beside)


if __name__ == "__main__":
    main()
