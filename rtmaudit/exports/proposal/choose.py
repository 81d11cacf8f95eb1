"""Which table a file is: by the columns that it has, and by the words in its name."""

from __future__ import annotations

import re

from rtmaudit.exports.proposal.kinds import are_all_different
from rtmaudit.exports.proposal.look import Look
from rtmaudit.exports.proposal.names import FILE_WORDS, words_in
from rtmaudit.exports.proposal.sources import Pick, Sources, sources_of
from rtmaudit.model import Program
from rtmaudit.tables import TABLES

_LEAD = 2
"""By so much a table must be ahead of the next; with less a person decides."""

_SAYS_CALL = 4
"""What a name with the word `call` weighs: a log of calls has much of what a time log has."""

_BY_PERSON = ("system", "program", "kind")
"""Columns that a table must have and that the practice may say for all lines at once."""

_COUNTED = ("reading_days", "seconds", "live_contacts", *(f"minutes_{each}" for each in Program))


def choose(look: Look, name: str | None) -> list[Sources]:
    """The tables that a file may be, the likeliest first: several only where a person must say.
    A file with the name of a table is that table or none."""
    found = [sources_of(table, look) for table in TABLES if name in (None, table)]
    points = {each.table: _points(each, look) for each in found if _possible(each, look)}
    most = max(points.values(), default=0)
    near = [each for each in found if points.get(each.table, most - _LEAD) > most - _LEAD]
    return sorted(near, key=lambda each: -points[each.table])


def _possible(found: Sources, look: Look) -> bool:
    spec = TABLES[found.table]
    needed = [c for c, column in spec.columns.items() if column.required and c not in _BY_PERSON]
    if not all(map(found.has, needed)):
        return False
    if found.table == "time_log":
        return found.has("seconds") or found.has("ended_at")
    if found.table == "calls":
        return _says_call(found, look)
    if found.table == "patients":
        return len([*found.picks, *found.ties]) > 1
    if found.table == "summary":
        return any(map(found.has, _COUNTED)) and _is_summary(found)
    if found.table == "devices":
        return found.has("from") or found.has("to")
    return found.table != "stays" or found.has("to") or found.has("kind")


def _is_summary(found: Sources) -> bool:
    """A month or a count of days makes it one; minutes alone do not."""
    return found.has("month") or found.has("reading_days")


def _says_call(found: Sources, look: Look) -> bool:
    """Whether the file, or its time or duration, is called after calls."""
    picks = [found.picks[each] for each in ("started_at", "seconds") if each in found.picks]
    names = [each.name for pick in picks for each in pick.sources]
    words = {word for name in names for word in words_in(name)} | _words_of(look)
    return not words.isdisjoint(FILE_WORDS["calls"].split())


def _words_of(look: Look) -> set[str]:
    return {word for name in look.files for word in re.split(r"[^a-z]+", " ".join(words_in(name)))}


def _points(found: Sources, look: Look) -> int:
    spec = TABLES[found.table]
    points = 3 * (not _words_of(look).isdisjoint(FILE_WORDS.get(found.table, "").split()))
    for column in (*found.picks, *found.ties):
        pick = found.picks.get(column)
        needed = spec.columns[column].required or column in spec.one_of
        points += 2 if needed and (pick is None or pick.by_name) else 1
    if found.table == "calls":
        points += _SAYS_CALL
    if found.table == "patients" and not _a_line_each(found.picks.get("patient_id")):
        points -= 3
    return points


def _a_line_each(patient: Pick | None) -> bool:
    """Whether nearly every patient has one line."""
    if patient is None:
        return True
    (column,) = patient.sources
    return are_all_different(column) or len(column.filled) < 1.5 * len(column.distinct)
