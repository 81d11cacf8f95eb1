"""The same answer from the careful reader, from DuckDB and from Spark, to the byte."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from plainly import Made, audited, differences, one_spark
from practice import Practice, command, days, file, one_sentence, problems, surroundings

from rtmaudit.exports import open_engine, read
from rtmaudit.exports.spark import Spark, in_utc
from rtmaudit.exports.spark_scan import SparkScan

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
WAYS = {"careful": (1 << 60, "duckdb"), "duckdb": (0, "duckdb"), "spark": (0, "spark")}
JAVA = shutil.which("java") is not None and find_spec("pyspark") is not None

pytestmark = pytest.mark.xdist_group("spark")
"""On one worker, for one Spark is enough."""

needs_java = pytest.mark.skipif(
    not JAVA, reason="Spark needs pyspark and Java, and one is not here"
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    with one_spark() as shared:
        yield shared


ROSTER = "patient_id,programs,enrolled_on\n" + "".join(
    f"{each},rtm,2026-01-05\n" for each in ("P1", "0012", "12", "1E5", "NA1", "Zoë")
)
CONFIGURATION = "timezone: America/New_York\nwindow_mode: calendar_month\n"
GOOD = "P1,2026-03-02T08:00:00-05:00,musculoskeletal,D1\n"

# Clocks go forward on 8 March and back on 1 November. A bad line costs a line, and no more.
OFFSETS = f"""patient_id,recorded_at,system,device_id
{GOOD}P1,2026-03-08T01:59:59-05:00,musculoskeletal,D1
P1,2026-03-08T03:00:00-04:00,musculoskeletal,D1
P1,2026-03-10T23:59:59-04:00,musculoskeletal,D1
0012,2026-03-10T23:30:00-05:00,musculoskeletal,
0012,2026-03-12 08:00:00-04:00,musculoskeletal,
P1,2026-03-11T24:00:00-04:00,musculoskeletal,D1
P1,2026-03-12T23:59:60-04:00,musculoskeletal,D1
P1,2026-03-13T08:00:00-99:99,musculoskeletal,D1
P1,epoch,musculoskeletal,D1
P1,2026-03-14T08:00:00 America/New_York,musculoskeletal,D1
P1,1970-01-01T00:00:00-05:00,musculoskeletal,D1
P1,,musculoskeletal,D1
,2026-03-15T08:00:00-04:00,musculoskeletal,D1
P1,2026-03-15T08:00:00-04:00,knee,D1
P1,2026-03-16T08:00:00-04:00,musculoskeletal
P1,2026-03-17T08:00:00-04:00,musculoskeletal,D1,
P1,2026-03-18T08:00:00-04:00,musculoskeletal,D1,x
P1,2026-03-19T08:00-04:00,musculoskeletal,D1
12,2026-03-20T08:00:00-04:00,musculoskeletal,D2
"""
ZULU = """system;patient_id;recorded_at;source;battery
musculoskeletal;12;2026-03-08T04:59:59Z;device;90
musculoskeletal;12;2026-03-08T05:00:00Z;app;
musculoskeletal;1E5;2026-03-10T03:59:59Z;;80
musculoskeletal;1E5;2026-03-10T04:00:00Z;device;80
musculoskeletal;NA1;2026-04-01T03:59:59Z;device;80
musculoskeletal;NA1;2026-04-01T04:00:00Z;device;80
musculoskeletal;Zoë;2026-03-09T12:00:00Z;device;80
"""
FRACTIONS = """recorded_at\tpatient_id\tsystem
2026-03-03T23:59:59.999999-05:00\tP1\tmusculoskeletal
2026-03-04T00:00:00.000001-05:00\tP1\tmusculoskeletal
2026-03-04T00:00:00.5-05:00\tP1\tmusculoskeletal
2026-03-20T12:00:00.25-04:00\t12\tmusculoskeletal"""
DAYS = """patient_id,recorded_at,system
NA1,2026-03-01,musculoskeletal
NA1,2026-02-28,musculoskeletal
0012,2026-03-31,musculoskeletal
"""
MARCH = Made(
    {
        "rtmaudit.yaml": CONFIGURATION,
        "patients.csv": ROSTER,
        "readings_a.csv": OFFSETS,
        "readings_b.csv": ZULU,
        "readings_c.tsv": FRACTIONS,
        "readings_d.csv": DAYS,
    },
    "2026-03",
    "2026-04-01",
)
LOCAL = """patient_id,recorded_at,system
P1,2026-11-01T01:30:00,musculoskeletal
P1,2026-11-01T23:59:59,musculoskeletal
P1,2026-11-02T00:00:00,musculoskeletal
0012,2026-11-05T12:00:00.5,musculoskeletal
"""
ZULU_BACK = """patient_id,recorded_at,system
12,2026-11-01T03:59:59Z,musculoskeletal
12,2026-11-01T04:00:00Z,musculoskeletal
12,2026-11-02T04:59:59Z,musculoskeletal
12,2026-11-02T05:00:00Z,musculoskeletal
"""
OFFSETS_BACK = """patient_id,recorded_at,system
NA1,2026-11-01T01:30:00-04:00,musculoskeletal
NA1,2026-11-01T01:30:00-05:00,musculoskeletal
NA1,2026-11-30T23:30:00-06:00,musculoskeletal
"""
NOVEMBER = Made(
    {
        "rtmaudit.yaml": CONFIGURATION,
        "patients.csv": ROSTER,
        "readings_a.csv": LOCAL,
        "readings_b.csv": ZULU_BACK,
        "readings_c.csv": OFFSETS_BACK,
    },
    "2026-11",
    "2026-12-01",
)


def three(files: Made, tmp_path: Path) -> tuple[Any, dict[str, int]]:
    """The document on which all three ways agree, and how many groups each judged by."""
    runs = {}
    for way, how in WAYS.items():
        (tmp_path / way).mkdir()
        runs[way] = audited(files, tmp_path / way, *how)
    said = {way: run for way, (run, _) in runs.items()}
    assert said["duckdb"] == said["careful"]
    assert said["spark"] == said["careful"]
    groups = {way: kept for way, (_, kept) in runs.items()}
    assert groups["careful"] == 0
    careful = said["careful"]
    return (careful.document if careful.code == 0 else careful.err), groups


@needs_java
def test_a_march_of_many_shapes(spark: Spark, tmp_path: Path) -> None:
    document, groups = three(MARCH, tmp_path)
    # Of P1 there are lines in doubt: at most a day for each, but for those of no day.
    assert days(document)[0] == 6
    assert {each: days(document, each) for each in ("0012", "12", "1E5", "NA1", "Zoë")} == {
        "0012": (3, 3),
        "12": (3, 3),
        "1E5": (2, 2),
        "NA1": (2, 2),
        "Zoë": (1, 1),
    }
    told = [(line, kind) for line, _, kind in problems(document, "readings_a.csv")]
    assert told == [
        (8, "unreadable_date"),
        (9, "unreadable_date"),
        (10, "unreadable_date"),
        (11, "unreadable_date"),
        (12, "unreadable_date"),
        (13, "implausible_date"),
        (14, "empty_cell"),
        (15, "empty_cell"),
        (16, "unknown_word"),
        (17, "row_width"),
        (18, "row_width"),
        (19, "row_width"),
    ]
    assert file(document, "readings_a.csv")["records"] == 20
    # A line that ends with a delimiter more is none that DuckDB tells: it leaves the file.
    assert groups["spark"] >= groups["duckdb"] > 0


@needs_java
def test_a_november_of_many_shapes(spark: Spark, tmp_path: Path) -> None:
    document, groups = three(NOVEMBER, tmp_path)
    assert {each: days(document, each) for each in ("P1", "0012", "12", "NA1")} == {
        "P1": (2, 2),
        "0012": (1, 1),
        "12": (2, 2),
        "NA1": (1, 1),
    }
    # A line that ends with a delimiter more is none that DuckDB tells: it leaves the file.
    assert groups["spark"] >= groups["duckdb"] > 0


@needs_java
@pytest.mark.parametrize(("folder", "month"), [("", "2026-03"), ("2026-04", "2026-04")])
def test_the_samples_are_the_same_on_all_three(folder: str, month: str, spark: Spark) -> None:
    asked = ("audit", SAMPLES / folder, "--month", month, "--as-of", "2026-05-01")
    words = (*asked, "--format", "json", "--evidence")
    runs = []
    for least, engine in WAYS.values():
        with mock.patch.object(read, "LARGE", least):
            runs.append(command(*words, "--engine", engine))
    assert runs[0].code == 0
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]


@needs_java
@pytest.mark.parametrize(
    "line",
    [
        "",
        'P1,2026-03-10T08:00:00-04:00,"musculoskeletal",D1',
        "P1,2026-03-10T08:00:00-04:00,musculoskeletal,D1\r",
        "P1,2026-03-10T08:00:00-04:00,musculo\0skeletal,D1",
        b"P1,2026-03-10T08:00:00-04:00,musculoskeletal,Zo\xeb",
        "patient_id,recorded_at,system,device_id",
        ",,,",
    ],
)
def test_what_a_reader_of_lines_would_let_pass(
    line: str | bytes, spark: Spark, tmp_path: Path
) -> None:
    runs = []
    for way, (least, engine) in WAYS.items():
        practice = Practice(tmp_path / way)
        practice.folder.mkdir()
        practice.configure(CONFIGURATION)
        practice.write("patients.csv", ROSTER)
        head, *rest = OFFSETS.splitlines()[:5]
        lines = [head, *rest, line, *rest]
        found = [each if isinstance(each, bytes) else each.encode() for each in lines]
        practice.write("readings.csv", b"\n".join(found) + b"\n")
        with mock.patch.object(read, "LARGE", least):
            runs.append(practice.audit("--format", "json", "--engine", engine))
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]


@needs_java
def test_made_practices_are_read_alike(spark: Spark) -> None:
    found = list(differences(range(1, 6), "spark"))
    assert [(seed, said) for seed, _, said in found if said] == []
    assert any(kept for _, kept, _ in found)


@needs_java
def test_a_folder_whose_name_spark_would_take_for_a_pattern(spark: Spark, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "march {2,3} [2]?*\\", tmp_path / "march 2 2"
    for folder, number in ((ours, 5), (theirs, 9)):
        folder.mkdir()
        stamps = "".join(f"P1,2026-03-{n:02},musculoskeletal\n" for n in range(1, number + 1))
        readings = "patient_id,recorded_at,system\n" + stamps
        files = {"rtmaudit.yaml": CONFIGURATION, "patients.csv": ROSTER, "readings.csv": readings}
        run, kept = audited(Made(files, "2026-03", "2026-04-01"), folder, 0, "spark")
        assert (days(run.document), kept) == ((number, number), 1)


@needs_java
def test_what_spark_wrote_is_read_alike(spark: Spark, tmp_path: Path) -> None:
    """A folder of parts is one table, CSV or Parquet, and its days are the same on all three."""
    session = spark.session
    rows = " UNION ALL ".join(
        f"SELECT '0012' AS patient_id, TIMESTAMP '2026-03-{n:02} 03:59:59Z' AS recorded_at, "
        "'musculoskeletal' AS system"
        for n in range(9, 14)
    )
    for form in ("csv", "parquet"):
        practice = Practice(tmp_path / form)
        practice.folder.mkdir()
        practice.configure(CONFIGURATION)
        practice.write("patients.csv", ROSTER)
        written = session.sql(rows).repartition(3).write.option("header", True)
        written.format(form).save(f"file://{practice.folder}/readings.{form}")
        runs = []
        for least, engine in WAYS.values():
            with mock.patch.object(read, "LARGE", least):
                runs.append(practice.audit("--format", "json", "--engine", engine))
        # 03:59:59 UTC is 23:59:59 of the day before, of 8 March on.
        assert days(runs[0].document, "0012") == (5, 5)
        parts = [each for each in runs[0].document["inputs"] if each["role"] == "readings"]
        assert sum(each["used"] for each in parts) == 5
        assert len(parts) > 1
        assert runs[1] == runs[0]
        assert runs[2] == runs[0]
    # Without Spark's mark nothing says what clock its times are of.
    part = min(practice.folder.glob("readings.parquet/*.parquet"))
    marked = part.read_bytes()
    assert marked.count(b"org.apache.spark.version") == 1
    part.write_bytes(marked.replace(b"apache.spark", b"apache.flink"))
    one_sentence(practice.refusal(), f"{part.name}: ", "INT96", "UTC")


@needs_java
def test_a_path_written_as_a_uri(spark: Spark, tmp_path: Path) -> None:
    folder = tmp_path / "march of 2026"
    folder.mkdir()
    run, _ = audited(NOVEMBER, folder, 0, "spark")
    words = ("--month", "2026-11", "--as-of", "2026-12-01", "--format", "json", "--all")
    uri = folder.as_uri()
    assert "%20" in uri
    assert command("audit", uri, *words, "--engine", "spark") == run
    far = command("audit", "hdfs://cluster/march", *words, "--engine", "spark")
    assert (far.code, far.out) == (2, "")
    one_sentence(far.err, "hdfs:/cluster/march: is not on this machine")


@needs_java
def test_the_statement_of_the_documentation_for_spark(spark: Spark, tmp_path: Path) -> None:
    """It says what the tool counts itself of the same instants, around midnight and the change."""
    page = (SAMPLES.parent / "docs" / "large-exports.md").read_text(encoding="utf-8")
    (line,) = (each for each in page.splitlines() if each.startswith("| Spark |"))
    statement = line.split("`")[1]
    stamps = [f"2026-03-{day:02}T0{hour}:30:00Z" for day in range(2, 28) for hour in (3, 4, 5)]
    text = "patient_id,recorded_at,system\n" + "".join(
        f"P1,{each},musculoskeletal\n" for each in stamps[::2]
    )
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    session = spark.session
    own = session.read.csv(f"file://{tmp_path}/own.csv", header=True)
    own.selectExpr("patient_id", "CAST(recorded_at AS TIMESTAMP)", "system").createTempView(
        "readings"
    )
    session.sql(statement).coalesce(1).write.option("header", True).csv(f"file://{tmp_path}/there")
    (part,) = (tmp_path / "there").glob("part-*.csv")
    found = []
    for name, readings in (("own", text), ("elsewhere", part.read_text(encoding="utf-8"))):
        (tmp_path / name).mkdir()
        files = {"rtmaudit.yaml": CONFIGURATION, "patients.csv": ROSTER, "readings.csv": readings}
        run, _ = audited(Made(files, "2026-03", "2026-04-01"), tmp_path / name, 0, "spark")
        found.append(run.document["patients"])
    assert found[0] == found[1]


@needs_java
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ("No space left on device, of P1", "there is not enough memory or disk to read it"),
        ("P1,2026-03-02", "Spark cannot read it"),
    ],
)
def test_a_failure_of_spark_is_told_without_its_words(
    failure: str,
    told: str,
    spark: Spark,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    statement = f"SELECT 1 AS number, raise_error('{failure}') || '' AS c0, '' AS c1, '' AS c2"
    monkeypatch.setattr(SparkScan, "_records", lambda *_, **__: statement)
    run, _ = audited(NOVEMBER, tmp_path, 0, "spark")
    assert (run.code, run.out) == (5, "")
    one_sentence(run.err, "readings_a.csv: ", told)
    assert "P1" not in run.err
    # Spark's own loggers write past the stream that the run was given.
    assert capfd.readouterr() == ("", "")


@needs_java
def test_the_session_is_of_utc_and_another_is_refused(spark: Spark) -> None:
    assert in_utc(spark.session)
    spark.session.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        assert not in_utc(spark.session)
    finally:
        spark.session.conf.set("spark.sql.session.timeZone", "UTC")


def test_an_engine_that_is_none(tmp_path: Path) -> None:
    practice = Practice(tmp_path)
    practice.configure(CONFIGURATION)
    practice.write("readings.csv", DAYS)
    one_sentence(practice.fault("--engine", "flink"), "--engine takes duckdb or spark; not flink")
    practice.configure(CONFIGURATION + "engine: flink\n")
    one_sentence(practice.fault(), "rtmaudit.yaml:3: engine", "duckdb", "spark")


def test_without_pyspark_or_java_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = Practice(tmp_path)
    practice.configure(CONFIGURATION + "engine: spark\n")
    practice.write("readings.csv", DAYS)
    monkeypatch.setattr("rtmaudit.pipeline.conduct.open_engine", open_engine)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    one_sentence(practice.fault(), "Java 17", "apt-get install", "leave the engine out")
    with mock.patch("rtmaudit.exports.spark.find_spec", return_value=None):
        one_sentence(practice.fault(), "pip install 'rtmaudit[spark]'", "leave the engine out")
    assert practice.audit("--engine", "duckdb").code == 0


def begun(folder: Path, *words: object, **env: str) -> tuple[subprocess.Popen[str], Path, Path]:
    """An audit on Spark as a process of its own, its folder for what it spills, and its output."""
    spill, out = folder / "spill", folder / "out.csv"
    spill.mkdir()
    running = subprocess.Popen(
        [sys.executable, "-m", "rtmaudit", "audit", str(folder / "practice"), *map(str, words)]
        + ["--month", "2026-03", "--engine", "spark", "-o", str(out)],
        env=surroundings() | {"TMPDIR": str(spill)} | env,
        stderr=subprocess.PIPE,
        text=True,
    )
    return running, spill, out


def large(folder: Path, readings: str, times: int) -> None:
    """A practice with so many of these readings."""
    practice = Practice(folder / "practice")
    practice.folder.mkdir()
    practice.configure(CONFIGURATION)
    practice.write("patients.csv", ROSTER)
    path = practice.write("readings.csv", "patient_id,recorded_at,system,device_id\n")
    with path.open("a", encoding="utf-8") as stream:
        for _ in range(times):
            stream.write(readings)


def java_in(folder: Path) -> list[str]:
    """The Java processes that were told of a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = each.read_bytes()
        except OSError:
            continue
        if b"java" in line and str(folder).encode() in line:
            found.append(each.parent.name)
    return found


