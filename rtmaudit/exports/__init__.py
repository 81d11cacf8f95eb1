"""Files -> canonical tables; each line has one disposition."""

from rtmaudit.exports.read import InputFile, TableData, Tables, read_tables

__all__ = ["InputFile", "TableData", "Tables", "read_tables"]
