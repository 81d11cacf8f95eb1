"""Views of what stands beside the findings: candidates, problems, totals, and where all of it comes
from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rtmaudit.model import Program, Verdict
from rtmaudit.report import words
from rtmaudit.report.build import InputSummary, Report
from rtmaudit.report.standing import why
from rtmaudit.report.views import Cell, ColumnKind, View, with_kinds

CANDIDATE_COLUMNS = [
    "patient_id",
    "payer",
    "biller",
    "program",
    "from",
    "instead_of",
    "conditions",
    "lacks",
    "undetermined",
    "why",
]
PROBLEM_COLUMNS = ["file", "line", "column", "kind", "disposition", "other_line"]
PROVENANCE_COLUMNS = [
    "part",
    "name",
    "said",
    "patients",
    "records",
    "used",
    "duplicate",
    "excluded",
    "quarantined",
    "sha256",
]
_NAMES_OF_FILES = {"file", "column", "other_line", "name", "said"}
_COUNTS = {"line", "patients", "records", "used", "duplicate"}


def candidates(report: Report, *programs: Program) -> View:
    """A row for each patient and program that might fit instead; of all programs, or of some."""
    return View("candidates", with_kinds(CANDIDATE_COLUMNS), _candidates(report, programs))


def _candidates(report: Report, programs: tuple[Program, ...]) -> Iterator[list[Cell]]:
    for patient in report.patients:
        for each in patient.fit.candidates:
            if not programs or each.program in programs:
                yield [
                    patient.patient_id,
                    "; ".join(patient.all_of("payer")),
                    "; ".join(patient.all_of("biller")),
                    str(each.program),
                    str(each.from_month),
                    str(patient.fit.instead_of or ""),
                    "; ".join(each.conditions),
                    "; ".join(map(words.name, each.lacks)),
                    "; ".join(map(words.name, each.undetermined)),
                    why(patient),
                ]


def problems(report: Report) -> View:
    """Every line that was not simply used, and what became of it: never capped, and without the
    content of any cell. The lines that are out of scope are there where the order asked for them.
    """
    ranked = sorted([*report.problems, *report.left_out], key=lambda p: (p.file, p.line))
    rows: Iterable[list[Cell]] = (
        [p.file, p.line or None, p.column, str(p.kind), p.disposition, p.other_line] for p in ranked
    )
    return View("problems", _told(PROBLEM_COLUMNS), rows)


def totals(report: Report) -> View:
    """The findings per verdict, of all codes and of each; secondary ones left out."""
    seen = [word for word in map(str, Verdict) if word in report.by_verdict]
    rows: Iterable[list[Cell]] = (
        [code, sum(counts.values()), *(counts.get(word, 0) for word in seen)]
        for code, counts in [("all codes", report.by_verdict), *report.by_code.items()]
    )
    counts = [(name, ColumnKind.NUMBER) for name in ("findings", *seen)]
    return View("totals", [("code", ColumnKind.OURS), *counts], rows)


def provenance(report: Report) -> View:
    """What the report rests on: the run, the rules with their digest, each file with its digest and
    what became of its records, what the practice settled, and what it has not settled yet."""
    return View("provenance", _told(PROVENANCE_COLUMNS), _provenance(report))


def _provenance(report: Report) -> Iterator[list[Cell]]:
    yield _row("program", "rtmaudit", report.tool_version)
    yield _row("rules", "version", report.rules_version, sha256=report.rules_sha256)
    for payer, patients in report.payers_used.items():
        yield _row("rules", "payer", payer, patients)
    yield _row("run", "month", str(report.month))
    yield _row("run", "as of", str(report.as_of))
    yield _row("run", "time zone", report.timezone or "")
    yield _row("run", "status", "final" if report.final else "provisional")
    for each in report.inputs:
        yield _input(each)
    for name in report.not_read:
        yield _row("not read", name)
    for name in report.not_checked:
        yield _row("not checked", name)
    for taken in report.positions:
        yield _row("position", taken.point, str(taken))
    for sentence in report.amounts:
        yield _row("amounts", "", sentence)
    for made in report.decisions:
        yield _row(
            "decision", f"{made.file}:{made.line}", f"{made.decision} ({made.by}, {made.on})"
        )
    for open_ in report.settle_first:
        yield _row("settle first", open_.what, open_.configuration, open_.patients)


def _input(file: InputSummary) -> list[Cell]:
    read = f"read as {file.layout}" if file.layout else ""
    said = [file.role, read, *file.told]
    counted = [file.records, file.used, file.duplicate]
    left = [_counted(file.excluded), _counted(file.quarantined)]
    return ["input", file.name, "; ".join(filter(None, said)), None, *counted, *left, file.sha256]


def _counted(kinds: Mapping[str, int]) -> str:
    return "; ".join(f"{kind.replace('_', ' ')} {n}" for kind, n in kinds.items())


def _row(
    part: str, name: str, said: str = "", patients: int | None = None, sha256: str = ""
) -> list[Cell]:
    return [part, name, said, patients, None, None, None, "", "", sha256]


def _told(columns: Iterable[str]) -> list[tuple[str, ColumnKind]]:
    """Names of files and of their columns are text that comes with an export."""
    kinds = {
        **dict.fromkeys(_NAMES_OF_FILES, ColumnKind.TEXT),
        **dict.fromkeys(_COUNTS, ColumnKind.NUMBER),
    }
    return [(name, kinds.get(name, ColumnKind.OURS)) for name in columns]
