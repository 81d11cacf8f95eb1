"""The first lines of a file of text, as exactly as all of it is read: what they show already."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rtmaudit.config import Config, TableMap
from rtmaudit.errors import Fault, InputsRefused, OutputError
from rtmaudit.exports.delimited import codec_of, grid_of
from rtmaudit.exports.mapping import find_no_zone
from rtmaudit.exports.packed import Form, read_start
from rtmaudit.exports.strict import raw_file

_START = 1 << 16


class Head(NamedTuple):
    """The first whole lines of a file. `plain`: they stand there just so, in UTF-8 and unpacked,
    without a quote or a carriage return."""

    text: str
    plain: bool


def read_head(path: Path, encoding: str) -> Head | None:
    """The head of a file of an encoding; None where it is no text or is not to be read."""
    try:
        form, start = read_start(path, _START)
        if form is not Form.TEXT:
            return None
        text = getincrementaldecoder(codec_of(start, encoding))().decode(start)
        text = text[: text.rfind("\n") + 1]
        written = text.encode()
        with path.open("rb") as file:
            same = file.read(len(written)) == written
    except (InputsRefused, OutputError, OSError, UnicodeError):
        return None
    marks = any(mark in text for mark in '"\r')
    return Head(text, same and encoding == "utf-8" and not marks)


def show_no_zone(
    path: Path, table: str, mapping: TableMap, config: Config, wanted: Sequence[str]
) -> list[Fault]:
    """The faults of a file whose first lines show already that its times need a zone, and none is
    declared: no other line can make up for that. Of all other faults a head shows nothing."""
    if mapping.zone or config.timezone or (head := read_head(path, mapping.encoding)) is None:
        return []
    if '="' in head.text:  # what it means only the whole column tells
        return []
    try:
        grid = grid_of(path.name, head.text, mapping, wanted)
        raw = raw_file(path.name, "", grid, wanted, mapping.skip_lines)
    except InputsRefused:
        return []
    return find_no_zone(raw, table, mapping, config)
