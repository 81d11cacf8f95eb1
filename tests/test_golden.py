"""One sample practice times the formats, kept as files. After a wanted change: `make golden`, and
read the difference before committing it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rtmaudit.cli import main
from rtmaudit.shipped import shipped

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "patients.csv": ("--view", "patients"),
    "codes.tsv": ("--view", "codes", "--evidence"),
    "billing.csv": ("--view", "billing"),
    "patients.txt": ("--view", "patients"),
    "patients.md": ("--view", "patients"),
    "audit.jsonl": (),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sample_practice_reads_as_it_did(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    written = tmp_path / name
    command = ["audit", str(shipped("samples")), "--month", "2026-03", "--as-of", "2026-04-01"]
    monkeypatch.setattr("sys.argv", ["rtmaudit", *command, *CASES[name], "-q", "-o", str(written)])
    assert main() == 0
    found = written.read_text(encoding="utf-8")
    if os.environ.get("RTMAUDIT_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(found, encoding="utf-8")
    assert found == (GOLDEN / name).read_text(encoding="utf-8")
