"""What a shell completes verbs' words to: closed lists, and the codes and payers of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rtmaudit.errors import RtmauditError
from rtmaudit.shipped import shipped

Complete = Callable[[str], list[str]]


def among(*words: str) -> Complete:
    """Completes to those of some words that begin as typed; the last of a list with commas."""

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        return [before + comma + word for word in _beginning(last, words)]

    return complete


def codes(incomplete: str) -> list[str]:
    """The codes of the rules that ship."""
    from rtmaudit.rulebook import load_rules

    try:
        book = load_rules(shipped("rules"))
    except RtmauditError:
        return []
    return _beginning(
        incomplete, sorted(code for file in book.files.values() for code in file.codes)
    )


def payers(incomplete: str) -> list[str]:
    """Medicare and the payers of the rules that ship."""
    overlays = (path.stem for path in (shipped("rules") / "payers").glob("*.yaml"))
    return _beginning(incomplete, ["medicare", *sorted(overlays)])


def _beginning(typed: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.lower().startswith(typed.lower())]
