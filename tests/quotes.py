"""One stray quote at the start, in the middle and at the end of every cell of a file of 200 lines
and five columns: 3,000 files, each audited and weighed against the audit of the clean one.

    python -m tests.quotes [--step 1] [--workers 2]

No record disappears without a refusal or a quarantine that names its line. Prints the counts per
place; the exit code is 1 if one does. With `--step 50` it is every fiftieth file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from differential.product import rules_read_once
from practice import Practice, Run, problems
from weighed import Outcome, Weighed, weigh

HEADER = ("patient_id", "recorded_at", "system", "device_id", "source")
NAME = "readings.csv"
LINES = 200
FREE = HEADER.index("device_id")
"""A device's name may hold a quote; no other cell may."""


class Stray(NamedTuple):
    """Where the quote stands. Lines are counted from 0 below the header."""

    line: int
    column: int
    where: str


def strays(step: int = 1) -> list[Stray]:
    """The 3,000, or each `step`-th of them."""
    wheres = ("start", "middle", "end")
    every = [Stray(i, j, w) for i in range(LINES) for j in range(5) for w in wheres]
    return every[::step]


def good() -> list[list[str]]:
    """Four patients with a reading on each of fifty days."""
    days = [date(2026, 2, 10) + timedelta(days=n) for n in range(50)]
    return [
        [f"P{n % 4}", f"{day}T08:30", "musculoskeletal", f"D{n % 4}", "device"]
        for day in days
        for n in range(4)
    ]


def text(stray: Stray | None = None) -> str:
    """The file, with a quote in one cell."""
    rows = good()
    if stray:
        cell = rows[stray.line][stray.column]
        at = {"start": 0, "middle": len(cell) // 2, "end": len(cell)}[stray.where]
        rows[stray.line][stray.column] = cell[:at] + '"' + cell[at:]
    return "".join(",".join(row) + "\n" for row in [HEADER, *rows])


def tried(clean: Any, practice: Practice, stray: Stray) -> Weighed:
    """What one file comes to."""
    practice.write(NAME, text(stray))
    run = practice.audit("--format", "json")
    found = weigh(clean, run, NAME, [LINES])
    if found.outcome is Outcome.WRONG:
        return found
    fault = _elsewhere(run, stray.line + 2) or _passed(run, stray)
    return Weighed(Outcome.WRONG, fault) if fault else found


def _elsewhere(run: Run, line: int) -> str:
    """That another line is named than the one with the quote."""
    if run.code not in (0, 3):
        return "" if f"{NAME}:{line}: " in run.err else f"line {line} is not named"
    others = {each for each, *_ in problems(run.document, NAME)} - {line}
    return f"lines {sorted(others)} are named, and not line {line}" if others else ""


def _passed(run: Run, stray: Stray) -> str:
    """That a quote in a cell that may hold none was let pass."""
    if run.code not in (0, 3) or stray.column == FREE or problems(run.document, NAME):
        return ""
    return "a quote was let pass"


def weighed(some: Sequence[Stray]) -> Iterator[tuple[Stray, Weighed]]:
    """What these files come to."""
    with tempfile.TemporaryDirectory() as folder, rules_read_once():
        practice = Practice(Path(folder))
        practice.configure("timezone: America/New_York\ndefaults: {biller_type: physician}\n")
        practice.write(NAME, text())
        clean = practice.document()
        for stray in some:
            yield stray, tried(clean, practice, stray)


def _all_weighed(some: Sequence[Stray]) -> list[tuple[Stray, Weighed]]:
    return list(weighed(some))


def main(words: Sequence[str] | None = None) -> int:
    """Try them all, and tell the table and each wrong one."""
    parser = argparse.ArgumentParser(prog="python -m tests.quotes")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(words)
    began, some = time.monotonic(), strays(asked.step)
    parts = [some[i : i + 50] for i in range(0, len(some), 50)]
    with Pool(asked.workers) as pool:
        found = [each for part in pool.imap(_all_weighed, parts) for each in part]
    counts = Counter((stray.where, each.outcome) for stray, each in found)
    print(f"{'quote':8}" + "".join(f"{outcome:>18}" for outcome in Outcome))
    for where in ("start", "middle", "end"):
        print(f"{where:8}" + "".join(f"{counts[where, outcome]:18}" for outcome in Outcome))
    wrong = [(stray, each) for stray, each in found if each.outcome is Outcome.WRONG]
    for stray, each in wrong:
        print(f"line {stray.line + 2}, {HEADER[stray.column]}, {stray.where}: {each.why}")
    print(f"{len(found)} files, {len(wrong)} wrong, {time.monotonic() - began:.0f} seconds")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
