"""The strict loader: every fault of every file at once, each with its line; never a traceback."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from rulebooks import (
    CONCURRENCY,
    FIT,
    make_rules,
    minutes,
    program,
    shipped_rules,
    since,
    write_rules,
)

from rtmaudit.errors import RtmauditError, RulebookError
from rtmaudit.model import Program
from rtmaudit.rulebook import Position, load_rules
from rtmaudit.scenarios import read_cases, run_folder

RTM = """\
program: rtm
title: Remote therapeutic monitoring
sources:
  law: {title: The law, cite: Law 1, confidence: high}
contested:
  staff: {question: Whose?, base: exclude, other: count}
every:
  on_file:
    consent:
      fact: consent_date
      on_or_before: {2022-01-01: {value: window_end, source: law}}
  service_date: {2022-01-01: {value: window_end, source: law}}
one_of:
  tiers: {2022-01-01: {value: [["98980", "98979"]], source: law}}
codes:
  "98979":
    title: Short
    window: calendar_month
    in_force: {2022-01-01: {value: true, source: law}}
    needs:
      days:
        fact: reading_days
        system: musculoskeletal
        at_least: {2022-01-01: {value: 10, source: law}}
  "98980":
    title: Long
    window: calendar_month
    in_force: {2022-01-01: {value: true, source: law}}
    for:
      biller:
        fact: biller_type
        is: {2022-01-01: {value: [physician], source: law}}
    needs:
      minutes:
        fact: management_minutes
        by: {2022-01-01: {value: {physician: [physician]}, source: law}}
        visit_codes: {2022-01-01: {value: ["99202-99205"], source: law}}
        at_least:
          2022-01-01: {value: 20, source: law}
          2024-01-01: {value: 30, source: law, contested: {staff: {value: 40, source: law}}}
  "98981":
    title: More
    window: calendar_month
    in_force: {2022-01-01: {value: true, source: law}}
    adds_to: {"98980": {2022-01-01: {value: 20, source: law}}}
    units:
      fact: management_minutes
      by: {2022-01-01: {value: {physician: [physician]}, source: law}}
      each: {2022-01-01: {value: 20, source: law}}
      at_most: {2022-01-01: {value: 3, source: law}}
"""
PAIRS = """\
sources:
  law: {title: The law, confidence: high}
pairs:
  - pair: [rtm, "98980"]
    same: {2022-01-01: {value: apart, source: law}}
    different: {2022-01-01: {value: together, source: law}}
"""
PREFERENCES = """\
prefer: [rtm]
candidates:
  rtm:
    instead_of: [rtm]
    entry: "98980"
    may_bill: biller
    conditions: consent
    consent: consent
"""
FILES = {"rtm": RTM, "concurrency": PAIRS, "fit": PREFERENCES}


def line_of(text: str, part: str) -> int:
    """The line on which a part of a text begins."""
    return text[: text.index(part)].count("\n") + 1


def faults(folder: Path, **files: str) -> list[str]:
    """What the loader says of a folder."""
    with pytest.raises(RulebookError) as refused:
        load_rules(write_rules(folder, **files))
    assert refused.value.exit_code == 2
    return list(refused.value.lines)


def test_the_rules_that_these_tests_break_are_sound(tmp_path: Path) -> None:
    book = make_rules(tmp_path, **FILES)
    assert list(book.files) == [Program.RTM]
    assert book.version == "unversioned"


TWICE = """\
  - pair: ["98980", rtm]
    same: {2022-01-01: {value: apart, source: law}}
    different: {2022-01-01: {value: apart, source: law}}
