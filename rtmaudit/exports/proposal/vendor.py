"""A file of a vendor whose layout is shipped: the layout says all but what it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtmaudit.config import FILL_IN, names_of
from rtmaudit.exports.grid import normal
from rtmaudit.exports.profiles import Profile
from rtmaudit.exports.proposal.dates import How
from rtmaudit.exports.proposal.draft import SECTIONS, Draft, Line, Question, scalar, source_text
from rtmaudit.exports.proposal.kinds import joined_dates, lengths, units_of
from rtmaudit.exports.proposal.look import Column, Look
from rtmaudit.exports.proposal.settle import (
    add_form,
    constant,
    which_format,
    which_unit,
)
from rtmaudit.exports.proposal.sources import Pick, Sources, sources_of
from rtmaudit.exports.proposal.words import what_words_mean
from rtmaudit.tables import TABLES, Kind


def of_profile(files: tuple[str, ...], look: Look | None, profile: Profile) -> Draft:
    """The mapping of a file by a vendor's layout, with the layout's questions, for whose answers
    an audit waits without being told."""
    draft = Draft(profile.table, files)
    draft.plain.append(Line("profile", profile.name, f"its header is that of {profile.title}"))
    seen = _Seen(look, profile)
    if look is not None:
        add_form(draft, look)
    for pick in seen.dated():
        _add_dates(draft, pick, profile)
    for key, sentence in profile.asks.items():
        _, part, name = ("", "", *key.split("."))[-3:]
        if name == "timezone":
            draft.zoned = True
        elif part == "units" and (unit := seen.unit(name)):
            draft.add("units", Line(name, scalar(unit), "as its cells show"))
        else:
            draft.ask(seen.question(part, name, sentence))
            if part not in SECTIONS or part == "constants":
                _offer(draft, seen, name)
    return draft


class _Seen:
    """A vendor's export as the layout and our own names see it."""

    def __init__(self, look: Look | None, profile: Profile) -> None:
        self.profile = profile
        self.columns = look.columns if look else ()
        self.ours = sources_of(profile.table, look) if look else Sources(profile.table)
        for column in profile.mapping.columns:
            if sources := self.sources(column):
                self.ours.picks[column] = Pick(column, sources, "")

    def sources(self, column: str) -> tuple[Column, ...]:
        """The columns of the file that the layout names for one of ours, if all are there."""
        by_name = {normal(each.name): each for each in reversed(self.columns)}
        names = names_of(self.profile.mapping.columns[column])
        found = [by_name.get(normal(name)) for name in names]
        return tuple(each for each in found if each) if all(found) else ()

    def dated(self) -> Iterator[Pick]:
        """The layout's columns of dates."""
        for column in self.profile.mapping.columns:
            kind = TABLES[self.profile.table].columns[column].kind
            if kind in (Kind.INSTANT, Kind.DATE) and column in self.ours.picks:
                yield self.ours.picks[column]

    def unit(self, column: str) -> str | None:
        """The unit of a duration that its cells show."""
        pick = self.ours.picks.get(column)
        found = lengths(pick.sources[0]) if pick else None
        return found.unit if found else None

    def question(self, part: str, name: str, sentence: str) -> Question:
        """One of the layout's questions, with the answers that the file itself offers."""
        if part == "columns":
            return Question(f"columns.{name}", sentence, tuple(self._named(name, sentence)))
        if part == "units":
            return self._units(name, sentence)
        if part == "words":
            known = self.profile.mapping.words.get(name, {})
            theirs = re.findall(r"([^\s,{}]+):", _example(sentence))
            return what_words_mean(name, self.ours, known, sentence, expected=theirs)
        words = TABLES[self.profile.table].columns[name].words or ()
        return constant(name, sentence, list(words))

    def _named(self, name: str, sentence: str) -> Iterator[Line]:
        """The columns that a question names."""
        named = [each for each in self.columns if _names(sentence, each)]
        if example := _example(sentence):
            yield Line(name, example)
        elif named:
            yield from (Line(name, source_text((each,))) for each in named)
        else:
            yield Line(name, FILL_IN)

    def _units(self, name: str, sentence: str) -> Question:
        pick = self.ours.picks.get(name)
        found = units_of(pick.sources[0]) if pick else ()
        asked = which_unit(name, name, found or ("minutes", "hh:mm:ss", "hh:mm", "mm:ss"))
        return Question(asked.place, sentence, asked.answers)


def _example(sentence: str) -> str:
    """The value that a question gives as one way to answer it."""
    match = re.search(r"\{.*\}", sentence)
    return match.group() if match else ""


def _names(sentence: str, column: Column) -> bool:
    """Whether a sentence names a column, as one of those that it may be."""
    return re.search(rf"\b{re.escape(column.name)}\b", sentence) is not None


def _add_dates(draft: Draft, pick: Pick, profile: Profile) -> None:
    dates = joined_dates(pick.sources)
    if TABLES[draft.table].columns[pick.column].kind is Kind.INSTANT:
        draft.zoned = draft.zoned or dates.timed
    if dates.how is How.UNCLEAR and pick.column not in profile.mapping.formats:
        draft.ask(which_format(pick, dates))


def _offer(draft: Draft, seen: _Seen, name: str) -> None:
    """Instead of one word for all lines, a column may say it."""
    pick = seen.ours.picks.get(name)
    if name not in ("program", "system") or pick is None:
        return
    text = source_text(pick.sources)
    sentence = f"Or does {pick.sources[0].name} say it? Then uncomment this line, and its words."
    draft.ask(Question(f"columns.{name}", sentence, (Line(name, text),), needed=False))
    draft.ask(what_words_mean(name, seen.ours, {}, needed=False))
