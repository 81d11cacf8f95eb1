"""The rows of a frame as plain mappings."""

from __future__ import annotations

from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Every row, by the names of its columns. The cells of our frames are Python's own values, so
    nothing needs to be unboxed."""
    names = list(frame.columns)
    cells = (frame[name].tolist() for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
