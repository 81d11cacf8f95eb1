"""The Typer application: assembles the verbs, and turns every end of a run into its exit code."""

from __future__ import annotations

import atexit
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import typer

from rtmaudit import __version__
from rtmaudit.commands.audit import audit
from rtmaudit.commands.check import check
from rtmaudit.commands.compare import compare
from rtmaudit.commands.demo import demo
from rtmaudit.commands.help import Verb, Verbs, examples
from rtmaudit.commands.init import init
from rtmaudit.commands.patient import patient
from rtmaudit.commands.rule import rule
from rtmaudit.commands.worklist import worklist
from rtmaudit.errors import InvariantError, OutputError, RtmauditError, visible

PIPE_CLOSED = 141
SELDOM = (200_000, 50, 50)
"""How seldom Python looks for garbage in cycles: what a run makes lives until its end, and it would
look through all of it again and again."""

app = typer.Typer(
    name="rtmaudit",
    cls=Verbs,
    help="Which RTM, RPM, CCM and PCM codes of a practice are ready to bill, and what is missing.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_MONTH, _BEGIN, _LAW = "Every month", "To begin", "The rules"
_VERBS: tuple[tuple[Callable[..., None], str, tuple[str, ...]], ...] = (
    (
        audit,
        _MONTH,
        (
            "audit exports/2026-03",
            "audit exports/2026-03 --month 2026-03 -o march.csv -o march.json",
            "audit exports/2026-03 --view codes --evidence",
        ),
    ),
    (
        worklist,
        _MONTH,
        (
            "worklist exports/2026-03 --fees",
            "worklist exports/2026-03 --month 2026-03 --as-of 2026-03-20 --by staff -o team.csv",
        ),
    ),
    (
        patient,
        _MONTH,
        (
            "patient exports/2026-03 --month 2026-03 --id P001",
            "patient exports/2026-03 --month 2026-03 --ids ids.txt -o packet.html",
        ),
    ),
    (compare, _MONTH, ("compare before.json after.json",)),
    (demo, _BEGIN, ("demo", "demo --view codes")),
    (init, _BEGIN, ("init exports/2026-03", "init exports/2026-03 --stdout")),
    (
        rule,
        _LAW,
        ("rule 98980 --on 2026-03-31", "rule 99454 --payer unitedhealthcare")
        + ("rule --changes 2025-12-31 2026-01-01",),
    ),
    (check, _LAW, ("check", "check our-rules our-scenarios --overlays our-payers")),
)
for _verb, _group, _examples in _VERBS:
    app.command(cls=Verb, rich_help_panel=_group, epilog=examples(*_examples))(_verb)


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


def command() -> NoReturn:
    """Run the command line, and leave. What waits for the end is called; nothing else is taken down
    piece by piece, for the system takes the memory back at once."""
    code = main()
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def main() -> int:
    """Run the command line. Returns the exit code; no cell of an export is ever in a message."""
    gc.set_threshold(*SELDOM)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    _open_what_is_closed()
    try:
        code = _run()
        sys.stdout.flush()
    except RtmauditError as error:
        return _say(error.exit_code, *error.lines)
    except BrokenPipeError:
        return _let_go(PIPE_CLOSED)
    except MemoryError:
        return _say(OutputError.exit_code, "there is not enough memory; nothing was written")
    except OSError as error:
        why = os.strerror(error.errno or 0)
        return _let_go(_say(OutputError.exit_code, f"reading or writing failed ({why})"))
    except Exception as error:  # a bug: say where, and nothing that could hold a cell
        if _ended_by:
            return 128 + _ended_by[0]
        return _say(InvariantError.exit_code, _bug(error))
    return code


def _run() -> int:
    try:
        app()
    except SystemExit as end:
        # Typer ends with 1 where a pipe was closed, and nowhere else in these verbs.
        return PIPE_CLOSED if end.code == 1 else int(end.code or 0)
    return 0


def _open_what_is_closed() -> None:
    """Started with `>&-` there is no stream at all, and what is said would land in the other."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115


def _say(code: int, *lines: str) -> int:
    with suppress(OSError):
        for line in lines:
            print("rtmaudit: " + visible(line), file=sys.stderr)
    return code


def _let_go(code: int) -> int:
    """What standard output still holds cannot be written; Python is kept from trying again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _bug(error: Exception) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "rtmaudit" in frame.filename]
    last = (ours or frames)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
    return (
        f"internal error ({type(error).__name__} at {where}); nothing was written. Please report "
        "this line; it holds no patient data"
    )


_ended_by: list[int] = []
"""The signals that ended the run. A database that is at work turns their exception into its own."""


def _interrupted(number: int, _: FrameType | None) -> NoReturn:
    _ended_by.append(number)
    raise SystemExit(128 + number)
