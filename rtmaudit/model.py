"""The nouns, and the closed vocabulary that YAML, CSV, JSON and code share.

Everything here is frozen and hashable. Nothing here reads, counts or judges.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import TypeAlias


class Verdict(StrEnum):
    """One word per finding, the same in the table, CSV, JSON, YAML and code."""

    READY = "ready"
    OPEN = "open"
    SHORT = "short"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    REVIEW = "review"
    NOT_APPLICABLE = "not_applicable"


class Program(StrEnum):
    """Programs that a time entry or a roster line may name."""

    RTM = "rtm"
    RPM = "rpm"
    CCM = "ccm"
    PCM = "pcm"
    APCM = "apcm"
    BHI = "bhi"
    COCM = "cocm"
    CPM = "cpm"
    CHI = "chi"
    PIN = "pin"


class System(StrEnum):
    """What a device or an app watches."""

    MUSCULOSKELETAL = "musculoskeletal"
    RESPIRATORY = "respiratory"
    COGNITIVE_BEHAVIORAL = "cognitive_behavioral"
    PHYSIOLOGIC = "physiologic"


PROGRAM_OF_SYSTEM = {
    System.MUSCULOSKELETAL: Program.RTM,
    System.RESPIRATORY: Program.RTM,
    System.COGNITIVE_BEHAVIORAL: Program.RTM,
    System.PHYSIOLOGIC: Program.RPM,
}


class Source(StrEnum):
    """How a reading came about."""

    DEVICE = "device"
    APP = "app"
    MANUAL = "manual"


class Role(StrEnum):
    """Who spent the time."""

    PHYSICIAN = "physician"
    NPP = "npp"
    THERAPIST = "therapist"
    ASSISTANT = "assistant"
    CLINICAL_STAFF = "clinical_staff"
    AUXILIARY = "auxiliary"


class BillerType(StrEnum):
    """Who bills; decides whose time counts and which programs are open to the practice."""

    PHYSICIAN = "physician"
    NPP = "npp"
    THERAPIST = "therapist"


class Contact(StrEnum):
    """How the patient was reached."""

    NONE = "none"
    LIVE_AUDIO = "live_audio"
    LIVE_VIDEO = "live_video"
    IN_PERSON = "in_person"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"


LIVE_CONTACTS = frozenset({Contact.LIVE_AUDIO, Contact.LIVE_VIDEO, Contact.IN_PERSON})


class Mdm(StrEnum):
    """Level of medical decision making."""

    STRAIGHTFORWARD = "straightforward"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class ClaimStatus(StrEnum):
    """Where a claim line stands."""

    SUBMITTED = "submitted"
    PAID = "paid"
    DENIED = "denied"
    VOIDED = "voided"


class Clock(StrEnum):
    """The kinds of window that a code may run on."""

    CALENDAR_MONTH = "calendar_month"
    SUPPLY_PERIOD = "supply_period"
    EPISODE = "episode"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of days, both ends included (see windows.py)."""

    kind: Clock
    start: date
    end: date


class FactName(StrEnum):
    """What can be counted or looked up for a patient. `facts` implements exactly these."""

    READING_DAYS = "reading_days"
    MANAGEMENT_MINUTES = "management_minutes"
    LIVE_CONTACTS = "live_contacts"
    CONSENT_DATE = "consent_date"
    ORDER_DATE = "order_date"
    CARE_PLAN_DATE = "care_plan_date"
    INITIATING_VISIT_DATE = "initiating_visit_date"
    PLAN_OF_CARE = "plan_of_care"
    CHRONIC_CONDITIONS = "chronic_conditions"
    MDM = "mdm"
    BILLER_TYPE = "biller_type"
    MONITORED = "monitored"


