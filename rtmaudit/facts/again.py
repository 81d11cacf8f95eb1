"""Exports that overlap hold the same line twice: the second is a duplicate, and counts nowhere.

Readings need no such care, for a day counts once, and entries of the time log have their own
(`sift.mark_repeats`): two of them may be alike and both be true.
"""

from __future__ import annotations

from collections import Counter

from rtmaudit.facts.frames import Frames
from rtmaudit.model import Disposition
from rtmaudit.tables import CALLS, CLAIMS, COVERAGE, PATIENTS, STAYS, SUMMARY, VISITS

ONCE = (PATIENTS, COVERAGE, STAYS)
"""Tables of what is so or not so: a line says nothing more when it is said again."""

OFTEN = (CALLS, VISITS, CLAIMS, SUMMARY)
"""Tables of what happened: two alike of one file are two events (of a summary two episodes, so its
second line is in doubt), of two files one told again."""

_OURS = ("file", "line", "disposition", "kind", "column")


def mark_repeated_lines(frames: Frames) -> None:
    """Mark the duplicates of all such tables. Works on the frames in place."""
    for name in (*ONCE, *OFTEN):
        frame = frames.get(name)
        if frame is None:
            continue
        told: dict[tuple[object, ...], Counter[int]] = {}
        used = frame[frame["disposition"] == Disposition.USED]
        if used["patient_id"].is_unique:
            continue
        cells = (used[column].tolist() for column in used.columns if column not in _OURS)
        contents = list(zip(*cells, strict=True))
        often = Counter(contents)
        for i, content, place in zip(used.index, contents, used["file"].tolist(), strict=True):
            if often[content] == 1:
                continue
            seen = told.setdefault(content, Counter())
            file = 0 if name in ONCE else place
            seen[file] += 1
            if seen[file] <= max((n for other, n in seen.items() if other != file), default=0) or (
                name in ONCE and seen[file] > 1
            ):
                frame.at[i, "disposition"] = Disposition.DUPLICATE
