"""Lines of readings that may hold none: whether such a line is a day of data is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rtmaudit.exports.proposal.draft import Draft, Line, Question, flow
from rtmaudit.exports.proposal.kinds import are_numbers
from rtmaudit.exports.proposal.look import Column, Look
from rtmaudit.exports.proposal.names import MEASURES, NOTHING, STATES, listed, squashed
from rtmaudit.exports.proposal.sources import Sources

_ZERO = re.compile(r"0+(?:\.0+)?", re.ASCII)
_MOST_OTHERS = 3


def add_rows(draft: Draft, look: Look, found: Sources) -> None:
    """Asks whether a line counts whose measured value is empty or zero."""
    if found.table != "readings":
        return
    used = {each for pick in found.picks.values() for each in pick.sources}
    free = [each for each in look.columns if each not in used and each.nth is None]
    free = [each for each in free if squashed(each.name) not in listed(STATES)]
    measures = list(_measures(free))
    telling = measures[0] if measures else _telling(free)
    if telling is not None and (not look.whole or any(map(_blank, telling.cells))):
        draft.ask(_question(telling, measures[1:], look))


def _measures(free: Sequence[Column]) -> Iterator[Column]:
    """Columns known by their names, the most telling first."""
    for name in MEASURES.split(","):
        yield from (each for each in free if squashed(each.name) == squashed(name) and each.filled)


def _telling(free: Sequence[Column]) -> Column | None:
    """Where no name is known: if some lines hold no number but zeros, the column that holds the
    most others."""
    numbers = [each for each in free if are_numbers(each)]
    lines = zip(*(each.cells for each in numbers), strict=True)
    if not any(all(map(_blank, line)) for line in lines):
        return None
    return min(numbers, key=lambda each: sum(map(_blank, each.cells)))


def _blank(cell: str) -> bool:
    return _empty(cell) or _ZERO.fullmatch(cell) is not None


def _empty(cell: str) -> bool:
    return not cell or cell.casefold() in NOTHING


def _question(column: Column, others: Sequence[Column], look: Look) -> Question:
    """What is written there where nothing was measured: as it is seen, and of a file of which only
    the beginning was seen, as it may be."""
    empty = sorted({cell for cell in column.cells if _empty(cell)}) or [""] * (not look.whole)
    zero = sorted({cell for cell in column.cells if _ZERO.fullmatch(cell)})
    zero = zero or ["0"] * (not look.whole)
    key = column.name
    answers = [Line(key, "[]", "every line counts")]
    if zero:
        what = "nothing or 0" if empty else "0"
        answers.append(Line(key, flow(empty + zero), f"a line with {what} there does not count"))
    if empty:
        answers.append(Line(key, flow(empty), "a line with nothing there does not count"))
    sentence = f"{_said(column, look)}. Is such a line a day with data?"
    place, hint = f"drop.{column.name}", _elsewhere(others)
    return Question(place, sentence, tuple(reversed(answers)), asked=True, hint=hint)


def _said(column: Column, look: Look) -> str:
    """On how many lines the column holds nothing."""
    empty = sum(map(_empty, column.cells))
    zero = sum(_ZERO.fullmatch(cell) is not None for cell in column.cells)
    parts = [f"nothing on {empty}"] * (empty > 0) + [f"0 on {zero}"] * (zero > 0)
    if not look.whole:
        parts = [f"nothing on {empty}", f"0 on {zero}"]
    lines = f"{look.lines} lines" if look.whole else f"the first {look.lines} lines"
    return f"Of {lines} {column.name} holds {' and '.join(parts)}"


def _elsewhere(others: Sequence[Column]) -> str:
    names = [each.name for each in others if any(map(_empty, each.cells))][:_MOST_OTHERS]
    return f"Another column may tell it better: {', '.join(names)}." if names else ""
