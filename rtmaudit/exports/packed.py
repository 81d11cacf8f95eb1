"""The bytes of one file: read once, hashed, unpacked if packed, and never without bound."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from rtmaudit.errors import Fault, InputsRefused, OutputError

MOST_TIMES, ALWAYS_ALLOWED = 250, 64 << 20
"""A file may unpack to so many times its own bytes, or to so many bytes; beyond both it is no
export."""

_GZIP, _ZSTD, _ZIP, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
_PACKED = (_GZIP, _ZSTD)
_PIECE, _BLOCK = 1 << 11, 1 << 18
_BOMB = "unpacks to far more than an export holds; unpack it and look before it is read"
_DAMAGED = "is a damaged or cut-off archive; export or copy it again"


class Form(Enum):
    """How the records of a file are laid down."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Contents:
    """What one file holds, unpacked, and the hash of the file as it lies there."""

    form: Form
    data: bytes
    sha256: str


def refuse(name: str, line: int, sentence: str, place: str = "") -> InputsRefused:
    """A refusal of one file."""
    return InputsRefused([Fault(name, line, place, sentence)])


def one_file(path: Path) -> str:
    """A path as DuckDB takes it for this one file, and for no pattern of many."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def read_contents(path: Path) -> Contents:
    """The bytes of a file. Raises InputsRefused for an archive that is damaged or unpacks without
    end, and OutputError where a disk or a permission stands in the way."""
    try:
        raw = path.read_bytes()
    except OSError:
        raise OutputError(f"{path.name}: cannot be read; look at its permissions") from None
    data = raw
    if raw.startswith(_PACKED):
        data = b"".join(_pieces(path.name, io.BytesIO(raw), len(raw)))
    form = _form(path.name, data)
    return Contents(form, data, hashlib.sha256(raw).hexdigest())


def read_start(path: Path, most: int) -> tuple[Form, bytes]:
    """The form of a file and about so many of its first bytes, unpacked; a workbook whole. Raises
    as `read_contents` does."""
    try:
        with path.open("rb") as file:
            start = file.read(most)
            if start.startswith((_ZIP, _PARQUET)):
                start += file.read()
    except OSError:
        raise OutputError(f"{path.name}: cannot be read; look at its permissions") from None
    if start.startswith(_PACKED):
        pieces = _pieces(path.name, io.BytesIO(start), len(start))
        start = next(_gathered(pieces, most // 2), b"")[: most // 2]
    return _form(path.name, start), start


def read_blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, unpacked, some at a time. Raises as `read_contents` does."""
    try:
        with path.open("rb") as file:
            size, packed = path.stat().st_size, file.read(len(_ZSTD)).startswith(_PACKED)
            file.seek(0)
            if packed:
                yield from _gathered(_pieces(path.name, file, size), _BLOCK)
            while block := file.read(_BLOCK):
                yield block
    except OSError:
        raise OutputError(f"{path.name}: cannot be read; look at its permissions") from None


def _gathered(pieces: Iterator[bytes], least: int) -> Iterator[bytes]:
    """Pieces together, until they are so many bytes; what follows is not unpacked before."""
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) >= least:
            yield bytes(data)
            data.clear()
    if data:
        yield bytes(data)


def _form(name: str, data: bytes) -> Form:
    if data.startswith(_PARQUET):
        return Form.PARQUET
    if not data.startswith(_ZIP):
        return Form.TEXT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise refuse(name, 0, _DAMAGED) from None
    if not any(member.filename.startswith("xl/") for member in members):
        raise refuse(name, 0, "is an archive of files; unpack it and give the files themselves")
    _bound(name, sum(member.file_size for member in members), len(data))
    return Form.WORKBOOK


def _bound(name: str, unpacked: int, packed: int) -> None:
    if unpacked > max(ALWAYS_ALLOWED, MOST_TIMES * packed):
        raise refuse(name, 0, _BOMB)


def _pieces(name: str, archive: IO[bytes], size: int) -> Iterator[bytes]:
    """The members of an archive of so many bytes one after the other, in small steps, so that a
    bomb is noticed early; one that was cut off has no end."""
    unpacked, packed = 0, archive.read(_PIECE)
    unpacker = _unpacker(packed)
    while packed:
        try:
            piece: bytes = unpacker.decompress(packed)
        except Exception as error:
            if not isinstance(error, zlib.error) and type(error).__name__ != "ZstdError":
                raise
            raise refuse(name, 0, _DAMAGED) from None
        unpacked += len(piece)
        _bound(name, unpacked, size)
        yield piece
        packed = unpacker.unused_data + archive.read(_PIECE)
        if packed and unpacker.eof:
            unpacker = _unpacker(packed)
    if not unpacker.eof:
        raise refuse(name, 0, _DAMAGED)


def _unpacker(raw: bytes) -> Any:
    if raw.startswith(_ZSTD):
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj()
    return zlib.decompressobj(wbits=31)
