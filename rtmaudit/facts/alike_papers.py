"""By what answers are alike that are looked up on the roster."""

from __future__ import annotations

import numpy as np

from rtmaudit.facts.cohort import Alike, Cohort
from rtmaudit.facts.keys import Ints, Keys, Windows
from rtmaudit.model import FactRef
from rtmaudit.tables import NOTHING


def cells(*columns: str, own: bool = False, windowed: bool = False) -> Alike:
    """Of what hangs on some cells of the roster. Where the window counts too (`windowed`), it does
    so only beside a cell that holds something."""

    def keys(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
        there = [column for column in columns if cohort.facts.roster.has(column)]
        found = [cohort.cells(column, ref.program, own=own)[who] for column in there]
        if windowed and found:
            empty = np.all([each == NOTHING for each in found], axis=0)
            found += [np.where(empty, 0, day) for day in (windows.start, windows.end)]
        return Keys(found)

    return keys


def of_the_window(windows: Windows) -> Keys:
    """Of what hangs on the window alone."""
    return Keys([windows.start, windows.end])


def since_discharge(column: str) -> Alike:
    """Of what hangs on a day of the roster and on the discharge, with which the window begins."""

    def keys(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
        found = cells(column)(cohort, ref, who, windows).columns
        return Keys([*found, windows.start, windows.end])

    return keys


def program_month(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """By the number of the month on file, and by the start of the program beside the window."""
    numbers = cells("cocm_month")(cohort, ref, who, windows)
    starts = cells("enrolled_on", "setup_on", own=True, windowed=True)(cohort, ref, who, windows)
    return Keys([*numbers.columns, *starts.columns])


def systems(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """By the systems that are watched."""
    del ref, windows
    return Keys([cohort.systems()[who]])


def in_a_program(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """By what the roster, the time log and the readings say of being in it; a patient of several
    lines is like nobody."""
    del windows
    named, logged = cohort.first_cells("programs"), cohort.logged(ref.program)
    columns = (named, logged, cohort.systems(), cohort.enrolled())
    return Keys([column[who] for column in columns], cohort.several()[who])
