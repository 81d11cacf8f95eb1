"""No cell of an export is ever told outside the report, and no text of one does any harm in it."""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from practice import BY_MONTH, ZONE, Practice, patients, process, readings
from test_cli import AS_OF, on_terminal, plain

import rtmaudit
from rtmaudit.formats.separated import harmless

# --- canaries -----------------------------------------------------------------------------------


COLUMNS = {
    "readings": "patient_id recorded_at system device_id source received_at extra",
    "time_log": "patient_id started_at seconds minutes ended_at program role contact staff_id "
    "entry_id activity created_at extra",
    "calls": "patient_id started_at seconds contact program staff_id attested_by",
    "patients": "patient_id programs payer biller biller_type place_of_service enrolled_on "
    "setup_on goals_met_on ended_on died_on consent_on consent_revoked_on order_on "
    "plan_of_care_from plan_of_care_to care_plan_on initiating_visit_on conditions mdm name "
    "date_of_birth discipline locality established high_risk surgery_on global_days "
    "surgery_related discharged_on contacted_on visited_on cocm_month qmb therapy_amount_to_date",
    "visits": "patient_id on code biller",
    "claims": "patient_id code service_date period_start period_end status amount biller modifiers "
    "program units",
    "coverage": "patient_id payer from to",
    "stays": "patient_id from to kind",
    "devices": "device_id patient_id from to",
}
GOOD = {
    "readings": "P1 2026-03-03 musculoskeletal CANARY CANARY 2026-03-03 x",
    "time_log": "P1 2026-03-03 600 10 2026-03-03 rtm physician none x x x 2026-03-03 x",
    "calls": "P1 2026-03-03 600 live_audio rtm x x",
    "patients": "P1 rtm x x physician 11 " + "2026-01-01 " * 2 + "2026-12-31 " * 3 + "2026-01-01 "
    "2026-12-31 2026-01-01 2026-01-01 2026-12-31 2026-01-01 2026-01-01 M17.11 low x 1950-01-01 "
    "pt x yes no 2025-01-01 90 no 2025-01-01 2025-01-02 2025-01-03 1 no 10.50",
    "visits": "P1 2026-03-03 99213 x",
    "claims": "P1 98977 2026-03-03 2026-03-01 2026-03-30 paid 1 x x",
    "coverage": "P1 medicare 2026-01-01 2026-12-31",
    "stays": "P1 2026-03-05 2026-03-06 hospital",
    "devices": "D1 P1 2026-01-01 2026-12-31",
}
SHOWN = ("patient_id", "payer", "biller", "place_of_service", "conditions")
"""What may stand in the report itself, and in nothing else."""


class Canaries:
    """Hands out tokens, each only once, and looks for them."""

    def __init__(self) -> None:
        self.given = 0
        self.payers: set[str] = set()

    def next(self, column: str = "") -> str:
        self.given += 1
        token = f"Canary{self.given:04d}"
        if column == "payer":
            self.payers.add(token)
        return token

    @staticmethod
    def found(text: str) -> list[str]:
        return re.findall(r"(?i)canary\d*", text)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path / "exports")
    made.configure(BY_MONTH + ZONE)
    return made


def good(table: str) -> list[str]:
    """A line that is used, padded to the columns of its table."""
    cells = GOOD[table].replace("CANARY", "").split(" ")
    width = len(COLUMNS[table].split())
    return (cells + [""] * width)[:width]


def write(practice: Practice, table: str, *lines: list[str], delimiter: str = ",") -> None:
    header = COLUMNS[table].split()
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *lines])
    practice.write(f"{table}.csv", text.getvalue())


def test_a_canary_in_every_cell_is_told_nowhere(practice: Practice) -> None:
    canaries = Canaries()
    for table, names in COLUMNS.items():
        lines = [good(table)]
        for i, name in enumerate(names.split()):
            line = good(table)
            line[0] = f"Q{i}"
            line[i] = canaries.next(name)
            lines.append(line)
        lines.append([canaries.next(name) for name in names.split()])
        write(practice, table, *lines)
    for words in ((), ("--verbose",), ("--strict", "--all", "--evidence")):
        run = practice.audit(*words)
        assert run.code == 0
        assert Canaries.found(run.err) == []
    document = practice.document("--evidence")
    shown = [[p["patient_id"], p["payer"]] for p in document["patients"]]
    told = set(Canaries.found(json.dumps(document)))
    assert told - canaries.payers == set(Canaries.found(json.dumps(shown))) - canaries.payers
    for view in ("patients", "codes", "billing"):
        rows = list(csv.DictReader(io.StringIO(practice.audit("--view", view, "--all").out)))
        where = {key for row in rows for key, cell in row.items() if Canaries.found(str(cell))}
        assert where <= set(SHOWN), where
    assert canaries.given > 60


