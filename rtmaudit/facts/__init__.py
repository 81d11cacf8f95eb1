"""Tables x windows -> facts. Never sees a rule."""

from rtmaudit.facts.days import Coverage
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.intake import Counted, Settings, count
from rtmaudit.facts.measure import MEASURES, Facts
from rtmaudit.facts.papers import count_conditions

__all__ = [
    "MEASURES",
    "Counted",
    "Coverage",
    "Facts",
    "Frames",
    "Settings",
    "count",
    "count_conditions",
]
