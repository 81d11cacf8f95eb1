"""decisions.csv: how a person settles a line in doubt, and which decisions refuse a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from counted import table
from practice import BY_MONTH, ZONE, Practice, holds

from failures.outcome import Case, check, outcome
from failures.test_devices import readings, seen
from failures.test_minutes import CALLS, CCM, MINUTES, PEOPLE, RTM, calls, entry, log, spans
from rtmaudit.errors import InputsRefused

DECISIONS = "entry_id,file,line,patient_id,decision,by,on,reason"


def decided(*lines: str) -> dict[str, str]:
    """`E1 P1 keep` or `time_log:3 P1 keep`, each with who, when and why."""
    return {"decisions": table(DECISIONS, *(_decision(line) for line in lines))}


def _decision(line: str) -> str:
    what, patient, word = line.split()
    file, _, number = what.rpartition(":")
    place = f",{file}.csv,{number}" if file else f"{what},,"
    return f"{place},{patient},{word},A. Smith,2026-04-02,asked the therapist"


def settled(*lines: tuple[str, int]) -> tuple[str, ...]:
    """`time_log:3 column kind`, and the line of decisions.csv that settled it."""
    return tuple(f"{line} settled decisions:{by}" for line, by in lines)


IDENTICAL = log(entry("10", "2026-03-04"), entry("10", "2026-03-04"))
EDITED = log(entry("10", id="E1"), entry("15", id="E1", contact="live_audio"))
OVERLAP = log(entry("40", "2026-03-04T08:05"), entry("30", "2026-03-04T08:40", patient="P2"))
TWO_PROGRAMS = log(entry("20"), entry("20", "2026-03-04T09:15", program="ccm", staff="S2"))
ONE_PERSON = log(entry("20"), entry("20", "2026-03-04T09:15", program="ccm"))
SAME_MINUTES = log(entry("20", "2026-03-04"), entry("20", "2026-03-04", program="ccm"))
CALL = {
    **log(entry("10"), entry("10", "2026-03-05T09:00", program="ccm")),
    "calls": table(CALLS, "P1,2026-03-06T10:00,300,live_audio,"),
}
NO_DAY = calls("P1,soon,60,live_audio,rtm", "P1,2026-03-06,60,live_audio,rtm")
CONFLICT = spans("2026-03-04T09:00,2026-03-04T09:10,20")
HELD = ("D9,P1,,2026-03-10", "D9,P2,2026-03-11,")
DEVICE = readings(
    seen("P1", 9, 15), seen("P2", 12), held=("D9,P1,,2026-03-10", "D9,P2,2026-03-11,")
)
SHARED = readings(seen("P1", 1, 2, 3), seen("P2", 2))
ALIKE = "started_at identical_lines"
EDIT = "entry_id edited_entry"
OVER = "started_at overlap"
SAME = "started_at same_minutes"
CUFF = "device_id device_shared"
BOTH = ("P1 minutes rtm", "P2 minutes rtm")
GATE, CCM_GATE = "P1 calls rtm", "P1 calls ccm"

USED = [
    # ---- M12: identical lines ----
    Case(
        "M12 keep the second line",
        IDENTICAL | decided("time_log:3 P1 keep"),
        {RTM: (20, 20)},
        told=settled((f"time_log:3 {ALIKE}", 2)),
    ),
    *(
        Case(
            f"M12 drop line {line}",
            IDENTICAL | decided(f"time_log:{line} P1 drop"),
            {RTM: (10, 10)},
            {"time_log dropped": 1},
            settled(*((f"time_log:{n} {ALIKE}", 2) for n in sorted({line, 3}))),
        )
        for line in (2, 3)
    ),
    Case(
        "M12 a dropped line is dropped from a re-export too",
        {**IDENTICAL, "time_log_2": IDENTICAL["time_log"] + entry("1", "2026-03-05") + "\n"}
        | decided("time_log:3 P1 drop"),
        {RTM: (11, 11)},
        {"time_log dropped": 1, "time_log_2 duplicate": 2},
        settled((f"time_log:3 {ALIKE}", 2)),
    ),
    Case(
        "M10 an entry that was dropped is dropped from a re-export too",
        {
            **log(entry("20", id="E1"), entry("20", "2026-03-04T09:10", id="E2", patient="P2")),
            "time_log_2": table(MINUTES, entry("20", id="E1"), entry("1", "2026-03-05")),
        }
        | decided("E1 P1 drop"),
        {RTM: (1, 1), "P2 minutes rtm": (20, 20)},
        {"time_log dropped": 1, "time_log_2 duplicate": 1},
        settled((f"time_log:2 {OVER}", 2), (f"time_log:3 {OVER}", 2)),
    ),
    # ---- M11: an edited entry ----
    Case(
        "M11 keep the later version",
        EDITED | decided("time_log:3 P1 keep"),
        {RTM: (15, 15), GATE: (1, 1)},
        {"time_log dropped": 1},
        settled((f"time_log:2 {EDIT}", 2), (f"time_log:3 {EDIT}", 2)),
    ),
    Case(
        "M11 drop the earlier version, which comes to the same",
        EDITED | decided("time_log:2 P1 drop"),
        {RTM: (15, 15), GATE: (1, 1)},
        {"time_log dropped": 1},
        settled((f"time_log:2 {EDIT}", 2)),
    ),
    Case(
        "M11 drop the entry, in all of its versions",
        EDITED | decided("E1 P1 drop"),
        {RTM: (0, 0), GATE: (0, 0)},
        {"time_log dropped": 2},
        settled((f"time_log:2 {EDIT}", 2), (f"time_log:3 {EDIT}", 2)),
    ),
    Case(
        "M11 a program tells which version",
        log(entry("10", id="E1"), entry("10", id="E1", program="ccm")) | decided("E1 P1 ccm"),
        {RTM: (0, 0), CCM: (10, 10)},
        {"time_log dropped": 1},
        settled((f"time_log:2 {EDIT}", 2), (f"time_log:3 {EDIT}", 2)),
    ),
    # ---- M14: one person in two places ----
    Case(
        "M14 keep one: the minutes are its own, and the other loses them",
        OVERLAP | decided("time_log:2 P1 keep"),
        dict(zip(BOTH, [(40, 40), (25, 25)], strict=True)),
        told=settled((f"time_log:2 {OVER}", 2), (f"time_log:3 {OVER}", 2)),
    ),
    Case(
        "M14 drop one: the other has them",
        OVERLAP | decided("time_log:2 P1 drop"),
        dict(zip(BOTH, [(0, 0), (30, 30)], strict=True)),
        {"time_log dropped": 1},
        settled((f"time_log:2 {OVER}", 2), (f"time_log:3 {OVER}", 2)),
    ),
    Case(
        "M14 the same minutes of one patient logged twice: a minute counts once",
        log(entry("20"), entry("20", "2026-03-04T09:10")) | decided("time_log:2 P1 keep"),
        {RTM: (30, 30)},
        told=settled((f"time_log:2 {OVER}", 2), (f"time_log:3 {OVER}", 2)),
    ),
    # ---- M15: two programs ----
    *(
        Case(
            f"M15 {decision} settles whose the minutes are",
            TWO_PROGRAMS | decided(decision),
            {RTM: rtm, CCM: ccm},
            told=settled((f"time_log:2 {OVER}", 2), (f"time_log:3 {OVER}", 2)),
        )
        for decision, rtm, ccm in [
            ("time_log:2 P1 keep", (20, 20), (15, 15)),
            ("time_log:2 P1 rtm", (20, 20), (15, 15)),
            ("time_log:3 P1 rtm", (20, 20), (15, 15)),
            ("time_log:2 P1 ccm", (15, 15), (20, 20)),
        ]
    ),
    Case(
        "M15 two people did work at the same time",
        TWO_PROGRAMS | decided("time_log:2 P1 keep", "time_log:3 P1 keep"),
        {RTM: (20, 20), CCM: (20, 20)},
        told=settled((f"time_log:2 {OVER}", 2), (f"time_log:3 {OVER}", 3)),
    ),
    Case(
        "M15 minutes that only seem the same: one kept, the other still in doubt",
        SAME_MINUTES | decided("time_log:2 P1 keep"),
        {RTM: (20, 20), CCM: (0, 20)},
        told=(
            *settled((f"time_log:2 {SAME}", 2)),
            f"time_log:3 {SAME} disputed time_log:2",
        ),
    ),
    Case(
        "M15 they are not the same",
        SAME_MINUTES | decided("time_log:2 P1 keep", "time_log:3 P1 ccm"),
        {RTM: (20, 20), CCM: (20, 20)},
        told=settled((f"time_log:2 {SAME}", 2), (f"time_log:3 {SAME}", 3)),
    ),
    Case(
        "M15 they are the same, and of one program",
        SAME_MINUTES | decided("time_log:2 P1 ccm"),
        {RTM: (0, 0), CCM: (20, 20)},
        told=settled((f"time_log:2 {SAME}", 2), (f"time_log:3 {SAME}", 2)),
    ),
    # ---- calls ----
    Case(
        "M19 a call without a program serves the one that is named",
        CALL | decided("calls:2 P1 ccm"),
        {GATE: (0, 0), CCM_GATE: (1, 1)},
        told=settled(("calls:2 program program_of_call", 2)),
    ),
    Case(
        "M19 a call of no program is none",
        CALL | decided("calls:2 P1 drop"),
        {GATE: (0, 0), CCM_GATE: (0, 0)},
        {"calls dropped": 1},
        settled(("calls:2 program program_of_call", 2)),
    ),
    Case(
        "M19 a call that the log's only program would have served",
        calls("P1,2026-03-06T10:00,300,live_audio,") | decided("calls:2 P1 ccm"),
        {GATE: (0, 0), CCM_GATE: (1, 1)},
        told=settled(("calls:2 program empty_cell", 2)),
    ),
    *(
        Case(
            f"M20 live, though the export says: {what}",
            calls(line) | decided("calls:2 P1 live"),
            {GATE: (1, 1)},
            told=settled((f"calls:2 {kind}", 2)),
        )
        for what, line, kind in [
            ("nothing", "P1,2026-03-06T10:00,300,,rtm", "contact empty_cell"),
            ("an unknown word", "P1,2026-03-06T10:00,300,spoke,rtm", "contact unknown_word"),
            ("no length", "P1,2026-03-06T10:00,0,live_audio,rtm", "contact empty_cell"),
        ]
    ),
    Case(
        "M20 no column says how the patient was reached",
        {
            "time_log": table("patient_id,started_at,minutes,program", "P1,2026-03-04,10,rtm"),
            "calls": table(
                "patient_id,started_at,program", *["P1,2026-03-06T10:00,rtm"], "P1,2026-03-07,rtm"
            ),
        }
        | decided("calls:2 P1 live", "time_log:2 P1 live"),
        {GATE: (2, None)},
        told=settled(("calls:2 contact empty_cell", 2), ("time_log:2 contact empty_cell", 3)),
    ),
    Case(
        "M20 an entry of no length was a call",
        log(entry("0", contact="live_audio")) | decided("time_log:2 P1 live"),
        {RTM: (0, 0), GATE: (1, 1)},
        told=settled(("time_log:2 seconds call_length", 2)),
    ),
    Case(
        "a call and its program, both settled",
        {**CALL, "calls": table(CALLS, "P1,2026-03-06T10:00,300,,")}
        | decided("calls:2 P1 live", "calls:2 P1 ccm"),
        {GATE: (0, 0), CCM_GATE: (1, 1)},
        told=settled(("calls:2 contact empty_cell", 2)),
    ),
    Case(
        "the same, where the export has a word for the contact that nobody knows",
        {**CALL, "calls": table(CALLS, "P1,2026-03-06T10:00,300,spoke,")}
        | decided("calls:2 P1 live", "calls:2 P1 ccm"),
        {GATE: (0, 0), CCM_GATE: (1, 1)},
        told=settled(("calls:2 contact unknown_word", 2)),
    ),
    Case(
        "its program alone, and whether it was live is still in doubt",
        {**CALL, "calls": table(CALLS, "P1,2026-03-06T10:00,300,spoke,")}
        | decided("calls:2 P1 ccm"),
        {GATE: (0, 0), CCM_GATE: (0, 1)},
        {"calls unknown_word": 1},
        ("calls:2 contact unknown_word quarantined",),
    ),
    # ---- quarantined lines ----
    Case(
        "M07 keep a line whose lengths disagree: the lesser counts",
        CONFLICT | decided("time_log:2 P1 keep"),
        {RTM: (10, 10)},
        told=settled(("time_log:2 seconds duration_conflict", 2)),
    ),
    Case(
        "M02 drop a line whose length cannot be read",
        log(entry("soon"), entry("5", "2026-03-05")) | decided("time_log:2 P1 drop"),
        {RTM: (5, 5)},
        {"time_log dropped": 1},
        settled(("time_log:2 minutes unreadable_duration", 2)),
    ),
    Case(
        "M02 its contact was live all the same",
        log(entry("soon", contact="")) | decided("time_log:2 P1 live"),
        {RTM: (0, None), GATE: (1, 1)},
        {"time_log unreadable_duration": 1},
        ("time_log:2 minutes unreadable_duration quarantined",),
    ),
    Case(
        "a program for a line that names none",
        log(entry("10", program="care")) | decided("time_log:2 P1 ccm"),
        {RTM: (0, 0), CCM: (10, 10)},
        told=settled(("time_log:2 program unknown_word", 2)),
    ),
    Case(
        "keep a line whose contact cannot be read: its minutes count, and no call",
        log(entry("10", contact="shout")) | decided("time_log:2 P1 keep"),
        {RTM: (10, 10), GATE: (0, 0)},
        told=settled(("time_log:2 contact unknown_word", 2)),
    ),
    Case(
        "I10 keep a reading of a device that another patient had",
        DEVICE | decided("readings:3 P1 keep"),
        {"P1 days rtm": (2, 2)},
        told=settled(("readings:3 device_id device_not_assigned", 2)),
    ),
    Case(
        "I10 drop a reading that was another's: nobody's use crosses any more",
        SHARED | decided("readings:5 P2 drop"),
        {"P1 days rtm": (3, 3), "P2 days rtm": (0, 0)},
        {"readings dropped": 1},
        settled((f"readings:3 {CUFF}", 2), ("readings:5 device_id device_shared", 2)),
    ),
    Case(
        "I10 keep one of two readings of a shared device",
        SHARED | decided("readings:3 P1 keep"),
        {"P1 days rtm": (3, 3), "P2 days rtm": (0, 1)},
        told=(
            *settled((f"readings:3 {CUFF}", 2)),
            f"readings:5 {CUFF} disputed readings:3",
        ),
    ),
    # ---- what is no decision yet, and what is said twice ----
    Case(
        "a decision about another month's line waits",
        log(entry("10"), *[entry("5", "2026-05-04")] * 2) | decided("time_log:4 P1 keep"),
        {RTM: (10, 10)},
        {"time_log other_month": 2, "decisions other_month": 1},
        ("time_log started_at mostly_other_month note",),
    ),
    Case(
        "one decision said twice",
        IDENTICAL | decided("time_log:3 P1 keep", "time_log:3 P1 KEEP"),
        {RTM: (20, 20)},
        told=settled((f"time_log:3 {ALIKE}", 3)),
    ),
    Case(
        "a note is no doubt, and a line left blank no decision",
        log(*[entry("10", "2026-03-04", written="2026-03-20")] * 2)
        | {"decisions": table(DECISIONS, ",,,,,,,", _decision("time_log:3 P1 drop"))},
        {RTM: (10, 10)},
        {"decisions blank": 1, "time_log dropped": 1},
        (
            "time_log:2 created_at late_entry note",
            *settled((f"time_log:3 {ALIKE}", 3)),
        ),
    ),
    Case("no decisions at all", log(entry("10")) | decided(), {RTM: (10, 10)}),
]


@pytest.mark.parametrize("case", USED, ids=[case.id for case in USED])
def test_decision(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)


@pytest.mark.parametrize(
    ("tables", "decisions", "where", "sentence"),
    [
        (IDENTICAL, ["time_log:9 P1 keep"], "2: ", "matches no line"),
        (IDENTICAL, ["log:3 P1 keep"], "2: ", "matches no line"),
        (IDENTICAL, ["E9 P1 keep"], "2: ", "matches no line"),
        (IDENTICAL, ["visits:2 P1 keep"], "2: ", "matches no line"),
        (IDENTICAL, ["time_log:3 P2 keep"], "2: ", "not this patient's"),
        (OVERLAP, ["time_log:2 P1 keep", "time_log:3 P1 drop"], "3: ", "not this patient's"),
        (log(entry("10")), ["time_log:2 P1 keep"], "2: ", "not in doubt"),
        (log(entry("10")), ["time_log:2 P1 drop"], "2: ", "not in doubt"),
        (log(entry("10")), ["time_log:2 P1 live"], "2: ", "not in doubt"),
        (log(entry("10")), ["time_log:2 P1 ccm"], "2: ", "not in doubt"),
        (calls("P1,2026-03-06,60,voicemail,rtm"), ["calls:2 P1 live"], "2: ", "not in doubt"),
        (calls("P1,2026-03-06,,live_audio,rtm"), ["calls:2 P1 live"], "2: ", "not in doubt"),
        (IDENTICAL, ["time_log:3 P1 live"], "2: ", "it was not live"),
        (IDENTICAL, ["time_log:3 P1 ccm"], "2: ", "would move minutes"),
        (OVERLAP, ["time_log:2 P1 ccm"], "2: ", "would move minutes"),
        (TWO_PROGRAMS, ["time_log:2 P1 rpm"], "2: ", "would move minutes"),
        (EDITED, ["E1 P1 keep"], "2: ", "matches 2 lines"),
        (EDITED, ["time_log:2 P1 keep", "time_log:3 P1 keep"], "3: decision: ", "one content"),
        (
            IDENTICAL,
            ["time_log:3 P1 keep", "time_log:3 P1 drop"],
            "3: ",
            "contradicts decisions.csv",
        ),
        (
            IDENTICAL,
            ["time_log:3 P1 drop", "time_log:3 P1 keep"],
            "2: ",
            "contradicts decisions.csv",
        ),
        (
            TWO_PROGRAMS,
            ["time_log:2 P1 keep", "time_log:2 P1 ccm"],
            "2: ",
            "contradicts decisions.csv",
        ),
        (CALL, ["calls:2 P1 ccm", "calls:2 P1 rtm"], "2: ", "contradicts decisions.csv:3"),
        (OVERLAP, ["time_log:2 P1 keep", "time_log:3 P2 keep"], "3: decision: ", "two places"),
        (ONE_PERSON, ["time_log:3 P1 keep", "time_log:2 P1 keep"], "3: decision: ", "two places"),
        (TWO_PROGRAMS, ["time_log:2 P1 ccm", "time_log:3 P1 rtm"], "3: decision: ", "name one of"),
        (CALL, ["calls:2 P1 keep"], "2: ", "which program"),
        (calls("P1,2026-03-06,60,spoke,rtm"), ["calls:2 P1 keep"], "2: ", "decide live, or drop"),
        (
            calls("P1,soon,60,live_audio,rtm", "P1,2026-03-06,60,live_audio,rtm"),
            ["calls:2 P1 keep"],
            "2: ",
            "started_at cannot be read",
        ),
        (log(entry("soon")), ["time_log:2 P1 keep"], "2: ", "minutes cannot be read"),
        (log(entry("540")), ["time_log:2 P1 keep"], "2: ", "minutes cannot be read"),
        (log(entry("10", program="care")), ["time_log:2 P1 keep"], "2: ", "program cannot be read"),
        (log(entry("soon", program="care")), ["time_log:2 P1 ccm"], "2: ", "cannot be read"),
        (DEVICE, ["readings:3 P1 live"], "2: ", "is about a reading"),
        (DEVICE, ["readings:3 P1 rtm"], "2: ", "is about a reading"),
        (
            IDENTICAL,
            ["time_log:3 P1 maybe"],
            "2: decision: ",
            "must be keep, drop, live or",
        ),
    ],
)
def test_a_decision_that_cannot_be_followed_refuses_the_run(
    tables: dict[str, str], decisions: list[str], where: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(InputsRefused) as refused:
        outcome(tmp_path, tables | decided(*decisions))
    (fault,) = refused.value.lines
    assert fault.startswith(f"decisions.csv:{where}")
    assert sentence in fault


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",time_log.csv,3,P1,keep,,2026-04-02,why", "by: is empty"),
        (",time_log.csv,3,P1,keep,A. Smith,,why", "on: is empty"),
        (",time_log.csv,3,P1,keep,A. Smith,2026-04-02,", "reason: is empty"),
        (",time_log.csv,3,,keep,A. Smith,2026-04-02,why", "patient_id: is empty"),
        (",time_log.csv,3,P1,,A. Smith,2026-04-02,why", "decision: is empty"),
        (",time_log.csv,three,P1,keep,A. Smith,2026-04-02,why", "line: cannot be read"),
        (",time_log.csv,3,P1,keep,A. Smith,2026-04-32,why", "on: cannot be read"),
        (",time_log.csv,,P1,keep,A. Smith,2026-04-02,why", "fill in both"),
        (",,3,P1,keep,A. Smith,2026-04-02,why", "fill in both"),
        (",,,P1,keep,A. Smith,2026-04-02,why", "names no line"),
    ],
)
def test_a_decision_says_about_what_by_whom_when_and_why(
    line: str, sentence: str, tmp_path: Path
) -> None:
    good = ",time_log.csv,3,P1,keep,A. Smith,2026-04-02,why"
    with pytest.raises(InputsRefused) as refused:
        outcome(tmp_path, IDENTICAL | {"decisions": table(DECISIONS, good, line)})
    (fault,) = refused.value.lines
    assert fault.startswith("decisions.csv:3: ")
    assert sentence in fault


def test_all_decisions_that_cannot_be_followed_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputsRefused) as refused:
        outcome(
            tmp_path,
            IDENTICAL | decided("E9 P1 keep", "time_log:3 P1 keep", "time_log:2 P9 drop"),
        )
    assert [fault.split(":")[1] for fault in refused.value.lines] == ["2", "4"]


# ---- what is told of them ----


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    made = Practice(tmp_path)
    made.configure(BY_MONTH + ZONE)
    made.write("patients.csv", PEOPLE)
    made.write("time_log.csv", IDENTICAL["time_log"])
    return made


def write(practice: Practice, lines: Iterable[str]) -> None:
    practice.write("decisions.csv", table(DECISIONS, *lines))


SECRET = ",time_log.csv,3,P1,keep,A. Smith,2026-04-02,Canary says so"


def test_the_decisions_used_are_told_and_never_their_reasons(practice: Practice) -> None:
    write(practice, [SECRET])
    document = practice.document()
    assert document["decisions"] == [
        {
            "file": "time_log.csv",
            "line": 3,
            "decision": "keep",
            "by": "A. Smith",
            "on": "2026-04-02",
        }
    ]
    assert "decisions" not in document["not_checked"]
    run = practice.audit()
    holds(run.err, "Decided:\n  time_log.csv:3: keep (A. Smith, 2026-04-02)")
    holds(run.err, "time_log.csv:3:started_at: identical lines: settled (with decisions.csv:2)")
    shown = practice.audit("--format", "table")
    holds(shown.out, "time_log.csv:3: keep (A. Smith, 2026-04-02)")
    told = [run.out, run.err, shown.out, shown.err, str(document)]
    assert not any("Canary" in each for each in told)


def test_without_decisions_there_are_none_to_tell(practice: Practice) -> None:
    document = practice.document()
    assert document["decisions"] == []
    assert "decisions" not in document["not_checked"]
    assert "devices" in document["not_checked"]
    assert "Decided" not in practice.audit().err


def test_a_decision_that_matches_nothing_ends_the_run(practice: Practice) -> None:
    write(practice, [SECRET.replace(",3,", ",7,")])
    said = practice.refusal()
    assert said.startswith("rtmaudit: decisions.csv:2: matches no line")
    assert "Canary" not in said


def test_many_decisions_are_counted(practice: Practice) -> None:
    lines = [entry("10", f"2026-03-{n:02d}") for n in range(1, 23) for _ in range(2)]
    practice.write("time_log.csv", table(MINUTES, *lines))
    write(practice, [SECRET.replace(",3,", f",{2 * n + 3},") for n in range(22)])
    holds(practice.audit().err, "  and 2 more; --format json has them all")
