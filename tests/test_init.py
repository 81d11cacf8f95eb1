"""`rtmaudit init`: what it proposes, what it asks, and that an audit waits for the answers."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from practice import (
    BY_MONTH,
    Practice,
    Run,
    answered,
    command,
    days,
    days_of_march,
    file,
    holds,
    joined,
    minutes,
    one_sentence,
    readings,
    time_log,
)

from rtmaudit import strict_yaml
from rtmaudit.config import read_config
from rtmaudit.exports import profiles, read_tables
from rtmaudit.strict_model import validate

VENDORS = Path(__file__).parent / "vendors"


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def init(practice: Practice, *words: object) -> str:
    """Propose a mapping for the folder; its text."""
    run = command("init", practice.folder, *words)
    assert run.code == 0, run.err
    if run.out:
        return run.out
    return (practice.folder / "rtmaudit.yaml").read_text(encoding="utf-8")


def answer(practice: Practice, *lines: str) -> None:
    """Take the `# ` off these lines of the proposal."""
    path = practice.folder / "rtmaudit.yaml"
    text = answered(path.read_text(encoding="utf-8"), *lines)
    path.write_text(BY_MONTH + text, encoding="utf-8")


def active(text: str) -> str:
    """The text without its comments."""
    return joined(row for row in text.splitlines() if not row.strip().startswith("#"))


def log(*lines: str, header: str = "MRN,Date,Angle") -> str:
    return joined([header, *lines])


def march(patient: str, *numbers: int) -> list[str]:
    return [f"{patient},3/{number}/2026,90" for number in numbers]


# --- what needs no mapping ----------------------------------------------------------------------


def test_canonical_files_need_no_line(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 3, 4)))
    practice.write("time_log.csv", time_log("P1,2026-03-04,20,rtm,live_audio"))
    text = init(practice)
    assert active(text).strip() == ""
    holds(text, "no line is needed", "readings.csv: readings", "time_log.csv: time_log")
    assert "QUESTION 1" not in text, "there are days and no times, so no zone is asked"
    assert days(practice.document()) == (2, 2)


def test_times_make_the_zone_a_question(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03T23:30:00-05:00"))
    holds(init(practice), "QUESTION 1: In which time zone", "readings.csv", "# timezone: America/")
    assert "time zone" in practice.refusal()
    answer(practice, "timezone: America/New_York")
    assert days(practice.document()) == (1, 1)


def test_a_canonical_file_stays_known_beside_a_mapping_of_its_table(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 3, 4)))
    practice.write("goniometer.csv", log(*march("P1", 5, 14)))
    init(practice)
    answer(practice, "system: musculoskeletal")
    document = practice.document()
    assert days(document) == (4, 4)
    assert file(document, "readings.csv")["used"] == file(document, "goniometer.csv")["used"] == 2


def test_a_canonical_file_that_lacks_a_column_is_asked_for_it(practice: Practice) -> None:
    practice.write("readings.csv", "patient_id,recorded_at\nP1,2026-03-03\n")
    holds(init(practice), "files: readings.csv", "constants:", "# system: respiratory")
    assert "system" in practice.refusal()
    answer(practice, "system: respiratory")
    assert days(practice.document()) == (1, 1)


# --- an export that nobody knows ----------------------------------------------------------------


def test_an_unknown_export_is_mapped_by_names_and_cells_and_asks_the_rest(
    practice: Practice,
) -> None:
    practice.write("goniometer.csv", log(*march("0071", 3, 14, 15), *march("0072", 3)))
    text = init(practice)
    holds(text, "patient_id: MRN ", "2 different", "recorded_at: Date ", "proven by the column")
    holds(text, "Not read: Angle", "# QUESTION 1: What does the device", "# system: respiratory")
    assert "formats" not in text
    assert "zone" not in active(text)
    said = practice.refusal()
    one_sentence(said, "goniometer.csv: does not say system")
    answer(practice, "system: musculoskeletal")
    document = practice.document()
    assert (days(document, "0071"), days(document, "0072")) == ((3, 3), (1, 1))


@pytest.mark.parametrize(
    ("chosen", "found"), [('"%m/%d/%Y"', 3), ('"%d/%m/%Y"', 1)], ids=["month first", "day first"]
)
def test_an_order_of_day_and_month_that_is_not_proven_is_asked(
    chosen: str, found: int, practice: Practice
) -> None:
    practice.write("goniometer.csv", log(*march("P1", 3, 4, 12)))
    holds(init(practice), "Is Date written month/day/year or day/month/year?")
    answer(practice, "system: musculoskeletal")
    assert "month/day or day/month" in practice.refusal()
    path = practice.folder / "rtmaudit.yaml"
    path.write_text(answered(path.read_text(), f"recorded_at: {chosen}"), encoding="utf-8")
    assert days(practice.document()) == (found, found)


def test_two_files_of_one_layout_share_a_mapping_and_questions(practice: Practice) -> None:
    practice.write("knee_1.csv", log(*march("P1", 3, 14)))
    practice.write("knee_2.csv", log(*march("P1", 15, 16)))
    text = init(practice)
    holds(text, "files: [knee_1.csv, knee_2.csv]")
    assert text.count("# QUESTION") == 1
    answer(practice, "system: musculoskeletal")
    assert days(practice.document()) == (4, 4)


def test_an_order_that_only_one_of_two_files_proves_is_asked(practice: Practice) -> None:
    practice.write("knee_1.csv", log(*march("P1", 3, 14)))
    practice.write("knee_2.csv", log(*march("P1", 5, 6)))
    text = init(practice)
    holds(text, "some of these files prove it", '# recorded_at: "%m/%d/%Y"')


def test_exports_of_two_vendors_become_a_list(practice: Practice) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    practice.write("cough.csv", log("P1;2026-03-05", header="Participant;Timestamp"))
    text = init(practice)
    holds(text, "    - files: cough.csv", "    - files: knee.csv")
    answer(practice, "system: respiratory", "system: musculoskeletal")
    document = practice.document()
    assert [file(document, each)["used"] for each in ("cough.csv", "knee.csv")] == [1, 2]


def test_a_preamble_two_header_lines_and_a_total_are_no_obstacle(practice: Practice) -> None:
    lines = ["Acme,,", "as of 4/1/2026,,", "Patient,Reading,", "ID,Date,Angle"]
    practice.write("acme.csv", joined([*lines, *march("P1", 3, 14), "Total,,2"]))
    holds(init(practice), "files: acme.csv")
    answer(practice, "system: musculoskeletal")
    assert days(practice.document()) == (2, 2)


def test_a_date_and_its_time_in_two_columns_are_joined(practice: Practice) -> None:
    lines = ["P1,3/13/2026,11:30 PM", "P1,3/14/2026,1:05 AM"]
    practice.write("knee.csv", log(*lines, header="MRN,Session Date,Session Time"))
    text = init(practice)
    holds(text, "recorded_at: {join: [Session Date, Session Time]}", "OPTION", "# zone: UTC")
    answer(practice, "timezone: America/New_York", "system: musculoskeletal")
    assert days(practice.document()) == (2, 2)
    path = practice.folder / "rtmaudit.yaml"
    path.write_text(answered(path.read_text(), "zone: UTC"), encoding="utf-8")
    assert days(practice.document()) == (1, 1)


def test_a_name_that_says_utc_is_asked_about_and_not_believed(practice: Practice) -> None:
    lines = ["P1,2026-03-13 23:30", "P1,2026-03-14 01:05"]
    practice.write("knee.csv", log(*lines, header="MRN,Timestamp (UTC)"))
    holds(init(practice), "says that these times are in UTC. Are they?")
    answer(practice, "timezone: America/New_York", "system: musculoskeletal")
    one_sentence(practice.refusal(), "tables.readings.asks.zone", "`zone: UTC`")
    path = practice.folder / "rtmaudit.yaml"
    path.write_text(answered(path.read_text(), "zone: UTC"), encoding="utf-8")
    assert days(practice.document()) == (1, 1)


def test_seconds_since_1970_are_known_by_what_they_would_mean(practice: Practice) -> None:
    practice.write("bp.csv", log("P1,1772500000", header="Participant,Timestamp"))
    holds(init(practice), "recorded_at: epoch", "QUESTION 1: In which time zone")
    answer(practice, "timezone: America/New_York", "system: musculoskeletal")
    assert days(practice.document()) == (1, 1)


@pytest.mark.parametrize(
    ("line", "found"),
    [('Steps: ""', 3), ('Steps: ["", "0"]', 2), ("Steps: []", 4)],
    ids=["empty is none", "nor is zero", "all count"],
)
def test_a_line_that_measured_nothing_is_asked_about(
    line: str, found: int, practice: Practice
) -> None:
    rows = ["P1,2026-03-03,90", "P1,2026-03-04,", "P1,2026-03-05,0", "P1,2026-03-06,7"]
    practice.write("steps.csv", log(*rows, header="MRN,Date,Steps"))
    holds(init(practice), "Of 4 lines Steps holds nothing on 1 and 0 on 1", "day with data?")
    answer(practice, "system: musculoskeletal")
    one_sentence(practice.refusal(), "tables.readings.asks.drop.Steps", 'Steps: ["", "0"]')
    path = practice.folder / "rtmaudit.yaml"
    path.write_text(answered(path.read_text(), line), encoding="utf-8")
    assert days(practice.document()) == (found, found)


def test_a_question_is_settled_too_by_taking_its_line_out(practice: Practice) -> None:
    rows = ["P1,2026-03-03,90", "P1,2026-03-05,0"]
    practice.write("steps.csv", log(*rows, header="MRN,Date,Steps"))
    init(practice)
    answer(practice, "system: musculoskeletal")
    path = practice.folder / "rtmaudit.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("    asks:")], encoding="utf-8")
    assert days(practice.document()) == (2, 2)


def test_where_no_column_is_known_as_a_measure_lines_of_zeros_are_asked_about(
    practice: Practice,
) -> None:
    rows = ["P1,2026-03-03,90,1", "P1,2026-03-04,0,0.0"]
    practice.write("knee.csv", log(*rows, header="MRN,Date,Bend,Turn"))
    holds(init(practice), "holds 0 on 1", "# Bend: []")
    practice.write("knee.csv", log(rows[0], "P1,2026-03-04,0,2", header="MRN,Date,Bend,Turn"))
    assert "drop" not in init(practice, "--stdout")


def test_lines_of_some_state_may_be_none(practice: Practice) -> None:
    rows = [f"P{n},3/{n}/2026,{'test' if n % 4 == 0 else 'done'}" for n in range(1, 17)]
    practice.write("knee.csv", log(*rows, header="MRN,Date,Status"))
    holds(init(practice), "# Status: [done, test]", "# Status: []")
    answer(practice, "system: musculoskeletal", "Status: [done, test] -> [test]")
    document = practice.document()
    assert file(document, "knee.csv")["excluded"] == {"not_kept": 4}


def test_words_are_asked_and_usual_ones_offered(practice: Practice) -> None:
    rows = [f"P{n % 3},3/{n}/2026,{('goniometer', 'Acme Flex')[n % 2]}" for n in range(1, 25)]
    practice.write("worn.csv", log(*rows, header="MRN,Date,Device Type"))
    text = init(practice)
    holds(text, "system: Device Type", "# goniometer: musculoskeletal", "# Acme Flex: FILL_IN")
    holds(practice.refusal(), "asks.words.system", "Device Type")
    answer(practice, "goniometer: ", "Acme Flex: ")
    one_sentence(practice.fault(), "words.system.Acme Flex: is still to be filled in")
    path = practice.folder / "rtmaudit.yaml"
    path.write_text(path.read_text().replace("FILL_IN\n", "respiratory\n"), encoding="utf-8")
    assert file(practice.document(), "worn.csv")["used"] == 24


def test_words_that_are_ours_need_no_question(practice: Practice) -> None:
    practice.write("knee.csv", log("P1,3/14/2026,Respiratory", header="MRN,Date,Modality"))
    text = init(practice)
    holds(text, "system: Modality")
    assert "QUESTION 1" not in text
    assert file(practice.document(), "knee.csv")["used"] == 1


def test_typed_values_are_known_by_the_name_of_their_column(practice: Practice) -> None:
    rows = ["P1,3/14/2026,TRUE", "P1,3/15/2026,FALSE"]
    practice.write("scale.csv", log(*rows, header="MRN,Date,Manual Entry"))
    holds(init(practice), 'source: {"FALSE": device, "TRUE": manual}')


# --- which column, which table ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "question"),
    [
        (
            "MRN,Chart Number,Date",
            "P1,C1,3/14/2026",
            "Which of MRN, Chart Number is the patient_id",
        ),
        (
            "MRN,Date,Timestamp",
            "P1,3/14/2026,3/15/2026",
            "Which of Date, Timestamp is the recorded",
        ),
        ("Patient,Date,X", "Example Ann,3/14/2026,5", "It seems to hold names"),
        ("Patient Name,Date", "Example 1,3/14/2026", "two people of one name"),
        ("MRN,Upload Date", "P1,3/14/2026", "when the line arrived"),
        ("ID,ID,Date,X", "P1,C1,3/14/2026,5", "{column: ID, nth: 2}"),
    ],
)
def test_a_column_that_is_not_sure_is_a_question(
    header: str, row: str, question: str, practice: Practice
) -> None:
    practice.write("knee_readings.csv", log(row, header=header))
    text = init(practice)
    holds(" ".join(text.replace("#", " ").split()), question)
    answer(practice, "system: musculoskeletal")
    holds(practice.refusal(), "has no column")


def test_an_id_that_every_line_has_of_its_own_may_be_the_entrys(practice: Practice) -> None:
    rows = [f"{n},3/{n}/2026,90" for n in range(1, 20)]
    practice.write("knee.csv", log(*rows, header="Id,Date,Angle"))
    holds(init(practice), "# patient_id: Id", "may be the")


def test_a_file_that_fits_two_tables_is_asked_about(practice: Practice) -> None:
    rows = [f"P{n % 3},3/{n}/2026,Dr A,98980" for n in range(1, 20)]
    practice.write("sent.csv", log(*rows, header="MRN,Date of Service,Provider,CPT"))
    practice.write("readings.csv", readings(*days_of_march("P1", 3)))
    holds(init(practice), "QUESTION 1: What is this: visits or claims?", "# - files: sent.csv")
    one_sentence(practice.refusal(), "asks.sent.csv", "visits or claims")
    path = practice.folder / "rtmaudit.yaml"
    rows = path.read_text(encoding="utf-8").splitlines()
    at = rows.index("    # If sent.csv is claims, uncomment this block:")
    rows[at + 1 :] = [row.replace("# ", "", 1) for row in rows[at + 1 :]]
    path.write_text(joined(rows), encoding="utf-8")
    assert file(practice.document(), "sent.csv")["role"] == "claims"


@pytest.mark.parametrize(
    ("header", "row", "table"),
    [
        ("MRN,Start,End,Program,Staff", "P1,2026-03-04 09:00,2026-03-04 09:20,rtm,S", "time_log"),
        ("Patient ID,Call Date,Call Duration (sec),Outcome", "P1,2026-03-04,90,Voicemail", "calls"),
        ("MRN,DOB,Primary Insurance,Consent Date", "P1,1950-01-02,Medicare,2026-01-02", "patients"),
        ("MRN,Appointment Date,Provider", "P1,2026-03-04,Dr A", "visits"),
        ("MRN,CPT Code,DOS,Units,Claim Status", "P1,98980,2026-03-31,1,paid", "claims"),
        ("MRN,Payer Name,Effective Date,Term Date", "P1,Medicare,2026-01-01,", "coverage"),
        ("MRN,Admit Date,Discharge Date,Setting", "P1,2026-03-01,2026-03-04,hospital", "stays"),
        ("MRN,Billing Month,Active Days,RTM Minutes", "P1,2026-03,17,21", "summary"),
        ("Serial Number,MRN,Assigned On,Returned On", "D1,P1,2026-03-01,", "devices"),
        ("MRN,Measured At,Systolic", "P1,2026-03-01,120", "readings"),
    ],
)  # fmt: skip
def test_the_table_is_chosen_by_what_it_has(
    header: str, row: str, table: str, practice: Practice
) -> None:
    practice.write("a.csv", log(row, header=header))
    value = strict_yaml.parse(init(practice, "--stdout"), "x").value
    assert list(value["tables"]) == [table]


def test_a_time_log_with_its_questions_answered(practice: Practice) -> None:
    header = "MRN;Date;Time Spent;Service;Credential;Call Type;Notes"
    rows = [f"P{n % 2};2026-03-{n:02d};{n};RTM care;MD;Phone;x" for n in range(1, 11)]
    practice.write("tracked.csv", log(*rows, header=header))
    text = init(practice)
    holds(text, "minutes: Time Spent", "# MD: physician", "# Phone: FILL_IN")
    said = practice.refusal()
    holds(said, "asks.units.minutes", "asks.words.program", "asks.words.contact", "asks.words.role")
    answer(
        practice,
        "minutes: minutes",
        "MD: ",
        "RTM care: FILL_IN -> rtm",
        "Phone: FILL_IN -> live_audio",
    )
    assert minutes(practice.document(), "P0") == (30, 30)


@pytest.mark.parametrize(
    ("cells", "header", "line"),
    [
        ("0:20:00", "Duration", '      minutes: "hh:mm:ss"'),
        ("20", "Duration (min)", "minutes: "),
        ("1200", "Duration (sec)", "seconds: "),
        ("2", "Hours", "      minutes: hours"),
        ("20:00", "Duration", '# minutes: "mm:ss"'),
        ("20", "Duration", "# minutes: seconds"),
        ("0.33", "Hours", "# minutes: rounded_hours"),
    ],
)
def test_the_unit_of_a_duration_is_known_or_asked(
    cells: str, header: str, line: str, practice: Practice
) -> None:
    practice.write("t.csv", log(f"P1,2026-03-04,{cells},rtm", header=f"MRN,Date,{header},Program"))
    text = init(practice)
    holds(text, line)
    assert ("asks:" in text) == line.startswith("#")


# --- forms of files -----------------------------------------------------------------------------


def workbook(practice: Practice) -> None:
    with xlsxwriter.Workbook(practice.folder / "export.xlsx") as book:
        book.add_worksheet("About").write_row(0, 0, ["made by Acme"])
        sheet = book.add_worksheet("Data")
        form = book.add_format({"num_format": "m/d/yyyy"})
        sheet.write_row(0, 0, ["MRN", "Date", "Angle"])
        for row, day in enumerate((3, 4), 1):
            sheet.write(row, 0, "0071")
            sheet.write_datetime(row, 1, pd.Timestamp(2026, 3, day).to_pydatetime(), form)
            sheet.write(row, 2, 90)


def packed(practice: Practice) -> None:
    practice.write("knee.csv.gz", gzip.compress(log(*march("0071", 3, 14)).encode()))


def windows(practice: Practice) -> None:
    rows = ["0071,3/3/2026,flexão", "0071,3/14/2026,x"]
    practice.write("knee.csv", log(*rows).encode("cp1252"))


@pytest.mark.parametrize(
    ("write", "line"),
    [(workbook, "sheet: Data"), (packed, "files: knee.csv.gz"), (windows, "encoding: cp1252")],
)
def test_any_form_of_file_that_the_reader_knows(
    write: Callable[[Practice], None], line: str, practice: Practice
) -> None:
    write(practice)
    holds(init(practice), line)
    answer(practice, "system: musculoskeletal")
    assert days(practice.document(), "0071") == (2, 2)


def test_files_that_are_not_used_are_named_with_the_reason(practice: Practice) -> None:
    practice.write("notes.csv", "alpha,beta\n1,2\n")
    practice.write("headless.csv", "Example Ann,2026-03-03,5\nExample Bo,2026-03-04,6\n")
    practice.write("old.xls", b"\xd0\xcf\x11\xe0")
    practice.write("many.zip", b"PK\x03\x04")
    practice.write("empty.csv", b"")
    practice.write("visits.csv", "MRN,DOB\nP1,1950-02-03\n")
    text = init(practice)
    assert active(text).strip() == ""
    holds(text, "notes.csv: none of", "headless.csv: none of", "old.xls: is an old Excel")
    holds(text, "many.zip: is a damaged", "empty.csv: is empty", "visits.csv: is called visits and")
    assert "Ann" not in text


def test_of_a_large_file_the_beginning_is_looked_at_and_it_is_said(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rtmaudit.exports.proposal.look.MOST_BYTES", 200)
    practice.write("knee.csv", log(*march("P1", *range(1, 29))))
    holds(init(practice), "recorded_at: Date", "the first 12 lines")


# --- vendors ------------------------------------------------------------------------------------


def test_a_vendors_layout_is_named_and_asks_its_questions(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = (
        "{title: Acme Knee, table: readings, name: acme, header: [Who, When, Bend],"
        " mapping: {columns: {patient_id: Who, recorded_at: When}},"
        " asks: {defaults.system: What does it watch?, timezone: Which zone?}}"
    )
    profile, faults = validate(strict_yaml.parse(layout, "acme.yaml"), profiles.Profile)
    assert profile is not None, faults
    monkeypatch.setattr(profiles, "profiles", lambda: (profile,))
    practice.write("x.csv", "Who,When,Bend\nP1,3/14/2026,9\n")
    text = init(practice)
    holds(text, "profile: acme", "that of Acme Knee", "QUESTION 2: What does it watch?")
    holds(text, "# timezone: America/New_York")
    answer(practice, "system: musculoskeletal", "timezone: America/New_York")
    document = practice.document()
    assert (days(document), file(document, "x.csv")["layout"]) == ((1, 1), "Acme Knee")


NEW_YORK = "timezone: America/New_York"
MONTH = "month: FILL_IN -> 2026-03"
ANSWERS: dict[str, list[str]] = {
    "circlelink": ["patient_id: {join", MONTH, "minutes_ccm: minutes"],
    "clockify": [NEW_YORK, "patient_id: Client", "program: Project", "RTM care: FILL_IN -> rtm"],
    "coachcare-billing": [NEW_YORK, "programs: FILL_IN -> rpm"],
    "coachcare-monitoring": [NEW_YORK, "programs: FILL_IN -> rpm"],
    "dexcom-clarity": [NEW_YORK, *(f"patient_id: FILL_IN -> GLU-{n}" for n in (1, 2, 3))],
    "garmin-mydatahelps": [NEW_YORK],
    "harvest": ["patient_id: Project Code", "program: FILL_IN -> rtm"],
    "healtharc-billing": [MONTH],
    "libreview": [NEW_YORK, *(f"patient_id: FILL_IN -> L-{n}" for n in (1, 2, 3))],
    "medbridge-billing": ["reading_days: Activity Days", "system: musculoskeletal"],
    "mymovementrx": [MONTH],
    "omron-way-to-health": [NEW_YORK, "patient_id: FILL_IN -> Study ID"],
    "pain-db": [MONTH, "RPM: FILL_IN -> physiologic", "RTM: FILL_IN -> musculoskeletal",
                "CCM: FILL_IN -> physiologic"],
    "prompt-engage": [NEW_YORK, "program: FILL_IN -> rtm"],
    "rtm-time-log": [NEW_YORK, "adherence_review: FILL_IN -> none",
                     "patient_communication: FILL_IN -> live_audio"],
    "rtm-web-app": [MONTH, "system: respiratory"],
    "toggl": [NEW_YORK, "patient_id: Description", "program: Project", "WORD: FILL_IN -> rtm"],
    "two-column-log": ["system: musculoskeletal"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(each.name for each in VENDORS.iterdir()))
def test_what_is_proposed_for_a_vendor_reads_the_same_as_what_a_person_wrote(
    name: str, practice: Practice
) -> None:
    shutil.copytree(VENDORS / name, practice.folder, dirs_exist_ok=True)
    written = practice.folder / "rtmaudit.yaml"
    by_hand = read_tables([practice.folder], read_config(written))
    written.unlink()
    text = init(practice)
    written.write_text(answered(text, *ANSWERS[name]), encoding="utf-8")
    proposed = read_tables([practice.folder], read_config(written))
    assert proposed.data.keys() == by_hand.data.keys()
    for table, data in proposed.data.items():
        pd.testing.assert_frame_equal(data.frame, by_hand.data[table].frame)


# --- where it is written, what is said ----------------------------------------------------------


def test_it_is_written_private_and_what_to_do_next_is_said(practice: Practice) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    run = command("init", practice.folder)
    written = practice.folder / "rtmaudit.yaml"
    assert (run.code, run.out) == (0, "")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    lines = written.read_text(encoding="utf-8").splitlines()
    (line,) = (row for row in run.err.splitlines() if row.startswith("    line "))
    assert "QUESTION 1" in lines[int(line.split()[1].rstrip(":")) - 1]
    holds(run.err, "is written", "knee.csv  readings", "1 question is open")
    holds(run.err, f"Answer them, then: rtmaudit audit {practice.folder} --month last\n")


def test_an_existing_mapping_is_never_written_over(practice: Practice) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    practice.configure("month: last\n")
    run = command("init", practice.folder)
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, "rtmaudit.yaml: is there already", "-o FILE")
    assert (practice.folder / "rtmaudit.yaml").read_text() == "month: last\n"
    for words in (["--stdout"], ["-o", "-"]):
        holds(command("init", practice.folder, *words).out, "files: knee.csv")
    other = practice.folder / "other.yaml"
    run = command("init", practice.folder, "-o", other)
    holds(run.err, f"--month last --config {other}")
    assert command("init", practice.folder, "-o", other).code == 2


@pytest.mark.parametrize("place", ["dangling", "folder"])
def test_what_is_there_and_no_file_is_not_written_over_either(
    place: str, practice: Practice
) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    target = practice.folder / "x.yaml"
    target.mkdir() if place == "folder" else target.symlink_to("nowhere")
    assert command("init", practice.folder, "-o", target).code == 2


def test_a_file_that_appears_meanwhile_is_not_written_over(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    synced = os.fsync

    def meanwhile(handle: int) -> None:
        practice.configure("month: last\n")
        synced(handle)

    monkeypatch.setattr("os.fsync", meanwhile)
    assert command("init", practice.folder).code == 2
    assert (practice.folder / "rtmaudit.yaml").read_text() == "month: last\n"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("nowhere", "is not there"), ("knee.csv", "is a file"), ("empty", "holds no export")],
)
def test_a_folder_that_cannot_be_looked_at(given: str, sentence: str, practice: Practice) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    (practice.folder / "empty").mkdir()
    run = command("init", practice.folder / given)
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, sentence)


def test_a_folder_that_may_not_be_written_is_5(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    opened = os.open

    def refused(path: str | Path, flags: int, *rest: int) -> int:
        if "rtmaudit.yaml" in str(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *rest)

    monkeypatch.setattr("os.open", refused)
    run = command("init", practice.folder)
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "rtmaudit.yaml: writing there is not permitted")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_folder_is_5_for_an_ordinary_user(practice: Practice) -> None:
    practice.write("knee.csv", log(*march("P1", 3, 14)))
    practice.folder.chmod(0o500)
    run = command("init", practice.folder)
    practice.folder.chmod(0o700)
    assert run.code == 5


def test_the_same_folder_gives_the_same_bytes(practice: Practice) -> None:
    for name in ("clockify", "dexcom-clarity"):
        shutil.copytree(VENDORS / name, practice.folder, dirs_exist_ok=True)
    (practice.folder / "rtmaudit.yaml").unlink()
    assert init(practice, "--stdout") == init(practice, "--stdout")


# --- what may be anybody's ----------------------------------------------------------------------


def said(run: Run) -> str:
    return run.out + run.err


HEADERS = [
    "MRN,Date,Device Type,Status,Source,Notes,Value",
    "Patient Name,Start,End,Project,User,Credential,Call Type,Billable",
    "Client,Call Date,Outcome,Agent,Duration",
    "MRN,DOB,Payer,Provider,Start Date,Diagnosis,Programs",
    "Patient,Visit Date,Provider,CPT",
    "MRN,Admit Date,Setting,Payer,Effective Date",
]
DATED = (
    "Effective Date",
    "Date",
    "Start",
    "End",
    "Call Date",
    "DOB",
    "Start Date",
    "Visit Date",
    "Admit Date",
)


@pytest.mark.parametrize("header", HEADERS)
def test_no_cell_that_only_one_line_has_is_ever_shown(header: str, practice: Practice) -> None:
    width = len(header.split(","))
    rows = [",".join(f"Canary{n}x{i}" for i in range(width)) for n in range(40)]
    practice.write("a.csv", joined([header, *rows]))
    run = command("init", practice.folder, "--stdout")
    assert run.code == 0, run.err
    assert "Canary" not in said(run)


@pytest.mark.parametrize("header", HEADERS)
def test_no_id_name_date_or_note_is_shown_however_often_it_stands_there(
    header: str, practice: Practice
) -> None:
    names = header.split(",")
    rows = [
        ",".join(f"3/{n % 5 + 14}/2026" if each in DATED else f"{each}{n % 5}" for each in names)
        for n in range(40)
    ]
    practice.write("a.csv", joined([header, *rows]))
    run = command("init", practice.folder, "--stdout")
    assert run.code == 0, run.err
    assert "tables:" in run.out
    shown = {each for each in names if f"{each}1" in said(run)}
    assert shown <= {"Device Type", "Status", "Source", "Credential", "Call Type", "Billable",
                     "Outcome", "Setting", "Project", "Programs"}  # fmt: skip
    assert "/2026" not in said(run)


def test_a_project_that_only_one_patient_has_may_be_a_name_and_is_not_shown(
    practice: Practice,
) -> None:
    rows = [f"P{n % 4},2026-03-{n:02d},5,Ann Example {n % 4}" for n in range(1, 29)]
    rows += [f"P{n % 4},2026-03-{n:02d},5,Knee care" for n in range(1, 29)]
    practice.write("log.csv", log(*rows, header="MRN,Date,Minutes,Project"))
    run = command("init", practice.folder, "--stdout")
    holds(run.out, "# Knee care: FILL_IN", "4 more words are not shown")
    assert "Ann" not in said(run)


STRANGE = [
    *('a "b" \\ c', "a: b", "# x", "yes", "2026-03-04", "'x'", "[a, b]", "\u202egpj", "-", "%a"),
    *("  x y ", "é¿", "\U0001f600", "a\u2028b", "@x", "null", "1e5", "a\nb", "{a: b}"),
]


@pytest.mark.parametrize("name", STRANGE)
def test_whatever_a_column_is_called_the_proposal_can_be_read(
    name: str, practice: Practice
) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    rows = ["P1,3/14/2026,,done", "P1,3/15/2026,5,test"]
    practice.write("a.csv", joined([f"MRN,Date,{quoted},State", *rows]))
    practice.write(f"{name.replace('/', '')}.csv", joined(["MRN,Date,Steps,State", *rows]))
    text = init(practice)
    read_config(practice.folder / "rtmaudit.yaml")
    assert text.isprintable() or text.replace("\n", "").isprintable()


def test_a_file_name_with_the_marks_of_a_pattern_names_that_file_alone(practice: Practice) -> None:
    practice.write("knee [1] *.csv", log(*march("P1", 3, 14)))
    init(practice)
    answer(practice, "system: musculoskeletal")
    assert days(practice.document()) == (2, 2)


@pytest.mark.parametrize("view", ["patients", "codes", "billing"])
def test_what_an_audit_wrote_is_no_export(view: str, practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", *range(1, 30))))
    practice.configure(BY_MONTH)
    practice.audit("--view", view, "-o", practice.folder / "march.csv")
    (practice.folder / "rtmaudit.yaml").unlink()
    holds(init(practice), "march.csv: is a report of rtmaudit")


def test_names_of_columns_in_two_lines_are_read_together(practice: Practice) -> None:
    lines = ["Patient,Activity,", "Number,Date,Angle"]
    practice.write("acme.csv", joined([*lines, *march("P1", 3, 14)]))
    holds(init(practice), "patient_id: Patient Number", "recorded_at: Activity Date")
    answer(practice, "system: musculoskeletal")
    assert days(practice.document()) == (2, 2)


def test_a_number_of_each_patients_device_says_no_system(practice: Practice) -> None:
    rows = [f"P{n % 4},3/{n}/2026,D{n % 4}" for n in range(1, 29)]
    practice.write("knee.csv", log(*rows, header="MRN,Date,Device"))
    text = init(practice)
    holds(text, "constants:", "# system: respiratory")
    assert "D1" not in text


def test_a_column_of_our_name_that_holds_something_else_is_asked_about(
    practice: Practice,
) -> None:
    rows = [f"P{n % 4},3/{n}/2026,version 1.{n}" for n in range(1, 29)]
    practice.write("knee.csv", log(*rows, header="MRN,Date,Source"))
    holds(init(practice), "The column Source has our name", "# source: device")
    answer(practice, "system: musculoskeletal")
    one_sentence(practice.refusal(), "asks.constants.source")
    path = practice.folder / "rtmaudit.yaml"
    path.write_text(answered(path.read_text(), "source: device"), encoding="utf-8")
    assert file(practice.document(), "knee.csv")["used"] == 28


def test_of_a_file_seen_in_part_a_measure_is_asked_about_though_none_is_missing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"P{n:04d},2026-03-04,{n + 1}" for n in range(2000)]
    text = log(*rows, header="MRN,Date,Steps")
    for name, content in (("a.csv", text.encode()), ("b.csv.gz", gzip.compress(text.encode()))):
        practice.write(name, content)
    monkeypatch.setattr("rtmaudit.exports.proposal.look.MOST_BYTES", 4000)
    found = init(practice)
    holds(found, "files: [a.csv, b.csv.gz]", 'Steps: ["", "0"]', "holds nothing on 0 and 0 on 0")


@pytest.mark.parametrize(
    ("header", "row", "line"),
    [
        ("MRN,Date,X", "P1,March 4 2026,1", "fits no table"),
        ("MRN,Date,X", "P1,4 March 2026,1", 'recorded_at: "%d %B %Y"'),
        ("MRN,Date,X", "P1,3/4/26,1", "CANNOT BE READ: has years of two digits"),
        ("MRN,Date,X", "P1,46085,1", "CANNOT BE READ: holds day numbers of a spreadsheet"),
        ("MRN,Date,X", "P1,2026-03-04 9:05,1", 'recorded_at: "%Y-%m-%d %H:%M"'),
        ("MRN,Date,X", "1.2E+11,2026-03-04,1", "a SPREADSHEET HAS SPOILED some"),
        ("MRN,Date,Program,Duration,Mins", "P1,2026-03-04,rtm,9,9", "Which of Duration, Mins is"),
        ("MRN,Date,Program,Duration,Mins", "P1,2026-03-04,rtm,9,9", "the one that you choose"),
        ("MRN,Payer,QMB", "P1,Medicare,perhaps", "# WORD: FILL_IN"),
        ("MRN,DOB,Established Patient,QMB", "P1,1950-02-03,Y,n", 'qmb: {"n": "no"}'),
        ("MRN,Payer,Consent Date", "P1,Medicare,N/A", 'empty: [N/A]'),
        ("MRN,Reading Days,Device Type", "P1,17,goniometer", "# month: FILL_IN"),
        ("MRN,Call Date,Call Type,Call Outcome", "P1,2026-03-04,x,y", "# contact: Call Outcome"),
        ("MRN,Date,Created At,Minutes,Program", "P1,2026-03-04,04.03.2026,5,rtm", "formats:"),
    ],
)  # fmt: skip
def test_what_cells_show_and_what_they_do_not(
    header: str, row: str, line: str, practice: Practice
) -> None:
    practice.write("a.csv", log(row, header=header))
    holds(init(practice), line)


def test_a_parquet_file_is_looked_at_too(practice: Practice) -> None:
    path = practice.folder / "knee.parquet"
    with duckdb.connect() as connection:
        rows = "select 'P1' as MRN, date '2026-03-04' as Date, 90 as Angle"
        connection.execute(f"copy ({rows}) to '{path}' (format parquet)")
    holds(init(practice), "files: knee.parquet", "patient_id: MRN", "recorded_at: Date")


def test_two_layouts_that_fit_alike_are_told(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "{{title: Acme, table: readings, name: {}, header: [Who, When, Bend],"
        " mapping: {{columns: {{patient_id: Who, recorded_at: When}}}}}}"
    )
    found = [
        validate(strict_yaml.parse(text.format(each), "x"), profiles.Profile)[0] for each in "ab"
    ]
    monkeypatch.setattr(profiles, "profiles", lambda: tuple(found))
    practice.write("x.csv", "Who,When,Bend\nP1,3/14/2026,9\n")
    holds(init(practice), "x.csv: could be of several layouts (a and b)")


def test_a_large_file_of_another_encoding_is_not_cut_in_a_character(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = log(*march("é", *range(1, 29)))
    practice.write("a.csv", text.encode("utf-16"))
    practice.write("b.csv", text.replace("\n", "\r").encode())
    monkeypatch.setattr("rtmaudit.exports.proposal.look.MOST_BYTES", 201)
    found = init(practice)
    holds(found, "a.csv", "b.csv")
    assert "Not used" not in found
    assert "cp1252" not in found


def test_a_state_written_in_numbers_is_asked_about_once(practice: Practice) -> None:
    rows = [f"P{n % 4},3/{n}/2026,{n % 2}" for n in range(1, 29)]
    practice.write("knee.csv", log(*rows, header="MRN,Date,Approval Status"))
    assert init(practice).count("drop.Approval Status:") == 1
