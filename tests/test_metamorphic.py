"""The relations of `tests/relations.py` on a few seeds; `python -m tests.relations` tries them on
200 and prints the table."""

from __future__ import annotations

import re

import pytest
import relations
from relations import RELATIONS

pytestmark = pytest.mark.no_cover  # other tests reach every line; these only repeat

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_relation_is_broken(seed: int) -> None:
    assert list(relations.broken(seed)) == []


def test_the_seventeen_relations_are_there() -> None:
    numbers = {int(number) for name in RELATIONS for number in re.findall(r"^mr(\d\d)_", name)}
    assert numbers == set(range(1, 18))


def test_a_breach_is_told_with_its_seed_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("said otherwise of Q1")

    monkeypatch.setitem(RELATIONS, "mr01_rows_in_another_order_change_nothing", never)
    words = ["--seeds", "1", "--first", "7", "--workers", "1"]
    assert relations.main([*words, "mr01_rows_in_another_order_change_nothing"]) == 1
    said = capfd.readouterr().out
    assert (
        "seed 7: mr01_rows_in_another_order_change_nothing: AssertionError: said otherwise" in said
    )
    assert "1 relations x 1 seeds, 1 broken" in said
