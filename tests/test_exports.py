"""Files: what is read byte for byte, what is refused whole, and that no record is lost silently."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from practice import (
    BY_MONTH,
    READINGS,
    Practice,
    days,
    days_of_march,
    file,
    holds,
    joined,
    one_sentence,
    patients,
    problems,
    readings,
    time_log,
)

from rtmaudit.config import Config
from rtmaudit.errors import InputsRefused
from rtmaudit.exports import read_tables


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(BY_MONTH)
    return made


TWO_DAYS = readings(*days_of_march("P1", 3, 4))


# --- every record has one disposition, and they add up to the physical lines -------------------


def physical_lines(raw: bytes) -> int:
    """Lines of a file by its line ends alone."""
    ends = len(re.findall(rb"\r\n|\r|\n", raw))
    return ends + (not raw.endswith((b"\r", b"\n")))


POLLUTION = {
    "good": "P1,2026-03-05T08:00:00Z,musculoskeletal,device",
    "other month": "P1,2025-07-05T08:00:00Z,musculoskeletal,device",
    "later": "P1,2026-09-05T08:00:00Z,musculoskeletal,device",
    "nobody": ",2026-03-05T08:00:00Z,musculoskeletal,device",
    "no day": "P1,,musculoskeletal,device",
    "bad day": "P1,5 March,musculoskeletal,device",
    "bad word": "P1,2026-03-05T08:00:00Z,knee,device",
    "short": "P1,2026-03-05T08:00:00Z",
    "long": "P1,2026-03-05T08:00:00Z,musculoskeletal,device,,",
    "blank": "",
    "commas": ",,,",
    "header": "patient_id,recorded_at,system,source",
    "total": "Total,,,",
    "dropped": "P1,2026-03-05T08:00:00Z,musculoskeletal,test",
    "quoted": '"P1","2026-03-05T08:00:00Z","musculoskeletal","device"',
    "stranger": "P9,2026-03-05T08:00:00Z,musculoskeletal,device",
    "before consent": "P2,2026-03-05T08:00:00Z,musculoskeletal,device",
    "after the end": "P3,2026-03-25T08:00:00Z,musculoskeletal,device",
}
ROSTER = (
    "patient_id,consent_on,ended_on\nP1,2026-01-01,\nP2,2026-03-10,\nP3,2026-01-01,2026-03-20\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("seed", range(5))
def test_dispositions_add_up_to_the_physical_lines(practice: Practice, seed: int, end: str) -> None:
    lines = random.Random(seed).choices(list(POLLUTION.values()), k=200)
    raw = end.join(["patient_id,recorded_at,system,source", *lines, POLLUTION["good"]]).encode()
    practice.write("readings.csv", raw)
    practice.write("patients.csv", ROSTER)
    practice.configure(BY_MONTH + "timezone: UTC\ntables: {readings: {drop: {source: test}}}\n")
    document = practice.document()
    mine = file(document, "readings.csv")
    assert mine["records"] == physical_lines(raw) - 1
    assert mine["quarantined"].keys() <= {
        "empty_cell",
        "unreadable_date",
        "unknown_word",
        "row_width",
    }
    named = [p for p in document["problems"] if p["disposition"] == "quarantined"]
    assert len(named) == sum(mine["quarantined"].values())


@pytest.mark.parametrize(
    ("name", "disposition", "kind"),
    [
        ("good", "used", None),
        ("quoted", "used", None),
        ("other month", "excluded", "other_month"),
        ("later", "excluded", "other_month"),
        ("nobody", "quarantined", "empty_cell"),
        ("no day", "quarantined", "empty_cell"),
        ("bad day", "quarantined", "unreadable_date"),
        ("bad word", "quarantined", "unknown_word"),
        ("short", "quarantined", "row_width"),
        ("long", "quarantined", "row_width"),
        ("blank", "excluded", "blank"),
        ("commas", "excluded", "blank"),
        ("header", "excluded", "repeated_header"),
        ("total", "excluded", "summary_line"),
        ("dropped", "excluded", "not_kept"),
        ("stranger", "excluded", "not_on_roster"),
        ("before consent", "excluded", "before_consent"),
        ("after the end", "excluded", "after_end"),
    ],
)
def test_what_becomes_of_a_record(
    practice: Practice, name: str, disposition: str, kind: str | None
) -> None:
    practice.configure(BY_MONTH + "timezone: UTC\ntables: {readings: {drop: {source: test}}}\n")
    practice.write("patients.csv", ROSTER)
    header = "patient_id,recorded_at,system,source"
    practice.write("readings.csv", joined([header, POLLUTION["good"], POLLUTION[name]]))
    mine = file(practice.document(), "readings.csv")
    assert mine["records"] == 2
    assert mine["used"] == (2 if disposition == "used" else 1)
    assert mine["excluded"] == ({kind: 1} if disposition == "excluded" else {})
    assert mine["quarantined"] == ({kind: 1} if disposition == "quarantined" else {})


def test_a_problem_names_the_physical_line_on_which_its_record_begins(practice: Practice) -> None:
    header = "patient_id,recorded_at,system,device_id\n"
    practice.write(
        "readings.csv",
        header
        + 'P1,2026-03-03,musculoskeletal,"one\ntwo\nthree"\n'
        + "\n"
        + "P1,2026-03-04,knee,\n"
        + "P1,3 March,musculoskeletal,\n",
    )
    document = practice.document()
    assert file(document, "readings.csv")["records"] == 4
    assert problems(document, "readings.csv") == [
        (6, "system", "unknown_word"),
        (7, "recorded_at", "unreadable_date"),
    ]


# --- a stray quote ------------------------------------------------------------------------------


HEADER = ["patient_id", "recorded_at", "system", "device_id", "source"]


def good_rows() -> list[list[str]]:
    rng = random.Random(5)
    return [
        [f"P{i % 7}", f"2026-03-{rng.randint(1, 31):02d}", "musculoskeletal", f"D{i % 3}", "device"]
        for i in range(200)
    ]


def text_of(rows: list[list[str]]) -> str:
    return joined([",".join(HEADER), *(",".join(row) for row in rows)])


def test_a_stray_quote_is_refused_by_the_command_with_its_line(practice: Practice) -> None:
    rows = good_rows()
    rows[57][2] = '"' + rows[57][2]
    practice.write("readings.csv", text_of(rows))
    one_sentence(practice.refusal(), "readings.csv:59: ", "quote", "mend or remove")


def pairs_of_quotes() -> Iterator[tuple[int, int, int, int]]:
    rng = random.Random(11)
    for _ in range(400):
        first = rng.randrange(20)
        yield first, rng.randrange(5), first + rng.randrange(1, 6), rng.randrange(5)


@pytest.mark.no_cover
@pytest.mark.parametrize("header", [HEADER, [*HEADER, "note"]])
def test_two_stray_quotes_never_swallow_the_lines_between_them(
    tmp_path: Path, header: list[str]
) -> None:
    """The quote that opens a cell and one that closes another, lines below, look like one cell."""
    path = tmp_path / "readings.csv"
    for i, j, k, m in pairs_of_quotes():
        rows = [[*row, "x"][: len(header)] for row in good_rows()[:26]]
        rows[i][j] = '"' + rows[i][j]
        rows[k][m] += '"'
        path.write_text(joined([",".join(header), *map(",".join, rows)]), encoding="utf-8")
        with pytest.raises(InputsRefused) as refused:
            read_tables([path], Config())
        assert [fault.line for fault in refused.value.faults] == [i + 2], (i, j, k, m)


def test_a_note_may_run_over_lines(practice: Practice) -> None:
    header = "patient_id,started_at,minutes,program,contact,activity\n"
    note = '"Called, no answer.\nCalled again, spoke.\r\n\r\nPain 3/10, ""better""."'
    practice.write(
        "time_log.csv", header + f"P1,2026-03-03,12,rtm,none,{note}\nP1,2026-03-04,9,rtm,none,x\n"
    )
    mine = file(practice.document(), "time_log.csv")
    assert (mine["records"], mine["used"]) == (2, 2)


# --- encodings and line ends --------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_say_what_they_are(practice: Practice, encoding: str, end: str) -> None:
    text = TWO_DAYS.replace("P1", "Zoë").replace("\n", end)
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    practice.write("readings.csv", (mark + text).encode(encoding))
    document = practice.document()
    assert days(document, "Zoë") == (2, 2)
    assert file(document, "readings.csv")["records"] == 2


def test_the_last_line_needs_no_end(practice: Practice) -> None:
    practice.write("readings.csv", TWO_DAYS.rstrip("\n"))
    assert days(practice.document()) == (2, 2)


def test_cp1252_is_read_where_it_is_declared_and_refused_where_it_is_not(
    practice: Practice,
) -> None:
    practice.write("readings.csv", TWO_DAYS.replace("P1", "Zoë").encode("cp1252"))
    one_sentence(practice.refusal(), "readings.csv:2: ", "not utf-8", "encoding: cp1252")
    practice.configure(BY_MONTH + "tables: {readings: {encoding: cp1252}}\n")
    assert patients(practice.document()) == ["Zoë"]


def test_a_byte_that_cp1252_does_not_know_is_refused_without_advising_cp1252(
    practice: Practice,
) -> None:
    practice.write("readings.csv", TWO_DAYS.encode() + b"P\x81,2026-03-05,musculoskeletal\n")
    practice.configure(BY_MONTH + "tables: {readings: {encoding: cp1252}}\n")
    said = practice.refusal()
    one_sentence(said, "readings.csv:4: ", "not cp1252")
    assert "encoding: cp1252" not in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_nul_is_refused_with_its_line(practice: Practice, encoding: str) -> None:
    practice.write("readings.csv", TWO_DAYS.replace("03-04", "03\0-04").encode(encoding))
    one_sentence(practice.refusal(), "readings.csv:3: ", "NUL")


def test_utf16_without_a_mark_is_refused(practice: Practice) -> None:
    practice.write("readings.csv", TWO_DAYS.encode("utf-16-le"))
    one_sentence(practice.refusal(), "readings.csv:1: ")


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_only_line_ends_end_a_line(practice: Practice, mark: str) -> None:
    header = "patient_id,recorded_at,system,device_id\n"
    practice.write(
        "readings.csv",
        header + f"P{mark}1,2026-03-03,musculoskeletal,D{mark}1,\n".replace("1,\n", "1\n"),
    )
    document = practice.document()
    assert file(document, "readings.csv")["used"] == 1
    assert patients(document) == [f"P{mark}1"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_usual_delimiters_are_known_by_the_header(practice: Practice, delimiter: str) -> None:
    practice.write("readings.csv", TWO_DAYS.replace(",", delimiter))
    assert days(practice.document()) == (2, 2)


def test_another_delimiter_is_declared(practice: Practice) -> None:
    practice.write("readings.csv", TWO_DAYS.replace(",", "^"))
    practice.configure(BY_MONTH + 'tables: {readings: {delimiter: "^"}}\n')
    assert days(practice.document()) == (2, 2)


def test_columns_in_any_order_and_others_beside_them(practice: Practice) -> None:
    header = "battery,system,recorded_at,patient_id\n"
    practice.write("readings.csv", header + "98,musculoskeletal,2026-03-03,P1\n")
    assert days(practice.document()) == (1, 1)


# --- text stays text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["007", "7", "NA", "None", "null", "nan", "1E5", "1e5", "TRUE", "1.0", "0x10", "2026-03-01"],
)
def test_an_id_is_text_byte_for_byte(practice: Practice, text: str) -> None:
    practice.write("readings.csv", readings(f"{text},2026-03-03", f"{text}x,2026-03-03"))
    practice.write("patients.csv", f"patient_id,payer\n{text},NA\n{text}x,None\n")
    document = practice.document()
    assert patients(document) == sorted([text, text + "x"])
    assert {p["payer"] for p in document["patients"]} == {"NA", "None"}


def test_ids_that_differ_by_a_byte_are_two_patients(practice: Practice) -> None:
    ids = ["7", "07", "007", "P1", "p1", "P1 ", " P1", "P\u00c9", "PE\u0301", "P\u200b1"]
    practice.write("readings.csv", readings(*(f"{each},2026-03-03" for each in ids)))
    assert patients(practice.document()) == sorted(ids)


# --- refused whole ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["readings.csv: ", "empty", "export it again"]),
        (" \r\n\n", ["readings.csv: ", "empty"]),
        ("\ufeff", ["readings.csv: ", "empty"]),
        (READINGS, ["readings.csv: ", "no lines", "export it again"]),
        (READINGS + "\n,,\n", ["readings.csv: ", "no lines"]),
        (
            "patient_id,recorded_at,system,system\nP1,2026-03-03,a,b\n",
            ["readings.csv:1: ", "twice"],
        ),
        ("patient_id,recorded_at\nP1,2026-03-03\n", ["readings.csv: ", "system", "defaults"]),
        ("patient_id,day,system\nP1,2026-03-03,a\n", ["recorded_at", "rtmaudit.yaml"]),
        (readings("P1,03/04/2026", "P1,05/06/2026"), ["recorded_at", "month/day or day/month"]),
        (readings("P1,13/04/2026", "P1,04/13/2026"), ["readings.csv:3: recorded_at: ", "line 2"]),
        (readings("P1,2026-03-03T08:00"), ["readings.csv:2: recorded_at: ", "timezone"]),
        (readings("P1,2026-03-03", "P1,2026-03-03T08:00Z"), ["readings.csv:3: recorded_at: "]),
        (TWO_DAYS + '"P1,2026-03-03,musculoskeletal\n', ["readings.csv:4: ", "quote"]),
        (readings(*days_of_march("P1", 3)).replace("2026", "2024"), ["another month", "--month"]),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_one_sentence(
    practice: Practice, content: str, parts: list[str]
) -> None:
    practice.write("readings.csv", content)
    one_sentence(practice.refusal(), *parts)


def test_all_faults_of_all_files_are_told_in_one_run(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03T08:00"))
    practice.write("time_log.csv", "patient_id,started_at,program\nP1,2026-03-03,rtm\n")
    practice.write("calls.csv", "patient_id,patient_id\n")
    practice.write("patients.csv", "")
    practice.write("visits.csv", 'patient_id,on\n"P1,2026-03-03\n')
    practice.write("claims.csv", b"patient_id,code,service_date\nP\xff,98977,2026-03-03\n")
    said = practice.refusal().splitlines()
    names = ["calls", "claims", "patients", "readings", "time_log", "visits"]
    assert [line.split(".csv")[0] for line in said] == [f"rtmaudit: {name}" for name in names]


def test_what_counting_refuses_is_told_in_the_same_run(practice: Practice) -> None:
    """A file that cannot be read, one of another month, and ids that lost their zeros."""
    practice.write("patients.csv", "patient_id,programs\n0041,rtm\n0042,rtm\n")
    practice.write("readings.csv", readings("41,2026-03-03T08:00", "42,2026-03-03T08:00"))
    practice.write("time_log.csv", time_log("0041,2025-11-03,12,rtm,none"))
    practice.write("visits.csv", 'patient_id,on\n"0041,2026-03-03\n')
    practice.write(
        "decisions.csv",
        "file,line,patient_id,decision,by,on,reason\n"
        "visits.csv,2,0041,keep,Dr. A,2026-03-31,seen\n",
    )
    said = practice.refusal().splitlines()
    assert [line.split(":")[1].strip() for line in said] == [
        "readings.csv",
        "time_log.csv",
        "visits.csv",
    ]


def test_a_roster_of_which_no_line_can_be_read_is_itself_what_is_refused(
    practice: Practice,
) -> None:
    practice.write("patients.csv", 'patient_id,programs\n"0""41",rtm\n,rtm\n')
    practice.write("readings.csv", readings("0041,2026-03-03"))
    one_sentence(
        practice.refusal(), "patients.csv:2: patient_id: ", "none of its 2 lines can be read"
    )


def test_a_time_log_under_the_name_of_readings_is_refused(practice: Practice) -> None:
    practice.write("readings.csv", time_log("P1,2026-03-03,12,rtm,none"))
    holds(practice.refusal(), "readings.csv: ", "recorded_at")


def test_a_file_without_its_header_is_refused_and_its_cells_are_not_told(
    practice: Practice,
) -> None:
    practice.write("readings.csv", joined(TWO_DAYS.splitlines()[1:]))
    said = practice.refusal()
    one_sentence(said, "readings.csv:1: ", "header")
    assert "P1" not in said
    assert "2026-03-0" not in said


def test_the_same_file_under_two_names_is_refused(practice: Practice) -> None:
    practice.write("readings_a.csv", TWO_DAYS)
    practice.write("readings_b.csv", TWO_DAYS)
    one_sentence(practice.refusal(), "readings_b.csv: ", "twice", "leave one")


def test_a_file_given_beside_its_folder_is_refused(practice: Practice) -> None:
    path = practice.write("readings.csv", TWO_DAYS)
    one_sentence(practice.refusal(path), "readings.csv: ", "twice")


def test_several_files_of_one_table_are_read_together(practice: Practice) -> None:
    practice.write("readings_a.csv", readings(*days_of_march("P1", 1, 2, 3)))
    practice.write("readings-b.tsv", readings(*days_of_march("P1", 3, 4)).replace(",", "\t"))
    document = practice.document()
    assert days(document) == (4, 4)
    assert file(document, "readings_a.csv")["used"] == 3
    assert file(document, "readings-b.tsv")["used"] == 2


def test_names_in_capitals_are_known_too(practice: Practice) -> None:
    practice.write("READINGS.CSV", TWO_DAYS)
    assert days(practice.document()) == (2, 2)


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("rtm", "rtm", True),
        ("rtm;ccm", "ccm", True),
        ("", "", True),
        ("rtm", "ccm", False),
        ("rtm", "", False),
    ],
)
def test_two_lines_of_the_roster_for_one_patient_and_program_are_refused(
    practice: Practice, one: str, other: str, clash: bool
) -> None:
    practice.write("readings.csv", TWO_DAYS)
    practice.write("patients.csv", f"patient_id,programs,biller\nP1,{one},A\nP1,{other},B\n")
    run = practice.audit()
    assert run.code == (4 if clash else 0)
    if clash:
        one_sentence(run.err, "patients.csv:3: patient_id: ", "same patient and program")


def test_a_patient_who_is_not_on_the_roster_still_gets_a_line(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03", "P2,2026-03-03"))
    practice.write("patients.csv", "patient_id\nP1\nP3\n")
    document = practice.document()
    assert patients(document) == ["P1", "P2", "P3"]
    assert [p["on_roster"] for p in document["patients"]] == [True, False, True]
    assert "P2,,,,,,,,,,,,,,,,,,,,,," in practice.audit().out or "not on the roster" in (
        practice.audit().out
    )


def test_an_export_too_full_of_bad_lines_makes_the_run_provisional(practice: Practice) -> None:
    good = days_of_march("P1", *range(1, 29))
    for bad, status in ((0, "final"), (1, "provisional")):
        practice.write("readings.csv", readings(*good, *["P1,bad"] * bad))
        assert practice.document()["status"] == status
    practice.write("readings.csv", readings(*good * 2, "P1,bad"))
    assert practice.document()["status"] == "final"


# --- the folder ---------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(practice: Practice) -> None:
    practice.folder = practice.folder / "nowhere"
    one_sentence(practice.fault(), "nowhere: ", "no such file or folder")


def test_a_wrong_folder(practice: Practice) -> None:
    practice.write("holiday.csv", "a,b\n")
    one_sentence(practice.refusal(), "right folder", "readings.csv")


def test_a_file_whose_name_is_no_table(practice: Practice) -> None:
    path = practice.write("export.csv", TWO_DAYS)
    practice.folder = path
    one_sentence(practice.refusal(), "export.csv: ", "readings.csv", "rtmaudit.yaml")


@pytest.mark.parametrize(
    "name",
    ["export.csv", "export.xlsx", "export.csv.gz", "export.parquet", "readings.xls", "a.zip"],
)
def test_an_export_that_is_not_read_is_told(practice: Practice, name: str) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write(name, "anything")
    holds(practice.audit().err, "Not read", name)


def test_what_is_no_export_is_not_mentioned(practice: Practice) -> None:
    practice.write("readings.csv", TWO_DAYS)
    practice.write(".hidden.csv", "x")
    practice.write("README.md", "x")
    (practice.folder / "old.csv").mkdir()
    assert "Not read" not in practice.audit().err
