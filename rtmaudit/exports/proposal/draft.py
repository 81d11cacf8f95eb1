"""A mapping that is proposed: lines with their reasons, and questions with the lines that would
answer them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rtmaudit.exports.proposal.look import Column

SECTIONS = ("columns", "constants", "formats", "units", "words", "drop")
"""Parts of a mapping that hold a line a column, in the order in which they are written."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/.]*(?:[ -][A-Za-z0-9_/.]+)*", re.ASCII)
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the mapping: its key, its value as YAML text, and why. `known`: the reader knows it
    without being told."""

    key: str
    value: str
    why: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a file cannot say. `answers` are the lines of which one is to be chosen, or all to be
    filled in if they stand `under` a key; `needed`: an audit waits for it; `asked`: nothing but the
    question itself makes it wait; `hint` is said once, where the answer stands."""

    place: str
    sentence: str
    answers: tuple[Line, ...]
    under: str | None = None
    needed: bool = True
    asked: bool = False
    hint: str = ""

    @property
    def section(self) -> str:
        """The part of the mapping in which the answer stands; empty for a key of its own."""
        section, dot, _ = self.place.partition(".")
        return section if dot else ""


@dataclass(slots=True)
class Draft:
    """One mapping of one table. `zoned`: it has times, so that a day depends on the time zone;
    `or_else`: the other tables that the files may be, which only a person knows; `spare`: the
    reader knows these files by their names, and needs no word about them."""

    table: str
    files: tuple[str, ...]
    head: list[str] = field(default_factory=list)
    plain: list[Line | Question] = field(default_factory=list)
    parts: dict[str, list[Line | Question]] = field(default_factory=dict)
    zoned: bool = False
    or_else: tuple[str, ...] = ()
    spare: bool = False

    def add(self, section: str, item: Line | Question) -> None:
        """Another line or question of a part."""
        self.parts.setdefault(section, []).append(item)

    def ask(self, question: Question) -> None:
        """Another question, where its answer stands."""
        if question.section:
            self.add(question.section, question)
        else:
            self.plain.append(question)

    @property
    def says_anything(self) -> bool:
        """Whether the reader, or an audit, needs any word about these files."""
        return any(
            item.needed if isinstance(item, Question) else not item.known for item in self._items()
        )

    def questions(self) -> Iterator[Question]:
        """All questions, in the order in which they are written."""
        return (item for item in self._items() if isinstance(item, Question))

    def _items(self) -> Iterator[Line | Question]:
        yield from self.plain
        for section in SECTIONS:
            yield from self.parts.get(section, ())


def scalar(text: str) -> str:
    """A text as YAML reads it back, whatever it holds."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def flow(texts: Sequence[str]) -> str:
    """One text, or a list of several or none."""
    if len(texts) == 1:
        return scalar(texts[0])
    return "[" + ", ".join(map(scalar, texts)) + "]"


def source_text(columns: Sequence[Column]) -> str:
    """Where a column comes from, as the mapping writes it."""
    if len(columns) > 1:
        return "{join: " + flow([column.name for column in columns]) + "}"
    (column,) = columns
    if column.nth is not None:
        return f"{{column: {scalar(column.name)}, nth: {column.nth}}}"
    return scalar(column.name)


def readable(text: str) -> str:
    """A text in a comment: on one line, and nothing in it that nobody sees."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"
