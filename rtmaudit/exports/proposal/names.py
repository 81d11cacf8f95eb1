"""What the columns of exports are called: read as a table, changed without reading any code.

Of each canonical column the names stand in ranks, the surest first: a name of a later rank counts
only where none of an earlier one is there. Two columns of one rank are a question. Case, blanks and
punctuation make no difference: `ActivityDate` is `activity date`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from rtmaudit.exports.grid import normal
from rtmaudit.model import Program
from rtmaudit.tables import TABLES

Ranks = tuple[str, ...]
"""Names of one column: each text a rank, its names separated by commas."""

_PATIENT: Ranks = (
    "patient id, patient identifier, patient number, patient no, patient uuid, pt id, mrn, "
    "medical record number, patient mrn, emr id, ehr id, chart number, chart no, chart id, "
    "member id, client id, participant id, participant identifier, participant, subject id, "
    "person id",
    "id, identifier, patient, pt, client, member, subject, person",
)
_STAFF: Ranks = (
    "staff id, staff, staff name, staff member, employee, employee id, clinician, clinician id, "
    "clinician name, care manager, care coordinator, nurse, logged by, performed by, hcp, agent, "
    "provider id, provider, provider name, team member",
    "user id, user, user name, email, author, created by",
)
_DURATION: Ranks = (
    "duration, duration minutes, duration min, duration mins, duration seconds, duration sec, "
    "duration secs, duration hours, duration h, duration hh mm ss, duration mm ss, duration hh mm, "
    "time spent, time spent minutes, time spent min, time spent mins, time spent seconds, "
    "time spent hours, minutes, mins, min, minutes spent, minutes logged, total minutes, "
    "seconds, secs, total seconds, hours, hrs, total hours, total time, time logged, elapsed, "
    "elapsed time, length, time minutes, time min, time mins, call duration, "
    "call duration minutes, call duration min, call duration seconds, call duration sec, "
    "call length, call minutes, talk time, talk time seconds",
    "duration decimal, billable minutes, billable hours, rounded minutes, rounded hours, time",
)
_PROGRAM: Ranks = (
    "programs, program type, program name, care program, billing program, service line",
    "service, services, service type, service name, project, project name, module, care type",
)
_SYSTEM: Ranks = (
    "device type, device category, system monitored, monitored system, body system, modality, "
    "condition monitored, therapy type",
    "measurement type, reading type, vital type, metric, device, device name, device model",
)
_CONTACT: Ranks = (
    "contact type, contact method, contact mode, communication type, communication method, "
    "interaction type, interaction, live interaction, live contact, call type, call outcome, "
    "outcome, disposition, method of contact",
    "communication, channel, method, mode, encounter type, result",
)
_PAYER: Ranks = (
    "payor, payer name, insurance, insurance name, insurance plan, primary insurance, "
    "primary payer, primary payor, health plan, carrier",
    "plan, coverage",
)
_BILLER: Ranks = (
    "billing provider, billing practitioner, rendering provider, supervising provider, "
    "doctor in charge, billing npi",
    "provider, provider name, practitioner, physician, doctor, pcp, clinician",
)
_CODE: Ranks = (
    "cpt, cpt code, procedure code, hcpcs, hcpcs code, cpt hcpcs, proc code, service code, "
    "billing code",
)

NAMES: Mapping[str, Mapping[str, Ranks]] = {
    "readings": {
        "patient_id": (_PATIENT[0] + ", user id", _PATIENT[1] + ", user"),
        "recorded_at": (
            "recorded, recorded on, recorded date, recording date, recording time, measured at, "
            "measured, measured on, measured date, measurement date, measurement time, "
            "measurement timestamp, measurement time in seconds, timestamp measured, reading date, "
            "reading time, reading timestamp, reading taken, taken at, taken on, date taken, "
            "observed at, observation date, observation time, device timestamp, device time, "
            "sample time, recorded utc, recorded at utc, timestamp utc, time utc, date utc",
            "date, day, timestamp, date time, activity date, activity day, session date, "
            "exercise date, start date, completed at, completed on, date completed",
        ),
        "system": _SYSTEM,
        "device_id": (
            "device serial, device serial number, serial, serial number, serial no, imei, "
            "source device id, device identifier",
        ),
        "received_at": (
            "received, received date, received on, uploaded, uploaded at, upload date, synced, "
            "synced at, sync date, sync time, transmitted at, transmission date, inserted, "
            "inserted at, inserted date",
        ),
        "source": (
            "source type, entry type, entry method, input method, input type, is manual, "
            "is manual report, manual, manual entry, manually entered, reading source, data source",
        ),
    },
    "time_log": {
        "patient_id": _PATIENT,
        "started_at": (
            "start, start time, start date, start date time, started, started on, begin, "
            "begin time, began at, time in, start utc, start time utc",
            "date, date time, date of service, service date, dos, entry date, activity date, "
            "log date, logged date, work date, spent date, session date, performed at, "
            "performed on, timestamp, day",
        ),
        "seconds": _DURATION,
        "ended_at": (
            "end, end time, end date, end date time, ended, stop, stop time, finish, finish time, "
            "finished at, time out, end utc, end time utc",
        ),
        "program": _PROGRAM,
        "role": (
            "staff role, credential, credentials, licence, license, job title, staff type, "
            "user role, provider type, position",
        ),
        "contact": _CONTACT,
        "staff_id": _STAFF,
        "entry_id": (
            "time entry id, log id, time log id, record id, activity id, session id, uuid",
            "id",
        ),
        "activity": ("activity type, task, description, work type",),
        "created_at": (
            "created, created date, created on, entry created, entered at, entered on, logged at",
        ),
    },
    "calls": {
        "patient_id": _PATIENT,
        "started_at": (
            "call date, call time, call date time, call start, call started, called at, call day, "
            "date of call, start, start time",
            "date, date time, timestamp, day",
        ),
        "seconds": _DURATION,
        "contact": _CONTACT,
        "program": _PROGRAM,
        "staff_id": (_STAFF[0] + ", caller, called by", _STAFF[1]),
    },
    "patients": {
        "patient_id": _PATIENT,
        "programs": (
            "program, program name, enrolled programs, enrolled in, " + _PROGRAM[0],
            _PROGRAM[1],
        ),
        "payer": _PAYER,
        "biller": _BILLER,
        "biller_type": ("billing provider type, practitioner type, provider type",),
        "discipline": ("therapy discipline, therapist discipline",),
        "place_of_service": ("pos, pos code, place of service code",),
        "locality": ("medicare locality, locality code",),
        "enrolled_on": (
            "enrollment date, enrolment date, enrolled, enrolled date, date enrolled, "
            "activation date, program start, program start date, episode start, start of care, "
            "soc date, monitoring start, monitoring start date",
            "start date",
        ),
        "setup_on": (
            "setup date, set up date, device setup, device setup date, education date, "
            "device assigned on, onboarding date",
        ),
        "goals_met_on": ("goals met, goals met date",),
        "ended_on": (
            "monitoring off date, deactivation date, disenrolled, disenrolled on, "
            "disenrollment date, disenrolment date, program end, program end date, episode end, "
            "inactive date, inactive since, termination date",
            "end date",
        ),
        "died_on": ("date of death, death date, deceased date, deceased on, dod",),
        "consent_on": ("consent, consent date, consented, consented on, date of consent",),
        "consent_revoked_on": (
            "consent revoked, consent withdrawn, consent withdrawn on, consent revoked date",
        ),
        "order_on": ("order date, ordered, ordered on, date of order, rx date",),
        "plan_of_care_from": ("plan of care start, poc start, poc from, certification from",),
        "plan_of_care_to": ("plan of care end, poc end, poc to, certification to",),
        "care_plan_on": ("care plan date, care plan, care plan created",),
        "initiating_visit_on": ("initiating visit, initiating visit date",),
        "established": ("established patient",),
        "conditions": (
            "diagnoses, diagnosis codes, dx codes, icd 10, icd 10 codes, icd10 code, icd codes",
            "diagnosis, diagnosis code, dx, dx code, primary diagnosis, icd code",
        ),
        "high_risk": ("is high risk",),
        "mdm": ("medical decision making, mdm level",),
        "surgery_on": ("surgery date, date of surgery, surgery",),
        "global_days": ("global period, global period days",),
        "surgery_related": ("related to surgery",),
        "discharged_on": ("hospital discharge, hospital discharge date",),
        "contacted_on": ("contact date, first contact after discharge",),
        "visited_on": ("visit after discharge",),
        "qmb": ("qualified medicare beneficiary, is qmb",),
        "therapy_amount_to_date": ("therapy amount, therapy cap used",),
    },
    "visits": {
        "patient_id": _PATIENT,
        "on": (
            "visit date, date of visit, encounter date, appointment date, appt date, "
            "date of service, service date, dos",
        ),
        "code": ("cpt, " + _CODE[0], "visit code"),
        "biller": _BILLER,
    },
    "claims": {
        "patient_id": _PATIENT,
        "code": _CODE,
        "units": ("unit, qty, quantity",),
        "modifiers": ("modifier, mod, mods",),
        "service_date": ("date of service, dos, claim date, date billed",),
        "period_start": ("service from, from date, period from",),
        "period_end": ("service to, to date, thru date, through date, period to",),
        "program": _PROGRAM,
        "biller": _BILLER,
        "status": ("claim status",),
        "amount": ("charge, charge amount, billed amount",),
    },
    "coverage": {
        "patient_id": _PATIENT,
        "payer": _PAYER,
        "from": ("effective date, effective from, coverage start, coverage from, effective",),
        "to": (
            "coverage end, coverage to, effective to, termination date, term date, expiration date",
        ),
    },
    "stays": {
        "patient_id": _PATIENT,
        "from": ("admission date, admit date, admitted, admitted on, date of admission",),
        "to": ("discharge date, discharged, discharged on, date of discharge",),
        "kind": ("facility type, stay type, type of stay, admission type, setting",),
    },
    "devices": {
        "device_id": ("device serial, serial, serial number, serial no, imei",),
        "patient_id": _PATIENT,
        "from": (
            "assigned, assigned on, assigned date, date assigned, issued, issued on, given on",
        ),
        "to": ("returned, returned on, returned date, unassigned on, unassigned date",),
    },
    "summary": {
        "patient_id": _PATIENT,
        "month": ("billing month, report month, service month, month of service", "period"),
        "from": ("period start, period from, current period start",),
        "to": ("period end, period to, current period end",),
        "program": _PROGRAM,
        "system": _SYSTEM[:1],
        "role": ("staff role", "provider type"),
        "reading_days": (
            "days with readings, days of readings, active days, days of activity, adherence days, "
            "days with data, data days, days transmitted, transmission days, days of data, "
            "days active, number of days, monitoring days, days monitored",
            "days",
        ),
        "seconds": (
            _DURATION[0]
            + ", provider time minutes, minutes of management, management minutes, staff minutes",
        ),
        **{
            f"minutes_{each}": (f"{each} minutes, {each} mins, {each} min, {each} time minutes",)
            for each in Program
        },
        "live_contacts": (
            "live calls, calls, phone calls, phone call, number of calls, call count, "
            "live interactions, interactive communications, interactions",
        ),
    },
}

DOUBTFUL: Mapping[tuple[str, str], tuple[str, str]] = {
    ("readings", "recorded_at"): (
        "received at, received, received date, received on, uploaded, uploaded at, upload date, "
        "synced, synced at, sync date, sync time, transmitted at, transmission date, created, "
        "created at, created date, created on, inserted, inserted at, inserted date, time",
        "its name may mean the time when the line arrived, not when the patient measured",
    ),
    ("time_log", "started_at"): (
        "created, created at, created date, created on, logged at, entered at, entry created, "
        "visit date, modified at",
        "its name may mean another time than that of the work",
    ),
    ("patients", "ended_on"): (
        "discharge date, discharged, discharged on, date of discharge",
        "it may be the end of the program, or of a hospital stay (then `discharged_on`)",
    ),
    **{
        (table, "patient_id"): (
            "patient name, name, full name, client name, member name, participant name",
            "it holds names, and two people of one name would be taken for one",
        )
        for table in TABLES
    },
}
"""Names that suit a column only where a person says so, and why."""

FILE_WORDS: Mapping[str, str] = {
    "readings": "reading readings vitals vital measurement measurements observation observations "
    "steps sleep weight activity activities bp glucose device devices sensor sensors rom "
    "goniometer spirometer session sessions transmissions",
    "time_log": "time timelog timelogs timesheet timesheets minutes hours worklog clockify toggl "
    "harvest",
    "calls": "call calls phone calllog",
    "patients": "patient patients roster census enrollment enrollments enrolment demographics",
    "visits": "visit visits appointment appointments encounter encounters schedule",
    "claims": "claim claims billed charges remit",
    "coverage": "coverage insurance eligibility payer payers",
    "stays": "stay stays admission admissions adt",
    "summary": "summary monthly summaries",
    "devices": "devices assignments",
    "decisions": "decisions",
}
"""Words in the name of a file that speak for a table."""

MEASURES = (
    "steps, total steps, step total, step count, value, reading, reading value, result, "
    "measurement, score, systolic, glucose, glucose value, weight, weight kg, weight lbs, spo2, "
    "heart rate, bpm, pulse, flexion, extension, range of motion, rom, repetitions, reps, "
    "adherence, minutes of use, puffs, doses, peak flow, fev1, calories, distance"
)
"""Columns that show whether a line of readings holds any, the most telling first."""

STATES = (
    "status, state, record type, event type, entry status, reading status, session status, "
    "approval status, billable, deleted, voided, cancelled, canceled, is test, test, valid"
)
"""Columns by which some lines may be none at all."""

LIKELY: Mapping[str, Mapping[str, str]] = {
    "system": {
        "musculoskeletal": "goniometer, knee sensor, range of motion, rom, msk, physical therapy",
        "respiratory": "spirometer, inhaler, peak flow, peak flow meter, copd, asthma",
        "cognitive_behavioral": "cbt, cognitive behavioral therapy, digital cbt",
        "physiologic": "blood pressure, blood pressure monitor, blood pressure cuff, bp, bp cuff, "
        "scale, weight scale, glucometer, glucose meter, cgm, pulse oximeter, spo2, thermometer",
    },
    "program": {
        "rtm": "remote therapeutic monitoring",
        "rpm": "remote patient monitoring, remote physiologic monitoring",
        "ccm": "chronic care management",
        "pcm": "principal care management",
        "apcm": "advanced primary care management",
        "tcm": "transitional care management",
        "bhi": "behavioral health integration",
    },
    "role": {
        "physician": "md, do, physician",
        "npp": "np, pa, cns, nurse practitioner, physician assistant",
        "therapist": "pt, ot, slp, physical therapist, occupational therapist",
        "assistant": "pta, ota, cota, therapist assistant",
        "clinical_staff": "rn, lpn, ma, nurse, medical assistant, registered nurse",
    },
    "contact": {
        "voicemail": "left voicemail, left message, vm",
        "message": "sms, text, text message, portal message, email, secure message",
    },
    "source": {"manual": "manual, manually entered", "device": "device, automatic"},
    "kind": {"hospital": "inpatient, acute", "facility": "snf, nursing facility, rehab"},
}
"""Vendors' words of which ours are likely: offered, never taken without a person's word."""

YES, NO = frozenset({"y", "yes", "true", "t", "1"}), frozenset({"n", "no", "false", "f", "0"})

NOTHING = frozenset({"n/a", "#n/a", "-", "--", "null", "(blank)"})
"""Words of vendors for a cell without content."""

UNITS = {
    "seconds": ("seconds", "second", "secs", "sec"),
    "minutes": ("minutes", "minute", "mins", "min"),
    "hours": ("hours", "hour", "hrs", "h"),
}
"""Words at the end or the start of a column's name that say its unit."""


