"""A private folder, gone however a run ends: at once, or with the next run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rtmaudit.scratch import YOUNG_SECONDS, scratch_folder

HOLDS_ONE = """
import sys
from rtmaudit.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "cells").write_text("P1")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def aged(folder: Path) -> None:
    long_ago = folder.stat().st_mtime - YOUNG_SECONDS - 1
    os.utime(folder, (long_ago, long_ago))


def held_elsewhere() -> tuple[subprocess.Popen[str], Path]:
    running = subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    return running, Path(running.stdout.readline().strip())


def test_it_is_the_owners_alone_and_gone_at_the_end(around: Path) -> None:
    before = os.umask(0)
    try:
        with scratch_folder() as folder:
            assert folder.parent == around
            assert folder.stat().st_mode & 0o777 == 0o700
            (folder / "cells").write_text("P1")
    finally:
        os.umask(before)
    assert list(around.iterdir()) == []


def test_it_is_gone_when_the_block_raises(around: Path) -> None:
    with pytest.raises(KeyboardInterrupt), scratch_folder():
        raise KeyboardInterrupt
    assert list(around.iterdir()) == []


def test_what_a_killed_run_left_is_swept_by_the_next(around: Path) -> None:
    running, left = held_elsewhere()
    with running:
        running.send_signal(signal.SIGKILL)
    assert (left / "cells").is_file()
    with scratch_folder():
        assert left.exists()
    aged(left)
    with scratch_folder():
        assert not left.exists()


def test_what_another_run_works_in_is_left_alone(around: Path) -> None:
    running, theirs = held_elsewhere()
    with running:
        aged(theirs)
        with scratch_folder():
            assert (theirs / "cells").is_file()
        assert running.stdin is not None
        running.stdin.close()
    assert not theirs.exists()


def test_what_only_looks_alike_is_left_alone(around: Path) -> None:
    elsewhere = around / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("x")
    link = around / "rtmaudit-scratch-link"
    link.symlink_to(elsewhere)
    os.utime(link, (0, 0), follow_symlinks=False)
    file = around / "rtmaudit-scratch-file"
    file.write_text("x")
    os.utime(file, (0, 0))
    with scratch_folder():
        pass
    assert (elsewhere / "kept").is_file()
    assert link.is_symlink()
    assert file.is_file()
