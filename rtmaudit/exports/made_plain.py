"""Large files that only their writing keeps from being plain: quotes, the line ends of Windows, a
mark at the start, another encoding, a packing. Such a file is written once more, plain, into a
private folder, and read there. All that is told of it is told of the export.

No record of it may take more than its line, and a quote may stand around a cell and nowhere else,
or the careful reader reads the export. The places of the quotes prove it, apart from any parser:
every other one must begin a cell, the next one end it, and no line end lie between. In the plain
file cells end with a byte that the export has nowhere.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

from rtmaudit.errors import InputsRefused, OutputError
from rtmaudit.exports.delimited import codec_of
from rtmaudit.exports.engines import Engine
from rtmaudit.exports.head import Head
from rtmaudit.exports.packed import read_blocks
from rtmaudit.exports.plain_file import PlainFile
from rtmaudit.exports.scan import NotPlain, OutOfPlace
from rtmaudit.outfile import reason_of

MARK = "\x1f"
"""Ends each cell of a plain file but the last of its record."""

_END, _RETURN, _QUOTE = b'\n\r"'
_LONGEST = 1 << 22
"""Bytes of a line; no database takes so many."""

T = TypeVar("T")


def read_plainly(
    file: PlainFile,
    head: Head,
    encoding: str,
    engine: Engine,
    read: Callable[[PlainFile], T | None],
) -> T | None:
    """What is read of a file as it lies there or, where that is not plain, made plain; None where
    it can be neither. The plain file is there as long as the engine. Raises as `read` does but for
    NotPlain, and OutputError where there is no room for the plain file."""
    with suppress(NotPlain):
        if head.plain:
            with suppress(OutOfPlace):
                return read(file)
        with ExitStack() as undo:
            found = read(_make_plain(file, encoding, engine, undo))
            if found is not None:
                undo.pop_all()
            return found
    return None


def _make_plain(file: PlainFile, encoding: str, engine: Engine, undo: ExitStack) -> PlainFile:
    """The file with the way to its plain form. Raises NotPlain and OutputError."""
    if file.delimiter in '"\r\n' or not file.delimiter.isascii():
        raise NotPlain
    try:
        if (folder := engine.folder) is None:
            raise NotPlain
        with NamedTemporaryFile(dir=folder, delete=False) as made:
            undo.callback(Path(made.name).unlink)
            for lines in _lines(file.path, encoding):
                made.write(_plain(lines, ord(file.delimiter)))
    except (UnicodeError, InputsRefused):
        raise NotPlain from None
    except OSError as error:
        raise OutputError(
            f"{file.path.name}: the folder for temporary files does not take what it unpacks to: "
            f"{reason_of(error)}; set TMPDIR to another folder"
        ) from None
    return replace(file, delimiter=MARK, made=Path(made.name))


def _lines(path: Path, encoding: str) -> Iterator[bytes]:
    """The lines of a file, unpacked and in UTF-8, many at a time; the last one has an end too.
    Raises UnicodeError, NotPlain for a line that is too long, and as `read_blocks` does."""
    decoder, rest = None, b""
    for block in read_blocks(path):
        decoder = decoder or getincrementaldecoder(codec_of(block, encoding))()
        whole, end, rest = (rest + decoder.decode(block).encode()).rpartition(b"\n")
        if len(rest) > _LONGEST:
            raise NotPlain
        yield whole + end
    if decoder is not None:
        rest += decoder.decode(b"", final=True).encode()
    if rest:
        yield rest + b"\n"


def _plain(lines: bytes, delimiter: int) -> bytes:
    """Whole lines without their quotes and carriage returns. Raises NotPlain where one of these
    stands in a cell, and where the end of a cell would."""
    import numpy as np

    if MARK.encode() in lines:
        raise NotPlain
    given = np.frombuffer(lines, np.uint8)
    quotes, returns, line_ends = given == _QUOTE, given == _RETURN, given == _END
    between = given == delimiter
    places = np.flatnonzero(quotes)
    opening, closing = places[::2], places[1::2]
    inside = np.bitwise_xor.accumulate(quotes)
    before, after = between | line_ends, between | line_ends | returns
    proven = (
        before[opening[opening > 0] - 1].all()
        and after[closing + 1].all()
        and line_ends[np.flatnonzero(returns) + 1].all()
        and not (inside & line_ends).any()
    )
    if not proven:
        raise NotPlain
    marked = given ^ (between & ~inside) * np.uint8(delimiter ^ ord(MARK))
    plain: bytes = marked.tobytes().translate(None, b'"\r')
    return plain
