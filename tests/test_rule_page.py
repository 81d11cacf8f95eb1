"""`rtmaudit rule`: a rule as of a day, with its sources, and what is contested or announced."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from rtmaudit.cli import main
from rtmaudit.model import Program
from rtmaudit.report.rule_changes import changes
from rtmaudit.report.rule_page import describe
from rtmaudit.rulebook import load_rules
from rtmaudit.shipped import shipped

BOOK = load_rules(shipped("rules"))
CODES = [code for file in BOOK.files.values() for code in file.codes]


def page(code: str, day: date) -> str:
    return "\n".join(describe(BOOK, code, day))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("day", [date(2022, 6, 30), date(2025, 6, 30), date(2026, 6, 30)])
def test_every_rule_reads_on_every_day_with_its_sources(code: str, day: date) -> None:
    program = BOOK.program_of(code)
    assert program is not None
    rule = BOOK.rules(program, day).rule(code)
    shown = page(code, day)
    assert shown.startswith(code)
    if rule.in_force:
        assert all(f"  {source}: " in shown for source in rule.sources)
        assert rule.sources
    else:
        assert "Not in force on this day" in shown


def test_the_short_supply_came_in_2026() -> None:
    assert "in force from 2026-01-01" in page("98985", date(2025, 6, 30))
    shown = page("98985", date(2026, 6, 30))
    assert "data days (musculoskeletal): at least 2" in shown
    assert "One of 98977" in shown


def test_a_contested_point_shows_both_readings_by_their_names() -> None:
    shown = page("98975", date(2026, 6, 30))
    assert "Contested (rtm-setup-days)" in shown
    assert "read as 2 (two_days); the other reading is 16 (sixteen_days" in shown
    assert "Contested" not in page("98975", date(2022, 6, 30))


def test_an_add_on_tells_its_base_and_its_blocks() -> None:
    shown = page("98981", date(2026, 6, 30))
    assert "Added to 98980, beyond its first 20 minutes" in shown
    assert "at most 3 units; a unit for each full 20 minutes" in shown


def test_an_add_on_of_several_bases_tells_the_minutes_of_each() -> None:
    shown = page("99494", date(2026, 6, 30))
    assert "Added to 99492, beyond its first 70 minutes" in shown
    assert "Added to 99493, beyond its first 60 minutes" in shown
    assert "the first unit takes 16 minutes" in shown


def test_what_ended_tells_when_and_by_whom() -> None:
    assert "Ended: not in force from 2025-10-01 on" in page("G0511", date(2026, 6, 30))
    assert "Ended: not in force from 2026-01-01 on" in page("G0512", date(2026, 6, 30))


def test_what_changed_is_told_with_the_value_before() -> None:
    shown = page("98975", date(2026, 6, 30))
    assert "Changed:\n  2026-01-01 days: at least 16 -> at least 2, or at least 16" in shown
    assert "Changed:" not in page("98975", date(2022, 6, 30))


def test_modifiers_and_the_day_of_service_are_told() -> None:
    shown = page("98980", date(2026, 6, 30))
    assert "Modifier: GP (pt), GO (ot), GN (slp)" in shown
    assert "Modifier: CQ (pt), CO (ot); above 10 per cent of the time" in shown
    assert "Modifier: KX (pt, ot, slp); above 2480 dollars in the year" in shown
    assert "Dated on the last day of the window" in shown


def test_a_condition_that_nobody_asks_for_is_not_told() -> None:
    assert "a diagnosis that the payer covers" not in page("99454", date(2026, 6, 30))


# ---- as a payer reads it ----


def test_a_payers_announcement_is_told_and_not_judged() -> None:
    book = BOOK.under("unitedhealthcare")
    shown = "\n".join(describe(book, "99454", date(2026, 6, 30)))
    assert "As UnitedHealthcare" in shown
    assert "Announced, not in force: any code that begins with I50" in shown
    assert "About this patient:\n  who bills" in shown


def test_a_payer_that_counts_supply_by_the_month_says_so() -> None:
    theirs = BOOK.under("new_york_medicaid")
    ours, other = ([*describe(book, "99454", date(2026, 3, 31))][1] for book in (BOOK, theirs))
    assert "once a 30-day period" in ours
    assert "once a calendar month" in other


def test_a_code_that_a_payer_does_not_pay_is_not_in_force_there() -> None:
    shown = "\n".join(describe(BOOK.under("wisconsin_medicaid"), "G2214", date(2026, 6, 30)))
    assert "Not in force on this day" in shown


# ---- what changed between two days ----


def test_every_difference_between_two_years_is_listed_with_its_source() -> None:
    found = list(changes(BOOK, date(2025, 12, 31), date(2026, 1, 1)))
    assert "rtm 98985: nothing -> in force: yes [pfs-2026]" in found
    assert "cocm G0512: in force: yes -> in force: no [ahrq-2026]" in found
    assert any(line.startswith("rtm 98975 days: at least 16 -> at least 2") for line in found)
    assert any(line.startswith("anthem: rpm 99445: ") for line in found)
    assert len(found) == len(set(found))


def test_nothing_changes_between_two_days_of_one_rulebook() -> None:
    assert list(changes(BOOK, date(2026, 3, 1), date(2026, 3, 31))) == []


def test_a_pair_that_changes_is_listed(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(shipped("rules"), rules)
    text = (rules / "concurrency.yaml").read_text(encoding="utf-8")
    start = text.index("- pair: [rtm, ccm]")
    place = text.index("    different:", start)
    later = "      2030-01-01: {value: apart, source: prevounce-2024}\n"
    (rules / "concurrency.yaml").write_text(text[:place] + later + text[place:], encoding="utf-8")
    found = list(changes(load_rules(rules), date(2029, 1, 1), date(2030, 1, 1)))
    assert found == ["rtm and ccm, same practitioner: together -> apart [prevounce-2024]"]


# ---- the command ----


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["rtmaudit", "rule", *arguments])
        code = main()
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_command_lists_changes_and_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--changes", "2025-12-31", "2026-01-01")
    lines = out.splitlines()
    assert code == 0
    assert lines[-1] == f"{len(lines) - 1} differences between 2025-12-31 and 2026-01-01"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name a code"),
        (("12345",), "there is no rule for this code"),
        (("99454", "--payer", "acme"), "there are no rules of this payer; there are medicare"),
        (("--changes", "2026-01-01", "2025-01-01"), "the earlier first"),
        (("--changes", "2026", "2027-01-01"), "a day is written like 2026-03-20"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1


def test_a_payer_is_known_by_any_of_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    by_id = run(capsys, "99454", "--payer", "unitedhealthcare", "--on", "2026-06-30")
    by_name = run(capsys, "99454", "--payer", "uhc", "--on", "2026-06-30")
    assert by_id == by_name


def test_what_is_announced_is_told_and_not_in_force(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(shipped("rules"), rules)
    text = (rules / "ccm.yaml").read_text(encoding="utf-8")
    code = text.index('"99491":')
    place = text.index("in_force:", code)
    line = text.index("\n", place)
    assert text[place:line].count("{") >= 1
    entry = "2030-01-01: {expected: false, source: mln909188, note: Announced to end.}, "
    changed = text[:place] + text[place:line].replace("{", "{" + entry, 1) + text[line:]
    (rules / "ccm.yaml").write_text(changed, encoding="utf-8")
    book = load_rules(rules)
    shown = "\n".join(describe(book, "99491", date(2026, 6, 30)))
    assert (
        "Announced, not in force: in force: no from 2030-01-01 (mln909188): Announced to end."
    ) in shown
    assert book.rules(Program.CCM, date(2031, 1, 1)).rule("99491").in_force
