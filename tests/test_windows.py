"""The clocks: calendar months, 30-day periods, episodes and the stretches inside a month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtmaudit.model import Clock, Window
from rtmaudit.windows import (
    ONE_DAY,
    Episode,
    Month,
    build_windows,
    calendar_month,
    days,
    episode_so_far,
    length,
    share_a_day,
    stretches,
    supply_periods,
)

DATES = st.dates(date(2019, 1, 1), date(2032, 12, 31))


def spans(windows: list[Window]) -> list[str]:
    return [f"{window.start}..{window.end}" for window in windows]


@pytest.mark.parametrize(
    ("month", "periods"),
    [
        ("2025-12", []),
        ("2026-01", ["2026-01-01..2026-01-30", "2026-01-31..2026-03-01"]),
        ("2026-02", ["2026-01-31..2026-03-01"]),
        ("2026-03", ["2026-01-31..2026-03-01", "2026-03-02..2026-03-31"]),
        ("2026-04", ["2026-04-01..2026-04-30"]),
        ("2026-05", ["2026-05-01..2026-05-30", "2026-05-31..2026-06-29"]),
    ],
)
def test_periods_from_the_first_of_january(month: str, periods: list[str]) -> None:
    assert spans(supply_periods(Month.parse(month), Episode(date(2026, 1, 1)))) == periods


def test_a_leap_day_is_a_day_of_its_period() -> None:
    leap = supply_periods(Month.parse("2024-02"), Episode(date(2024, 1, 31)))
    assert spans(leap) == ["2024-01-31..2024-02-29"]
    common = supply_periods(Month.parse("2026-02"), Episode(date(2026, 1, 30)))
    assert spans(common) == ["2026-01-30..2026-02-28"]


@settings(max_examples=200, deadline=None)
@given(start=DATES, months=st.integers(0, 30))
def test_periods_have_thirty_days_follow_on_each_other_and_each_ends_in_one_month(
    start: date, months: int
) -> None:
    month, ended = Month.of(start), list[Window]()
    for _ in range(months):
        ended += [w for w in supply_periods(month, Episode(start)) if w.end <= month.end]
        month = month.after
    assert all(length(period.start, period.end) == 30 for period in ended)
    starts = [start, *(period.end + ONE_DAY for period in ended)]
    assert [period.start for period in ended] == starts[:-1]
    assert starts[-1] + 29 * ONE_DAY > month.before.end


@settings(max_examples=200, deadline=None)
@given(start=DATES, lasts=st.integers(-40, 200), number=st.integers(0, 8))
def test_no_window_outlives_its_episode(start: date, lasts: int, number: int) -> None:
    month, episode = Month.of(start), Episode(start, start + timedelta(days=lasts))
    for _ in range(number):
        month = month.after
    for build in (supply_periods, calendar_month, episode_so_far):
        for window in build(month, episode):
            assert window.start <= window.end <= start + timedelta(days=lasts)
            assert window.end >= month.start


def test_the_episodes_end_cuts_its_last_period_which_falls_due_then() -> None:
    episode = Episode(date(2026, 3, 15), date(2026, 3, 20))
    assert spans(supply_periods(Month.parse("2026-03"), episode)) == ["2026-03-15..2026-03-20"]
    assert supply_periods(Month.parse("2026-04"), episode) == []


@pytest.mark.parametrize(
    ("start", "end", "month", "calendar", "episode"),
    [
        (None, None, "2026-03", ["2026-03-01..2026-03-31"], []),
        (None, date(2026, 3, 9), "2026-03", ["2026-03-01..2026-03-09"], []),
        (None, date(2026, 2, 28), "2026-03", [], []),
        (
            date(2026, 3, 31),
            None,
            "2026-03",
            ["2026-03-01..2026-03-31"],
            ["2026-03-31..2026-03-31"],
        ),
        (date(2026, 4, 1), None, "2026-03", [], []),
        (
            date(2026, 1, 5),
            date(2026, 3, 1),
            "2026-03",
            ["2026-03-01..2026-03-01"],
            ["2026-01-05..2026-03-01"],
        ),
        (date(2026, 1, 5), date(2026, 2, 28), "2026-03", [], []),
        (date(2026, 3, 20), date(2026, 3, 10), "2026-03", [], []),
        (
            date(2023, 6, 1),
            None,
            "2024-02",
            ["2024-02-01..2024-02-29"],
            ["2023-06-01..2024-02-29"],
        ),
    ],
)
def test_the_month_and_the_episode_as_far_as_they_are_on_file(
    start: date | None, end: date | None, month: str, calendar: list[str], episode: list[str]
) -> None:
    asked = Month.parse(month), Episode(start, end)
    assert spans(calendar_month(*asked)) == calendar
    assert spans(episode_so_far(*asked)) == episode


@pytest.mark.parametrize(
    ("mode", "start", "supply"),
    [
        ("auto", None, Clock.CALENDAR_MONTH),
        ("auto", date(2026, 3, 2), Clock.SUPPLY_PERIOD),
        ("calendar_month", date(2026, 3, 2), Clock.CALENDAR_MONTH),
        ("fixed_30", date(2026, 3, 2), Clock.SUPPLY_PERIOD),
        ("fixed_30", None, None),
    ],
)
def test_the_month_stands_for_the_period_where_no_start_is_on_file_or_the_practice_says_so(
    mode: str, start: date | None, supply: Clock | None
) -> None:
    asked = [Clock.SUPPLY_PERIOD], Month.parse("2026-03"), Episode(start)
    built = build_windows(*asked, mode)
    assert list(built) == [Clock.SUPPLY_PERIOD]
    assert [window.kind for window in built[Clock.SUPPLY_PERIOD]] == ([supply] if supply else [])


def test_stretches_are_all_the_thirty_days_that_a_window_holds() -> None:
    march = Window(Clock.CALENDAR_MONTH, date(2026, 3, 1), date(2026, 3, 31))
    assert list(stretches(march)) == [
        (date(2026, 3, 1), date(2026, 3, 30)),
        (date(2026, 3, 2), date(2026, 3, 31)),
    ]
    february = Window(Clock.CALENDAR_MONTH, date(2026, 2, 1), date(2026, 2, 28))
    assert list(stretches(february)) == [(date(2026, 2, 1), date(2026, 2, 28))]


def test_windows_share_a_day_where_one_begins_on_the_others_last() -> None:
    first = Window(Clock.SUPPLY_PERIOD, date(2026, 3, 1), date(2026, 3, 30))
    touching = Window(Clock.SUPPLY_PERIOD, date(2026, 3, 30), date(2026, 4, 28))
    next_day = Window(Clock.SUPPLY_PERIOD, date(2026, 3, 31), date(2026, 4, 29))
    assert share_a_day(first, touching)
    assert share_a_day(touching, first)
    assert not share_a_day(first, next_day)
    assert not share_a_day(next_day, first)


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "2026-3", "26-03", "2026-03-01", "1899-12", "2200-01", "٢٠٢٦-03", ""],
)
def test_a_month_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match="a month is written as 2026-03"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("text", "before", "after", "end", "first"),
    [
        ("2026-01", "2025-12", "2026-02", date(2026, 1, 31), date(2025, 12, 3)),
        ("2024-02", "2024-01", "2024-03", date(2024, 2, 29), date(2024, 1, 3)),
        ("2026-12", "2026-11", "2027-01", date(2026, 12, 31), date(2026, 11, 2)),
    ],
)
def test_a_month_knows_its_neighbours_and_the_days_that_could_matter(
    text: str, before: str, after: str, end: date, first: date
) -> None:
    month = Month.parse(text)
    assert (str(month), str(month.before), str(month.after)) == (text, before, after)
    assert (month.end, month.span_start) == (end, first)
    assert Month.of(end) == month


def test_days_and_their_number_include_both_ends() -> None:
    first, last = date(2026, 2, 27), date(2026, 3, 1)
    assert list(days(first, last)) == [first, date(2026, 2, 28), last]
    assert (length(first, last), length(first, first), length(last, first)) == (3, 1, 0)
