"""A report -> stdout or files, and what is told on stderr beside it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rtmaudit.errors import UsageError, visible, visible_lines

if TYPE_CHECKING:
    from rtmaudit.commands.options import Delivery
    from rtmaudit.report import Report

MOST_PROBLEMS = 20
PROVISIONAL = "provisional"
QUIET = ("note", "settled")
"""Dispositions of problems that change nothing; told after the others."""


def deliver(report: Report, to: Delivery) -> int:
    """Write the report where it was asked for. Returns the exit code."""
    if to.output or to.problems:
        _write_files(report, to)
    shown = ""
    if not to.output:
        shown = to.format or ("table" if sys.stdout.isatty() else "csv")
        _write_stdout(report, to, shown)
    if not to.quiet:
        _tell(report, to, headless=shown != "table")
    return 3 if _fails(report, to) else 0


def _write_stdout(report: Report, to: Delivery, shown: str) -> None:
    from rtmaudit.formats import writer

    write = writer(shown)
    show(
        lambda stream: write(report, stream, which=to.view, everything=to.everything),
        escaped=shown != "table",
    )


def show(write: Callable[[TextIO], None], *, escaped: bool) -> None:
    """Write to standard output; on a terminal, what is to be `escaped` with its control characters
    spelled out."""
    if escaped and sys.stdout.isatty():
        held = io.StringIO()
        write(held)
        sys.stdout.write(visible_lines(held.getvalue()))
    else:
        write(sys.stdout)
    sys.stdout.flush()


def _write_files(report: Report, to: Delivery) -> None:
    from rtmaudit.formats import SUFFIXES, writer
    from rtmaudit.formats.separated import write_problems
    from rtmaudit.outfile import publish

    formats = [named(path, SUFFIXES, to.format) for path in to.output]
    listed = [to.problems] if to.problems else []
    with publish([*to.output, *listed], inputs=to.inputs) as streams:
        for name, stream in zip(formats, streams, strict=False):
            writer(name)(report, stream, which=to.view, everything=to.everything)
        if listed:
            write_problems(report, streams[-1])


def named(path: Path, suffixes: Mapping[str, str], given: str | None) -> str:
    """The format of a file, by its suffix, else the one that was asked for. Raises UsageError."""
    name = suffixes.get(path.suffix.lower(), given)
    if name is None:
        known = ", ".join(suffixes)
        raise UsageError(f"{path.name}: the suffix chooses the format, one of {known}")
    return name


def _tell(report: Report, to: Delivery, *, headless: bool) -> None:
    from rtmaudit.report.head import head_lines, summary

    lines: list[str] = []
    if headless:
        lines += head_lines(report)
    lines += _problems(report, None if to.verbose else MOST_PROBLEMS)
    if report.not_read:
        lines.append("Not read, as no table by their names: " + ", ".join(report.not_read))
    if to.verbose:
        lines += _dispositions(report)
    if headless:
        lines.append(summary(report))
    for line in lines:
        print(visible(line), file=sys.stderr)


def _problems(report: Report, most: int | None) -> Iterator[str]:
    from rtmaudit.report import problem_words

    ranked = sorted(report.problems, key=lambda problem: problem.disposition in QUIET)
    for problem in ranked[:most]:
        column = f":{problem.column}" if problem.column else ""
        line = f":{problem.line}" if problem.line else ""
        beside = f" (with {problem.other_line})" if problem.other_line else ""
        kind = problem_words.told(problem.kind)
        yield f"{problem.file}{line}{column}: {kind}: {problem.disposition}{beside}"
    left = len(report.problems) - (len(report.problems) if most is None else most)
    if left > 0:
        yield f"... and {left} more; --verbose lists all, --problems FILE writes them to a file"


def _dispositions(report: Report) -> Iterator[str]:
    for each in report.inputs:
        parts = [f"{each.used} used", f"{each.duplicate} duplicate"]
        parts += [f"{n} {kind.replace('_', ' ')}" for kind, n in each.excluded.items()]
        parts += [f"{n} {kind.replace('_', ' ')}" for kind, n in each.quarantined.items()]
        yield f"{each.name}: {each.records} records: " + ", ".join(parts)
        if each.layout:
            yield f"{each.name}: read as {each.layout}"
        if each.told:
            yield f"{each.name}: {'; '.join(each.told)}"
        if each.ignored:
            yield f"{each.name}: columns that nothing reads: " + ", ".join(each.ignored)


def _fails(report: Report, to: Delivery) -> bool:
    if PROVISIONAL in to.fail_on and not report.final:
        return True
    return any(verdict in to.fail_on for verdict in report.by_verdict)
