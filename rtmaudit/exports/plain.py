"""Plain files of readings, reduced while they are scanned: no quote, a line a record, known names.

A file is proven to be plain, by itself or once it is made so, or nothing is said of it and the
careful reader reads it. Its bytes are counted apart from any parser: line ends, delimiters, and
what has no place in a plain file. DuckDB, or Spark, reads it, and its records and rejects must add
up to those counts. A line that is not plain costs only itself: it is read again, with its physical
number, by the careful reader.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import compress
from pathlib import Path

import pandas as pd

from rtmaudit.config import Config, TableMap
from rtmaudit.exports.data import Reduced
from rtmaudit.exports.engines import Engine
from rtmaudit.exports.grouped import Cells, groups_of
from rtmaudit.exports.head import read_head
from rtmaudit.exports.made_plain import read_plainly
from rtmaudit.exports.mapping import MOST_OF_AN_ID, Line, Mapped, map_file
from rtmaudit.exports.outside import SUMMARY_WORDS
from rtmaudit.exports.plain_file import PlainFile, plain_file, plan_of
from rtmaudit.exports.plan import Plan
from rtmaudit.exports.scan import (
    MOST_AGAIN,
    Bytes,
    Scan,
)
from rtmaudit.exports.sound import is_scientific
from rtmaudit.model import Disposition, Source, System
from rtmaudit.tables import READINGS, Span, numbers_of

AROUND = 50
"""Sound lines at the top among which the others are read again, for only together do they show how
a column is written. The last line of the file is the last of them."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain file: its groups, its lines that are not plain as the careful reader maps them, and
    the way back to the others."""

    sha256: str
    records: int
    groups: pd.DataFrame
    mapped: Mapped
    back: Reduced


def read_plain(
    path: Path, mapping: TableMap, config: Config, span: Span, engine: Engine
) -> Plain | None:
    """A plain file of readings, reduced; None where there is any doubt that it is one."""
    if (head := read_head(path, mapping.encoding)) is None:
        return None
    plan = plan_of(path, head, READINGS, mapping, config)
    if plan is None:
        return None
    if (file := plain_file(path, plan, span, engine.words)) is None:
        return None

    def read(file: PlainFile) -> Plain | None:
        with engine.scan(file) as scan:
            rows, counted = scan.read()
            plain = _reduce(scan, rows, counted, plan, config)
            file.check()
            return plain

    return read_plainly(file, head, mapping.encoding, engine, read)


def _reduce(
    scan: Scan, rows: pd.DataFrame, counted: Bytes, plan: Plan, config: Config
) -> Plain | None:
    if not scan.adds_up(counted):
        return None
    pairs = list(zip(rows["system"], rows["source"], strict=True))
    words = _words(pairs, plan, config)
    scan.unsaid = [pair for pair, said in words.items() if said is None]
    said = [words[pair] for pair in pairs]
    sound = rows["timed"] & rows["patient"].notna() & pd.Series([each is not None for each in said])
    left = counted.lines - 1 - int(rows["lines"][sound].sum())
    if left > MOST_AGAIN or not are_patients(rows["patient"][sound].tolist()):
        return None
    mapped = Mapped(set(plan.columns) | set(plan.constants), ignored=plan.ignored())
    if left:
        lines = lines_not_plain(scan, counted.lines, plan, config)
        if lines is None:
            return None
        mapped.lines = lines
    groups = _groups(rows[sound], [each for each in compress(said, sound) if each])
    back = Reduced(
        partial(_again, scan, plan, config),
        partial(_per_day, scan, words),
        partial(_first_late, scan),
    )
    return Plain(counted.sha256, counted.lines - 1, groups, mapped, back)


@contextmanager
def _unchanged(scan: Scan) -> Iterator[None]:
    """A second reading of the very file that was scanned. Raises InputsRefused for another one."""
    scan.file.check()
    with scan:
        yield
    scan.file.check()


def _again(scan: Scan, plan: Plan, config: Config, patients: Collection[str] | None) -> list[Line]:
    """The sound lines of some patients, or of all, as the careful reader maps them."""
    with _unchanged(scan):
        found = scan.sound_lines(patients)
    mapped = map_again([each.cells for each in found], [each.line for each in found], plan, config)
    return mapped.lines


def _first_late(scan: Scan, lag: int, patients: Collection[str]) -> str:
    with _unchanged(scan):
        return scan.first_late(lag, patients)


def _per_day(
    scan: Scan, words: Words, patients: Collection[str]
) -> dict[tuple[str, System], dict[date, int]]:
    """How many lines patients have on each day, per system."""
    systems = {pair[0]: said[0] for pair, said in words.items() if said}
    found: dict[tuple[str, System], dict[date, int]] = defaultdict(Counter)
    with _unchanged(scan):
        for patient, system, day, lines in scan.per_day(patients):
            found[patient, systems[system]][scan.file.span.first + timedelta(day)] += lines
    return found


Pair = tuple[str | None, str | None]
Said = tuple[System, Source | None]
Words = dict[Pair, Said | None]


def _words(told: Iterable[Pair], plan: Plan, config: Config) -> Words:
    """What each pair of a system and a source says, read by the careful reader on a line that is
    sound in all else; None where it says nothing."""
    pairs = sorted(set(told), key=str)
    lines = []
    for system, source in pairs:
        cells = list(plan.raw.rows[0])
        for column, text in (("system", system), ("source", source)):
            if column in plan.columns:
                cells[plan.places[column][0]] = text or ""
        lines.append(cells)
    mapped = map_again(lines, list(range(2, len(lines) + 2)), plan, config)
    return {
        pair: (line.values["system"], line.values.get("source"))
        if line.disposition is Disposition.USED
        else None
        for pair, line in zip(pairs, mapped.lines, strict=False)
    }


def map_again(cells: list[list[str]], lines: list[int], plan: Plan, config: Config) -> Mapped:
    """Some records of a file, as the careful reader maps them."""
    raw = replace(plan.raw, rows=cells, lines=lines, told=())
    return map_file(raw, plan.name, plan.mapping, config)


def are_patients(texts: Collection[str]) -> bool:
    """Whether each text is an id, and none a word of a total or a number that lost its digits."""
    joined = "".join(texts)
    if any(mark in joined for mark in '"\n\r') or not all(map(str.strip, texts)):
        return False
    if max(map(len, texts), default=0) > MOST_OF_AN_ID:
        return False
    if "+" in joined and any(map(is_scientific, texts)):
        return False
    return SUMMARY_WORDS.isdisjoint(text.strip(" :").lower() for text in texts)


def lines_not_plain(scan: Scan, last: int, plan: Plan, config: Config) -> list[Line] | None:
    """The lines that are not plain, as the careful reader maps them among sound ones; None where
    the file does not begin and end with such, or it refuses them."""
    found = scan.other_lines(AROUND)
    if not (found[0].sound and found[-1].sound and found[-1].line == last):
        return None
    mapped = map_again([each.cells for each in found], [each.line for each in found], plan, config)
    if mapped.faults:
        return None
    return [line for line, each in zip(mapped.lines, found, strict=True) if not each.sound]


def _groups(rows: pd.DataFrame, said: Sequence[Said]) -> pd.DataFrame:
    """Rows that are sound, as groups, by what the texts of their systems and sources say."""
    systems, sources = numbers_of(System), numbers_of(Source)
    cells: dict[str, Cells] = {str(column): rows[column].to_numpy() for column in rows}
    cells["system"] = [systems[system] for system, _ in said]
    cells["source"] = [sources[source] for _, source in said]
    cells["device"] = [(device or "").strip() or None for device in rows["device"]]
    return groups_of(READINGS, cells)
