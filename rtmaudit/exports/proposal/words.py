"""Columns of words: what a vendor's words mean is asked, and only such words are shown as can be
nobody's name or note."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rtmaudit.config import FILL_IN
from rtmaudit.exports.proposal.draft import Draft, Line, Question, scalar
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
    for column in (*found.picks, *found.ties):
        spec = TABLES[found.table].columns[column]
        if spec.words is None or spec.kind not in (Kind.WORD, Kind.WORDS):
            continue
        sources = _offered(column, found)
        strange = _strange(column, found, {})
        decided = {each.word: _plainly(column, sources, each.word) for each in strange}
        if None in decided.values():
            sure = column in found.picks or spec.required
            draft.ask(what_words_mean(column, found, {}, needed=sure))
        elif decided:
            pairs = ", ".join(
                f"{scalar(word)}: {scalar(str(ours))}" for word, ours in sorted(decided.items())
            )
            draft.add("words", Line(column, "{" + pairs + "}", "as the name of the column says"))


def what_words_mean(
    column: str,
    found: Sources,
    known: Mapping[str, str],
    sentence: str = "",
    *,
    needed: bool = True,
    expected: Iterable[str] = (),
) -> Question:
    """Asks what a vendor's words mean, but for those that are known; `expected` ones are asked
    whether they are seen or not. With a sentence of its own the question is one for which an audit
    waits without being told."""
    spec = TABLES[found.table].columns[column]
    words, hidden = _shown(_strange(column, found, known), expected)
    names = " and ".join(each.name for each in _offered(column, found))
    hint = f"Ours are {', '.join(spec.words or ())}."
    if hidden:
        hint += f" {_hidden(hidden)}: look in the file and add them."
    answers = [Line(word, likely(column, word) or FILL_IN) for word in words]
    return Question(
        f"words.{column}",
        sentence or f"What do the words of {names} mean?",
        tuple(answers or [Line("WORD", FILL_IN)]),
        under=column,
        needed=needed,
        asked=needed and not sentence,
        hint=hint,
    )


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


def _offered(column: str, found: Sources) -> list[Column]:
    """Their columns that are one of ours, or may be chosen to be it."""
    if column in found.picks:
        return list(found.picks[column].sources)
    tie = found.ties.get(column)
    return [each for option in tie.options for each in option] if tie else []


def _strange(column: str, found: Sources, known: Mapping[str, str]) -> list[Held]:
    """Words that are neither ours nor known."""
    ours = {*(TABLES[found.table].columns[column].words or ()), *known}
    held = [each for source in _offered(column, found) for each in _held(column, source, found)]
    return [each for each in held if not {each.word, each.word.lower()} & ours]


def _held(column: str, source: Column, found: Sources) -> Iterator[Held]:
    """The words of a column; of one that may hold several, each. Where nobody knows yet who the
    patients are, a word may be any one's."""
    patient = found.picks.get("patient_id")
    patients = [""] * len(source.cells)
    if column in _MAY_BE_PEOPLE:
        patients = patient.sources[0].cells if patient else ["?"] * len(source.cells)
    for cell, holder in zip(source.cells, patients, strict=True):
        for word in cell.split(";") if column == "programs" else [cell]:
            if word.strip() and word.strip().casefold() not in NOTHING:
                yield Held(word.strip(), holder)


def _shown(held: Sequence[Held], expected: Iterable[str] = ()) -> tuple[list[str], int]:
    """The words that may be shown, and how many others there are."""
    times = Counter(each.word for each in held)
    holders = {word: {each.patient for each in held if each.word == word} for word in times}
    known = [word for word in times if _usual(word)]
    shown = [
        word
        for word, number in times.items()
        if _harmless(word) and number > 1 and ("" in holders[word] or len(holders[word]) > 1)
    ]
    words = sorted({*known, *shown, *expected})[:MOST_WORDS]
    return words, len(times.keys() - set(words))


def _plainly(column: str, sources: Sequence[Column], word: str) -> str | None:
    """Our word where there is only one way to read theirs."""
    yes, no = word.casefold() in YES, word.casefold() in NO
    if column == "source" and "manual" in words_in(sources[0].name):
        return Source.MANUAL if yes else Source.DEVICE if no else None
    if column in _YES_OR_NO:
        return YesNo.YES if yes else YesNo.NO if no else None
    return None


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
