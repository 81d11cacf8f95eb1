"""Exports as they really are: every form, and what stands above, between and below the lines. The
numbers F01-F20 are those of the list of failures that the product is held to."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
import zstandard
from practice import (
    BY_MONTH,
    READINGS,
    ZONE,
    Practice,
    days,
    file,
    holds,
    one_sentence,
    patients,
    problems,
    readings,
    time_log,
)

MARCH = [f"P1,2026-03-{number:02}" for number in range(1, 17)]
SIXTEEN = readings(*MARCH)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(ZONE + BY_MONTH)
    return made


# --- forms --------------------------------------------------------------------------------------

Rows = list[list[Any]]


def rows_of(text: str) -> Rows:
    return [line.split(",") for line in text.splitlines()]


def workbook(path: Path, sheets: dict[str, Rows]) -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "m/d/yyyy h:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                sheet.write_string(i, j, cell) if isinstance(cell, str) else sheet.write(i, j, cell)
    book.close()


def packed_twice(text: str) -> bytes:
    half = len(text) // 2
    return gzip.compress(text[:half].encode()) + gzip.compress(text[half:].encode())


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("readings.csv.gz", lambda text: gzip.compress(text.encode())),
        ("readings.csv.gz", packed_twice),
        ("readings.csv", lambda text: gzip.compress(text.encode())),
        ("readings.csv.zst", lambda text: zstandard.ZstdCompressor().compress(text.encode())),
        ("readings.tsv.zst", lambda text: zstandard.compress(text.replace(",", "\t").encode())),
    ],
)
def test_a_packed_export_is_read_as_if_it_were_not(
    practice: Practice, name: str, pack: Callable[[str], bytes]
) -> None:
    practice.write(name, pack(SIXTEEN))
    document = practice.document()
    assert days(document) == (16, 16)
    assert file(document, name)["records"] == 16


@pytest.mark.parametrize("share", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_f13_an_archive_that_was_cut_off_is_refused(
    practice: Practice, pack: Callable[[bytes], bytes], share: float
) -> None:
    many = readings(*(f"P{i},2026-03-{i % 28 + 1:02}" for i in range(5000)))
    whole = pack(many.encode())
    practice.write("readings.csv.gz", whole[: int(len(whole) * share)])
    one_sentence(practice.refusal(), "readings.csv.gz: ", "cut-off archive")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_an_archive_that_unpacks_without_end_is_refused(
    practice: Practice, pack: Callable[[bytes], bytes]
) -> None:
    practice.write("readings.csv.gz", pack(READINGS.encode() + b"," * (300 << 20)))
    one_sentence(practice.refusal(), "readings.csv.gz: ", "unpacks to far more")


def test_an_archive_of_files_is_refused(practice: Practice) -> None:
    practice.write("readings.csv", b"PK\x03\x04" + b"\0" * 40)
    one_sentence(practice.refusal(), "readings.csv: ", "archive")


def test_a_workbook_is_read_by_the_sheet_whose_header_fits(practice: Practice) -> None:
    sheets = {"About": [["Report of March"]], "Data": [["made by Acme"], *rows_of(SIXTEEN)]}
    workbook(practice.folder / "readings.xlsx", sheets)
    run = practice.audit("--format", "json")
    assert days(run.document) == (16, 16)
    assert file(run.document, "readings.xlsx")["excluded"] == {"above_header": 1}
    holds(run.err, "Not read", "readings.xlsx (sheet About)")


def test_two_sheets_that_fit_alike_are_asked_for_by_name(practice: Practice) -> None:
    workbook(practice.folder / "readings.xlsx", {"A": rows_of(SIXTEEN), "B": rows_of(SIXTEEN)})
    one_sentence(practice.refusal(), "several sheets that fit (A and B)", "`sheet:`")
    practice.configure(ZONE + BY_MONTH + "tables: {readings: {sheet: B}}\n")
    assert days(practice.document()) == (16, 16)
    practice.configure(ZONE + BY_MONTH + "tables: {readings: {sheet: C}}\n")
    one_sentence(practice.refusal(), "no sheet C", "it has A, B")


def test_typed_cells_of_a_workbook_are_what_they_say(practice: Practice) -> None:
    start = datetime(2026, 3, 2, 9, 30)
    header = ["patient_id", "started_at", "minutes", "program", "contact"]
    rows: Rows = [["007", start + timedelta(days=i), 2.5, "rtm", "none"] for i in range(4)]
    workbook(practice.folder / "time_log.xlsx", {"Log": [header, *rows]})
    workbook(
        practice.folder / "readings.xlsx",
        {
            "R": [
                ["patient_id", "recorded_at", "system"],
                *(["007", date(2026, 3, 1 + i), "respiratory"] for i in range(5)),
            ]
        },
    )
    document = practice.document()
    assert patients(document) == ["007"]
    assert days(document, "007") == (5, 5)
    assert file(document, "time_log.xlsx")["used"] == 4


def test_a_workbook_that_is_none_is_refused(practice: Practice) -> None:
    workbook(practice.folder / "readings.xlsx", {"A": rows_of(SIXTEEN)})
    raw = (practice.folder / "readings.xlsx").read_bytes()
    practice.write("readings.xlsx", raw[: len(raw) // 2])
    one_sentence(practice.refusal(), "readings.xlsx: ", "damaged")


@pytest.mark.parametrize(
    "stamp",
    [
        "date '2026-03-01' + d::int",
        "timestamp '2026-03-01 09:00:00' + d * interval 1 day",
        "timestamptz '2026-03-01 22:30:00-05' + d * interval 1 day",
        "strftime(date '2026-03-01' + d::int, '%Y-%m-%d')",
    ],
)
def test_parquet_is_read_with_its_types(practice: Practice, stamp: str) -> None:
    path = practice.folder / "readings.parquet"
    duckdb.sql(
        f"copy (select '007' as patient_id, {stamp} as recorded_at, 'respiratory' as system "
        f"from range(5) t(d)) to '{path}'"
    )
    document = practice.document()
    assert patients(document) == ["007"]
    assert days(document, "007") == (5, 5)


def test_parquet_that_is_none_is_refused(practice: Practice) -> None:
    practice.write("readings.parquet", b"PAR1 and nothing else")
    one_sentence(practice.refusal(), "readings.parquet: ", "Parquet")


def test_several_files_of_one_table_in_several_forms(practice: Practice) -> None:
    practice.write("readings_1.csv", readings(*MARCH[:8]))
    practice.write("readings_2.csv.gz", gzip.compress(readings(*MARCH[6:12]).encode()))
    workbook(practice.folder / "readings_3.xlsx", {"A": rows_of(readings(*MARCH[10:]))})
    assert days(practice.document()) == (16, 16)


def test_exports_that_overlap_tell_everything_once(practice: Practice) -> None:
    roster = "patient_id,programs,enrolled_on\n"
    practice.write("patients.csv", roster + "P1,rtm,2026-03-01\nP2,rtm,2026-03-01\n")
    practice.write("patients_new.csv", roster + "P2,rtm,2026-03-01\nP3,rtm,2026-03-01\n")
    visits = "patient_id,on,code\n"
    practice.write("visits.csv", visits + "P1,2026-03-05,99213\nP1,2026-03-05,99213\n")
    practice.write("visits_new.csv", visits + "P1,2026-03-05,99213\n\nP1,2026-03-20,99213\n")
    practice.write("readings.csv", SIXTEEN)
    document = practice.document()
    assert patients(document) == ["P1", "P2", "P3"]
    names = ("patients.csv", "patients_new.csv", "visits.csv", "visits_new.csv")
    assert [file(document, name)["duplicate"] for name in names] == [0, 1, 0, 1]


# --- what stands above, between and below -------------------------------------------------------


def lines_with(above: str = "", between: str = "", below: str = "", header: str = READINGS) -> str:
    half = len(MARCH) // 2
    return (
        above
        + readings(*MARCH[:half], header=header)
        + between
        + readings(*MARCH[half:], header="")
        + below
    )


@pytest.mark.parametrize(
    ("content", "excluded"),
    [
        (lines_with(above="Acme Portal\nAs of: Mar 31 2026\n"), {"above_header": 2}),
        (lines_with(above='"As of: Mar 31, 2026",,\n\n,,\n'), {"above_header": 3}),
        (lines_with(above='Report "March" for us,,\n'), {"above_header": 1}),
        (lines_with(header="\ufeffPatient ID,Recorded_At,SYSTEM \n"), {}),
        (lines_with(header="patient,recorded,\nid,at,system\n"), {}),
        (lines_with(header=READINGS + "(text),(YYYY-MM-DD),(word)\n"), {"header_line": 1}),
        (lines_with(between=READINGS), {"repeated_header": 1}),
        (lines_with(between="\n,,\n  ,,\n"), {"blank": 3}),
        (lines_with(between="Subtotal,8,\n"), {"summary_line": 1}),
        (lines_with(below="Total,16,\n"), {"summary_line": 1}),
        (lines_with(below="Grand Total:,16,\n"), {"summary_line": 1}),
        (lines_with(below=",,TOTAL\n"), {"summary_line": 1}),
        (lines_with(below='"Tuesday, Mar 31, 2026 23:59:59 PM GMT-05:00"\n'), {"below_table": 1}),
        (lines_with(below="\nRates\n98975,$19.73\n98977,$40\n"), {"blank": 1, "below_table": 3}),
        (
            lines_with(above="Acme\n", between="Acme\n" + READINGS),
            {"above_header": 2, "repeated_header": 1},
        ),
    ],
)
def test_f05_f06_f07_f08_what_is_no_line_is_told_and_changes_nothing(
    practice: Practice, content: str, excluded: dict[str, int]
) -> None:
    practice.write("readings.csv", content)
    document = practice.document()
    assert days(document) == (16, 16)
    mine = file(document, "readings.csv")
    assert (mine["used"], mine["excluded"], mine["quarantined"]) == (16, excluded, {})
    assert document["status"] == "final"


@pytest.mark.parametrize(
    ("below", "column", "kind", "high"),
    [
        ("P1\n", "", "row_width", 17),
        ("P1,2026-03-20\n", "", "row_width", 17),
        ("\nP1,2026-03-20", "", "row_width", 17),
        ("P9,2026-03-20", "", "row_width", 16),
        ("P9", "", "row_width", 16),
        (",2026-03-20,musculoskeletal\n", "patient_id", "empty_cell", 16),
        ("P1,2026-03-20,musculoskeletal,more\n", "", "row_width", 17),
    ],
)
def test_f02_f13_a_line_that_may_be_a_patients_is_quarantined(
    practice: Practice, below: str, column: str, kind: str, high: int
) -> None:
    practice.write("readings.csv", lines_with(below=below))
    document = practice.document()
    line = lines_with(below=below).rstrip("\n").count("\n") + 1
    assert (line, column, kind) in problems(document, "readings.csv")
    low, most = days(document)
    assert low == 16
    assert most is not None
    assert most >= high or not below.strip().startswith("P1")


def test_the_header_must_stand_near_the_top(practice: Practice) -> None:
    practice.write("readings.csv", "a line above\n" * 30 + SIXTEEN)
    one_sentence(practice.refusal(), "readings.csv:1: ", "no known column", "rtmaudit init")
    practice.configure(ZONE + BY_MONTH + "tables: {readings: {skip_lines: 30}}\n")
    assert days(practice.document()) == (16, 16)


def test_f10_an_id_runs_over_no_line_and_its_other_characters_are_kept(practice: Practice) -> None:
    lines = '"P\n1",2026-03-20,respiratory\nP\x071,2026-03-20,respiratory\n'
    practice.write("readings.csv", SIXTEEN + lines)
    document = practice.document()
    assert (18, "patient_id", "patient_id") in problems(document, "readings.csv")
    assert patients(document) == ["P\x071", "P1"]


@pytest.mark.parametrize("end", ["\x1e", "\u2028", "\x0b", "\x85", "\\n", ";"])
@pytest.mark.parametrize("table", ["readings", "calls"])
def test_f11_lines_that_hang_on_the_header_are_refused_and_not_told(
    practice: Practice, end: str, table: str
) -> None:
    header = {"readings": READINGS, "calls": "patient_id,started_at,contact\n"}[table]
    practice.write("readings.csv", SIXTEEN)
    line = "Smith Jane,2026-03-03,respiratory"
    practice.write(f"{table}.csv", header.strip() + end + line + end + line)
    said = practice.refusal()
    holds(said, f"{table}.csv:1: ", "usual line ends")
    assert "Smith" not in said


def test_f01_a_quote_in_the_name_of_a_column_is_refused(practice: Practice) -> None:
    practice.write("readings.csv", SIXTEEN)
    practice.write("calls.csv", 'patient_id,started_at,cont"act\nP1,2026-03-03,none\n')
    one_sentence(practice.refusal(), "calls.csv:1: ", "a quote in the name of a column")


# --- names of columns ---------------------------------------------------------------------------


def test_f03_a_name_that_stands_twice_is_refused_only_where_it_is_read(practice: Practice) -> None:
    header = "patient_id,note,recorded_at,note,system\n"
    body = "".join(f"P1,x,2026-03-{day:02},y,respiratory\n" for day in range(1, 6))
    practice.write("readings.csv", header + body)
    assert days(practice.document()) == (5, 5)
    practice.write("readings.csv", header.replace("note", "recorded_at", 1) + body)
    one_sentence(practice.refusal(), "readings.csv:1: ", "twice (recorded_at)", "nth: 1")
    practice.configure(
        ZONE + BY_MONTH + "tables: {readings: {columns: {recorded_at: "
        "{column: recorded_at, nth: 2}}}}\n"
    )
    assert days(practice.document()) == (5, 5)


def test_f04_a_column_that_is_gone_is_named_with_those_that_are_there(practice: Practice) -> None:
    practice.write("readings.csv", SIXTEEN.replace("recorded_at", "when", 1))
    one_sentence(practice.refusal(), "no column recorded_at", "its columns are patient_id, when")


def test_f16_a_file_in_the_wrong_place_is_refused(practice: Practice) -> None:
    practice.write("readings.csv", time_log("P1,2026-03-03,12,rtm,none"))
    holds(practice.refusal(), "readings.csv: ", "no column recorded_at")


def test_the_vendors_words_for_nothing_are_declared(practice: Practice) -> None:
    practice.write("readings.csv", READINGS + "NA,2026-03-03,respiratory\nP1,N/A,respiratory\n")
    practice.configure(ZONE + BY_MONTH + "tables: {readings: {empty: [N/A]}}\n")
    assert problems(practice.document(), "readings.csv") == [(3, "recorded_at", "empty_cell")]
    assert patients(practice.document()) == ["NA", "P1"]


@pytest.mark.parametrize(
    ("texts", "counted"),
    [
        (["1772524800", "1772611200"], 2),
        (["1772524800", "1772524801"], 1),
        (["x", "1772524800"], 1),
        (["99999999999999", "1772524800"], 1),
    ],
)
def test_seconds_since_1970(practice: Practice, texts: list[str], counted: int) -> None:
    practice.write("readings.csv", READINGS + "".join(f"P1,{t},respiratory\n" for t in texts))
    practice.configure(ZONE + BY_MONTH + "tables: {readings: {formats: {recorded_at: epoch}}}\n")
    assert days(practice.document())[0] == counted


@pytest.mark.parametrize(
    "texts",
    [
        ["3/14/2026 2:30 PM", "3/5/2026 11:00 AM"],
        ["14-Mar-2026", "05-Mar-2026"],
        ["Mar 14, 2026", "March 5, 2026".replace("March", "Mar")],
        ["14.03.2026", "05.03.2026"],
        ["2026/03/14", "2026/03/05"],
        ["03/14/2026", "03/05/2026", "soon"],
    ],
)
def test_d01_a_format_that_the_whole_column_proves(practice: Practice, texts: list[str]) -> None:
    practice.write(
        "readings.csv", READINGS + "".join(f'P1,"{text}",respiratory\n' for text in texts)
    )
    run = practice.audit("--format", "json", "--verbose")
    assert days(run.document)[0] == 2
    holds(run.err, "recorded_at is written %", "as the whole column proves")


def test_the_same_words_of_every_run_are_told_with_verbose(practice: Practice) -> None:
    practice.write("readings.csv", "Acme\n" + SIXTEEN.replace(",", ";"))
    holds(practice.audit("--verbose").err, "fields end with a semicolon", "header is on line 2")


def test_two_vendors_of_one_table_have_a_mapping_each(practice: Practice) -> None:
    practice.write("knee.csv", "MRN,Day\n" + "".join(f"P1,2026-03-{d:02}\n" for d in range(1, 5)))
    practice.write("lung.csv", "Who,When\n" + "".join(f"P1,2026-03-{d:02}\n" for d in range(3, 9)))
    practice.configure(
        ZONE
        + BY_MONTH
        + """
