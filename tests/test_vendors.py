"""Vendors' layouts: each with an export as its vendor writes it, and the counts that a person found
in it by hand (`expected.yaml`)."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from practice import Practice, file, holds, interval

from rtmaudit import strict_yaml
from rtmaudit.config import Config, read_config
from rtmaudit.exports import read_tables
from rtmaudit.exports.found import find_files
from rtmaudit.exports.grid import normal
from rtmaudit.exports.peek import peek
from rtmaudit.exports.profiles import Profile, find_profile, profile_named, profiles
from rtmaudit.tables import PATIENTS

FOLDER = Path(__file__).parent / "vendors"
NAMES = sorted(each.name for each in FOLDER.iterdir() if each.is_dir())
FACTS = {"days": "reading_days", "minutes": "management_minutes", "calls": "live_contacts"}


def expected(name: str) -> Any:
    """What a person found in the fixture by hand."""
    return strict_yaml.read(FOLDER / name / "expected.yaml").value


def exports(name: str) -> list[Path]:
    """The vendor's own files of a fixture."""
    return [FOLDER / name / each for each in expected(name)["files"]]


def profile_of(name: str) -> Profile:
    found = profile_named(expected(name)["profile"])
    assert found is not None
    return found


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def test_every_layout_has_a_fixture() -> None:
    assert {expected(name)["profile"] for name in NAMES} == {each.name for each in profiles()}


@pytest.mark.parametrize("name", NAMES)
def test_the_counts_are_those_found_by_hand(name: str, practice: Practice) -> None:
    shutil.copytree(FOLDER / name, practice.folder, dirs_exist_ok=True)
    document, wanted = practice.document(), expected(name)
    for each, what in wanted["files"].items():
        mine = file(document, each)
        assert mine["layout"] == profile_of(name).title
        found = {key: mine[key] for key in ("records", "used", "duplicate")}
        found |= {key: dict(mine[key]) for key in ("excluded", "quarantined")}
        given = {"duplicate": 0, "excluded": {}, "quarantined": {}, **what}
        problems = [
            [p["line"], p["column"], p["kind"]]
            for p in document["problems"]
            if p["file"] == each and p["line"]
        ]
        assert problems == given.pop("problems", [])
        assert found == given
    for key, fact in FACTS.items():
        for program, people in wanted.get(key, {}).items():
            found = {each: list(interval(document, fact, each, program)) for each in people}
            assert found == people


@pytest.mark.parametrize("name", [name for name in NAMES if "roster" in expected(name)])
def test_a_roster_is_read(name: str) -> None:
    config = read_config(FOLDER / name / "rtmaudit.yaml")
    table = read_tables(exports(name), config).get(PATIENTS)
    assert table is not None
    rows = table.frame[table.frame["disposition"] == "used"].to_dict("records")
    found = {
        row["patient_id"]: [
            row["enrolled_on"],
            row["biller"],
            None if row["conditions"] is None else " ".join(row["conditions"]),
        ]
        for row in rows
    }
    assert found == expected(name)["roster"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_layout_cannot_say_is_asked_with_the_line_to_add(name: str) -> None:
    for path in exports(name):
        said = [str(fault) for fault in find_files([path], Config()).faults]
        title = profile_of(name).title
        assert len(said) == len(expected(name)["asked"]), said
        for wanted, sentence in zip(expected(name)["asked"], said, strict=True):
            holds(sentence, path.name, title, wanted, "rtmaudit.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_the_header_chooses_this_layout_and_no_other(name: str) -> None:
    for path in exports(name):
        fitting = {each.name for each in profiles() if any(map(each.fits, peek(path)))}
        assert fitting == {expected(name)["profile"]}


@pytest.mark.parametrize("name", NAMES)
def test_without_one_of_its_columns_a_file_is_of_no_layout(name: str, tmp_path: Path) -> None:
    profile, path = profile_of(name), exports(name)[0]
    for column in profile.header:
        cut = tmp_path / path.name
        cut.write_text(without(path, {column, *profile.also.get(column, ())}, profile))
        assert find_profile(cut, None, []) is None, column


def without(path: Path, columns: set[str], profile: Profile) -> str:
    """The text of a file without the columns of these names."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    header = next(row for row in rows if profile.fits(row))
    gone = {i for i, cell in enumerate(header) if normal(cell) in map(normal, columns)}
    assert gone
    out = io.StringIO()
    kept = ([cell for i, cell in enumerate(row) if i not in gone] for row in rows)
    csv.writer(out, lineterminator="\n").writerows(kept)
    return out.getvalue()
