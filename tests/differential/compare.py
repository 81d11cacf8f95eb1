"""Both implementations on the same practices, in chunks and on several cores."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from . import judge, product
from .practices import Practice, practices
from .product import Key, Said

CHUNK = 200
"""Practices that are judged by one run of the SQL."""

ROUND = 5
"""Chunks that one process judges."""


@dataclass
class Difference:
    """One finding of which the two say different things; None: it says nothing of it."""

    key: Key
    product: Said | None
    sql: Said | None

    def __str__(self) -> str:
        return f"{self.key}\n  product {self.product}\n  sql     {self.sql}"


@dataclass
class Outcome:
    """What was compared, and what differed."""

    practices: int = 0
    patients: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def findings(self) -> int:
        """How many findings were compared."""
        return self.verdicts.total()

    def add(self, other: Outcome) -> None:
        """Take in what another chunk gave."""
        self.practices += other.practices
        self.patients += other.patients
        self.verdicts += other.verdicts
        self.codes += other.codes
        self.counts += other.counts
        self.differences += other.differences


def compare(seed: int, numbers: Sequence[int]) -> Outcome:
    """Both on the practices of a seed with these numbers."""
    made = list(practices(seed, numbers))
    return weigh(made, say(made), judge.findings(made))


def say(made: Sequence[Practice]) -> dict[Key, Said]:
    """What the product says of all of these practices."""
    said: dict[Key, Said] = {}
    with tempfile.TemporaryDirectory() as folder, product.rules_read_once():
        for practice in made:
            said |= product.findings(practice, Path(folder) / str(practice.number))
    return said


def weigh(made: Sequence[Practice], said: dict[Key, Said], other: dict[Key, Said]) -> Outcome:
    """Where the two differ."""
    outcome = Outcome(len(made), sum(each.patients for each in made))
    for key in sorted({*said, *other}):
        mine, theirs = said.get(key), other.get(key)
        if mine is not None:
            outcome.verdicts[mine.verdict] += 1
            outcome.codes[key.code, mine.verdict] += 1
            outcome.counts += len(mine.counts)
        if mine is None or theirs is None or not _agree(mine, theirs):
            outcome.differences.append(Difference(key, mine, theirs))
    return outcome


def _agree(product: Said, sql: Said) -> bool:
    """Verdict, units, due and secondary; the day of what is ready; the counts that are told."""
    if (product.verdict, product.units, product.secondary, product.due) != (
        sql.verdict,
        sql.units,
        sql.secondary,
        sql.due,
    ):
        return False
    if product.verdict == "ready" and product.day != sql.day:
        return False
    return not product.counts or not sql.counts or product.counts == sql.counts


def chunks(count: int) -> Iterator[range]:
    """The numbers of that many practices, in chunks."""
    return (range(first, min(count, first + CHUNK)) for first in range(0, count, CHUNK))


def run(count: int, seed: int, workers: int) -> Iterator[Outcome]:
    """That many practices, the outcome of a chunk at a time."""
    if workers == 1:
        yield from map(partial(compare, seed), chunks(count))
        return
    # Processes are renewed now and then, for the product remembers every case that it has judged:
    # a whole pool at once, since `max_tasks_per_child` may wait for ever (cpython issue 115634).
    fresh, left = get_context("spawn"), list(chunks(count))
    while left:
        now, left = left[: workers * ROUND], left[workers * ROUND :]
        with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
            yield from pool.map(partial(compare, seed), now)
