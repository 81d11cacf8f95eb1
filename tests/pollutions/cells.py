"""Families that spoil cells and lines."""

from __future__ import annotations

from .case import SAME, Made, Rows, family, places, quoted, text_of, with_cell, with_line


@family
def quote(table: str, rows: Rows) -> Made:
    yield "all cells", quoted(rows), SAME
    yield "the header", quoted(rows[:1]) + text_of(rows[1:]), SAME
    yield "all but the header", text_of(rows[:1]) + quoted(rows[1:]), SAME
    for mark in ("'", "`", "“", "''", '""'):
        yield f"{mark} all cells", quoted(rows, mark), {}
        yield f"{mark} all but the header", text_of(rows[:1]) + quoted(rows[1:], mark), {}
    yield "blanks before", text_of([[f' "{cell}"' for cell in row] for row in rows]), {}
    yield "blanks after", text_of([[f'"{cell}" ' for cell in row] for row in rows]), {}
    yield (
        "a line as one cell",
        text_of(rows[:1]) + text_of([[f'"{",".join(r)}"'] for r in rows[1:]]),
        {},
    )
    for i in range(1, len(rows)):
        yield f"line {i + 1} as one cell", with_line(rows, i, f'"{",".join(rows[i])}"'), {}


@family
def stray_quote(table: str, rows: Rows) -> Made:
    for i, j, cell in [(0, j, cell) for j, cell in enumerate(rows[0])] + [*places(rows)]:
        for where in sorted({0, len(cell) // 2, len(cell)}):
            spoilt = cell[:where] + '"' + cell[where:]
            yield f"{i + 1}:{j}:{where}", text_of(with_cell(rows, i, j, spoilt)), {}
            within = [[f'"{c}"' for c in row] for row in rows]
            within[i][j] = f'"{spoilt}"'
            yield f"{i + 1}:{j}:{where} among quotes", text_of(within), {}


@family
def quote_pair(table: str, rows: Rows) -> Made:
    for i in range(1, len(rows) - 1):
        for j in range(len(rows[0])):
            for k in range(i + 1, len(rows)):
                spoilt = with_cell(rows, i, j, '"' + rows[i][j])
                yield (
                    f"{i + 1}:{j} to {k + 1}",
                    text_of(with_cell(spoilt, k, j, rows[k][j] + '"')),
                    {},
                )


@family
def escape(table: str, rows: Rows) -> Made:
    """In a column of notes, which nothing reads."""
    for name, note in {
        "doubled quotes": '"said ""no"", left"',
        "a quote escaped": '"said \\"no\\" and left"',
        "a quote and a delimiter escaped": '"said \\"no, then\\", left"',
        "a quote escaped in a bare cell": 'said \\"no\\" and left',
        "a delimiter escaped": "said no\\, left",
        "an escape before the closing quote": '"said no\\"',
        "an escape at the end": "said no\\",
        "an end of line escaped": "said no\\\nleft",
        "a stray quote": 'said "no',
        "inches": '5" band',
        "only a quote": '"',
        "only quotes": '""',
        "three quotes": '"""',
    }.items():
        kept = SAME if name in ("doubled quotes", "only quotes") else {}
        for at in (0, len(rows[0])):
            lines = [[*r[:at], note if i else "note", *r[at:]] for i, r in enumerate(rows)]
            yield f"{name}, column {at}", text_of(lines), kept
            for k in range(1, len(rows)):
                once = [
                    [*r[:at], (note if i == k else "x") if i else "note", *r[at:]]
                    for i, r in enumerate(rows)
                ]
                yield f"{name}, column {at}, line {k + 1}", text_of(once), kept


@family
def width(table: str, rows: Rows) -> Made:
    for i, j, _ in places(rows):
        cells = rows[i]
        yield (
            f"one more at {i + 1}:{j}",
            with_line(rows, i, ",".join([*cells[:j], "", *cells[j:]])),
            {},
        )
        if j:
            merged = [*cells[: j - 1], cells[j - 1] + cells[j], *cells[j + 1 :]]
            yield f"one fewer at {i + 1}:{j}", with_line(rows, i, ",".join(merged)), {}
            yield f"cut at {i + 1}:{j}", with_line(rows, i, ",".join(cells[:j])), {}
    for i in range(1, len(rows)):
        yield f"two more on {i + 1}", with_line(rows, i, ",".join([*rows[i], "x", "y"])), {}


@family
def trailing(table: str, rows: Rows) -> Made:
    for count in (1, 3):
        more = [""] * count
        yield f"{count} on all lines", text_of([[*row, *more] for row in rows]), {}
        yield f"{count} below the header", text_of([rows[0], *([*r, *more] for r in rows[1:])]), {}
        yield f"{count} on the header", text_of([[*rows[0], *more], *rows[1:]]), {}
        for i in range(1, len(rows)):
            yield f"{count} on line {i + 1}", with_line(rows, i, ",".join([*rows[i], *more])), {}
    yield "blanks", text_of(rows, end="  \n"), {}


@family
def cut(table: str, rows: Rows) -> Made:
    """Where it leaves a whole line with a last cell that may be empty, nobody can tell."""
    whole = text_of(rows)[:-1]
    last = len(",".join(rows[-1]))
    lacking = max(1, len(rows[-1][-1]) // 2)
    for gone in range(len(rows[-1][-1]) + 1, last):
        yield f"{gone} letters", whole[:-gone], {}
    yield "in the last cell", whole[:-lacking], {}
    among = quoted(rows)[:-1]
    for gone in range(1, last):
        if gone != len(rows[-1][-1]) + 2:
            yield f"{gone} letters among quotes", among[:-gone], {}


@family
def absent(table: str, rows: Rows) -> Made:
    for word in (
        "N/A",
        "NULL",
        "null",
        "None",
        "-",
        "--",
        "n/a",
        "NaN",
        "(blank)",
        "?",
        "0000-00-00",
    ):
        for i, j, cell in places(rows):
            if not cell:
                yield f"{word} in {i + 1}:{j}", text_of(with_cell(rows, i, j, word)), {}
        filled = [[cell or word for cell in row] for row in rows]
        if filled != rows:
            yield f"{word} in all", text_of(filled), {}
