"""rtmaudit.yaml: how a practice's exports map onto the canonical tables, and its options."""

from rtmaudit.config.grammar import Strict, Texts, Zone, known_zone
from rtmaudit.config.mapping import EPOCHS, Covers, Joined, Nth, Source, TableMap, names_of
from rtmaudit.config.practice import (
    FILE_NAME,
    FILL_IN,
    Config,
    Taken,
    WindowMode,
    config_of,
    read_config,
)
from rtmaudit.config.rates import Indices, Rates

__all__ = [
    "Config",
    "Covers",
    "EPOCHS",
    "FILE_NAME",
    "FILL_IN",
    "Indices",
    "Joined",
    "Nth",
    "Rates",
    "Source",
    "Strict",
    "TableMap",
    "Taken",
    "Texts",
    "WindowMode",
    "Zone",
    "config_of",
    "known_zone",
    "names_of",
    "read_config",
]
