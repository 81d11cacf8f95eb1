"""Of very many patients only some are in memory at a time, and what is written is the same."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from bench import ZONE, make_practice

from rtmaudit.config import Config, read_config
from rtmaudit.formats import NAMES, writer
from rtmaudit.pipeline import Order, audit, conduct, people
from rtmaudit.report import PatientReport, Report
from rtmaudit.report.views import COLUMNS
from rtmaudit.shipped import shipped
from rtmaudit.windows import Month

SOME = 7
pytestmark = pytest.mark.no_cover


def reported(folder: Path, config: Config) -> Report:
    """March 2026, with all that any format shows."""
    rules = shipped("rules")
    order = Order((folder,), Month(2026, 3), date(2026, 4, 1), config, rules, fees=True)
    return audit(order)


def written(report: Report, name: str, which: str) -> bytes:
    """A format's bytes."""
    below = io.BytesIO()
    stream = io.TextIOWrapper(below, encoding="utf-8", newline="")
    writer(name)(report, stream, which=which, everything=True)
    stream.flush()
    return below.getvalue()


@pytest.fixture
def some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few are kept, and fewer judged together."""
    monkeypatch.setattr(conduct, "MOST_KEPT", SOME)
    monkeypatch.setattr(people, "AT_A_TIME", SOME)


@pytest.mark.parametrize(("most", "again"), [(100_000, False), (SOME, True), (0, True)])
def test_the_same_is_written(most: int, again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was judged is kept for the next walk, all of it, or some, or none."""
    folder = shipped("samples")
    config = read_config(folder / "rtmaudit.yaml")
    kept = reported(folder, config)
    monkeypatch.setattr(conduct, "MOST_KEPT", SOME)
    monkeypatch.setattr(people, "AT_A_TIME", SOME)
    monkeypatch.setattr(people, "MOST_DIFFERENT", most)
    streamed = reported(folder, config)
    assert isinstance(kept.patients, tuple)
    assert isinstance(streamed.patients, people.Everyone)
    said = list[str]()
    streamed.patients.say = said.append
    assert len(list(streamed.patients)) == len(kept.patients)
    assert bool(said) == again
    views = [("csv", which) for which in COLUMNS] + [(name, "patients") for name in NAMES]
    for name, which in views:
        assert written(kept, name, which) == written(streamed, name, which), (name, which)


class Watching(io.StringIO):
    """A stream that counts, at each write, the patients who are in memory."""

    most = 0

    def write(self, text: str) -> int:
        """Count them, now and then."""
        if not self.tell() % SOME:
            self.most = max(self.most, in_memory())
        return super().write(text)


@pytest.fixture
def all_else_set_aside() -> Iterator[None]:
    """What is there before is not looked at for each count."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def in_memory() -> int:
    """Patients who are in memory and were not set aside."""
    gc.collect()
    return sum(type(each) is PatientReport for each in gc.get_objects())


@pytest.mark.usefixtures("some_at_a_time", "all_else_set_aside")
@pytest.mark.parametrize("name", ["csv", "json", "jsonl"])
def test_few_are_in_memory(name: str, tmp_path: Path) -> None:
    make_practice(tmp_path, 300, 1)
    report = reported(tmp_path, Config(timezone=ZONE))
    before, stream = in_memory(), Watching()
    writer(name)(report, stream, which="patients", everything=False)
    assert before < stream.most <= before + 2 * SOME
    assert len(report.patients) > 2 * SOME
