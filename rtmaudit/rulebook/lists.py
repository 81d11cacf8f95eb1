"""Public lists that rules count by, kept as data with their name and version."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from rtmaudit.errors import Fault, RulebookError

CONDITIONS_GLOB = "chronic-conditions-*.csv"
CHRONIC = 1
NOT_CHRONIC = 0


def read_conditions(folder: Path) -> Mapping[str, int]:
    """ICD-10-CM code, without its dot -> 1 chronic, 0 not chronic, 9 no determination."""
    paths = sorted(folder.glob(CONDITIONS_GLOB))
    if not paths:
        raise RulebookError([Fault(CONDITIONS_GLOB, 0, "", f"is missing in {folder}")])
    with paths[-1].open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, strict=True)
        next(rows)
        return {code: int(mark) for code, mark in rows}
