"""The canonical tables as counting gets them: frames, the names of their files, their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rtmaudit.facts.groups import concerned
from rtmaudit.facts.ruling import Place
from rtmaudit.facts.seen import Seen, seen_in
from rtmaudit.tables import Span


@dataclass(slots=True)
class Frames:
    """The frames, the names of their files and the columns that the exports had; and the groups of
    readings and of time that came reduced, by patient."""

    frames: Mapping[str, pd.DataFrame]
    files: Mapping[str, list[str]]
    columns: Mapping[str, frozenset[str]]
    groups: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    _seen: dict[tuple[str, Span, int | None], Seen] = field(default_factory=dict)

    def get(self, name: str) -> pd.DataFrame | None:
        """A frame, or None where no export holds the table."""
        return self.frames.get(name)

    def of_files(self, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
        """The lines of each file of a table, under its name."""
        frame = self.get(name)
        if frame is not None:
            for i, file in enumerate(self.files[name]):
                yield file, frame[frame["file"] == i]

    def patients_of(self, name: str, file: int) -> dict[str, int]:
        """The patients of the groups of a file, of whom no line is told."""
        mine = self.groups_of(name, file)
        return {} if mine is None else dict.fromkeys(mine["patient"][concerned(mine)].tolist(), 0)

    def copy(self) -> Frames:
        """The same lines, to be sifted on trial."""
        copies = {name: frame.copy() for name, frame in self.frames.items()}
        return Frames(copies, self.files, self.columns, self.groups)

    def seen(self, name: str, span: Span, file: int | None = None) -> Seen:
        """What the lines of a table, or of one of its files, tell of days and patients. It is
        counted once: sifting changes no day and no patient."""
        if len(self.files[name]) == 1:
            file = 0
        if (name, span, file) not in self._seen:
            frame = self.frames[name]
            frame = frame if file is None else frame[frame["file"] == file]
            self._seen[name, span, file] = seen_in(frame, self.groups_of(name, file), span)
        return self._seen[name, span, file]

    def forget(self) -> None:
        """Let go of what was seen."""
        self._seen.clear()

    def groups_of(self, name: str, file: int | None = None) -> pd.DataFrame | None:
        """The groups of a table, or of one of its files; None where no lines came reduced."""
        groups = self.groups.get(name)
        return groups if groups is None or file is None else groups[groups["file"] == file]

    def place(self, name: str, row: Mapping[Any, Any]) -> Place:
        """Where a row of a table stands."""
        return self.files[name][row["file"]], int(row["line"])
