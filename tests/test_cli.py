"""The command line: its verbs, options, formats and exit codes, on a terminal and in a pipe."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import signal
import stat
import struct
import subprocess
import sys
import termios
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest
from practice import (
    BY_MONTH,
    ZONE,
    Practice,
    command,
    days_of_march,
    file,
    holds,
    joined,
    one_sentence,
    process,
    readings,
    surroundings,
    time_log,
)

import rtmaudit
from rtmaudit.commands import options, progress

ROOT = Path(rtmaudit.__file__).resolve().parents[1]
AS_OF = ("--month", "2026-03", "--as-of", "2026-04-01")


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """One patient is ready, one is short, one is not on the roster."""
    made = Practice(tmp_path / "exports")
    made.write("patients.csv", "patient_id,payer,biller\nP1,Medicare,Dr A\nP2,Medicare,Dr A\n")
    made.write(
        "readings.csv",
        readings(*days_of_march("P1", *range(1, 21)), *days_of_march("P2", 1), "P3,2026-03-02"),
    )
    made.write("time_log.csv", time_log("P1,2026-03-03,12,rtm,live_audio"))
    made.configure(BY_MONTH + ZONE)
    return made


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- formats and views --------------------------------------------------------------------------


PATIENTS = (
    "patient_id,payer,biller,verdict,rtm,rpm,ccm,pcm,other,ready_codes,open_codes,blocked_codes,"
    "review_codes,unknown_codes,data_days,period_ends,management_minutes,live_contacts,best_fit,"
    "instead_of,candidate,why,next_step,to_confirm,amount_ready,amount_at_stake"
)
CODES = (
    "patient_id,payer,biller,place_of_service,program,code,units,verdict,secondary,window,"
    "period_start,period_end,service_date,fact,unit,have,have_at_most,want,short_by,reachable_by,"
    "start_by,reasons,conflicts_with,alternatives,to_confirm,positions,modifiers,amount,"
    "amount_basis,sources,evidence"
)
BILLING = (
    "patient_id,service_date,code,units,modifiers,place_of_service,biller,payer,conditions,amount"
)


@pytest.mark.parametrize(
    ("view", "header"), [("patients", PATIENTS), ("codes", CODES), ("billing", BILLING)]
)
def test_the_columns_of_each_view_are_the_contract(
    practice: Practice, view: str, header: str
) -> None:
    out = practice.audit("--view", view).out
    assert out.splitlines()[0].startswith(header)
    tabbed = practice.audit("--view", view, "--format", "tsv").out
    assert rows(tabbed, "\t") == rows(out)


def test_the_default_in_a_pipe_is_the_patients_as_csv(practice: Practice) -> None:
    run = practice.audit()
    assert [row["patient_id"] for row in rows(run.out)] == ["P1", "P2", "P3"]
    assert run.out == practice.audit("--view", "patients", "--format", "csv").out


def test_the_head_the_problems_and_the_summary_go_to_stderr(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03", "P1,soon"))
    practice.write("notes.csv", "x")
    run = practice.audit("--verbose")
    holds(
        run.err,
        "rtmaudit 2026-03, as of 2026-04-01, America/New_York, PROVISIONAL",
        "Not checked: calls, visits, claims",
        "readings.csv:3:recorded_at: unreadable date: quarantined",
        "Not read, as no table by their names: notes.csv",
        "readings.csv: 2 records: 1 used, 0 duplicate, 1 unreadable date",
        "2 patients; findings: ",
    )
    assert "rtmaudit 2026-03" not in run.out
    assert practice.audit("--quiet").err == ""


def test_only_some_problems_are_told_and_all_with_verbose(practice: Practice) -> None:
    practice.write("readings.csv", readings("P1,2026-03-03", *["P1,soon"] * 50))
    assert practice.audit().err.count("unreadable date: quarantined") == 20
    holds(practice.audit().err, "and 30 more")
    assert practice.audit("--verbose").err.count("unreadable date: quarantined") == 50


def test_json_is_the_document_and_jsonl_is_it_line_by_line(practice: Practice) -> None:
    document = practice.document()
    assert document["schema"] == "rtmaudit.audit/1"
    assert (document["month"], document["as_of"]) == ("2026-03", "2026-04-01")
    head, *each, tail = map(json.loads, practice.audit("--format", "jsonl").out.splitlines())
    assert {**head, "patients": each, **tail} == document


def test_all_shows_what_a_view_leaves_out(practice: Practice) -> None:
    few, every = (rows(practice.audit("--view", "codes", *more).out) for more in ((), ("--all",)))
    assert {row["verdict"] for row in few} & {"not_applicable"} == set()
    assert {row["verdict"] for row in every} >= {"not_applicable"}
    assert [row for row in every if row in few] == few


def test_evidence_names_the_lines_behind_a_count(practice: Practice) -> None:
    assert all(row["evidence"] == "" for row in rows(practice.audit("--view", "codes").out))
    cells = [row["evidence"] for row in rows(practice.audit("--view", "codes", "--evidence").out)]
    assert any(cell.startswith("readings.csv:2; readings.csv:3; ") for cell in cells)
    assert "time_log.csv:2" in cells


def test_strict_holds_back_what_a_paper_could_stop(practice: Practice) -> None:
    ready = [f for f in rows(practice.audit("--view", "codes").out) if f["verdict"] == "ready"]
    strict = rows(practice.audit("--view", "codes", "--strict").out)
    assert ready
    assert "ready" not in {row["verdict"] for row in strict}


def test_the_same_inputs_give_the_same_bytes(practice: Practice) -> None:
    env = [{"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"}]
    first, second = (
        process("audit", practice.folder, *AS_OF, "--format", "json", "-q", env=each)
        for each in env
    )
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout == practice.audit("--format", "json").out


# --- files --------------------------------------------------------------------------------------


def test_outputs_by_their_suffix_all_at_once_and_private(
    practice: Practice, tmp_path: Path
) -> None:
    wanted = [
        tmp_path / f"out.{suffix}" for suffix in ("csv", "tsv", "json", "jsonl", "txt", "html")
    ]
    run = practice.audit(*(word for path in wanted for word in ("-o", path)))
    assert (run.code, run.out) == (0, "")
    for path, name in zip(wanted, ("csv", "tsv", "json", "jsonl", "table", "html"), strict=True):
        assert path.read_text(encoding="utf-8") == practice.audit("--format", name).out
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_suffix_takes_the_format_that_is_named(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "march"
    one_sentence(practice.fault("-o", path), "march: ", ".csv", ".json")
    assert practice.audit("-o", path, "--format", "json").code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["month"] == "2026-03"


def test_every_line_that_was_not_used_is_in_the_problems_file(
    practice: Practice, tmp_path: Path
) -> None:
    lines = [f"P1,2026-03-{day:02},musculoskeletal" for day in range(1, 29)]
    bad = ["P1,never,musculoskeletal"] * 30
    practice.write(
        "readings.csv", readings("Total,,", *lines, *bad, "", "P1,2025-01-01,musculoskeletal")
    )
    listed = tmp_path / "problems.csv"
    run = practice.audit("--problems", listed, "--format", "json")
    (mine,) = (each for each in run.document["inputs"] if each["role"] == "readings")
    rows = list(csv.DictReader(io.StringIO(listed.read_text(encoding="utf-8"))))
    rows = [row for row in rows if row["file"] == "readings.csv" and row["line"]]
    assert [row["line"] for row in rows] == ["2", *map(str, range(31, 63))]
    assert len(rows) == mine["records"] - mine["used"]
    assert Counter(row["kind"] for row in rows) == {
        "unreadable_date": 30,
        "summary_line": 1,
        "blank": 1,
        "other_month": 1,
    }
    assert listed.stat().st_mode & 0o777 == 0o600


def test_an_output_that_may_not_be_written(practice: Practice, tmp_path: Path) -> None:
    target = practice.write("target.txt", "old")
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    for path, sentence in [
        (link, "symbolic link"),
        (tmp_path / "no" / "out.csv", "folder does not exist"),
        (practice.folder / "readings.csv", "one of the inputs"),
        (practice.folder, "suffix"),
    ]:
        before = names(tmp_path)
        one_sentence(practice.fault("-o", tmp_path / "good.csv", "-o", path), sentence)
        assert names(tmp_path) == before
    assert target.read_text(encoding="utf-8") == "old"


def test_an_output_in_the_exports_folder_may_be_written_again(practice: Practice) -> None:
    path = practice.folder / "report.csv"
    assert practice.audit("-o", path).code == 0
    assert practice.audit("-o", path).code == 0
    mapping = practice.folder / "rtmaudit.yaml"
    one_sentence(practice.fault("-o", mapping, "--format", "csv"), "one of the inputs")


# --- month, as-of, zone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "month"), [("2026-03", "2026-03"), ("last", "2026-02"), ("this", "2026-03")]
)
def test_the_month_is_named_or_told_from_the_as_of_day(
    practice: Practice, asked: str, month: str
) -> None:
    practice.write("readings.csv", readings("P1,2026-02-03", "P1,2026-03-03"))
    practice.write("time_log.csv", time_log("P1,2026-02-03,5,rtm,none", "P1,2026-03-03,5,rtm,none"))
    practice.options = ["--as-of", "2026-03-20"]
    assert practice.document("--month", asked)["month"] == month
    if asked == "last":
        assert practice.document()["month"] == month


def test_today_is_a_day_of_the_declared_zone(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2026, 4, 1, 2, 0, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(options, "datetime", Clock)
    practice.options = ["--month", "this"]
    document = practice.document()
    assert (document["month"], document["as_of"]) == ("2026-03", "2026-03-31")
    practice.options = ["--month", "this", "--timezone", "UTC"]
    assert practice.audit().err.startswith("rtmaudit 2026-04, as of 2026-04-01")


def test_a_closed_month_is_closed_for_good(practice: Practice) -> None:
    practice.options = ["--month", "2026-03"]
    texts = {
        practice.audit("--as-of", day, "--format", "json").out
        for day in ("2026-04-01", "2026-04-02", "2029-01-01")
    }
    assert len(texts) == 1
    assert practice.document("--as-of", "2026-03-20")["status"] == "provisional"


@pytest.mark.parametrize(
    "month",
    ["2026-3", "2026-13", "2026-00", "March", "2026", "26-03", "2026-03-01", "", "２０２６-03"],
)
def test_a_bad_month(practice: Practice, month: str) -> None:
    one_sentence(practice.fault("--month", month), "--month", "2026-03", "last")


@pytest.mark.parametrize("day", ["2026-3-1", "2026-02-30", "2026-W10-1", "20260301", "soon", ""])
def test_a_bad_as_of_day(practice: Practice, day: str) -> None:
    one_sentence(practice.fault("--as-of", day), "2026-03-20")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--timezone", "Mars/Olympus"), "--timezone"),
        (("--timezone", "America"), "--timezone"),
        (("--timezone", ""), "--timezone"),
        (("--view", "all"), "--view takes patients, codes or billing"),
        (("--format", "xml"), "--format takes table, csv, tsv, json, jsonl"),
        (("--fail-on", "ready"), "--fail-on takes short, blocked, review, unknown, provisional"),
        (("--fail-on", "short,never"), "--fail-on takes"),
        (("--config", "/no/such.yaml"), "such.yaml: there is no such file"),
        (("--rules", "/no/rules"), "rules"),
    ],
)
def test_an_option_that_cannot_be(
    practice: Practice, words: tuple[str, ...], sentence: str
) -> None:
    one_sentence(practice.fault(*words), sentence)


@pytest.mark.parametrize(
    "words",
    [
        ("audit",),
        ("audit", ".", "--nonsense"),
        ("nonsense",),
        ("rule",),
        (
            "audit",
            "--",
        ),
    ],
)
def test_a_wrong_command_line_is_2_and_no_traceback(words: Sequence[str]) -> None:
    run = command(*words)
    assert (run.code, run.out) == (2, "")
    assert "Traceback" not in run.err


def test_no_words_at_all_show_the_help() -> None:
    run = command()
    holds(run.out + run.err, "audit", "rule", "check", "demo")


# --- exit codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 0),
        (("--fail-on", "short"), 3),
        (("--fail-on", "blocked"), 0),
        (("--fail-on", "blocked", "--fail-on", "unknown"), 3),
        (("--fail-on", "review, provisional"), 0),
        (("--as-of", "2026-03-20", "--fail-on", "provisional"), 3),
    ],
)
def test_findings_change_the_exit_code_only_when_asked(
    practice: Practice, words: Sequence[str], code: int
) -> None:
    run = practice.audit(*words)
    assert run.code == code
    assert run.out.startswith("patient_id,")


def test_fail_on_looks_at_what_the_totals_count(practice: Practice) -> None:
    totals = practice.document()["totals"]["by_verdict"]
    for word in ("short", "blocked", "review", "unknown"):
        assert practice.audit("--fail-on", word).code == (3 if totals.get(word) else 0)


def test_a_failed_run_leaves_the_files_as_they_were(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old", encoding="utf-8")
    assert practice.audit("-o", path, "--view", "nonsense").code == 2
    practice.write("readings.csv", "")
    assert practice.audit("-o", path, "-o", tmp_path / "new.json").code == 4
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["exports", "report.csv"]


def test_with_fail_on_the_files_are_written(practice: Practice, tmp_path: Path) -> None:
    assert practice.audit("-o", tmp_path / "report.csv", "--fail-on", "short").code == 3
    assert names(tmp_path) == ["exports", "report.csv"]


def test_an_internal_error_is_70_and_nothing_is_written(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("P1")

    monkeypatch.setattr("rtmaudit.formats.documents.head", broken)
    run = practice.audit("-o", tmp_path / "a.csv", "-o", tmp_path / "b.json")
    assert (run.code, run.out) == (70, "")
    one_sentence(run.err, "internal error", "RuntimeError", "nothing was written")
    assert "P1" not in run.err
    assert names(tmp_path) == ["exports"]


def test_a_broken_invariant_is_70(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtmaudit.report.InputSummary.accounted", 1)
    run = practice.audit()
    assert (run.code, run.out) == (70, "")
    one_sentence(run.err, "accounted for", "nothing was written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_what_may_not_be_read_or_written_is_5_for_an_ordinary_user(practice: Practice) -> None:
    (practice.folder / "readings.csv").chmod(0)
    run = practice.audit()
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "readings.csv: ", "permissions")


def test_what_cannot_be_read_is_5(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied", "readings.csv")

    read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda p: refused(p) if p.name == "readings.csv" else read(p)
    )
    run = practice.audit()
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "readings.csv: ", "permissions")


def test_a_folder_that_cannot_be_listed_is_5(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", "P1")

    monkeypatch.setattr(Path, "iterdir", refused)
    run = practice.audit()
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "Permission denied")
    assert "P1" not in run.err


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "{}", *AS_OF),
        ("audit", "{}", *AS_OF, "--format", "json"),
        ("audit", "{}", *AS_OF, "--format", "table"),
        ("rule", "98977"),
        ("--version",),
        ("--help",),
    ],
)
def test_a_full_disk_behind_stdout_is_5(practice: Practice, words: Sequence[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        run = process(*(str(word).format(practice.folder) for word in words), stdout=full)
    assert run.returncode == 5
    one_sentence(run.stderr, "No space left")


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "{}", *AS_OF),
        ("audit", "{}", *AS_OF, "--format", "jsonl"),
        ("audit", "{}", *AS_OF, "--format", "table"),
        ("rule", "98977"),
        ("check", ROOT / "rules", "{}/few"),
        ("--version",),
        ("--help",),
    ],
)
def test_a_closed_pipe_is_141_and_quiet(practice: Practice, words: Sequence[object]) -> None:
    few = ROOT / "tests" / "scenarios" / "smbp.yaml"
    practice.write(f"few/{few.name}", few.read_bytes())
    ours, theirs = os.pipe()
    os.close(ours)
    run = process(*(str(word).format(practice.folder) for word in words), stdout=theirs)
    os.close(theirs)
    assert (run.returncode, run.stderr) == (141, "")


def test_a_pipe_closed_after_a_line_is_141_and_quiet(practice: Practice) -> None:
    practice.write("patients.csv", "patient_id\n" + joined(f"P{n:05d}" for n in range(3000)))
    practice.write("readings.csv", readings("P00001,2026-03-03"))
    (practice.folder / "time_log.csv").unlink()
    script = f'"$0" -m rtmaudit audit "$1" {" ".join(AS_OF)}; echo $? >&2'
    run = subprocess.run(
        ["bash", "-c", f"( {script} ) | head -1", sys.executable, practice.folder],
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.startswith("patient_id,")
    assert run.stderr == "141\n"


def test_a_closed_stream_does_not_turn_the_others_words_to_it(practice: Practice) -> None:
    words = f'"$0" -m rtmaudit audit "$1" {" ".join(AS_OF)}'
    shell = ["bash", "-c", words + " 2>&-", sys.executable, str(practice.folder)]
    run = subprocess.run(shell, env=surroundings(), capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, practice.audit().out)


SLOW = """
import sys, time
import rtmaudit.formats.separated as separated
from rtmaudit.cli import main
whole = separated.write_view
def slow(shown, stream, *rest):
    whole(shown, stream, *rest)
    stream.flush()
    print("writing", flush=True)
    time.sleep(30)
