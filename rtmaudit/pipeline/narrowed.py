"""What a run says of its exports, narrowed to some patients: all lines were counted, for those of
others may overlap theirs, and nothing of others is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rtmaudit.exports import Tables
from rtmaudit.model import Decision, Disposition, Problem

Places = frozenset[tuple[str, int]]


def places_of(tables: Tables, only: frozenset[str]) -> Places:
    """The lines of these patients, and those that cannot be trusted and name nobody: they may be
    anybody's."""
    found: set[tuple[str, int]] = set()
    for data in tables.data.values():
        frame = data.frame
        nobody = frame["patient_id"].isna() & (frame["disposition"] == Disposition.QUARANTINED)
        mine = frame[frame["patient_id"].isin(only) | nobody]
        names = [file.name for file in data.files]
        found |= {(names[f], int(n)) for f, n in zip(mine["file"], mine["line"], strict=True)}
    return frozenset(found)


def problems_at(problems: Iterable[Problem], places: Places) -> list[Problem]:
    """The problems of these lines, and those of whole files."""
    return [each for each in problems if not each.line or (each.file, each.line) in places]


def decisions_at(decisions: Iterable[Decision], places: Places) -> list[Decision]:
    """The decisions about these lines."""
    return [each for each in decisions if (each.file, each.line) in places]


def resembled(
    found: Mapping[str, tuple[str, ...]], only: frozenset[str] | None
) -> Mapping[str, tuple[str, ...]]:
    """The ids that look like a stranger's; of patients who were not asked for none is named."""
    if only is None:
        return found
    return {patient: tuple(p for p in like if p in only) for patient, like in found.items()}
