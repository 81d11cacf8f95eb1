"""Whose rules hold for whom: the payer of the roster or of the coverage, and the rules it leads
to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from practice import ZONE, Practice, days_of_march, findings, holds, one_sentence, readings

DEFAULTS = ZONE + "defaults: {biller_type: physician, role: physician}\n"
ACME = """\
payer: acme
title: Rules of Acme
names: [Acme Health Plan, AHP]
sources: {memo: {title: A memo, confidence: high}}
programs:
  rtm:
    codes:
      "98977":
        needs:
          days:
            at_least: {2022-01-01: {value: 10, source: memo}}
"""
MONTHLY = """\
payer: monthly
title: Counts by the month
sources: {memo: {title: A memo, confidence: high}}
programs:
  rtm:
    every:
      window_mode: {2022-01-01: {value: calendar_month, source: memo}}
"""


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """Twelve days in a period of 2 to 31 March: enough for Acme's long supply alone."""
    made = Practice(tmp_path / "exports")
    made.folder.mkdir()
    made.options += ["--overlays", tmp_path / "overlays"]
    for name, text in (("acme", ACME), ("monthly", MONTHLY)):
        overlay = tmp_path / "overlays" / f"{name}.yaml"
        overlay.parent.mkdir(exist_ok=True)
        overlay.write_text(text, encoding="utf-8")
    made.configure(DEFAULTS)
    made.write("readings.csv", readings(*days_of_march("P1", *range(3, 15))))
    return made


def roster(practice: Practice, payer: str, more: str = "") -> None:
    practice.write(
        "patients.csv",
        f"patient_id,programs,enrolled_on,payer\nP1,rtm,2026-03-02,{payer}\n{more}",
    )


def coverage(practice: Practice, *lines: str) -> None:
    text = "patient_id,payer,from,to\n" + "".join(f"{line}\n" for line in lines)
    practice.write("coverage.csv", text)


def verdict(document: Any, code: str = "98977", patient: str = "P1") -> str:
    """The verdict on a code in the period that is due."""
    found = [f for f in findings(document, patient) if f["code"] == code]
    return str(found[0]["verdict"])


def rules_payer(document: Any, patient: str = "P1") -> str:
    (mine,) = (p["rules_payer"] for p in document["patients"] if p["patient_id"] == patient)
    return str(mine)


def strange(document: Any) -> list[str]:
    return [each for each in document["not_checked"] if "payer" in each]


# ---- from a name to rules ----


@pytest.mark.parametrize("name", ["acme", "ACME", "Acme Health Plan", "acme health plan", "ahp "])
def test_a_payer_is_known_by_its_id_and_by_each_of_its_names(name: str, practice: Practice) -> None:
    roster(practice, name)
    document = practice.document()
    assert (rules_payer(document), verdict(document)) == ("acme", "ready")
    assert strange(document) == []


@pytest.mark.parametrize("name", ["medicare", "Medicare", ""])
def test_medicare_and_no_payer_at_all_are_the_base(name: str, practice: Practice) -> None:
    roster(practice, name)
    document = practice.document()
    assert (rules_payer(document), verdict(document)) == ("medicare", "short")
    assert strange(document) == []


def test_a_payer_without_rules_has_medicares_and_that_is_said(practice: Practice) -> None:
    roster(practice, "Nobody's Mutual")
    document = practice.document()
    assert (rules_payer(document), verdict(document)) == ("medicare", "short")
    assert document["patients"][0]["payer"] == "Nobody's Mutual"
    (told,) = strange(document)
    holds(told, "medicare", "payers:")


def test_each_strange_payer_is_said_once(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 3), *days_of_march("P2", 3)))
    roster(practice, "Nobody's", "P2,rtm,2026-03-02,Nobody's\n")
    assert len(strange(practice.document())) == 1


@pytest.mark.parametrize("name", ["Local 12", "LOCAL 12", " local 12 "])
def test_the_practice_may_say_whose_rules_a_name_means(name: str, practice: Practice) -> None:
    practice.configure(DEFAULTS + "payers: {Local 12: acme}\n")
    roster(practice, name)
    document = practice.document()
    assert (rules_payer(document), verdict(document)) == ("acme", "ready")
    assert strange(document) == []


def test_what_the_practice_says_goes_before_a_payers_own_name(practice: Practice) -> None:
    practice.configure(DEFAULTS + "payers: {AHP: medicare}\n")
    roster(practice, "AHP")
    assert rules_payer(practice.document()) == "medicare"


