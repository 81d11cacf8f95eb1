"""Files -> canonical tables; each line has one disposition."""

from rtmaudit.exports.read import InputFile, TableData, Tables, find_files, read_tables

__all__ = ["InputFile", "TableData", "Tables", "find_files", "read_tables"]
