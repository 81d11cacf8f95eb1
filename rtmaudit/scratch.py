"""A private folder for what does not fit in memory while a run lasts. What a killed run leaves
behind, the next one sweeps: whoever works in such a folder holds its lock, and the system drops the
lock of a process that is no more."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "rtmaudit-scratch-"
YOUNG_SECONDS = 60
"""A folder may be so young that its lock is still to be taken."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder that only the owner can read, gone when the block ends. Raises OSError."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        held = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(held)


def _sweep(around: Path) -> None:
    for folder in around.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if _may_be_left(folder):
                _remove_if_free(folder)


def _may_be_left(folder: Path) -> bool:
    status = folder.lstat()
    return status.st_uid == os.geteuid() and time.time() - status.st_mtime > YOUNG_SECONDS


def _remove_if_free(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(held)