separated.write_view = slow
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_run_that_is_ended_leaves_nothing(
    practice: Practice, tmp_path: Path, number: int, code: int
) -> None:
    path = tmp_path / "out" / "report.csv"
    path.parent.mkdir()
    path.write_text("old", encoding="utf-8")
    words = ["audit", str(practice.folder), *AS_OF, "-o", str(path)]
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, *words],
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "writing\n"
        assert len(names(path.parent)) == 2
        running.send_signal(number)
        _, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (code, "")
    assert names(path.parent) == ["report.csv"]
    assert path.read_text(encoding="utf-8") == "old"


# --- the other verbs ----------------------------------------------------------------------------


def test_the_version() -> None:
    run = command("--version")
    assert (run.code, run.out, run.err) == (0, f"rtmaudit {rtmaudit.__version__}\n", "")


@pytest.mark.parametrize("verb", ["audit", "rule", "check", "demo"])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_each_verb_has_its_help(verb: str, flag: str) -> None:
    run = command(verb, flag)
    assert run.code == 0
    holds(run.out, f"Usage: rtmaudit {verb}")


def test_a_rule_is_told_in_words_with_its_sources() -> None:
    run = command("rule", "98977", "--on", "2026-03-31")
    assert (run.code, run.err) == (0, "")
    holds(run.out, "98977", "16", "Sources:", "2026-03-31")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("12345",), "there is no rule for this code"),
        (("98977", "--on", "never"), "2026-03-20"),
        (("98977", "--rules", "/no/rules"), "rules"),
    ],
)
def test_a_rule_that_is_not_there(words: Sequence[str], sentence: str) -> None:
    run = command("rule", *words)
    assert (run.code, run.out) == (2, "")
    one_sentence(run.err, sentence)