def refusals() -> Iterator[tuple[str, dict[str, str | bytes]]]:
    """Every way in which a file is refused, with canaries wherever a cell can be."""
    header = "patient_id,recorded_at,system\n"
    line = "Canary1,2026-03-03,musculoskeletal\n"
    yield "stray quote", {"readings.csv": header + '"' + line}
    yield "swallowed lines", {"readings.csv": header + '"' + line + line.replace("\n", '"\n')}
    yield "undeclared cp1252", {"readings.csv": header.encode() + b"Canary\xff,x,y\n"}
    yield "nul", {"readings.csv": header + "Canary\0,2026-03-03,x\n"}
    yield "no header", {"readings.csv": line + line}
    yield "no header, cells twice", {"readings.csv": "Canary1,Canary1,2026-03-03\n" + line}
    yield "wrong table", {"readings.csv": "patient_id,code,service_date\nCanary1,x,2026-03-03\n"}
    yield "ambiguous dates", {"readings.csv": header + "Canary1,03/04/2026,Canary2\n"}
    yield "mixed dates", {"readings.csv": header + "Canary1,13/04/2026,x\nCanary1,04/13/2026,x\n"}
    yield "dates of no kind", {"readings.csv": header + "Canary1,Canary2,Canary3\n"}
    yield (
        "mixed offsets",
        {"readings.csv": header + "Canary1,2026-03-03T08:00,x\nCanary1,2026-03-03T08:00Z,x\n"},
    )
    yield "other month", {"readings.csv": header + line.replace("2026", "2024")}
    yield "strangers", {"readings.csv": header + line, "patients.csv": "patient_id\nCanary2\n"}
    yield (
        "roster twice",
        {
            "readings.csv": header + line,
            "patients.csv": "patient_id,payer\nCanary1,Canary2\nCanary1,Canary3\n",
        },
    )
    yield "same file twice", {"readings_1.csv": header + line, "readings_2.csv": header + line}
    yield "long cell", {"readings.csv": header + '"' + "Canary" * 30_000 + '",2026-03-03,x\n'}
    yield "no lines", {"readings.csv": header, "time_log.csv": "Canary1,Canary2\n"}


@pytest.mark.parametrize(("name", "files"), list(refusals()), ids=[name for name, _ in refusals()])
def test_what_is_refused_is_not_told(
    practice: Practice, name: str, files: dict[str, str | bytes]
) -> None:
    for path, content in files.items():
        practice.write(path, content)
    run = practice.audit("--verbose")
    assert (run.code, run.out) == (4, ""), name
    assert Canaries.found(run.err) == []
    assert "Traceback" not in run.err


STAGES = [
    "rtmaudit.exports.delimited.records_of",
    "rtmaudit.exports.mapping.map_file",
    "rtmaudit.exports.read.table_of_lines",
    "rtmaudit.exports.cells.read_instant",
    "rtmaudit.exports.read_tables",
    "rtmaudit.rulebook.load_rules",
    "rtmaudit.facts.count",
    "rtmaudit.judge.judge_by",
    "rtmaudit.fit.find_fit",
    "rtmaudit.report.views.view",
]
ERRORS = [
    ValueError("Canary1"),
    KeyError("Canary1"),
    UnicodeEncodeError("utf-8", "Canary1", 0, 1, "Canary2"),
    OSError(5, "Canary1", "Canary2"),
    AssertionError("Canary1"),
    RecursionError("Canary1"),
    MemoryError("Canary1"),
]


