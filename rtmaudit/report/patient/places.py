"""Files and lines as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

Places = Sequence[tuple[str, int]]


def spelled(places: Iterable[tuple[str, int]]) -> str:
    """`readings.csv 7, 12-15; calls.csv 3`, each file once, in their order."""
    files: dict[str, list[int]] = {}
    for file, line in places:
        files.setdefault(file, []).append(line)
    return "; ".join(f"{file} {numbers(lines)}" for file, lines in files.items())


def numbers(lines: Iterable[int]) -> str:
    """`7, 12-15`: line numbers in order, stretches of three or more joined."""
    return ", ".join(_runs(sorted(set(lines))))


MOST_SHOWN = 6


def few(places: Places) -> str:
    """The same, of many lines only how many there are."""
    if len(places) <= MOST_SHOWN:
        return spelled(places)
    files = list(dict.fromkeys(file for file, _ in places))
    return f"{len(places)} lines of {', '.join(files)}"


def _runs(lines: Sequence[int]) -> Iterator[str]:
    start = 0
    for i, line in enumerate(lines):
        if i + 1 < len(lines) and lines[i + 1] == line + 1:
            continue
        run = lines[start : i + 1]
        yield from ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(str, run))
        start = i + 1
