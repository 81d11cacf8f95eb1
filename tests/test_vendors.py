"""Vendors' layouts: each with an export as its vendor writes it, and the counts that a person found
in it by hand (`expected.yaml`)."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from practice import (
    BY_MONTH,
    ZONE,
    Practice,
    days_of_march,
    file,
    holds,
    interval,
    patients,
    readings,
)

from rtmaudit import strict_yaml
from rtmaudit.config import Config, names_of, read_config
from rtmaudit.exports import read_tables
from rtmaudit.exports.found import find_files
from rtmaudit.exports.grid import normal
from rtmaudit.exports.peek import peek
from rtmaudit.exports.profiles import Profile, find_profile, profile_named, profiles
from rtmaudit.tables import PATIENTS, TABLES

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


# ---- what all layouts have in common ----


@pytest.mark.parametrize("profile", profiles(), ids=lambda each: each.name)
def test_a_layout_says_only_what_its_table_has(profile: Profile) -> None:
    columns = TABLES[profile.table].columns
    mapping = profile.mapping
    parts = (mapping.columns, mapping.constants, mapping.formats, mapping.units, mapping.words)
    assert {*profile.if_there, *(name for part in parts for name in part)} <= columns.keys()
    for column, words in mapping.words.items():
        meant, known = set(words.values()), columns[column].words
        assert known is None or meant <= set(known)
    assert set(profile.also) <= {*profile.header, *names_there(profile)}


def names_there(profile: Profile) -> set[str]:
    return {name for source in profile.if_there.values() for name in names_of(source)}


def changed(practice: Practice, name: str, old: str, new: str) -> None:
    """A fixture's only export with other words in its header."""
    path = practice.folder / exports(name)[0].name
    if not path.exists():
        shutil.copytree(FOLDER / name, practice.folder, dirs_exist_ok=True)
    header, lines = path.read_text("utf-8").split("\n", 1)
    assert old in header
    path.write_text(header.replace(old, new) + "\n" + lines, "utf-8")


def test_a_column_may_have_another_name(practice: Practice) -> None:
    changed(practice, "toggl", "User,Email", "Member,Email")
    changed(practice, "toggl", "End date,End time", "Stop date,Stop time")
    assert interval(practice.document(), "management_minutes", "P-101") == (17, 20)


def test_a_column_that_not_every_export_has_is_read_where_it_is(practice: Practice) -> None:
    changed(practice, "toggl", "User,Email", "Who,Email")
    assert interval(practice.document(), "management_minutes", "P-101") == (20, 20)


def test_a_column_of_ours_answers_a_question(practice: Practice) -> None:
    changed(practice, "toggl", "Email,Client", "Email,patient_id")
    practice.configure(ZONE + "defaults: {program: rtm}\n")
    assert patients(practice.document()) == ["North Clinic"]


def test_an_answer_of_the_practice_counts_before_the_layout(practice: Practice) -> None:
    shutil.copytree(FOLDER / "harvest", practice.folder, dirs_exist_ok=True)
    practice.configure(
        (FOLDER / "harvest" / "rtmaudit.yaml").read_text() + "    units: {minutes: hours}\n"
    )
    assert interval(practice.document(), "management_minutes", "00502") == (30, 30)


def test_a_layout_named_in_the_configuration_needs_no_look_at_the_name(practice: Practice) -> None:
    shutil.copy(exports("toggl")[0], practice.folder / "time_log.csv")
    practice.configure(
        BY_MONTH
        + ZONE
        + "tables: {time_log: {files: time_*.csv, profile: toggl, columns: {patient_id: "
        "Description, program: Project}}}\n"
    )
    assert file(practice.document(), "time_log.csv")["layout"] == "Toggl Track detailed report"


def test_a_file_of_no_layout_is_not_read_and_told(practice: Practice) -> None:
    changed(practice, "clockify", '"Duration (decimal)"', '"Decimal"')
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 2)))
    run = practice.audit("--format", "json")
    assert [each["name"] for each in run.document["inputs"]] == ["readings.csv"]
    holds(run.err, "Not read", exports("clockify")[0].name)


