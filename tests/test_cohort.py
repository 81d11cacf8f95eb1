"""Who is said to get the same answer gets it, whatever is asked."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from rtmaudit.config import read_config
from rtmaudit.facts import MEASURES
from rtmaudit.facts.alike import ALIKE
from rtmaudit.facts.days import bit_reached, bits_reached
from rtmaudit.facts.keys import Ints, Keys, Windows, numbered
from rtmaudit.model import Clock, FactName, FactRef, Window
from rtmaudit.pipeline import Order, audit, people
from rtmaudit.pipeline.cases import Cases
from rtmaudit.rulebook import Rulebook
from rtmaudit.shipped import shipped
from rtmaudit.tables import NOTHING
from rtmaudit.windows import Month

SAMPLE = shipped("samples") / "2026-04"
MIXED = 1_500
SOME_WINDOW = Window(Clock.CALENDAR_MONTH, date(2026, 4, 1), date(2026, 4, 30))


class Checked:
    """Facts that ask everybody of whom they say that another gets the same answer."""

    together: ClassVar[Counter[FactName]] = Counter()

    def __init__(self, facts: Any) -> None:
        self.facts = facts

    def __getattr__(self, name: str) -> Any:
        return getattr(self.facts, name)

    def alike(
        self,
        cohort: Any,
        ref: FactRef,
        count: int | None,
        who: Ints,
        windows: Windows,
    ) -> Keys:
        """The keys; raises where two patients with one key get two answers."""
        keys: Keys = self.facts.alike(cohort, ref, count, who, windows)
        answers: dict[Any, Any] = {}
        each = zip(who.tolist(), keys.of(np.arange(len(who))), strict=True)
        for n, (i, key) in enumerate(each):
            if key is None:
                continue
            window = windows.each[windows.of[n]] if windows.each else SOME_WINDOW
            if count is None:
                answer = self.facts.measure(cohort.patients[i], ref, window)
            else:
                answer = self.facts.day_reached(cohort.patients[i], ref, count, window)
            Checked.together[ref.name] += key in answers
            assert answers.setdefault(key, answer) == answer, (ref, key)
        return keys


class CheckedCases(Cases):
    """Cases that ask such facts."""

    def __init__(self, book: Rulebook, facts: Any) -> None:
        super().__init__(book, Checked(facts))  # type: ignore[arg-type]


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Counter[FactName]:
    """How many answers were another patient's too."""
    monkeypatch.setattr(people, "Cases", CheckedCases)
    monkeypatch.setattr(Checked, "together", Counter())
    return Checked.together


def lines(name: str) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and the lines of a table of the samples."""
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def mixed(folder: Path, seed: int, many: int) -> None:
    """A practice of patients each cell of whose roster line is some sample patient's, and so are
    the readings, the time, the calls, the stays and the visits."""
    chance = random.Random(seed)
    columns, roster = lines("patients.csv")
    own = [column for column in columns if column not in ("patient_id", "programs")]
    picked = [
        {
            "patient_id": f"M{n:04d}",
            "programs": chance.choice(roster)["programs"],
            **{column: chance.choice(roster)[column] for column in own},
        }
        for n in range(many)
    ]
    write(folder / "patients.csv", columns, picked)
    everyone = sorted({line["patient_id"] for line in roster})
    for name in ("readings.csv", "time_log.csv", "calls.csv", "stays.csv", "visits.csv"):
        columns, found = lines(name)
        write(folder / name, columns, list(copied(chance, found, everyone, many)))


def copied(
    chance: random.Random, found: list[dict[str, str]], everyone: list[str], many: int
) -> Iterator[dict[str, str]]:
    """The lines of some patients, told of others."""
    watched = sorted({line["patient_id"] for line in found})
    for n in range(many):
        like = chance.choice(watched if chance.random() < 0.7 else everyone)
        for line in found:
            if line["patient_id"] == like:
                unique = {"entry_id": f"{line['entry_id']}-{n}"} if "entry_id" in line else {}
                yield {**line, **unique, "patient_id": f"M{n:04d}", **staff(line, n)}


def staff(line: dict[str, str], n: int) -> dict[str, str]:
    """Somebody of their own, so that few minutes overlap."""
    return {"staff_id": f"{line['staff_id']}-{n // 2}"} if line.get("staff_id") else {}


def write(path: Path, columns: list[str], found: list[dict[str, str]]) -> None:
    """A table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("as_of", [date(2026, 4, 17), date(2026, 5, 1)])
def test_mixed_patients_of_the_samples(
    seed: int, as_of: date, tmp_path: Path, together: Counter[FactName]
) -> None:
    mixed(tmp_path, seed, MIXED)
    config = read_config(SAMPLE / "rtmaudit.yaml")
    audit(Order((tmp_path,), Month(2026, 4), as_of, config, shipped("rules")))
    shared = {name for name, number in together.items() if number}
    assert len(shared) > 17, together


def test_patients_of_whom_no_readings_are_exported(
    tmp_path: Path, together: Counter[FactName]
) -> None:
    mixed(tmp_path, 0, 100)
    (tmp_path / "readings.csv").unlink()
    config = read_config(SAMPLE / "rtmaudit.yaml")
    audit(Order((tmp_path,), Month(2026, 4), date(2026, 5, 1), config, shipped("rules")))
    assert together[FactName.READING_DAYS] and together[FactName.READINGS]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [FactName.READING_DAYS, FactName.MANAGEMENT_MINUTES])
def test_a_key_that_says_too_little_is_found(
    name: FactName, tmp_path: Path, together: Counter[FactName], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALIKE, name, lambda *_: Keys())
    with pytest.raises(AssertionError):
        test_mixed_patients_of_the_samples(0, date(2026, 5, 1), tmp_path, together)


def test_every_fact_is_alike_by_something() -> None:
    assert set(ALIKE) == set(MEASURES) == set(FactName)


@pytest.mark.parametrize(
    ("bits", "count", "since", "bit"),
    [
        (0b0, 1, 0, None),
        (0b10110, 1, 0, 1),
        (0b10110, 2, 0, 2),
        (0b10110, 3, 0, 4),
        (0b10110, 4, 0, None),
        (0b10110, 1, 2, 2),
        (0b10110, 2, 2, 2),
        (0b10110, 3, 3, 4),
        (0b10110, 1, 5, None),
    ],
)
def test_the_bit_that_reaches_a_count(bits: int, count: int, since: int, bit: int | None) -> None:
    assert bit_reached(bits, count, since) == bit
    several = bits_reached(np.array([bits, 0, bits]), count, since).tolist()
    told = NOTHING if bit is None else bit
    assert several == [told, NOTHING, told]


@pytest.mark.parametrize("rows", [0, 1, 7, 300, 5_000])
def test_rows_are_numbered_as_they_come(rows: int) -> None:
    chance = random.Random(rows)
    some = [
        tuple(chance.choice((-1, 0, 7, 1 << 61, n % 900)) for _ in range(9)) for n in range(rows)
    ]
    found = numbered([np.array(each, np.int64) for each in zip(*some, strict=True)], rows)
    known: dict[Any, int] = {}
    assert found.of.tolist() == [known.setdefault(row, len(known)) for row in some]
    assert [some[i] for i in found.first.tolist()] == list(known)
    members = [those.tolist() for those in found.members()]
    assert members == [[i for i in range(rows) if some[i] == key] for key in known]
