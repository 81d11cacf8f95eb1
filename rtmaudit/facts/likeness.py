"""What an id looks like to a person. Only ever used to tell and never to match."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

EXACT = 15
"""Digits of a number that a spreadsheet keeps; it writes zeros for the others."""

_PADDING = re.compile(r"(?<![0-9])0+(?=[0-9])")
_LOOK_ALIKE = str.maketrans("oil", "011")
_AS_NUMBER = re.compile(r"\.0$")


def look(text: str) -> str:
    """The same for ids that a person or a spreadsheet takes for one: without case, width, spaces,
    hidden characters and zeros that pad; O is 0, I and l are 1."""
    if text.isascii() and text.isalnum():
        written = text.lower()
    else:
        plain = unicodedata.normalize("NFKC", text).casefold()
        seen = (each for each in plain if unicodedata.category(each)[0] not in "ZC")
        written = _AS_NUMBER.sub("", "".join(seen).lstrip("'"))
    return _PADDING.sub("", written.translate(_LOOK_ALIKE))


def looks(texts: Sequence[str]) -> list[str]:
    """What each of them looks like; of plain ones at once."""
    joined = "".join(texts)
    if not (joined.isascii() and joined.isalnum()):
        return list(map(look, texts))
    written = "\n".join(texts).lower().translate(_LOOK_ALIKE)
    return _PADDING.sub("", written).split("\n")


def bare(text: str) -> str | None:
    """An id of digits alone without the zeros that pad it; None for any other."""
    if not (text.isascii() and text.isdigit()):
        return None
    return text.lstrip("0") or "0"


def padded(text: str, width: int) -> str:
    """An id of digits alone with zeros to a width; any other as it is."""
    return text if bare(text) is None else text.zfill(width)


def is_rounded(text: str) -> bool | None:
    """Whether a number too long for a spreadsheet lost its last digits; None for any other id."""
    if len(text) <= EXACT or bare(text) is None:
        return None
    return not text[EXACT:].strip("0")
