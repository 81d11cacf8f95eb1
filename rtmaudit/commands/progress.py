"""What a run is at, on a terminal, once it has taken a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

AFTER_SECONDS = 1.0


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function to say what is being done. It is shown on stderr alone, only on a terminal, only
    after a second, and is gone when the block ends."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    from rtmaudit.errors import visible

    status = Console(stderr=True).status(Text("reading"))
    timer = Timer(AFTER_SECONDS, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda doing: status.update(Text(visible(doing)))
    finally:
        timer.cancel()
        timer.join()
        status.stop()
