"""How fast a time log is read and counted, beside DuckDB alone adding up the seconds of the same
file.

    python tests/bench_time.py [--entries 1000000] [--patients 67000] [--overlaps 0.01] [--runs 3]

Staff work one patient after the other, in entries of up to 12 minutes, so many of which run into
the next. What is timed of rtmaudit is all that comes before judging: every table found, read and
counted, with the roster. It says how many entries were read one by one.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import duckdb
from bench_readings import READ, tell, timed

A_DAY, SLOT = 44, 720
"""Entries of a staff member on a day, and the seconds from one to the next."""

MADE = """
COPY (
    SELECT 'E' || n AS entry_id, 'P' || lpad((hash(n) % {patients})::VARCHAR, 7, '0') AS patient_id,
        strftime(TIMESTAMP '2026-03-02 08:00:00' + to_days((slot // {a_day} // 5 * 7
            + slot // {a_day} % 5)::INTEGER) + to_seconds(slot % {a_day} * {slot}),
            '%Y-%m-%dT%H:%M:%S') AS started_at,
        CASE WHEN hash(n + 1) % 10000 < {overlaps} THEN {slot} + 60
            ELSE 60 + hash(n + 2) % ({slot} - 60) END AS seconds,
        'rtm' AS program, 'clinical_staff' AS role,
        CASE WHEN hash(n + 3) % 8 = 0 THEN 'live_audio' ELSE 'none' END AS contact,
        'S' || lpad((n % {staff})::VARCHAR, 6, '0') AS staff_id
    FROM (SELECT n, n // {staff} AS slot FROM range({entries}) AS numbers(n))
) TO '{path}' (HEADER)
"""

ADD = """
import duckdb, sys
with duckdb.connect() as connection:
    connection.execute("SET enable_progress_bar = false")
    print(len(connection.execute(
        "SELECT patient_id, program, role, started_at::TIMESTAMP::DATE, sum(seconds::BIGINT) "
        f"FROM read_csv('{sys.argv[1]}/time_log.csv', header = true, all_varchar = true) "
        "GROUP BY ALL"
    ).fetchall()))
"""

COUNTED = READ.replace("len(counted.facts.days.sets)", "len(tables.get('time_log').frame)")


def make(folder: Path, entries: int, patients: int, overlaps: float) -> int:
    """A practice of these entries; the bytes of their file."""
    path = folder / "time_log.csv"
    staff = -(-entries // (A_DAY * 20))
    with duckdb.connect() as connection:
        numbers = {"entries": entries, "patients": patients, "staff": staff, "path": path}
        given = {"a_day": A_DAY, "slot": SLOT, "overlaps": int(overlaps * 10_000)}
        connection.execute(MADE.format(**numbers, **given))
    roster = "".join(f"P{n:07d},rtm,2026-01-{1 + n % 28:02d},npp\n" for n in range(patients))
    (folder / "patients.csv").write_text("patient_id,programs,enrolled_on,biller_type\n" + roster)
    return path.stat().st_size


def main() -> None:
    """Make, measure, tell."""
    parser = argparse.ArgumentParser(description="How fast a time log is read and counted.")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--patients", type=int, default=67_000)
    parser.add_argument("--overlaps", type=float, default=0.01)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        size = make(folder, asked.entries, asked.patients, asked.overlaps)
        print(f"{asked.entries:,} entries of {asked.patients:,} patients, {size >> 20} MiB")
        pairs = [
            (timed(COUNTED, folder, "duckdb"), timed(ADD, folder, "duckdb"))
            for _ in range(asked.runs + 1)
        ][1:]
    tell(pairs)


if __name__ == "__main__":
    main()
