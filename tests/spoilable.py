"""A clean practice in the canonical tables, of which every line matters: without it the audit says
something else. What spoils a line is noticed in what is said. Only decisions are not among them:
one that cannot be followed to the letter refuses the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from differential.product import rules_read_once
from practice import Practice, Run

CONFIGURATION = """\
timezone: America/New_York
window_mode: auto
defaults: {role: clinical_staff}
payers: {Blue Plan: anthem}
"""

TABLES = {
    "readings": """\
recorded_at,patient_id,system,device_id,source
2026-03-02T07:15:00,0041,musculoskeletal,D-1,device
2026-03-03T23:40:00,0041,musculoskeletal,D-1,device
2026-03-04T06:05:00,41,respiratory,D-2,app
2026-03-05T12:30:00,41,respiratory,D-2,app
2026-03-17T08:00:00,Zoë-7,physiologic,D-3,device
2026-03-19T08:00:00,Zoë-7,physiologic,D-3,device
2026-03-31T23:50:00,Zoë-7,physiologic,D-3,device
""",
    "time_log": """\
entry_id,patient_id,started_at,minutes,program,role,contact,staff_id
E1,0041,2026-03-02T09:00:00,12,rtm,physician,live_audio,S-1
E2,0041,2026-03-20T09:00:00,9,rtm,physician,none,S-1
E3,41,2026-03-03T10:00:00,11,rtm,physician,none,S-2
E4,Zoë-7,2026-03-07T11:00:00,21,ccm,clinical_staff,none,S-3
E5,Zoë-7,2026-03-06T11:00:00,22,rpm,clinical_staff,live_video,S-3
E6,NA,2026-03-09T15:00:00,31,pcm,clinical_staff,none,S-4
""",
    "calls": """\
staff_id,patient_id,started_at,minutes,program,contact
S-2,41,2026-03-12T16:00:00,6,rtm,live_audio
S-3,Zoë-7,2026-03-13T16:30:00,5,rpm,live_audio
S-1,0041,2026-03-24T17:00:00,7,rtm,live_video
""",
    "patients": """\
patient_id,programs,payer,biller_type,conditions,care_plan_on,order_on,enrolled_on,consent_on
0041,rtm,Medicare,physician,M17.11,,2026-02-27,2026-02-27,2026-02-27
41,rtm,Medicare,npp,M54.50,,2026-03-01,2026-03-01,2026-03-01
Zoë-7,rpm;ccm,,physician,I10;E11.9,2026-03-01,2026-03-01,2026-03-02,2026-03-02
NA,pcm,Medicare,physician,I50.22,2026-03-02,,2026-03-02,2026-03-02
1E5,ccm,Cigna,physician,I10;N18.30,2026-03-02,,2026-03-02,2026-03-02
""",
    "visits": """\
code,patient_id,on
G0506,Zoë-7,2026-03-05
99213,41,2026-03-03
""",
    "claims": """\
patient_id,code,units,status,period_start,period_end,service_date
Zoë-7,99490,1,submitted,,,2026-03-05
0041,98975,1,paid,,,2026-03-03
NA,99426,1,paid,,,2026-03-09
""",
    "coverage": """\
payer,patient_id,to,from
Cigna,Zoë-7,2026-03-10,2025-01-01
Blue Plan,Zoë-7,,2026-03-16
Blue Plan,1E5,,2025-01-01
""",
    "stays": """\
patient_id,from,to,kind
Zoë-7,2026-03-04,2026-03-07,facility
NA,2026-03-08,2026-03-09,hospital
""",
    "summary": """\
program,patient_id,minutes,live_contacts,month
ccm,1E5,25,0,2026-03
rtm,0041,0,1,2026-02
""",
    "devices": """\
to,patient_id,device_id,from
2026-03-02,0041,D-1,2026-01-01
,0041,D-1,2026-03-03
2026-03-18,Zoë-7,D-3,2026-01-01
,Zoë-7,D-3,2026-03-19
""",
}

SECRET = "Zoë-7"
"""A patient's id that stands in every table, and must never stand on stderr."""


@contextmanager
def clean_practice(folder: Path) -> Iterator[Practice]:
    """The practice in a folder, audited quickly: the rules are read once."""
    made = Practice(folder)
    made.configure(CONFIGURATION)
    for table, text in TABLES.items():
        made.write(f"{table}.csv", text)
    with rules_read_once():
        yield made


def audited(practice: Practice) -> Run:
    """The run with the JSON document."""
    return practice.audit("--format", "json", "--all")
