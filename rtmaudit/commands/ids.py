"""The ids of patients that a command is asked about: from its line, from a file, from stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rtmaudit.errors import UsageError

STDIN = "-"
MOST_NAMED = 10
"""Of more ids that were not found only so many are placed."""


class AskedId(NamedTuple):
    """An id, and where it was asked for; that place may be told, the id never."""

    patient: str
    place: str


def read_ids(given: Sequence[str], file: Path | None) -> list[AskedId]:
    """Every id that is asked for, each once; `-` stands for those on standard input, one a line.
    Raises UsageError where there is none, or the file of ids cannot be read."""
    found: dict[str, AskedId] = {}
    for each in (*_given(given), *_of_file(file)):
        if each.patient:
            found.setdefault(each.patient, each)
    if not found:
        raise UsageError("no id is asked for; name one with --id ID, --id - or --ids FILE")
    return list(found.values())


def _given(given: Sequence[str]) -> Iterator[AskedId]:
    for number, patient in enumerate(given, 1):
        if patient == STDIN:
            yield from _lines(sys.stdin.read(), "standard input")
        else:
            yield AskedId(patient.strip(), f"--id {number}" if len(given) > 1 else "--id")


def _of_file(file: Path | None) -> Iterator[AskedId]:
    if file is None:
        return
    if not file.is_file():
        raise UsageError(f"{file.name}: is no file of ids; write one with an id on each line")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file.name}: is not UTF-8 text; save the ids so, one a line") from None
    yield from _lines(text, file.name)


def _lines(text: str, name: str) -> Iterator[AskedId]:
    for number, line in enumerate(text.split("\n"), 1):
        yield AskedId(line.strip().removeprefix("\ufeff"), f"{name}:{number}")


def missing(asked: Sequence[AskedId], known: set[str], month: object) -> str:
    """The sentence about ids that were not found: where they were asked for, and no id; empty if
    all were."""
    lost = [each.place for each in asked if each.patient not in known]
    if not lost:
        return ""
    where = ", ".join(lost[:MOST_NAMED]) + (
        f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    )
    many = "this id is" if len(lost) == 1 else f"{len(lost)} of {len(asked)} ids are"
    return (
        f"{where}: {many} on no roster and in no line of the exports that concerns {month}; ids "
        "are compared letter by letter, leading zeros too"
    )
