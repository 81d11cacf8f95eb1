"""Mutated practices without end: no traceback, no hang, no exit code but the documented ones, no
record lost, and no cell told on stderr.

    python -m tests.fuzz [--minutes 10] [--seed 1] [--keep FOLDER] [--cases N]

What breaks a promise is made small and kept in the folder, a folder each; put that under
tests/fuzzed/ and the suite tries it for ever. The exit code is 1 if there was any.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parent))

from differential.product import rules_read_once
from mutations import CANARY, MAPPING, VENDOR_NAMES, Files, mutated
from practice import Practice, Run
from weighed import LINE_END, physical_lines, undocumented

from rtmaudit.tables import TABLES

SECONDS = 5
WHAT = "what.md"
RUNS = (
    ("--format", "json", "--evidence", "--verbose"),
    ("--view", "codes", "--format", "csv", "--all"),
    ("--format", "table"),
)
NAMES = frozenset(name for table in TABLES.values() for name in table.columns) | VENDOR_NAMES
TRIES = 400
"""Audits spent on making one find small."""


class Hang(BaseException):
    """An audit took more than the seconds it may."""


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """Raises Hang after so many seconds of work; what others do on the machine does not count."""

    def stop(*_: object) -> NoReturn:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# ---- what is promised of every run ----


def fault_of(files: Files, runs: Sequence[Sequence[str]] = RUNS) -> str:
    """The first promise that these files break, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        practice = Practice(Path(folder))
        for name, content in files.items():
            practice.write(name, content)
        return next(filter(None, (_broken(practice, files, words) for words in runs)), "")


def _broken(practice: Practice, files: Files, words: Sequence[str]) -> str:
    try:
        with bounded(SECONDS):
            run = practice.audit(*words)
    except Hang:
        return f"hangs with {' '.join(words)}"
    fault = undocumented(run) or _told(run, files)
    if fault or run.code not in (0, 3) or "json" not in words:
        return fault
    return "; ".join(_unsound(run.document, files))


def _told(run: Run, files: Files) -> str:
    """What stderr must not hold. The names of columns may be told, and so a line that has one."""
    said = re.findall(rf"(?i){CANARY}[\w-]*", run.err)
    if said and not set(said) <= set(_beside_names(files)):
        return "a cell is told on stderr"
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", run.err):
        return "a control character on stderr"
    if run.code in (2, 4, 5) and not re.fullmatch(r"(rtmaudit: .+\n)+", run.err):
        return "refused without a sentence"
    return ""


def _beside_names(files: Files) -> Iterator[str]:
    """The canaries of lines on which a column's name stands too."""
    text = b"\n".join(files.values()).replace(b"\0", b"").decode("utf-8", "replace")
    for line in LINE_END.split(text):
        if not NAMES.isdisjoint(re.split(r"[,;|\t]", line.replace('"', ""))):
            yield from re.findall(rf"(?i){CANARY}[\w-]*", line.replace('"', ""))


def _unsound(document: Any, files: Files) -> Iterator[str]:
    """Records that are not accounted for, and counts that cannot be."""
    skipped = {int(n) for n in re.findall(rb"skip_lines: *(\d{1,3})\b", files.get(MAPPING, b""))}
    for mine in document["inputs"]:
        kinds = (*mine["excluded"].values(), *mine["quarantined"].values())
        if mine["records"] != mine["used"] + mine["duplicate"] + sum(kinds):
            yield "the dispositions do not add up"
        counts = records(files[mine["name"]], mine["name"])
        if mine["records"] not in {count - more for count in counts for more in (0, *skipped)}:
            yield "records that another count does not find"
    for patient in document["patients"]:
        for finding in patient["findings"]:
            for need in finding["needs"]:
                if not 0 <= need["have"] <= _at_most(need):
                    yield "a count below its least"


def _at_most(need: Any) -> float:
    return float("inf") if need["have_at_most"] is None else need["have_at_most"]


def records(content: bytes, name: str) -> set[int]:
    """How many records a file may hold below its header, counted without the product: by physical
    lines, or with line ends inside of quoted cells, under each encoding that may be declared."""
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    counts = set()
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        text = content.decode(encoding, "replace")
        counts.add(physical_lines(text) - 1)
        if '"' in text:
            counts |= {ended(text, delimiter) - 1 for delimiter in ",;\t|"}
    return counts


def ended(text: str, delimiter: str) -> int:
    """How many records end in a text: line ends outside of quotes, where a quote opens only at the
    beginning of a cell."""
    found, quoted, fresh, i = 0, False, True, 0
    while i < len(text):
        end = LINE_END.match(text, i)
        if quoted:
            if text[i] == '"':
                quoted = text.startswith('""', i)
                i += quoted
        elif end:
            found, fresh, i = found + 1, True, end.end() - 1
        else:
            quoted, fresh = fresh and text[i] == '"', text[i] == delimiter
        i += 1
    return found + (not text.endswith(("\r", "\n")) or quoted)


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


def _shrunk(files: Files, name: str, parts: list[bytes], still: Any) -> bytes:
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
