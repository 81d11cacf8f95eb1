"""The grammar of a rules file, as pydantic models: what may stand where.

`rulebook.resolve` turns these into rules as of a day.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rtmaudit.model import (
    UNIT_OF_FACT,
    BillerType,
    FactName,
    Mdm,
    ProgramMonth,
    SurgicalPeriod,
)
from rtmaudit.rulebook.dated import (
    ClockWord,
    CodeText,
    DatedAnchor,
    DatedBeside,
    DatedBillers,
    DatedCodeList,
    DatedCodes,
    DatedCount,
    DatedDiagnoses,
    DatedFlag,
    DatedLadders,
    DatedLeast,
    DatedMode,
    DatedModifier,
    DatedRoles,
    DatedServiceDate,
    DatedSources,
    DatedStays,
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
    "readings": Test.AT_LEAST,
    "minutes": Test.AT_LEAST,
    "contacts": Test.AT_LEAST,
    "visits": Test.AT_LEAST,
    "conditions": Test.AT_LEAST,
    "date": Test.ON_OR_BEFORE,
    "dates": Test.COVERS,
    "word": Test.IS,
    "yes_no": Test.IS,
    "codes": Test.ANY_OF,
    "percent": Test.AT_LEAST,
    "dollars": Test.AT_LEAST,
}
DURATIONS = {FactName.DAYS_TO_VISIT, FactName.BUSINESS_DAYS_TO_CONTACT}
"""Days that must not be too many."""


def test_of(fact: FactName) -> Test:
    """The one condition that suits a fact."""
    return Test.AT_MOST if fact in DURATIONS else TEST_OF_UNIT[UNIT_OF_FACT[fact]]


NEEDED = {
    FactName.READING_DAYS: {"system"},
    FactName.READINGS: {"system"},
    FactName.MONITORED: {"system"},
    FactName.MANAGEMENT_MINUTES: {"by"},
    FactName.VISITS: {"visit_codes"},
    FactName.ENROLLED: {"program"},
}
"""What a fact needs beside its name."""

ALLOWED = {
    FactName.READING_DAYS: {"sources"},
    FactName.READINGS: {"sources"},
    FactName.MANAGEMENT_MINUTES: {"visit_codes", "not_during"},
}
"""What a fact may take besides; every fact may take another program."""

ARGUMENTS = ("system", "sources", "by", "visit_codes", "not_during")

WORDS: dict[FactName, set[str | bool]] = {
    FactName.MDM: set(Mdm),
    FactName.BILLER_TYPE: set(BillerType),
    FactName.PROGRAM_MONTH: set(ProgramMonth),
    FactName.SURGICAL_PERIOD: set(SurgicalPeriod),
}


class Requirement(Strict):
    """A fact and the condition on it."""

    fact: FactWord
    program: ProgramWord | None = None
    system: SystemWord | list[SystemWord] | None = None
    by: DatedRoles | None = None
    visit_codes: DatedCodes | None = None
    not_during: DatedStays | None = None
    sources: DatedSources | None = None
    billers: DatedBillers | None = None
    at_least: DatedLeast | None = None
    at_most: DatedCount | None = None
    is_: DatedWords | None = Field(default=None, alias="is")
    is_not: DatedWords | None = None
    on_or_before: DatedAnchor | None = None
    covers: DatedAnchor | None = None
    any_of: DatedDiagnoses | None = None

    @property
    def test(self) -> Test:
        """The condition that suits the fact."""
        suits = test_of(self.fact)
        return Test.IS_NOT if suits is Test.IS and self.is_not else suits

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
        needed = NEEDED.get(self.fact, set())
        allowed = {"program", *needed, *ALLOWED.get(self.fact, set())}
        taken = {name for name in (*ARGUMENTS, "program") if getattr(self, name) is not None}
        if not needed <= taken <= allowed:
            takes = [*needed, *(f"{each} if need be" for each in ALLOWED.get(self.fact, ()))]
            raise ValueError(f"{self.fact} takes {' and '.join(takes) or 'no argument'}")
        return self

    @model_validator(mode="after")
    def words_are_known(self) -> Self:
        """A word that no fact can ever be would be a condition that never holds."""
        free = UNIT_OF_FACT[self.fact] == "word" and self.fact not in WORDS
        yes_no = UNIT_OF_FACT[self.fact] == "yes_no"
        known = {True, False} if yes_no else WORDS.get(self.fact, set())
        given = {} if free else self.is_ or self.is_not or {}
        for entry in given.values():
            if any(word not in known for words in readings_of(entry) for word in words):
                allowed = ", ".join(sorted(str(word).lower() for word in known))
                raise ValueError(f"the words of {self.fact} are {allowed}")
        return self


_FIELD = {test: "is_" if test is Test.IS else str(test) for test in Test}


class Units(Strict):
    """How many units of an add-on the minutes support beyond those of its base: the first takes
    `first` minutes, every further one a whole block of `each`."""

    fact: Annotated[Literal[FactName.MANAGEMENT_MINUTES], from_text([FactName.MANAGEMENT_MINUTES])]
    program: ProgramWord | None = None
    by: DatedRoles
    visit_codes: DatedCodes | None = None
    not_during: DatedStays | None = None
    first: DatedCount | None = None
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
    adds_to: Annotated[dict[CodeText, DatedLeast], Field(min_length=1)] | None = None
    units: Units | None = None
    service_date: DatedServiceDate | None = None
    note: str | None = None

    @model_validator(mode="after")
    def it_asks_for_something(self) -> Self:
        """An add-on with units is judged by them alone; any other code by its needs, or by what
        makes it about the patient."""
        if self.units is not None and (self.adds_to is None or self.needs):
            raise ValueError("units go with adds_to, and without needs")
        if not (self.units or self.needs or self.for_):
            raise ValueError("give needs, or for, or adds_to with units")
        return self


class ModifierNote(Strict):
    """A modifier by discipline, and the codes that it belongs to."""

    modifier: DatedModifier
    codes: DatedCodeList
    assistant_percent: DatedCount | None = None
    amount_above: DatedCount | None = None


class Every(Strict):
    """What all codes of the program share; a code may replace a key, or drop it with null."""

    for_: Requirements = Field(default_factory=dict, alias="for")
    on_file: Requirements = Field(default_factory=dict)
    service_date: DatedServiceDate
    window_mode: DatedMode | None = None


class ProgramFile(Strict):
    """rules/PROGRAM.yaml"""

    program: ProgramWord
    title: str
    sources: dict[str, SourceNote]
    contested: dict[str, ContestedPoint] = Field(default_factory=dict)
    every: Every
    one_of: dict[str, DatedLadders] = Field(default_factory=dict)
    modifiers: dict[str, ModifierNote] = Field(default_factory=dict)
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
    contested: dict[str, ContestedPoint] = Field(default_factory=dict)
    pairs: list[Pair]


class OverlayFile(Strict):
    """rules/payers/PAYER.yaml. What stands under a program is a part of that program's file; it is
    checked when the two are laid over each other."""

    payer: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    names: list[str] = Field(default_factory=list)
    sources: dict[str, SourceNote]
    programs: Annotated[dict[ProgramWord, dict[str, Any]], Field(min_length=1)]


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
