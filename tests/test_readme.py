"""What README.md shows is what happens.

Each ```console block runs in a folder of its own that holds copies of `samples` and `rules`. Of its
lines, those starting with `$ rtmaudit` are run by a shell, on a terminal 100 columns wide without
colour, as a reader would; a backslash at the end joins the next line. What stands below a command,
to the next line starting with `$ `, is what it shows, standard output and standard error as they
come; blanks at the ends of lines and empty lines at the end do not count. A command with nothing
below it may show anything. Each must succeed: to show one that does not, write `|| echo $?` behind
it. Other commands, and blocks of another kind (```sh, ```text), are not run.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
TERMINAL = {"COLUMNS": "100", "LINES": "50", "TERM": "dumb", "NO_COLOR": "1"}
LEFT_OUT = ("RTMAUDIT", "PYTHON", "COV", "FORCE_COLOR", "CI", "TZ", "LC_", "LANG")


def blocks(text: str) -> list[str]:
    """The ```console blocks of a Markdown text."""
    return re.findall(r"^```console\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def steps(block: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a block and the lines shown below it."""
    joined = block.replace("\\\n", " ")
    for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
        command, *shown = part.rstrip().split("\n")
        while shown and shown[0].startswith("> "):
            command += "\n" + shown.pop(0)[2:]
        yield command, [line.rstrip() for line in shown]


def run(command: str, folder: Path) -> tuple[int, list[str]]:
    """The exit code of a shell command and the lines that a terminal shows of it."""
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(LEFT_OUT)}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command,
        shell=True,
        cwd=folder,
        env=kept | TERMINAL | {"PATH": path, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b"")).decode()
    os.close(ours)
    return process.returncode, [line.rstrip() for line in shown.rstrip().splitlines()]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def readme_blocks() -> list[str]:
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    return [block for block in blocks(text) if re.search(r"^\$ rtmaudit\b", block, re.MULTILINE)]


def test_the_readme_shows_commands() -> None:
    assert readme_blocks()


@pytest.mark.parametrize("number", range(len(readme_blocks())))
def test_what_the_readme_shows_is_what_happens(number: int, tmp_path: Path) -> None:
    for name in ("samples", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for command, shown in steps(readme_blocks()[number]):
        if command.startswith("rtmaudit"):
            code, lines = run(command, tmp_path)
            assert code == 0, lines
            assert lines == (shown or lines)


def test_a_block_is_read_and_run_as_described(tmp_path: Path) -> None:
    text = (
        "a\n```console\n$ echo one; \\\n  echo two  >&2\none\ntwo\n\n$ false\n```\n```sh\nx\n```\n"
    )
    (block,) = blocks(text)
    (first, shown), (second, nothing) = steps(block)
    assert run(first, tmp_path) == (0, shown) == (0, ["one", "two"])
    assert run(second, tmp_path) == (1, nothing) == (1, [])
    assert run("test -t 1 && echo $COLUMNS", tmp_path) == (0, ["100"])
