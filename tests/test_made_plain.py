"""A large file that only its writing keeps from being plain says what the plain one says, line by
line; of one that is more than that the careful reader tells."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zstandard
from differential.product import rules_read_once
from plainly import READ_AGAIN, Made, audited, differences
from practice import Practice, file, holds, minutes, one_sentence, problems, process, surroundings
from test_plain import HEAD, ROSTER, SOUND, both, days, practice
from test_plain_log import GROUPS, line
from test_plain_log import practice as practice_with_time

from rtmaudit.config import read_config
from rtmaudit.errors import InputsRefused
from rtmaudit.exports import made_plain, open_engine, read, read_tables
from rtmaudit.exports.strict import read_file
from rtmaudit.facts import span_of
from rtmaudit.pipeline.reduced import read_again
from rtmaudit.windows import Month

LINES = (
    HEAD.replace("\n", ",note\n")
    + SOUND.replace("\n", ",\n")
    + "P1,never,musculoskeletal,D-P1,\nP9,2026-03-10\n"
    + days("0012", "2026-03-04T08:00:00-05:00").replace("\n", ",Zoë\n")
    + "P9,2026-03-04T08:00:00-05:00,musculoskeletal,,\n"
    + SOUND.replace("\n", ",\n")
)
"""Readings with lines that cannot be read among them, and one of a patient whom nobody knows."""


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    with rules_read_once():
        yield


@pytest.fixture
def spill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "spill"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def quoted(text: str, end: str = "\r\n", which: Callable[[str], bool] = lambda _: True) -> str:
    """The lines of a text with some of their cells in quotes."""
    rows = (each.split(",") if each else [] for each in text.splitlines())
    lines = (",".join(f'"{c}"' if which(c) else c for c in row) for row in rows)
    return "".join(each + end for each in lines)


def readings(raw: bytes | str, name: str = "readings.csv", more: str = "") -> Made:
    made = practice("")
    del made.files["readings.csv"]
    made.raw[name] = raw if isinstance(raw, bytes) else raw.encode()
    made.files["rtmaudit.yaml"] += more
    return made


def known(document: Any, name: str) -> Any:
    """A document without what tells of the bytes of a file, and as of one that is not packed."""
    file(document, name)["sha256"] = ""
    return json.loads(json.dumps(document).replace(name, "readings.csv"))


CP1252 = "tables: {readings: {encoding: cp1252}}\n"
WORN = quoted(LINES).encode()

FORMS: dict[str, tuple[bytes, str, str]] = {
    "quoted": (WORN, "", ""),
    "as R does": (quoted(LINES, "\n", lambda cell: not cell[:1].isdigit()).encode(), "", ""),
    "windows": (LINES.replace("\n", "\r\n").encode(), "", ""),
    "no last end": (WORN.removesuffix(b"\r\n"), "", ""),
    "mark": (codecs.BOM_UTF8 + LINES.encode(), "", ""),
    "utf-16": (quoted(LINES).encode("utf-16"), "", ""),
    "cp1252": (LINES.encode("cp1252"), "", CP1252),
    "gz": (gzip.compress(LINES.encode()), ".gz", ""),
    "two members": (gzip.compress(WORN[:150]) + gzip.compress(WORN[150:]), ".gz", ""),
    "zst": (zstandard.compress(WORN), ".zst", ""),
    "delimiter in a cell": (quoted(LINES).replace('"Zoë"', '"Zoë, or "').encode(), "", ""),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, int]:
    """What both readers say of the plain file, and by how many groups."""
    return both(readings(LINES), tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("form", FORMS)
def test_it_says_what_the_plain_file_says(
    form: str, plain: tuple[Any, int], tmp_path: Path
) -> None:
    raw, packing, more = FORMS[form]
    name = f"readings.csv{packing}"
    run, kept = audited(readings(raw, name, more), tmp_path, 0)
    worn, (said, groups) = run.document, plain
    assert kept == groups > 0
    told = [(9, "unreadable_date"), (10, "row_width")]
    assert [(n, kind) for n, _, kind in problems(worn, name)] == told
    assert file(worn, name)["sha256"] == hashlib.sha256(raw).hexdigest()
    assert known(worn, name) == known(said, "readings.csv")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "LARGE", 0)


def written(made: Made, folder: Path) -> Practice:
    own = Practice(folder / "practice")
    own.folder.mkdir(parents=True)
    made.write(own)
    return own


@pytest.mark.usefixtures("large")
def test_all_lines_are_read_again_from_where_it_is_plain(tmp_path: Path, spill: Path) -> None:
    """With evidence every line is told with its number, and nothing is left when it is."""
    text = "".join(days("P1", f"2026-03-{day:02}T08:00:00-05:00") for day in range(1, 8))
    own = written(readings(HEAD + text), tmp_path)
    plain = own.document("--evidence")
    own.write("readings.csv", quoted(HEAD + text))
    worn = own.document("--evidence")
    assert known(worn, "readings.csv") == known(plain, "readings.csv")
    lines = {
        shown["line"]
        for patient in worn["patients"]
        for finding in patient["findings"]
        for shown in finding["evidence"]
    }
    assert lines == set(range(2, 9))
    assert list(spill.iterdir()) == []


def test_a_time_log_is_made_plain_too(tmp_path: Path) -> None:
    contends = line() + line(seconds="ten") + line("P2", "2026-03-10T10:05:00")
    made = practice_with_time(contends)
    made.files["time_log.csv"] = quoted(made.files["time_log.csv"])
    document, kept = both(made, tmp_path)
    assert kept == GROUPS
    assert minutes(document, "P2") == (65, 70)
    told = {(n, kind) for n, _, kind in problems(document, "time_log.csv")}
    assert told == {(20, "overlap"), (21, "unreadable_duration"), (22, "overlap")}


SOUND_LINES = quoted(HEAD + SOUND)


def amid(old: str, new: str) -> str:
    """The sound lines, of which one in the middle has something else."""
    first, second = SOUND_LINES[:200], SOUND_LINES[200:]
    return first + second.replace(old, new, 1)


def is_made_plain(made: Made, folder: Path) -> bool:
    """Whether the readings are; a fault is told by the careful reader alone."""
    config = read_config(written(made, folder).folder / "rtmaudit.yaml")
    span = span_of(Month(2026, 3), date(2026, 4, 1))
    try:
        with open_engine("duckdb") as engine:
            tables = read_tables([folder / "practice"], config, span=span, engine=engine)
    except InputsRefused:
        return False
    return bool(tables.data["readings"].reduced)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "text",
    [
        amid("D-P1", "D-\nP1"),
        amid("D-P1", "D-\rP1"),
        amid("D-P1", 'D-""P1'),
        amid("D-P1", "D-\x1fP1"),
        amid("D-P1", "D-\0P1"),
        amid('D-P1"', "D-P1"),
        amid('"D-P1', 'D-"P1'),
        amid('D-P1"', 'D-P1" '),
        amid(',"D-P1', ', "D-P1'),
        SOUND_LINES.replace(',"', ', "'),
        SOUND_LINES.replace("\r\n", "\r"),
        SOUND_LINES.replace("\r\n", "\r\n\r\n", 2),
        SOUND_LINES.replace("\r\n", '\r\n""\r\n', 2),
        "Readings\r\n" + SOUND_LINES,
        SOUND_LINES + '"Total","7",,\r\n',
        SOUND_LINES.replace("musculo", "knee"),
        amid('D-P1"\r\n', "D-P1\n"),
    ],
)
def test_what_is_more_than_worn_is_left_to_the_careful_reader(text: str, tmp_path: Path) -> None:
    assert is_made_plain(readings(SOUND_LINES), tmp_path / "sound")
    assert not is_made_plain(readings(text), tmp_path / "more")


@pytest.mark.parametrize(
    ("raw", "name", "more"),
    [
        (gzip.compress(SOUND_LINES.encode())[:-9], "readings.csv.gz", ""),
        (gzip.compress(SOUND_LINES.encode()) + b"x", "readings.csv.gz", ""),
        (SOUND_LINES.encode() + b'"P1\xff",,,\r\n', "readings.csv", ""),
        (SOUND_LINES.encode("utf-16")[:-1], "readings.csv", ""),
        (SOUND_LINES.encode(), "readings.csv", "tables: {readings: {skip_lines: 1}}\n"),
        (gzip.compress(bytes(70 << 20)), "readings.csv.gz", ""),
    ],
    ids=["cut off", "more behind", "no text", "half a character", "below lines", "bomb"],
)
def test_what_cannot_be_read_is_told_by_the_careful_reader(
    raw: bytes, name: str, more: str, tmp_path: Path
) -> None:
    said, kept = both(readings(raw, name, more), tmp_path)
    assert kept == 0
    assert "readings.csv" in str(said)


def test_an_archive_that_is_cut_off_late_hides_no_other_fault(tmp_path: Path) -> None:
    lines = "".join(days(f"P{n * n}", f"2026-03-03T08:{n % 60:02}:00") for n in range(10_000))
    made = readings(gzip.compress(quoted(HEAD + lines).encode())[:-9], "readings.csv.gz")
    made.files["patients.csv"] = ROSTER.replace("2026-01-05", "01/05/2026")
    assert len(made.raw["readings.csv.gz"]) > 1 << 16
    said, _ = both(made, tmp_path)
    holds(str(said), "readings.csv.gz: is a damaged or cut-off archive", "patients.csv")


@pytest.mark.usefixtures("large")
def test_what_turns_out_not_to_be_plain_takes_no_room(
    tmp_path: Path, spill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the careful reader begins, nothing is left of the attempt."""
    left = list[Path]()

    def carefully(*asked: Any) -> Any:
        left.extend(each for each in spill.glob("*/*") if each.is_file())
        return read_file(*asked)

    monkeypatch.setattr(read, "read_file", carefully)
    for text in (amid("D-P1", 'D-""P1'), amid("musculo", "knee") + '"Total",,,\r\n'):
        assert not is_made_plain(readings(text), tmp_path / str(len(text)))
    assert left == []


