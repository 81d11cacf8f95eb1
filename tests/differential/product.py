"""What the product says of a practice: its own reading, counting and judging, from files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from rtmaudit.config import read_config
from rtmaudit.model import Finding
from rtmaudit.pipeline import Order, audit, conduct
from rtmaudit.rulebook import book, lists, load_rules
from rtmaudit.shipped import shipped
from rtmaudit.windows import Month

from .practices import File, Practice

RULES = shipped("rules")


class Key(NamedTuple):
    """Which finding is meant."""

    practice: int
    patient: str
    code: str
    start: date
    end: date


class Said(NamedTuple):
    """What is said in a finding."""

    verdict: str
    units: int
    secondary: bool
    due: bool
    day: date | None
    counts: tuple[tuple[str, int, int | None], ...]


def write(practice: Practice, folder: Path) -> None:
    """The exports and the configuration of a practice, in a folder."""
    folder.mkdir()
    for table, files in practice.tables.items():
        for i, file in enumerate(files):
            name = f"{table}.csv" if i == 0 else f"{table}_{i + 1}.csv"
            (folder / name).write_text(_text(file), encoding="utf-8")
    (folder / "rtmaudit.yaml").write_text(_configuration(practice), encoding="utf-8")


def _text(file: File) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, file.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(file.rows)
    return out.getvalue()


def _configuration(practice: Practice) -> str:
    defaults = {"role": practice.default_role, "biller_type": practice.default_biller}
    known = ", ".join(f"{key}: {word}" for key, word in defaults.items() if word)
    lines = [
        f"timezone: {practice.zone}",
        f"window_mode: {practice.window_mode}",
        f"calls_count_as_time: {str(practice.calls_as_time).lower()}",
        f"strict: {str(practice.strict).lower()}",
        f"defaults: {{{known}}}",
    ]
    if practice.positions:
        lines.append("positions:")
    for point, (take, since) in practice.positions.items():
        from_then = f", since: {since}" if since else ""
        lines.append(f"  {point}: {{take: {take}{from_then}}}")
    if practice.covers and "readings" in practice.tables:
        first, last = practice.covers
        lines.append(f"tables: {{readings: {{covers: {{from: {first}, to: {last}}}}}}}")
    return "\n".join(lines) + "\n"


@contextmanager
def rules_read_once() -> Iterator[None]:
    """Within this, the rulebook and its list of conditions are read from their files once and not
    for each practice."""
    with (
        mock.patch.object(conduct, "load_rules", cache(load_rules)),
        mock.patch.object(book, "read_conditions", cache(lists.read_conditions)),
    ):
        yield


def findings(practice: Practice, folder: Path) -> dict[Key, Said]:
    """Every finding of every patient."""
    write(practice, folder)
    month = Month.of(practice.month)
    config = read_config(folder / "rtmaudit.yaml")
    order = Order((folder,), month, practice.as_of, config, RULES, strict=config.strict)
    report = audit(order)
    return {
        Key(practice.number, patient.patient_id, str(f.code), f.window.start, f.window.end): _said(
            f
        )
        for patient in report.patients
        for f in patient.findings
    }


def _days(finding: Finding) -> tuple[date, date]:
    return finding.window.start, finding.window.end


def _said(finding: Finding) -> Said:
    return Said(
        str(finding.verdict),
        finding.units,
        finding.secondary,
        finding.due,
        finding.service_date,
        tuple(sorted(map(_counted, finding.needs))),
    )


def _counted(need: Any) -> tuple[str, int, int | None]:
    return need.name, need.have, need.have_at_most