"""
ADDS_TO = '    adds_to: {"98980": {2022-01-01: {value: 20, source: law}}}\n'
BROKEN = [
    ("rtm", "    title: Short", "    titel: Short", "not a key here; allowed are adds_to, for, "),
    ("rtm", "    title: Short", "    window: episode", "stands here twice"),
    ("rtm", '  "98979":\n', "  98979:\n", "must be text; put it in quotes"),
    ("rtm", "2024-01-01: {value", "2024-1-1: {value", "must be a day like 2026-03-20"),
    ("rtm", "2024-01-01: {value", "2024-02-30: {value", "is not a day of the calendar"),
    ("rtm", "value: 20, source: law}\n", "value: 20, source: low}\n", "there is no source low"),
    ("rtm", "staff: {value: 40", "stuff: {value: 40", "there is no contested point stuff"),
    ("rtm", "value: 40, source: law", "value: 40, source: low", "there is no source low"),
    ("rtm", "fact: reading_days", "fact: reading_nights", "must be one of reading_days, readi"),
    ("rtm", "system: musculoskeletal", "system: knees", "must be one of musculoskeletal"),
    ("rtm", '[["98980", "98979"]]', '[["98980", "98978"]]', "there is no code 98978"),
    ("rtm", '[["98980", "98979"]]', '[["98980", "98981"]]', "alternatives are codes of one kind"),
    ("rtm", 'adds_to: {"98980"', 'adds_to: {"98970"', "there is no code 98970"),
    ("rtm", 'adds_to: {"98980"', 'adds_to: {"98981"', "is itself an add-on"),
    ("rtm", 'adds_to: {"98980"', "adds_to: {98980", "must be text; put it in quotes"),
    ("rtm", ADDS_TO, "    note: lost\n", "units go with adds_to, and without needs"),
    ("rtm", ADDS_TO, "    adds_to: {}\n", "at least 1 item"),
    ("rtm", "program: rtm", "program: ccm", "the file of ccm is named ccm.yaml"),
    ("rtm", "value: 10,", "value: 10, expected: 11,", "give either value or expected"),
    ("rtm", "value: 10,", "valeu: 10,", "allowed are contested, expected, note, source, value"),
    ("rtm", "fact: biller_type\n", "fact: biller_type\n        to: x\n", "allowed are any_of, at"),
    ("rtm", "cite: ", "site: ", "allowed are cite, confidence, published, title, url"),
    ("rtm", "value: 10,", "value: ten,", "must be a whole number"),
    ("rtm", "value: 10,", "value: -1,", "greater than or equal to 0"),
    ("rtm", "value: 10,", "value: 2.5,", "neither a whole number nor text"),
    ("rtm", "value: 10,", "value: null,", "is in force on 2022-01-01 and asks for nothing"),
    ("rtm", "each: {2022-01-01: {value: 20", "each: {2022-01-01: {value: 0", "greater than or"),
    ("rtm", "each: {2022-01-01:", "each: {2023-01-01:", "is in force on 2022-01-01 and asks for"),
    ("rtm", "value: [physician], s", "value: [fysician], s", "the words of biller_type are npp,"),
    ("rtm", '["99202-99205"]', '["99202 to 99205"]', "match pattern"),
    ("rtm", "    consent:\n", "    consent: null\n    also:\n", "must be lines of `key: value`"),
    ("rtm", "        at_least: {2022-01-01: {value: 10, source: law}}\n", "", "exactly one con"),
    ("rtm", "at_least: {2022-01-01: {value: 10, source: law}}", "at_least: {}", "at least 1 item"),
    ("rtm", "at_least: {2022-01-01: {value: 10", "covers: {2022-01-01: {value: window_end", "one"),
    ("rtm", "        system: musculoskeletal\n", "", "reading_days takes system"),
    ("rtm", "fact: consent_date\n", "fact: consent_date\n      system: respiratory\n", "no arg"),
    ("rtm", "    for:\n", "    on_file: {paper: null}\n    for:\n", "drops nothing"),
    ("rtm", "    needs:\n      days:", "    on_file:\n      days:", "give needs, or for"),
    ("rtm", "window: calendar_month", "window: fortnight", "must be one of calendar_month, su"),
    ("rtm", "confidence: high", "confidence: sure", "'high', 'medium' or 'low'"),
    ("rtm", "title: Remote", "title: &a Remote", "anchors and aliases are not allowed"),
    ("rtm", "program: rtm\n", "", "program is missing"),
    ("concurrency", "pair: [rtm,", "pair: [rpm,", "there is no rule for rpm"),
    ("concurrency", 'pair: [rtm, "98980"]', "pair: [rtm]", "at least 2 items"),
    ("concurrency", "value: apart", "value: alone", "'apart', 'first' or 'review'"),
    ("concurrency", "value: apart, source: law", "value: apart, source: me", "no source me"),
    ("concurrency", "pairs:\n", "pairs:\n" + TWICE, "stands here twice"),
    ("fit", "prefer: [rtm]", "prefer: [rpm]", "there is no rule for rpm"),
    ("fit", "instead_of: [rtm]", "instead_of: [rpm]", "there is no rule for rpm"),
    ("fit", 'entry: "98980"', 'entry: "99490"', "there is no code 99490"),
    ("fit", "  rtm:\n", "  rpm:\n", "there is no code 98980"),
    ("fit", "may_bill: biller", "may_bill: payer", "98980 has no condition named payer"),
    ("fit", "conditions: consent", "conditions: minutes", "98980 has no condition named minutes"),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "good", "bad", "sentence"), BROKEN)
def test_each_fault_is_told_with_its_file_its_line_and_what_would_be_right(
    stem: str, good: str, bad: str, sentence: str, tmp_path: Path
) -> None:
    assert FILES[stem].count(good) >= 1
    told = faults(tmp_path, **{**FILES, stem: FILES[stem].replace(good, bad, 1)})
    mine = [each for each in told if sentence in each]
    assert mine, told
    assert all(each.split(":")[0] == f"{stem}.yaml" for each in told)
    assert int(mine[0].split(":")[1]) > 0


def test_the_line_is_the_one_on_which_the_fault_stands(tmp_path: Path) -> None:
    text = RTM.replace("value: 20, source: law}\n", "value: 20, source: low}\n", 1)
    text = text.replace("fact: reading_days", "fakt: reading_days")
    text = text.replace('adds_to: {"98980"', 'adds_to: {"98970"')
    told = faults(tmp_path, rtm=text, concurrency=CONCURRENCY, fit=FIT)
    assert told == [
        f"rtm.yaml:{line_of(text, 'days:')}: codes.98979.needs.days: fact is missing",
        f"rtm.yaml:{line_of(text, 'fakt')}: codes.98979.needs.days.fakt: is not a key here; allowed"
        " are any_of, at_least, at_most, billers, by, covers, fact, is, is_not, not_during,"
        " on_or_before, program, sources, system, visit_codes; did you mean fact?",
    ]
    told = faults(tmp_path, rtm=text.replace("fakt", "fact"), concurrency=CONCURRENCY, fit=FIT)
    line = line_of(text, "2022-01-01: {value: 20, source: low}")
    assert told == [
        f"rtm.yaml:{line}: codes.98980.needs.minutes.at_least.2022-01-01: "
        "there is no source low in this file",
        f"rtm.yaml:{line_of(text, 'adds_to')}: codes.98981.adds_to.98970: "
        "there is no code 98970 in this file",
    ]


def test_a_fault_inside_a_dated_value_stands_on_the_line_of_its_date(tmp_path: Path) -> None:
    text = RTM.replace("2024-01-01: {value: 30", "2024-01-01: {value: thirty")
    (told,) = faults(tmp_path, rtm=text, concurrency=CONCURRENCY, fit=FIT)
    line = line_of(text, "2024-01-01")
    place = "codes.98980.needs.minutes.at_least.2024-01-01.value"
    assert told == f"rtm.yaml:{line}: {place}: must be a whole number"


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        rtm=RTM.replace("title: Short", "titel: Short").replace("value: 10", "value: ten"),
        ccm=RTM.replace("program: rtm", "program: ccm\n\tx"),
        concurrency=PAIRS.replace("value: apart", "value: alone"),
        fit=PREFERENCES.replace("prefer:", "prefers:"),
    )
    assert {each.split(":")[0] for each in told} == {
        "rtm.yaml",
        "ccm.yaml",
        "concurrency.yaml",
        "fit.yaml",
    }
    assert len([each for each in told if each.startswith("rtm.yaml")]) == 3


def test_a_code_and_a_contested_point_stand_in_one_file(tmp_path: Path) -> None:
    told = faults(tmp_path, rtm=RTM, ccm=RTM.replace("program: rtm", "program: ccm"))
    assert (
        f"ccm.yaml:{line_of(RTM, '98980' + chr(34) + ':')}: codes.98980: stands in rtm.yaml too"
        in told
    )
    assert f"rtm.yaml:{line_of(RTM, 'staff')}: contested.staff: stands in ccm.yaml too" in told


def test_a_folder_that_holds_no_rulebook_is_said_to_hold_none(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="is not a folder of rules"):
        load_rules(tmp_path / "nowhere")
    with pytest.raises(RulebookError) as refused:
        load_rules(tmp_path)
    assert refused.value.lines == (
        f"{tmp_path}: holds no rules of any program",
        f"concurrency.yaml: is missing in {tmp_path}",
        f"fit.yaml: is missing in {tmp_path}",
    )
    with pytest.raises(RulebookError, match="holds no rules of any program"):
        load_rules(write_rules(tmp_path))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "rtm: {", "program: [rtm]\n"])
def test_a_file_of_another_shape_is_refused(text: str, tmp_path: Path) -> None:
    assert all(each.startswith("rtm.yaml:") for each in faults(tmp_path, rtm=text))


def test_rules_without_their_list_of_conditions_say_so_when_it_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match=r"chronic-conditions-\*\.csv: is missing in"):
        _ = make_rules(tmp_path, **FILES).conditions


def test_a_broken_rule_never_gives_a_traceback(tmp_path: Path) -> None:
    """Lines dropped, doubled, swapped, cut, indented at random: it loads, or it is refused."""
    chance = random.Random(7)
    refused = 0
    for _ in range(150):
        stem = chance.choice(list(FILES))
        lines = FILES[stem].splitlines()
        for _ in range(chance.randint(1, 3)):
            i, j = (chance.randrange(len(lines)) for _ in "ij")
            what = chance.randrange(6)
            if what == 0:
                del lines[i]
            elif what == 1:
                lines.insert(j, lines[i])
            elif what == 2:
                lines[i], lines[j] = lines[j], lines[i]
            elif what == 3:
                lines[i] = lines[i][: chance.randrange(len(lines[i]) + 1)]
            elif what == 4:
                lines[i] = "  " + lines[i]
            else:
                lines[i] = lines[i].replace("value:", "value: x") or "x"
        text = "\n".join(lines)
        try:
            load_rules(write_rules(tmp_path, **{**FILES, stem: text}))
        except RtmauditError as error:
            refused += 1
            assert isinstance(error, RulebookError)
            assert all(str(each).startswith(f"{stem}.yaml") for each in error.faults)
    assert refused > 100


# ---- values as of a day ----


def test_a_value_holds_from_its_date_until_the_next(tmp_path: Path) -> None:
    book = make_rules(tmp_path, **FILES)

    def wanted(day: date, reading: str | None = None) -> object:
        (need,) = book.rules(Program.RTM, day, reading).rule("98980").needs
        return need.want

    assert wanted(date(2022, 1, 1)) == wanted(date(2023, 12, 31)) == 20
    assert wanted(date(2024, 1, 1)) == wanted(date(2099, 1, 1)) == 30
    assert wanted(date(2024, 1, 1), "staff") == 40
    assert not book.rules(Program.RTM, date(2021, 12, 31)).rule("98980").in_force
    with pytest.raises(KeyError):
        book.rules(Program.RTM, date(2024, 1, 1)).rule("99490")


def test_a_contested_point_is_a_reading_only_where_it_changes_a_rule(tmp_path: Path) -> None:
    book = make_rules(tmp_path, **FILES)
    assert book.readings(Program.RTM, date(2023, 12, 31)) == ()
    assert book.readings(Program.RTM, date(2024, 1, 1)) == ("staff",)
    settled = book.with_positions((Position("staff", True, date(2025, 1, 1)),))
    assert settled.readings(Program.RTM, date(2024, 12, 31)) == ("staff",)
    assert settled.readings(Program.RTM, date(2025, 1, 1)) == ()
    rule = settled.rules(Program.RTM, date(2025, 1, 1)).rule("98980")
    assert (rule.needs[0].want, rule.settled) == (40, ("staff",))
    assert book.contested("staff").other == "count"
    with pytest.raises(KeyError):
        book.contested("stuff")


def test_a_reading_that_quotes_another_source_and_says_the_same_is_none(tmp_path: Path) -> None:
    text = RTM.replace("staff: {value: 40, source: law}", "staff: {value: 30, source: other}")
    text = text.replace("sources:\n", "sources:\n  other: {title: Else, confidence: low}\n")
    book = make_rules(tmp_path, rtm=text)
    assert book.readings(Program.RTM, date(2024, 1, 1)) == ()


def test_null_makes_a_requirement_lapse_and_an_announced_value_is_never_judged(
    tmp_path: Path,
) -> None:
    text = RTM.replace(
        "on_or_before: {2022-01-01: {value: window_end, source: law}}",
        "on_or_before: {2022-01-01: {value: window_end, source: law}, "
        "2025-01-01: {value: null, source: law}}",
    ).replace(
        "at_least: {2022-01-01: {value: 10, source: law}}",
        "at_least: {2022-01-01: {value: 10, source: law}, 2025-01-01: {expected: 5, source: law}}",
    )
    book = make_rules(tmp_path, rtm=text)
    before, after = (
        book.rules(Program.RTM, day).rule("98979") for day in (date(2024, 12, 31), date(2025, 1, 1))
    )
    assert [paper.name for paper in before.on_file] == ["consent"]
    assert after.on_file == ()
    assert before.needs == after.needs
    assert after.needs[0].want == 10


def test_a_code_may_replace_or_drop_what_all_codes_share(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    paper = f"{{consent: {{fact: consent_date, on_or_before: {since('window_end')}}}}}"
    other = f"{{consent: {{fact: order_date, on_or_before: {since('window_start')}}}}}"
    codes = "".join(
        f'"9898{i}": {{title: T, window: calendar_month, in_force: {since("true")}, '
        f"needs: {{minutes: {minutes(20)}}}{more}}}\n"
        for i, more in enumerate(["", ", on_file: {consent: null}", f", on_file: {other}"])
    )
    rules = make_rules(tmp_path, rtm=program("rtm", codes, on_file=paper)).rules(Program.RTM, day)
    facts = [[str(each.ref.name) for each in rule.on_file] for rule in rules.rules]
    assert facts == [["consent_date"], [], ["order_date"]]


def test_the_rulebook_knows_its_codes(tmp_path: Path) -> None:
    book = make_rules(tmp_path, **FILES)
    assert (book.program_of("98981"), book.program_of("99490")) == (Program.RTM, None)
    assert [book.bases_of(code) for code in ("98981", "98980", "99490")] == [("98980",), (), ()]


def test_the_fingerprint_covers_every_file_of_the_rules(tmp_path: Path) -> None:
    first = make_rules(tmp_path, **FILES)
    assert make_rules(tmp_path, **FILES).sha256 == first.sha256
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "chronic-conditions-x.csv").write_text("code,mark\nI10,1\nB00,0\n")
    (tmp_path / "VERSION").write_text("7\n")
    again = load_rules(tmp_path)
    assert again.sha256 != first.sha256
    assert (again.version, dict(again.conditions)) == ("7", {"I10": 1, "B00": 0})


# ---- scenario files ----

SCENARIO = """\
- name: Twenty minutes are enough
  month: "2026-03"
  facts: {management_minutes: {rtm: 20}, live_contacts: {rtm: 1}}
  expect: {"98980": ready}
