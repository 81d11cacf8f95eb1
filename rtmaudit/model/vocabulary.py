"""The closed vocabulary that YAML, CSV, JSON and code share."""

from __future__ import annotations

from enum import Enum, StrEnum


class Word(StrEnum):
    """A word of a closed list. It hashes as its text does, which Enum would work out anew at each
    look-up."""

    __hash__ = str.__hash__


class Verdict(Word):
    """One word per finding, the same in the table, CSV, JSON, YAML and code."""

    READY = "ready"
    OPEN = "open"
    SHORT = "short"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    REVIEW = "review"
    NOT_APPLICABLE = "not_applicable"


class Program(Word):
    """Programs that a time entry or a roster line may name."""

    RTM = "rtm"
    RPM = "rpm"
    CCM = "ccm"
    PCM = "pcm"
    APCM = "apcm"
    TCM = "tcm"
    BHI = "bhi"
    COCM = "cocm"
    CPM = "cpm"
    CHI = "chi"
    PIN = "pin"
    SMBP = "smbp"


class System(Word):
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


class Source(Word):
    """How a reading came about."""

    DEVICE = "device"
    APP = "app"
    MANUAL = "manual"


class Role(Word):
    """Who spent the time."""

    PHYSICIAN = "physician"
    NPP = "npp"
    THERAPIST = "therapist"
    ASSISTANT = "assistant"
    CLINICAL_STAFF = "clinical_staff"
    AUXILIARY = "auxiliary"


class BillerType(Word):
    """Who bills; decides whose time counts and which programs are open to the practice."""

    PHYSICIAN = "physician"
    NPP = "npp"
    THERAPIST = "therapist"


class Contact(Word):
    """How the patient was reached."""

    NONE = "none"
    LIVE_AUDIO = "live_audio"
    LIVE_VIDEO = "live_video"
    IN_PERSON = "in_person"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"


class Stay(Word):
    """Where a patient stayed."""

    HOSPITAL = "hospital"
    FACILITY = "facility"


class Discipline(Word):
    """A therapist's profession."""

    PT = "pt"
    OT = "ot"
    SLP = "slp"


class YesNo(Word):
    """An answer in a cell."""

    YES = "yes"
    NO = "no"


class SurgicalPeriod(Word):
    """How a window stands to a global surgical period."""

    NONE = "none"
    UNRELATED = "unrelated"
    RELATED = "related"


class ProgramMonth(Word):
    """Which month of a program it is for a patient."""

    FIRST = "first"
    LATER = "later"


LIVE_CONTACTS = frozenset({Contact.LIVE_AUDIO, Contact.LIVE_VIDEO, Contact.IN_PERSON})


class Mdm(Word):
    """Level of medical decision making."""

    STRAIGHTFORWARD = "straightforward"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class ClaimStatus(Word):
    """Where a claim line stands."""

    SUBMITTED = "submitted"
    PAID = "paid"
    DENIED = "denied"
    VOIDED = "voided"


class Clock(Word):
    """The kinds of window that a code may run on."""

    CALENDAR_MONTH = "calendar_month"
    SUPPLY_PERIOD = "supply_period"
    EPISODE = "episode"
    DISCHARGE = "discharge"


class FactName(Word):
    """What can be counted or looked up for a patient. `facts` implements exactly these."""

    READING_DAYS = "reading_days"
    READINGS = "readings"
    MANAGEMENT_MINUTES = "management_minutes"
    LIVE_CONTACTS = "live_contacts"
    VISITS = "visits"
    DAYS_TO_VISIT = "days_to_visit"
    BUSINESS_DAYS_TO_CONTACT = "business_days_to_contact"
    CONSENT_DATE = "consent_date"
    ORDER_DATE = "order_date"
    CARE_PLAN_DATE = "care_plan_date"
    INITIATING_VISIT_DATE = "initiating_visit_date"
    PLAN_OF_CARE = "plan_of_care"
    CHRONIC_CONDITIONS = "chronic_conditions"
    MDM = "mdm"
    BILLER_TYPE = "biller_type"
    MONITORED = "monitored"
    ESTABLISHED = "established"
    HIGH_RISK = "high_risk"
    QMB = "qmb"
    ALIVE = "alive"
    ENROLLED = "enrolled"
    PROGRAM_MONTH = "program_month"
    PLACE_OF_SERVICE = "place_of_service"
    SURGICAL_PERIOD = "surgical_period"
    DIAGNOSES = "diagnoses"
    DISCIPLINE = "discipline"
    ASSISTANT_PERCENT = "assistant_percent"
    THERAPY_AMOUNT = "therapy_amount"


