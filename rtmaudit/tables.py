"""The canonical tables: what every export becomes, whatever its vendor calls things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from rtmaudit.model import (
    BillerType,
    ClaimStatus,
    Contact,
    Discipline,
    Mdm,
    Program,
    Role,
    Source,
    Stay,
    System,
    YesNo,
)

MOST_SECONDS = 8 * 3600
"""A single entry longer than this is a timer left on (failure mode M06)."""


class Kind(Enum):
    """What a cell holds. Everything is read as text and converted by these."""

    ID = "id"
    TEXT = "text"
    INSTANT = "instant"
    DATE = "date"
    WORD = "word"
    WORDS = "words"
    DURATION = "duration"
    NAME = "name"
    CODE = "code"
    CODES = "codes"
    NUMBER = "number"
    AMOUNT = "amount"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column. `required`: without it the file is refused; `filled`: an empty cell
    quarantines the line; `aside`: nothing is counted by it, so that a cell that cannot be read is
    told and costs the line nothing."""

    kind: Kind
    words: type[StrEnum] | None = None
    required: bool = False
    filled: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table. `one_of` lists columns of which at least one must be there; `stamp` is the
    column that places a line in time; `may_be_empty`: a header alone is an answer; `longest`: the
    most seconds that one line can hold; `sparse`: exports hold few of the columns, and its frame
    only those that are filled."""

    columns: Mapping[str, Column]
    one_of: tuple[str, ...] = ()
    stamp: str | None = None
    may_be_empty: bool = False
    longest: int = MOST_SECONDS
    sparse: bool = False


MOST_AT_ONCE = 3
"""Readings that one device takes in one minute; more were stamped by an upload (D08)."""

LATE_DAYS = 2
"""Days after which a record of the service, or a reading, is late (failure modes D08, M18)."""

LOOKED_AT = 100_000
"""The first lines of a file, in which that shows."""


class Span(NamedTuple):
    """The days that are judged and may be held against each other: `first` to `end`, of which those
    from `start` on can count, and after `as_of` none."""

    first: date
    start: date
    end: date
    as_of: date


STAFF_DAY = 12 * 3600
"""Seconds that one person does not log on one day (M16)."""

PLAUSIBLE_SECONDS = (60, 120 * 60)
"""The usual entry of a log lasts between these seconds (M01, M03)."""

UNREADABLE = "unreadable"
"""Stands in a cell of the roster that is filled and cannot be read: neither a value nor absent."""

_ID = Column(Kind.ID, required=True, filled=True)
_TEXT = Column(Kind.TEXT)
_DATE = Column(Kind.DATE)
_INSTANT = Column(Kind.INSTANT, required=True, filled=True)
_DURATION = Column(Kind.DURATION)
_FILLED_TEXT = Column(Kind.TEXT, required=True, filled=True)
_FILLED_NAME = Column(Kind.NAME, required=True, filled=True)
_WRITTEN_AT = Column(Kind.INSTANT, aside=True)

READINGS = "readings"
TIME_LOG = "time_log"
CALLS = "calls"
PATIENTS = "patients"
VISITS = "visits"
CLAIMS = "claims"
COVERAGE = "coverage"
STAYS = "stays"
SUMMARY = "summary"
DEVICES = "devices"
DECISIONS = "decisions"

TABLES: Mapping[str, Table] = {
    READINGS: Table(
        {
            "patient_id": _ID,
            "recorded_at": _INSTANT,
            "system": Column(Kind.WORD, System, required=True, filled=True),
            "device_id": _TEXT,
            "source": Column(Kind.WORD, Source),
            "received_at": _WRITTEN_AT,
        },
        stamp="recorded_at",
    ),
    TIME_LOG: Table(
        {
            "patient_id": _ID,
            "started_at": _INSTANT,
            "seconds": _DURATION,
            "minutes": _DURATION,
            "ended_at": Column(Kind.INSTANT),
            "program": Column(Kind.WORD, Program, required=True, filled=True),
            "role": Column(Kind.WORD, Role),
            "contact": Column(Kind.WORD, Contact),
            "staff_id": _TEXT,
            "entry_id": _TEXT,
            "activity": _TEXT,
            "created_at": _WRITTEN_AT,
        },
        one_of=("seconds", "minutes", "ended_at"),
        stamp="started_at",
    ),
    CALLS: Table(
        {
            "patient_id": _ID,
            "started_at": Column(Kind.INSTANT),
            "seconds": _DURATION,
            "minutes": _DURATION,
            "contact": Column(Kind.WORD, Contact),
            "program": Column(Kind.WORD, Program),
            "staff_id": _TEXT,
        },
        stamp="started_at",
        may_be_empty=True,
    ),
    PATIENTS: Table(
        {
            "patient_id": _ID,
            "programs": Column(Kind.WORDS, Program),
            "payer": _TEXT,
            "biller": _TEXT,
            "biller_type": Column(Kind.WORD, BillerType),
            "discipline": Column(Kind.WORD, Discipline),
            "place_of_service": _TEXT,
            "locality": _TEXT,
            "enrolled_on": _DATE,
            "setup_on": _DATE,
            "goals_met_on": _DATE,
            "ended_on": _DATE,
            "died_on": _DATE,
            "consent_on": _DATE,
            "consent_revoked_on": _DATE,
            "order_on": _DATE,
            "plan_of_care_from": _DATE,
            "plan_of_care_to": _DATE,
            "care_plan_on": _DATE,
            "initiating_visit_on": _DATE,
            "established": Column(Kind.WORD, YesNo),
            "conditions": Column(Kind.CODES),
            "high_risk": Column(Kind.WORD, YesNo),
            "mdm": Column(Kind.WORD, Mdm),
            "surgery_on": _DATE,
            "global_days": Column(Kind.NUMBER),
            "surgery_related": Column(Kind.WORD, YesNo),
            "discharged_on": _DATE,
            "contacted_on": _DATE,
            "visited_on": _DATE,
            "cocm_month": Column(Kind.NUMBER),
            "qmb": Column(Kind.WORD, YesNo),
            "therapy_amount_to_date": Column(Kind.AMOUNT),
        },
        sparse=True,
    ),
    VISITS: Table(
        {
            "patient_id": _ID,
            "on": Column(Kind.DATE, required=True, filled=True),
            "code": Column(Kind.CODE),
            "biller": _TEXT,
        },
        stamp="on",
        may_be_empty=True,
    ),
    CLAIMS: Table(
        {
            "patient_id": _ID,
            "code": Column(Kind.CODE, required=True, filled=True),
            "units": _TEXT,
            "modifiers": _TEXT,
            "service_date": Column(Kind.DATE, required=True, filled=True),
            "period_start": _DATE,
            "period_end": _DATE,
            "program": _TEXT,
            "biller": _TEXT,
            "status": Column(Kind.WORD, ClaimStatus),
            "amount": _TEXT,
        },
        may_be_empty=True,
    ),
    COVERAGE: Table(
        {
            "patient_id": _ID,
            "payer": _FILLED_NAME,
            "from": Column(Kind.DATE, required=True, filled=True),
            "to": _DATE,
        },
        may_be_empty=True,
    ),
    STAYS: Table(
        {
            "patient_id": _ID,
            "from": Column(Kind.DATE, required=True, filled=True),
            "to": _DATE,
            "kind": Column(Kind.WORD, Stay, required=True, filled=True),
        },
        may_be_empty=True,
    ),
    SUMMARY: Table(
        {
            "patient_id": _ID,
            "month": Column(Kind.MONTH),
            "from": _DATE,
            "to": _DATE,
            "program": Column(Kind.WORD, Program),
            "system": Column(Kind.WORD, System),
            "role": Column(Kind.WORD, Role),
            "reading_days": Column(Kind.NUMBER),
            "seconds": _DURATION,
            "minutes": _DURATION,
            **{f"minutes_{program}": _DURATION for program in Program},
            "live_contacts": Column(Kind.NUMBER),
        },
        one_of=("month", "from"),
        longest=31 * MOST_SECONDS,
    ),
    DEVICES: Table(
        {"device_id": _FILLED_NAME, "patient_id": _ID, "from": _DATE, "to": _DATE},
        may_be_empty=True,
    ),
    DECISIONS: Table(
        {
            "entry_id": _TEXT,
            "file": _TEXT,
            "line": Column(Kind.NUMBER),
            "patient_id": _ID,
            "decision": _FILLED_TEXT,
            "by": _FILLED_TEXT,
            "on": Column(Kind.DATE, required=True, filled=True),
            "reason": _FILLED_TEXT,
        },
        one_of=("entry_id", "line"),
        may_be_empty=True,
    ),
}

GROUPED: Mapping[str, tuple[str, ...]] = {
    READINGS: (
        *("file", "patient", "system", "source", "device", "days", "lines", "elsewhere", "ahead"),
        *("first_day", "last_day", "lag", "barred", "before_consent", "after_end"),
    ),
    TIME_LOG: (
        *("file", "patient", "program", "role", "contact", "days", "lines", "elsewhere", "ahead"),
        *("first_day", "last_day", "staffed", "short", "long", "seconds", "times"),
        *("since", "until"),
    ),
}
"""What is told of lines in groups: of the readings of one patient, system, source and device in one
file; and of the time of one patient, program, role and contact in one file, in a stretch of days
that no window cuts, if nothing else can have a say in a line.

Words stand as their numbers (`words_of`), and days as numbers from the first of the span;
-1 is nothing. `days` has a bit for each local day of the span with a line. Of the `lines`,
`elsewhere` lie outside the days that can count, and `ahead` after the as-of day. On the `barred`
days no reading counts: `before_consent` lines lie before the consent, and `after_end` after the
end; `lag` are the most days from a day that can count until its line was received. The judged lines
of a group of time are so many `seconds` of so many `times`, from `since` to
`until`; `short` and `long` ones are not usual, and `staffed` tells whether one says by whom."""

NOTHING = -1
"""The number of an empty cell, and of what is not there."""


def words_of(kind: type[StrEnum]) -> tuple[Any, ...]:
    """The words of a kind, each at its number, and None at that of nothing."""
    return (*kind, None)


def numbers_of(kind: type[StrEnum]) -> Mapping[StrEnum | None, int]:
    """The number of each word of a kind, and of None."""
    return {**{word: n for n, word in enumerate(kind)}, None: NOTHING}
