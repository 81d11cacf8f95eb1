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
_BITS = ("days", "barred")
"""Columns of bits; all other numbers of a group are small."""


def groups_of(name: str, cells: Mapping[str, Cells]) -> pd.DataFrame:
    """Groups of a table by their columns, in the order of patients; columns that are not given are
    zero."""
    patients = list(cells["patient"])
    # Sorting costs a database more memory than it may have.
    order = np.array(sorted(range(len(patients)), key=patients.__getitem__), np.int64)
    zeros = np.zeros(len(patients))
    return pd.DataFrame({c: _column(c, cells.get(c, zeros), order) for c in GROUPED[name]})


def _column(name: str, found: Cells, order: npt.NDArray[np.int64]) -> pd.Series[Any]:
    kind = object if name in _TEXTS else np.int64 if name in _BITS else np.int32
    return pd.Series(np.asarray(found, kind)[order], dtype=kind)
