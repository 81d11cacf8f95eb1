"""Columns of words: what a vendor's words mean is asked, and only such words are shown as can be
nobody's name or note."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rtmaudit.exports.proposal.draft import FILL_IN, Draft, Line, Question, scalar
from rtmaudit.exports.proposal.kinds import MOST_WORDS
from rtmaudit.exports.proposal.look import Column, Look
from rtmaudit.exports.proposal.names import (
    LIKELY,
    NO,
    NOTHING,
    STATES,
    YES,
    likely,
    listed,
    squashed,
    words_in,
)
from rtmaudit.exports.proposal.sources import Sources
from rtmaudit.model import Source, YesNo
from rtmaudit.tables import PATIENTS, TABLES, Kind

_MAY_BE_PEOPLE = ("program", "programs")
"""Columns that vendors also use for a client's name, such as a project: a word that only one
patient has is not shown."""

_WITH_STATES = ("readings", "time_log", "calls", "visits")


_YES_OR_NO = [c for c, column in TABLES[PATIENTS].columns.items() if column.words is YesNo]


def add_words(draft: Draft, found: Sources) -> None:
    """What the words of each column of words mean: by its name where that says it, else asked."""
    for column, sources in _offered(found):
        spec = TABLES[found.table].columns[column]
        if spec.words is None or spec.kind not in (Kind.WORD, Kind.WORDS):
            continue
        held = [each for source in sources for each in _held(column, source, found)]
        strange = [each for each in held if each.word.lower() not in set(spec.words or ())]
        decided = {each.word: _plainly(column, sources, each.word) for each in strange}
        if None in decided.values():
            sure = column in found.picks or spec.required
            draft.ask(_question(column, sources, strange, spec.words, sure))
        elif decided:
            pairs = ", ".join(f"{scalar(word)}: {ours}" for word, ours in sorted(decided.items()))
            draft.add("words", Line(column, "{" + pairs + "}", "as the name of the column says"))


def add_states(draft: Draft, look: Look, found: Sources) -> None:
    """Columns such as a status: lines of some words may be none, which only a person knows."""
    if found.table not in _WITH_STATES:
        return
    used = {each for pick in found.picks.values() for each in pick.sources}
    for column in look.columns:
        named = squashed(column.name) in listed(STATES) and column.nth is None
        if named and column not in used and 1 < len(column.distinct) <= MOST_WORDS:
            draft.ask(_which_lines(column))


@dataclass(frozen=True, slots=True)
class Held:
    """A word, and the patient on whose line it stands."""

    word: str
    patient: str = ""


def _offered(found: Sources) -> Iterator[tuple[str, list[Column]]]:
    """Each column of ours, and theirs that are it or may be chosen to be it."""
    for column, pick in found.picks.items():
        yield column, list(pick.sources)
    for column, tie in found.ties.items():
        yield column, [each for option in tie.options for each in option]


def _held(column: str, source: Column, found: Sources) -> Iterator[Held]:
    """The words of a column; of one that may hold several, each."""
    patient = found.picks.get("patient_id")
    careful = column in _MAY_BE_PEOPLE and patient is not None
    patients = patient.sources[0].cells if patient and careful else [""] * len(source.cells)
    for cell, holder in zip(source.cells, patients, strict=True):
        for word in cell.split(";") if column == "programs" else [cell]:
            if word.strip() and word.strip().casefold() not in NOTHING:
                yield Held(word.strip(), holder)


def _shown(held: Sequence[Held]) -> tuple[list[str], int]:
    """The words that may be shown, and how many others there are."""
    times = Counter(each.word for each in held)
    holders = {word: {each.patient for each in held if each.word == word} for word in times}
    known = [word for word in times if _usual(word)]
    shown = [
        word
        for word, number in times.items()
        if _harmless(word) and number > 1 and ("" in holders[word] or len(holders[word]) > 1)
    ]
    words = sorted({*known, *shown})[:MOST_WORDS]
    return words, len(times) - len(words)


def _plainly(column: str, sources: Sequence[Column], word: str) -> str | None:
    """Our word where there is only one way to read theirs."""
    yes, no = word.casefold() in YES, word.casefold() in NO
    if column == "source" and "manual" in words_in(sources[0].name):
        return Source.MANUAL if yes else Source.DEVICE if no else None
    if column in _YES_OR_NO:
        return YesNo.YES if yes else YesNo.NO if no else None
    return None


def _question(
    column: str, sources: Sequence[Column], held: list[Held], ours: type[StrEnum], sure: bool
) -> Question:
    words, hidden = _shown(held)
    names = " and ".join(each.name for each in sources)
    sentence = f"What do the words of {names} mean?"
    hint = f"Ours are {', '.join(ours)}."
    if hidden:
        hint += f" {_hidden(hidden)}: look in the file and add them."
    answers = [Line(word, likely(column, word) or FILL_IN) for word in words]
    answers = answers or [Line("WORD", FILL_IN)]
    place = f"words.{column}"
    return Question(place, sentence, tuple(answers), column, sure, asked=sure, hint=hint)


def _which_lines(column: Column) -> Question:
    words, hidden = _shown([Held(cell) for cell in column.filled])
    key, every = column.name, "[" + ", ".join(map(scalar, words)) + "]"
    answers = [
        Line(key, every, "lines with these words do not; keep those of them that do"),
        Line(key, "[]", "every line counts"),
    ]
    sentence = f"Do all lines count, whatever stands in {column.name}?"
    hint = f"{_hidden(hidden)}." if hidden else ""
    place, chosen = f"drop.{column.name}", tuple(answers if words else answers[1:])
    return Question(place, sentence, chosen, asked=True, hint=hint)


def _hidden(number: int) -> str:
    """Words that are not shown."""
    what = "Another word is" if number == 1 else f"{number} more words are"
    return f"{what} not shown here, being rare, long or one patient's"


def _usual(word: str) -> bool:
    """Whether a word is a device, a profession or the like, and so nobody's name."""
    return any(likely(column, word) for column in LIKELY)


def _harmless(word: str) -> bool:
    """Whether a word is short, and neither an address nor a number nor a list."""
    short = len(word) <= 40 and len(word.split()) <= 4
    return short and "@" not in word and "," not in word and not re.search(r"\d{4}|\d[-/.]\d", word)
