"""What the judge is asked about one patient: plain values and ways to look up a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rtmaudit.model import ClaimStatus, Clock, Fact, FactRef, Program, Window
from rtmaudit.windows import Month


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim line already sent for the patient."""

    code: str
    service_date: date
    status: ClaimStatus = ClaimStatus.SUBMITTED
    period_start: date | None = None
    period_end: date | None = None
    biller: str = ""

    @property
    def stands(self) -> bool:
        """Denied and voided claims stand in nobody's way."""
        return self.status in (ClaimStatus.SUBMITTED, ClaimStatus.PAID)


@dataclass(frozen=True, slots=True)
class Question:
    """One patient and one month.

    `windows` holds, per program and clock, the windows to judge; those that end after the month are
    not due. `start_known` tells, per program, whether the episode's start is on file. `day_reached`
    answers on which day of a window a count first came to a number. `payers` holds, per program and
    from which day on, whose rules hold (none: those of the rulebook as it is given),
    `payer_changes` the days on which another payer took over, or none did. `unread_lines` are the
    file and line of what may be a claim or a payer of the patient and cannot be read.
    """

    month: Month
    as_of: date
    programs: tuple[Program, ...]
    windows: Mapping[Program, Mapping[Clock, tuple[Window, ...]]]
    start_known: Mapping[Program, bool]
    measure: Callable[[FactRef, Window], Fact]
    day_reached: Callable[[FactRef, int, Window], date | None]
    billers: Mapping[Program, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    strict: bool = False
    payers: Mapping[Program, tuple[tuple[date, str], ...]] = field(default_factory=dict)
    payer_changes: tuple[date, ...] = ()
    unread_lines: tuple[tuple[str, int], ...] = ()

    def payer_on(self, program: Program, day: date) -> str | None:
        """Whose rules hold for a program on a day."""
        held = [payer for since, payer in self.payers.get(program, ()) if since <= day]
        return held[-1] if held else None

    def of(self, window: Window) -> Callable[[FactRef], Fact]:
        """What a rule can ask about a window."""
        return lambda ref: self.measure(ref, window)
