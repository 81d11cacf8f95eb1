"""Codes and ranges of codes, as the rules write them: `99202-99205`, `G0438`."""

from __future__ import annotations

from collections.abc import Iterable


def in_ranges(code: str, ranges: Iterable[str]) -> bool:
    """Whether a code (its first five characters, so modifiers may follow) lies in a range."""
    for each in ranges:
        first, _, last = each.partition("-")
        if first <= code[:5] <= (last or first):
            return True
    return False
