"""The conditions of the rules: which suits which fact, what each asks, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rulebooks import DISPUTED, LAW, NO_COLUMN, make_rules, minutes, program, since, verdicts

from rtmaudit.errors import RulebookError
from rtmaudit.model import ANYTHING, Cause, Fact, FactName, Finding, Program, Why
from rtmaudit.rulebook import MEDICARE

BY = since("{physician: [physician]}")
VISIT = FactName.DAYS_TO_VISIT
NEVER_YET = Fact(3, ANYTHING, Why.MISSING, Cause.NO_COLUMN, ANYTHING)


def code(block: str, requirement: str, name: str = "one") -> str:
    """A code with one requirement, and twenty minutes of need."""
    needs = f"needs:\n    minutes: {minutes(20)}\n"
    extra = f"    {name}: {requirement}\n" if block == "needs" else ""
    other = "" if block == "needs" else f"  {block}:\n    {name}: {requirement}\n"
    return (
        '"A0001":\n  title: T\n  window: calendar_month\n'
        f"  in_force: {since('true')}\n  {needs}{extra}{other}"
    )


def judged(
    folder: Path, block: str, requirement: str, given: dict[Any, Any], **options: Any
) -> Finding:
    """What becomes of a patient with twenty minutes under one more requirement."""
    book = make_rules(folder, rtm=program("rtm", code(block, requirement)))
    given = {FactName.MANAGEMENT_MINUTES: 20, **given}
    return verdicts(book, given, **options)["A0001"]


def refused(folder: Path, block: str, requirement: str) -> str:
    with pytest.raises(RulebookError) as told:
        make_rules(folder, rtm=program("rtm", code(block, requirement)))
    return "\n".join(told.value.lines)


# ---- what each condition asks ----


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        (Fact.known(0), "ready"),
        (Fact.known(7), "ready"),
        (Fact.known(8), "short"),
        (NEVER_YET, "open"),
        (Fact(8, ANYTHING, Why.MISSING, Cause.NO_COLUMN, ANYTHING), "short"),
        (Fact(3, ANYTHING, Why.MISSING, Cause.NO_COLUMN), "unknown"),
        (DISPUTED, "review"),
        (Fact(3, 7, Why.DISPUTED), "ready"),
        (Fact(3, 8, Why.DISPUTED), "review"),
    ],
)
def test_a_duration_must_not_be_too_long(days: Fact, verdict: str, tmp_path: Path) -> None:
    visit = f"{{fact: days_to_visit, at_most: {since(7)}}}"
    assert judged(tmp_path, "needs", visit, {VISIT: days}).verdict == verdict


def test_a_duration_tells_how_many_days_too_many(tmp_path: Path) -> None:
    visit = f"{{fact: days_to_visit, at_most: {since(7)}}}"
    finding = judged(tmp_path, "needs", visit, {VISIT: 9})
    need = next(each for each in finding.needs if each.name == "one")
    assert (need.have, need.want, need.short_by, need.at_most) == (9, 7, 2, True)
    assert str(finding.reasons[0].kind) == "too_late"


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        (("I50",), "ready"),
        (("I509",), "ready"),
        (("I110",), "ready"),
        (("I11",), "not_applicable"),
        (("I119", "E119"), "not_applicable"),
        (("E119", "I5023"), "ready"),
        ((), "not_applicable"),
        (None, "not_applicable"),
    ],
)
def test_a_diagnosis_is_any_code_that_begins_with_one_that_is_named(
    codes: tuple[str, ...] | None, verdict: str, tmp_path: Path
) -> None:
    diagnosis = f"{{fact: diagnoses, any_of: {since('[I50, I11.0]')}}}"
    finding = judged(tmp_path, "for", diagnosis, {FactName.DIAGNOSES: Fact.known(codes)})
    assert finding.verdict == verdict


def test_diagnoses_in_no_column_leave_open_whom_the_code_is_about(tmp_path: Path) -> None:
    diagnosis = f"{{fact: diagnoses, any_of: {since('[I50]')}}}"
    finding = judged(tmp_path, "for", diagnosis, {FactName.DIAGNOSES: NO_COLUMN})
    assert (finding.verdict, finding.to_confirm) == ("unknown", ("one",))


@pytest.mark.parametrize(
    ("place", "is_", "is_not"),
    [
        ("50", "ready", "not_applicable"),
        ("72", "ready", "not_applicable"),
        ("11", "not_applicable", "ready"),
        ("", "not_applicable", "ready"),
    ],
)
def test_a_place_is_one_of_those_named_or_none_of_them(
    place: str, is_: str, is_not: str, tmp_path: Path
) -> None:
    clinics = '["50", "72"]'
    for test, verdict in (("is", is_), ("is_not", is_not)):
        wanted = f"{{fact: place_of_service, {test}: {since(clinics)}}}"
        given = {FactName.PLACE_OF_SERVICE: place}
        assert judged(tmp_path / test, "for", wanted, given).verdict == verdict


@pytest.mark.parametrize(
    ("fact", "want", "good", "bad"),
    [
        ("established", "[true]", True, False),
        ("high_risk", "[true]", True, False),
        ("qmb", "[true]", True, False),
        ("qmb", "[false]", False, True),
        ("alive", "[true]", True, False),
        ("enrolled, program: ccm", "[true]", True, False),
        ("program_month", "[first]", "first", "later"),
        ("surgical_period", "[none, unrelated]", "unrelated", "related"),
        ("monitored, system: respiratory", "[true]", True, False),
    ],
)
def test_an_answer_is_one_of_the_words_that_are_asked_for(
    fact: str, want: str, good: object, bad: object, tmp_path: Path
) -> None:
    wanted = f"{{fact: {fact}, is: {since(want)}}}"
    name = FactName(fact.split(",")[0])
    assert judged(tmp_path, "for", wanted, {name: good}).verdict == "ready"
    assert judged(tmp_path, "for", wanted, {name: bad}).verdict == "not_applicable"
    assert judged(tmp_path, "on_file", wanted, {name: bad}).verdict == "blocked"
    assert judged(tmp_path, "on_file", wanted, {name: NO_COLUMN}).to_confirm == ("one",)


@pytest.mark.parametrize(("count", "verdict"), [(0, "short"), (1, "ready"), (2, "ready")])
def test_visits_of_some_codes_may_be_asked_for(count: int, verdict: str, tmp_path: Path) -> None:
    codes = since('["G0506"]')
    wanted = f"{{fact: visits, visit_codes: {codes}, at_least: {since(1)}}}"
    assert judged(tmp_path, "needs", wanted, {FactName.VISITS: count}).verdict == verdict


def test_a_threshold_of_nothing_only_names_the_fact(tmp_path: Path) -> None:
    wanted = f"{{fact: live_contacts, at_least: {since(0)}}}"
    finding = judged(tmp_path, "needs", wanted, {FactName.LIVE_CONTACTS: 0})
    assert finding.verdict == "ready"
    assert [str(need.ref.name) for need in finding.needs] == ["management_minutes", "live_contacts"]


def test_a_condition_may_be_of_another_program(tmp_path: Path) -> None:
    wanted = f"{{fact: live_contacts, program: ccm, at_least: {since(1)}}}"
    given = {(FactName.LIVE_CONTACTS, Program.CCM): 1, FactName.LIVE_CONTACTS: 0}
    assert judged(tmp_path, "needs", wanted, given).verdict == "ready"


def test_arguments_of_a_fact_are_those_of_the_day(tmp_path: Path) -> None:
    """Stays and sources are dated values too: from 2026 on they are asked for."""
    text = code(
        "needs",
        f"{{fact: reading_days, system: physiologic, at_least: {since(2)}, "
        f"sources: {since('[device, app]', '2026-01-01')}}}",
    ).replace(
        "minutes: {fact: management_minutes,",
        "minutes: {fact: management_minutes, "
        f"not_during: {since('[hospital, facility]', '2026-01-01')},",
    )
    book = make_rules(tmp_path, rtm=program("rtm", text))
    before, after = (
        book.rules(Program.RTM, day).rule("A0001").needs
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    )
    assert [need.ref.stays for need in before] == [(), ()]
    assert [str(stay) for stay in after[0].ref.stays] == ["hospital", "facility"]
    assert [str(source) for source in after[1].ref.sources] == ["device", "app"]
    assert before[1].ref.sources == ()


def test_null_in_a_programs_own_file_asks_nothing(tmp_path: Path) -> None:
    wanted = f"{{fact: diagnoses, any_of: {since('null')}}}"
    finding = judged(tmp_path, "for", wanted, {FactName.DIAGNOSES: NO_COLUMN})
    assert (finding.verdict, finding.to_confirm) == ("ready", ())


# ---- what is refused ----


WRONG = [
    ("needs", f"{{fact: days_to_visit, at_least: {since(7)}}}", "takes at_most"),
    (
        "needs",
        f"{{fact: reading_days, system: respiratory, at_most: {since(7)}}}",
        "takes at_least",
    ),
    ("needs", f"{{fact: days_to_visit, at_most: {since(0)}}}", "greater than or equal to 1"),
    ("for", f"{{fact: diagnoses, is: {since('[I50]')}}}", "takes any_of"),
    ("for", f"{{fact: diagnoses, any_of: {since('[i50]')}}}", "match pattern"),
    ("for", f"{{fact: diagnoses, any_of: {since('[I5]')}}}", "match pattern"),
    ("for", f"{{fact: qmb, is: {since('[perhaps]')}}}", "the words of qmb are false, true"),
    ("for", f"{{fact: program_month, is: {since('[second]')}}}", "are first, later"),
    ("for", f"{{fact: surgical_period, is: {since('[some]')}}}", "are none, related, unrelated"),
    ("for", f"{{fact: alive, is: {since('[true]')}, is_not: {since('[false]')}}}", "exactly one"),
    ("for", f"{{fact: enrolled, is: {since('[true]')}}}", "enrolled takes program"),
    ("needs", f"{{fact: visits, at_least: {since(1)}}}", "visits takes visit_codes"),
    ("needs", f"{{fact: readings, at_least: {since(1)}}}", "readings takes system"),
    (
        "needs",
        f"{{fact: live_contacts, not_during: {since('[hospital]')}, at_least: {since(1)}}}",
        "live_contacts takes no argument",
    ),
    (
        "needs",
        f"{{fact: reading_days, system: respiratory, by: {BY}, at_least: {since(1)}}}",
        "reading_days takes system",
    ),
    (
        "needs",
        "{fact: readings, system: physiologic, sources: "
        + since("[telepathy]")
        + f", at_least: {since(1)}}}",
        "must be one of device, app, manual",
    ),
    (
        "needs",
        f"{{fact: management_minutes, by: {BY}, not_during: {since('[hotel]')}, "
        f"at_least: {since(1)}}}",
        "must be one of hospital, facility",
    ),
]


@pytest.mark.parametrize(("block", "requirement", "sentence"), WRONG)
def test_a_condition_that_does_not_suit_its_fact_is_refused(
    block: str, requirement: str, sentence: str, tmp_path: Path
) -> None:
    assert sentence in refused(tmp_path, block, requirement)


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [("calendar_month", None), ("fixed_30", None), ("auto", None), ("monthly", "should be 'auto'")],
)
def test_the_clock_of_supplies_is_one_of_three(
    mode: str, sentence: str | None, tmp_path: Path
) -> None:
    text = program("rtm", code("for", f"{{fact: alive, is: {since('[true]')}}}"))
    text = text.replace("every: {", f"every: {{window_mode: {since(mode)}, ")
    if sentence is None:
        book = make_rules(tmp_path, rtm=text)
        assert book.under(MEDICARE).window_mode(Program.RTM, date(2026, 3, 31)) == mode
        assert book.window_mode(Program.RTM, date(2019, 1, 1)) == "auto"
    else:
        with pytest.raises(RulebookError, match=sentence):
            make_rules(tmp_path, rtm=text)


def pairs(*lines: str, contested: str = "") -> str:
    return LAW + contested + "pairs:\n" + "".join(f"  - {line}\n" for line in lines)


def a_pair(one: str, other: str, same: str | None = None) -> str:
    return (
        f"{{pair: [{one}, {other}], same: {same or since('apart')}, different: {since('apart')}}}"
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (a_pair("rtm", "G0181"), None),
        (a_pair('"90951-90970"', "A0001"), None),
        (a_pair("rtm", "rtm"), None),
        (a_pair("rtm", "rpm"), "there is no rule for rpm"),
        (a_pair("G0181", "G0182"), "there is no rule for G0181"),
        (a_pair("rtm", '"9095"'), "there is no rule for 9095"),
        (a_pair("rtm", '"90951-"'), "there is no rule for 90951-"),
        (a_pair("rtm", "A0001", since("last")), "should be 'together', 'apart', 'first' or"),
        (
            a_pair("rtm", "A0001", since("apart", contested="{x: {value: together, source: law}}")),
            "there is no contested point x in this file",
        ),
    ],
)
def test_a_pair_names_programs_codes_or_ranges_and_one_of_them_has_rules(
    line: str, sentence: str | None, tmp_path: Path
) -> None:
    rtm = program("rtm", code("for", f"{{fact: alive, is: {since('[true]')}}}"))
    if sentence is None:
        book = make_rules(tmp_path, rtm=rtm, concurrency=pairs(line))
        assert len(book.concurrency.pairs) == 1
    else:
        with pytest.raises(RulebookError, match=sentence):
            make_rules(tmp_path, rtm=rtm, concurrency=pairs(line))


def test_a_point_about_pairs_is_no_point_of_a_program_too(tmp_path: Path) -> None:
    point = "contested: {both: {question: Q?, base: a, other: b}}\n"
    rtm = program("rtm", code("for", f"{{fact: alive, is: {since('[true]')}}}"), more=point)
    with pytest.raises(RulebookError, match=r"contested.both: stands in rtm.yaml too"):
        make_rules(tmp_path, rtm=rtm, concurrency=LAW + point + "pairs: []\n")