"""


def check(folder: Path, text: str, name: str = "rtm") -> list[str]:
    """What is wrong with a scenario file, or with what it expects."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    book = shipped_rules()
    try:
        outcomes = run_folder(folder, book)
    except RulebookError as refused:
        return list(refused.lines)
    return [str(fault) for outcome in outcomes for fault in outcome.faults]


def test_a_scenario_that_holds_says_nothing(tmp_path: Path) -> None:
    assert check(tmp_path, SCENARIO) == []


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ('"2026-03"', '"2026-3"', "a month is written as 2026-03"),
        ("facts:", "fakts:", "is not a key here; allowed are as_of, billers, claims, discharged"),
        ("rtm: 20}", 'rtm: "20 missing"}', "match pattern"),
        ("rtm: 20}", "rmt: 20}", "must be one of rtm, rpm"),
        ("rtm: 20}", "rtm: {doctor: 20}}", "must be one of physician, npp"),
        ("ready}", "redy}", "must be one of ready, open"),
        ("ready}", "{ready: {units: 2}}}", "expected ready ({'units': 2}), found units 1"),
        ("ready}", "{short: {minutes: x}}}", "found ready"),
        ("ready}", "[ready, ready]}", "expected 2 windows, found 1"),
        ("ready}", "none}", "expected 0 windows, found 1"),
        ("rtm: 20}", "rtm: 19}", "expected ready, found short because of minutes, short"),
        ('"98980"', '"99490"', "is no code of the programs"),
        ('"98980"', "98980", "must be text; put it in quotes"),
        ("  expect:", "  positions: {rtm-staff: count}\n  expect:", "is no contested point"),
        ("  expect:", "  positions: {rtm-staff-time: yes please}\n  expect:", "take exclude or c"),
        ("  expect:", "  programs: [rpm]\n  expect:", "98980: is no code of the programs"),
        ('  expect: {"98980": ready}', "", "expects nothing"),
        ("  facts: {management_minutes: {rtm: 20}, live_contacts: {rtm: 1}}\n", "", "either facts"),
        ("  expect:", "  expect_facts: {live_contacts: {rtm: 1}}\n  expect:", "goes with rows"),
        (
            "  expect:",
            '  expect_windows: {calendar_month: ["2026-03-02..2026-03-31"]}\n  expect:',
            "due are ['2026-03-01..2026-03-31']",
        ),
    ],
)
def test_each_fault_of_a_scenario_is_told_with_its_file_and_line(
    good: str, bad: str, sentence: str, tmp_path: Path
) -> None:
    assert good in SCENARIO
    told = check(tmp_path, SCENARIO.replace(good, bad, 1))
    assert any(sentence in each for each in told), told
    assert all(each.startswith("rtm.yaml:") for each in told)