def test_a_name_that_leads_to_no_rules_is_a_fault_of_the_configuration(practice: Practice) -> None:
    practice.configure(DEFAULTS + "payers: {Local 12: acmee}\n")
    roster(practice, "Local 12")
    said = practice.fault()
    holds(said, "rtmaudit.yaml", "payers.Local 12", "there are no rules of this payer")
    holds(said, "medicare", "acme", "unitedhealthcare")
    assert "Traceback" not in said


def test_every_wrong_name_is_told_at_once(practice: Practice) -> None:
    practice.configure(DEFAULTS + "payers: {A: one, B: two, C: acme}\n")
    roster(practice, "A")
    assert practice.fault().count("there are no rules of this payer") == 2


# ---- the payer of everybody else ----


def test_payer_is_for_those_of_whom_no_payer_is_on_file(practice: Practice) -> None:
    practice.write(
        "readings.csv",
        readings(*(line for p in ("P1", "P2") for line in days_of_march(p, *range(3, 15)))),
    )
    roster(practice, "", "P2,rtm,2026-03-02,Medicare\n")
    document = practice.document("--payer", "AHP")
    assert [rules_payer(document, p) for p in ("P1", "P2")] == ["acme", "medicare"]
    assert [verdict(document, patient=p) for p in ("P1", "P2")] == ["ready", "short"]
    assert document["rules"]["payers_used"] == {"acme": 1, "medicare": 1}


def test_payer_may_stand_in_the_configuration(practice: Practice) -> None:
    practice.configure(DEFAULTS + "payer: acme\n")
    roster(practice, "")
    assert rules_payer(practice.document()) == "acme"
    assert rules_payer(practice.document("--payer", "medicare")) == "medicare"


def test_payer_holds_without_a_roster_too(practice: Practice) -> None:
    document = practice.document("--payer", "acme")
    assert document["rules"]["payers_used"] == {"acme": 1}


def test_a_payer_without_rules_on_the_command_line_is_refused(practice: Practice) -> None:
    one_sentence(practice.fault("--payer", "acmee"), "there are no rules of this payer", "acme")


def test_a_strange_payer_on_the_roster_is_not_given_the_default_ones_rules(
    practice: Practice,
) -> None:
    roster(practice, "Nobody's Mutual")
    assert rules_payer(practice.document("--payer", "acme")) == "medicare"


def test_a_folder_of_overlays_that_is_not_there_is_refused(practice: Practice) -> None:
    practice.options = practice.options[:-1]
    assert "/no/overlays" in practice.fault("/no/overlays")


# ---- programs of one patient ----


def test_each_program_is_read_by_the_payer_of_its_own_line(practice: Practice) -> None:
    header = "patient_id,programs,enrolled_on,payer\n"
    for ccm, rtm, expected in (("medicare", "acme", "ready"), ("acme", "medicare", "short")):
        lines = f"P1,ccm,2026-03-02,{ccm}\nP1,rtm,2026-03-02,{rtm}\n"
        practice.write("patients.csv", header + lines)
        assert verdict(practice.document()) == expected


# ---- coverage ----


def test_coverage_goes_before_the_roster(practice: Practice) -> None:
    roster(practice, "medicare")
    coverage(practice, "P1,acme,2025-01-01,")
    document = practice.document()
    assert (rules_payer(document), verdict(document)) == ("acme", "ready")
    assert document["patients"][0]["payer"] == "acme"
    assert "coverage" not in document["not_checked"]


def test_the_payer_of_the_windows_last_day_counts(practice: Practice) -> None:
    """It took over on the day on which the window began."""
    roster(practice, "")
    coverage(practice, "P1,medicare,2025-01-01,2026-03-01", "P1,acme,2026-03-02,")
    document = practice.document()
    assert (rules_payer(document), verdict(document)) == ("acme", "ready")


def test_another_payer_after_the_window_changes_nothing(practice: Practice) -> None:
    roster(practice, "")
    coverage(practice, "P1,acme,2025-01-01,2026-03-31", "P1,medicare,2026-04-01,")
    assert verdict(practice.document()) == "ready"


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["P1,medicare,2025-01-01,2026-03-02", "P1,acme,2026-03-03,"], "2026-03-03"),
        (["P1,medicare,2025-01-01,2026-03-30", "P1,acme,2026-03-31,"], "2026-03-31"),
        (["P1,acme,2026-03-20,"], "2026-03-20"),
        (["P1,acme,2025-01-01,2026-03-19", "P1,acme,2026-03-25,"], "2026-03-20"),
        (["P1,acme,2025-01-01,2026-03-30"], "2026-03-31"),
        (["P1,acme,2025-01-01,", "P1,medicare,2026-03-10,2026-03-15"], "2026-03-10"),
    ],
)
def test_where_the_payer_changes_inside_a_window_a_person_decides(
    lines: list[str], day: str, practice: Practice
) -> None:
    roster(practice, "")
    coverage(practice, *lines)
    practice.write("readings.csv", readings(*days_of_march("P1", *range(3, 20))))
    (finding,) = (
        f
        for f in findings(practice.document(), "P1")
        if f["code"] == "98977" and f["window"]["end"] == "2026-03-31"
    )
    assert finding["verdict"] == "review"
    holds(" ".join(finding["reasons"]), day)


