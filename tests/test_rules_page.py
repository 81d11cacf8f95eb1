"""rules/README.md and the JSON Schemas say what the rules are; both are made from them."""

from __future__ import annotations

import json
import re
import runpy
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rules_page
from rulebooks import shipped_rules

from rtmaudit import strict_yaml
from rtmaudit.rulebook.editor_schema import as_text, schema_of, schemas
from rtmaudit.shipped import shipped

RULES = shipped("rules")
FILES = sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml"))
PAGE = rules_page.PAGE.read_text(encoding="utf-8")


def test_the_generated_parts_of_the_page_are_up_to_date() -> None:
    assert rules_page.written(PAGE, shipped_rules()) == PAGE


def test_a_page_without_a_place_for_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="0 places for coverage"):
        rules_page.written("nothing", shipped_rules())


def test_every_code_of_the_rules_has_a_line() -> None:
    codes = {code for file in shipped_rules().files.values() for code in file.codes}
    assert codes == set(re.findall(r"^\| ([0-9A-Z]\d{4}) \|", PAGE, re.MULTILINE))


def test_the_twenty_six_contested_points_are_answered_and_name_points_that_there_are() -> None:
    rows = re.findall(r"^\| (\d{1,2}) \| [^|]+ \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 27))
    named = {point for _, here in rows for point in re.findall(r"`([a-z0-9-]+)`", here)}
    assert named and named <= shipped_rules().points.keys()


# ---- the schemas ----


def test_the_published_schemas_are_those_of_the_grammar() -> None:
    published = {path.name: path.read_text(encoding="utf-8") for path in RULES.glob("schema/*")}
    assert published == {name: as_text(schema) for name, schema in schemas().items()}


def validator(file: str) -> Any:
    schema = json.loads((RULES / "schema" / schema_of(file)).read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=jsonschema.FormatChecker())


def as_editors_see(value: Any) -> Any:
    """An editor takes a bare day for text."""
    if isinstance(value, dict):
        return {str(key): as_editors_see(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_editors_see(each) for each in value]
    return str(value) if isinstance(value, date) else value


def read(file: str) -> Any:
    return as_editors_see(strict_yaml.read(RULES / file).value)


@pytest.mark.no_cover
@pytest.mark.parametrize("file", FILES)
def test_every_shipped_file_follows_its_schema(file: str) -> None:
    assert [error.message for error in validator(file).iter_errors(read(file))] == []


@pytest.mark.parametrize("file", FILES)
def test_every_shipped_file_tells_editors_its_schema(file: str) -> None:
    first = (RULES / file).read_text(encoding="utf-8").splitlines()[0]
    up = "../" * file.count("/")
    assert first == f"# yaml-language-server: $schema={up}schema/{schema_of(file)}"


def test_a_misspelt_key_and_a_day_that_is_none_do_not_follow_the_schema() -> None:
    changes: list[dict[str, Any]] = [{"codez": {}}, {"every": {"service_date": {"soon": {}}}}]
    for change in changes:
        broken = {**read("rtm.yaml"), **change}
        assert list(validator("rtm.yaml").iter_errors(broken)), change


def test_the_page_names_each_file_of_the_rules() -> None:
    for file in FILES:
        name = Path(file).name if "/" not in file else f"`{Path(file).stem}`"
        assert name in PAGE, file


def test_the_schemas_are_written_by_their_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "rtmaudit.rulebook.editor_schema")
    monkeypatch.setattr(sys, "argv", ["schema", str(tmp_path)])
    runpy.run_module("rtmaudit.rulebook.editor_schema", run_name="__main__")
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert written == {name: as_text(schema) for name, schema in schemas().items()}
