"""Who is who (I01 to I09, I11), and what an export shows as a whole (F14, F18 to F20).

I10 and I12 are of devices and have their tests elsewhere. F20 is told as far as one export holds
two months; what changed since the run before cannot be known without the manifest of that run.
"""

from __future__ import annotations

import pytest
from practice import (
    Practice,
    days,
    days_of_march,
    findings,
    holds,
    joined,
    minutes,
    patients,
    problems,
    readings,
    time_log,
)

from .failing import Audited, Bad, Refused

LIKE = ("patient_id", "id_resembles", "note")


def roster(*ids: str) -> str:
    """A roster of these patients."""
    return joined(["patient_id", *ids])


def seen(*ids: str) -> str:
    """A reading of each of these ids, on one day."""
    return readings(*(f"{each},2026-03-31" for each in ids))


def logged(*ids: str) -> str:
    """An entry of each of these ids."""
    return time_log(*(f"{each},2026-03-03,12,rtm,none" for each in ids))


def claims(*ids: str) -> str:
    """A claim of each of these ids."""
    return joined(["patient_id,code,service_date", *(f"{each},98975,2026-02-02" for each in ids)])


def many(letter: str, number: int) -> list[str]:
    return [f"{letter}{n}x" for n in range(number)]


PADDED = ("0012345", "0012346")
BARE = ("12345", "12346")
ENTRY = "patient_id,started_at,minutes,program,contact,entry_id"

REFUSED = {
    "I01 readings that lost their zeros": Refused(
        {"patients": roster(*PADDED), "readings": seen(*BARE)},
        secrets=BARE,
        says=("readings.csv:2: patient_id: of 2 ", " 2 would be", "patients.csv:2", "id_width: 7"),
    ),
    "I01 a roster that lost them": Refused(
        {"patients": roster("12345", "P2"), "readings": seen("P2", "0012345")},
        secrets=BARE,
        says=("readings.csv:3: patient_id: of 1 ", "patients.csv:2", "`id_width: 7`", "as text"),
    ),
    "I01 few ids that had zeros to lose": Refused(
        {
            "patients": roster(*many("P", 30), "0777"),
            "readings": seen(*many("P", 30), "777"),
        },
        secrets=("777", "P1x"),
        says=("readings.csv:32: patient_id: of 1 ", " 1 would be", "`id_width: 4`"),
    ),
    "I01 a time log beside good readings": Refused(
        {"patients": roster(*PADDED), "readings": seen(*PADDED), "time_log": logged("P9", "12345")},
        secrets=("12345", "P9"),
        says=("time_log.csv:3: patient_id: of 2 ", " 1 would be", "`id_width: 7`"),
    ),
    "I01 claims of the whole practice": Refused(
        {
            "patients": roster(*PADDED),
            "readings": seen(*PADDED),
            "claims": claims(*many("Q", 9), *BARE),
        },
        secrets=("12345", "Q1x"),
        says=("claims.csv:11: patient_id: of 11 ", " 2 would be", "`id_width: 7`"),
    ),
    "I01 two exports and no roster": Refused(
        {"readings": seen(*PADDED), "time_log": logged("12345")},
        secrets=BARE,
        says=("time_log.csv:2: patient_id: of 1 ", "no other export", "`id_width: 7`"),
    ),
    "I01 a width that would merge two people": Refused(
        {"patients": roster("0012345"), "readings": seen("0012345", "12345")},
        config="id_width: 7\n",
        secrets=BARE,
        says=("readings.csv:3: patient_id: `id_width: 7` ", "one patient", "line 2"),
    ),
    "I02 an id as a spreadsheet writes it": Refused(
        {"patients": roster("P1"), "readings": seen("P1", "1.23457E+11")},
        secrets=("1.23457E+11", "P1"),
        says=("readings.csv:3: patient_id: 1 ids", "again with ids as text", "not open it in a sp"),
    ),
    "I02 on the roster": Refused(
        {"patients": roster("P1", "1E+12", "1.2e+12"), "readings": seen("P1")},
        says=("patients.csv:3: patient_id: 2 ids",),
    ),
    "I02 an entry's id": Refused(
        {"time_log": joined([ENTRY, "P1,2026-03-03,12,rtm,none,1.23457E+11"])},
        secrets=("1.23457E+11", "P1"),
        says=("time_log.csv:2: entry_id: 1 ids", "as text"),
    ),
    "I04 spaces around every id": Refused(
        {"patients": roster("A1x", "A2x"), "readings": seen("A1x ", "A2x ")},
        secrets=("A1x", "A2x"),
        says=("readings.csv: patient_id: none of its patients", "2 look like patients on it"),
    ),
    "I06 a roster that knows nobody": Refused(
        {"patients": roster("A1x"), "readings": seen("B1x", "B2x"), "time_log": logged("A1x")},
        secrets=("A1x", "B1x", "B2x"),
        says=("readings.csv: patient_id: none of its patients is on the roster; is it another",),
    ),
    "I06 an old roster": Refused(
        {"patients": roster(*many("A", 9)), "readings": seen(*many("A", 9), *many("B", 10))},
        secrets=("A1x", "B1x"),
        says=("readings.csv: patient_id: 10 of its 19 patients are not on the roster", "as text"),
    ),
    "I06 a summary of nobody on it": Refused(
        {
            "patients": roster("A1x"),
            "summary": "patient_id,month,system,reading_days\nB1x,2026-03,respiratory,12\n",
        },
        secrets=("A1x", "B1x"),
        says=("summary.csv: patient_id: none of its patients is on the roster",),
    ),
    "I08 two lines for one patient and program": Refused(
        {"patients": "patient_id,programs\nP1x,rtm\nP1x,ccm;rtm\n", "readings": seen("P1x")},
        secrets=("P1x",),
        says=("patients.csv:3: patient_id: ", "same patient and program", "its own programs"),
    ),
    "F19 many lines that name nobody": Refused(
        {"readings": seen("P1x") + "".join(",2026-03-03,musculoskeletal\n" for _ in range(21))},
        secrets=("P1x",),
        says=("readings.csv:3: names no patient", "21 of its 22 lines", "again"),
    ),
}