ROWS = """\
- name: One reading is one day
  month: "2026-03"
  rows:
    readings: |
      patient_id,recorded_at,system
      P1,2026-03-31,musculoskeletal
  expect_facts: {reading_days: {musculoskeletal: 1}}
"""


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ("musculoskeletal: 1}", "musculoskeletal: 2}", "expected 2, counted 0..1"),
        ("musculoskeletal: 1}", "rtm: 1}", "reading_days are of a system"),
        ("reading_days: {mus", "live_contacts: {mus", "minutes and contacts of a program"),
        ("reading_days: {musculoskeletal: 1}", "live_contacts: {ccm: 1}", "counted None"),
        ("P1,2026-03-31", "P1,31|3|2026", "is written neither as ISO 8601 nor as"),
        ("P1,2026-03-31", 'P1,"2026-03-31', "is never closed"),
        ("P1,2026-03-31", "P1,2026-05-31", "is it the export of another month?"),
        ("  rows:\n", "  start: 2026-03-01\n  rows:\n", "start and end go with facts"),
        ("  rows:\n", "  rows:\n    timezone: Mars\n", "is not a time zone"),
    ],
)
def test_each_fault_of_the_rows_of_a_scenario_is_told_too(
    good: str, bad: str, sentence: str, tmp_path: Path
) -> None:
    assert (
        check(tmp_path, ROWS.replace("musculoskeletal: 1}", "musculoskeletal: 0..1 disputed}"))
        == []
    )
    told = check(tmp_path, ROWS.replace(good, bad, 1))
    assert any(sentence in each for each in told), told


def test_a_scenario_file_names_its_programs_or_is_named_after_one(tmp_path: Path) -> None:
    assert check(tmp_path, SCENARIO, "other") == [
        "other.yaml:1: Twenty minutes are enough: names no programs, and neither does the file"
    ]
    assert check(tmp_path, "", "other") == ["other.yaml: is not a list of scenarios"]
    assert check(tmp_path, "- &a b\n", "other")[0].startswith("other.yaml:1: anchors")
    with pytest.raises(RulebookError, match="is not a folder of scenarios"):
        read_cases(tmp_path / "nowhere")
