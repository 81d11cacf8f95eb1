"""Scenarios: the rulebook's tests, run by the user's own command."""

from rtmaudit.scenarios.grammar import Case, Scenario, read_cases
from rtmaudit.scenarios.run import Outcome, run, run_folder

__all__ = ["Case", "Outcome", "Scenario", "read_cases", "run", "run_folder"]