WORKING = "rtmaudit-scratch-*/blockmgr-*"


def wait(spill: Path, when: str) -> None:
    """Until Spark has come so far."""
    until = time.monotonic() + 120
    while not (list(spill.glob(when)) and java_in(spill)) and time.monotonic() < until:
        time.sleep(0.1)


@needs_java
@pytest.mark.parametrize(
    ("number", "code", "when"),
    [
        (signal.SIGINT, 130, WORKING),
        (signal.SIGTERM, 143, WORKING),
        (signal.SIGTERM, 143, "rtmaudit-scratch-*"),
    ],
)
def test_a_run_that_is_ended_while_spark_starts_or_works_leaves_nothing(
    number: int, code: int, when: str, tmp_path: Path
) -> None:
    large(tmp_path, GOOD * 20_000, 150)
    running, spill, out = begun(tmp_path)
    with running:
        wait(spill, when)
        assert {each.stat().st_mode & 0o077 for each in spill.iterdir()} == {0}
        running.send_signal(number)
        _, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (code, "")
    assert list(spill.iterdir()) == []
    assert java_in(spill) == []
    assert not out.exists()


@needs_java
def test_where_the_system_ends_spark_nothing_is_written(tmp_path: Path) -> None:
    """As it does with a process that takes more memory than there is."""
    large(tmp_path, GOOD * 20_000, 150)
    running, spill, out = begun(tmp_path)
    with running:
        wait(spill, f"{WORKING}/*/*shuffle*")
        for process in java_in(spill):
            os.kill(int(process), signal.SIGKILL)
        _, err = running.communicate(timeout=120)
    assert running.returncode == 5, err
    assert err == "rtmaudit: readings.csv: there is not enough memory or disk to read it\n"
    assert list(spill.iterdir()) == []
    assert not out.exists()


