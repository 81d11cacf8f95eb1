"""What all tests share."""

from __future__ import annotations

import sys
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


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test marked `no_cover` is not traced. Of the two tracers in a worker of pytest-xdist,
    pytest-cov stops its own, and the one below it would go on at the same cost."""
    if not item.get_closest_marker("no_cover"):
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)
