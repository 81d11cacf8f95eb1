"""One spoilt file, and how families of them are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from weighed import physical_lines

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """One spoilt file. `above` are lines over the header that may or may not be counted as records;
    `inside` are line ends inside of quoted cells; `mapping` is what is declared of the file;
    `kept`: nothing is spoilt, so the audit must be the same."""

    family: str
    name: str
    table: str
    text: str
    encoding: str = "utf-8"
    above: int = 0
    inside: int = 0
    mapping: str = ""
    kept: bool = False
    after: bytes = field(default=b"")

    @property
    def content(self) -> bytes:
        """The file."""
        return self.text.encode(self.encoding) + self.after

    @property
    def records(self) -> range:
        """How many records it may be said to hold."""
        text = self.text + self.after.decode("latin-1")
        lines = physical_lines(text) - self.inside - 1
        return range(lines - self.above, lines + 1)

    def __str__(self) -> str:
        return f"{self.family}: {self.table}: {self.name}"


Made = Iterator[tuple[str, str, dict[str, object]]]
Family = Callable[[str, Rows], Made]
FAMILIES: dict[str, Family] = {}


def family(make: Family) -> Family:
    """One family of pollutions: names, texts and what else is to be known of them."""
    FAMILIES[make.__name__] = make
    return make


SAME: dict[str, object] = {"kept": True}


def text_of(rows: Rows, delimiter: str = ",", end: str = "\n") -> str:
    """Rows as they are, nothing quoted."""
    return "".join(delimiter.join(row) + end for row in rows)


def quoted(rows: Rows, quote: str = '"', delimiter: str = ",") -> str:
    """Rows with each cell in quotes."""
    return text_of([[quote + cell + quote for cell in row] for row in rows], delimiter)


def with_cell(rows: Rows, i: int, j: int, cell: str) -> Rows:
    """Rows with another cell."""
    return [
        [cell if (k, m) == (i, j) else old for m, old in enumerate(row)]
        for k, row in enumerate(rows)
    ]


def with_line(rows: Rows, i: int, line: str) -> str:
    """Rows with another line in place of one."""
    return "".join((line if k == i else ",".join(row)) + "\n" for k, row in enumerate(rows))


def places(rows: Rows) -> Iterator[tuple[int, int, str]]:
    """Each cell below the header."""
    for i, row in enumerate(rows[1:], 1):
        for j, cell in enumerate(row):
            yield i, j, cell
