"""Everything that was counted about everybody, before anybody asks for a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from rtmaudit.facts.days import DaySets
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.spans import Cover, Stays
from rtmaudit.facts.summaries import Summaries
from rtmaudit.facts.time import TimeTables
from rtmaudit.model import PROGRAM_OF_SYSTEM, BillerType, Program, System, Window
from rtmaudit.windows import ONE_DAY, Discharge, Month, length


@dataclass(slots=True)
class Known:
    """What the exports hold, reduced; `facts.measure` asks it."""

    month: Month
    as_of: date
    zone: ZoneInfo | None
    roster: Roster
    days: DaySets | None
    time: TimeTables
    conditions: Mapping[str, int]
    monthly_clock: bool = False
    default_biller: BillerType | None = None
    practice_systems: frozenset[System] = field(default_factory=frozenset)
    stays: Mapping[str, Sequence[Stays]] = field(default_factory=dict)
    covers: Mapping[str, Sequence[Cover]] = field(default_factory=dict)
    summaries: Summaries = field(default_factory=lambda: Summaries({}))

    def left(self, window: Window) -> int:
        """Days of a window that are not over on the as-of day."""
        return length(max(self.as_of, window.start), window.end)

    def possible_billers(self, patient: str, program: Program) -> list[BillerType]:
        """Who bills: the one on file, or everyone where it is not known."""
        line = self.roster.any_line(patient, program)
        known = self.roster.biller_type(line, self.default_biller)
        return [known] if known else list(BillerType)

    def is_in(self, patient: str, program: Program) -> bool:
        """Whether the patient is in a program: by the roster's programs, else by minutes logged,
        else (RTM) by readings of its systems."""
        if not self.roster.knows(patient):
            return False
        named = self.roster.names(patient, program)
        if named is not None:
            return named
        if program in self.time.programs(patient):
            return True
        if program is not Program.RTM or self.days is None:
            return False
        watched = self.days.systems(patient)
        return any(PROGRAM_OF_SYSTEM[system] is program for system in watched)

    def discharge(self, patient: str, program: Program) -> Discharge | None:
        """The discharge on file for a program, and the visit after it."""
        return self.roster.any_line(patient, program).discharge

    def payers(self, patient: str, program: Program) -> list[tuple[date, str]]:
        """Who pays from which day on: by the export of coverage, else by the roster."""
        covers = self.covers.get(patient)
        if not covers:
            name = self.roster.any_line(patient, program).text("payer")
            return [(date.min, name)] if name else []
        return [(cover.start, cover.payer) for cover in covers]

    def payer_changes(self, patient: str) -> tuple[date, ...]:
        """The days on which another payer took over, or the cover ended."""
        covers = self.covers.get(patient, ())
        turns = {cover.start for cover in covers}
        turns |= {cover.end + ONE_DAY for cover in covers if cover.end}
        return tuple(
            day for day in sorted(turns) if _paying(covers, day - ONE_DAY) != _paying(covers, day)
        )


def _paying(covers: Sequence[Cover], day: date) -> frozenset[str]:
    return frozenset(cover.payer for cover in covers if cover.holds(day))
