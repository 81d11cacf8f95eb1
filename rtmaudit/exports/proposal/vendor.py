"""A file of a vendor whose layout is shipped: the layout says all but what it asks."""

from __future__ import annotations

from collections.abc import Iterator

from rtmaudit.config import names_of
from rtmaudit.exports.grid import normal
from rtmaudit.exports.profiles import Profile
from rtmaudit.exports.proposal.dates import How
from rtmaudit.exports.proposal.draft import FILL_IN, SECTIONS, Draft, Line, Question
from rtmaudit.exports.proposal.kinds import joined_dates
from rtmaudit.exports.proposal.look import Look
from rtmaudit.exports.proposal.settle import add_reading, constant, which_format
from rtmaudit.exports.proposal.sources import Pick
from rtmaudit.tables import TABLES, Kind


def of_profile(files: tuple[str, ...], look: Look | None, profile: Profile) -> Draft:
    """The mapping of a file by a vendor's layout, with the layout's questions."""
    draft = Draft(profile.table, files)
    draft.plain.append(Line("profile", profile.name, f"its header is that of {profile.title}"))
    picks = list(_picks(look, profile)) if look else []
    if look is not None:
        add_reading(draft, look, [])
    for pick in picks:
        _add_dates(draft, pick, profile)
    said = {question.place for question in draft.questions()}
    for key, sentence in profile.asks.items():
        section, _, name = key.rpartition(".")
        section = section.rpartition(".")[2]
        if name == "timezone":
            draft.zoned = True
        elif f"{section}.{name}" not in said:
            draft.ask(_question(profile.table, section, name, sentence))
    return draft


def _picks(look: Look, profile: Profile) -> Iterator[Pick]:
    """The layout's dated columns in the file."""
    by_name = {normal(column.name): column for column in reversed(look.columns)}
    for column, source in profile.mapping.columns.items():
        if TABLES[profile.table].columns[column].kind in (Kind.INSTANT, Kind.DATE):
            found = [by_name.get(normal(name)) for name in names_of(source)]
            if all(found):
                yield Pick(column, tuple(each for each in found if each), "")


def _add_dates(draft: Draft, pick: Pick, profile: Profile) -> None:
    dates = joined_dates(pick.sources)
    if TABLES[draft.table].columns[pick.column].kind is Kind.INSTANT:
        draft.zoned = draft.zoned or dates.timed
    if dates.how is How.UNCLEAR and pick.column not in profile.mapping.formats:
        draft.ask(which_format(pick, dates))


def _question(table: str, section: str, name: str, sentence: str) -> Question:
    if name == "zone":
        return Question("zone", sentence, (Line("zone", FILL_IN),), asked=True)
    if section in SECTIONS and section != "constants":
        under = name if section == "words" else None
        line = Line("WORD" if under else name, FILL_IN)
        return Question(f"{section}.{name}", sentence, (line,), under=under, asked=True)
    column = TABLES[table].columns.get(name)
    return constant(name, sentence, list(column.words or ()) if column else [])
