"""The grammar of a rules file, as pydantic models: what may stand where.

Everything that the law may change is a dated value: a date, and from that date on a value with its
source. `rulebook.load` turns these into rules as of a day; nothing else reads them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rtmaudit.model import BillerType, Clock, FactName, Program, Role, System

T = TypeVar("T")


class Strict(BaseModel):
    """Refuses unknown keys and every silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _from_text(kind: Any) -> BeforeValidator:
    """Enums are written as their words; strict mode would want the member."""

    def convert(value: object) -> object:
        words = [str(member) for member in kind]
        if isinstance(value, str) and value in words:
            return kind(value)
        if isinstance(value, kind):
            return value
        raise ValueError("must be one of " + ", ".join(words))

    return BeforeValidator(convert)


ProgramWord = Annotated[Program, _from_text(Program)]
SystemWord = Annotated[System, _from_text(System)]
RoleWord = Annotated[Role, _from_text(Role)]
BillerWord = Annotated[BillerType, _from_text(BillerType)]
ClockWord = Annotated[Clock, _from_text(Clock)]
FactWord = Annotated[FactName, _from_text(FactName)]
CodeText = Annotated[str, Field(pattern=r"^[0-9A-Z][0-9]{4}$")]
Anchor = Literal["window_start", "window_end"]


class SourceNote(Strict):
    """Where a fact of law was read."""

    title: str
    cite: str | None = None
    url: str | None = None
    published: date | None = None
    confidence: Literal["high", "medium", "low"]


class ContestedPoint(Strict):
    """A question on which sources disagree; `base` and `other` name its two readings, and are the
    words with which a practice settles it under `positions:`."""

    question: str
    base: str
    other: str


class OtherReading(Strict, Generic[T]):
    """The other reading of a contested value."""

    value: T | None
    source: str


class Entry(Strict, Generic[T]):
    """A value from a date on. `value: null`: from here the file has nothing to say. `expected`: is
    announced, not in force, and never judged."""

    value: T | None = None
    expected: T | None = None
    source: str
    note: str | None = None
    contested: dict[str, OtherReading[T]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def one_of_value_and_expected(self) -> Self:
        """An entry either holds or is announced."""
        given = self.model_fields_set & {"value", "expected"}
        if len(given) != 1:
            raise ValueError("give either value or expected")
        return self


DatedCount = dict[date, Entry[int]]
DatedFlag = dict[date, Entry[bool]]
DatedWords = dict[date, Entry[list[str | bool]]]
DatedTexts = dict[date, Entry[list[str]]]
DatedBillers = dict[date, Entry[list[BillerWord]]]
DatedRoles = dict[date, Entry[dict[BillerWord, list[RoleWord]]]]
DatedAnchor = dict[date, Entry[Anchor]]
DatedServiceDate = dict[date, Entry[Literal["window_end", "due_day"]]]
DatedLadders = dict[date, Entry[list[list[CodeText]]]]
DatedBeside = dict[date, Entry[Literal["together", "apart", "review"]]]


class Requirement(Strict):
    """A fact and exactly one condition on it."""

    fact: FactWord
    program: ProgramWord | None = None
    system: SystemWord | list[SystemWord] | None = None
    by: DatedRoles | None = None
    visit_codes: DatedTexts | None = None
    billers: DatedBillers | None = None
    at_least: DatedCount | None = None
    is_: DatedWords | None = Field(default=None, alias="is")
    on_or_before: DatedAnchor | None = None
    covers: DatedAnchor | None = None

    @model_validator(mode="after")
    def exactly_one_condition(self) -> Self:
        """A need with two thresholds would be two needs."""
        if sum(getattr(self, name) is not None for name in CONDITIONS) != 1:
            raise ValueError("give exactly one of at_least, is, on_or_before, covers")
        return self


CONDITIONS = ("at_least", "is_", "on_or_before", "covers")


class Units(Strict):
    """How many units of an add-on the facts support: whole blocks of `each` beyond `after`."""

    fact: FactWord
    program: ProgramWord | None = None
    by: DatedRoles | None = None
    visit_codes: DatedTexts | None = None
    after: DatedCount
    each: DatedCount
    at_most: DatedCount


Requirements = dict[str, Requirement | None]


class CodeRule(Strict):
    """One code."""

    title: str
    window: ClockWord
    in_force: DatedFlag
    for_: Requirements = Field(default_factory=dict, alias="for")
    needs: Requirements = Field(default_factory=dict)
    on_file: Requirements = Field(default_factory=dict)
    adds_to: CodeText | None = None
    units: Units | None = None
    service_date: DatedServiceDate | None = None
    note: str | None = None

    @model_validator(mode="after")
    def add_ons_have_units(self) -> Self:
        """An add-on is judged by its units alone; any other code by its needs."""
        if (self.adds_to is None) != (self.units is None):
            raise ValueError("adds_to and units go together")
        if (self.units is None) != bool(self.needs):
            raise ValueError("give needs, or adds_to with units, and not both")
        return self


class Every(Strict):
    """What all codes of the program share; a code may replace a key, or drop it with null."""

    for_: Requirements = Field(default_factory=dict, alias="for")
    on_file: Requirements = Field(default_factory=dict)
    service_date: DatedServiceDate


class ProgramFile(Strict):
    """rules/PROGRAM.yaml"""

    program: ProgramWord
    title: str
    sources: dict[str, SourceNote]
    contested: dict[str, ContestedPoint] = Field(default_factory=dict)
    every: Every
    one_of: dict[str, DatedLadders] = Field(default_factory=dict)
    codes: dict[CodeText, CodeRule]


class Pair(Strict):
    """Two programs or codes side by side for one patient: under the same and under different
    practitioners."""

    pair: Annotated[list[str], Field(min_length=2, max_length=2)]
    same: DatedBeside
    different: DatedBeside


class ConcurrencyFile(Strict):
    """rules/concurrency.yaml"""

    sources: dict[str, SourceNote]
    pairs: list[Pair]


class Candidate(Strict):
    """When a program is worth suggesting to a patient who is not in it."""

    instead_of: list[ProgramWord]
    entry: CodeText
    may_bill: str
    conditions: str
    consent: str


class FitFile(Strict):
    """rules/fit.yaml"""

    prefer: list[ProgramWord]
    candidates: dict[ProgramWord, Candidate]
