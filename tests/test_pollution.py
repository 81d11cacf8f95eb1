"""A few of each family of pollution; `python -m tests.pollution` tries them all. And that the
scales on which they are weighed notice what they should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pollution
import pytest
from pollutions import FAMILIES, Case, cases
from practice import Practice, Run
from spoilable import SECRET, TABLES, audited, clean_practice
from weighed import Outcome, Weighed, weigh

EACH = 2


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with clean_practice(tmp_path_factory.mktemp("clean")) as made:
        yield made


@pytest.fixture(scope="module")
def clean(practice: Practice) -> Any:
    return audited(practice).document


def some(family: str) -> list[Case]:
    """A few of a family, far apart."""
    every = list(cases(families=[family]))
    offset = list(FAMILIES).index(family) * 37
    return [every[(offset + k * len(every) // EACH) % len(every)] for k in range(EACH)]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_polluted_says_the_same_or_is_refused_or_named(
    clean: Any, practice: Practice, family: str
) -> None:
    for case in some(family):
        found = pollution.tried(clean, practice, case)
        assert found.outcome is not Outcome.WRONG, f"{case}: {found.why}"


ONCE_WRONG = [
    "delimiter: calls: ', '",
    "stray_quote: claims: 2:1:2",
    "second_table: visits: one that looks alike",
    "cut: coverage: 15 letters",
]
"""One of each kind that `python -m tests.pollution` found and that the samples above pass over."""


@pytest.mark.parametrize("name", ONCE_WRONG)
def test_what_was_wrong_once(clean: Any, practice: Practice, name: str) -> None:
    (case,) = (case for case in cases(families=[name.split(":")[0]]) if str(case) == name)
    found = pollution.tried(clean, practice, case)
    assert found.outcome not in (Outcome.WRONG, Outcome.LAXER), found.why


# ---- the scales ----


def test_nothing_is_wrong_with_the_clean_practice(clean: Any) -> None:
    assert [each["role"] for each in clean["inputs"]] == list(TABLES)
    for mine in clean["inputs"]:
        assert mine["used"] == mine["records"] == len(TABLES[mine["role"]].splitlines()) - 1
    assert [p for p in clean["problems"] if p["disposition"] != "note"] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_line_of_the_clean_practice_matters(
    clean: Any, practice: Practice, table: str
) -> None:
    lines, name = TABLES[table].splitlines(keepends=True), f"{table}.csv"
    for i in range(1, len(lines)):
        practice.write(name, "".join(lines[:i] + lines[i + 1 :]))
        run = audited(practice)
        assert run.document["patients"] != clean["patients"], f"{name}:{i + 1}"
        gone = weigh(clean, run, name, [len(lines) - 2])
        assert (gone.outcome, gone.why[:30]) == (Outcome.WRONG, "1 lines are no longer used and")
        assert weigh(clean, run, name, [len(lines) - 1]).why == (
            f"{len(lines) - 2} records; there are [{len(lines) - 1}]"
        )
    practice.write(name, TABLES[table])


def test_a_line_more_is_noticed(clean: Any, practice: Practice) -> None:
    practice.write(
        "readings.csv", TABLES["readings"] + "2026-03-09T08:00,0041,musculoskeletal,D-1,device\n"
    )
    found = weigh(clean, audited(practice), "readings.csv", [8])
    practice.write("readings.csv", TABLES["readings"])
    assert found.outcome is Outcome.WRONG
    assert found.why.startswith("1 lines more are used; ")
    assert "rose from 2 to 3" in found.why


@pytest.mark.parametrize(
    ("spoilt", "outcome"),
    [
        ("2026-03-02T07:15", Outcome.SAME),
        ("2 March", Outcome.QUARANTINED),
        ('"2026-03-02', Outcome.REFUSED),
    ],
)
def test_the_other_outcomes(clean: Any, practice: Practice, spoilt: str, outcome: Outcome) -> None:
    case = Case("", "", "readings", TABLES["readings"].replace("2026-03-02T07:15:00", spoilt, 1))
    assert pollution.tried(clean, practice, case) == Weighed(outcome)
    assert audited(practice).document == clean


def test_a_cell_that_is_told_is_wrong(
    clean: Any, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pollution, "audited", lambda practice: Run(4, "", f"rtmaudit: {SECRET}\n"))
    case = Case("", "", "readings", "")
    assert pollution.tried(clean, practice, case).why == "a cell is told on stderr"


def test_what_nothing_spoilt_must_be_read_as_it_is(clean: Any, practice: Practice) -> None:
    case = Case("", "", "readings", TABLES["readings"].replace(":15:00,", ",", 1), kept=True)
    found = pollution.tried(clean, practice, case)
    assert (found.outcome, found.why) == (Outcome.WRONG, "nothing is spoilt, and it is quarantined")


def test_one_wrong_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pollution, "weigh", lambda *_: Weighed(Outcome.WRONG, "gone"))
    words = ["--tables", "visits", "--families", "no_header", "--workers", "1"]
    assert pollution.main(words) == 1
    said = capfd.readouterr().out.splitlines()
    assert said[1].split() == ["no_header", "0", "0", "0", "0", "0", "4"]
    assert "WRONG: no_header: visits: no header: gone" in said


def test_families_are_made_for_every_table() -> None:
    made = {(case.family, case.table) for case in cases()}
    absent = {table for table in TABLES if ("absent", table) not in made}
    assert absent <= {"readings", "time_log", "calls", "visits", "stays", "summary"}, (
        "no cell of theirs is empty"
    )
    assert len(made) == len(FAMILIES) * len(TABLES) - len(absent)


def test_names_of_cases_are_their_own(tmp_path: Path) -> None:
    del tmp_path
    names = [str(case) for case in cases()]
    assert len(names) == len(set(names))
