"""docs/reference.md, made from the code: verbs, tables, columns, verdicts, problems, exit codes.

`python tests/reference_page.py` (make docs) writes it; a test demands that it is up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from practice import command

from rtmaudit import errors
from rtmaudit.cli import _VERBS
from rtmaudit.model import Exclusion, ProblemKind, Verdict
from rtmaudit.report import problem_words, views, words
from rtmaudit.tables import TABLES, Column, Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference.md"

ABOUT = {
    "patients": "A line per patient.",
    "codes": "A line per patient, code and window; the need shown is the first unmet one.",
    "billing": "The lines that a biller keys: what is ready.",
    "worklist": "What can still be reached, a line per patient and code.",
}


def verbs() -> Iterator[str]:
    """Each verb's help, as a terminal of 80 columns shows it."""
    for verb, _, _ in _VERBS:
        yield f"### rtmaudit {verb.__name__}"
        yield ""
        yield "```text"
        yield from command(verb.__name__, "--help").out.rstrip().splitlines()
        yield "```"
        yield ""


def tables() -> Iterator[str]:
    """Each canonical table with its columns and what may stand in them."""
    for name, table in TABLES.items():
        yield f"### {name}.csv"
        yield ""
        yield "| column | holds | |"
        yield "|---|---|---|"
        for column, told in table.columns.items():
            yield f"| `{column}` | {_holds(told)} | {_must(column, told, table)} |"
        yield ""


def _holds(column: Column) -> str:
    if column.words is not None:
        several = "any of" if column.kind.name == "WORDS" else "one of"
        return f"{several} {', '.join(f'`{word}`' for word in column.words)}"
    return KINDS[column.kind.name]


KINDS = {
    "ID": "an id, as text",
    "TEXT": "text",
    "NAME": "a name",
    "DATE": "a day",
    "INSTANT": "a time, or a day",
    "DURATION": "a duration",
    "CODE": "a billing code of five characters",
    "CODES": "diagnoses (ICD-10-CM), with `;` or blanks between",
    "MONTH": "a month",
    "NUMBER": "a whole number",
    "AMOUNT": "dollars",
}


def _must(name: str, column: Column, table: Table) -> str:
    if column.required:
        return "must be there"
    if name in table.one_of:
        return f"one of {', '.join(f'`{each}`' for each in table.one_of)} must be there"
    return ""


def columns() -> Iterator[str]:
    """The columns of each view."""
    for name, about in ABOUT.items():
        told = ", ".join(f"`{column}`" for column in views.COLUMNS[name])
        yield f"**{name}** ({about}) {told}"
        yield ""


def verdicts() -> Iterator[str]:
    """The verdict words."""
    yield ", ".join(f"`{verdict}`" for verdict in Verdict)


def problems() -> Iterator[str]:
    """Every kind of problem and of exclusion, and what is told of it."""
    yield "| kind | told as |"
    yield "|---|---|"
    kinds: list[StrEnum] = [*ProblemKind, *Exclusion]
    for kind in kinds:
        yield f"| `{kind}` | {problem_words.told(kind)} |"


def exits() -> Iterator[str]:
    """The exit code of each error of the family."""
    yield "| code | |"
    yield "|---|---|"
    for code, about in EXITS.items():
        yield f"| {code} | {about} |"


EXITS = {
    0: "done; findings alone never change it",
    errors.UsageError.exit_code: "usage, configuration or rulebook error",
    3: "audited, and `--fail-on` applies",
    errors.InputsRefused.exit_code: "inputs refused, nothing written",
    errors.OutputError.exit_code: "reading or writing failed, or the memory does not suffice",
    errors.InvariantError.exit_code: "a fault of rtmaudit, nothing written",
    130: "interrupted; 141: pipe closed; 143: terminated",
}


def settles() -> Iterator[str]:
    """What the head of a report asks to settle, and the line that settles it."""
    yield "| question | the line that settles it |"
    yield "|---|---|"
    for cause, line in words.SETTLE.items():
        yield f"| `{cause}` | {line} |"


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "verbs": verbs,
    "tables": tables,
    "columns": columns,
    "verdicts": verdicts,
    "settle": settles,
    "problems": problems,
    "exits": exits,
}


def written(page: str) -> str:
    """The page with its generated parts made anew. Raises ValueError for a missing place."""
    for name, make in PARTS.items():
        begin, end = f"<!-- {name} -->\n", "<!-- end -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"no place for {name}")
        page = before + begin + "\n".join(make()).rstrip() + "\n" + end + after
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
