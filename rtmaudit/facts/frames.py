"""The canonical tables as counting gets them: frames, the names of their files, their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rtmaudit.facts.ruling import Place


@dataclass(slots=True)
class Frames:
    """The frames, the names of their files and the columns that the exports had."""

    frames: Mapping[str, pd.DataFrame]
    files: Mapping[str, list[str]]
    columns: Mapping[str, frozenset[str]]

    def get(self, name: str) -> pd.DataFrame | None:
        """A frame, or None where no export holds the table."""
        return self.frames.get(name)

    def of_files(self, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
        """The lines of each file of a table, under its name."""
        frame = self.get(name)
        if frame is not None:
            for i, file in enumerate(self.files[name]):
                yield file, frame[frame["file"] == i]

    def copy(self) -> Frames:
        """The same lines, to be sifted on trial."""
        copies = {name: frame.copy() for name, frame in self.frames.items()}
        return Frames(copies, self.files, self.columns)

    def place(self, name: str, row: Mapping[Any, Any]) -> Place:
        """Where a row of a table stands."""
        return self.files[name][row["file"]], int(row["line"])
