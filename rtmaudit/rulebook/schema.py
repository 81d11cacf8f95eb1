"""The grammar of a rules file, as pydantic models: what may stand where.

`rulebook.resolve` turns these into rules as of a day.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rtmaudit.model import UNIT_OF_FACT, BillerType, FactName, Mdm
from rtmaudit.rulebook.dated import (
    ClockWord,
    CodeText,
    DatedAnchor,
    DatedBeside,
    DatedBillers,
    DatedCodes,
    DatedCount,
    DatedFlag,
    DatedLadders,
    DatedRoles,
    DatedServiceDate,
    DatedWords,
    Entry,
    FactWord,
    ProgramWord,
    Strict,
    SystemWord,
    from_text,
    readings_of,
)
from rtmaudit.rulebook.rules import Test


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


TEST_OF_UNIT = {
    "days": Test.AT_LEAST,
    "minutes": Test.AT_LEAST,
    "contacts": Test.AT_LEAST,
    "conditions": Test.AT_LEAST,
    "date": Test.ON_OR_BEFORE,
    "dates": Test.COVERS,
    "word": Test.IS,
    "yes_no": Test.IS,
}
"""The one condition that suits a fact."""

ARGUMENTS = {
    FactName.READING_DAYS: {"system"},
    FactName.MONITORED: {"system"},
    FactName.MANAGEMENT_MINUTES: {"by"},
}
"""What a fact needs beside its name; no other fact takes any of these."""

WORDS: dict[FactName, set[str | bool]] = {
    FactName.MDM: set(Mdm),
    FactName.BILLER_TYPE: set(BillerType),
    FactName.MONITORED: {True, False},
}


class Requirement(Strict):
    """A fact and the condition on it."""

    fact: FactWord
    program: ProgramWord | None = None
    system: SystemWord | list[SystemWord] | None = None
    by: DatedRoles | None = None
    visit_codes: DatedCodes | None = None
    billers: DatedBillers | None = None
    at_least: DatedCount | None = None
    is_: DatedWords | None = Field(default=None, alias="is")
    on_or_before: DatedAnchor | None = None
    covers: DatedAnchor | None = None

    @property
    def test(self) -> Test:
        """The condition that suits the fact."""
        return TEST_OF_UNIT[UNIT_OF_FACT[self.fact]]

    @property
    def dated(self) -> dict[date, Entry[Any]]:
        """What the condition wants, since when."""
        found: dict[date, Entry[Any]] = getattr(self, _FIELD[self.test])
        return found

    @model_validator(mode="after")
    def the_condition_suits_the_fact(self) -> Self:
        """A need with two thresholds would be two needs, and a count is not a date."""
        given = [test for test in Test if getattr(self, _FIELD[test]) is not None]
        if given != [self.test]:
            raise ValueError(f"give exactly one condition; {self.fact} takes {self.test}")
        wanted = ARGUMENTS.get(self.fact, set())
        taken = {name for name in ("system", "by") if getattr(self, name) is not None}
        if taken != wanted or (self.visit_codes and "by" not in wanted):
            raise ValueError(f"{self.fact} takes {' and '.join(wanted) or 'no system and no by'}")
        return self

    @model_validator(mode="after")
    def words_are_known(self) -> Self:
        """A word that no fact can ever be would be a condition that never holds."""
        known = WORDS.get(self.fact, set())
        for entry in (self.is_ or {}).values():
            if any(word not in known for words in readings_of(entry) for word in words):
                allowed = ", ".join(sorted(str(word).lower() for word in known))
                raise ValueError(f"the words of {self.fact} are {allowed}")
        return self


_FIELD = {test: "is_" if test is Test.IS else str(test) for test in Test}


class Units(Strict):
    """How many units of an add-on the minutes support: whole blocks of `each` beyond `after`."""

    fact: Annotated[Literal[FactName.MANAGEMENT_MINUTES], from_text([FactName.MANAGEMENT_MINUTES])]
    program: ProgramWord | None = None
    by: DatedRoles
    visit_codes: DatedCodes | None = None
    after: DatedCount
    each: DatedCount
    at_most: DatedCount


Requirements = dict[str, Requirement]
Replaced = dict[str, Requirement | None]


class CodeRule(Strict):
    """One code."""

    title: str
    window: ClockWord
    in_force: DatedFlag
    for_: Replaced = Field(default_factory=dict, alias="for")
    needs: Requirements = Field(default_factory=dict)
    on_file: Replaced = Field(default_factory=dict)
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