UNIT_OF_FACT = {
    FactName.READING_DAYS: "days",
    FactName.READINGS: "readings",
    FactName.MANAGEMENT_MINUTES: "minutes",
    FactName.LIVE_CONTACTS: "contacts",
    FactName.VISITS: "visits",
    FactName.DAYS_TO_VISIT: "days",
    FactName.BUSINESS_DAYS_TO_CONTACT: "days",
    FactName.CONSENT_DATE: "date",
    FactName.ORDER_DATE: "date",
    FactName.CARE_PLAN_DATE: "date",
    FactName.INITIATING_VISIT_DATE: "date",
    FactName.PLAN_OF_CARE: "dates",
    FactName.CHRONIC_CONDITIONS: "conditions",
    FactName.MDM: "word",
    FactName.BILLER_TYPE: "word",
    FactName.MONITORED: "yes_no",
    FactName.ESTABLISHED: "yes_no",
    FactName.HIGH_RISK: "yes_no",
    FactName.QMB: "yes_no",
    FactName.ALIVE: "yes_no",
    FactName.ENROLLED: "yes_no",
    FactName.PROGRAM_MONTH: "word",
    FactName.PLACE_OF_SERVICE: "word",
    FactName.SURGICAL_PERIOD: "word",
    FactName.DIAGNOSES: "codes",
    FactName.DISCIPLINE: "word",
    FactName.ASSISTANT_PERCENT: "percent",
    FactName.THERAPY_AMOUNT: "dollars",
}


class Why(Word):
    """Why the two ends of a fact differ."""

    MISSING = "missing"
    DISPUTED = "disputed"


class Cause(Word):
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
    DEVICE_NOT_ASSIGNED = "device_not_assigned"
    DEVICE_SHARED = "device_shared"
    IDENTICAL_LINES = "identical_lines"
    EDITED_ENTRY = "edited_entry"
    OVERLAP = "overlap"
    REPEATED_HOUR = "repeated_hour"
    SAME_MINUTES = "same_minutes"
    PROGRAM_OF_CALL = "program_of_call"
    CALL_LENGTH = "call_length"
    VISIT_CODE = "visit_code"
    CALENDAR_MONTH = "calendar_month"
    SUMMARY_ONLY = "summary_only"
    SUMMARY_DIFFERS = "summary_differs"
    ROUNDED = "rounded"
    CONDITION_NOT_LISTED = "condition_not_listed"
    ON_STAY = "on_stay"
    SURGERY_UNSTATED = "surgery_unstated"
    GIVEN = "given"


class Bar(Word):
    """Why nothing of an entry of the time log counts for a fact."""

    ELSEWHERE = "elsewhere"
    ROLE = "role"
    VISIT_OR_STAY = "visit_or_stay"
    NOTHING_LEFT = "nothing_left"


class Met(Enum):
    """How a condition stands."""

    YES = "yes"
    NO = "no"
    LATER = "later"
    UNDECIDED = "undecided"


class ReasonKind(Word):
    """Why a finding is not simply ready; `report.words` has a sentence for each."""

    NOT_IN_FORCE = "not_in_force"
    NOT_PAID = "not_paid"
    NOT_ABOUT = "not_about"
    SUPERSEDED = "superseded"
    ZERO_UNITS = "zero_units"
    BASE = "base"
    SHORT = "short"
    MAY_STILL = "may_still"
    TOO_LATE = "too_late"
    DUE_LATER = "due_later"
    FELL_DUE_EARLIER = "fell_due_earlier"
    PAPER = "paper"
    CONFLICT = "conflict"
    CONFLICT_UNSETTLED = "conflict_unsettled"
    CONFLICT_UNDECIDED = "conflict_undecided"
    CLAIM_BILLED = "claim_billed"
    CLAIM_OVERLAPS = "claim_overlaps"
    CLAIM_BESIDE = "claim_beside"
    CLAIM_BEFORE_START = "claim_before_start"
    MISSING = "missing"
    DISPUTED = "disputed"
    CONTESTED = "contested"
    LAW_CHANGES = "law_changes"
    HELD_BACK = "held_back"
    UNITS_UNDECIDED = "units_undecided"
    PAYER_CHANGES = "payer_changes"
    UNREAD_LINE = "unread_line"
    MODIFIER = "modifier"
    THERAPY_THRESHOLD = "therapy_threshold"


