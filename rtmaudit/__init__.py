"""Reads a practice's exports, counts facts per patient and window, judges them by the rulebook,
fits each patient to a program, and writes a report.

Every module does one part of that sentence, and is named after it.
"""

__version__ = "0.1.0"
