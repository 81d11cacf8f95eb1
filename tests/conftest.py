"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

# The product is imported inside the fixture: what is imported sooner, coverage does not see.


@pytest.fixture(scope="session", autouse=True)
def shipped_rules_are_read_once() -> Iterator[None]:
    """The verbs read the rules that come with the program, with the same overlays, once in a
    process and not for every test. Other rules they read each time; so does another process."""
    from rulebooks import shipped_rules

    from rtmaudit.rulebook import Rulebook, load_rules
    from rtmaudit.shipped import shipped

    kept: dict[object, Rulebook] = {None: shipped_rules()}

    def load(folder: Path, overlays: Path | None = None) -> Rulebook:
        if folder != shipped("rules") or (overlays and not overlays.is_dir()):
            return load_rules(folder, overlays)
        key = overlays and tuple((f.name, f.read_bytes()) for f in sorted(overlays.glob("*.yaml")))
        if key not in kept:
            kept[key] = load_rules(folder, overlays)
        return kept[key]

    with (
        mock.patch("rtmaudit.rulebook.load_rules", load),
        mock.patch("rtmaudit.pipeline.conduct.load_rules", load),
    ):
        yield
