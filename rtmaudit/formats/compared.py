"""Two JSON documents of audits -> what changed between them: every verdict, with the needs and the
lines that turned it, and every leap in what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.formats.shapes import SCHEMA, Audit, FindingShape, NeedShape
from rtmaudit.report import words
from rtmaudit.report.views import Cell, ColumnKind, View

LEAP = 30
"""Per cent of more or less, above which a number is told (failure mode F20)."""

COLUMNS = [
    "patient_id",
    "program",
    "code",
    "period_start",
    "period_end",
    "before",
    "units_before",
    "after",
    "units_after",
    "needs",
    "lines",
]
_FROM_EXPORTS = ("patient_id", "lines")
NOT_THERE = "not_applicable"
_Key = tuple[str, str, str, str, str]


def read_document(path: Path) -> Audit:
    """A document that `rtmaudit audit` wrote as JSON. Raises InputsRefused for anything else."""
    try:
        document = TypeAdapter(Audit).validate_json(path.read_bytes())
    except ValidationError:
        raise _refused(path) from None
    if document["schema"] != SCHEMA:
        raise _refused(path)
    return document


def _refused(path: Path) -> InputsRefused:
    sentence = "is no document of an audit; write one with `rtmaudit audit ... -o FILE.json`"
    return InputsRefused([Fault(path.name, 0, "", sentence)])


def changes(before: Audit, after: Audit) -> View:
    """A row for each patient, code and window of which verdict or units differ. What one document
    does not hold is not applicable there. `lines` are the lines of evidence that only the later one
    has, where both were written with --evidence."""
    old, new = _findings(before), _findings(after)
    rows = [
        _row(key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if _said(old.get(key)) != _said(new.get(key))
    ]
    kinds = [(c, ColumnKind.TEXT if c in _FROM_EXPORTS else ColumnKind.OURS) for c in COLUMNS]
    return View("changes", kinds, rows)


def leaps(before: Audit, after: Audit) -> Iterator[str]:
    """Every number of lines, patients or ready codes that rose or fell by more than LEAP."""
    old, new = _numbers(before), _numbers(after)
    for what in old.keys() & new.keys():
        if abs(new[what] - old[what]) * 100 > LEAP * old[what]:
            yield f"{what}: {new[what]}, {old[what]} before"


def _numbers(document: Audit) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for each in document["inputs"]:
        what = f"lines of {each['role']}"
        found[what] = found.get(what, 0) + each["records"]
    found["patients"] = document["totals"]["patients"]
    found["codes ready"] = document["totals"]["by_verdict"].get("ready", 0)
    return found


def _findings(document: Audit) -> dict[_Key, FindingShape]:
    found = {}
    for patient in document["patients"]:
        for each in patient["findings"]:
            window = each["window"]
            place = (each["program"], each["code"], window["start"], window["end"])
            found[(patient["patient_id"], *place)] = each
    return found


def _said(finding: FindingShape | None) -> tuple[str, int]:
    if finding is None or finding["verdict"] == NOT_THERE:
        return NOT_THERE, 0
    return finding["verdict"], finding["units"]


def _row(key: _Key, old: FindingShape | None, new: FindingShape | None) -> Sequence[Cell]:
    lines = _lines(new) if _lines(old) or not old else []
    added = [line for line in lines if line not in _lines(old)]
    return [*key, *_said(old), *_said(new), "; ".join(_needs(old, new)), "; ".join(added)]


def _lines(finding: FindingShape | None) -> list[str]:
    return [f"{line['file']}:{line['line']}" for line in finding["evidence"]] if finding else []


def _needs(old: FindingShape | None, new: FindingShape | None) -> Iterator[str]:
    had = {need["need"]: _have(need) for need in old["needs"]} if old else {}
    for need in new["needs"] if new else []:
        before, now = had.get(need["need"], "-"), _have(need)
        if before != now:
            yield f"{words.name(need['need'])} {before} -> {now}"


def _have(need: NeedShape) -> str:
    if need["have_at_most"] is None:
        return f"{need['have']} or more"
    if need["have"] == need["have_at_most"]:
        return str(need["have"])
    return f"{need['have']} to {need['have_at_most']}"