@pytest.mark.parametrize("bad", REFUSED.values(), ids=REFUSED)
def test_refused(practice: Practice, bad: Refused) -> None:
    bad.check(practice)


BOTH = roster("P1x", "0042")

AUDITED = {
    "I01 a typed id among others": Audited(
        {"patients": BOTH, "readings": seen("P1x", "42", "Q9x", "42")},
        secrets=("P1x", "42,", "Q9x"),
        told=((3, *LIKE, "patients.csv:3"),),
        used=1,
        excluded={"not_on_roster": 3},
    ),
    "I01 zeros that no width brings back": Audited(
        {"patients": roster("007", "7", "P1x"), "readings": seen("P1x", "07")},
        secrets=("P1x",),
        told=((3, *LIKE, "patients.csv:2"),),
        used=1,
        excluded={"not_on_roster": 1},
    ),
    "I01 the width is declared": Audited(
        {"patients": roster(*PADDED), "readings": seen(*BARE, "A-1")},
        config="id_width: 7\n",
        secrets=BARE,
        used=2,
        excluded={"not_on_roster": 1},
    ),
    "I02 an id that only looks like it": Audited(
        {"patients": roster("1E5", "1E+02"), "readings": seen("1E5", "1E+02")}, used=2
    ),
    "I03 long numbers that end in zeros": Audited(
        {"readings": seen("1234567890123450", "12345678901234600", "999")},
        secrets=("123456789", "999"),
        told=((2, "patient_id", "id_precision", "note"),),
        used=3,
    ),
    "I03 long numbers that do not": Audited(
        {"readings": seen("1234567890123450", "1234567890123451")}, used=2
    ),
    "I04 a space": Audited(
        {"patients": BOTH, "readings": seen("P1x", "P1x ", "P1x ", "\u00a0P1x")},
        secrets=("P1x",),
        told=((3, *LIKE, "patients.csv:2"), (5, *LIKE, "patients.csv:2")),
        used=1,
        excluded={"not_on_roster": 3},
    ),
    "I04 another case": Audited(
        {"patients": BOTH, "readings": seen("P1x", "p1X")},
        secrets=("P1x", "p1X"),
        told=((3, *LIKE, "patients.csv:2"),),
        used=1,
        excluded={"not_on_roster": 1},
    ),
    "I04 hidden characters and full width": Audited(
        {"patients": BOTH, "readings": seen("P1x", "P\u200b1x", "\ufeffP1x", "P\u20601x", "Ｐ１x")},
        told=tuple((n, *LIKE, "patients.csv:2") for n in (3, 4, 5, 6)),
        used=1,
        excluded={"not_on_roster": 4},
    ),
    "I04 one letter in two ways": Audited(
        {"patients": roster("Zo\u00eb"), "readings": seen("Zo\u00eb", "Zoe\u0308")},
        secrets=("Zo",),
        told=((3, *LIKE, "patients.csv:2"),),
        used=1,
        excluded={"not_on_roster": 1},
    ),
    "I04 two people of the roster": Audited(
        {"patients": roster("P1x", "p1x"), "readings": seen("P1x", "p1x")},
        of="patients",
        secrets=("P1x", "p1x"),
        told=((3, *LIKE, "patients.csv:2"),),
        used=2,
    ),
    "I04 two exports and no roster": Audited(
        {"readings": seen("P1x"), "time_log": logged("p1x")},
        of="time_log",
        secrets=("P1x", "p1x"),
        told=((2, *LIKE, "readings.csv:2"),),
        used=1,
    ),
    "I04 claims": Audited(
        {"patients": BOTH, "readings": seen("P1x"), "claims": claims("P1x", "P1x.0", "Q1")},
        of="claims",
        secrets=("P1x",),
        told=((3, *LIKE, "patients.csv:2"),),
        used=3,
    ),
    "I04 of another month": Audited(
        {"patients": BOTH, "readings": readings("P1x,2026-03-03", "p1x,2025-03-03")},
        secrets=("P1x", "p1x"),
        used=1,
        excluded={"other_month": 1},
    ),
    "I05 look-alikes": Audited(
        {"patients": roster("P001", "BILL10"), "readings": seen("P001", "PO01", "Blll1O")},
        secrets=("P001", "PO01", "Blll1O", "BILL10"),
        told=((3, *LIKE, "patients.csv:2"), (4, *LIKE, "patients.csv:3")),
        used=1,
        excluded={"not_on_roster": 2},
    ),
    "I06 a few new patients of a small practice": Audited(
        {"patients": roster("P1x"), "readings": seen("P1x", *many("N", 9))},
        secrets=("P1x", "N1x"),
        used=1,
        excluded={"not_on_roster": 9},
    ),
    "I06 many patients who are not on it": Audited(
        {"patients": roster(*many("P", 10)), "readings": seen(*many("P", 10), *many("N", 10))},
        secrets=("P1x", "N1x"),
        told=((12, "patient_id", "roster_mismatch", "note"),),
        used=10,
        excluded={"not_on_roster": 10},
    ),
    "I08 a line for each program": Audited(
        {"patients": "patient_id,programs\nP1x,rtm\nP1x,ccm\n", "readings": seen("P1x")},
        of="patients",
        used=2,
    ),
    "I09 before consent and after death": Audited(
        {
            "patients": "patient_id,programs,consent_on,died_on\nP1x,rtm,2026-03-03,2026-03-05\n",
            "readings": readings(*days_of_march("P1x", 2, 3, 5, 6)),
        },
        used=2,
        excluded={"after_end": 1, "before_consent": 1},
    ),
    "I11 names and ids that mean nothing to others": Audited(
        {
            "patients": "patient_id,payer,biller\nNA,None,Null\nnull,NaN,N/A\n",
            "readings": seen("NA", "null"),
        },
        used=2,
    ),
    "F14 just as many lines as may be": Audited(
        {"readings": readings(*["P1x,2026-03-03"] * 999, "P1x,2026-03-31")},
        told=((0, "recorded_at", "lines_at_a_cap", "note"),),
        used=1000,
    ),
    "F14 and the last days are missing": Audited(
        {"readings": readings(*["P1x,2026-03-03"] * 999, "P1x,2026-03-29")},
        told=((0, "recorded_at", "lines_at_a_cap", "note"),),
        used=1000,
        status="provisional",
    ),
    "F18 test patients and other programs": Audited(
        {
            "readings": "patient_id,recorded_at,system,name,kind\n"
            'P1x,2026-03-03,musculoskeletal,"Tester, Ann",RTM\n'
            'P2x,2026-03-03,musculoskeletal,"TEST, Patient",RTM\n'
            "P3x,2026-03-03,musculoskeletal,Bo,RPM\n"
            "P4x,2026-03-03,musculoskeletal,Cy,RTM (void)\n"
        },
        config="tables: {readings: {drop: {name: 'TEST,*', kind: '*(void)'}, keep: {kind: RTM*}}}",
        secrets=("TEST,", "P2x"),
        used=1,
        excluded={"not_kept": 3},
    ),
    "F19 bad lines of known patients": Audited(
        {"readings": seen("P1x") + "".join("P2x,N/A,musculoskeletal\n" for _ in range(30))},
        told=tuple((n, "recorded_at", "unreadable_date", "quarantined") for n in range(3, 33)),
        used=1,
        quarantined={"unreadable_date": 30},
        status="provisional",
    ),
    "F19 few lines that name nobody": Audited(
        {"readings": seen("P1x") + "".join(",2026-03-03,musculoskeletal\n" for _ in range(20))},
        told=tuple((n, "patient_id", "empty_cell", "quarantined") for n in range(3, 23)),
        used=1,
        quarantined={"empty_cell": 20},
        status="provisional",
    ),
}


