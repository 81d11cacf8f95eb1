"""YAML text -> plain values, with the file and line of each. The only import of yaml.

PyYAML's own typing is not trusted (there `20:00` is 1200, `012` is 10, `NO` is false and of two
equal keys the last silently wins). Here an unquoted scalar is a whole number, true, false, null, a
date written `YYYY-MM-DD`, or text; whatever else YAML would turn into something is refused, and so
are duplicate keys, anchors, aliases and tags. All faults of a file are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from rtmaudit.errors import Fault, FaultsError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it: five times as fast, the same events and lines."""

Place = tuple[str | int | date, ...]

MOST_BYTES = 1_000_000
MOST_DEPTH = 40

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER_LIKE = re.compile(r"[-+]?[0-9._]*[0-9][0-9._]*([eE][-+]?[0-9]+)?|[-+]?0[xo][0-9a-fA-F]+")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_REFUSED_WORDS = {"yes", "no", "on", "off"}


@dataclass(frozen=True, slots=True)
class Document:
    """Plain values (dict, list, str, int, bool, date, None) and the line of each."""

    file: str
    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path, *, name: str | None = None) -> Document:
    """Read one YAML file. Raises FaultsError naming every fault with its line."""
    name = name or path.name
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FaultsError([Fault(name, 0, "", _why_not_readable(error))]) from None
    if len(raw) > MOST_BYTES:
        raise FaultsError([Fault(name, 0, "", "is larger than a megabyte; split it")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FaultsError([Fault(name, 0, "", "is not UTF-8 text")]) from None
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """YAML text -> Document. Raises FaultsError naming every fault with its line."""
    faults = [Fault(name, line, "", sentence) for line, sentence in _forbidden(text)]
    if faults:
        raise FaultsError(faults)
    node = yaml.compose(text, Loader=_LOADER)
    document = Document(name, None)
    builder = _Builder(document, faults)
    value = builder.build(node, ()) if node is not None else None
    if faults:
        raise FaultsError(faults)
    return Document(name, value, document.lines)


def _why_not_readable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return "cannot be read"


def _forbidden(text: str) -> Iterator[tuple[int, str]]:
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                yield line, "anchors and aliases are not allowed; write the value out"
            elif getattr(event, "tag", None):
                yield line, "tags are not allowed; write the value out"
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                yield line, "a second document is not allowed; make it a file of its own"
                return
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                yield line, f"more than {MOST_DEPTH} levels are not allowed"
                return
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        yield line, "is not YAML from here on; look for a quote or an indent"


class _Builder:
    """Walks the nodes once, collecting values, lines and faults."""

    def __init__(self, document: Document, faults: list[Fault]) -> None:
        self.document = document
        self.faults = faults

    def fault(self, node: yaml.Node, place: Place, sentence: str) -> None:
        where = ".".join(str(part) for part in place)
        self.faults.append(Fault(self.document.file, node.start_mark.line + 1, where, sentence))

    def build(self, node: yaml.Node, place: Place) -> Any:
        self.document.lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, i)) for i, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node, place)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fault(key_node, place, "a key must be a word")
                continue
            key = self.scalar(key_node, place)
            if isinstance(key, bool) or key is None:
                self.fault(key_node, place, "a key must be a word; quote it")
                continue
            if key in result:
                self.fault(key_node, (*place, key), "stands here twice")
            result[key] = self.build(value_node, (*place, key))
            self.document.lines[(*place, key)] = key_node.start_mark.line + 1
        return result

    def scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        text: str = node.value
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.fault(node, place, "is not a day of the calendar")
                return text
        if text.lower() in _REFUSED_WORDS or text.lower() in _WORDS:
            self.fault(node, place, "write true or false, or put the word in quotes")
        elif _NUMBER_LIKE.fullmatch(text):
            self.fault(node, place, "is neither a whole number nor text; put it in quotes")
        return text
