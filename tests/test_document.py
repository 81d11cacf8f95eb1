"""The JSON document is a contract: its published schema is made from the types that write it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from rtmaudit.cli import main
from rtmaudit.formats import shapes
from rtmaudit.shipped import shipped

PUBLISHED = Path(shapes.__file__).with_name("audit-1.schema.json")


def document(capsys: pytest.CaptureFixture[str], *more: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        command = ["audit", str(shipped("samples")), "--month", "2026-03", "--as-of", "2026-04-01"]
        patch.setattr("sys.argv", ["rtmaudit", *command, "--quiet", *more])
        assert main() == 0
    return capsys.readouterr().out


def schema() -> dict[str, Any]:
    made: dict[str, Any] = TypeAdapter(shapes.Audit).json_schema()
    made |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": shapes.SCHEMA}
    return made


def test_the_published_schema_is_the_one_that_the_writer_follows() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema()


def test_the_sample_document_has_the_shape_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = json.loads(document(capsys, "--format", "json", "--evidence"))
    TypeAdapter(shapes.Audit).validate_python(found)
    assert set(found) == set(shapes.Audit.__annotations__)
    for patient in found["patients"]:
        assert set(patient) == set(shapes.PatientShape.__annotations__)
        for finding in patient["findings"]:
            assert set(finding) == set(shapes.FindingShape.__annotations__)


def test_json_lines_hold_the_same_parts(capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(document(capsys, "--format", "json"))
    head, *patients, tail = map(json.loads, document(capsys, "--format", "jsonl").splitlines())
    assert {**head, "patients": patients, **tail} == whole


def test_the_same_inputs_give_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    first = document(capsys, "--format", "json", "--evidence")
    assert document(capsys, "--format", "json", "--evidence") == first
