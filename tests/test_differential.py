"""Two implementations, one law: the product and plain SQL say the same of random practices."""

from __future__ import annotations

from functools import cache

import pytest
from differential import judge
from differential.compare import Outcome, say, weigh
from differential.practices import Practice, practices
from differential.product import Key, Said

pytestmark = pytest.mark.no_cover  # other tests reach every line; these only repeat

SEED = 7
VERDICTS = {"ready", "short", "open", "blocked", "unknown", "review", "not_applicable"}
MADE = 160

# Made within the tests and not by fixtures: coverage pauses for a test alone.


@cache
def made() -> list[Practice]:
    return list(practices(SEED, range(MADE)))


@cache
def said() -> dict[Key, Said]:
    return say(made())


@cache
def outcome() -> Outcome:
    return weigh(made(), said(), judge.findings(made()))


def test_both_say_the_same() -> None:
    told = "\n".join(map(str, outcome().differences[:3]))
    assert not outcome().differences, told
    assert outcome().practices == MADE
    assert outcome().counts > 3000


def test_every_verdict_occurs() -> None:
    assert set(outcome().verdicts) == VERDICTS


def test_each_tier_is_ready_somewhere() -> None:
    ready = {code for code, verdict in outcome().codes if verdict == "ready"}
    supply, setup = {"98976", "98977", "98985", "99454"}, {"98975", "99453"}
    assert ready >= supply | setup | {"98979", "98980", "98981", "99457", "99490", "99439"}


@pytest.mark.parametrize(
    ("step", "right", "wrong"),
    [
        ("rtm", "'musculoskeletal', 2,", "'musculoskeletal', 3,"),
        ("rtm", "date '2022-01-01', 20,", "date '2022-01-01', 21,"),
        ("rpm", "('99454', 16,", "('99454', 17,"),
        ("ccm", "'99490', 20, 20, 2,", "'99490', 20, 20, 1,"),
        ("counting", "// 60, 0)", "// 60 + 1, 0)"),
        ("beside", "then 'apart'\n        when one.program = 'ccm'", "then null\n when false"),
    ],
)
def test_a_wrong_number_shows(step: str, right: str, wrong: str) -> None:
    def edit(name: str, text: str) -> str:
        if name != step:
            return text
        assert right in text
        return text.replace(right, wrong)

    some = made()[:30]
    theirs = {key: each for key, each in said().items() if key.practice < 30}
    assert weigh(some, theirs, judge.findings(some, edit)).differences


def test_a_practice_is_drawn_from_its_seed_alone() -> None:
    once, again = list(practices(3, [5, 6])), list(practices(3, [6]))
    assert once[1] == again[0]
    assert once[0] != once[1]
