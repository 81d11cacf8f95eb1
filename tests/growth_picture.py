"""docs/pictures/growth.svg: seconds and memory from 10^5 to 10^8 readings, drawn from the table of
docs/benchmarks.md that stands under its mark.

`python tests/growth_picture.py` (make docs) draws it; a test demands that it is up to date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURE = DOCS / "pictures" / "growth.svg"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 380, 70, 30, 50

Point = tuple[float, float]


def measured() -> list[tuple[float, float, float]]:
    """Readings, seconds and MiB of each row of the table."""
    text = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    _, _, below = text.partition("<!-- growth -->\n")
    rows = re.findall(r"^\| ([\d,]+) \|[^|]*\| ([\d.]+) \| ([\d,]+) \|", below, re.MULTILINE)
    return [tuple(float(cell.replace(",", "")) for cell in row) for row in rows]  # type: ignore[misc]


def _x(readings: float) -> float:
    return LEFT + (math.log10(readings) - 5) / 3 * (WIDTH - LEFT - 90)


def _y(value: float, least: float, most: float) -> float:
    share = (math.log10(value) - math.log10(least)) / (math.log10(most) - math.log10(least))
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _line(points: Sequence[Point], how: str) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline class="{how}" points="{path}"/>'
    yield from (f'<circle class="{how}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points)


def drawn() -> str:
    """The picture."""
    rows = measured()
    seconds = [(_x(n), _y(s, 1, 1000)) for n, s, _ in rows]
    memory = [(_x(n), _y(m, 10, 10_000)) for n, _, m in rows]
    title = "Seconds and memory, from a hundred thousand readings to a hundred million"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t" font-family="system-ui, sans-serif" font-size="13">',
        f'<title id="t">{title}</title>',
        "<style>text{fill:#1d2733}line{stroke:#d5dce3}polyline{fill:none;stroke-width:2}"
        "polyline.s{stroke:#1f6f54}circle.s{fill:#1f6f54}polyline.m{stroke:#7a4b9a;"
        "stroke-dasharray:6 4}circle.m{fill:#7a4b9a}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for n in range(5, 9):
        x = _x(10**n)
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x - 14:.1f}" y="{HEIGHT - 24}">10^{n}</text>')
    for n in range(4):
        y = _y(10**n, 1, 1000)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{_x(10**8):.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="14" y="{y + 4:.1f}">{10**n} s</text>')
        parts.append(f'<text x="{_x(10**8) + 12:.1f}" y="{y + 4:.1f}">{10 ** (n + 1):,} MiB</text>')
    parts += [*_line(seconds, "s"), *_line(memory, "m")]
    for (_, lasted, held), (x, low), (_, high) in zip(rows, seconds, memory, strict=True):
        parts.append(f'<text x="{x - 16:.1f}" y="{low + 20:.1f}">{lasted:g} s</text>')
        parts.append(f'<text x="{x - 26:.1f}" y="{high - 10:.1f}">{held:,.0f} MiB</text>')
    parts.append(
        f'<text x="{LEFT}" y="{HEIGHT - 6}">readings; solid: seconds, dashed: peak memory</text>'
    )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
