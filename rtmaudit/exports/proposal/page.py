"""Drafts -> the text of an rtmaudit.yaml. A question is written where its answer stands, as lines
that are commented out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rtmaudit.config import FILL_IN
from rtmaudit.exports.proposal.draft import (
    SECTIONS,
    Draft,
    Line,
    Question,
    flow,
    readable,
    scalar,
)

WIDTH = 100
_LABEL = "QUESTION"


@dataclass(frozen=True, slots=True)
class Open:
    """A question that an audit waits for: its number, its line in the file, and what it is."""

    number: int
    line: int
    sentence: str
    files: tuple[str, ...] = ()


class Page:
    """The text, line by line, and the questions in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.open: list[Open] = []

    def text(self) -> str:
        """The whole file."""
        return "".join(line.rstrip() + "\n" for line in self.lines)

    def say(self, text: str, indent: int = 0, further: int = 0) -> None:
        """A comment, on as many lines as it takes."""
        room = WIDTH - indent - 2
        for part in _wrapped(text, room, further):
            self.lines.append(f"{' ' * indent}# {part}")

    def gap(self) -> None:
        """An empty line, unless there is one."""
        if self.lines and self.lines[-1].strip():
            self.lines.append("")

    def line(self, line: Line, indent: int, width: int = WIDTH) -> None:
        """A line of the mapping with its reason beside it, or above where it has no room."""
        text = f"{' ' * indent}{scalar(line.key)}: {line.value}"
        beside = f"{text}{' ' * max(2, 40 - len(text))}# {readable(line.why)}"
        fits = len(beside) <= width
        if line.why and not fits:
            self.say(line.why, indent)
        self.lines.append(beside if line.why and fits else text)

    def question(
        self, question: Question, indent: int, files: tuple[str, ...] = (), numbered: bool = True
    ) -> None:
        """A question about some files, and the lines that would answer it."""
        label = "OPTION"
        if question.needed:
            number = len(self.open) + 1
            label = f"{_LABEL} {number}" if numbered else _LABEL
            if numbered:
                self.open.append(Open(number, len(self.lines) + 1, question.sentence, files))
        said = (f"{label}: {question.sentence}", question.hint, _how(question))
        self.say(" ".join(filter(None, said)), indent, 2)
        if question.under is not None:
            self.lines.append(f"{' ' * indent}{scalar(question.under)}:")
            indent += 2
        for answer in question.answers:
            self.line(answer, indent, WIDTH - len("# "))
            self.lines[-1] = _off(self.lines[-1], indent)

    def ask(self, place: str, text: str, indent: int) -> None:
        """An entry of `asks`, which makes an audit wait."""
        self.lines.append(f"{' ' * indent}{scalar(place)}: >-")
        for part in _wrapped(text, WIDTH - indent - 2):
            self.lines.append(f"{' ' * (indent + 2)}{part}")

    def table(self, name: str, drafts: Sequence[Draft]) -> None:
        """All mappings of one table: as a list where there are several, or one is in doubt."""
        self.gap()
        several = len(drafts) > 1 or any(draft.or_else for draft in drafts)
        if not several:
            self._head(drafts[0], 2)
        self.lines.append(f"  {name}:")
        for i, draft in enumerate(drafts):
            if i:
                self.gap()
            if several:
                self._head(draft, 4)
            start = len(self.lines)
            self._draft(draft, 6 if several else 4)
            if several:
                self.lines[start] = f"    - {self.lines[start].strip()}"
            if draft.or_else:
                self.lines[start:] = [_off(each, 4) for each in self.lines[start:]]

    def _head(self, draft: Draft, indent: int) -> None:
        for sentence in draft.head:
            self.say(sentence, indent)

    def _draft(self, draft: Draft, indent: int) -> None:
        first = len(self.open)
        self.line(Line("files", flow([_alone(name) for name in draft.files])), indent)
        for item in draft.plain:
            self._item(item, indent, draft)
        for section in SECTIONS:
            if items := draft.parts.get(section):
                self.lines.append(f"{' ' * indent}{section}:")
                for item in items:
                    self._item(item, indent + 2, draft)
        if not draft.or_else:
            self._asks(draft, indent, first)

    def _item(self, item: Line | Question, indent: int, draft: Draft) -> None:
        if isinstance(item, Question):
            self.question(item, indent, draft.files, numbered=not draft.or_else)
        else:
            self.line(item, indent)

    def _asks(self, draft: Draft, indent: int, first: int) -> None:
        """The questions that nothing else would make an audit wait for."""
        needed = [each for each in draft.questions() if each.needed]
        waiting = [(n, each) for n, each in enumerate(needed, first + 1) if each.asked]
        if not waiting:
            return
        why = "an audit waits for these; an answer above settles one, or delete its line"
        self.lines.append(f"{' ' * indent}asks:")
        self.say(why, indent + 2)
        for number, question in waiting:
            text = f"{_LABEL} {number}: {question.sentence} {_asked(question)}"
            self.ask(question.place, text, indent + 2)


def _alone(name: str) -> str:
    """A pattern that only the file of this name fits."""
    return re.sub(r"[*?[]", r"[\g<0>]", name)


def _how(question: Question) -> str:
    """How a question is answered."""
    if question.under is not None:
        return "Uncomment each line below and say which word of ours it is."
    if any(answer.value == FILL_IN for answer in question.answers):
        which = "the" if len(question.answers) == 1 else "a"
        return f"Uncomment {which} line and fill it in."
    if len(question.answers) > 1:
        return "Uncomment one line."
    if not question.needed or not question.answers:
        return ""
    return "If so, uncomment the line." if question.section == "columns" else "Uncomment the line."


def _asked(question: Question) -> str:
    """How a question is answered, with the lines themselves."""
    if question.under is not None:
        return "Uncomment the lines of its words, and fill them in."
    lines = [f"`{scalar(each.key)}: {each.value}`" for each in question.answers]
    return f"Uncomment {' or '.join(lines)} there."


def _wrapped(text: str, room: int, further: int = 0) -> Iterator[str]:
    yield from textwrap.wrap(
        readable(text),
        room,
        subsequent_indent=" " * further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _off(line: str, indent: int) -> str:
    """A line commented out where it stands."""
    return f"{' ' * indent}# {line[indent:]}"
