"""Two services side by side: where the first stands first, where sources disagree, and beside the
claims that were sent already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rulebooks import DISPUTED, LAW, MISSING, make_rules, since, verdicts
from test_judge_beside import one_code, pair

from rtmaudit.judge import Claim
from rtmaudit.model import (
    ANYTHING,
    Alternative,
    ClaimStatus,
    Fact,
    FactName,
    Finding,
    Program,
    Verdict,
)
from rtmaudit.rulebook import Position, Rulebook

MINUTES = FactName.MANAGEMENT_MINUTES
RTM, RPM, CCM = (MINUTES, Program.RTM), (MINUTES, Program.RPM), (MINUTES, Program.CCM)
SAME = {"rtm": "Dr. A", "rpm": "Dr. A", "ccm": "Dr. A"}
MET = {MINUTES: 20}


def beside(
    folder: Path,
    *pairs: str,
    rtm: str = "calendar_month",
    rpm: str = "calendar_month",
    points: str = "",
) -> Rulebook:
    """Three programs of one code each, and what they may be to each other."""
    head = LAW + (f"contested:\n{points}" if points else "")
    return make_rules(
        folder,
        rtm=one_code("rtm", "A0001", rtm),
        rpm=one_code("rpm", "A0002", rpm),
        ccm=one_code("ccm", "A0003"),
        concurrency=head + ("pairs:\n" + "".join(pairs) if pairs else "pairs: []\n"),
    )


def judged(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> dict[str, Finding]:
    options = {"programs": ["rtm", "rpm"], "billers": SAME, **options}
    return verdicts(book, given, **options)


def said(findings: Mapping[str, Finding]) -> list[str]:
    return [str(findings[code].verdict) for code in sorted(findings)]


def kinds(finding: Finding) -> list[str]:
    return [str(reason.kind) for reason in finding.reasons]


# ---- the first stands first ----


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (20, 20, ["ready", "not_applicable"]),
        (19, 20, ["short", "ready"]),
        (20, 19, ["ready", "short"]),
        (MISSING, 20, ["unknown", "unknown"]),
        (DISPUTED, 20, ["review", "review"]),
        (Fact.known(5, later=ANYTHING), 20, ["open", "open"]),
        (20, MISSING, ["ready", "unknown"]),
        (20, DISPUTED, ["ready", "review"]),
        (19, 19, ["short", "short"]),
    ],
)
def test_of_a_pair_the_second_gives_way_to_the_first(
    first: Any, second: Any, expected: list[str], tmp_path: Path
) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "first", "apart"))
    assert said(judged(book, {RTM: first, RPM: second})) == expected


def test_the_second_is_superseded_and_listed_among_the_firsts_alternatives(tmp_path: Path) -> None:
    found = judged(beside(tmp_path, pair("rtm", "rpm", "first", "apart")), MET)
    first, second = found["A0001"], found["A0002"]
    assert first.alternatives == (Alternative("A0002", 1),)
    assert (kinds(second), second.reasons[0].about) == (["superseded"], ("A0001",))
    assert (second.units, second.conflicts_with, first.conflicts_with) == (0, (), ())


def test_a_second_that_is_not_met_is_no_alternative(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "first", "apart"))
    assert judged(book, {RTM: 20, RPM: 19})["A0001"].alternatives == ()


def test_what_waits_for_the_first_says_so(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "first", "apart"))
    waiting = judged(book, {RTM: DISPUTED, RPM: 20})["A0002"]
    assert kinds(waiting) == ["held_back", "disputed"]
    assert waiting.reasons[0].about == ("A0001",)


def test_the_first_is_the_one_that_is_named_first(tmp_path: Path) -> None:
    found = judged(beside(tmp_path, pair("rpm", "rtm", "first", "apart")), MET)
    assert said(found) == ["not_applicable", "ready"]
    book = beside(tmp_path / "codes", pair("A0002", "rtm", "first", "apart"))
    assert said(judged(book, MET)) == ["not_applicable", "ready"]


def test_a_first_that_lacks_a_paper_is_met_all_the_same(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "first", "apart"))
    no_consent = {(FactName.CONSENT_DATE, Program.RTM): None}
    assert said(judged(book, {**MET, **no_consent})) == ["blocked", "not_applicable"]


def test_under_two_practitioners_the_other_value_holds(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "first", "together"))
    billers = {"rtm": "Dr. A", "rpm": "Dr. B"}
    assert said(judged(book, MET, billers=billers)) == ["ready", "ready"]


@pytest.mark.parametrize(
    ("start", "verdict"), [(date(2026, 3, 11), "ready"), (date(2026, 3, 10), "not_applicable")]
)
def test_only_windows_that_share_a_day_give_way(start: date, verdict: str, tmp_path: Path) -> None:
    """One program's period ends on 10 March; the other's begins after it, or on that day."""
    pairs = pair("rpm", "rtm", "first", "apart")
    book = beside(tmp_path, pairs, rtm="supply_period", rpm="supply_period")
    found = judged(book, MET, start={"rtm": date(2026, 2, 9), "rpm": start})
    assert found["A0001"].window.end == date(2026, 3, 10)
    assert found["A0001"].verdict == verdict


# ---- where sources disagree about a pair ----


POINT = "  both: {question: May both stand?, base: never, other: allowed}\n"


def contested(value: str = "apart", other: str = "together", day: str = "2020-01-01") -> str:
    entry = since(value, day, f"{{both: {{value: {other}, source: law}}}}")
    return f"  - {{pair: [rtm, rpm], same: {entry}, different: {since('together')}}}\n"


def test_where_sources_disagree_about_a_pair_a_person_decides(tmp_path: Path) -> None:
    book = beside(tmp_path, contested(), points=POINT)
    found = judged(book, MET)
    assert said(found) == ["review", "review"]
    assert [reason.about[0] for reason in found["A0001"].reasons] == ["both"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [({RTM: 20, RPM: 19}, ["ready", "short"]), ({RTM: 19, RPM: 19}, ["short", "short"])],
)
def test_where_only_one_of_the_two_is_met_nobody_need_decide(
    given: Mapping[Any, Any], expected: list[str], tmp_path: Path
) -> None:
    assert said(judged(beside(tmp_path, contested(), points=POINT), given)) == expected


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (Position("both", False), ["blocked", "blocked"]),
        (Position("both", True), ["ready", "ready"]),
        (Position("both", True, date(2026, 3, 1)), ["ready", "ready"]),
        (Position("both", True, date(2026, 4, 1)), ["review", "review"]),
    ],
)
def test_a_practice_may_settle_what_is_contested_about_a_pair(
    position: Position, expected: list[str], tmp_path: Path
) -> None:
    book = beside(tmp_path, contested(), points=POINT).with_positions((position,))
    assert said(judged(book, MET)) == expected


def test_a_point_about_a_pair_is_no_matter_to_who_has_one_of_the_two(tmp_path: Path) -> None:
    book = beside(tmp_path, contested(), points=POINT)
    assert said(judged(book, MET, programs=["rtm"])) == ["ready"]
    assert said(judged(book, MET, programs=["rtm", "ccm"])) == ["ready", "ready"]


def test_first_on_one_reading_and_apart_on_the_other_is_for_a_person(tmp_path: Path) -> None:
    book = beside(tmp_path, contested("first", "apart"), points=POINT)
    found = judged(book, MET)
    assert found["A0001"].verdict is Verdict.REVIEW
    taken = book.with_positions((Position("both", False),))
    assert said(judged(taken, MET)) == ["ready", "not_applicable"]


def test_a_point_of_the_pairs_is_one_of_the_rulebooks(tmp_path: Path) -> None:
    book = beside(tmp_path, contested(), points=POINT)
    assert book.contested("both").other == "allowed"
    assert book.unsettled(date(2026, 3, 31)) == {"both"}
    settled = book.with_positions((Position("both", True),))
    assert settled.unsettled(date(2026, 3, 31)) == set()


def test_a_contested_pair_holds_from_its_date(tmp_path: Path) -> None:
    book = beside(tmp_path, contested(day="2026-04-01"), points=POINT)
    assert said(judged(book, MET)) == ["ready", "ready"]
    found = judged(book, MET, month="2026-04", start=date(2026, 4, 1))
    assert said(found) == ["review", "review"]


def test_a_claim_raises_the_point_too(tmp_path: Path) -> None:
    book = beside(tmp_path, contested(), points=POINT)
    sent = [claim("A0002", date(2026, 3, 15))]
    assert said(judged(book, MET, programs=["rtm"], claims=sent)) == ["review"]
    taken = book.with_positions((Position("both", True),))
    assert said(judged(taken, MET, programs=["rtm"], claims=sent)) == ["ready"]


# ---- beside claims ----


def claim(
    code: str, day: date, status: str = "paid", biller: str = "", period: tuple[date, ...] = ()
) -> Claim:
    start, end = period or (None, None)
    return Claim(code, day, ClaimStatus(status), start, end, biller)


def beside_claim(book: Rulebook, sent: Claim, **options: Any) -> Finding:
    """What a claim does to the finding of RTM."""
    options = {"programs": ["rtm"], **options}
    return judged(book, MET, claims=[sent], **options)["A0001"]


MIDDLE = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("value", "verdict"), [("apart", "blocked"), ("review", "review"), ("together", "ready")]
)
def test_a_claim_of_another_program_stands_beside_as_a_finding_would(
    value: str, verdict: str, tmp_path: Path
) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", value, "together"))
    finding = beside_claim(book, claim("A0003", MIDDLE))
    assert finding.verdict == verdict
    if verdict != "ready":
        assert finding.conflicts_with == ("A0003",)
        assert kinds(finding) == ["claim_beside"]
        assert finding.reasons[0].about[:2] == ("A0003", MIDDLE)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("submitted", "blocked"), ("paid", "blocked"), ("denied", "ready"), ("voided", "ready")],
)
def test_a_claim_that_was_denied_or_voided_stands_in_nobodys_way(
    status: str, verdict: str, tmp_path: Path
) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", "apart", "apart"))
    assert beside_claim(book, claim("A0003", MIDDLE, status)).verdict == verdict


@pytest.mark.parametrize(
    ("biller", "verdict"), [("Dr. A", "blocked"), ("Dr. B", "review"), ("", "blocked")]
)
def test_a_claim_knows_its_practitioner(biller: str, verdict: str, tmp_path: Path) -> None:
    """Where the claim does not say, it is taken as the practice's own."""
    book = beside(tmp_path, pair("rtm", "ccm", "apart", "review"))
    assert beside_claim(book, claim("A0003", MIDDLE, biller=biller)).verdict == verdict


