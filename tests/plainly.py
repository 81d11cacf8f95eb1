"""Practices whose readings and time logs are made at random in every way in which a plain file may
be written, and in some in which it may not: to be read by both readers.

    python -m tests.plainly --files 1000 --seed 1 [--engine spark] [--dressed]

audits each twice, once with the fast reader and once without, and compares the JSON documents. Of a
practice that is dressed the readings and time logs are quoted, packed, encoded or end their lines
in every way in which a file may be made plain, and in some in which it may not.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import zstandard

sys.path.insert(0, str(Path(__file__).parent))

from differential.product import rules_read_once
from practice import Practice, Run

from rtmaudit.exports import Engine, Tables, read
from rtmaudit.exports.engines import DuckDB
from rtmaudit.exports.spark import Spark
from rtmaudit.model import Program
from rtmaudit.pipeline.order import Order
from rtmaudit.pipeline.reduced import read_again

READ_AGAIN = "rtmaudit.pipeline.conduct.read_again"
ZONES = ("America/New_York", "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu")
MONTHS = ("2026-03", "2026-11", "2026-02", "2025-12")
SYSTEMS = ("musculoskeletal", "respiratory", "cognitive_behavioral", "physiologic")
IDS = ("P{}", "{:07d}", "{}", "Zoë-{}", "NA{}", "1E{}", "a b {}", "'{}", "x;{}", "=1+{}")
BAD = (
    "",
    "N/A",
    "2026-02-30",
    "2026-03-04T24:00:00",
    "2026-03-04T23:59:60Z",
    "2026-3-4T05:05:05Z",
    "1970-01-01T00:00:00Z",
    "2014-12-31T23:59:59Z",
    "2026-03-08T02:30:00",
    "infinity",
    "epoch",
    " 2026-03-04T05:05:05Z",
    "2026-03-04T05:05:05 America/New_York",
    "2026-03-04T05:05:05-99:99",
    "2026-03-04T05:05:05-0400",
    "2026-03-04T05:05Z",
    "2026-03-04 05:05:05",
    "20260304",
    "0",
    "2026-03-04T05:05:05+14:00",
    "2026-03-04T05:05:05.5Z",
    "2200-01-01",
    "2026-03-04t05:05:05z",
    "2026-03-04T05: 5:05Z",
    "2026-03-04T05:05:05-04:60",
    "2026-03-04T05:05:05-15:00",
)


@dataclass(frozen=True)
class Made:
    """The files of one practice, and the month to audit. `raw`: files that are written otherwise
    than as text in UTF-8."""

    files: dict[str, str]
    month: str
    as_of: str
    raw: dict[str, bytes] = field(default_factory=dict)

    def write(self, practice: Practice) -> None:
        """Write all of its files."""
        for name, content in (self.files | self.raw).items():
            practice.write(name, content)


def made(seed: int) -> Made:
    """A practice by its number."""
    chance = random.Random(seed)
    zone, month = chance.choice(ZONES), chance.choice(MONTHS)
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(40)).replace(day=1)
    as_of = chance.choice([after, after, after, first + timedelta(chance.randint(5, 27))])
    ids = [chance.choice(IDS).format(n) for n in range(chance.randint(1, 30))]
    ids = list(dict.fromkeys(ids))
    configuration = [f"timezone: {zone}"]
    if chance.random() < 0.2:
        configuration.append("defaults: {system: respiratory}")
    files = {"rtmaudit.yaml": "\n".join(configuration) + "\n"}
    files["patients.csv"] = _roster(chance, ids, first)
    for n in range(chance.choice([1, 1, 2])):
        files[_named("readings", n)] = _readings(chance, ids, ZoneInfo(zone), first)
    if chance.random() < 0.6:
        files |= _time(chance, ids, ZoneInfo(zone), first, configuration)
        files["rtmaudit.yaml"] = "\n".join(configuration) + "\n"
    if chance.random() < 0.2:
        held = [f"D{chance.randint(0, 5)},{each},,\n" for each in ids[:3]]
        files["devices.csv"] = "device_id,patient_id,from,to\n" + "".join(dict.fromkeys(held))
    return Made(files, month, str(as_of))


def dressed(files: Made, seed: int) -> Made:
    """The same practice with its readings and time logs in other clothes."""
    chance, worn, raw = random.Random(seed), dict(files.files), dict[str, bytes]()
    encoding = chance.choice(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "cp1252"])
    if encoding == "cp1252":
        tables = "tables: {readings: {encoding: cp1252}, time_log: {encoding: cp1252}}\n"
        worn["rtmaudit.yaml"] += tables
    for name in [each for each in worn if each.startswith(("readings", "time_log"))]:
        content = _quoted(worn.pop(name), chance).encode(encoding)
        packing = chance.choice([*_PACKINGS, "", ""])
        raw[name + packing] = _PACKINGS[packing](content)
    return Made(worn, files.month, files.as_of, raw)


_PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": lambda content: gzip.compress(content, mtime=0),
    ".zst": zstandard.compress,
}


def _quoted(text: str, chance: random.Random) -> str:
    """The lines of a file, some or all cells in quotes; now and then a cell holds more."""
    lines = text.replace("\r\n", "\n").split("\n")
    delimiter = next(each for each in ",;\t|" if each in lines[0])
    columns = {n for n in range(9) if chance.random() < 0.5}
    often, odd = chance.choice([0, 0.3, 1, 1, 1]), chance.choice([0, 0, 0.003])
    more = chance.choice([delimiter, delimiter, "\n", "\r", '""', '"', "\x1f", ' "'])
    by_column = chance.random() < 0.3
    worn = list[str]()
    for line in lines:
        cells = line.split(delimiter) if line else []
        for n, cell in enumerate(cells):
            if n in columns if by_column else chance.random() < often:
                behind = more if worn and chance.random() < odd else ""
                cells[n] = '"' + cell.replace('"', '""') + behind + '"'
        worn.append(delimiter.join(cells))
    return chance.choice(["\n"] * 4 + ["\r\n"] * 5 + ["\r"]).join(worn)


def _named(table: str, number: int) -> str:
    return f"{table}_{number}.csv" if number else f"{table}.csv"


def _roster(chance: random.Random, ids: list[str], first: date) -> str:
    lines = ["patient_id,programs,enrolled_on,consent_on,ended_on"]
    known = [each for each in ids if chance.random() < 0.93] or ids
    for each in known:
        enrolled = first - timedelta(chance.choice([200, 40, 20, 10, -5]))
        consent = chance.choice([*[""] * 9, str(enrolled), str(first + timedelta(7))])
        ended = chance.choice([*[""] * 9, str(first + timedelta(20))])
        programs = chance.choice([*["rtm"] * 9, "rpm", "rtm;rpm", ""])
        lines.append(f"{each},{programs},{enrolled},{consent},{ended}")
    return "\n".join(lines) + "\n"


RECEIVED, ENDED = "received_at", "ended_at"


def _readings(chance: random.Random, ids: list[str], zone: ZoneInfo, first: date) -> str:
    columns = ["patient_id", "recorded_at", "system"]
    columns += [c for c in ("device_id", "source", "battery", RECEIVED) if chance.random() < 0.5]
    chance.shuffle(columns)
    delimiter = chance.choice(",,,;\t|")
    shape = chance.choice(["offset", "offset", "zulu", "local", "local", "day", "fraction"])
    spoilt = chance.choice([0, 0, 0, 0.03])
    kinds = chance.choice([SYSTEMS, SYSTEMS[:3], SYSTEMS[:1]])
    own = {
        each: (chance.choice(kinds), f"D{n if chance.random() < 0.98 else 0}")
        for n, each in enumerate(ids)
    }
    lines = [delimiter.join(columns)]
    for _ in range(chance.randint(1, 400)):
        each = chance.choice(ids)
        at = datetime.combine(first, datetime.min.time(), UTC) + timedelta(
            seconds=chance.randint(-70 * 86400, 35 * 86400)
        )
        cells = {
            "patient_id": each,
            "recorded_at": _written(at, zone, shape, chance),
            "system": own[each][0],
            "device_id": chance.choice([own[each][1]] * 99 + ["", "none"]),
            "source": chance.choice(["device", "app", "", "manual"]),
            "battery": str(chance.randint(0, 99)),
            RECEIVED: _received(at, zone, shape, chance),
        }
        if chance.random() < spoilt:
            _spoil(cells, chance)
        row = [cells[c] for c in columns]
        if chance.random() < spoilt / 4:
            row = chance.choice([row[:-1], [*row, ""], [*row, "x"], [""], [""] * len(row), columns])
        lines.append(delimiter.join(row))
    end = chance.choice(["\n", "\n", "\n", "\n", "\r\n"])
    return end.join(lines) + chance.choice([end, end, end, ""])


def _time(
    chance: random.Random, ids: list[str], zone: ZoneInfo, first: date, configuration: list[str]
) -> dict[str, str]:
    """Time logs, and what stands beside them."""
    columns = ["patient_id", "started_at", chance.choice(["seconds", "minutes", ENDED]), "program"]
    others = ("role", "contact", "staff_id", "entry_id", "activity", "minutes", "created_at")
    for column, often in zip(
        (*others, ENDED), (0.6, 0.7, 0.7, 0.4, 0.2, 0.1, 0.3, 0.3), strict=True
    ):
        if chance.random() < often and column not in columns:
            columns.append(column)
    chance.shuffle(columns)
    shape = chance.choice(["offset", "zulu", "local", "local", "day"])
    log = _Log(columns, chance.choice(",,,;\t|"), zone, first, shape, chance)
    files, last = {}, list[str]()
    for n in range(chance.choice([1, 1, 1, 2, 3])):
        lines = log.lines(ids, last)
        files[_named("time_log", n)] = log.written(lines)
        last = lines
    if chance.random() < 0.3:
        files["calls.csv"] = log.calls(last, ids)
    if chance.random() < 0.1:
        configuration.append("calls_count_as_time: true")
    if chance.random() < 0.3:
        days = [f"{chance.choice(ids)},{_day(first, chance)},99213" for _ in range(3)]
        files["visits.csv"] = "patient_id,on,code\n" + "\n".join([*days, ids[0] + ",never,99490\n"])
    if chance.random() < 0.3:
        stay = f"{chance.choice(ids)},{_day(first, chance)},{chance.choice(['', first])},inpatient"
        files["stays.csv"] = f"patient_id,from,to,kind\n{stay}\n"
    if chance.random() < 0.1:
        configuration.append("defaults: {role: clinical_staff}")
    return files


def _day(first: date, chance: random.Random) -> date:
    return first + timedelta(chance.randint(-35, 32))


@dataclass
class _Log:
    """How the time logs of one practice are written."""

    columns: list[str]
    delimiter: str
    zone: ZoneInfo
    first: date
    shape: str
    chance: random.Random

    def lines(self, ids: list[str], others: list[str]) -> list[str]:
        """The lines of one file; some stand in another one too."""
        chance = self.chance
        spoilt, untidy = chance.choice([0, 0, 0.03]), chance.choice([0, 0.02, 0.3])
        staffs = [f"S{n}" for n in range(chance.choice([1, 3, 20, 60]))] + [""] * chance.choice(
            [0, 0, 1]
        )
        programs = chance.choice([["rtm"], ["rtm", "RTM"], ["rtm", "rpm"], ["rtm", "ccm", "bhi"]])
        lines = list[str]()
        for n in range(chance.randint(1, 200)):
            each = chance.choice(ids)
            at = datetime.combine(self.first, datetime.min.time(), UTC) + timedelta(
                seconds=chance.randint(-60 * 86400, 34 * 86400)
                if chance.random() < 0.9
                else chance.choice([0, 86400 * 30, 5 * 3600 - 30, 86400 * 7 + 25200])
            )
            length = chance.choice([chance.randint(60, 1800)] * 30 + [0, 20, 7300, 28800, 3600])
            cells = {
                "patient_id": each,
                "started_at": _written(at, self.zone, self.shape, chance),
                "seconds": str(length),
                "minutes": chance.choice([f"{length // 60}", f"{length / 60:.2f}"]),
                "program": chance.choice(programs),
                "role": chance.choice(["clinical_staff"] * 9 + ["", "therapist", "assistant"]),
                "contact": chance.choice(["none", "", "live_audio", "voicemail", "live_video"]),
                "staff_id": chance.choice(staffs),
                "entry_id": chance.choice([f"E{n}"] * 60 + ["", "E1"]),
                "activity": "review",
                "created_at": self._created(at),
                ENDED: self._ended(at, length),
            }
            if chance.random() < spoilt:
                self._spoil(cells)
            row = [cells[c] for c in self.columns]
            if chance.random() < spoilt / 4:
                row = chance.choice([row[:-1], [*row, "x"], [""], [""] * len(row), self.columns])
            lines.append(self.delimiter.join(row))
            if chance.random() < untidy:
                lines.append(chance.choice(lines[-20:]))
        again = chance.sample(others, min(len(others), chance.choice([0, 0, 1, 20])))
        return lines + again

    def _ended(self, at: datetime, length: int) -> str:
        """When a line ended, now and then a little later than it says, or before it began."""
        more = self.chance.choice([0] * 30 + [30, 61, 90, -length - 60, 40_000])
        ended = _written(at + timedelta(seconds=length + more), self.zone, self.shape, self.chance)
        return ended if self.chance.random() < 0.98 else ""

    def _created(self, at: datetime) -> str:
        """When a line was written down, now and then late or never."""
        after = self.chance.choice([0] * 30 + [1, 2, 3, 9, 40])
        shape = self.shape if self.chance.random() < 0.99 else "day"
        written = _written(at + timedelta(after, 60), self.zone, shape, self.chance)
        return written if self.chance.random() < 0.98 else ""

    def _spoil(self, cells: dict[str, str]) -> None:
        column = self.chance.choice(self.columns)
        words = {
            "patient_id": ("", " ", "Total", "stranger", "0012", '"'),
            "started_at": BAD,
            "seconds": ("", "-5", "1e3", "99999", "12.5", " 600", "1:30", "28801"),
            "minutes": ("", "0.001", "10:30", "1:10:30", "ten", " 12.5 ", "-1"),
            "program": ("", "xyz", " rtm ", "Rpm"),
            "role": ("nurse", "Physician", " npp"),
            "contact": ("LIVE_AUDIO", "phone", "in_person "),
            "staff_id": (" S1", "S1 ", '"', "Zoë", "\xa0S2"),
            "entry_id": (" E5", "E5\xa0", "1.2E+11", "Ü1"),
            "created_at": ("never", "2026-12-31", ""),
            ENDED: ("", "later", "2026-03-10", "2026-03-10T25:00:00"),
        }
        cells[column] = self.chance.choice(words.get(column, ("", "x")))

    def written(self, lines: list[str]) -> str:
        """A file."""
        end = self.chance.choice(["\n"] * 9 + ["\r\n"])
        return end.join([self.delimiter.join(self.columns), *lines]) + self.chance.choice([end, ""])

    def calls(self, log: list[str], ids: list[str]) -> str:
        """Calls, of which some stand in the log too."""
        columns = chance_columns = ["patient_id", "started_at", "program", "contact"]
        lines = [",".join(columns)]
        for _ in range(self.chance.randint(0, 20)):
            cells = dict(
                zip(self.columns, self.chance.choice(log).split(self.delimiter), strict=False)
            )
            if self.chance.random() < 0.5:
                cells["patient_id"] = self.chance.choice(ids)
            if self.chance.random() < 0.3:
                cells["program"] = ""
            cells.setdefault("contact", "live_audio")
            lines.append(",".join(cells.get(c, "") for c in chance_columns))
        return "\n".join(lines) + "\n"


def _spoil(cells: dict[str, str], chance: random.Random) -> None:
    column = chance.choice(["recorded_at", "recorded_at", "patient_id", "system", "source"])
    words = {
        "recorded_at": BAD,
        "patient_id": ("", " ", "Total", "stranger", '"', "0012"),
        "system": ("", "knee", "RESPIRATORY", " respiratory "),
        "source": ("sms", "DEVICE", '"app"'),
    }
    cells[column] = chance.choice(words[column])


def _received(at: datetime, zone: ZoneInfo, shape: str, chance: random.Random) -> str:
    """When a reading came in, now and then late, before it was taken, or never."""
    after = chance.choice([0] * 30 + [1, 2, 3, 3, 9, 80, -5])
    shape = shape if chance.random() < 0.99 else "day"
    written = _written(at + timedelta(after, 60), zone, shape, chance)
    return written if chance.random() < 0.97 else chance.choice(["", "", "soon"])


def _written(at: datetime, zone: ZoneInfo, shape: str, chance: random.Random) -> str:
    local = at.astimezone(zone)
    if shape == "offset":
        return local.isoformat(chance.choice("T"), "seconds")
    if shape == "zulu":
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if shape == "fraction":
        return local.replace(microsecond=chance.randint(1, 999_999)).isoformat()
    return local.strftime("%Y-%m-%dT%H:%M:%S" if shape == "local" else "%Y-%m-%d")


@contextmanager
def one_spark() -> Iterator[Spark]:
    """One Spark for all audits of the block that ask for it."""
    with Spark() as spark:

        @contextmanager
        def shared(name: str) -> Iterator[Engine]:
            yield spark if name == "spark" else DuckDB()

        with mock.patch("rtmaudit.pipeline.conduct.open_engine", shared):
            yield spark


def audited(files: Made, folder: Path, least: int, engine: str = "duckdb") -> tuple[Run, int]:
    """The audit with the fast reader from so many bytes on, or on Spark, and how many groups it
    judged by."""
    kept = 0

    def counted(tables: Tables, order: Order, beyond: Collection[Program] = ()) -> None:
        nonlocal kept
        read_again(tables, order, beyond)
        for data in tables.data.values():
            kept += 0 if data.groups is None else len(data.groups)

    practice = Practice(folder, ["--month", files.month, "--as-of", files.as_of])
    files.write(practice)
    with mock.patch.object(read, "LARGE", least), mock.patch(READ_AGAIN, counted):
        return practice.audit("--format", "json", "--all", "--engine", engine), kept


def differences(
    seeds: Iterator[int] | range, engine: str = "duckdb", *, worn: bool = False
) -> Iterator[tuple[int, int, str]]:
    """For each practice, dressed or not, its number, how many groups it was judged by, and what
    differs."""
    with rules_read_once():
        for seed in seeds:
            files = dressed(made(seed), seed) if worn else made(seed)
            with tempfile.TemporaryDirectory() as folder:
                fast, kept = audited(files, Path(folder), 0, engine)
                strict, _ = audited(files, Path(folder), 1 << 60)
            same = fast == strict
            yield seed, kept, "" if same else _first_difference(fast, strict)


def _first_difference(fast: Run, strict: Run) -> str:
    if (fast.code, fast.err) != (strict.code, strict.err):
        return f"{fast.code} {fast.err[:200]!r} against {strict.code} {strict.err[:200]!r}"
    pairs = zip(fast.out.splitlines(), strict.out.splitlines(), strict=False)
    return next((f"{a!r} against {b!r}" for a, b in pairs if a != b), "one is longer")


def main() -> int:
    """Compare, and say how much of it came by the fast reader."""
    words = argparse.ArgumentParser(prog="python -m tests.plainly", description=__doc__)
    words.add_argument("--files", type=int, default=1000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb")
    words.add_argument("--dressed", action="store_true")
    asked = words.parse_args()
    outcome: Counter[str] = Counter()
    seeds = range(asked.seed, asked.seed + asked.files)
    with one_spark() if asked.engine == "spark" else nullcontext():
        for seed, kept, said in differences(seeds, asked.engine, worn=asked.dressed):
            outcome["practices"] += 1
            outcome["judged by groups"] += bool(kept)
            outcome["groups"] += kept
            if said:
                outcome["different"] += 1
                print(f"{seed}: {said}")
    print(", ".join(f"{n} {what}" for what, n in outcome.items()))
    return 1 if outcome["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
