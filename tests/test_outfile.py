"""A file appears whole and private, or not at all; the files of one run appear together."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtmaudit import outfile
from rtmaudit.errors import OutputError, UsageError
from rtmaudit.outfile import publish


@pytest.fixture(params=[0o000, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def write(path: Path, text: str) -> None:
    with publish([path]) as (stream,):
        stream.write(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    write(tmp_path / "report.csv", "a\n")
    assert mode(tmp_path / "report.csv") == 0o600


def test_it_takes_the_place_of_an_open_file_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    write(path, "new")
    assert (path.read_text(encoding="utf-8"), mode(path)) == ("new", 0o600)


def test_text_is_utf8_and_newlines_are_as_written(tmp_path: Path) -> None:
    write(tmp_path / "report.csv", "é\r\nb\n")
    assert (tmp_path / "report.csv").read_bytes() == b"\xc3\xa9\r\nb\n"


def test_nothing_is_seen_before_the_block_ends_and_then_everything_is(tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.json"]
    with publish(paths) as (first, second):
        first.write("a")
        second.write("b")
        first.flush()
        assert not any(path.exists() for path in paths)
    assert [path.read_text(encoding="utf-8") for path in paths] == ["a", "b"]
    assert names(tmp_path) == ["a.csv", "b.json"]


def test_while_writing_the_hidden_file_is_private_too(tmp_path: Path, umask: int) -> None:
    with publish([tmp_path / "report.csv"]):
        (hidden,) = tmp_path.iterdir()
        assert mode(hidden) == 0o600
        assert outfile._OURS.fullmatch(hidden.name)


@pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_fails_leaves_all_as_it_was(
    tmp_path: Path, raised: type[BaseException]
) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("old", encoding="utf-8")
    with pytest.raises(raised), publish([old, new]) as streams:
        for stream in streams:
            stream.write("x" * 100_000)
            stream.write("and what is still in memory")
        raise raised
    assert names(tmp_path) == ["old.csv"]
    assert old.read_text(encoding="utf-8") == "old"


def fail_call(monkeypatch: pytest.MonkeyPatch, name: str, nth: int, code: int) -> None:
    """Let the nth call of a function of `os` fail with this error number."""
    real, calls = getattr(os, name), iter(range(1, 1_000_000))

    def failing(*args: object, **kwargs: object) -> object:
        if next(calls) == nth:
            raise OSError(code, os.strerror(code), "a/secret/folder")
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, failing)


@pytest.mark.parametrize(
    ("function", "nth"),
    [("write", n) for n in range(1, 7)] + [("fsync", 1), ("fsync", 2), ("open", 1), ("open", 2)],
)
def test_a_write_that_fails_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, nth: int
) -> None:
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path in paths:
        path.write_text("old", encoding="utf-8")
    fail_call(monkeypatch, function, nth, errno.ENOSPC)
    with (
        pytest.raises(OutputError, match=r"^(one|two)\.csv: the disk is full$") as caught,
        publish(paths) as streams,
    ):
        for _ in range(3):
            for stream in streams:
                stream.write("x" * 50_000)
                stream.flush()
    assert caught.value.exit_code == 5
    monkeypatch.undo()
    assert names(tmp_path) == ["one.csv", "two.csv"]
    assert {path.read_text(encoding="utf-8") for path in paths} == {"old"}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.EACCES, "writing there is not permitted"),
        (errno.EROFS, "that disk can only be read"),
        (errno.EIO, r"writing failed \(EIO\)"),
    ],
)
def test_a_failure_is_one_sentence_that_names_the_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str
) -> None:
    fail_call(monkeypatch, "open", 1, code)
    with pytest.raises(OutputError, match=rf"^report\.csv: {sentence}$"):
        write(tmp_path / "report.csv", "a")


def test_a_failure_of_the_block_itself_is_not_taken_for_a_failure_to_write(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), publish([tmp_path / "report.csv"]):
        (tmp_path / "input.csv").read_bytes()


def test_a_name_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^x+: the name is too long$"):
        write(tmp_path / ("x" * 300), "a")
    longest = tmp_path / ("é" * 127)
    write(longest, "a")
    assert names(tmp_path) == [longest.name]


def refused(tmp_path: Path, *destinations: Path, inputs: tuple[Path, ...] = ()) -> str:
    before = names(tmp_path)
    with pytest.raises(UsageError) as caught, publish(destinations, inputs=inputs):
        raise AssertionError("the block must not run")
    assert names(tmp_path) == before
    (line,) = caught.value.lines
    return line


def test_a_symbolic_link_is_refused_even_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "dangling").symlink_to("nothing")
    for name in ("link", "dangling"):
        assert (
            refused(tmp_path, tmp_path / name)
            == f"{name}: is a symbolic link; name the file itself"
        )
    assert (tmp_path / "target").read_text(encoding="utf-8") == "old"


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    assert refused(tmp_path, tmp_path / "pipe") == "pipe: is not a plain file"
    assert refused(tmp_path, tmp_path / "folder") == "folder: is a folder; name a file in it"
    assert refused(tmp_path, Path("/dev/null")) == "null: is not a plain file"
    assert refused(tmp_path, Path()) == ".: is a folder; name a file in it"


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for parent in ("nowhere", "file"):
        assert refused(tmp_path, tmp_path / parent / "a.csv") == "a.csv: its folder does not exist"


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    readings = tmp_path / "readings.csv"
    readings.write_text("a", encoding="utf-8")
    (tmp_path / "linked.csv").hardlink_to(readings)
    (tmp_path / "pointer.csv").symlink_to(readings)
    for given in ("readings.csv", "linked.csv", "pointer.csv"):
        line = refused(tmp_path, readings, inputs=(tmp_path / given,))
        assert line == "readings.csv: is one of the inputs; name another file"
    others = (readings, tmp_path / "gone.csv")
    with publish([tmp_path / "report.csv"], inputs=others) as (stream,):
        stream.write("b")
    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == "b"


def test_the_same_output_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    one, same = tmp_path / "a.csv", tmp_path / "sub" / ".." / "a.csv"
    assert refused(tmp_path, one, same) == "a.csv: is named twice as an output"


def test_one_unfit_destination_stops_them_all(tmp_path: Path) -> None:
    refused(tmp_path, tmp_path / "good.csv", tmp_path / "nowhere" / "bad.csv")


def make_stale(path: Path, *, seconds: float) -> Path:
    path.write_text("left behind", encoding="utf-8")
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_only_our_own_old_hidden_files_are_swept(tmp_path: Path) -> None:
    hour = outfile.STALE_AFTER_SECONDS
    old = make_stale(tmp_path / f".a.csv.rtmaudit-{'0' * 16}.tmp", seconds=hour + 60)
    kept = [
        make_stale(tmp_path / f".a.csv.rtmaudit-{'1' * 16}.tmp", seconds=hour - 60),
        make_stale(tmp_path / f"a.csv.rtmaudit-{'0' * 16}.tmp", seconds=hour + 60),
        make_stale(tmp_path / f".a.csv.rtmaudit-{'0' * 15}.tmp", seconds=hour + 60),
        make_stale(tmp_path / ".a.csv.tmp", seconds=hour + 60),
    ]
    write(tmp_path / "report.csv", "a")
    assert not old.exists()
    assert all(path.exists() for path in kept)


def test_a_hidden_file_of_somebody_else_is_not_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_stale(tmp_path / f".a.csv.rtmaudit-{'0' * 16}.tmp", seconds=7200)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    write(tmp_path / "report.csv", "a")
    assert path.exists()


PROGRAM = """
import resource, signal, sys, time
from pathlib import Path
from rtmaudit.errors import OutputError
from rtmaudit.outfile import publish

