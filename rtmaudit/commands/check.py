"""`rtmaudit check`: is the rulebook sound, do its scenarios pass."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rtmaudit.errors import RulebookError
from rtmaudit.shipped import shipped

RulesArgument = Annotated[
    Path | None, typer.Argument(help="A folder of rules. [default: the shipped one]")
]
ScenariosArgument = Annotated[
    Path | None, typer.Argument(help="A folder of scenarios. [default: the shipped ones]")
]


def check(rules: RulesArgument = None, scenarios: ScenariosArgument = None) -> None:
    """Check the rulebook and run its scenarios."""
    from rtmaudit.rulebook import load_rules
    from rtmaudit.scenarios import run_folder

    book = load_rules(rules or shipped("rules"))
    outcomes = run_folder(scenarios or shipped("scenarios"), book)
    failed = [fault for outcome in outcomes for fault in outcome.faults]
    print(f"rules {book.version}: {sum(len(f.codes) for f in book.files.values())} codes, sound")
    print(f"scenarios: {len(outcomes)} run, {sum(bool(o.faults) for o in outcomes)} failed")
    sys.stdout.flush()
    if failed:
        raise RulebookError(failed)