def test_the_shipped_rulebook_is_sound_and_its_scenarios_pass() -> None:
    run = command("check")
    assert (run.code, run.err) == (0, "")
    holds(run.out, "sound", "0 failed")


def test_a_broken_rule_is_named_with_its_place_and_nothing_is_written(
    practice: Practice, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in (ROOT / "rules").rglob("*"):
        if path.is_file():
            copy = rules / path.relative_to(ROOT / "rules")
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    broken = rules / "rtm.yaml"
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text.replace("at_least:", "at_last:", 1), encoding="utf-8")
    line = text[: text.index("at_least:")].count("\n") + 1
    for run in (
        practice.audit("--rules", rules, "-o", tmp_path / "out.csv"),
        command("check", rules),
        command("rule", "98977", "--rules", rules),
    ):
        assert (run.code, run.out) == (2, "")
        holds(run.err, f"rtmaudit: rtm.yaml:{line}: ", "at_last")
    assert not (tmp_path / "out.csv").exists()


def test_a_scenario_that_fails_is_2(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "rtm.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    run = command("check", ROOT / "rules", folder)
    assert run.code == 2
    one_sentence(run.err, "rtm.yaml: ", "scenarios")


def test_the_demo_audits_the_sample_practice(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("rtmaudit.commands.demo.shipped", lambda _: practice.folder)
    run = command("demo")
    assert (run.code, run.err) == (0, "")
    assert run.out == practice.audit().out
    assert command("demo", "--view", "billing", "--format", "tsv").out.startswith("patient_id\tse")
    assert command("demo", "-o", tmp_path / "demo.json").code == 0
    assert json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))["month"] == "2026-03"


