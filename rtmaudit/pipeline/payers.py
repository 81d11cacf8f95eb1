"""Whose rules hold for whom: the names in the exports -> payers of the rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from rtmaudit.config import Config
from rtmaudit.errors import ConfigurationError, UsageError
from rtmaudit.exports import Tables
from rtmaudit.facts import Facts
from rtmaudit.model import Problem, ProblemKind, Program
from rtmaudit.rulebook import MEDICARE, Rulebook
from rtmaudit.tables import COVERAGE, PATIENTS


@dataclass(slots=True)
class Payers:
    """Looks up the rules of a payer by what the practice calls it, and remembers for which names
    there are none."""

    book: Rulebook
    named: Mapping[str, str]
    default: str = MEDICARE
    strange: dict[str, None] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def rules_of(self, name: str) -> str:
        """The payer of the rulebook that a name means; the base where it has none."""
        if name not in self.known:
            found = self.named.get(name.strip().lower()) or self.book.payer_named(name)
            if found is None:
                self.strange.setdefault(name)
            self.known[name] = found or MEDICARE
        return self.known[name]

    def of(self, facts: Facts, patient: str, program: Program) -> tuple[tuple[date, str], ...]:
        """From which day on whose rules hold for a patient."""
        named = facts.payers(patient, program)
        if not named or named[0][0] > date.min:
            named = [(date.min, self.default), *named]
        return tuple((since, self.rules_of(name)) for since, name in named)


def payers(book: Rulebook, config: Config, default: str | None) -> Payers:
    """The practice's payers. Raises ConfigurationError for a name that leads to no rules, and
    UsageError for such a default."""
    names = ", ".join((MEDICARE, *sorted(book.overlays)))
    sentence = f"there are no rules of this payer; there are {names}"
    faults = [
        config.fault(("payers", name), sentence)
        for name, payer in config.payers.items()
        if payer != MEDICARE and payer not in book.overlays
    ]
    if faults:
        raise ConfigurationError(faults)
    known = book.payer_named(default) if default else MEDICARE
    if known is None:
        raise UsageError(f"--payer: {sentence}")
    return Payers(book, {name.strip().lower(): p for name, p in config.payers.items()}, known)


def unknown_payers(
    tables: Tables, payers: Payers, only: frozenset[str] | None = None
) -> Iterator[Problem]:
    """The first line on which each payer stands that the rulebook does not know; of some patients
    alone, where these are given."""
    for table in (PATIENTS, COVERAGE):
        data, told = tables.get(table), set[str]()
        if data is None or "payer" not in data.frame:
            continue
        frame = data.frame if only is None else data.frame[data.frame["patient_id"].isin(only)]
        columns = (frame[column] for column in ("payer", "file", "line"))
        for name, file, line in zip(*columns, strict=True):
            if name in payers.strange and name not in told:
                told.add(name)
                kind = ProblemKind.UNKNOWN_PAYER
                yield Problem(data.files[file].name, int(line), "payer", kind, "note")
