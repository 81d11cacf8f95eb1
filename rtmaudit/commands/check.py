"""`rtmaudit check`: is the rulebook sound, do its scenarios pass."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from rtmaudit.commands.audit import Overlays
from rtmaudit.errors import RulebookError
from rtmaudit.shipped import shipped

RulesArgument = Annotated[
    Path | None, typer.Argument(help="A folder of rules. [default: the shipped one]")
]
ScenariosArgument = Annotated[
    Path | None, typer.Argument(help="A folder of scenarios. [default: the shipped ones]")
]


def check(
    rules: RulesArgument = None,
    scenarios: ScenariosArgument = None,
    overlays: Overlays = None,
) -> None:
    """Check the rulebook and run its scenarios."""
    from rtmaudit.rulebook import load_rules
    from rtmaudit.rulebook.rates import read_rates
    from rtmaudit.scenarios import run_folder

    book = load_rules(rules or shipped("rules"), overlays)
    rates = {code for _, values in read_rates(book.folder).files for code in values}
    priced = [code for code in rates if book.program_of(code)]
    outcomes = run_folder(scenarios or shipped("scenarios"), book)
    failed = [fault for outcome in outcomes for fault in outcome.faults]
    codes = sum(len(file.codes) for file in book.files.values())
    told = f"{codes} codes, {len(priced)} of them with rates"
    print(f"rules {book.version}: {told}, {len(book.overlays)} payers' overlays, sound")
    per_file = Counter(outcome.case.file.removesuffix(".yaml") for outcome in outcomes)
    counts = ", ".join(f"{name} {n}" for name, n in per_file.items())
    failing = sum(bool(outcome.faults) for outcome in outcomes)
    print(f"scenarios: {len(outcomes)} run ({counts}), {failing} failed")
    sys.stdout.flush()
    if failed:
        raise RulebookError(failed)
