"""What can befall an export on its way: the families of the Pollock benchmark, and some more, made
anew over each canonical table. Each case has the clean table as its truth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from spoilable import TABLES

from . import around, cells, whole
from .case import FAMILIES, Case

__all__ = ["FAMILIES", "Case", "around", "cases", "cells", "whole"]


def cases(tables: Sequence[str] = tuple(TABLES), families: Sequence[str] = ()) -> Iterator[Case]:
    """Every case of these tables and families."""
    for name, make in FAMILIES.items():
        if name not in (families or FAMILIES):
            continue
        for table in tables:
            rows = list(csv.reader(io.StringIO(TABLES[table])))
            for label, text, more in make(table, rows):
                yield Case(name, label, table, text, **more)  # type: ignore[arg-type]
