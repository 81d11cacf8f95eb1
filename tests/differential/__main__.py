"""`python -m tests.differential --practices 10000 --seed 1`: exit code 1 if anything differs."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from .compare import Outcome, run

VERDICTS = ("ready", "open", "short", "blocked", "unknown", "review", "not_applicable")


def main() -> int:
    """Compare, and say what was compared and what differed."""
    words = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    words.add_argument("--practices", type=int, default=1000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--show", type=int, default=5, help="differences told in full")
    asked = words.parse_args()
    began, total = time.monotonic(), Outcome()
    for outcome in run(asked.practices, asked.seed, asked.workers):
        total.add(outcome)
        if sys.stderr.isatty():
            print(f"{total.practices} practices", end="\r", file=sys.stderr)
    _tell(total, time.monotonic() - began, asked.show)
    return 1 if total.differences else 0


def _tell(total: Outcome, seconds: float, show: int) -> None:
    print(f"{total.practices} practices, {total.patients} patients, {seconds:.0f} s")
    print(f"{total.findings} findings and {total.counts} counts compared")
    print("".join(f"{word:>16}" for word in ("", *VERDICTS)))
    for code in sorted({code for code, _ in total.codes}):
        print(f"{code:>16}" + "".join(f"{total.codes[code, word]:16}" for word in VERDICTS))
    print(f"{'all':>16}" + "".join(f"{total.verdicts[word]:16}" for word in VERDICTS))
    print(f"{len(total.differences)} differences")
    for code, count in sorted(Counter(each.key.code for each in total.differences).items()):
        print(f"  {code} {count}")
    for difference in total.differences[:show]:
        print(difference)


if __name__ == "__main__":
    sys.exit(main())
