"""A payer's overlay: what it may change, from when on, and what is said of one that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import indent

import pytest
from rulebooks import minutes, program, since, write_rules

from rtmaudit.errors import RulebookError
from rtmaudit.model import Program
from rtmaudit.rulebook import MEDICARE, Position, Rulebook, load_rules
from rtmaudit.rulebook.overlay import lay_over

RTM = program(
    "rtm",
    f"""
"A0001":
  title: Twenty minutes
  window: calendar_month
  in_force: {since("true")}
  for:
    diagnosis: {{fact: diagnoses, any_of: {since("null")}}}
  needs:
    minutes:
      fact: management_minutes
      by: {since("{physician: [physician]}")}
      at_least:
        2020-01-01: {{value: 20, source: law}}
        2026-01-01: {{value: 30, source: law, contested: {{more: {{value: 40, source: law}}}}}}
        2030-01-01: {{expected: 50, source: law}}
"A0002":
  title: One contact
  window: calendar_month
  in_force: {since("true")}
  needs:
    contact: {{fact: live_contacts, at_least: {since(1)}}}
""",
    one_of=f"{{tiers: {since('[[A0001, A0002]]')}}}",
    on_file=f"{{consent: {{fact: consent_date, on_or_before: {since('window_end')}}}}}",
    more="contested: {more: {question: More?, base: less, other: more}}\n",
)
CCM = program("ccm", f'"A0003": {{title: T, window: calendar_month, in_force: {since("true")}, '
              f'needs: {{minutes: {minutes(20)}}}}}')  # fmt: skip


def overlay(payer: str, part: str, *, program: str = "rtm", more: str = "") -> str:
    """A payer's file; `part` stands under the program."""
    head = f"payer: {payer}\ntitle: Rules of {payer}\n{more}"
    sources = "sources: {memo: {title: A memo, confidence: high}}\n"
    return f"{head}{sources}programs:\n  {program}:\n{indent(part, '    ')}"


def at_least(entries: str) -> str:
    """Another threshold of the first code."""
    return f"codes:\n  A0001:\n    needs:\n      minutes:\n        at_least: {entries}\n"


ACME = overlay("acme", at_least("{2025-01-01: {value: 15, source: memo}}"))


