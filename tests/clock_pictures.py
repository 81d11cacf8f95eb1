"""docs/pictures/*.svg: the four clocks, drawn from what rtmaudit.windows says of them.

`python tests/clock_pictures.py` (make docs) draws them; a test demands that they are up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from rtmaudit.model import Window
from rtmaudit.windows import (
    Discharge,
    Episode,
    Month,
    after_discharge,
    calendar_month,
    episode_so_far,
    supply_periods,
)

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MARCH = Month(2026, 3)
FIRST, LAST = date(2026, 1, 25), date(2026, 4, 25)
DAY, LEFT, ROW = 8, 150, 44
WIDTH = LEFT + DAY * ((LAST - FIRST).days + 1) + 10

Bar = tuple[str, Window, str]
"""What a bar is called, its days, and how it is drawn (due, running or plain)."""


def _x(day: date) -> int:
    return LEFT + DAY * (day - FIRST).days


def _frame(title: str, rows: int) -> Iterator[str]:
    height = 60 + ROW * rows
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="t" font-family="system-ui, sans-serif" font-size="13">'
    )
    yield f'<title id="t">{title}</title>'
    yield "<style>text{fill:#1d2733}.due{fill:#1f6f54}.running{fill:#fff;stroke:#1f6f54;"
    yield "stroke-dasharray:4 3}.plain{fill:#4a6a8f}.in{fill:#fff}.month{fill:#eef2f6}</style>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    begin, end = _x(MARCH.start), _x(MARCH.end) + DAY
    yield f'<rect class="month" x="{begin}" y="28" width="{end - begin}" height="{height - 38}"/>'
    for month in (MARCH.before, MARCH, MARCH.after):
        yield f'<text x="{_x(month.start) + 2}" y="20">{month}</text>'


def _bars(bars: Sequence[Bar]) -> Iterator[str]:
    for row, (name, window, how) in enumerate(bars):
        y = 40 + ROW * row
        x, end = _x(max(window.start, FIRST)), _x(min(window.end, LAST)) + DAY
        inside = "" if how == "running" else ' class="in"'
        told = f"{window.start.strftime('%-d %b')} to {window.end.strftime('%-d %b')}"
        yield f'<text x="8" y="{y + 19}">{name}</text>'
        yield f'<rect class="{how}" x="{x}" y="{y}" width="{end - x}" height="28" rx="4"/>'
        yield f'<text{inside} x="{x + 8}" y="{y + 19}">{told}</text>'


def _drawn(title: str, bars: Sequence[Bar]) -> str:
    return "\n".join([*_frame(title, len(bars)), *_bars(bars), "</svg>", ""])


def device() -> str:
    """30-day periods of an episode that began on 3 February, as March sees them."""
    periods = supply_periods(MARCH, Episode(date(2026, 2, 3), None))
    bars = [
        ("due in March", w, "due") if w.end <= MARCH.end else ("runs on", w, "running")
        for w in periods
    ]
    return _drawn("30-day periods counted from 3 February: one ends in March, one runs on", bars)


def two_in_march() -> str:
    """A month in which two periods end."""
    periods = supply_periods(MARCH, Episode(date(2026, 1, 31), None))
    bars = [
        ("due in March", w, "due") if w.end <= MARCH.end else ("runs on", w, "running")
        for w in periods
    ]
    return _drawn("30-day periods counted from 31 January: two of them end in March", bars)


def month() -> str:
    """The calendar month of minutes and calls."""
    bars = [("minutes, calls", w, "plain") for w in calendar_month(MARCH, Episode(None, None))]
    return _drawn("Minutes and calls count by the calendar month", bars)


def episode() -> str:
    """From the episode's start, for what is billed once."""
    windows = episode_so_far(MARCH, Episode(date(2026, 2, 10), None))
    return _drawn(
        "Set-up is due once, in the month in which its days are first reached",
        [("the episode", w, "plain") for w in windows],
    )


def discharge() -> str:
    """The 30 days after a discharge."""
    windows = after_discharge(MARCH, Discharge(date(2026, 3, 6), date(2026, 3, 12)))
    return _drawn(
        "Transitional care: the 30 days that begin with the discharge",
        [("discharged 6 Mar", w, "plain") for w in windows],
    )


PICTURES: dict[str, Callable[[], str]] = {
    "device.svg": device,
    "two-in-march.svg": two_in_march,
    "month.svg": month,
    "episode.svg": episode,
    "discharge.svg": discharge,
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