tables:
  readings:
    - files: knee.csv
      columns: {patient_id: MRN, recorded_at: Day}
      constants: {system: musculoskeletal}
    - files: lung.csv
      columns: {patient_id: Who, recorded_at: When}
      constants: {system: respiratory}
"""
    )
    document = practice.document()
    assert [file(document, name)["used"] for name in ("knee.csv", "lung.csv")] == [4, 6]


def test_a_wrong_word_in_one_of_several_mappings_is_told_with_its_line(practice: Practice) -> None:
    practice.write("readings.csv", SIXTEEN)
    practice.configure(
        "tables:\n  readings:\n    - files: a.csv\n    - files: b.csv\n      columns: {nose: X}\n"
    )
    one_sentence(practice.fault(), "rtmaudit.yaml:5: ", "is not a column of readings")


def test_a_column_that_is_wrapped_for_a_spreadsheet_is_its_text(practice: Practice) -> None:
    practice.write(
        "readings.csv", 'patient_id,recorded_at,system\n="0041",2026-03-02,respiratory\n'
    )
    document = practice.document()
    assert [patient["patient_id"] for patient in document["patients"]] == ["0041"]
    assert "stands as" in practice.audit("--verbose").err


def test_a_cell_that_alone_is_wrapped_cannot_be_read(practice: Practice) -> None:
    lines = '="0041",2026-03-02,respiratory\n0042,2026-03-02,respiratory\n'
    practice.write("readings.csv", "patient_id,recorded_at,system\n" + lines)
    assert problems(practice.document(), "readings.csv") == [(2, "patient_id", "patient_id")]


def test_a_parquet_file_in_a_folder_whose_name_could_be_a_pattern(tmp_path: Path) -> None:
    """`[2]` means 2 to the database: the file of another folder must not be read for ours."""
    for name, patient in (("march 2", "theirs"), ("march [2]", "ours")):
        (tmp_path / name).mkdir()
        written = str(tmp_path / f"{patient}.parquet")
        line = f"SELECT '{patient}' AS patient_id, DATE '2026-03-02' AS recorded_at, "
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({line} 'respiratory' AS system) TO '{written}'")
        Path(written).rename(tmp_path / name / "readings.parquet")
    document = Practice(tmp_path / "march [2]").document()
    assert [patient["patient_id"] for patient in document["patients"]] == ["ours"]