UNIT_OF_FACT = {
    FactName.READING_DAYS: "days",
    FactName.MANAGEMENT_MINUTES: "minutes",
    FactName.LIVE_CONTACTS: "contacts",
    FactName.CONSENT_DATE: "date",
    FactName.ORDER_DATE: "date",
    FactName.CARE_PLAN_DATE: "date",
    FactName.INITIATING_VISIT_DATE: "date",
    FactName.PLAN_OF_CARE: "dates",
    FactName.CHRONIC_CONDITIONS: "conditions",
    FactName.MDM: "word",
    FactName.BILLER_TYPE: "word",
    FactName.MONITORED: "yes_no",
}


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact with its arguments: what a rule asks `facts` for.

    `by` lists, per kind of biller, the roles whose time counts; `visit_codes` the codes of visits
    on whose days no time counts. Both are law, so they come from the rulebook.
    """

    name: FactName
    program: Program
    systems: tuple[System, ...] = ()
    by: tuple[tuple[BillerType, tuple[Role, ...]], ...] = ()
    visit_codes: tuple[str, ...] = ()


class Why(StrEnum):
    """Why the two ends of a fact differ."""

    MISSING = "missing"
    DISPUTED = "disputed"


class Cause(StrEnum):
    """What exactly is missing or disputed; `report.words` has a sentence for each."""

    NO_READINGS = "no_readings"
    NO_TIME_LOG = "no_time_log"
    NO_CONTACT_COLUMN = "no_contact_column"
    NO_ROLE = "no_role"
    NO_BILLER_TYPE = "no_biller_type"
    NO_COLUMN = "no_column"
    NO_START = "no_start"
    DAYS_NOT_COVERED = "days_not_covered"
    SYSTEM_NOT_KNOWN = "system_not_known"
    LINE_NOT_READABLE = "line_not_readable"
    IDENTICAL_LINES = "identical_lines"
    EDITED_ENTRY = "edited_entry"
    OVERLAP = "overlap"
    PROGRAM_OF_CALL = "program_of_call"
    VISIT_CODE = "visit_code"
    CALENDAR_MONTH = "calendar_month"
    CONDITION_NOT_LISTED = "condition_not_listed"
    GIVEN = "given"


class _Anything(Enum):
    ANYTHING = "anything"

    def __repr__(self) -> str:
        return "ANYTHING"


ANYTHING = _Anything.ANYTHING

Scalar: TypeAlias = int | bool | str | date | tuple[date, date | None]
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


class Met(Enum):
    """How a condition stands."""

    YES = "yes"
    NO = "no"
    LATER = "later"
    UNDECIDED = "undecided"


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

    @property
    def short_by(self) -> int:
        """Whole units still missing; never 0 for an unmet need."""
        return max(0, self.want - self.have)


class ReasonKind(StrEnum):
    """Why a finding is not simply ready; `report.words` has a sentence for each."""

    NOT_IN_FORCE = "not_in_force"
    NOT_ABOUT = "not_about"
    SUPERSEDED = "superseded"
    ZERO_UNITS = "zero_units"
    BASE = "base"
    SHORT = "short"
    MAY_STILL = "may_still"
    DUE_LATER = "due_later"
    FELL_DUE_EARLIER = "fell_due_earlier"
    PAPER = "paper"
    CONFLICT = "conflict"
    CLAIM_BILLED = "claim_billed"
    CLAIM_OVERLAPS = "claim_overlaps"
    CLAIM_BEFORE_START = "claim_before_start"
    MISSING = "missing"
    DISPUTED = "disputed"
    CONTESTED = "contested"
    LAW_CHANGES = "law_changes"
    HELD_BACK = "held_back"
    UNITS_UNDECIDED = "units_undecided"


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
    sources: tuple[str, ...] = ()
    refs: tuple[FactRef, ...] = field(default=(), repr=False)


class Disposition(StrEnum):
    """What became of a record. Every record has exactly one."""

    USED = "used"
    DUPLICATE = "duplicate"
    EXCLUDED = "excluded"
    QUARANTINED = "quarantined"


class Exclusion(StrEnum):
    """Valid, and out of scope."""

    OTHER_MONTH = "other_month"
    AFTER_AS_OF = "after_as_of"
    NOT_ON_ROSTER = "not_on_roster"
    BEFORE_CONSENT = "before_consent"
    AFTER_END = "after_end"
    NOT_LIVE = "not_live"
    BLANK = "blank"
    REPEATED_HEADER = "repeated_header"
    SUMMARY_LINE = "summary_line"
    NOT_KEPT = "not_kept"


class ProblemKind(StrEnum):
    """Anything about the input worth telling. None of them carries a cell's content."""

    ROW_WIDTH = "row_width"
    EMPTY_CELL = "empty_cell"
    PATIENT_ID = "patient_id"
    UNREADABLE_DATE = "unreadable_date"
    TIME_NONEXISTENT = "time_nonexistent"
    UNREADABLE_DURATION = "unreadable_duration"
    DURATION_RANGE = "duration_range"
    DURATION_CONFLICT = "duration_conflict"
    UNKNOWN_WORD = "unknown_word"
    UNREADABLE_CODE = "unreadable_code"
    IDENTICAL_LINES = "identical_lines"
    EDITED_ENTRY = "edited_entry"
    OVERLAP = "overlap"
    PROGRAM_OF_CALL = "program_of_call"
    FILE_NOT_READ = "file_not_read"
    EXPORT_ENDS_EARLY = "export_ends_early"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem, at its file, physical line and column. `disposition` is `disputed` for a line
    that is used in `high` only, and `note` for what concerns a whole file."""

    file: str
    line: int
    column: str
    kind: ProblemKind
    disposition: str
    other_line: str = ""
