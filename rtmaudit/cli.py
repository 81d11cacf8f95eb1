"""The Typer application: assembles the verbs, and turns every end of a run into its exit code."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import typer

from rtmaudit import __version__
from rtmaudit.commands.audit import audit
from rtmaudit.commands.check import check
from rtmaudit.commands.demo import demo
from rtmaudit.commands.rule import rule
from rtmaudit.errors import RtmauditError, visible

app = typer.Typer(
    name="rtmaudit",
    help="Audit a practice's exports for RTM and CCM billing readiness.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_VERBS: tuple[Callable[..., None], ...] = (audit, rule, check, demo)
for _verb in _VERBS:
    app.command()(_verb)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"rtmaudit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_version, is_eager=True
    ),
) -> None:
    del version


def main() -> int:
    """Run the command line. Returns the exit code; no cell of an export is ever in a message."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except RtmauditError as error:
        for line in error.lines:
            print("rtmaudit: " + visible(line), file=sys.stderr)
        return error.exit_code
    except Exception as error:  # a bug: say where, and nothing that could hold a cell
        return _bug(error)
    return 0


def _bug(error: Exception) -> int:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
    kind = type(error).__name__
    print(
        f"rtmaudit: internal error ({kind} at {where}); nothing was written. Please report this "
        "line; it holds no patient data",
        file=sys.stderr,
    )
    return 70


def _interrupted(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