def stop(number, frame):
    raise SystemExit(128 + number)

signal.signal(signal.SIGTERM, stop)
if sys.argv[1] == "limited":
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with publish([Path("report.csv")]) as (stream,):
        for number in range(1_000_000):
            stream.write("x" * 10_000)
            if number == 50:
                print("writing", flush=True)
                time.sleep(60)
except OutputError as error:
    print(error.lines[0], flush=True)
    raise SystemExit(error.exit_code)
"""


def start(folder: Path, how: str) -> subprocess.Popen[str]:
    (folder / "report.csv").write_text("old", encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, how],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(outfile.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("number", "left"), [(signal.SIGTERM, 0), (signal.SIGKILL, 1)])
def test_a_killed_run_leaves_the_old_file_whole(tmp_path: Path, number: int, left: int) -> None:
    with start(tmp_path, "free") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(number)
    assert process.returncode in (143, -9)
    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == "old"
    hidden = [path for path in tmp_path.iterdir() if path.name != "report.csv"]
    assert len(hidden) == left
    for path in hidden:
        assert mode(path) == 0o600
        os.utime(path, (0, 0))
    write(tmp_path / "report.csv", "new")
    assert names(tmp_path) == ["report.csv"]


def test_a_limit_of_the_system_is_told_and_leaves_the_old_file_whole(tmp_path: Path) -> None:
    with start(tmp_path, "limited") as process:
        told, _ = process.communicate()
    assert (process.returncode, told) == (
        5,
        "report.csv: the file would be larger than is allowed\n",
    )
    assert names(tmp_path) == ["report.csv"]
    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == "old"
