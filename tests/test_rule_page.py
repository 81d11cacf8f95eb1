"""`rtmaudit rule`: a rule as of a day, with its sources, and what is contested or announced."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

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
    assert "Added to 98980:" in shown
    assert "at most 3 units; a unit for each full 20 minutes; beyond the first 20" in shown


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
    assert "Announced, not in force: from 2030-01-01 (mln909188): Announced to end." in shown
    assert book.rules(book.fit.prefer[1], date(2031, 1, 1)).rule("99491").in_force
