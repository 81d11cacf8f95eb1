"""Files -> canonical tables; each line has one disposition."""

from rtmaudit.exports.data import InputFile, TableData, Tables
from rtmaudit.exports.engines import Engine, open_engine
from rtmaudit.exports.found import find_files
from rtmaudit.exports.read import read_tables

__all__ = [
    "Engine",
    "InputFile",
    "TableData",
    "Tables",
    "find_files",
    "open_engine",
    "read_tables",
]
