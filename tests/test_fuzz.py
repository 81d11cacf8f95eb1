"""What `python -m tests.fuzz` found, tried again for ever; a little fuzzing; and that the fuzzer
would notice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import fuzz
import promises
import pytest
from differential.product import rules_read_once
from fuzzable import CANARY, MAPPING, plain, vendor
from practice import Practice

from rtmaudit import exports
from rtmaudit.exports import read

FOUND = Path(__file__).parent / "fuzzed"


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with rules_read_once():
        yield


def test_what_was_found_once_is_so_no_more() -> None:
    assert {
        name: fault for name, files in fuzz.kept(FOUND) if (fault := promises.fault_of(files))
    } == {}


def test_a_little_fuzzing_finds_nothing() -> None:
    tried = list(fuzz.fuzz(seed=3, first=0, most=25, until=time.monotonic() + 60))
    assert [(number, fault) for number, _, fault in tried if fault] == []


def test_the_practices_are_audited_as_they_are(tmp_path: Path) -> None:
    for made in (plain, vendor):
        practice = Practice(tmp_path / made.__name__)
        for name, content in made().items():
            practice.write(name, content)
        document = practice.document()
        assert {each["name"] for each in document["inputs"]} == made().keys() - {MAPPING}
        assert all(each["used"] for each in document["inputs"])
        assert promises.fault_of(made()) == ""


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    one, again = (list(fuzz.fuzz(5, 7, 1, time.monotonic() + 60)) for _ in range(2))
    assert one == again


# ---- it would notice ----


def broken(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """The reader of tables fails wherever a file holds a pipe and a 7."""
    whole = exports.find_files

    def find(paths: list[Path], *rest: object) -> object:
        text = b"".join(path.read_bytes() for path in paths[0].iterdir())
        if b"|" in text and b"7" in text:
            exec(how)
        return whole(paths, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(read, "find_files", find)
    monkeypatch.setattr(exports, "find_files", find)


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ("raise ValueError", "exit code 70: rtmaudit: internal error (ValueError at"),
        ("raise SystemExit(1)", "exit code 141"),
        ("import sys; print('Canary9', file=sys.stderr)", "a cell is told on stderr"),
        ("import sys; print('\\x1b', file=sys.stderr)", "a control character on stderr"),
    ],
)
def test_a_broken_promise_is_found_and_made_small(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str, fault: str
) -> None:
    broken(monkeypatch, how)
    files = plain() | {"calls.csv": plain()["calls.csv"] + b"7|\n"}
    said = promises.fault_of(files)
    assert said.startswith(fault)
    fuzz.keep(tmp_path, fuzz.small(files, promises.RUNS[:1], said), said, "a test")
    ((_, kept),) = fuzz.kept(tmp_path)
    assert sorted(b"".join(kept.values())) == sorted(b"7|")


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "SECONDS", 1)
    broken(monkeypatch, "while True: pass")
    assert promises.fault_of({"visits.csv": b"|7"}) == f"hangs with {' '.join(promises.RUNS[0])}"


def test_a_find_ends_with_1_and_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "mutated", lambda _: {"visits.csv": b"a|7\n" * 9})
    broken(monkeypatch, "raise ValueError")
    assert fuzz.main(["--cases", "2", "--seed", "4", "--keep", str(tmp_path)]) == 1
    assert "case 4:0: exit code 70" in capsys.readouterr().out
    assert [files for _, files in fuzz.kept(tmp_path)] == [{"visits.csv": b"|7"}]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"a,b\n1,2\n", {1}),
        (b"a,b\r\n1,2\r\n\r\n", {2}),
        (b"a,b\r1,2", {1}),
        (b'a,b\n1,"2\n3"\n', {1, 2}),
        (b'a,b\n1,"2""\n3"\n', {1, 2}),
        (b'a,b\n1,2"\n3,4\n', {2}),
        ("a,b\n1,2\n".encode("utf-16"), {1}),
        (b"", {0}),
    ],
)
def test_records_are_counted_without_the_product(content: bytes, count: set[int]) -> None:
    assert promises.records(content, "readings.csv") == count


def test_a_column_name_beside_a_cell_may_be_told_and_no_other_cell() -> None:
    files = {"readings.csv": f"{CANARY}1,x\npatient_id,{CANARY}2\n".encode()}
    assert list(promises._beside_names(files)) == [f"{CANARY}2"]