def test_one_payer_told_in_two_lines_without_a_gap_is_one_payer(practice: Practice) -> None:
    roster(practice, "")
    coverage(practice, "P1,acme,2025-01-01,2026-03-19", "P1,acme,2026-03-20,")
    assert verdict(practice.document()) == "ready"


def test_what_is_short_stays_short_whoever_pays(practice: Practice) -> None:
    roster(practice, "")
    coverage(practice, "P1,acme,2025-01-01,2026-03-19", "P1,medicare,2026-03-20,")
    assert verdict(practice.document(), "98977") == "short"
    assert verdict(practice.document(), "98985") == "review"


def test_the_cover_of_another_patient_is_nobodys_elses(practice: Practice) -> None:
    roster(practice, "medicare", "P2,rtm,2026-03-02,medicare\n")
    coverage(practice, "P2,acme,2025-01-01,2026-03-19")
    assert (rules_payer(practice.document()), verdict(practice.document())) == ("medicare", "short")


@pytest.mark.parametrize(
    "line", ["P1,,2026-03-01,", "P1,acme,,", "P1,acme,soon,", "P1,acme,2026-03-01,later"]
)
def test_a_line_of_coverage_that_cannot_be_read_is_quarantined(
    line: str, practice: Practice
) -> None:
    roster(practice, "medicare")
    coverage(practice, line, "P2,acme,2025-01-01,2026-12-31")
    document = practice.document()
    (mine,) = (each for each in document["inputs"] if each["name"] == "coverage.csv")
    assert (mine["used"], sum(mine["quarantined"].values())) == (1, 1)
    assert rules_payer(document) == "medicare"


# ---- the payer's clock ----


def clocks(document: Any) -> set[str]:
    return {f["window"]["kind"] for f in findings(document, "P1") if f["code"] == "98977"}


def test_a_payer_may_count_supplies_by_the_month(practice: Practice) -> None:
    roster(practice, "monthly")
    assert clocks(practice.document()) == {"calendar_month"}
    roster(practice, "acme")
    assert clocks(practice.document()) == {"supply_period"}


def test_the_practices_own_window_mode_goes_before_the_payers(practice: Practice) -> None:
    practice.configure(DEFAULTS + "window_mode: fixed_30\n")
    roster(practice, "monthly")
    assert clocks(practice.document()) == {"supply_period"}


def test_days_of_the_month_count_where_the_payer_counts_by_the_month(practice: Practice) -> None:
    """Sixteen days in March, of which one lies before the period's start: enough by the month."""
    practice.write("readings.csv", readings(*days_of_march("P1", 1, *range(3, 18))))
    roster(practice, "monthly")
    assert verdict(practice.document()) == "ready"
    roster(practice, "medicare")
    assert verdict(practice.document()) == "short"


# ---- what the report says ----


def test_the_document_says_whose_rules_were_used_for_how_many(practice: Practice) -> None:
    lines = [line for p in ("P1", "P2", "P3") for line in days_of_march(p, 3)]
    practice.write("readings.csv", readings(*lines))
    roster(practice, "AHP", "P2,rtm,2026-03-02,acme\nP3,rtm,2026-03-02,Nobody's\n")
    document = practice.document()
    assert document["rules"]["payers_used"] == {"acme": 2, "medicare": 1}
    assert [p["payer"] for p in document["patients"]] == ["AHP", "acme", "Nobody's"]
    assert [p["rules_payer"] for p in document["patients"]] == ["acme", "acme", "medicare"]


def test_the_sources_of_a_finding_are_those_of_its_payer(practice: Practice) -> None:
    roster(practice, "acme")
    (mine,) = [f for f in findings(practice.document(), "P1") if f["code"] == "98977"]
    assert "memo" in mine["sources"]
    roster(practice, "medicare")
    (mine,) = [f for f in findings(practice.document(), "P1") if f["code"] == "98977"]
    assert "memo" not in mine["sources"]
