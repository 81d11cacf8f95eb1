"""What became of the records, and what was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rtmaudit.errors import InvariantError
from rtmaudit.exports import TableData, Tables
from rtmaudit.facts.groups import used_lines
from rtmaudit.facts.rows import rows_of
from rtmaudit.model import Disposition, Exclusion, Problem, ProblemKind, Program
from rtmaudit.pipeline.payers import Payers
from rtmaudit.report import InputSummary
from rtmaudit.rulebook import Rulebook
from rtmaudit.tables import DECISIONS, PATIENTS, SUMMARY, TABLES, words_of
from rtmaudit.windows import Month

_EXCLUDED = {
    Exclusion.OTHER_MONTH: "elsewhere",
    Exclusion.BEFORE_CONSENT: "before_consent",
    Exclusion.AFTER_END: "after_end",
}
"""Why lines of groups are left out, by the column that counts them."""

EVENTS = ("ended_on", "goals_met_on", "died_on", "surgery_on", "discharged_on")


def summaries(tables: Tables) -> Iterator[InputSummary]:
    """What became of the records of each file. Raises InvariantError if one is unaccounted for."""
    for data in tables.data.values():
        for i, file in enumerate(data.files):
            summary = _summary(data, i)
            if summary.accounted != file.records:
                raise InvariantError(
                    f"{file.name}: {file.records} records, {summary.accounted} accounted for; "
                    "nothing was written. Please report this"
                )
            yield summary


def _summary(data: TableData, index: int) -> InputSummary:
    file, frame = data.files[index], data.frame
    mine = frame[frame["file"] == index]
    groups = data.groups_of(index)

    def kinds(disposition: Disposition) -> dict[str, int]:
        counts = Counter(map(str, mine["kind"][mine["disposition"] == disposition]))
        if disposition is Disposition.EXCLUDED and groups is not None:
            for kind, column in _EXCLUDED.items():
                counts[kind] += int(groups[column].sum()) if column in groups else 0
        return dict(sorted((+counts).items()))

    return InputSummary(
        file.role,
        file.name,
        file.sha256,
        file.records,
        int((mine["disposition"] == Disposition.USED).sum()) + used_lines(groups),
        int((mine["disposition"] == Disposition.DUPLICATE).sum()),
        kinds(Disposition.EXCLUDED),
        kinds(Disposition.QUARANTINED),
        file.ignored,
        file.layout,
        file.told,
    )


def quarantined(tables: Tables) -> Iterator[Problem]:
    """Every line that cannot be trusted, that stands in one roster cell's doubt, or that has a cell
    which cannot be read and by which nothing is counted."""
    for name, data in tables.data.items():
        lines = data.frame[data.frame["kind"] != ""]
        for row in rows_of(lines):
            file = data.files[row["file"]].name
            if row["disposition"] is Disposition.QUARANTINED:
                yield Problem(
                    file, int(row["line"]), row["column"], row["kind"], str(row["disposition"])
                )
            elif row["column"] and row["disposition"] is Disposition.USED:
                how = "note" if TABLES[name].columns[row["column"]].aside else "disputed"
                yield Problem(file, int(row["line"]), row["column"], row["kind"], how)


def left_out(tables: Tables) -> Iterator[Problem]:
    """Every line that is valid and out of scope, or there twice."""
    for data in tables.data.values():
        gone = data.frame["disposition"].isin([Disposition.EXCLUDED, Disposition.DUPLICATE])
        lines = data.frame.loc[gone, ["file", "line", "disposition", "kind"]]
        for file, line, disposition, kind in lines.itertuples(index=False):
            said = kind or ProblemKind.REPEATED_ENTRY
            yield Problem(data.files[file].name, int(line), "", said, str(disposition))


def not_checked(tables: Tables, book: Rulebook, payers: Payers, month: Month) -> Iterator[str]:
    """Tables and events that no export holds, and programs without rules. They never change a
    verdict."""
    said = (DECISIONS, SUMMARY)
    yield from (name for name in TABLES if name not in said and tables.get(name) is None)
    roster = tables.get(PATIENTS)
    if roster is not None:
        yield from (column for column in EVENTS if column not in roster.columns)
    if many := len(payers.strange):
        who = "a payer" if many == 1 else f"{many} payers"
        yield f"rules of {who} that the rulebook does not know (medicare's were used; see payers:)"
    named = {program for data in tables.data.values() for program in _programs_named(data)}
    for program in sorted(named):
        if program not in book.files:
            yield f"program {program}"
        elif book.begins(program) > month.end:
            yield f"program {program} (its rules begin on {book.begins(program)})"


def _programs_named(data: TableData) -> Iterator[Program]:
    """Programs by our words for them; claims may hold any text there, which is never told."""
    for column in ("program", "programs"):
        if column in data.frame:
            for cell in data.frame[column].unique():
                cells = cell if isinstance(cell, tuple) else (cell,)
                yield from (Program(each) for each in cells if each in frozenset(Program))
    if data.logs and data.groups is not None:
        yield from map(words_of(Program).__getitem__, set(data.groups["program"]))
