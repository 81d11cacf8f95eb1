"""Mutated practices without end: no traceback, no hang, no exit code but the documented ones, no
record lost, and no cell told on stderr.

    python -m tests.fuzz [--minutes 10] [--seed 1] [--keep FOLDER] [--cases N]

What breaks a promise is made small and kept in the folder, a folder each; put that under
tests/fuzzed/ and the suite tries it for ever. The exit code is 1 if there was any.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from differential.product import rules_read_once
from fuzzable import Files
from mutations import mutated
from promises import RUNS, fault_of

WHAT = "what.md"
TRIES = 400
"""Audits spent on making one find small."""


# ---- making a find small ----


def signature(fault: str) -> str:
    """What two finds of one fault have in common."""
    crash = re.search(r"internal error \((\w+) at ([\w.]+:\d+)\)", fault)
    words = " ".join(crash.groups()) if crash else fault.split(";")[0]
    return re.sub(r"[^\w.]+", "-", words).strip("-")[:60]


def small(files: Files, runs: Sequence[Sequence[str]], fault: str) -> Files:
    """As little as still breaks the promise."""
    left = [TRIES]

    def still(some: Files) -> bool:
        left[0] -= 1
        return left[0] > 0 and signature(fault_of(some, runs)) == signature(fault)

    for name in [*files]:
        fewer = {key: content for key, content in files.items() if key != name}
        if fewer and still(fewer):
            files = fewer
    for name in files:
        for cut in (lambda content: content.splitlines(keepends=True), _bytes_of):
            files = files | {name: _shrunk(files, name, cut(files[name]), still)}
    return files


def _bytes_of(content: bytes) -> list[bytes]:
    return [content[i : i + 1] for i in range(len(content))]


def _shrunk(files: Files, name: str, parts: list[bytes], still: Callable[[Files], bool]) -> bytes:
    """A file without the parts that do not matter, in ever smaller pieces."""
    size = max(1, len(parts) // 2)
    while parts:
        for at in range(0, len(parts), size):
            fewer = parts[:at] + parts[at + size :]
            if len(fewer) < len(parts) and still(files | {name: b"".join(fewer)}):
                parts = fewer
                break
        else:
            if size == 1:
                break
            size //= 2
    return b"".join(parts)


def keep(folder: Path, files: Files, fault: str, origin: str) -> None:
    """A find in a folder of its own."""
    place = folder / signature(fault)
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    (place / WHAT).write_text(f"{fault}\n\nFound by {origin}.\n", encoding="utf-8")


def kept(folder: Path) -> Iterator[tuple[str, Files]]:
    """The finds in a folder."""
    for place in sorted(folder.iterdir() if folder.is_dir() else ()):
        found = {path.name: path.read_bytes() for path in sorted(place.iterdir())}
        found.pop(WHAT, None)
        yield place.name, found


# ---- the command ----


def fuzz(seed: int, first: int, most: int | None, until: float) -> Iterator[tuple[int, Files, str]]:
    """Case after case: its number, its files, and the promise that it breaks."""
    number = first
    while time.monotonic() < until and (most is None or number < first + most):
        chance = random.Random(f"{seed}:{number}")
        files = mutated(chance)
        yield number, files, fault_of(files, RUNS if chance.random() < 0.1 else RUNS[:1])
        number += 1


def main(words: Sequence[str] | None = None) -> int:
    """Fuzz for so long, keep what is found, and tell how much was tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--cases", type=int, help="no more than so many")
    parser.add_argument("--keep", type=Path, help="where finds are put")
    asked = parser.parse_args(words)
    began, tried, found = time.monotonic(), 0, Counter[str]()
    with rules_read_once():
        for number, files, fault in fuzz(
            asked.seed, asked.first, asked.cases, began + 60 * asked.minutes
        ):
            tried += 1
            name = signature(fault)
            if fault and not found[name]:
                print(f"case {asked.seed}:{number}: {fault}", flush=True)
                if asked.keep:
                    origin = f"seed {asked.seed}, case {number}"
                    keep(asked.keep, small(files, RUNS, fault), fault, origin)
            found.update([name] if fault else [])
    print(json.dumps({"cases": tried, "finds": found}, indent=1))
    print(f"{time.monotonic() - began:.0f} seconds")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
