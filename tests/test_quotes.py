"""One stray quote in some of the cells of a file of 200 x 5; `python -m tests.quotes` tries the
3,000."""

from __future__ import annotations

from collections import Counter

import pytest
import quotes
from quotes import LINES, Stray, strays
from weighed import Outcome, Weighed

SOME = strays(79)


def test_one_stray_quote_never_takes_a_record_along() -> None:
    found = list(quotes.weighed(SOME))
    assert [f"{stray}: {each.why}" for stray, each in found if each.outcome is Outcome.WRONG] == []
    outcomes = Counter(each.outcome for _, each in found)
    assert outcomes.keys() <= {Outcome.SAME, Outcome.REFUSED, Outcome.QUARANTINED}


def test_they_are_3000_and_the_sample_has_each_place_of_each_column() -> None:
    assert len(set(strays())) == 3 * 5 * LINES
    assert {(stray.column, stray.where) for stray in SOME} == {
        (column, where) for column in range(5) for where in ("start", "middle", "end")
    }


def test_one_wrong_is_told_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quotes, "tried", lambda *_: Weighed(Outcome.WRONG, "gone"))
    assert quotes.main(["--step", "2999", "--workers", "1"]) == 1
    said = capfd.readouterr().out
    assert "line 2, patient_id, start: gone" in said
    assert "2 files, 2 wrong" in said


def test_a_stray_is_where_it_says() -> None:
    lines = quotes.text(Stray(5, 2, "middle")).splitlines()
    assert lines[6].split(",")[2] == 'musculo"skeletal'
    assert quotes.text(Stray(5, 2, "middle")).count('"') == 1
