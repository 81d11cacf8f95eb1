"""YAML -> rules as of a day. Refuses what it does not know. Never sees data."""

from rtmaudit.rulebook.book import MEDICARE, DatedValue, Position, Rulebook, Side, dated_values
from rtmaudit.rulebook.compared import Compared, compared
from rtmaudit.rulebook.load import load_rules
from rtmaudit.rulebook.rules import ModifierRule, Requirement, Rule, RuleSet, Test, UnitRule
from rtmaudit.rulebook.schema import Pair

__all__ = [
    "MEDICARE",
    "Compared",
    "DatedValue",
    "ModifierRule",
    "Pair",
    "Position",
    "Requirement",
    "Rule",
    "RuleSet",
    "Rulebook",
    "Side",
    "Test",
    "UnitRule",
    "compared",
    "dated_values",
    "load_rules",
]
