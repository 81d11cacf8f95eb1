"""YAML -> rules as of a day. Refuses what it does not know. Never sees data."""

from rtmaudit.rulebook.load import Position, Rulebook, load_rules
from rtmaudit.rulebook.rules import Requirement, Rule, RuleSet, Test, UnitRule

__all__ = [
    "Position",
    "Requirement",
    "Rule",
    "RuleSet",
    "Rulebook",
    "Test",
    "UnitRule",
    "load_rules",
]
