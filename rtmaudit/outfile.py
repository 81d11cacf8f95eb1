"""A file appears whole and private, or not at all; the files of one run appear together.

Each is first written beside its destination under a hidden name. Only when all of them are complete
and on the disk are they renamed, one after the other, so that a reader finds an old file or a new
one and never a part. A file is readable by its owner alone, whatever the umask, and whatever the
mode of the file that it takes the place of. What a killed run leaves behind, the next one sweeps.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rtmaudit.errors import OutputError, UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STALE_AFTER_SECONDS = 3600

_PRIVATE = 0o600
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST_NAME = 50
_OURS = re.compile(r"\..+\.rtmaudit-[0-9a-f]{16}\.tmp", re.DOTALL)
_SENTENCES = {
    errno.EACCES: "writing there is not permitted",
    errno.EPERM: "writing there is not permitted",
    errno.EROFS: "that disk can only be read",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than is allowed",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextmanager
def publish(
    destinations: Sequence[Path], *, inputs: Iterable[Path] = (), new: bool = False
) -> Iterator[tuple[TextIO, ...]]:
    """A text stream (UTF-8, newlines as written) for each destination, in their order.

    When the block ends, every destination holds what was written to its stream. When it raises,
    whatever it raises, every destination is as it was before and nothing else is left.

    Raises UsageError for a destination that is there and is not a plain file, that is given twice,
    that is one of `inputs`, whose folder does not exist, or, where all are to be `new`, that is
    there at all; OutputError when writing fails.
    """
    _refuse_unfit(destinations, inputs)
    if new:
        _refuse_existing(destinations)
    folders = sorted({destination.parent for destination in destinations})
    for folder in folders:
        _sweep(folder)
    with ExitStack() as stack:
        drafts = [stack.enter_context(_draft(destination)) for destination in destinations]
        yield tuple(draft.stream for draft in drafts)
        for draft in drafts:
            draft.finish()
        if new:
            _refuse_existing(destinations)
        for draft in drafts:
            draft.rename()
        for folder in folders:
            _sync(folder)


class _Draft(io.FileIO):
    """The hidden file beside a destination, until it is renamed or abandoned."""

    def __init__(self, destination: Path, hidden: Path) -> None:
        self.destination = destination
        self.hidden = hidden
        self.abandoned = False
        with _told(destination):
            super().__init__(os.open(hidden, _NEW_FILE, _PRIVATE), "w")
            os.fchmod(self.fileno(), _PRIVATE)
        self.stream = io.TextIOWrapper(io.BufferedWriter(self), encoding="utf-8", newline="")

    def write(self, data: ReadableBuffer, /) -> int:
        if self.abandoned:
            return memoryview(data).nbytes
        with _told(self.destination):
            return os.write(self.fileno(), data)

    def finish(self) -> None:
        self.stream.flush()
        with _told(self.destination):
            os.fsync(self.fileno())
            self.stream.close()

    def rename(self) -> None:
        with _told(self.destination):
            self.hidden.replace(self.destination)

    def abandon(self) -> None:
        self.abandoned = True
        with suppress(OSError):
            self.stream.close()


@contextmanager
def _draft(destination: Path) -> Iterator[_Draft]:
    name = f".{destination.name[:_LONGEST_NAME]}.rtmaudit-{secrets.token_hex(8)}.tmp"
    hidden = destination.with_name(name)
    try:
        draft = _Draft(destination, hidden)
        try:
            yield draft
        finally:
            draft.abandon()
    finally:
        with suppress(OSError):
            hidden.unlink()


@contextmanager
def _told(destination: Path) -> Iterator[None]:
    """Turns a failure of the system into the one sentence that the user is told."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{destination.name}: {reason_of(error)}") from None


def reason_of(error: OSError) -> str:
    """Why the system could not write, in words."""
    number = error.errno or 0
    code = errno.errorcode.get(number, "unknown error")
    return _SENTENCES.get(number, f"writing failed ({code})")


def _refuse_unfit(destinations: Sequence[Path], inputs: Iterable[Path]) -> None:
    read = {_identity(path) for path in inputs} - {None}
    seen: set[Path] = set()
    for destination in destinations:
        with _told(destination):
            reason = _unfit(destination, read)
        if reason:
            raise UsageError(f"{destination.name or destination}: {reason}")
        place = destination.parent.resolve() / destination.name
        if place in seen:
            raise UsageError(f"{destination.name}: is named twice as an output")
        seen.add(place)


def _refuse_existing(destinations: Sequence[Path]) -> None:
    for destination in destinations:
        if os.path.lexists(destination):
            raise UsageError(
                f"{destination.name}: is there already and is never written over; rename it, or "
                "write elsewhere with `-o FILE`"
            )


def _unfit(destination: Path, read: set[tuple[int, int] | None]) -> str:
    """Why nothing may be written there; empty if it may."""
    if not destination.parent.is_dir():
        return "its folder does not exist"
    try:
        status = destination.lstat()
    except FileNotFoundError:
        return ""
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link; name the file itself"
    if stat.S_ISDIR(status.st_mode):
        return "is a folder; name a file in it"
    if not stat.S_ISREG(status.st_mode):
        return "is not a plain file"
    if (status.st_dev, status.st_ino) in read:
        return "is one of the inputs; name another file"
    return ""


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _sweep(folder: Path) -> None:
    """Remove the hidden files that a killed run of ours left there more than an hour ago."""
    with suppress(OSError):
        for path in folder.iterdir():
            if _OURS.fullmatch(path.name) and _is_stale(path):
                path.unlink()


def _is_stale(path: Path) -> bool:
    status = path.lstat()
    old = time.time() - status.st_mtime > STALE_AFTER_SECONDS
    return old and stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def _sync(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
