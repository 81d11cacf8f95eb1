"""Whose rules hold for whom: the names in the exports -> payers of the rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rtmaudit.errors import ConfigurationError, Fault, UsageError
from rtmaudit.facts import Facts
from rtmaudit.model import Program
from rtmaudit.rulebook import MEDICARE, Rulebook


@dataclass(slots=True)
class Payers:
    """Looks up the rules of a payer by what the practice calls it, and remembers for which names
    there are none."""

    book: Rulebook
    named: Mapping[str, str]
    default: str = MEDICARE
    strange: dict[str, None] = field(default_factory=dict)

    def rules_of(self, name: str) -> str:
        """The payer of the rulebook that a name means; the base where it has none."""
        known = self.named.get(name.strip().lower()) or self.book.payer_named(name)
        if known is None:
            self.strange.setdefault(name)
        return known or MEDICARE

    def of(self, facts: Facts, patient: str, program: Program) -> tuple[tuple[date, str], ...]:
        """From which day on whose rules hold for a patient."""
        named = facts.payers(patient, program)
        if not named or named[0][0] > date.min:
            named = [(date.min, self.default), *named]
        return tuple((since, self.rules_of(name)) for since, name in named)


def payers(book: Rulebook, named: Mapping[str, str], default: str | None) -> Payers:
    """The practice's payers. Raises ConfigurationError for a name that leads to no rules, and
    UsageError for such a default."""
    faults = list(_wrong(book, named))
    if faults:
        raise ConfigurationError(faults)
    known = book.payer_named(default) if default else MEDICARE
    if known is None:
        raise UsageError(f"there are no rules of this payer; there are {_all(book)}")
    return Payers(book, {name.strip().lower(): payer for name, payer in named.items()}, known)


def _wrong(book: Rulebook, named: Mapping[str, str]) -> Iterator[Fault]:
    for name, payer in named.items():
        if payer != MEDICARE and payer not in book.overlays:
            sentence = f"there are no rules of this payer; there are {_all(book)}"
            yield Fault("rtmaudit.yaml", 0, f"payers.{name}", sentence)


def _all(book: Rulebook) -> str:
    return ", ".join((MEDICARE, *sorted(book.overlays)))
