"""What stands beside a finding: other programs of the patient, and claims already sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rulebooks import (
    DISPUTED,
    MISSING,
    make_rules,
    minutes,
    program,
    shipped_rules,
    since,
    verdicts,
)

from rtmaudit.judge import Claim
from rtmaudit.model import ANYTHING, ClaimStatus, Fact, FactName, Finding, Program, Verdict
from rtmaudit.rulebook import Rulebook

DAYS, MINUTES, CONTACTS = (
    FactName.READING_DAYS,
    FactName.MANAGEMENT_MINUTES,
    FactName.LIVE_CONTACTS,
)
RTM, RPM, CCM = (MINUTES, Program.RTM), (MINUTES, Program.RPM), (MINUTES, Program.CCM)
CONSENT = f"{{consent: {{fact: consent_date, on_or_before: {since('window_end')}}}}}"


def one_code(name: str, code: str, window: str = "calendar_month", more: str = "") -> str:
    """A program with one code of twenty minutes."""
    in_force, needs = since("true"), f"{{minutes: {minutes(20)}}}"
    codes = f'"{code}": {{title: T, window: {window}, in_force: {in_force}, needs: {needs}}}'
    return program(name, codes + more, on_file=CONSENT)


def pair(one: str, other: str, same: str, different: str) -> str:
    """What two may be to each other."""
    return f"  - {{pair: [{one}, {other}], same: {since(same)}, different: {since(different)}}}\n"


def beside(
    folder: Path, pairs: str, rtm: str = "calendar_month", rpm: str = "calendar_month"
) -> Rulebook:
    """Three programs of one code each."""
    law = "sources: {law: {title: The law, confidence: high}}\n"
    return make_rules(
        folder,
        rtm=one_code("rtm", "A0001", rtm),
        rpm=one_code("rpm", "A0002", rpm),
        ccm=one_code("ccm", "A0003"),
        concurrency=law + ("pairs:\n" + pairs if pairs else "pairs: []\n"),
    )


def judged(book: Rulebook, given: Mapping[Any, Any], **options: Any) -> dict[str, Finding]:
    return verdicts(book, given, **{"programs": ["rtm", "rpm"], **options})


SAME = {"rtm": "Dr. A", "rpm": "Dr. A"}
DIFFERENT = {"rtm": "Dr. A", "rpm": "Dr. B"}


@pytest.mark.parametrize(
    ("billers", "other", "verdict", "verdict_of_other"),
    [
        (SAME, 20, "blocked", "blocked"),
        (DIFFERENT, 20, "review", "review"),
        ({}, 20, "blocked", "blocked"),
        ({"rtm": "Dr. A"}, 20, "review", "review"),
        (SAME, MISSING, "review", "unknown"),
        (SAME, DISPUTED, "review", "review"),
        (SAME, Fact.known(5, later=ANYTHING), "review", "open"),
        (DIFFERENT, MISSING, "review", "unknown"),
        (SAME, 19, "ready", "short"),
    ],
)
def test_programs_that_may_not_stand_together(
    billers: dict[str, str], other: Any, verdict: str, verdict_of_other: str, tmp_path: Path
) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "apart", "review"))
    found = judged(book, {RTM: 20, RPM: other}, billers=billers)
    assert (found["A0001"].verdict, found["A0002"].verdict) == (verdict, verdict_of_other)
    named = () if verdict == "ready" else ("A0002",)
    assert found["A0001"].conflicts_with == named
    if verdict_of_other in ("blocked",):
        assert found["A0002"].conflicts_with == ("A0001",)


def test_what_lacks_a_paper_is_met_and_stands_in_the_way(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("rtm", "rpm", "apart", "review"))
    no_consent = {(FactName.CONSENT_DATE, Program.RPM): None}
    found = judged(book, {RTM: 20, RPM: 20, **no_consent}, billers=SAME)
    assert found["A0001"].verdict is Verdict.BLOCKED
    assert [str(r.kind) for r in found["A0002"].reasons] == ["paper", "conflict"]
    found = judged(book, {RTM: 20, RPM: 20, **no_consent}, billers=DIFFERENT)
    assert (found["A0001"].verdict, found["A0002"].verdict) == ("review", "blocked")


@pytest.mark.parametrize("pairs", ["", pair("rtm", "rpm", "together", "together")])
def test_programs_that_may_stand_together_do(pairs: str, tmp_path: Path) -> None:
    found = judged(beside(tmp_path, pairs), {RTM: 20, RPM: 20}, billers=SAME)
    assert (found["A0001"].verdict, found["A0002"].verdict) == ("ready", "ready")


def test_a_pair_holds_from_its_date(tmp_path: Path) -> None:
    pairs = pair("rtm", "rpm", "apart", "apart").replace("2020-01-01", "2026-03-31")
    book = beside(tmp_path, pairs)
    assert judged(book, {RTM: 20, RPM: 20})["A0001"].verdict is Verdict.BLOCKED
    found = judged(book, {RTM: 20, RPM: 20}, month="2026-02", start=date(2026, 1, 1))
    assert found["A0001"].verdict is Verdict.READY


def test_of_two_windows_the_later_end_says_which_law_holds(tmp_path: Path) -> None:
    pairs = pair("rtm", "rpm", "apart", "apart").replace("2020-01-01", "2026-03-20")
    book = beside(tmp_path, pairs, rtm="supply_period")
    found = judged(book, {RTM: 20, RPM: 20}, start=date(2026, 2, 9))
    assert (found["A0001"].window.end, found["A0001"].verdict) == (date(2026, 3, 10), "blocked")


def test_a_pair_may_name_codes_in_either_order(tmp_path: Path) -> None:
    book = beside(tmp_path, pair("A0002", "rtm", "apart", "apart"))
    found = judged(book, {MINUTES: 20}, programs=["rtm", "rpm", "ccm"])
    assert [found[code].verdict for code in ("A0001", "A0002", "A0003")] == [
        "blocked",
        "blocked",
        "ready",
    ]


def test_a_finding_names_everything_that_stands_in_its_way(tmp_path: Path) -> None:
    pairs = pair("rtm", "rpm", "apart", "apart") + pair("rtm", "ccm", "apart", "apart")
    found = judged(beside(tmp_path, pairs), {MINUTES: 20}, programs=["rtm", "rpm", "ccm"])
    assert found["A0001"].verdict is Verdict.BLOCKED
    assert found["A0001"].conflicts_with == ("A0002", "A0003")
    assert (found["A0002"].verdict, found["A0003"].verdict) == ("blocked", "blocked")


def test_what_blocks_is_told_before_what_is_only_in_doubt(tmp_path: Path) -> None:
    pairs = pair("rtm", "rpm", "review", "review") + pair("rtm", "ccm", "apart", "apart")
    book = beside(tmp_path, pairs)
    found = judged(book, {MINUTES: 20}, programs=["rtm", "rpm", "ccm"])
    assert (found["A0001"].verdict, found["A0001"].conflicts_with) == ("blocked", ("A0003",))
    assert (found["A0002"].verdict, found["A0003"].verdict) == ("review", "blocked")
    found = judged(book, {MINUTES: 20, CCM: 19}, programs=["rtm", "rpm", "ccm"])
    assert (found["A0001"].verdict, found["A0001"].conflicts_with) == ("review", ("A0002",))


@pytest.mark.parametrize(
    ("start", "verdict"), [(date(2026, 3, 11), "ready"), (date(2026, 3, 10), "blocked")]
)
def test_only_windows_that_share_a_day_are_in_each_others_way(
    start: date, verdict: str, tmp_path: Path
) -> None:
    """One program's period ends on 10 March; its next one runs on beside the other's."""
    pairs = pair("rtm", "rpm", "apart", "apart")
    book = beside(tmp_path, pairs, rtm="supply_period", rpm="supply_period")
    starts = {"rtm": date(2026, 2, 9), "rpm": start}
    found = judged(book, {RTM: 20, RPM: 20}, start=starts)
    assert found["A0001"].window.end == date(2026, 3, 10)
    assert found["A0001"].verdict == verdict


def test_one_period_that_is_met_blocks_whatever_becomes_of_the_next(tmp_path: Path) -> None:
    """Two periods in March: the first undecided, the second met."""
    book = beside(tmp_path, pair("rtm", "rpm", "apart", "apart"), rpm="supply_period")

    def periods(window: Any) -> Fact:
        return MISSING if window.end == date(2026, 3, 1) else Fact.known(20)

    found = judged(book, {RTM: 20, RPM: periods}, start=date(2026, 1, 1))
    assert (found["A0001"].verdict, found["A0001"].conflicts_with) == ("blocked", ("A0002",))


def test_an_add_on_is_blocked_with_its_base(tmp_path: Path) -> None:
    by = since("{physician: [physician]}")
    units = f"{{fact: management_minutes, by: {by}, each: {since(20)}, "
    add_on = f"""
