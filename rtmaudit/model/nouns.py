"""The nouns: what travels from room to room."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TypeAlias

from rtmaudit.model.vocabulary import (
    BillerType,
    Cause,
    Clock,
    Exclusion,
    FactName,
    Met,
    ProblemKind,
    Program,
    ReasonKind,
    Role,
    Source,
    Stay,
    System,
    Verdict,
    Why,
)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of days, both ends included (see windows.py)."""

    kind: Clock
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact with its arguments: what a rule asks `facts` for.

    `by` lists, per kind of biller, the roles whose time counts; `visit_codes` the codes of visits
    on whose days no time counts (for the fact `visits`: those that are counted); `stays` the kinds
    of stay on whose days none counts; `sources` how a reading must have come about (empty: any).
    All are law, so they come from the rulebook.
    """

    name: FactName
    program: Program
    systems: tuple[System, ...] = ()
    by: tuple[tuple[BillerType, tuple[Role, ...]], ...] = ()
    visit_codes: tuple[str, ...] = ()
    stays: tuple[Stay, ...] = ()
    sources: tuple[Source, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.program))


class _Anything(Enum):
    ANYTHING = "anything"

    def __repr__(self) -> str:
        return "ANYTHING"


ANYTHING = _Anything.ANYTHING

Scalar: TypeAlias = int | bool | str | date | tuple[date, date | None] | tuple[str, ...]
Upper: TypeAlias = Scalar | _Anything | None


@dataclass(frozen=True, slots=True)
class Fact:
    """An interval: `low` is beyond doubt, `high` counts in all that could be, `why` they differ.

    Counts are integers. A paper or a word is itself at both ends; `None` means that there is none
    on file. `high=ANYTHING` means that no bound is known. `later` is what may still be added while
    the window is not over (0 once it is).
    """

    low: Scalar | None
    high: Upper
    why: Why | None = None
    cause: Cause | None = None
    later: int | _Anything = 0
    notes: tuple[str, ...] = ()

    @classmethod
    def known(cls, value: Scalar | None, *, later: int | _Anything = 0) -> Fact:
        """A fact without doubt."""
        return cls(value, value, later=later)

    @classmethod
    def unknown(cls, cause: Cause, *, low: Scalar | None = None) -> Fact:
        """Nothing is known: a column or a table that is in no export."""
        return cls(low, ANYTHING, Why.MISSING, cause)


@dataclass(frozen=True, slots=True)
class DataDays:
    """A patient's days of device data in the judged span: with data beyond doubt, with data in
    doubt, and covered by no export. Each sorted; no day stands in two of them."""

    seen: tuple[date, ...]
    doubtful: tuple[date, ...]
    not_covered: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """One measured condition of a finding: what there is, what it takes, how it stands."""

    name: str
    ref: FactRef
    have: int
    have_at_most: int | None
    want: int
    met: Met
    why: Why | None = None
    cause: Cause | None = None
    at_most: bool = False

    @property
    def short_by(self) -> int:
        """Whole units still missing, or too many; never 0 for an unmet need."""
        apart = self.have - self.want if self.at_most else self.want - self.have
        return max(0, apart)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason and the values that its sentence needs."""

    kind: ReasonKind
    about: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another code that the same facts would support in the same window."""

    code: str
    units: int


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one code for one window of one patient."""

    program: Program
    code: str
    verdict: Verdict
    window: Window
    due: bool = True
    units: int = 0
    secondary: bool = False
    service_date: date | None = None
    needs: tuple[Need, ...] = ()
    reasons: tuple[Reason, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    to_confirm: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    refs: tuple[FactRef, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem, at its file, physical line and column. `disposition` is `disputed` for a line
    that is used in `high` only, `settled` for one that a decision took out of doubt (`other_line`
    is then the decision's), `note` for what is told and changes nothing, and else what became of
    the line."""

    file: str
    line: int
    column: str
    kind: ProblemKind | Exclusion
    disposition: str
    other_line: str = ""

    @property
    def order(self) -> tuple[str, int, str, str, str, str]:
        """By what it is sorted: a key is made once, a comparison many times."""
        return self.file, self.line, self.column, self.kind, self.disposition, self.other_line


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """How a person settled a line in doubt: the line, what was decided, by whom and when. The
    reason stays in decisions.csv: it may speak of a patient."""

    file: str
    line: int
    decision: str
    by: str
    on: date