def test_help_loads_no_library_of_data() -> None:
    code = (
        "import sys; from rtmaudit.cli import main; sys.argv = ['rtmaudit', '--help']; main(); "
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.splitlines()[-1].split())
    assert "typer" in loaded
    assert not loaded & {"pandas", "numpy", "duckdb", "pyspark", "pydantic", "yaml", "rich"}
    assert not loaded & {"jinja2", "markupsafe", "xlsxwriter"}


# --- on a terminal ------------------------------------------------------------------------------


def on_terminal(
    width: int, *words: object, env: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit code, standard output on a terminal of this width, standard error."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "rtmaudit", *map(str, words)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=surroundings() | {"TERM": "xterm-256color"} | (env or {}),
    ) as running:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b""))
        assert running.stderr is not None
        err = running.stderr.read().decode()
    os.close(ours)
    return running.returncode, shown.decode().replace("\r\n", "\n"), err


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_progress_shows_on_a_terminal_after_a_while_and_is_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.progress(quiet=False) as say:
        time.sleep(0.2)
        say("reading \x1b[2Jreadings.csv")
        time.sleep(0.3)
    shown = capsys.readouterr().err
    assert "reading \\x1b[2Jreadings.csv" in shown
    with progress.progress(quiet=True) as say:
        say("anything")
    assert capsys.readouterr().err == ""


