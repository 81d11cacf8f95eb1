"""Which program fits: compared from findings and papers, by preferences that stand in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rulebooks import (
    MISSING,
    NO_COLUMN,
    fitted,
    make_rules,
    minutes,
    program,
    question,
    shipped_rules,
    since,
)

from rtmaudit.fit import Candidate, Fit, FitKind
from rtmaudit.judge import judge
from rtmaudit.model import Fact, FactName, Program
from rtmaudit.rulebook import Rulebook
from rtmaudit.windows import Month

RTM, RPM, CCM, PCM = Program.RTM, Program.RPM, Program.CCM, Program.PCM
DAYS, MINUTES = FactName.READING_DAYS, FactName.MANAGEMENT_MINUTES
CONDITIONS, BILLER = FactName.CHRONIC_CONDITIONS, FactName.BILLER_TYPE

RTM_CODES = f"""
"A0075":
  title: Set-up
  window: episode
  in_force: {since("true")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(2)}}}
"A0077":
  title: Supply
  window: supply_period
  in_force: {since("true")}
  needs:
    days: {{fact: reading_days, system: musculoskeletal, at_least: {since(16)}}}
"A0080":
  title: Management
  window: calendar_month
  in_force: {since("true")}
  needs:
    minutes: {minutes(20)}
"""
CCM_CODES = f"""
"B0090":
  title: Care management
  window: calendar_month
  in_force: {since("true")}
  for:
    biller: {{fact: biller_type, is: {since("[physician, npp]")}}}
  on_file:
    consent: {{fact: consent_date, on_or_before: {since("window_end")}}}
    conditions: {{fact: chronic_conditions, at_least: {since(2)}}}
    care_plan: {{fact: care_plan_date, on_or_before: {since("window_end")}}}
  needs:
    minutes: {minutes(20)}
"""
PREFERENCES = """\
prefer: [rtm, ccm]
candidates:
  ccm: {instead_of: [rtm], entry: B0090, may_bill: biller, conditions: conditions, consent: consent}
