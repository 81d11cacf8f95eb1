"""Every pollution of every table, audited and weighed against the audit of the clean practice.

    python -m tests.pollution [--tables readings ...] [--families cut ...] [--workers 2] [--show 20]

Prints per family how many were the same, refused, quarantined or wrong, and each wrong one; the
exit code is 1 if one was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from pollutions import FAMILIES, Case, cases
from practice import Practice
from spoilable import CONFIGURATION, SECRET, TABLES, audited, clean_practice
from weighed import Outcome, Weighed, weigh


def tried(clean: Any, practice: Practice, case: Case) -> Weighed:
    """What a case comes to in the practice, which is clean again afterwards."""
    name = f"{case.table}.csv"
    practice.write(name, case.content)
    if case.mapping:
        practice.configure(CONFIGURATION + f"tables: {{{case.table}: {{{case.mapping}}}}}\n")
    try:
        run = audited(practice)
    finally:
        practice.write(name, TABLES[case.table])
        practice.configure(CONFIGURATION)
    found = weigh(clean, run, name, case.records)
    if SECRET in run.err:
        return Weighed(Outcome.WRONG, "a cell is told on stderr")
    if case.kept and found.outcome not in (Outcome.SAME, Outcome.WRONG):
        return Weighed(Outcome.WRONG, f"nothing is spoilt, and it is {found.outcome}")
    return found


def weighed(some: Sequence[Case]) -> Iterator[tuple[Case, Weighed]]:
    """What these cases come to."""
    with tempfile.TemporaryDirectory() as folder, clean_practice(Path(folder)) as practice:
        clean = audited(practice).document
        for case in some:
            yield case, tried(clean, practice, case)


def _all_weighed(some: Sequence[Case]) -> list[tuple[Case, Weighed]]:
    return list(weighed(some))


def main(words: Sequence[str] | None = None) -> int:
    """Try them all, and tell the table and each wrong one."""
    parser = argparse.ArgumentParser(prog="python -m tests.pollution")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=list(FAMILIES))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", type=int, default=20, help="told in full, of each kind")
    asked = parser.parse_args(words)
    began, found = time.monotonic(), list[tuple[Case, Weighed]]()
    print(f"{'family':16}" + "".join(f"{outcome:>18}" for outcome in Outcome))
    with Pool(asked.workers) as pool:
        for family in asked.families:
            some = list(cases(asked.tables, [family]))
            parts = [some[i : i + 25] for i in range(0, len(some), 25)]
            mine = [each for part in pool.imap(_all_weighed, parts) for each in part]
            tell_counts(family, mine)
            found += mine
    tell_counts("all", found)
    tell_why(found, asked.show)
    print(f"{len(found)} files, {time.monotonic() - began:.0f} seconds")
    return int(any(each.outcome is Outcome.WRONG for _, each in found))


def tell_counts(name: str, found: Sequence[tuple[Case, Weighed]]) -> None:
    """How many came to what."""
    counts = Counter(each.outcome for _, each in found)
    print(f"{name:16}" + "".join(f"{counts[outcome]:18}" for outcome in Outcome), flush=True)


def tell_why(found: Sequence[tuple[Case, Weighed]], show: int) -> None:
    """What is wrong, laxer or strange, up to so many of each."""
    told: defaultdict[Outcome, list[str]] = defaultdict(list)
    for case, each in found:
        if each.why:
            told[each.outcome].append(f"{each.outcome}: {case}: {each.why}")
    for lines in told.values():
        print(*lines[:show], sep="\n")


if __name__ == "__main__":
    sys.exit(main())