def test_where_the_patients_own_biller_is_not_known_a_claim_is_the_practices_own(
    tmp_path: Path,
) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", "apart", "together"))
    sent = claim("A0003", MIDDLE, biller="Dr. B")
    assert beside_claim(book, sent, billers={}).verdict is Verdict.BLOCKED
    assert beside_claim(book, sent).verdict is Verdict.READY


@pytest.mark.parametrize(
    ("biller", "verdict"), [("Dr. B", "blocked"), ("Dr. A", "ready"), ("", "ready")]
)
def test_a_program_may_stand_in_its_own_way_under_another_practitioner(
    biller: str, verdict: str, tmp_path: Path
) -> None:
    """The practice's own claim for another code of the program is a matter of its tiers."""
    extra = (
        f'\n"A0009": {{title: T, window: calendar_month, in_force: {since("true")}, '
        f"needs: {{contact: {{fact: live_contacts, at_least: {since(1)}}}}}}}"
    )
    book = make_rules(
        tmp_path,
        rtm=one_code("rtm", "A0001", more=extra),
        concurrency=LAW + "pairs:\n" + pair("rtm", "rtm", "together", "apart"),
    )
    finding = beside_claim(book, claim("A0009", MIDDLE, biller=biller))
    assert finding.verdict == verdict


