"""A file as Spark's file systems know it, apart from what its reader makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class Stored:
    """One file. `uri` is how Spark takes it for this one file, and for no pattern of many."""

    uri: str
    size: int
    _system: Any
    _path: Any
    _jvm: Any

    @classmethod
    def at(cls, session: SparkSession, file: Path) -> Self:
        """A file of this machine, or of a file system that all machines of a cluster mount."""
        uri = f"file://{file.absolute()}"
        jvm: Any = session._jvm
        path = jvm.org.apache.hadoop.fs.Path(uri)
        system = path.getFileSystem(session._jsc.sc().hadoopConfiguration())
        size = system.getFileStatus(path).getLen()
        return cls(re.sub(r"([*?\[\]{}\\])", r"\\\1", uri), size, system, path, jvm)

    def sha256(self) -> str:
        """The hash of its bytes; they do not leave the Java process."""
        stream = self._system.open(self._path)
        try:
            return str(self._jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))
        finally:
            stream.close()

    def last_byte(self) -> bytes:
        """The last of its bytes; none of an empty file."""
        if not self.size:
            return b""
        stream = self._system.open(self._path)
        try:
            stream.seek(self.size - 1)
            return bytes([stream.read()])
        finally:
            stream.close()