@needs_java
def test_where_the_memory_does_not_suffice_nothing_is_written(tmp_path: Path) -> None:
    """One line that is longer than the memory of the Java process; a hole in the file, no bytes."""
    large(tmp_path, GOOD, 1)
    readings = tmp_path / "practice" / "readings.csv"
    with readings.open("r+b") as stream:
        stream.truncate(1 << 30)
    memory = {"PYSPARK_SUBMIT_ARGS": "--driver-memory 512m pyspark-shell"}
    running, spill, out = begun(tmp_path, **memory)
    with running:
        _, err = running.communicate(timeout=240)
    assert running.returncode == 5, err
    assert err == "rtmaudit: readings.csv: there is not enough memory or disk to read it\n"
    assert list(spill.iterdir()) == []
    assert java_in(spill) == []
    assert not out.exists()


@needs_java
def test_spark_says_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    large(tmp_path, GOOD, 3)
    before = set(Path.cwd().iterdir())
    running, spill, out = begun(tmp_path, "--quiet", "--as-of", "2026-04-01")
    with running:
        _, err = running.communicate(timeout=240)
    assert (running.returncode, err) == (0, "")
    assert out.read_text(encoding="utf-8").count("\nP1,") == 1
    assert list(spill.iterdir()) == []
    assert java_in(spill) == []
    assert set(Path.cwd().iterdir()) == before
