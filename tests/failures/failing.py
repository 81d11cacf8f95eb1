"""A row of bad input and what is expected of it, for every table of failure modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from practice import BY_MONTH, ZONE, Practice, days, file, holds, one_sentence


@dataclass(frozen=True)
class Bad:
    """Exports with a failure in them. `secrets` are cells that no message may hold."""

    files: Mapping[str, str]
    config: str = ""
    zone: str = ZONE
    options: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def write(self, practice: Practice) -> None:
        """The exports and the configuration."""
        practice.configure(BY_MONTH + self.zone + self.config)
        practice.options += self.options
        for name, content in self.files.items():
            practice.write(f"{name}.csv", content)


@dataclass(frozen=True)
class Refused(Bad):
    """One sentence at a place, exit code 4, and nothing written."""

    says: tuple[str, ...] = ()

    def check(self, practice: Practice) -> None:
        """The refusal as it is expected."""
        self.write(practice)
        said = practice.refusal("--verbose")
        one_sentence(said, *self.says)
        assert not [cell for cell in self.secrets if cell in said]


@dataclass(frozen=True)
class Audited(Bad):
    """An audit that tells these problems of a file (line, column, kind, disposition and the other
    line), accounts so for its lines, and counts so many days for P1x."""

    of: str = "readings"
    days: tuple[int, int] | None = None
    told: tuple[tuple[Any, ...], ...] = ()
    used: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    status: str = "final"

    def check(self, practice: Practice) -> Any:
        """The document, after what it tells of the file is as expected."""
        self.write(practice)
        run, name = practice.audit("--format", "json", "--verbose"), f"{self.of}.csv"
        document = run.document
        found = [
            (p["line"], p["column"], p["kind"], p["disposition"], p["other_line"])
            for p in document["problems"]
            if p["file"] == name
        ]
        assert found == [(*each, None)[:5] for each in self.told], found
        mine = file(document, name)
        became = (mine["used"], mine["excluded"], mine["quarantined"])
        assert became == (self.used, self.excluded, self.quarantined), became
        assert document["status"] == self.status, document["status"]
        if self.days is not None:
            assert days(document, "P1x") == self.days, days(document, "P1x")
        assert not [cell for cell in self.secrets if cell in run.err]
        holds(run.err, *(f"{name}:{each[0]}" for each in self.told if each[0]))
        return document
