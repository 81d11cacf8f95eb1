"""Real device readings in vendors' own layouts: every count of days equals that of a few lines of
SQL written independently. The data lie beside the repository and are never copied into it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from practice import answered, command

from rtmaudit.cli import main
from rtmaudit.config import read_config
from rtmaudit.exports import read_tables
from rtmaudit.model import Disposition

pytestmark = pytest.mark.no_cover  # the data are not on every machine

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data"

COUNTS = """
    select patient, strftime(day, '%Y-%m') as month, least(count(distinct day), 30)
    from (select {patient} as patient, strptime({day}, '{pattern}')::date as day
          from read_csv('{path}', all_varchar = true, header = true) where {kept})
    group by all
"""

SETS: dict[str, dict[str, str]] = {
    "lifesnaps": {
        "path": "lifesnaps/daily_2026.csv",
        "patient": "id",
        "day": "date",
        "pattern": "%Y-%m-%d",
        "kept": "steps is not null",
    },
    "fitabase-daily": {
        "path": "fitabase/dailyActivity_merged_2026.csv",
        "patient": "Id",
        "day": "ActivityDate",
        "pattern": "%m/%d/%Y",
        "kept": "TotalSteps <> '0'",
    },
    "fitabase-hourly": {
        "path": "fitabase/hourlySteps_merged_2026.csv",
        "patient": "Id",
        "day": "ActivityDay",
        "pattern": "%m/%d/%Y",
        "kept": "StepTotal <> '0'",
    },
    "fitabase-sleep": {
        "path": "fitabase/sleepDay_merged_2026.csv",
        "patient": "Id",
        "day": "SleepDay",
        "pattern": "%m/%d/%Y",
        "kept": "true",
    },
    "fitabase-weight": {
        "path": "fitabase/weightLogInfo_merged_2026.csv",
        "patient": "Id",
        "day": "Date",
        "pattern": "%m/%d/%Y",
        "kept": "true",
    },
}


def counted_by_sql(name: str) -> dict[tuple[str, str], int]:
    """Person and month -> days with data, at most 30, by SQL over text."""
    if not DATA.is_dir():
        pytest.skip("the real readings are not on this machine")
    spec = SETS[name]
    query = COUNTS.format(**{**spec, "path": DATA / spec["path"]})
    with duckdb.connect() as connection:
        rows = connection.execute(query).fetchall()
    return {(patient, month): days for patient, month, days in rows}


def audited(name: str, month: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """The document of an audit through the mapping file kept beside this test."""
    config = HERE / "real" / f"{name}.yaml"
    path = DATA / SETS[name]["path"]
    with pytest.MonkeyPatch.context() as patch:
        command = ["audit", str(path), "--config", str(config), "--month", month]
        command += ["--as-of", "2027-12-31"]
        patch.setattr("sys.argv", ["rtmaudit", *command, "--format", "json", "--quiet"])
        code = main()
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return json.loads(captured.out)


def days_of(document: Any) -> Iterator[tuple[str, int]]:
    """Patient and the days that the supply codes saw."""
    for patient in document["patients"]:
        seen = {
            need["have"]
            for finding in patient["findings"]
            if finding["window"]["kind"] == "calendar_month"
            for need in finding["needs"]
            if need["fact"] == "reading_days"
        }
        assert len(seen) <= 1
        for days in seen:
            yield patient["patient_id"], days


@pytest.mark.parametrize("name", SETS)
def test_day_counts_equal_those_of_independent_sql(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = counted_by_sql(name)
    found: dict[tuple[str, str], int] = {}
    for month in sorted({month for _, month in expected}):
        document = audited(name, month, capsys)
        found |= {(patient, month): days for patient, days in days_of(document) if days}
    assert found == expected
    assert len(expected) > 5


@pytest.mark.parametrize("name", SETS)
def test_every_line_of_a_real_export_has_one_disposition(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = counted_by_sql(name)
    document = audited(name, max(month for _, month in expected), capsys)
    lines = len((DATA / SETS[name]["path"]).read_bytes().splitlines()) - 1
    (file,) = document["inputs"]
    kept = file["used"] + file["duplicate"]
    assert file["records"] == lines
    assert kept + sum(file["excluded"].values()) + sum(file["quarantined"].values()) == lines
    assert file["quarantined"] == {}


ANSWERS = {
    "lifesnaps": ['steps: ""'],
    "fitabase-daily": ['TotalSteps: "0"'],
    "fitabase-hourly": ["timezone: America/Chicago", 'StepTotal: "0"'],
    "fitabase-sleep": [],
    "fitabase-weight": [],
}
"""What a person answers to the questions of `rtmaudit init`, besides the system."""


def proposed(name: str, folder: Path) -> Path:
    """A folder with the export and the mapping that `init` proposes, each question answered."""
    counted_by_sql(name)
    (folder / Path(SETS[name]["path"]).name).symlink_to(DATA / SETS[name]["path"])
    assert command("init", folder).code == 0
    config = folder / "rtmaudit.yaml"
    text = config.read_text(encoding="utf-8")
    asked = ["system: musculoskeletal", *ANSWERS[name]]
    assert text.count("QUESTION") == len(asked) + text.count(">-") + 1, text
    run = command("audit", folder, "--month", "2026-05")
    assert (run.code, run.out) == (4, ""), "an audit waits for the answers"
    config.write_text("window_mode: calendar_month\n" + answered(text, *asked), encoding="utf-8")
    return config


@pytest.mark.parametrize("name", SETS)
def test_what_init_proposes_and_its_questions_answered_counts_the_same(
    name: str, tmp_path: Path
) -> None:
    expected = counted_by_sql(name)
    config = proposed(name, tmp_path)
    table = read_tables([tmp_path], read_config(config)).get("readings")
    assert table is not None
    used = table.frame[table.frame["disposition"] == Disposition.USED]
    seen = set(zip(used["patient_id"], used["day"], strict=True))
    days = Counter((who, f"{day:%Y-%m}") for who, day in seen)
    assert {each: min(number, 30) for each, number in days.items()} == expected
    ((month, _),) = Counter(month for _, month in expected).most_common(1)
    options = ["--month", month, "--as-of", "2027-12-31", "--format", "json", "--quiet"]
    document = command("audit", tmp_path, *options).document
    found = {(who, month): number for who, number in days_of(document) if number}
    assert found == {each: number for each, number in expected.items() if each[1] == month}