def test_the_same_code_billed_by_another_practitioner_is_not_already_billed(
    tmp_path: Path,
) -> None:
    book = beside(tmp_path, pair("rtm", "rtm", "together", "apart"))
    theirs = beside_claim(book, claim("A0001", MIDDLE, biller="Dr. B"))
    assert (theirs.verdict, kinds(theirs)) == (Verdict.BLOCKED, ["claim_beside"])
    ours = beside_claim(book, claim("A0001", MIDDLE, biller="Dr. A"))
    assert (ours.verdict, kinds(ours)) == (Verdict.NOT_APPLICABLE, ["claim_billed"])


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("90950", "ready"),
        ("90951", "blocked"),
        ("90960", "blocked"),
        ("90970", "blocked"),
        ("90971", "ready"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_pair_may_name_a_range_of_codes_that_no_rules_are_about(
    code: str, verdict: str, turned: bool, tmp_path: Path
) -> None:
    names = ("rtm", '"90951-90970"')
    book = beside(tmp_path, pair(*(names[::-1] if turned else names), "apart", "apart"))
    assert beside_claim(book, claim(code, MIDDLE)).verdict == verdict


def test_a_pair_may_name_a_code_that_no_rules_are_about(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("A0001", "G0181", "apart", "together"))
    assert beside_claim(book, claim("G0181", MIDDLE)).verdict is Verdict.BLOCKED
    assert beside_claim(book, claim("G0182", MIDDLE)).verdict is Verdict.READY
    found = judged(book, MET, programs=["ccm"], claims=[claim("G0181", MIDDLE)])
    assert said(found) == ["ready"]


@pytest.mark.parametrize(
    ("day", "period", "verdict"),
    [
        (date(2026, 3, 1), (), "blocked"),
        (date(2026, 3, 31), (), "blocked"),
        (date(2026, 2, 28), (), "ready"),
        (date(2026, 4, 1), (), "ready"),
        (date(2026, 4, 1), (date(2026, 3, 31), date(2026, 4, 29)), "blocked"),
        (date(2026, 3, 15), (date(2026, 2, 1), date(2026, 2, 28)), "ready"),
    ],
)
def test_a_claim_without_a_period_stands_for_its_month(
    day: date, period: tuple[date, ...], verdict: str, tmp_path: Path
) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", "apart", "apart"))
    assert beside_claim(book, claim("A0003", day, period=period)).verdict == verdict


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2026, 2, 28), "ready"),
        (date(2026, 3, 1), "blocked"),
        (date(2026, 4, 29), "blocked"),
        (date(2026, 4, 30), "ready"),
    ],
)
def test_a_claim_for_a_supply_stands_for_the_thirty_days_that_end_with_it(
    day: date, verdict: str, tmp_path: Path
) -> None:
    """The finding's window is the month of March."""
    book = beside(tmp_path, pair("rtm", "rpm", "apart", "apart"), rpm="supply_period")
    assert beside_claim(book, claim("A0002", day)).verdict == verdict


