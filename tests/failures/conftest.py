"""Rows of bad input, each named by the failure mode that it stands for (I01, D01 and so on)."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice import BY_MONTH, ZONE, Practice
from rulebooks import shipped_rules

from rtmaudit.pipeline import conduct


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A folder for exports, audited by the month; the rules are read once for all tests."""
    monkeypatch.setattr(conduct, "load_rules", lambda folder, overlays: shipped_rules())
    made = Practice(tmp_path)
    made.configure(BY_MONTH + ZONE)
    return made
