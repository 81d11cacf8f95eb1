"""Families that spoil a file as a whole: its delimiter, its ends of lines, its encoding."""

from __future__ import annotations

from .case import SAME, Made, Rows, family, places, quoted, text_of, with_cell, with_line

USUAL = ";\t|"


@family
def delimiter(table: str, rows: Rows) -> Made:
    for mark in USUAL:
        yield f"{mark!r}", text_of(_safe(rows, mark), mark), SAME
        yield f"{mark!r} with quotes", quoted(rows, delimiter=mark), SAME
        yield (
            f"{mark!r} below a header with ','",
            text_of(rows[:1]) + text_of(_safe(rows[1:], mark), mark),
            {},
        )
        yield f"',' below a header with {mark!r}", text_of(rows[:1], mark) + text_of(rows[1:]), {}
        for i in range(1, len(rows)):
            yield f"{mark!r} on line {i + 1}", with_line(rows, i, mark.join(rows[i])), {}
    for mark in (" ", ":", "^", "~", ", ", " , ", ",,", "\x1f", "||", "\\t"):
        yield f"{mark!r}", text_of(rows, mark), {}
    yield "'^' declared", text_of(rows, "^"), {"mapping": 'delimiter: "^"', **SAME}
    yield "';' declared and not so", text_of(rows), {"mapping": 'delimiter: ";"'}


def _safe(rows: Rows, mark: str) -> Rows:
    """Rows with quotes around the cells in which the mark stands."""
    return [[f'"{cell}"' if mark in cell else cell for cell in row] for row in rows]


@family
def record_end(table: str, rows: Rows) -> Made:
    for end in ("\r\n", "\r"):
        yield f"{end!r}", text_of(rows, end=end), SAME
        for i in range(len(rows)):
            mixed = "".join(
                text_of([row], end=end if k == i else "\n") for k, row in enumerate(rows)
            )
            yield f"{end!r} on line {i + 1}", mixed, SAME
    for end in ("\n\r", "\n\n", "\r\r\n", "\n\n\n", " \n"):
        yield f"{end!r}", text_of(rows, end=end), {}
    for end in ("\x1e", "\x0b", "\x0c", "\x85", "\u2028", "\\n", ";"):
        yield f"{end!r}", text_of(rows, end=end), {}
    yield "none at the end", text_of(rows)[:-1], SAME
    yield "two at the end", text_of(rows) + "\n", SAME
    yield "many at the end", text_of(rows) + "\r\n" * 40, SAME


@family
def encoding(table: str, rows: Rows) -> Made:
    text = text_of(rows)
    yield "BOM", text, {"encoding": "utf-8-sig", **SAME}
    yield "utf-16", text, {"encoding": "utf-16", **SAME}
    yield "utf-16 big-endian with BOM", "\ufeff" + text, {"encoding": "utf-16-be", **SAME}
    for name in ("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252", "cp437", "mac-roman"):
        yield name, text, {"encoding": name}
    yield "BOM, declared as cp1252", text, {"encoding": "utf-8-sig", "mapping": "encoding: cp1252"}
    yield "cp1252 declared", text, {"encoding": "cp1252", "mapping": "encoding: cp1252", **SAME}
    yield "two BOMs", "\ufeff" + text, {"encoding": "utf-8-sig"}
    yield "BOM on each line", text.replace("\n", "\n\ufeff"), {}
    yield "half a letter at the end", text, {"after": "ë".encode()[:1]}
    yield "a letter of cp1252 at the end", text, {"after": b"\xeb\n"}


@family
def no_header(table: str, rows: Rows) -> Made:
    yield "no header", text_of(rows[1:]), {}
    yield "an empty line instead", "\n" + text_of(rows[1:]), {"above": 1}
    yield "numbers instead", text_of([[str(n) for n in range(len(rows[0]))], *rows[1:]]), {}
    yield "delimiters instead", text_of([["" for _ in rows[0]], *rows[1:]]), {}


@family
def payload(table: str, rows: Rows) -> Made:
    yield "no bytes", "", {}
    yield "blanks", " \n\t\n", {}
    yield "BOM alone", "", {"encoding": "utf-8-sig"}
    yield "NUL alone", "\0" * 64, {}


@family
def control(table: str, rows: Rows) -> Made:
    text = text_of(rows)
    yield "^Z at the end", text, {"after": b"\x1a"}
    yield "^Z on a line of its own", text + "\x1a\n", {}
    yield "NUL at the end", text, {"after": b"\0" * 16}
    for i, j, cell in places(rows):
        yield f"NUL in cell {i + 1}:{j}", text_of(with_cell(rows, i, j, cell + "\0")), {}