def test_what_was_billed_already_stands_in_the_others_way(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", "apart", "apart"))
    sent = [claim("A0003", MIDDLE)]
    found = judged(book, MET, programs=["rtm", "ccm"], claims=sent)
    assert said(found) == ["blocked", "not_applicable"]
    assert kinds(found["A0003"])[-1] == "claim_billed"
    assert "A0003" in found["A0001"].conflicts_with


@pytest.mark.parametrize(("given", "verdict"), [(19, "short"), (MISSING, "unknown")])
def test_a_claim_stands_only_in_the_way_of_what_could_be_billed(
    given: Any, verdict: str, tmp_path: Path
) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", "apart", "apart"))
    found = judged(book, {RTM: given}, programs=["rtm"], claims=[claim("A0003", MIDDLE)])
    assert said(found) == [verdict]


def test_every_claim_that_stands_in_the_way_is_named(tmp_path: Path) -> None:
    book = beside(
        tmp_path, pair("rtm", "ccm", "apart", "apart"), pair("rtm", "rpm", "review", "review")
    )
    sent = [claim("A0003", MIDDLE), claim("A0002", MIDDLE), claim("A0003", date(2026, 3, 20))]
    finding = judged(book, MET, programs=["rtm"], claims=sent)["A0001"]
    assert finding.verdict is Verdict.BLOCKED
    assert set(finding.conflicts_with) == {"A0002", "A0003"}
    assert kinds(finding) == ["claim_beside"] * 3


def test_a_claim_for_the_second_blocks_the_first_of_a_pair(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "ccm", "first", "together"))
    assert beside_claim(book, claim("A0003", MIDDLE)).verdict is Verdict.BLOCKED


def test_a_pair_with_a_claim_is_read_as_of_the_findings_last_day(tmp_path: Path) -> None:
    pairs = pair("rtm", "ccm", "apart", "apart")
    for day, verdict in (("2026-03-31", "blocked"), ("2026-04-01", "ready")):
        book = beside(tmp_path / day, pairs.replace("2020-01-01", day))
        assert beside_claim(book, claim("A0003", MIDDLE)).verdict == verdict


def test_codes_of_which_no_pair_tells_never_part(tmp_path: Path) -> None:
    assert not beside(tmp_path).may_part("A0001", "A0002")