def test_a_layout_in_the_place_of_another_table_is_told(practice: Practice) -> None:
    shutil.copy(exports("healtharc-billing")[0], practice.folder / "readings.csv")
    holds(practice.refusal(), "readings.csv", "HealthArc billing report", "summary")


def test_two_columns_beside_others_are_no_two_column_log(practice: Practice) -> None:
    practice.write("visits of March.csv", "Patient ID,Date,Code\nP1,03/14/2026,99213\n")
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 2)))
    assert [each["role"] for each in practice.document()["inputs"]] == ["readings"]


def test_exports_of_several_vendors_lie_in_one_folder(practice: Practice) -> None:
    for name in ("clockify", "garmin-mydatahelps", "healtharc-billing"):
        shutil.copytree(FOLDER / name, practice.folder, dirs_exist_ok=True)
    (practice.folder / "patients.csv").unlink()
    practice.configure(
        (FOLDER / "clockify" / "rtmaudit.yaml").read_text()
        + "  summary: {constants: {month: 2026-03}, "
        'units: {minutes_rpm: "hh:mm:ss", minutes_ccm: "hh:mm:ss"}}\n'
    )
    document = practice.document()
    assert {each["layout"] for each in document["inputs"]} == {
        "Clockify detailed report",
        "Garmin blood pressure through MyDataHelps",
        "HealthArc billing report",
    }
    assert interval(document, "management_minutes", "0071") == (20, 20)
    assert interval(document, "management_minutes", "000451", "rpm") == (20, 20)


def test_a_layout_is_known_in_a_workbook_too(practice: Practice) -> None:
    name = "mymovementrx"
    (path,) = exports(name)
    book = xlsxwriter.Workbook(str(practice.folder / "RTM billing.xlsx"), {"strings_to_numbers": 1})
    book.add_worksheet("Read me").write_row(0, 0, ["Days are those with any activity"])
    sheet = book.add_worksheet("March")
    for i, row in enumerate(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))):
        for j, cell in enumerate(row):
            (sheet.write_string if j == 1 else sheet.write)(i, j, cell)
    book.close()
    practice.configure((FOLDER / name / "rtmaudit.yaml").read_text())
    document = practice.document()
    mine = file(document, "RTM billing.xlsx")
    assert (mine["used"], mine["layout"]) == (3, "MyMovementRx monthly sheet")
    assert interval(document, "reading_days", "00031") == (18, 18)


@pytest.mark.parametrize("between", ["", ",,,,,\n", "\n"])
def test_a_block_of_rates_in_the_column_of_the_patients_is_nobody(
    between: str, practice: Practice
) -> None:
    practice.write(
        "monthly.csv",
        "Patient ID,Days of Activity,98975,98977,98980,98981,Phone Call\n"
        "X-1,16,1,1,1,0,1\nX-2,,0,0,0,0,\n"
        + between.replace(",,,,,", ",,,,,,")
        + "Rates,,,,,,\n98975,,19.65,,,,\n98977,,,55.72,,,\n",
    )
    practice.configure((FOLDER / "mymovementrx" / "rtmaudit.yaml").read_text())
    document = practice.document()
    assert patients(document) == ["X-1", "X-2"]
    assert file(document, "monthly.csv")["used"] == 2


def test_quotes_within_a_name_are_told_with_their_line(practice: Practice) -> None:
    shutil.copytree(FOLDER / "coachcare-monitoring", practice.folder, dirs_exist_ok=True)
    path = practice.folder / "RPM_Mar_2026.csv"
    path.write_bytes(path.read_bytes().replace(b'"Bo"', b'"Bo "Bobby""'))
    holds(practice.refusal(), "RPM_Mar_2026.csv:5", "quote")


def test_a_cut_off_line_of_a_file_of_one_patient_is_in_doubt(practice: Practice) -> None:
    shutil.copytree(FOLDER / "libreview", practice.folder, dirs_exist_ok=True)
    path = practice.folder / "CyExample_glucose_4-1-2026.csv"
    path.write_bytes(path.read_bytes() + b"FreeStyle LibreLink,BBBB0000,03-2")
    document = practice.document()
    assert file(document, path.name)["quarantined"] == {"row_width": 1, "unknown_word": 1}
    assert interval(document, "reading_days", "L-3", "rpm") == (1, 2)