def lay(folder: Path, own: Path | None = None, /, **payers: str) -> Rulebook:
    """A rulebook with overlays."""
    write_rules(folder, rtm=RTM, ccm=CCM)
    for name, text in payers.items():
        (folder / "payers").mkdir(exist_ok=True)
        (folder / "payers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_rules(folder, own)


def faults(folder: Path, **payers: str) -> list[str]:
    """What the loader says of the overlays."""
    with pytest.raises(RulebookError) as refused:
        lay(folder, **payers)
    return list(refused.value.lines)


def wanted(book: Rulebook, payer: str, day: date, code: str = "A0001") -> object:
    """The threshold of a code's only need."""
    (need,) = book.under(payer).rules(Program.RTM, day).rule(code).needs
    return need.want


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# ---- what an overlay says, and when ----


@pytest.mark.parametrize(
    ("day", "theirs", "ours"),
    [
        (date(2024, 12, 31), 20, 20),
        (date(2025, 1, 1), 20, 15),
        (date(2026, 1, 1), 30, 15),
        (date(2099, 1, 1), 30, 15),
    ],
)
def test_an_overlay_speaks_from_its_date_on_whatever_the_base_says_later(
    day: date, theirs: int, ours: int, tmp_path: Path
) -> None:
    book = lay(tmp_path, acme=ACME)
    assert (wanted(book, MEDICARE, day), wanted(book, "acme", day)) == (theirs, ours)


def test_what_an_overlay_does_not_name_is_the_bases(tmp_path: Path) -> None:
    book = lay(tmp_path, acme=ACME)
    day = date(2026, 3, 31)
    base, theirs = (book.under(p).rules(Program.RTM, day) for p in (MEDICARE, "acme"))
    assert theirs.rule("A0002") == base.rule("A0002")
    assert theirs.ladders == base.ladders
    assert theirs.rule("A0001").on_file == base.rule("A0001").on_file
    assert book.under("acme").files[Program.CCM] is book.files[Program.CCM]


def test_the_overlays_source_is_named_where_its_value_holds(tmp_path: Path) -> None:
    book = lay(tmp_path, acme=ACME).under("acme")
    assert "memo" in book.rules(Program.RTM, date(2025, 1, 1)).rule("A0001").sources
    assert "memo" not in book.rules(Program.RTM, date(2024, 12, 31)).rule("A0001").sources


def test_null_gives_the_word_back_to_the_base(tmp_path: Path) -> None:
    entries = (
        "{2021-01-01: {value: 15, source: memo}, 2023-01-01: {value: null, source: memo},"
        " 2027-01-01: {value: 10, source: memo}}"
    )
    book = lay(tmp_path, acme=overlay("acme", at_least(entries)))
    days = [
        date(2020, 12, 31),
        date(2021, 1, 1),
        date(2022, 12, 31),
        date(2023, 1, 1),
        date(2026, 1, 1),
        date(2027, 1, 1),
    ]
    assert [wanted(book, "acme", day) for day in days] == [20, 15, 15, 20, 30, 10]


def test_what_a_payer_has_announced_is_listed_and_never_judged(tmp_path: Path) -> None:
    entries = "{2025-01-01: {expected: 15, source: memo, note: Said in a letter.}}"
    book = lay(tmp_path, acme=overlay("acme", at_least(entries)))
    assert wanted(book, "acme", date(2026, 3, 31)) == 30
    (announced,) = book.overlays["acme"].announced
    place = ("codes", "A0001", "needs", "minutes", "at_least")
    assert (announced.program, announced.place) == (Program.RTM, place)
    assert (announced.since, announced.value) == (date(2025, 1, 1), 15)
    assert (announced.source, announced.note) == ("memo", "Said in a letter.")


def test_a_condition_that_only_a_payer_asks_for_is_empty_in_the_base(tmp_path: Path) -> None:
    diagnosis = "{2026-03-01: {value: [I50], source: memo}}"
    part = f"codes:\n  A0001:\n    for:\n      diagnosis:\n        any_of: {diagnosis}\n"
    book = lay(tmp_path, acme=overlay("acme", part))

    def asked(payer: str, day: date) -> list[object]:
        rule = book.under(payer).rules(Program.RTM, day).rule("A0001")
        return [each.want for each in rule.for_]

    assert asked(MEDICARE, date(2026, 3, 31)) == asked("acme", date(2026, 2, 28)) == []
    assert asked("acme", date(2026, 3, 1)) == [("I50",)]


def test_a_code_may_be_not_in_force_with_one_payer(tmp_path: Path) -> None:
    part = f"codes:\n  A0002:\n    in_force: {since('false', '2026-03-01')}\n"
    part = part.replace("source: law", "source: memo")
    book = lay(tmp_path, acme=overlay("acme", part))

    def stands(payer: str, day: date) -> bool:
        return book.under(payer).rules(Program.RTM, day).rule("A0002").in_force

    assert stands("acme", date(2026, 2, 28))
    assert not stands("acme", date(2026, 3, 1))
    assert stands(MEDICARE, date(2026, 3, 1))


def test_what_all_codes_share_and_the_order_of_tiers_may_be_a_payers_own(tmp_path: Path) -> None:
    part = (
        "every:\n  service_date: {2026-01-01: {value: due_day, source: memo}}\n"
        "one_of:\n  tiers: {2026-01-01: {value: [[A0002, A0001]], source: memo}}\n"
    )
    book = lay(tmp_path, acme=overlay("acme", part))
    rules = book.under("acme").rules(Program.RTM, date(2026, 1, 1))
    assert rules.ladders == (("A0002", "A0001"),)
    assert all(rule.due_day for rule in rules.rules)
    before = book.under("acme").rules(Program.RTM, date(2025, 12, 31))
    assert before == book.rules(Program.RTM, date(2025, 12, 31))


def test_what_is_contested_in_the_base_is_settled_where_the_payer_says_a_value(
    tmp_path: Path,
) -> None:
    book = lay(tmp_path, acme=ACME)
    day = date(2026, 3, 31)
    assert book.readings(Program.RTM, day) == ("more",)
    assert book.under("acme").readings(Program.RTM, day) == ()
    taken = book.with_positions((Position("more", True),))
    assert (wanted(taken, MEDICARE, day), wanted(taken, "acme", day)) == (40, 15)


def test_a_payer_may_hold_a_point_contested_too(tmp_path: Path) -> None:
    entry = "{value: 15, source: memo, contested: {more: {value: 16, source: memo}}}"
    book = lay(tmp_path, acme=overlay("acme", at_least(f"{{2025-01-01: {entry}}}")))
    theirs = book.under("acme")
    assert theirs.readings(Program.RTM, date(2025, 6, 1)) == ("more",)
    assert book.readings(Program.RTM, date(2025, 6, 1)) == ()
    taken = book.with_positions((Position("more", True),)).under("acme")
    (need,) = taken.rules(Program.RTM, date(2025, 6, 1)).rule("A0001").needs
    assert need.want == 16


def test_from_one_payer_to_another_and_back_is_one_rulebook(tmp_path: Path) -> None:
    other = ACME.replace("acme", "other").replace("value: 15", "value: 12")
    book = lay(tmp_path, acme=ACME, other=other)
    day = date(2026, 3, 31)
    theirs = book.under("acme")
    assert theirs.under("acme") is theirs
    assert wanted(theirs, "other", day) == 12
    assert wanted(theirs, MEDICARE, day) == 30
    with pytest.raises(KeyError):
        book.under("nobody")


def test_one_overlay_may_change_several_programs(tmp_path: Path) -> None:
    ccm = "  ccm:\n    codes:\n      A0003:\n        in_force: {2025-01-01: {value: false, source: "
    book = lay(tmp_path, acme=ACME + ccm + "memo}}\n").under("acme")
    assert not book.rules(Program.CCM, date(2025, 1, 1)).rule("A0003").in_force
    assert wanted(book, "acme", date(2025, 1, 1)) == 15


def test_neither_the_base_nor_the_part_is_changed_by_laying_one_over_the_other() -> None:
    base = {"a": {date(2020, 1, 1): {"value": 1, "source": "x"}}}
    part = {"a": {date(2021, 1, 1): {"value": 2, "source": "y"}}}
    laid = lay_over(base, part)
    assert list(laid.tree["a"]) == [date(2020, 1, 1), date(2021, 1, 1)]
    assert (len(base["a"]), len(part["a"]), laid.changes) == (1, 1, 1)


# ---- names ----


@pytest.mark.parametrize("name", ["acme", "ACME", " Acme Health ", "acme health", "AH"])
def test_a_payer_is_known_by_any_of_its_names_ignoring_case(name: str, tmp_path: Path) -> None:
    text = ACME.replace("sources:", "names: [Acme Health, ah]\nsources:", 1)
    assert lay(tmp_path, acme=text).payer_named(name) == "acme"


def test_medicare_is_the_base_and_a_strange_name_is_nobody(tmp_path: Path) -> None:
    book = lay(tmp_path, acme=ACME)
    assert book.payer_named("Medicare") == MEDICARE
    assert book.payer_named("Acme Health") is None
    assert book.payer_named("") is None


# ---- what is wrong with an overlay ----


MINUTES_15 = "{2025-01-01: {value: 15, source: memo}}"
WRONG = [
    ("at_least:", "at_lest:", "codes.A0001.needs.minutes.at_lest", "overrides nothing"),
    ("A0001", "A0009", "codes.A0009", "overrides nothing: the base has A0001, A0002 here"),
    ("minutes:", "minuets:", "codes.A0001.needs.minuets", "overrides nothing: the base has minu"),
    (MINUTES_15, "15", "codes.A0001.needs.minutes.at_least", "may change dated values alone"),
    (MINUTES_15, "{value: 15, source: memo}", "at_least", "takes dates, and under each a value"),
    (MINUTES_15, "{}", "at_least", "takes dates, and under each a value with its source"),
    (MINUTES_15, "null", "at_least", "may change dated values alone"),
    ("value: 15", "value: ten", "at_least.2025-01-01.value", "must be a whole number"),
    ("value: 15", "valeu: 15", "at_least.2025-01-01.valeu", "is not a key here"),
    (", source: memo}}", "}}", "at_least.2025-01-01", "source is missing"),
    ("source: memo}}", "source: nemo}}", "at_least.2025-01-01", "there is no source nemo"),
]


@pytest.mark.parametrize(("good", "bad", "place", "sentence"), WRONG)
def test_a_fault_is_told_with_the_overlays_file_and_line(
    good: str, bad: str, place: str, sentence: str, tmp_path: Path
) -> None:
    assert ACME.count(good) == 1
    text = ACME.replace(good, bad)
    changed = text[: len(ACME[: ACME.index(good)] + bad)]
    line = changed.count("\n") + 1
    told = faults(tmp_path, acme=text)
    mine = [each for each in told if sentence in each]
    assert all(each.startswith(f"acme.yaml:{line}:") for each in mine)
    assert any(place in each for each in mine), told


def test_the_line_of_a_misspelt_key_is_its_own(tmp_path: Path) -> None:
    text = ACME.replace("needs:", "neeeds:")
    assert faults(tmp_path, acme=text) == [
        f"acme.yaml:{line_of(text, 'neeeds')}: programs.rtm.codes.A0001.neeeds: overrides nothing: "
        "the base has title, window, in_force, for, needs here"
    ]


@pytest.mark.parametrize("key", ["title", "window"])
def test_what_is_not_dated_is_the_base_alone(key: str, tmp_path: Path) -> None:
    text = overlay("acme", f"codes:\n  A0001:\n    {key}: episode\n")
    (told,) = faults(tmp_path, acme=text)
    assert told == (
        f"acme.yaml:{line_of(text, key + ': episode')}: programs.rtm.codes.A0001.{key}: "
        "is not dated; an overlay may change dated values alone"
    )


@pytest.mark.parametrize(
    "part", ["{}\n", "codes: {}\n", "codes: {A0001: {note: Only a note.}}\n", "codes:\n  A0001: {}"]
)
def test_an_overlay_that_changes_nothing_is_refused(part: str, tmp_path: Path) -> None:
    (told,) = faults(tmp_path, acme=overlay("acme", part))
    assert "programs.rtm: changes nothing; name a value and what it is from which day on" in told


def test_a_note_may_stand_beside_a_change(tmp_path: Path) -> None:
    part = at_least(MINUTES_15) + "    note: They count fifteen.\n"
    book = lay(tmp_path, acme=overlay("acme", part.replace("    note", "      note", 0)))
    assert book.under("acme").files[Program.RTM].codes["A0001"].note == "They count fifteen."
    assert book.files[Program.RTM].codes["A0001"].note is None


def test_a_program_without_rules_cannot_be_overridden(tmp_path: Path) -> None:
    text = overlay("acme", at_least(MINUTES_15), program="rpm")
    (told,) = faults(tmp_path, acme=text)
    assert told == (
        f"acme.yaml:{line_of(text, 'rpm:')}: programs.rpm: "
        "overrides nothing: there is no rule for rpm"
    )
    assert "must be one of rtm, rpm" in faults(tmp_path, acme=text.replace("rpm:", "rmp:"))[0]


def test_an_overlay_names_a_program(tmp_path: Path) -> None:
    text = ACME[: ACME.index("programs:")] + "programs: {}\n"
    assert "at least 1 item" in faults(tmp_path, acme=text)[0]


def test_the_file_is_named_after_its_payer(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, other=ACME)
    assert told == "other.yaml:1: payer: the file of acme is named acme.yaml"


@pytest.mark.parametrize("payer", ["Acme", "acme health", "1acme", "acme-health"])
def test_a_payers_id_is_one_small_word(payer: str, tmp_path: Path) -> None:
    assert "payer: " in faults(tmp_path, acme=ACME.replace("payer: acme", f"payer: {payer}"))[0]


def test_two_payers_of_one_name_are_refused(tmp_path: Path) -> None:
    named = ACME.replace("sources:", "names: [Big Health]\nsources:", 1)
    other = named.replace("payer: acme", "payer: other").replace("Big Health", "BIG health ")
    assert "another payer is called big health too" in faults(tmp_path, acme=named, other=other)[0]


@pytest.mark.parametrize("name", ["acme", "Acme"])
def test_a_name_may_not_be_another_payers_id(name: str, tmp_path: Path) -> None:
    other = ACME.replace("payer: acme", "payer: other")
    other = other.replace("sources:", f"names: [{name}]\nsources:", 1)
    assert "another payer is called acme too" in faults(tmp_path, acme=ACME, other=other)[0]


def test_nobody_else_is_called_medicare(tmp_path: Path) -> None:
    text = ACME.replace("payer: acme", "payer: medicare")
    assert "another payer is called medicare too" in faults(tmp_path, medicare=text)[0]


def test_medicare_is_not_another_payers_name_either(tmp_path: Path) -> None:
    named = ACME.replace("sources:", "names: [Medicare]\nsources:", 1)
    assert "another payer is called medicare too" in faults(tmp_path, acme=named)[0]


def test_a_source_of_the_base_is_not_redefined(tmp_path: Path) -> None:
    text = ACME.replace("{memo: {title", "{law: {title").replace("source: memo", "source: law")
    (told,) = faults(tmp_path, acme=text)
    assert told == f"acme.yaml:{line_of(text, 'sources')}: sources.law: rtm.yaml has it too"


def test_what_the_merged_rules_get_wrong_is_told_at_the_overlay(tmp_path: Path) -> None:
    part = "codes:\n  A0001:\n    in_force: {2019-01-01: {value: true, source: memo}}\n"
    text = overlay("acme", part)
    (told,) = faults(tmp_path, acme=text)
    line = line_of(text, "A0001")
    sentence = "is in force on 2019-01-01 and asks for nothing"
    assert told == f"acme.yaml:{line}: programs.rtm.codes.A0001: {sentence}"


def test_a_tier_of_another_program_is_told_at_the_overlay(tmp_path: Path) -> None:
    part = "one_of:\n  tiers: {2026-01-01: {value: [[A0003, A0001]], source: memo}}\n"
    (told,) = faults(tmp_path, acme=overlay("acme", part))
    place = "programs.rtm.one_of.tiers.2026-01-01"
    assert told == f"acme.yaml:7: {place}: there is no code A0003 in this file"


def test_all_faults_of_all_overlays_are_told_at_once(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        acme=ACME.replace("A0001", "A0009"),
        other=ACME.replace("payer: acme", "payer: other").replace("value: 15", "value: ten"),
        third="payer: third\n",
    )
    assert {each.split(":")[0] for each in told} == {"acme.yaml", "other.yaml", "third.yaml"}


@pytest.mark.parametrize("text", ["", "- a\n", "just words", "payer: {", "payer: [acme]\n"])
def test_an_overlay_of_another_shape_is_refused(text: str, tmp_path: Path) -> None:
    assert all(each.startswith("acme.yaml") for each in faults(tmp_path, acme=text))


@pytest.mark.parametrize(
    "entry",
    [
        "{2025-01-01: [15]}",
        "{2025-1-1: {value: 15, source: memo}}",
        "{2025-02-30: {value: 15, source: memo}}",
        "{2025-01-01: {value: 2.5, source: memo}}",
        "{2025-01-01: {value: -1, source: memo}}",
        "{2025-01-01: {value: 15, source: memo, contested: {less: {value: 1, source: memo}}}}",
        "{2025-01-01: 15}",
        "{2025-01-01: null}",
        "{2025-01-01: {value: null}}",
        "{2025-01-01: {value: null, source: nemo}}",
        "{2025-01-01: {value: null, source: memo, nota: x}}",
        "{2025-01-01: {expected: ten, source: memo}}",
        "{2025-01-01: {expected: 15, source: nemo}}",
        "{2025-01-01: {expected: 15}}",
        "{2025-01-01: {expected: 15, value: 15, source: memo}}",
    ],
)
def test_an_entry_that_no_base_could_hold_is_refused_in_an_overlay_too(
    entry: str, tmp_path: Path
) -> None:
    told = faults(tmp_path, acme=overlay("acme", at_least(entry)))
    assert all(each.startswith("acme.yaml:") for each in told)


def test_a_fault_of_an_overlay_is_told_once(tmp_path: Path) -> None:
    text = ACME.replace("value: 15", "value: ten")
    (told,) = faults(tmp_path, acme=text)
    place = "programs.rtm.codes.A0001.needs.minutes.at_least.2025-01-01.value"
    assert told == f"acme.yaml:{line_of(text, 'ten')}: {place}: must be a whole number"


def test_what_the_base_has_announced_is_still_announced_under_a_payer(tmp_path: Path) -> None:
    book = lay(tmp_path, acme=ACME).under("acme")
    dated = book.files[Program.RTM].codes["A0001"].needs["minutes"].at_least
    assert dated is not None
    assert dated[date(2030, 1, 1)].expected == 50


# ---- a folder of one's own ----


def test_a_practice_may_keep_overlays_of_its_own_beside_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "local.yaml").write_text(ACME.replace("payer: acme", "payer: local"), encoding="utf-8")
    book = lay(tmp_path / "rules", own, acme=ACME)
    assert sorted(book.overlays) == ["acme", "local"]
    assert wanted(book, "local", date(2026, 3, 31)) == 15


def test_an_overlay_of_ones_own_may_not_take_a_shipped_payers_name(tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "acme.yaml").write_text(ACME, encoding="utf-8")
    with pytest.raises(RulebookError, match="another payer is called acme too"):
        lay(tmp_path / "rules", own, acme=ACME)


def test_the_fingerprint_covers_the_overlays_wherever_they_stand(tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    rules = tmp_path / "rules"
    prints = [lay(rules).sha256, lay(rules, own).sha256, lay(rules, acme=ACME).sha256]
    (own / "local.yaml").write_text(ACME.replace("payer: acme", "payer: local"), encoding="utf-8")
    prints += [lay(rules, own).sha256]
    (rules / "payers" / "acme.yaml").write_text(ACME.replace("15", "16"), encoding="utf-8")
    prints += [load_rules(rules, own).sha256]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


def test_the_word_given_back_before_the_base_begins_is_none(tmp_path: Path) -> None:
    entries = "{2010-01-01: {value: null, source: memo}, 2021-01-01: {value: 15, source: memo}}"
    book = lay(tmp_path, acme=overlay("acme", at_least(entries)))
    days = [date(2020, 12, 31), date(2021, 1, 1)]
    assert [wanted(book, "acme", day) for day in days] == [20, 15]
