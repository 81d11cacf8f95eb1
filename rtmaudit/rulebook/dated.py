"""Dated values: whatever the law may change is a date, and from that date on a value with its
source; and the words that may stand in them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rtmaudit.model import (
    BillerType,
    Clock,
    Discipline,
    FactName,
    Program,
    Role,
    Source,
    Stay,
    System,
)

T = TypeVar("T")


class Strict(BaseModel):
    """Refuses unknown keys and every silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def from_text(kind: Any) -> BeforeValidator:
    """Enums are written as their words; strict mode would want the member."""
    members = {str(member): member for member in kind}

    def convert(value: object) -> object:
        if isinstance(value, str) and value in members:
            return members[value]
        raise ValueError("must be one of " + ", ".join(members))

    return BeforeValidator(convert)


ProgramWord = Annotated[Program, from_text(Program)]
SystemWord = Annotated[System, from_text(System)]
RoleWord = Annotated[Role, from_text(Role)]
BillerWord = Annotated[BillerType, from_text(BillerType)]
SourceWord = Annotated[Source, from_text(Source)]
StayWord = Annotated[Stay, from_text(Stay)]
DisciplineWord = Annotated[Discipline, from_text(Discipline)]
ClockWord = Annotated[Clock, from_text(Clock)]
FactWord = Annotated[FactName, from_text(FactName)]
CodeText = Annotated[str, Field(pattern=r"^[0-9A-Z][0-9]{4}$")]
CODE_RANGE = re.compile(r"^[0-9A-Z][0-9]{4}(-[0-9A-Z][0-9]{4})?$", re.ASCII)
CodeRange = Annotated[str, Field(pattern=CODE_RANGE.pattern)]
Diagnosis = Annotated[str, Field(pattern=r"^[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?$")]
"""An ICD-10-CM code or the beginning of one, in capitals."""

Whole = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
Anchor = Literal["window_start", "window_end"]


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


SINCE = Field(min_length=1)
"""At least one date: nothing at all would be a condition that never holds."""

DatedCount = Annotated[dict[date, Entry[Whole]], SINCE]
DatedLeast = Annotated[dict[date, Entry[Count]], SINCE]
DatedFlag = Annotated[dict[date, Entry[bool]], SINCE]
DatedWords = Annotated[dict[date, Entry[list[str | bool]]], SINCE]
DatedCodes = Annotated[dict[date, Entry[list[CodeRange]]], SINCE]
DatedCodeList = Annotated[dict[date, Entry[list[CodeText]]], SINCE]
DatedStays = Annotated[dict[date, Entry[list[StayWord]]], SINCE]
DatedSources = Annotated[dict[date, Entry[list[SourceWord]]], SINCE]
DatedDiagnoses = Annotated[dict[date, Entry[list[Diagnosis]]], SINCE]
DatedModifier = Annotated[dict[date, Entry[dict[DisciplineWord, str]]], SINCE]
DatedBillers = Annotated[dict[date, Entry[list[BillerWord]]], SINCE]
DatedRoles = Annotated[dict[date, Entry[dict[BillerWord, list[RoleWord]]]], SINCE]
DatedAnchor = Annotated[dict[date, Entry[Anchor]], SINCE]
DatedServiceDate = Annotated[dict[date, Entry[Literal["window_end", "due_day"]]], SINCE]
DatedLadders = Annotated[dict[date, Entry[list[list[CodeText]]]], SINCE]
DatedMode = Annotated[dict[date, Entry[Literal["auto", "fixed_30", "calendar_month"]]], SINCE]
DatedBeside = Annotated[dict[date, Entry[Literal["together", "apart", "first", "review"]]], SINCE]


def readings_of(entry: Entry[T]) -> list[T]:
    """Everything that an entry may come to mean: its value, the announced one, other readings."""
    given = [entry.value, entry.expected, *(other.value for other in entry.contested.values())]
    return [value for value in given if value is not None]