"A0011":
  title: T
  window: calendar_month
  in_force: {since("true")}
  adds_to: {{"A0001": {since(20)}}}
  units: {units}at_most: {since(3)}}}"""
    law = "sources: {law: {title: The law, confidence: high}}\npairs:\n"
    book = make_rules(
        tmp_path,
        rtm=one_code("rtm", "A0001", more=add_on),
        rpm=one_code("rpm", "A0002"),
        concurrency=law + pair("A0001", "A0002", "apart", "apart"),
    )
    found = judged(book, {RTM: 45, RPM: 20})
    assert [found[code].verdict for code in ("A0001", "A0011")] == ["blocked", "blocked"]
    found = judged(book, {RTM: 45, RPM: 19})
    assert [found[code].verdict for code in ("A0001", "A0011")] == ["ready", "ready"]


# ---- claims ----

MARCH = (date(2026, 3, 2), date(2026, 3, 31))
ALL_DONE = {DAYS: 16, MINUTES: 45, CONTACTS: 1}


def claim(code: str, day: date, status: str = "paid", *period: date) -> Claim:
    start, end = period or (None, None)
    return Claim(code, day, ClaimStatus(status), start, end)


@pytest.mark.parametrize(
    ("sent", "code", "verdict", "why"),
    [
        (claim("98977", MARCH[1], "paid", *MARCH), "98977", "not_applicable", "claim_billed"),
        (claim("98977", MARCH[1]), "98977", "not_applicable", "claim_billed"),
        (claim("98977", MARCH[1], "submitted"), "98977", "not_applicable", "claim_billed"),
        (claim("98977", MARCH[1], "denied"), "98977", "ready", None),
        (claim("98977", MARCH[1], "voided"), "98977", "ready", None),
        (claim("98977", date(2026, 3, 2)), "98977", "blocked", "claim_overlaps"),
        (claim("98977", date(2026, 3, 1)), "98977", "ready", None),
        (claim("98977", date(2026, 4, 29)), "98977", "blocked", "claim_overlaps"),
        (claim("98977", date(2026, 4, 30)), "98977", "ready", None),
        (
            claim("98977", MARCH[1], "paid", date(2026, 3, 1), date(2026, 3, 30)),
            "98977",
            "blocked",
            "claim_overlaps",
        ),
        (claim("98985", MARCH[1]), "98977", "blocked", "claim_overlaps"),
        (claim("98980", MARCH[1]), "98977", "ready", None),
        (claim("98980", date(2026, 3, 4)), "98980", "not_applicable", "claim_billed"),
        (claim("98980", date(2026, 3, 1)), "98980", "not_applicable", "claim_billed"),
        (claim("98980", date(2026, 2, 28)), "98980", "ready", None),
        (claim("98980", date(2026, 4, 1)), "98980", "ready", None),
        (claim("98979", date(2026, 3, 4)), "98980", "blocked", "claim_overlaps"),
        (claim("98979", date(2026, 3, 4)), "98981", "blocked", "base"),
        (claim("98980", date(2026, 3, 4)), "98981", "ready", None),
        (claim("98975", date(2026, 3, 5)), "98975", "not_applicable", "claim_billed"),
        (claim("98975", date(2026, 3, 1)), "98975", "review", "claim_before_start"),
        (claim("98975", date(2026, 1, 30)), "98975", "ready", None),
    ],
)
def test_a_claim_already_sent(sent: Claim, code: str, verdict: str, why: str | None) -> None:
    finding = verdicts(shipped_rules(), ALL_DONE, claims=[sent])[code]
    assert (finding.verdict, [str(reason.kind) for reason in finding.reasons]) == (
        verdict,
        [why] if why else [],
    )
    if why == "claim_billed":
        assert finding.reasons[0].about == (sent.service_date,)
        assert finding.units == 0
    if why == "claim_overlaps":
        assert finding.conflicts_with == (sent.code,)


def test_the_month_of_an_episode_that_ended_is_still_billed_as_a_whole() -> None:
    sent = [claim("98980", date(2026, 3, 31))]
    found = verdicts(shipped_rules(), ALL_DONE, end=date(2026, 3, 17), claims=sent)
    assert found["98980"].verdict is Verdict.NOT_APPLICABLE


def test_a_claim_for_a_period_that_was_cut_is_dated_on_its_last_day() -> None:
    sent = [claim("98977", date(2026, 3, 17))]
    found = verdicts(shipped_rules(), ALL_DONE, end=date(2026, 3, 17), claims=sent)
    assert found["98977"].verdict is Verdict.NOT_APPLICABLE


def test_a_claim_blocks_only_what_could_be_billed() -> None:
    sent = [claim("98977", date(2026, 3, 5)), claim("98979", date(2026, 3, 5))]
    found = verdicts(shipped_rules(), {DAYS: 15, MINUTES: MISSING}, claims=sent)
    assert found["98977"].verdict is Verdict.SHORT
    assert found["98980"].verdict is Verdict.SHORT
    assert found["98985"].verdict is Verdict.BLOCKED


def test_where_the_month_stands_for_the_period_a_claim_dated_in_it_is_for_it() -> None:
    sent = [claim("98977", date(2026, 3, 20))]
    found = verdicts(shipped_rules(), ALL_DONE, start=None, claims=sent)
    assert found["98977"].verdict is Verdict.NOT_APPLICABLE