class Disposition(Word):
    """What became of a record. Every record has exactly one."""

    USED = "used"
    DUPLICATE = "duplicate"
    EXCLUDED = "excluded"
    QUARANTINED = "quarantined"


class Exclusion(Word):
    """Valid, and out of scope."""

    OTHER_MONTH = "other_month"
    AFTER_AS_OF = "after_as_of"
    NOT_ON_ROSTER = "not_on_roster"
    BEFORE_CONSENT = "before_consent"
    AFTER_END = "after_end"
    NOT_LIVE = "not_live"
    DROPPED = "dropped"
    BLANK = "blank"
    REPEATED_HEADER = "repeated_header"
    SUMMARY_LINE = "summary_line"
    ABOVE_HEADER = "above_header"
    HEADER_LINE = "header_line"
    BELOW_TABLE = "below_table"
    NOT_KEPT = "not_kept"


class ProblemKind(Word):
    """Anything about the input worth telling. None of them carries a cell's content."""

    ROW_WIDTH = "row_width"
    EMPTY_CELL = "empty_cell"
    PATIENT_ID = "patient_id"
    ID_RESEMBLES = "id_resembles"
    ID_PRECISION = "id_precision"
    ROSTER_MISMATCH = "roster_mismatch"
    UNREADABLE_DATE = "unreadable_date"
    IMPLAUSIBLE_DATE = "implausible_date"
    FUTURE_DATE = "future_date"
    TIME_NONEXISTENT = "time_nonexistent"
    REPEATED_HOUR = "repeated_hour"
    UNREADABLE_DURATION = "unreadable_duration"
    DURATION_RANGE = "duration_range"
    DURATION_CONFLICT = "duration_conflict"
    UNREADABLE_NUMBER = "unreadable_number"
    UNKNOWN_WORD = "unknown_word"
    BILLING_CODE = "billing_code"
    UNREADABLE_CONDITION = "unreadable_condition"
    STRAY_QUOTE = "stray_quote"
    ENDS_BEFORE_START = "ends_before_start"
    DEVICE_NOT_ASSIGNED = "device_not_assigned"
    DEVICE_SHARED = "device_shared"
    DEVICE_HANDED_OVER = "device_handed_over"
    DEVICE_OF_MANY = "device_of_many"
    SEVERAL_DEVICES = "several_devices"
    LATE_SYNC = "late_sync"
    SAME_MINUTE = "same_minute"
    IDENTICAL_LINES = "identical_lines"
    EDITED_ENTRY = "edited_entry"
    REPEATED_ENTRY = "repeated_entry"
    OVERLAP = "overlap"
    SAME_MINUTES = "same_minutes"
    NO_TIME_OF_DAY = "no_time_of_day"
    SPLIT_AT_MONTH_END = "split_at_month_end"
    LATE_ENTRY = "late_entry"
    ENTRY_AFTER_CLOSE = "entry_after_close"
    STAFF_MISSING = "staff_missing"
    STAFF_DAY_EXCESS = "staff_day_excess"
    DURATION_UNIT = "duration_unit"
    PROGRAM_OF_CALL = "program_of_call"
    CALL_LENGTH = "call_length"
    UNKNOWN_PAYER = "unknown_payer"
    EXPORT_ENDS_EARLY = "export_ends_early"
    MOSTLY_OTHER_MONTH = "mostly_other_month"
    LINES_AT_A_CAP = "lines_at_a_cap"
    VOLUME_LEAP = "volume_leap"