def test_progress_does_not_show_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress(quiet=False) as say:
        say("anything")
    assert capsys.readouterr().err == ""


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("view", ["patients", "codes", "billing"])
@pytest.mark.parametrize("width", [80, 100])
def test_a_table_is_never_wider_than_the_terminal(
    practice: Practice, width: int, view: str
) -> None:
    long = "A-rather-long-medical-record-number-0001"
    practice.write("patients.csv", f"patient_id,payer,biller\nP1,Medicare,Dr A\n{long},M,Dr B\n")
    practice.write(
        "readings.csv",
        readings(*days_of_march("P1", *range(1, 21)), *days_of_march(long, *range(1, 20))),
    )
    code, shown, _ = on_terminal(width, "audit", practice.folder, *AS_OF, "--view", view)
    assert code == 0
    lines = plain(shown).splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in plain(shown)
    assert "P1" in plain(shown)
    assert "rtmaudit 2026-03" in plain(shown)


def test_on_a_terminal_the_head_and_the_summary_stand_in_the_table_alone(
    practice: Practice,
) -> None:
    code, shown, err = on_terminal(100, "audit", practice.folder, *AS_OF)
    assert code == 0
    holds(plain(shown), "rtmaudit 2026-03, as of 2026-04-01", "3 patients; findings:", "P3")
    assert err == ""


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl"])
def test_on_a_terminal_another_format_may_be_asked_for(practice: Practice, name: str) -> None:
    _, shown, _ = on_terminal(80, "audit", practice.folder, *AS_OF, "--format", name)
    expected = practice.audit("--format", name).out
    assert shown.expandtabs() == expected.expandtabs()