@pytest.mark.parametrize("bad", AUDITED.values(), ids=AUDITED)
def test_audited(practice: Practice, bad: Audited) -> None:
    bad.check(practice)


def test_i01_a_declared_width_counts_for_the_patient_of_every_export(practice: Practice) -> None:
    Bad(
        {"patients": roster("0012345"), "readings": seen("12345"), "time_log": logged("012345")},
        config="id_width: 7\n",
    ).write(practice)
    document = practice.document()
    assert patients(document) == ["0012345"]
    assert (days(document, "0012345"), minutes(document, "0012345")) == ((1, 1), (12, 12))


@pytest.mark.parametrize("width", ["0", "41", "'7'", "yes"])
def test_i01_a_width_that_is_none(practice: Practice, width: str) -> None:
    Bad({"readings": seen("P1")}, config=f"id_width: {width}\n").write(practice)
    holds(practice.fault(), "rtmaudit.yaml:4: id_width: ")


def test_i05_the_report_itself_names_the_patient_that_a_stranger_looks_like(
    practice: Practice,
) -> None:
    AUDITED["I05 look-alikes"].write(practice)
    document = practice.document()
    why = {each["patient_id"]: each["why"] for each in document["patients"]}
    assert why["PO01"] == "Not on the roster, which has P001"
    assert (days(document, "P001"), findings(document, "PO01")) == ((1, 1), [])