"""


def rules(folder: Path, **files: str) -> Rulebook:
    given = {
        "rtm": program("rtm", RTM_CODES),
        "ccm": program("ccm", CCM_CODES),
        "fit": PREFERENCES,
        **files,
    }
    return make_rules(folder, **given)


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    return rules(tmp_path)


def fit(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> Fit:
    """The fit of a patient, who is in RTM unless a test says otherwise."""
    asked = question(book, given, **options)
    return fitted(book, asked, judge(book, asked), ("I10", "M17"))


def test_what_is_ready_fits_and_the_preferred_program_is_named_first(book: Rulebook) -> None:
    both = ["ccm", "rtm"]
    found = fit(book, {MINUTES: 20}, programs=both)
    assert found == Fit(FitKind.READY, RTM, (CCM,))
    found = fit(book, {(MINUTES, CCM): 20, (MINUTES, RTM): MISSING}, programs=both)
    assert found == Fit(FitKind.READY, CCM)


def test_another_program_of_the_patient_that_is_met_stands_instead_of_one_that_is_short(
    book: Rulebook,
) -> None:
    found = fit(book, {(MINUTES, CCM): 20}, programs=["rtm", "ccm"])
    assert found == Fit(FitKind.INSTEAD, CCM, (), RTM)


LACKING = {
    FactName.CONSENT_DATE: None,
    FactName.CARE_PLAN_DATE: None,
    BILLER: "physician",
    (FactName.CONSENT_DATE, RTM): date(2026, 1, 1),
}


def candidate(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> Candidate:
    found = fit(book, given, **options)
    assert (found.kind, found.best, found.instead_of, found.other) == (
        FitKind.INSTEAD_LACKS,
        CCM,
        RTM,
        RTM,
    )
    (only,) = found.candidates
    return only


def test_a_short_patient_with_two_conditions_is_a_candidate_that_lacks_the_rest(
    book: Rulebook,
) -> None:
    assert candidate(book, LACKING) == Candidate(
        CCM, Month.parse("2026-04"), ("I10", "M17"), ("consent", "care_plan", "minutes"), ()
    )


@pytest.mark.parametrize(
    ("consent", "first", "lacks", "undetermined"),
    [
        (date(2026, 3, 31), "2026-03", ("minutes",), ()),
        (date(2026, 4, 1), "2026-04", ("consent", "minutes"), ()),
        (None, "2026-04", ("consent", "minutes"), ()),
        (NO_COLUMN, "2026-04", ("minutes",), ("consent",)),
    ],
)
def test_without_consent_in_the_month_a_candidate_begins_with_the_next(
    consent: Any,
    first: str,
    lacks: tuple[str, ...],
    undetermined: tuple[str, ...],
    book: Rulebook,
) -> None:
    found = candidate(book, {FactName.CONSENT_DATE: consent})
    assert (str(found.from_month), found.lacks, found.undetermined) == (first, lacks, undetermined)


def test_minutes_never_move_to_the_candidate(book: Rulebook) -> None:
    found = candidate(book, {(MINUTES, RTM): 19})
    assert found.lacks == ("minutes",)
    assert candidate(book, {(MINUTES, CCM): MISSING}).undetermined == ("minutes",)


def test_who_bills_may_be_undetermined(book: Rulebook) -> None:
    assert candidate(book, {BILLER: NO_COLUMN}).undetermined == ("biller",)


def test_a_therapist_is_told_to_tell_the_practitioner(book: Rulebook) -> None:
    found = fit(book, {BILLER: "therapist"})
    assert found == Fit(FitKind.TELL_PRACTITIONER, other=CCM)


@pytest.mark.parametrize("conditions", [0, 1, NO_COLUMN, Fact(1, 2)])
def test_without_two_conditions_on_file_nothing_else_is_suggested(
    conditions: Any, book: Rulebook
) -> None:
    assert fit(book, {CONDITIONS: conditions}) == Fit(FitKind.SHORT)


@pytest.mark.parametrize(
    "given",
    [
        {MINUTES: MISSING},
        {MINUTES: Fact.known(5, later=30)},
        {DAYS: Fact(1, 20)},
        {DAYS: 1, FactName.CONSENT_DATE: None, MINUTES: Fact(15, 20)},
    ],
)
def test_a_program_that_may_still_be_met_is_not_settled(
    given: dict[Any, Any], book: Rulebook
) -> None:
    assert fit(book, given) == Fit(FitKind.UNSETTLED, RTM)


def test_a_program_that_is_blocked_is_not_short(tmp_path: Path) -> None:
    paper = f"{{consent: {{fact: consent_date, on_or_before: {since('window_end')}}}}}"
    book = rules(tmp_path, rtm=program("rtm", RTM_CODES, on_file=paper))
    assert fit(book, {MINUTES: 20, FactName.CONSENT_DATE: None}) == Fit(FitKind.BLOCKED, RTM)


def running(window: Any) -> Fact:
    """Two days in what is over, and days to come in what is not."""
    return Fact.known(1, later=20) if window.end > date(2026, 3, 31) else Fact.known(1)


def test_a_period_that_runs_on_does_not_save_a_month_in_which_another_fell_short(
    book: Rulebook,
) -> None:
    assert fit(book, {DAYS: running}, start=date(2026, 2, 10)).kind is FitKind.INSTEAD_LACKS
    assert fit(book, {DAYS: running}, start=date(2026, 3, 10)).kind is FitKind.UNSETTLED


def test_a_set_up_that_may_come_does_not_save_a_month_and_one_that_is_ready_does(
    book: Rulebook,
) -> None:
    later = {DAYS: Fact.known(1, later=10_000), (MINUTES, RTM): 0}
    only_open = {**later, DAYS: lambda w: Fact.known(1, later=99 * (w.kind == "episode"))}
    assert fit(book, only_open).kind is FitKind.INSTEAD_LACKS
    assert fit(book, {DAYS: 2}) == Fit(FitKind.READY, RTM)


def test_a_patient_of_no_program_and_one_whose_episode_is_elsewhere(book: Rulebook) -> None:
    assert fit(book, {}, programs=[]) == Fit(FitKind.NO_PROGRAM)
    gone = {"start": date(2026, 1, 1), "end": date(2026, 2, 3)}
    assert fit(book, {}, **gone) == Fit(FitKind.NO_WINDOW)


def test_a_candidate_whose_code_is_not_in_force_is_none(tmp_path: Path) -> None:
    later = CCM_CODES.replace("2020-01-01", "2026-04-01")
    assert fit(rules(tmp_path, ccm=program("ccm", later)), {}) == Fit(FitKind.SHORT)


def test_a_condition_that_lapsed_stands_in_nobodys_way(tmp_path: Path) -> None:
    def lapsed(name: str) -> str:
        lines = (
            line.replace("}}}", "}, 2026-01-01: {value: null, source: law}}}")
            if line.strip().startswith(name)
            else line
            for line in CCM_CODES.split("\n")
        )
        return program("ccm", "\n".join(lines))

    found = candidate(rules(tmp_path / "a", ccm=lapsed("consent")), {FactName.CONSENT_DATE: None})
    assert (str(found.from_month), found.lacks) == ("2026-03", ("minutes",))
    found = candidate(rules(tmp_path / "b", ccm=lapsed("biller")), {BILLER: "therapist"})
    assert found.lacks == ("minutes",)
    assert fit(rules(tmp_path / "c", ccm=lapsed("conditions")), {}) == Fit(FitKind.SHORT)


# ---- what a program is worth suggesting for stands in YAML ----


def test_the_preferences_decide_and_not_the_program(tmp_path: Path) -> None:
    both = {"programs": ["rtm", "ccm"]}
    turned = rules(tmp_path / "a", fit=PREFERENCES.replace("[rtm, ccm]", "[ccm, rtm]"))
    assert fit(turned, {MINUTES: 20}, **both) == Fit(FitKind.READY, CCM, (RTM,))
    none = rules(tmp_path / "b", fit="prefer: [rtm, ccm]\ncandidates: {}\n")
    assert fit(none, LACKING) == Fit(FitKind.SHORT)
    other = rules(tmp_path / "c", fit=PREFERENCES.replace("[rtm],", "[ccm],"))
    assert fit(other, LACKING) == Fit(FitKind.SHORT)
    silent = rules(tmp_path / "d", fit=PREFERENCES.replace("[rtm, ccm]", "[]"))
    assert fit(silent, {MINUTES: 20}, **both) == Fit(FitKind.READY, RTM, (CCM,))


@pytest.mark.parametrize(("threshold", "conditions", "fits"), [(3, 2, False), (1, 1, True)])
def test_the_numbers_of_a_candidate_are_those_of_its_own_rules(
    threshold: int, conditions: int, fits: bool, tmp_path: Path
) -> None:
    asked = "fact: chronic_conditions, at_least: "
    codes = CCM_CODES.replace(asked + since(2), asked + since(threshold))
    book = rules(tmp_path, ccm=program("ccm", codes))
    assert fit(book, {CONDITIONS: conditions}).best is (CCM if fits else None)


def test_a_candidate_stands_instead_of_the_program_that_it_is_for(tmp_path: Path) -> None:
    rpm = program("rpm", RTM_CODES.replace('"A', '"C'))
    pcm = program("pcm", CCM_CODES.replace('"B', '"D'))
    _, _, ours = PREFERENCES.rpartition("candidates:\n")
    theirs = ours.replace("ccm:", "pcm:").replace("B0090", "D0090").replace("rtm", "rpm")
    preferences = "prefer: [rpm, rtm, ccm, pcm]\ncandidates:\n" + ours + theirs
    book = rules(tmp_path, rpm=rpm, pcm=pcm, fit=preferences)
    found = fit(book, {}, programs=["rpm", "rtm"])
    assert (found.best, found.instead_of) == (CCM, RTM)
    assert [each.program for each in found.candidates] == [CCM, PCM]


def test_with_the_shipped_rules_rtm_that_falls_short_makes_a_candidate_for_ccm() -> None:
    book = shipped_rules()
    asked = question(book, {FactName.MONITORED: True, **LACKING})
    found = fitted(book, asked, judge(book, asked), ("I10", "M17"))
    assert (found.best, found.instead_of) == (CCM, RTM)
    assert found.candidates[0].lacks == ("consent", "care_plan", "minutes")