def test_a_table_in_a_pipe_is_not_cut(practice: Practice) -> None:
    long = "P" + "x" * 150
    practice.write("patients.csv", f"patient_id,payer\n{long},M\n")
    practice.write("readings.csv", readings(*days_of_march(long, 1, 2)))
    (practice.folder / "time_log.csv").unlink()
    for view in ("patients", "codes", "billing"):
        words = ("audit", practice.folder, *AS_OF, "--format", "table", "--view", view)
        run = process(*words)
        assert run.stdout.count("x") >= 150
        assert "…" not in run.stdout


@pytest.mark.parametrize(
    ("env", "words", "coloured"),
    [
        ({}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({}, ("--no-color",), False),
        ({"TERM": "dumb"}, (), False),
    ],
)
def test_colour_is_for_those_who_want_it(
    practice: Practice, env: dict[str, str], words: Sequence[str], coloured: bool
) -> None:
    _, shown, _ = on_terminal(100, "audit", practice.folder, *AS_OF, *words, env=env)
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", shown)) is coloured


def test_colour_may_be_turned_off_in_the_mapping_file(practice: Practice) -> None:
    practice.configure(BY_MONTH + ZONE + "no_color: true\n")
    _, shown, _ = on_terminal(100, "audit", practice.folder, *AS_OF)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown)


def test_colour_can_be_forced_into_a_pipe_and_never_into_a_file(
    practice: Practice, tmp_path: Path
) -> None:
    words = ("audit", practice.folder, *AS_OF, "--format", "table")
    assert "\x1b" not in process(*words).stdout
    assert "\x1b[" in process(*words, env={"FORCE_COLOR": "1"}).stdout
    process(*words, "-o", tmp_path / "out.txt", env={"FORCE_COLOR": "1"})
    assert "\x1b" not in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_used_lines_are_told_with_verbose(practice: Practice) -> None:
    document = practice.document()
    assert file(document, "readings.csv")["used"] == 21
    holds(practice.audit("--verbose").err, "readings.csv: 22 records: 21 used")
