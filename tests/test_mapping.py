"""The mapping file: a vendor's export becomes the canonical tables, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from practice import (
    BY_MONTH,
    ZONE,
    Practice,
    calls,
    days,
    days_of_march,
    file,
    findings,
    holds,
    joined,
    minutes,
    one_sentence,
    patients,
    problems,
    readings,
    time_log,
)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(BY_MONTH)
    return made


def test_a_folder_with_the_canonical_names_needs_no_mapping(practice: Practice) -> None:
    (practice.folder / "rtmaudit.yaml").unlink()
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 2)))
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    document = practice.document()
    assert file(document, "readings.csv")["used"] == 2
    assert file(document, "time_log.csv")["used"] == 1


def test_all_six_tables_are_read(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 2)))
    practice.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,none"))
    practice.write("calls.csv", "patient_id,started_at,contact\nP1,2026-03-04,live_audio\n")
    practice.write("patients.csv", "patient_id,payer,biller\nP1,Medicare,Dr A\n")
    practice.write("visits.csv", "patient_id,on,code\nP1,2026-03-09,99213\n")
    practice.write("claims.csv", "patient_id,code,service_date\nP1,98975,2026-02-01\n")
    document = practice.document()
    roles = ["readings", "time_log", "calls", "patients", "visits", "claims"]
    assert [each["role"] for each in document["inputs"]] == roles
    assert all(file(document, f"{role}.csv")["used"] for role in roles)
    assert not set(roles) & set(document["not_checked"])


def test_tables_that_are_not_there_are_said_and_change_nothing(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 2)))
    expected = ["time_log", "calls", "patients", "visits", "claims"]
    assert practice.document()["not_checked"][:5] == expected


@pytest.mark.parametrize("name", ["calls", "visits", "claims"])
def test_a_header_alone_is_an_answer_for_what_may_not_have_happened(
    practice: Practice, name: str
) -> None:
    header = {
        "calls": "patient_id,started_at,contact\n",
        "visits": "patient_id,on,code\n",
        "claims": "patient_id,code,service_date\n",
    }
    practice.write("readings.csv", readings(*days_of_march("P1", 1, 2)))
    practice.write(f"{name}.csv", header[name])
    document = practice.document()
    assert file(document, f"{name}.csv")["records"] == 0
    assert name not in document["not_checked"]


VENDOR = """
timezone: America/New_York
tables:
  readings:
    files: device-export-*.txt
    encoding: cp1252
    delimiter: ";"
    skip_lines: 2
    zone: UTC
    columns:
      patient_id: MRN
      recorded_at: {join: [Day, Clock], with: " "}
      system: Kind
    formats: {recorded_at: "%d.%m.%Y %I:%M %p"}
    words: {system: {Goniometer: musculoskeletal, Spirometer: respiratory}}
    keep: {Status: ok}
    drop: {MRN: ["008", "009"]}
"""


def test_a_vendor_export_through_the_whole_mapping(practice: Practice) -> None:
    practice.write(
        "device-export-march.txt",
        "Acme Portal\ngenerated;today\n"
        "MRN;Day;Clock;Kind;Status\n"
        "007;14.03.2026;11:30 PM;Goniometer;ok\n"
        "007;15.03.2026;01:30 AM;Goniometer;ok\n"
        "007;16.03.2026;01:30 AM;Goniometer;cancelled\n"
        "007;01.04.2026;03:30 AM;Spirometer;ok\n"
        "007;01.04.2026;04:30 AM;Spirometer;ok\n"
        "008;17.03.2026;01:30 AM;Goniometer;ok\n",
    )
    practice.configure(BY_MONTH + VENDOR)
    document = practice.document("--evidence")
    mine = file(document, "device-export-march.txt")
    assert (mine["records"], mine["used"]) == (8, 3)
    assert mine["excluded"] == {"above_header": 2, "not_kept": 2, "other_month": 1}
    assert patients(document) == ["007"]
    behind = (each for finding in findings(document, "007") for each in finding["evidence"])
    assert {each["line"] for each in behind} == {4, 5, 7}


def test_columns_constants_and_defaults(practice: Practice) -> None:
    practice.write("readings.csv", "Patient,When\nP1,2026-03-03\nP1,2026-03-04\n")
    practice.write("time_log.csv", "Patient,When,Length,How\nP1,2026-03-03,12,phone\n")
    columns = "columns: {patient_id: Patient, recorded_at: When}"
    practice.configure(
        BY_MONTH
        + f"""