@pytest.mark.no_cover
@pytest.mark.usefixtures("large")
def test_it_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    stamps = [f"2026-03-{day:02}T08:{n:02}:00" for day in range(1, 29) for n in range(60)]
    text = quoted(HEAD) + "".join(quoted(days(f"P{n}", *stamps)) for n in range(150))
    made = readings(gzip.compress(text.encode(), 1), "readings.csv.gz")
    tracemalloc.start()
    try:
        assert is_made_plain(made, tmp_path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(text) / 2


@pytest.mark.no_cover
@pytest.mark.usefixtures("large")
def test_a_line_that_does_not_end_is_let_go_before_it_is_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = (SOUND_LINES + '"P1').encode() + b"x" * (most := 1 << 25)
    made = readings(gzip.compress(endless, 1), "readings.csv.gz")
    peaks = list[int]()

    def carefully(*_: Any) -> Any:
        peaks.append(tracemalloc.get_traced_memory()[1])
        raise InputsRefused([])

    monkeypatch.setattr(read, "read_file", carefully)
    tracemalloc.start()
    try:
        assert not is_made_plain(made, tmp_path)
    finally:
        tracemalloc.stop()
    (peak, *_) = peaks
    assert peak < most


@pytest.mark.parametrize(
    ("last", "more"),
    [
        (quoted(days("P1", "2026-03-28T08:00:00"), "\n").encode(), ""),
        (days("Zo\xeb", "2026-03-28T08:00:00").encode(), CP1252),
    ],
    ids=["quotes", "another encoding"],
)
def test_what_shows_late_is_found(last: bytes, more: str, tmp_path: Path) -> None:
    """Behind the first lines, by which it seems to be plain."""
    stamps = [f"2026-03-{day:02}T08:{n:02}:00" for day in range(2, 28) for n in range(60)]
    raw = (HEAD + days("P1", *stamps)).encode()
    assert len(raw) > 1 << 16
    _, kept = both(readings(raw + last, more=more), tmp_path)
    assert kept >= 1


@pytest.mark.usefixtures("large")
def test_what_is_plain_is_not_written_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(made_plain, "NamedTemporaryFile", fail)
    own = written(readings(HEAD + SOUND), tmp_path)
    assert own.audit().code in (0, 3)
    own.write("readings.csv", quoted(HEAD + SOUND))
    assert own.audit().code == 70


def test_made_practices_are_read_alike_and_many_of_them_fast() -> None:
    found = list(differences(range(1, 6), worn=True))
    assert [(seed, said) for seed, _, said in found if said] == []
    assert sum(1 for _, kept, _ in found if kept) >= 2


# --- nothing is left ----------------------------------------------------------------------------


@pytest.mark.usefixtures("large")
def test_an_export_that_changes_meanwhile_is_refused(
    tmp_path: Path, spill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at, though what is read is the plain file."""
    own = written(
        readings(quoted(HEAD + SOUND + days("P9", "2026-03-04T08:00:00-05:00"))), tmp_path
    )

    def replaced(*asked: Any) -> None:
        other = tmp_path / "other"
        other.write_text((own.folder / "readings.csv").read_text())
        other.replace(own.folder / "readings.csv")
        read_again(*asked)

    monkeypatch.setattr(READ_AGAIN, replaced)
    assert "readings.csv: changed while it was read" in own.refusal()
    assert list(spill.iterdir()) == []


def many(folder: Path, times: int) -> Path:
    """A practice with a large quoted file of readings."""
    own = written(readings(""), folder)
    lines = quoted("".join(days("P1", f"2026-03-{n:02}T08:00:00-05:00") for n in range(1, 31)))
    with (own.folder / "readings.csv").open("w", newline="") as stream:
        stream.write(quoted(HEAD))
        stream.writelines(lines * 20 for _ in range(times))
    return own.folder


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    run = process(
        *("audit", many(tmp_path, 100), "--month", "2026-03", "-o", tmp_path / "out.csv"),
        env={"TMPDIR": str(tmp_path / "spill")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )
    assert run.returncode == 5
    one_sentence(run.stderr, "readings.csv: ", "the file would be larger than is allowed", "TMPDIR")
    assert list((tmp_path / "spill").iterdir()) == []
    assert not (tmp_path / "out.csv").exists()


def test_it_is_private_and_gone_when_the_run_is_ended(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    words = ["audit", str(many(tmp_path, 800)), "--month", "2026-03"]
    with subprocess.Popen(
        [sys.executable, "-m", "rtmaudit", *words, "-o", str(tmp_path / "out.csv")],
        env=surroundings() | {"TMPDIR": str(spill)},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        until = time.monotonic() + 60
        while not (found := list(spill.glob("*/*"))) and time.monotonic() < until:
            time.sleep(0.01)
        modes = [each.stat().st_mode & 0o777 for each in (found[0], found[0].parent)]
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert modes == [0o600, 0o700]
    assert (running.returncode, err) == (130, "")
    assert list(spill.iterdir()) == []
    assert not (tmp_path / "out.csv").exists()
