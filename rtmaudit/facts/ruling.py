"""What a person decided about one line of an export, as counting sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtmaudit.errors import Fault, InputsRefused
from rtmaudit.model import Program

Place = tuple[str, int]
"""File name and physical line."""

RULING = "ruling"
"""The column of a frame that holds it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """`kept`: the line counts as it stands; `live`: its contact was a live one; `claims`: the
    program whose its minutes are, be it the line's own or another's that logged them too. `place`
    is the line of decisions.csv."""

    place: Place
    kept: bool = False
    live: bool = False
    claims: Program | None = None


def ruling_of(row: Mapping[Any, Any]) -> Ruling | None:
    """What was decided about the line of a row, if anything was."""
    found = row.get(RULING)
    return found if isinstance(found, Ruling) else None


def is_kept(row: Mapping[Any, Any]) -> bool:
    """Whether a person said that the line counts as it stands."""
    found = ruling_of(row)
    return found is not None and found.kept


def contradicts(one: Ruling, other: Ruling, sentence: str) -> InputsRefused:
    """Two decisions that cannot both be followed; told at the later one."""
    first, second = sorted((one.place, other.place))
    where = f"{first[0]}:{first[1]}"
    return InputsRefused([Fault(*second, "decision", f"contradicts {where}: {sentence}")])
