"""The sources of one table -> its draft: what is known as lines with reasons, the rest as
questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from rtmaudit.config import FILL_IN
from rtmaudit.exports.grid import normal
from rtmaudit.exports.proposal.dates import Dates, How, says_utc, spoken
from rtmaudit.exports.proposal.draft import Draft, Line, Question, scalar, source_text
from rtmaudit.exports.proposal.kinds import are_spoiled, joined_dates, lengths, units_of
from rtmaudit.exports.proposal.look import Column, Look
from rtmaudit.exports.proposal.rows import add_rows
from rtmaudit.exports.proposal.sources import Pick, Sources, Tie
from rtmaudit.exports.proposal.words import add_states, add_words
from rtmaudit.tables import TABLES, Kind, Table

MONTH_HINT = "It is written like 2026-03."
_MOST_CHOICES = 4
_LOOKS_LIKE = {
    "seconds": "1200 is 20 minutes",
    "minutes": "20 is 20 minutes",
    "hours": "0.5 is 30 minutes, and 0.33 is 19 minutes and 48 seconds",
    "rounded_hours": "hours that were rounded: 0.33 may be 20 minutes",
    "mm:ss": "20:00 is 20 minutes",
    "hh:mm": "0:20 is 20 minutes",
    "hh:mm:ss": "0:20:00 is 20 minutes",
}
_DATED = (Kind.INSTANT, Kind.DATE)


def settle(look: Look, found: Sources) -> Draft:
    """The mapping of a file as a table."""
    draft = Draft(found.table, look.files)
    add_form(draft, look)
    _add_empty(draft, found.picks.values())
    for column in TABLES[found.table].columns:
        if column in found.picks:
            _add_pick(draft, found.picks[column])
        elif column in found.ties:
            _add_tie(draft, found.ties[column], found)
    for question in _missing(found):
        draft.ask(question)
    _add_strangers(draft, look, found)
    add_words(draft, found)
    add_rows(draft, look, found)
    add_states(draft, look, found)
    return draft


def add_form(draft: Draft, look: Look) -> None:
    """What the reader must know before it sees a column."""
    if look.sheet is not None:
        draft.plain.append(Line("sheet", scalar(look.sheet), "the workbook has several"))
    if look.encoding != "utf-8":
        why = "it is no UTF-8; older Windows programs and Excel write this"
        draft.plain.append(Line("encoding", look.encoding, why))


def _add_empty(draft: Draft, picks: Iterable[Pick]) -> None:
    words = {word for pick in picks for each in pick.sources for word in each.nothing}
    if words:
        listed = "[" + ", ".join(map(scalar, sorted(words))) + "]"
        draft.plain.append(Line("empty", listed, "the vendor's way to leave a cell empty"))


def _add_pick(draft: Draft, pick: Pick) -> None:
    kind = TABLES[draft.table].columns[pick.column].kind
    if kind in _DATED:
        _add_dates(draft, pick, kind)
    elif kind is Kind.DURATION:
        _add_lengths(draft, pick)
    else:
        why = pick.why
        if pick.column == "patient_id":
            why += f"; {len(pick.sources[0].distinct)} different"
            if any(map(are_spoiled, pick.sources)):
                why += "; a SPREADSHEET HAS SPOILED some (1.2E+11): export them again"
        _add_column(draft, pick.column, pick, why)


def _add_column(draft: Draft, column: str, pick: Pick, why: str) -> None:
    """A line of `columns`, unless the column has our own name."""
    (first, *others) = pick.sources
    known = normal(first.name) == normal(column) and not others and first.nth is None
    if first.name != column or not known:
        draft.add("columns", Line(column, source_text(pick.sources), why, known))


def _add_dates(draft: Draft, pick: Pick, kind: Kind) -> None:
    dates = joined_dates(pick.sources)
    why = "" if dates.how is How.UNCLEAR else dates.why
    if dates.how is How.UNREADABLE:
        why = f"CANNOT BE READ: {why}"
    _add_column(draft, pick.column, pick, "; ".join(filter(None, (pick.why, why))))
    if dates.how is How.DECLARED:
        (pattern,) = dates.formats
        draft.add("formats", Line(pick.column, scalar(pattern), "the only way to read all of them"))
    if dates.how is How.UNCLEAR:
        needed = not TABLES[draft.table].columns[pick.column].aside
        draft.ask(which_format(pick, dates, needed))
    if kind is Kind.INSTANT and dates.timed:
        draft.zoned = True
        if not dates.offset:
            _add_zone(draft, pick)


def _add_zone(draft: Draft, pick: Pick) -> None:
    """Times without an offset are local, unless the vendor writes UTC."""
    if any(isinstance(each, Question) and each.place == "zone" for each in draft.plain):
        return
    names = [column.name for column in pick.sources]
    if says_utc(names):
        sentence = f"The name {names[-1]} says that these times are in UTC. Are they?"
        answers = (Line("zone", "UTC"), Line("zone", FILL_IN, "no, in this zone"))
        draft.plain.append(Question("zone", sentence, answers, asked=True))
    else:
        sentence = (
            "These times are taken as those of `timezone`. If this vendor writes UTC instead, "
            "uncomment the line."
        )
        draft.plain.append(Question("zone", sentence, (Line("zone", "UTC"),), needed=False))


def which_format(pick: Pick, dates: Dates, needed: bool = True) -> Question:
    """Asks in which order day and month stand."""
    name = " and ".join(column.name for column in pick.sources)
    why = f" ({dates.why})" if dates.why else ""
    answers = tuple(
        Line(pick.column, scalar(each), spoken(each)) for each in dates.formats[:_MOST_CHOICES]
    )
    ways = " or ".join(dict.fromkeys(spoken(each) for each in dates.formats))
    sentence = f"Is {name} written {ways}?{why}"
    return Question(f"formats.{pick.column}", sentence, answers, needed=needed)


def _add_lengths(draft: Draft, pick: Pick) -> None:
    (source,) = pick.sources
    found = lengths(source)
    if found is None:
        _add_column(draft, pick.column, pick, pick.why)
        return
    column = pick.column
    if column == "seconds" and found.unit != "seconds":
        column = "minutes"
    _add_column(draft, column, pick, "; ".join(filter(None, (pick.why, found.why))))
    if found.unit is None:
        draft.ask(which_unit(column, source.name, found.may_be))
    elif not column.startswith(found.unit):
        draft.add("units", Line(column, scalar(found.unit), found.why))


def which_unit(column: str, name: str, may_be: tuple[str, ...]) -> Question:
    """Asks how a duration is written."""
    answers = tuple(Line(column, scalar(each), _LOOKS_LIKE[each]) for each in may_be)
    sentence = f"In which unit is {name}: {', '.join(may_be)}?"
    return Question(f"units.{column}", sentence, answers, asked=True)


def _add_tie(draft: Draft, tie: Tie, found: Sources) -> None:
    """A person chooses among columns; of a duration its unit too, of a time its zone."""
    spec = TABLES[draft.table]
    kind = spec.columns[tie.column].kind
    others = any(column in found.picks for column in spec.one_of if column != tie.column)
    needed = spec.columns[tie.column].required or (tie.column in spec.one_of and not others)
    column = "minutes" if kind is Kind.DURATION and tie.column == "seconds" else tie.column
    names = [" and ".join(map(_called, option)) for option in tie.options]
    what = f"Is {names[0]}" if len(names) == 1 else f"Which of {', '.join(names)} is"
    answers = tuple(
        Line(column, source_text(option), _different(kind, option)) for option in tie.options
    )
    sentence = f"{what} the {tie.column}? {tie.why[:1].upper()}{tie.why[1:]}."
    draft.ask(Question(f"columns.{column}", sentence, answers, needed=needed))
    if kind is Kind.DURATION:
        may_be = dict.fromkeys(unit for (each,) in tie.options for unit in units_of(each))
        draft.ask(which_unit(column, "the one that you choose", tuple(may_be)))
    if kind is Kind.INSTANT and any(joined_dates(option).timed for option in tie.options):
        draft.zoned = True


def _called(column: Column) -> str:
    return column.name if column.nth is None else f"{column.name} (the {column.nth}. so named)"


def _different(kind: Kind, columns: Sequence[Column]) -> str:
    """How many ids a column holds, which may show whose they are."""
    return f"{len(columns[0].distinct)} different" if kind is Kind.ID else ""


def _missing(found: Sources) -> Iterator[Question]:
    """What the practice may say for all lines at once, where no column does."""
    asks = {
        "system": "What does the device or app of this export watch?",
        "program": "Which program is the time of this export logged for?",
        "kind": "What kind of stay is it?",
    }
    spec = TABLES[found.table]
    for column, sentence in asks.items():
        if not found.has(column) and _is_needed(spec, column, found):
            yield constant(column, sentence, list(spec.columns[column].words or ()))
    if found.table == "summary" and not (found.has("month") or found.has("from")):
        yield constant("month", "Which month is this export of?", [], MONTH_HINT)


def _add_strangers(draft: Draft, look: Look, found: Sources) -> None:
    """Columns that have a name of ours and hold something else: the reader would take them."""
    for column, spec in TABLES[found.table].columns.items():
        ours = [each for each in look.columns if normal(each.name) == normal(column)]
        theirs = spec.words is not None and not spec.required and any(c.filled for c in ours)
        if theirs and not found.has(column):
            sentence = f"The column {ours[0].name} has our name and holds no words of ours."
            sentence += " What holds for all lines?"
            draft.ask(replace(constant(column, sentence, list(spec.words or ())), asked=True))


def _is_needed(spec: Table, column: str, found: Sources) -> bool:
    if column == "system" and found.has("reading_days"):
        return True
    return column in spec.columns and spec.columns[column].required


def constant(column: str, sentence: str, words: list[StrEnum], hint: str = "") -> Question:
    """Asks what holds for all lines: a line for each of a few words, or one to be filled in."""
    if 0 < len(words) <= _MOST_CHOICES:
        answers = tuple(Line(column, scalar(word)) for word in words)
    else:
        answers = (Line(column, FILL_IN),)
        hint = f"One of {', '.join(words)}." if words else hint
    return Question(f"constants.{column}", sentence, answers, hint=hint)
