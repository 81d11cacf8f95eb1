"""Files -> canonical tables; each line has one disposition."""

from rtmaudit.exports.found import find_files
from rtmaudit.exports.read import InputFile, TableData, Tables, read_tables

__all__ = ["InputFile", "TableData", "Tables", "find_files", "read_tables"]
