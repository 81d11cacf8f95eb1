"""A run that may have little memory gives the same answer, or none and says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bench_whole
import duckdb
import pytest
from bench_readings import ZONE
from practice import command, one_sentence

READINGS = 60_000
ENOUGH, TOO_LITTLE = 600, (130, 160, 200, 250)
"""MiB of data. Where the C library cannot begin a thread it ends the process by itself."""


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports of more than a megabyte, so that a database reads them."""
    folder = tmp_path_factory.mktemp("practice")
    bench_whole.make(folder, READINGS, 0)
    return folder


def audited(practice: Path, out: Path, mebibytes: int | None) -> subprocess.CompletedProcess[str]:
    """An audit under a limit, with a folder of its own for what it spills."""
    spill = out.parent / "spill"
    spill.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-c", bench_whole.AUDIT.replace('f"{folder}.csv"', repr(str(out)))]
        + [str(practice)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(spill)},
        preexec_fn=bench_whole.limited(mebibytes),
    )


def test_the_answer_is_the_same(practice: Path, tmp_path: Path) -> None:
    free, held = tmp_path / "free.csv", tmp_path / "held.csv"
    assert audited(practice, free, None).returncode == 0
    assert audited(practice, held, ENOUGH).returncode == 0
    assert free.read_bytes() == held.read_bytes()
    assert not any((tmp_path / "spill").iterdir())


@pytest.mark.parametrize("mebibytes", TOO_LITTLE)
def test_too_little_leaves_nothing(mebibytes: int, practice: Path, tmp_path: Path) -> None:
    run = audited(practice, tmp_path / "out.csv", mebibytes)
    assert run.returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["spill"]


@pytest.mark.parametrize("call", ["rtmaudit.pipeline.conduct.count", "duckdb.connect"])
def test_too_little_is_told(
    call: str, practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise duckdb.OutOfMemoryException if call.startswith("duckdb") else MemoryError

    monkeypatch.setattr(call, fail)
    out = tmp_path / "out.csv"
    options = ("--month", "2026-03", "--as-of", "2026-04-01", "--timezone", ZONE)
    run = command("audit", practice, *options, "-o", out)
    assert run.code == 5
    one_sentence(run.err, "not enough memory", "nothing was written")
    assert not out.exists()