tables:
  readings: {{{columns}, constants: {{system: musculoskeletal}}}}
  time_log:
    columns: {{patient_id: Patient, started_at: When, minutes: Length, contact: How}}
    constants: {{program: rtm}}
    words: {{contact: {{phone: live_audio}}}}
"""
    )
    document = practice.document()
    assert days(document) == (2, 2)
    assert minutes(document) == (12, 12)
    assert calls(document) == (1, 1)


def test_defaults_for_system_and_program(practice: Practice) -> None:
    practice.write("readings.csv", "patient_id,recorded_at\nP1,2026-03-03\n")
    practice.write("time_log.csv", "patient_id,started_at,minutes,contact\nP1,2026-03-03,12,none\n")
    given = "biller_type: physician, role: physician, program: rtm, system: respiratory"
    practice.configure(f"window_mode: calendar_month\ndefaults: {{{given}}}\n")
    document = practice.document()
    assert days(document) == (1, 1)
    assert minutes(document) == (12, 12)


def test_a_constant_stands_for_a_column_of_the_same_name(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03,knee"))
    practice.configure(BY_MONTH + "tables: {readings: {constants: {system: musculoskeletal}}}\n")
    assert days(practice.document()) == (1, 1)


def test_a_pattern_may_be_a_list_and_a_file_may_have_any_name(practice: Practice) -> None:
    practice.write("a.csv", readings("P1,2026-03-03"))
    practice.write("b.dat", readings("P1,2026-03-04"))
    practice.configure(BY_MONTH + "tables: {readings: {files: [a.csv, '*.dat']}}\n")
    assert days(practice.document()) == (2, 2)


def test_lines_are_kept_or_dropped_by_a_value(practice: Practice) -> None:
    lines = ("P1,2026-03-01,a", "P1,2026-03-02,b", "P1,2026-03-03,c", "P1,2026-03-04,")
    practice.write("readings.csv", joined(["patient_id,recorded_at,state", *lines]))
    for rule, kept in [
        ("keep: {state: a}", 1),
        ("keep: {state: [a, b]}", 2),
        ("drop: {state: a}", 3),
        ('drop: {state: ""}', 3),
        ("keep: {state: [a, b]}, drop: {state: b}", 1),
    ]:
        practice.configure(
            BY_MONTH + f"tables: {{readings: {{constants: {{system: respiratory}}, {rule}}}}}\n"
        )
        document = practice.document()
        assert days(document) == (kept, kept)
        assert file(document, "readings.csv")["excluded"] == {"not_kept": 4 - kept}


# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%m/%d/%Y", "03/04/2026"),
        ("%d/%m/%Y", "04/03/2026"),
        ("%d.%m.%Y %H:%M", "04.03.2026 14:30"),
        ("%m/%d/%Y %I:%M %p", "03/04/2026 02:30 PM"),
        ("%Y%m%d", "20260304"),
        ("%b %d, %Y", "Mar 04, 2026"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-03-04T14:30:00.123-0500"),
    ],
)
def test_a_declared_format(practice: Practice, pattern: str, text: str) -> None:
    practice.write("readings.csv", readings(f'P1,"{text}",musculoskeletal'))
    practice.configure(
        BY_MONTH + ZONE + f"tables: {{readings: {{formats: {{recorded_at: '{pattern}'}}}}}}\n"
    )
    practice.options += ["--evidence"]
    document = practice.document("--as-of", "2026-03-04")
    assert days(document)[0] == 1
    assert file(practice.document("--as-of", "2026-03-03"), "readings.csv")["used"] == 0


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("%m/%d/%Y %H:%M %p", "%I with %p"),
        ("%m/%d/%Y %I:%M", "%I with %p"),
        ("%m/%d/%y", "%Y"),
        ("%m/%d", "year"),
        ("%H:%M", "year"),
        ("%Y-%m", "day"),
        ("%Q", "%Q"),
        ("%c", "%c"),
        ("%Y-%m-%d %H:%M %Z", "%Z"),
        ("%Y-%m-%d %", "%"),
        ("yyyy-mm-dd", "%Y-%m-%d"),
        ("%Y-%m-%d %d", "reads no date"),
    ],
)
def test_a_format_that_cannot_be_trusted_is_refused(
    practice: Practice, pattern: str, sentence: str
) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(f"tables:\n  readings:\n    formats: {{recorded_at: '{pattern}'}}\n")
    said = practice.fault()
    one_sentence(said, "rtmaudit.yaml:3: tables.readings.formats.recorded_at: ", sentence)


def test_a_format_is_proven_by_the_whole_column_or_asked_for(practice: Practice) -> None:
    ambiguous = [f"P1,03/{number:02d}/2026" for number in range(1, 13)]
    practice.write("readings.csv", readings(*ambiguous))
    one_sentence(practice.refusal(), "readings.csv:2: recorded_at: ", "month/day or day/month")
    practice.write("readings.csv", readings(*ambiguous, "P1,03/13/2026"))
    assert days(practice.document()) == (13, 13)
    practice.write("readings.csv", readings(*ambiguous, "P1,13/03/2026"))
    assert days(practice.document()) == (2, 2)
    practice.write("readings.csv", readings(*ambiguous, "P1,13/03/2026", "P1,03/13/2026"))
    one_sentence(practice.refusal(), "readings.csv:15: recorded_at: ", "line 14")


def test_lines_that_are_not_read_prove_nothing_and_spoil_nothing(practice: Practice) -> None:
    lines = ["P1,03/13/2026,x", "patient_id,recorded_at,state", "P1,soon,void", "Total,none,"]
    practice.write("readings.csv", joined(["patient_id,recorded_at,state", *lines]))
    practice.configure(
        BY_MONTH + "tables: {readings: {constants: {system: respiratory}, drop: {state: void}}}\n"
    )
    assert days(practice.document()) == (1, 1)
    practice.write(
        "readings.csv",
        joined(["patient_id,recorded_at,state", "P1,03/04/2026,x", "P1,03/13/2026,void"]),
    )
    holds(practice.refusal(), "month/day or day/month")


@pytest.mark.parametrize(
    "text",
    [
        "2026-3-4", "2026-02-30", "2026-13-01", "20260304", "2026-W10-3", "2026-03-04T25:00",
        "2026-03-04T08", "2026-03-04T08:00:60", "2026-03-04T08:00+15:00",
        "２０２６-03-04", "2026-03-04T08:00:00Zx", "45000", "0.5", "yesterday",
        "2026-03-04T24:00:01",
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_read_quarantines_its_line(practice: Practice, text: str) -> None:
    practice.configure(BY_MONTH + ZONE)
    practice.write("readings.csv", readings("P1,2026-03-03T08:00", f"P1,{text}"))
    document = practice.document()
    assert problems(document, "readings.csv") == [(3, "recorded_at", "unreadable_date")]
    assert days(document) == (1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04", "2026-03-04T08:00", "2026-03-04 08:00", "2026-03-04 08:00:59",
        "2026-03-04T08:00:00.123456", "2026-03-04T08:00:00,5",
    ],
)  # fmt: skip
def test_dates_as_iso_8601_writes_them(practice: Practice, text: str) -> None:
    practice.configure(BY_MONTH + ZONE)
    practice.write("readings.csv", readings(f'P1,"{text}",musculoskeletal'))
    assert days(practice.document()) == (1, 1)


def test_digits_of_other_scripts_are_no_digits_in_a_declared_format_either(
    practice: Practice,
) -> None:
    practice.write("readings.csv", readings("P1,03/03/2026", "P1,０３/０４/２０２６"))
    practice.configure(BY_MONTH + "tables: {readings: {formats: {recorded_at: '%m/%d/%Y'}}}\n")
    assert problems(practice.document(), "readings.csv") == [(3, "recorded_at", "unreadable_date")]


def test_an_unreadable_date_on_the_roster_costs_that_date_and_not_the_person(
    practice: Practice,
) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.write("patients.csv", "patient_id,consent_on\nP1,soon\nP2,2026-01-01\n")
    document = practice.document()
    assert patients(document) == ["P1", "P2"]
    assert file(document, "patients.csv")["used"] == 2
    assert problems(document, "patients.csv") == [(2, "consent_on", "unreadable_date")]


# --- the mapping file itself --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("timezone: Mars/Olympus", [":1: timezone: ", "time zone", "America/New_York"]),
        ("timezone: America", [":1: timezone: ", "time zone"]),
        ("timezone: ../../etc/passwd", [":1: timezone: ", "time zone"]),
        ("timezone: ''", [":1: timezone: ", "time zone"]),
        ("timezone: EST5", [":1: timezone: ", "time zone"]),
        ("time_zone: UTC", [":1: time_zone: ", "is not a key here", "timezone"]),
        ("tables:\n  reading: {}", [":2: tables.reading: ", "is not a table", "readings"]),
        ("tables: {readings: {colums: {}}}", ["tables.readings.colums: ", "columns"]),
        ("tables: {readings: {encoding: latin-1}}", ["tables.readings.encoding: ", "cp1252"]),
        ("tables: {readings: {delimiter: ',,'}}", ["tables.readings.delimiter: "]),
        ("tables: {readings: {skip_lines: -1}}", ["tables.readings.skip_lines: "]),
        ("tables: {readings: {columns: {patient_id: 7}}}", ["tables.readings.columns.patient_id"]),
        ("tables: {readings: {zone: Nowhere}}", ["tables.readings.zone: ", "time zone"]),
        ("tables: {time_log: {units: {minutes: days}}}", ["tables.time_log.units.minutes: "]),
        ("defaults: {role: nurse}", ["defaults.role: ", "clinical_staff"]),
        ("window_mode: rolling", ["window_mode: ", "fixed_30"]),
        ("month: March", ["month", "2026-03"]),
        ("as_of: soon", ["as_of: "]),
        ("view: all", ["view: ", "patients"]),
        ("format: xml", ["format: ", "csv"]),
        ("fail_on: anything", ["short", "provisional"]),
        ("quiet: yes", [":1: quiet: ", "true or false"]),
        ("quiet: 1", [":1: quiet: "]),
        ("positions: {nonsense: x}", ["positions.nonsense: ", "rtm-staff-time"]),
        ("positions: {rtm-staff-time: maybe}", ["positions.rtm-staff-time: ", "count"]),
        ("a: [", ["rtmaudit.yaml:", "not YAML"]),
        ("month: last\nmonth: this", [":2: month: ", "twice"]),
        ("a: &x 1", [":1: ", "anchors"]),
        ("- month", ["rtmaudit.yaml:1: "]),
    ],
)
def test_a_wrong_mapping_file_is_one_sentence_with_its_line(
    practice: Practice, text: str, parts: list[str]
) -> None:
    practice.options = ["--as-of", "2026-04-01"]
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(text + "\n")
    one_sentence(practice.fault(), *parts)


def test_all_faults_of_the_mapping_file_are_told_at_once(practice: Practice) -> None:
    practice.configure("timezone: Mars\nview: all\ntables:\n  reading: {}\n")
    assert len(practice.fault().splitlines()) == 3


@pytest.mark.parametrize(
    ("part", "parts"),
    [
        (
            "columns: {patient_id: Patient}",
            ["no column Patient", "patient_id, recorded_at, system"],
        ),
        ("columns: {recorded_at: {join: [day, hour]}}", ["no column day"]),
        ("keep: {status: ok}", ["no column status"]),
    ],
)
def test_a_mapping_that_does_not_fit_the_export_is_refused(
    practice: Practice, part: str, parts: list[str]
) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(BY_MONTH + f"tables: {{readings: {{{part}}}}}\n")
    holds(practice.refusal(), *parts)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("columns: {patient: patient_id}", "columns.patient: is not a column of readings"),
        ("constants: {patient: x}", "constants.patient: is not a column of readings"),
        ("formats: {recordedat: '%Y-%m-%d'}", "formats.recordedat: is not a column"),
        ("words: {kind: {a: b}}", "words.kind: is not a column"),
        ("units: {length: hours}", "units.length: is not a column"),
        ("constants: {system: knee}", "constants.system: must be one of musculoskeletal"),
        ("words: {system: {gonio: knee}}", "words.system: must be one of musculoskeletal"),
    ],
)
def test_a_mapping_onto_what_is_no_column_or_word_is_refused(
    practice: Practice, part: str, sentence: str
) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(f"tables:\n  readings:\n    {part}\n")
    one_sentence(practice.fault(), "rtmaudit.yaml:3: tables.readings." + sentence)


def test_more_lines_to_skip_than_there_are(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure("tables: {readings: {skip_lines: 5}}\n")
    one_sentence(practice.refusal(), "readings.csv: ", "no header")


def test_a_constant_may_be_a_vendor_word(practice: Practice) -> None:
    practice.write("readings.csv", "patient_id,recorded_at\nP1,2026-03-03\n")
    part = "constants: {system: gonio}, words: {system: {gonio: Respiratory}}"
    practice.configure(BY_MONTH + f"tables: {{readings: {{{part}}}}}\n")
    assert days(practice.document()) == (1, 1)


def test_an_export_of_one_patient_may_have_the_id_as_a_constant(practice: Practice) -> None:
    practice.write("readings.csv", "recorded_at,system\n2026-03-03,respiratory\n")
    practice.configure(BY_MONTH + "tables: {readings: {constants: {patient_id: P7}}}\n")
    assert days(practice.document(), "P7") == (1, 1)


def test_a_word_that_the_mapping_does_not_know_quarantines_its_line(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03,gonio", "P1,2026-03-04,other"))
    practice.configure(
        BY_MONTH + "tables: {readings: {words: {system: {gonio: musculoskeletal}}}}\n"
    )
    document = practice.document()
    assert problems(document, "readings.csv") == [(3, "system", "unknown_word")]


def test_a_declared_file_that_is_not_there_is_refused(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(BY_MONTH + "tables: {time_log: {files: [staff-*.csv]}}\n")
    one_sentence(practice.refusal(), "staff-*.csv", "time_log", "no such file")


def test_a_file_that_two_tables_claim_is_refused(practice: Practice) -> None:
    practice.write("march.csv", readings("P1,2026-03-03"))
    practice.configure("tables: {readings: {files: '*.csv'}, time_log: {files: 'm*.csv'}}\n")
    one_sentence(practice.refusal(), "march.csv: ", "readings", "time_log")


def test_a_mapping_file_may_lie_elsewhere(practice: Practice, tmp_path: Path) -> None:
    practice.write("data/readings.csv", "P,D\nP1,2026-03-03\n")
    practice.write(
        "map.yaml",
        BY_MONTH + "tables: {readings: {columns: {patient_id: P, recorded_at: D}, "
        "constants: {system: respiratory}}}\n",
    )
    practice.folder = tmp_path / "data"
    assert days(practice.document("--config", tmp_path / "map.yaml")) == (1, 1)


def test_a_file_that_is_named_takes_the_mapping_file_beside_it(practice: Practice) -> None:
    path = practice.write("export.csv", readings("P1,2026-03-03"))
    practice.configure(BY_MONTH + "tables: {readings: {files: export.csv}}\n")
    practice.folder = path
    assert days(practice.document()) == (1, 1)


def test_a_named_mapping_file_that_is_not_there(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    one_sentence(
        practice.fault("--config", practice.folder / "no.yaml"), "no.yaml: ", "no such file"
    )


def test_two_folders_with_two_mapping_files_are_refused(practice: Practice) -> None:
    for name in ("a", "b"):
        practice.write(f"{name}/readings.csv", readings("P1,2026-03-03"))
        practice.write(f"{name}/rtmaudit.yaml", BY_MONTH)
    practice.options += [practice.folder / "b"]
    practice.folder = practice.folder / "a"
    one_sentence(practice.fault(), "rtmaudit.yaml", "--config")


# --- every option may stand there ---------------------------------------------------------------


def test_options_may_stand_in_the_mapping_file_and_the_command_line_wins(
    practice: Practice, tmp_path: Path
) -> None:
    practice.options = []
    practice.write("readings.csv", readings(*days_of_march("P1", *range(1, 6))))
    practice.configure(
        BY_MONTH
        + "month: 2026-03\nas_of: 2026-04-01\ntimezone: UTC\nview: codes\nformat: csv\nall: true\n"
        "evidence: true\nstrict: true\nquiet: true\nfail_on: [short, unknown]\n"
    )
    run = practice.audit()
    assert (run.code, run.err) == (3, "")
    header, *rows = run.out.splitlines()
    assert header.startswith("patient_id,payer,biller,place_of_service,program,code")
    assert "readings.csv:2" in run.out
    assert "not_applicable" in run.out
    by_command = practice.audit("--view", "billing", "--format", "tsv", "--fail-on", "provisional")
    assert by_command.code == 0
    assert by_command.out.startswith("patient_id\tservice_date\t")
    assert practice.audit("--month", "2026-06").code == 4


def test_an_output_in_the_mapping_file_lies_beside_it(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(BY_MONTH + "output: [report.json, month.csv]\n")
    run = practice.audit()
    assert (run.code, run.out) == (0, "")
    assert (practice.folder / "report.json").read_text(encoding="utf-8").startswith("{")
    assert (practice.folder / "month.csv").read_text(encoding="utf-8").startswith("patient_id,")


def test_rules_in_the_mapping_file_lie_beside_it(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03"))
    practice.configure(BY_MONTH + "rules: our-rules\n")
    run = practice.audit()
    assert (run.code, run.out) == (2, "")
    holds(run.err, "our-rules")


def test_hours_that_were_rounded_are_an_interval(practice: Practice) -> None:
    header = "patient_id,started_at,minutes,program,contact\n"
    lines = ("P1,2026-03-03,0.33,rtm,live_audio", "P2,2026-03-03,0.34,rtm,none")
    practice.write("time_log.csv", header + joined([*lines, "P3,2026-03-03,0.00,rtm,none"]))
    practice.configure(BY_MONTH + "tables: {time_log: {units: {minutes: rounded_hours}}}\n")
    document = practice.document()
    assert [minutes(document, each) for each in ("P1", "P2", "P3")] == [(19, 20), (20, 20), (0, 0)]
    (mine,) = (f for f in findings(document, "P1") if f["code"] == "98980")
    assert mine["verdict"] == "unknown"
    holds(" ".join(mine["reasons"]), "hundredths of an hour")


def test_hours_that_are_exact_are_taken_so(practice: Practice) -> None:
    practice.write("time_log.csv", time_log("P1,2026-03-03,0.25,rtm,none"))
    practice.configure(BY_MONTH + "tables: {time_log: {units: {minutes: hours}}}\n")
    assert minutes(practice.document()) == (15, 15)
