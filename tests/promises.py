"""What is promised of every run, whatever it is given: how it ends, how soon, what it tells, and
that each record is accounted for. Checked without the product, but for its commands."""

from __future__ import annotations

import gzip
import io
import re
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import zstandard
from fuzzable import CANARY, VENDOR_NAMES, Files
from practice import Practice, Run, command
from weighed import LINE_END, physical_lines, undocumented

from rtmaudit.tables import TABLES

SECONDS = 5
RUNS = (
    ("audit", "--format", "json", "--evidence", "--verbose"),
    ("audit", "--view", "codes", "--format", "csv", "--all"),
    ("audit", "--format", "table"),
    ("init", "--stdout"),
)
"""What is tried. A proposal of `init` is audited too."""

NAMES = frozenset(name for table in TABLES.values() for name in table.columns) | VENDOR_NAMES


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
            run = _run(practice, words)
    except Hang:
        return f"hangs with {' '.join(words)}"
    fault = undocumented(run) or _told(run, files)
    if fault or run.code not in (0, 3) or "json" not in words:
        return fault
    return "; ".join(_unsound(run, files))


def _run(practice: Practice, words: Sequence[str]) -> Run:
    verb, *options = words
    if verb == "audit":
        return practice.audit(*options)
    run = command(verb, practice.folder, *options)
    if run.code != 0 or not run.out:
        return run
    return practice.audit("--config", practice.write("proposal.yaml", run.out))


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


def _unsound(run: Run, files: Files) -> Iterator[str]:
    """Records that are not accounted for, and counts that cannot be."""
    for mine in run.document["inputs"]:
        kinds = (*mine["excluded"].values(), *mine["quarantined"].values())
        if mine["records"] != mine["used"] + mine["duplicate"] + sum(kinds):
            yield "the dispositions do not add up"
        name = mine["name"]
        two = re.search(rf"^{re.escape(name)}: .*, in two lines", run.err, re.MULTILINE)
        counts = records(files[name], name)
        if counts and mine["records"] not in {count - bool(two) for count in counts}:
            yield "records that another count does not find"
    for patient in run.document["patients"]:
        for finding in patient["findings"]:
            for need in finding["needs"]:
                if not 0 <= need["have"] <= _at_most(need):
                    yield "a count below its least"


def _at_most(need: Any) -> float:
    return float("inf") if need["have_at_most"] is None else need["have_at_most"]


def records(content: bytes, name: str) -> set[int]:
    """How many records a text may hold below its header: by physical lines, or with line ends
    inside of quoted cells, under each encoding that may be declared. Of a workbook: nothing."""
    content = unpacked(content)
    if content.startswith((b"PK", b"PAR1")):
        return set()
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    counts = set[int]()
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        text = content.decode(encoding, "replace")
        counts.add(physical_lines(text) - 1)
        if '"' in text:
            counts |= {ended(text, delimiter) - 1 for delimiter in ",;\t|"}
    return counts


def unpacked(content: bytes) -> bytes:
    """What an archive holds, or the content itself."""
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        stream = io.BytesIO(content)
        return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True).read()
    return content


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
