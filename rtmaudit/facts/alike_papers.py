"""By what answers are alike that are looked up: by cells of the roster, and by systems watched."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rtmaudit.facts.cohort import Alike, Cohort, Keys
from rtmaudit.model import FactRef, Window


def cells(*columns: str, own: bool = False, windowed: bool = False) -> Alike:
    """Of what hangs on some cells of the roster. Where the window counts too (`windowed`), it does
    so only beside a cell that holds something."""

    def keys(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
        there = [column for column in columns if cohort.facts.roster.has(column)]
        if not there:
            return None
        lines, nothing = cohort.lines(ref.program, own=own), (None,) * len(there)
        found = [tuple([lines[i].cells.get(column) for column in there]) for i in who]
        if not windowed:
            return found
        return [
            key if key == nothing else (key, window.start, window.end)
            for key, window in zip(found, windows, strict=True)
        ]

    return keys


def of_the_window(windows: Sequence[Window]) -> Keys:
    """Of what hangs on the window alone."""
    return [(window.start, window.end) for window in windows]


def since_discharge(column: str) -> Alike:
    """Of what hangs on a day of the roster and on the discharge, with which the window begins."""
    of_cells = cells(column)

    def keys(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
        found = of_cells(cohort, ref, who, windows) or [()] * len(who)
        return [(key, w.start, w.end) for key, w in zip(found, windows, strict=True)]

    return keys


def program_month(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    """By the number of the month on file, and by the start of the program beside the window."""
    numbers = cells("cocm_month")(cohort, ref, who, windows)
    starts = cells("enrolled_on", "setup_on", own=True, windowed=True)(cohort, ref, who, windows)
    if numbers is None or starts is None:
        return numbers or starts
    return list(zip(numbers, starts, strict=True))


def systems(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """By the systems that are watched."""
    del ref, windows
    if cohort.facts.days is None:
        return None
    own, patients = cohort.facts.days.systems, cohort.patients
    return [frozenset(own.get(patients[i], ())) for i in who]


def in_a_program(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    """By what the roster, the time log and the readings say of being in it."""
    facts, program = cohort.facts, ref.program
    watched_by = systems(cohort, ref, who, windows) or [()] * len(who)
    found: list[Hashable] = []
    for i, watched in zip(who, watched_by, strict=True):
        patient = cohort.patients[i]
        lines = tuple([line.programs for line in facts.roster.lines.get(patient, ())])
        logged = (patient, program) in facts.time.logged
        found.append((lines, facts.roster.knows(patient), logged, watched))
    return found
