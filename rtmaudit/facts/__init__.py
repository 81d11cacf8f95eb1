"""Tables x windows -> facts. Never sees a rule."""

from rtmaudit.facts.cohort import Cohort
from rtmaudit.facts.days import Coverage
from rtmaudit.facts.frames import Frames
from rtmaudit.facts.groups import span_of
from rtmaudit.facts.intake import Counted, Settings, count
from rtmaudit.facts.measure import COUNTED, MEASURES, OF_A_WINDOW, Facts
from rtmaudit.facts.papers import count_conditions
from rtmaudit.facts.roster import Roster
from rtmaudit.facts.spans import read_holders, read_stays, read_visits

__all__ = [
    "COUNTED",
    "MEASURES",
    "OF_A_WINDOW",
    "Counted",
    "Coverage",
    "Cohort",
    "Facts",
    "Frames",
    "Roster",
    "Settings",
    "count",
    "count_conditions",
    "read_holders",
    "read_stays",
    "read_visits",
    "span_of",
]