def break_(stage: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a function is used it fails, with a message that holds a cell."""
    module, _, name = stage.rpartition(".")
    whole = getattr(importlib.import_module(module), name)

    def broken(*_: object, **__: object) -> None:
        raise error

    for each in [m for key, m in sys.modules.items() if key.startswith("rtmaudit")]:
        for key in [key for key, value in vars(each).items() if value is whole]:
            monkeypatch.setattr(each, key, broken)


FAILURES = [(stage, ERRORS[0]) for stage in STAGES] + [(STAGES[3], error) for error in ERRORS]


@pytest.mark.parametrize(("stage", "error"), FAILURES)
def test_an_internal_error_tells_no_cell(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, stage: str, error: Exception
) -> None:
    practice.write("readings.csv", readings("Canary3,2026-03-03T08:00"))
    assert practice.audit().code == 0
    break_(stage, error, monkeypatch)
    run = practice.audit("--verbose")
    assert run.code == (5 if isinstance(error, (OSError, MemoryError)) else 70)
    assert run.err.startswith("rtmaudit: ")
    assert run.err.count("\n") == 1
    assert Canaries.found(run.err) == []


def test_a_crash_as_a_process_shows_no_traceback(practice: Practice) -> None:
    practice.write("readings.csv", readings("Canary3,2026-03-03T08:00"))
    code = (
        "import sys, rtmaudit.exports.mapping as room; from rtmaudit.cli import main\n"
        "def broken(*_): raise ValueError('Canary1')\n"
        "room.read_instant = broken; sys.argv[0] = 'rtmaudit'; sys.exit(main())"
    )
    run = subprocess.run(
        [
            sys.executable,
            "-X",
            "dev",
            "-W",
            "default",
            "-c",
            code,
            "audit",
            practice.folder,
            *AS_OF,
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONFAULTHANDLER": "1"},
    )
    assert (run.returncode, run.stdout) == (70, "")
    assert Canaries.found(run.stderr) == []
    assert "Traceback" not in run.stderr


def test_no_warning_of_a_library_tells_a_cell(practice: Practice) -> None:
    canaries = Canaries()
    for table in COLUMNS:
        write(practice, table, good(table), [canaries.next() for _ in good(table)])
    run = process("audit", practice.folder, *AS_OF, "--quiet", env={"PYTHONWARNINGS": "always"})
    assert (run.returncode, run.stderr) == (0, "")


def test_there_is_no_code_that_prints_or_logs_but_where_it_belongs() -> None:
    """Messages pass through one place each, so that one look shows what they can hold."""
    root = Path(rtmaudit.__file__).parent
    printing = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(
            r"\bprint\(|\blogging\b|\bwarnings\.|sys\.std(out|err)\.write", path.read_text()
        )
    }
    assert printing <= {
        "cli.py",
        "commands/check.py",
        "commands/compare.py",
        "commands/deliver.py",
        "commands/demo.py",
        "commands/init.py",
        "commands/patient.py",
        "commands/rule.py",
        "exports/spark.py",  # it switches the loggers of Spark's library off
        "formats/patient/table.py",
        "formats/table.py",
    }


# --- text that would do harm --------------------------------------------------------------------


HOSTILE = [
    "[red]Smith[/red]",
    "[/red]Lee",
    "[old] Jones",
    "[link=http://x]y",
    ":x:",
    ":100:",
    ":warning:",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\x08\x08b",
    "a\x7fb",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "zero\u200bwidth",
    "\ufefftag",
    "{0}{x}%s%(x)s",
    "\\x1b[31m",
    "\U000e0041tag",
]
FORMULAS = [
    "=cmd|'/c calc'!A0",
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "'quoted",
    "''twice",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1+1",
    "\u00a0=1+1",
    "\u3000+1",
    "\x0b=1",
    "\x1c=1",
    '=HYPERLINK("http://x","y")'.replace('"', "`"),
]


def audited(practice: Practice, texts: list[str]) -> None:
    """Every text as an id, a payer, a biller and a place of service."""
    roster = io.StringIO()
    writer = csv.writer(roster)
    writer.writerow(["patient_id", "payer", "biller", "place_of_service"])
    writer.writerows([text, text, text, text] for text in texts)
    practice.write("patients.csv", roster.getvalue())
    log = io.StringIO()
    writer = csv.writer(log)
    writer.writerow(["patient_id", "recorded_at", "system"])
    writer.writerows(
        [text, f"2026-03-{day:02d}", "respiratory"] for text in texts for day in range(1, 21)
    )
    practice.write("readings.csv", log.getvalue())


def unescaped(cell: str) -> str:
    return cell.removeprefix("'")


@pytest.mark.parametrize("view", ["patients", "codes", "billing"])
def test_no_spreadsheet_runs_a_cell_and_the_text_can_be_had_back(
    practice: Practice, view: str
) -> None:
    texts = HOSTILE + FORMULAS
    audited(practice, texts)
    assert patients(practice.document()) == sorted(texts)
    for name, delimiter in (("csv", ","), ("tsv", "\t")):
        out = practice.audit("--view", view, "--format", name).out
        rows = list(csv.DictReader(io.StringIO(out, newline=""), delimiter=delimiter))
        assert {unescaped(row["patient_id"]) for row in rows} == set(texts)
        for row in rows:
            assert unescaped(row["patient_id"]).strip() == unescaped(row["payer"])
            for cell in row.values():
                first = cell.lstrip()[:1]
                assert not first or first not in "=+-@＝＋－＠\t\r\n", cell


def test_no_spreadsheet_runs_the_name_of_a_file(practice: Practice) -> None:
    practice.write("=1+1.csv", readings("P1,2026-03-03"))
    practice.configure(BY_MONTH + "tables: {readings: {files: '=1+1.csv'}}\n")
    out = practice.audit("--view", "codes", "--evidence").out
    cells = {row["evidence"] for row in csv.DictReader(io.StringIO(out))}
    assert "'=1+1.csv:2" in cells


def test_numbers_and_dates_stay_what_they_are(practice: Practice) -> None:
    audited(practice, ["-1", "P1"])
    out = practice.audit("--view", "codes", "--all").out
    for row in csv.DictReader(io.StringIO(out)):
        for column in ("units", "have", "have_at_most", "want", "short_by"):
            assert re.fullmatch(r"\d*", row[column])
        assert re.fullmatch(r"2026-\d\d-\d\d", row["period_start"])
        assert row["patient_id"] in ("'-1", "P1")


def test_making_text_harmless_is_reversible() -> None:
    naughty = Path(rtmaudit.__file__).resolve().parents[2] / "shared" / "data" / "hostile"
    texts = [*HOSTILE, *FORMULAS, "", "'", "=", "P1", "0", "-5.2", " ", "a=b"]
    if naughty.is_dir():
        texts += json.loads((naughty / "naughty-strings.json").read_text(encoding="utf-8"))
    for text in texts:
        flat = re.sub(r"[\t\r\n]", " ", text)
        safe = harmless(flat)
        assert unescaped(safe) == flat
        assert safe.lstrip()[:1] not in tuple("=+-@＝＋－＠")


@pytest.mark.parametrize("view", ["patients", "codes", "billing"])
def test_a_table_shows_every_text_as_it_is_and_obeys_none(practice: Practice, view: str) -> None:
    audited(practice, HOSTILE + FORMULAS)
    code, shown, err = on_terminal(
        200, "audit", practice.folder, *AS_OF, "--view", view, env={"NO_COLOR": "1", "TERM": "dumb"}
    )
    assert code == 0, err
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown
    )
    for text in ("[red]Smith[/red]", "[/red]Lee", "[old] Jones", ":x:", ":100:", ":warning:"):
        assert text in shown
    for text in ("\\x1b[31mred\\x1b[0m", "\\x9b31m", "\\u202egnp.exe", "zero\\u200bwidth"):
        assert text in shown


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl", "table", "markdown", "html"])
def test_no_format_sends_a_control_byte_to_a_terminal(practice: Practice, name: str) -> None:
    audited(practice, HOSTILE)
    _, shown, _ = on_terminal(
        100,
        "audit",
        practice.folder,
        *AS_OF,
        "--format",
        name,
        env={"NO_COLOR": "1", "TERM": "dumb"},
    )
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_stderr_never_carries_a_control_byte(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03", "P1,soon"))
    practice.write("\x1b[31mred\u202e.csv", "x")
    run = practice.audit("--verbose")
    assert "\\x1b[31mred\\u202e.csv" in run.err
    practice.write("readings_\x1b[31m.csv", "\x1b[31m,\x1b[31m\n")
    run = practice.audit()
    assert run.code == 4
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", run.err)


def test_a_huge_cell_or_a_wide_file_ends_soon(practice: Practice) -> None:
    practice.write("readings.csv", "patient_id,recorded_at,system\n" + "x" * 3_000_000 + ",y,z\n")
    assert practice.audit().code == 4
    wide = ",".join(f"c{n}" for n in range(20_000))
    practice.write("readings.csv", f"patient_id,recorded_at,system,{wide}\n" + "x," * 20_002 + "\n")
    assert practice.audit().code in (0, 4)


def test_colours_are_the_only_escapes_on_a_terminal(practice: Practice) -> None:
    audited(practice, HOSTILE)
    _, shown, _ = on_terminal(150, "audit", practice.folder, *AS_OF)
    assert "\x1b[" in shown
    assert "\x1b" not in plain(shown)
