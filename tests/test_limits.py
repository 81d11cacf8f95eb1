"""A run that may have little memory gives the same answer, or none and says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bench_whole
import pytest

READINGS = 60_000
ENOUGH, TOO_LITTLE = 600, (130, 160, 200, 250)
"""MiB of data. Below the least not even the libraries can be loaded."""


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
def test_too_little_ends_with_a_sentence(mebibytes: int, practice: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run = audited(practice, out, mebibytes)
    assert run.returncode == 5, run.stderr
    assert "memory" in run.stderr
    assert run.stderr.count("\n") == 1
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["spill"]
    assert not any((tmp_path / "spill").iterdir())
