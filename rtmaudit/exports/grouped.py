"""Groups of lines of plain files, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rtmaudit.tables import GROUPED

Cells = Sequence[Any] | npt.NDArray[Any]

_TEXTS = ("patient", "device")
_WIDE = ("days", "barred")
"""Columns of bits; all other numbers of a group are small."""


def groups_of(name: str, cells: Mapping[str, Cells]) -> pd.DataFrame:
    """Groups of a table by their columns, of which those that are not given are zero."""
    many = len(cells["patient"])
    columns = {column: cells.get(column, np.zeros(many)) for column in GROUPED[name]}
    assert {len(found) for found in columns.values()} == {many}
    return pd.DataFrame({column: _typed(column, found) for column, found in columns.items()})


def _typed(column: str, found: Cells) -> pd.Series[Any]:
    wide = np.int64 if column in _WIDE else np.int32
    return pd.Series(found, dtype=object if column in _TEXTS else wide)
