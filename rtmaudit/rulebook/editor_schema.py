"""JSON Schemas of the rules' grammar, made from the models that read it: editors complete and check
by them. `python -m rtmaudit.rulebook.editor_schema FOLDER` writes them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from rtmaudit.rulebook.rates import RatesFile
from rtmaudit.rulebook.schema import ConcurrencyFile, FitFile, OverlayFile, ProgramFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Mapping[str, dict[str, Any]]:
    """File name -> schema: of a program, the pairs, the preferences, an overlay and rates."""
    return {
        "program.schema.json": _schema(ProgramFile),
        "concurrency.schema.json": _schema(ConcurrencyFile),
        "fit.schema.json": _schema(FitFile),
        "overlay.schema.json": _overlay(),
        "rates.schema.json": _schema(RatesFile),
    }


def schema_of(path: str) -> str:
    """The schema that a file of the rules follows, by its path within them."""
    if path.startswith("payers/"):
        return "overlay.schema.json"
    named = {
        "concurrency.yaml": "concurrency.schema.json",
        "fit.yaml": "fit.schema.json",
        "fees/rates.yaml": "rates.schema.json",
    }
    return named.get(path, "program.schema.json")


def as_text(schema: Mapping[str, Any]) -> str:
    """A schema as it is published."""
    return json.dumps(schema, indent=1, ensure_ascii=True) + "\n"


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    made = model.model_json_schema()
    return {"$schema": DRAFT, **_short_names(made)}


def _overlay() -> dict[str, Any]:
    """An overlay holds parts of programs' files: the same keys, and none of them is required."""
    made = _schema(OverlayFile)
    part = _schema(ProgramFile)
    parts = {name: {**each} for name, each in part.pop("$defs").items()}
    for name in ("CodeRule", "Every", "Requirement", "Units", "ModifierNote"):
        parts[name].pop("required", None)
    for key in ("$schema", "required", "title", "description"):
        part.pop(key, None)
    made["$defs"] = {**parts, **made["$defs"], "Part": part}
    made["properties"]["programs"]["additionalProperties"] = {"$ref": "#/$defs/Part"}
    return made


def _short_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Readable names for the many kinds of entry."""
    names: dict[str, str] = {}
    for long in schema.get("$defs", {}):
        stem = re.split(r"_|\[", long)[0]
        taken = sum(1 for other in names.values() if re.fullmatch(rf"{stem}\d*", other))
        names[long] = f"{stem}{taken + 1}" if taken or long != stem else stem
    text = json.dumps(schema)
    for long in sorted(names, key=len, reverse=True):
        text = text.replace(f'"#/$defs/{long}"', f'"#/$defs/{names[long]}"')
        text = text.replace(f'"{long}": {{', f'"{names[long]}": {{')
    renamed: dict[str, Any] = json.loads(text)
    return renamed


if __name__ == "__main__":
    for file, made in schemas().items():
        (Path(sys.argv[1]) / file).write_text(as_text(made), encoding="utf-8")