def squashed(name: str) -> str:
    """A column's name without all that differs between exports, for comparing names alone."""
    return re.sub(r"[\W_]+", "", normal(name))


def ranks_of(table: str, column: str) -> Iterator[frozenset[str]]:
    """The names of a column, the surest first: our own, then each rank."""
    yield frozenset({squashed(column)})
    for rank in NAMES.get(table, {}).get(column, ()):
        yield listed(rank)


def doubtful(table: str, column: str) -> tuple[frozenset[str], str]:
    """Names that suit a column only where a person says so, and why."""
    names, why = DOUBTFUL.get((table, column), ("", ""))
    return listed(names), why


def listed(names: str) -> frozenset[str]:
    """The names of a text, to be compared."""
    return frozenset(squashed(each) for each in names.split(",") if each.strip())


@cache
def known_names() -> frozenset[str]:
    """Every name by which a header is known."""
    tables = (
        *(rank for t, table in TABLES.items() for c in table.columns for rank in ranks_of(t, c)),
        *(doubtful(*place)[0] for place in DOUBTFUL),
    )
    return frozenset().union(*tables, listed(MEASURES), listed(STATES))


def likely(column: str, word: str) -> str | None:
    """Our word for a vendor's, where there is a usual one."""
    for ours, theirs in LIKELY.get(column.removesuffix("s"), {}).items():
        if squashed(word) in listed(theirs):
            return ours
    return None


def words_in(name: str) -> list[str]:
    """The words of a column's name, also where only capitals part them."""
    return re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())


def unit_in(name: str) -> str | None:
    """The unit that a column's name says, if it says one."""
    words = words_in(name)
    ends = {*words[:1], *words[-1:]}
    said = [unit for unit, each in UNITS.items() if ends & set(each)]
    return said[0] if len(said) == 1 else None
