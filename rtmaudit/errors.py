"""The exception family: the program cannot go on. Each owns its sentence and its exit code.

A fault in the user's data that leaves an answer possible is a value (`model.Problem`), never one of
these. No message holds the content of a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong, and where: `file:line: place: sentence`. Line 0 means the whole file."""

    file: str
    line: int
    place: str
    sentence: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.place, self.sentence) if part)


class RtmauditError(Exception):
    """The family. `lines` is what the user is told, a line each."""

    exit_code = 70

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


class FaultsError(RtmauditError):
    """Several faults, all told at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(*(str(fault) for fault in self.faults))


class UsageError(RtmauditError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class ConfigurationError(FaultsError):
    """The configuration file is wrong."""

    exit_code = 2


class RulebookError(FaultsError):
    """A rules or scenario file is wrong."""

    exit_code = 2


class InputsRefused(FaultsError):
    """An export cannot be trusted as a whole; nothing is written."""

    exit_code = 4


class OutputError(RtmauditError):
    """Reading or writing failed: disk, permission, a file that changed under us."""

    exit_code = 5


class InvariantError(RtmauditError):
    """The program contradicts itself; nothing is written."""

    exit_code = 70


_HIDDEN = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    0xFFFE,
    0xFFFF,
)
_VISIBLE = {code: (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}") for code in (*_HIDDEN,)}
_VISIBLE_IN_LINES = {code: shown for code, shown in _VISIBLE.items() if chr(code) not in "\t\n"}


def visible(text: str) -> str:
    """Text that a terminal shows as it is: control, direction and zero-width characters spelled
    out."""
    return text.translate(_VISIBLE)


def visible_lines(text: str) -> str:
    """The same for a text of many lines, whose tabs and ends of lines stay."""
    return text.translate(_VISIBLE_IN_LINES)


def meant(word: object, known: Iterable[str]) -> str:
    """`; did you mean recorded_at?` where one of the known words is close to a mistyped one."""
    close = get_close_matches(str(word), list(known), n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else ""
