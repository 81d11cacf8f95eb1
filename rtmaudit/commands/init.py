"""`rtmaudit init`: propose how the exports of a folder are read, and ask what they do not say."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtmaudit.commands.rule import wrapped
from rtmaudit.errors import visible, visible_lines

if TYPE_CHECKING:
    from rtmaudit.exports.proposal import Proposal

Folder = Annotated[Path, typer.Argument(help="The folder of exports.", show_default=False)]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Where to write. [default: rtmaudit.yaml in the folder]"),
]
Stdout = Annotated[bool, typer.Option("--stdout", help="Print it and write nothing, as `-o -`.")]


def init(folder: Folder, output: Output = None, stdout: Stdout = False) -> None:
    """Propose an rtmaudit.yaml for exports of any vendor; what they do not say is asked in it."""
    from rtmaudit.config import FILE_NAME
    from rtmaudit.exports.proposal import exports_in, propose
    from rtmaudit.outfile import publish

    paths = exports_in(folder)
    if stdout or output == Path("-"):
        proposal, target = propose(paths), None
        sys.stdout.write(visible_lines(proposal.text) if sys.stdout.isatty() else proposal.text)
        sys.stdout.flush()
    else:
        target = output or folder / FILE_NAME
        with publish([target], inputs=paths, new=True) as (stream,):
            proposal = propose(paths)
            stream.write(proposal.text)
    _tell(proposal, folder, target)


def _tell(proposal: Proposal, folder: Path, target: Path | None) -> None:
    width = shutil.get_terminal_size((100, 24)).columns if sys.stderr.isatty() else None
    for line in _summary(proposal, folder, target):
        print(wrapped(visible(line), width), file=sys.stderr)


def _summary(proposal: Proposal, folder: Path, target: Path | None) -> Iterator[str]:
    """What each file was taken for, what is open, and what to do next."""
    if target is not None:
        yield f"{target} is written: how each export can be read, and why"
    widest = max(len(note.name) for note in proposal.notes)
    for note in proposal.notes:
        yield f"  {note.name.ljust(min(widest, 40))}  {note.said}"
    if proposal.open:
        number = len(proposal.open)
        what = "1 question is" if number == 1 else f"{number} questions are"
        yield f"{what} open; each stands in the file with the lines that answer it:"
    last: tuple[str, ...] = ()
    for each in proposal.open:
        if each.files != last:
            yield f"  {' and '.join(each.files)}"
        yield f"    line {each.line}: {each.sentence}"
        last = each.files
    then = "Answer them, then" if proposal.open else "Next"
    yield f"{then}: {_next(folder, target)}"


def _next(folder: Path, target: Path | None) -> str:
    from rtmaudit.config import FILE_NAME

    words = ["rtmaudit", "audit", str(folder), "--month", "last"]
    if target is not None and target.resolve() != (folder / FILE_NAME).resolve():
        words += ["--config", str(target)]
    return shlex.join(words)