def test_i06_each_stranger_has_a_line_of_its_own(practice: Practice) -> None:
    AUDITED["I06 many patients who are not on it"].write(practice)
    document = practice.document()
    strangers = [p["patient_id"] for p in document["patients"] if not p["on_roster"]]
    assert strangers == many("N", 10)


def test_i07_a_patient_without_data_is_listed_with_nothing(practice: Practice) -> None:
    Bad({"patients": "patient_id,programs\nP1,rtm\nP2,rtm\n", "readings": seen("P1")}).write(
        practice
    )
    document = practice.document()
    assert patients(document) == ["P1", "P2"]
    assert (days(document, "P1"), days(document, "P2")) == ((1, 1), (0, 0))


def test_i08_the_same_minutes_are_not_lent_to_the_other_program(practice: Practice) -> None:
    lines = ("P1,2026-03-03,30,rtm,live_audio", "P1,2026-03-04,20,ccm,none")
    Bad({"patients": "patient_id,programs\nP1,rtm\nP1,ccm\n", "time_log": time_log(*lines)}).write(
        practice
    )
    document = practice.document()
    assert minutes(document, program="rtm") == (30, 30)
    assert minutes(document, program="ccm") == (20, 20)


@pytest.mark.parametrize(("cell", "verdict"), [("2026-01-02", "ready"), ("", "blocked")])
def test_i09_a_missing_consent_blocks(practice: Practice, cell: str, verdict: str) -> None:
    line = f"patient_id,programs,consent_on,enrolled_on\nP1,rtm,{cell},2026-03-02\n"
    met = readings(*days_of_march("P1", *range(2, 20)))
    Bad({"patients": line, "readings": met}).write(practice)
    found = {f["code"]: f["verdict"] for f in findings(practice.document(), "P1")}
    assert found["98977"] == verdict


def test_i11_only_the_empty_cell_is_missing(practice: Practice) -> None:
    AUDITED["I11 names and ids that mean nothing to others"].write(practice)
    document = practice.document()
    assert [(p["patient_id"], p["payer"]) for p in document["patients"]] == [
        ("NA", "None"),
        ("null", "NaN"),
    ]
    assert (days(document, "NA"), days(document, "null")) == ((1, 1), (1, 1))


def volume(then: int, now: int) -> str:
    """An export of two months with so many patients in each, one reading each a day."""
    february = (f"P{n},2026-02-{day:02d}" for n in range(then) for day in (1, 27))
    march = (f"P{n},2026-03-{day:02d}" for n in range(now) for day in (2, 31))
    return readings(*february, *march)


def test_f20_a_month_that_is_not_whole_is_not_compared(practice: Practice) -> None:
    for cut in (("2026-02-01", "2026-02-05"), ("2026-03-31", "2026-03-27")):
        Bad({"readings": volume(20, 3).replace(*cut)}).write(practice)
        kinds = [kind for _, _, kind in problems(practice.document(), "readings.csv")]
        assert "volume_leap" not in kinds


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [(20, 14, False), (20, 13, True), (10, 25, False), (10, 26, True), (9, 1, False)],
)
def test_f20_a_month_unlike_the_one_before_it(
    practice: Practice, then: int, now: int, told: bool
) -> None:
    Bad({"readings": volume(then, now)}).write(practice)
    expected = [(0, "recorded_at", "volume_leap")] if told else []
    assert problems(practice.document(), "readings.csv") == expected
