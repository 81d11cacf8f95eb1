"""What can befall an export on its way: the families of the Pollock benchmark, and some more, made
anew over each canonical table. Each case has the clean table as its truth."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from spoilable import TABLES
from weighed import physical_lines

Rows = list[list[str]]
USUAL = ";\t|"
REQUIRED = {
    "readings": ("recorded_at", "patient_id", "system"),
    "time_log": ("patient_id", "started_at", "minutes", "program"),
    "calls": ("patient_id",),
    "patients": ("patient_id",),
    "visits": ("patient_id", "on"),
    "claims": ("patient_id", "code", "service_date"),
    "coverage": ("payer", "patient_id", "from"),
    "stays": ("patient_id", "from", "kind"),
}


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
        lines = physical_lines(self.text) - self.inside - 1
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


def cases(tables: Sequence[str] = tuple(TABLES), families: Sequence[str] = ()) -> Iterator[Case]:
    """Every case of these tables and families."""
    for name, make in FAMILIES.items():
        if name not in (families or FAMILIES):
            continue
        for table in tables:
            rows = list(csv.reader(io.StringIO(TABLES[table])))
            for label, text, more in make(table, rows):
                yield Case(name, label, table, text, **more)  # type: ignore[arg-type]


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


# ---- the file as a whole ----


@family
def delimiter(table: str, rows: Rows) -> Made:
    for mark in USUAL:
        yield f"{mark!r}", text_of(rows, mark), SAME
        yield f"{mark!r} with quotes", quoted(rows, delimiter=mark), SAME
        yield f"{mark!r} below a header with ','", text_of(rows[:1]) + text_of(rows[1:], mark), {}
        yield f"',' below a header with {mark!r}", text_of(rows[:1], mark) + text_of(rows[1:]), {}
        for i in range(1, len(rows)):
            yield f"{mark!r} on line {i + 1}", with_line(rows, i, mark.join(rows[i])), {}
    for mark in (" ", ":", "^", "~", ", ", " , ", ",,", "\x1f", "||", "\\t"):
        yield f"{mark!r}", text_of(rows, mark), {}
    yield "'^' declared", text_of(rows, "^"), {"mapping": 'delimiter: "^"', **SAME}
    yield "';' declared and not so", text_of(rows), {"mapping": 'delimiter: ";"'}


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


# ---- above, in and below the table ----


@family
def preamble(table: str, rows: Rows) -> Made:
    text = text_of(rows)
    title = "Monthly report of the practice"
    for count in (1, 2, 19, 20, 21, 60):
        yield f"{count} lines", f"{title}\n" * count + text, {"above": count}
        if count <= 60:
            declared = {"mapping": f"skip_lines: {count}", **SAME}
            yield (
                f"{count} lines declared",
                f"{title}\n" * count + text,
                {"above": count} | declared,
            )
    for name, lines in {
        "an empty line": [""],
        "three empty lines": ["", "", ""],
        "a title and an empty line": [title, ""],
        "delimiters": ["," * (len(rows[0]) - 1)],
        "a title in a row of empty cells": [title + "," * (len(rows[0]) - 1)],
        "pairs": ["Month,2026-03", "Clinic,North"],
        "a column's name": [rows[0][1]],
        "pairs with a column's name": [f"{rows[0][1]},all", "Month,2026-03"],
        "a sentence with commas": ["Created by A, B, and C, on 2 April, for D"],
        "a quoted title": [f'"{title}, page 1"'],
        "another delimiter": ["Month;2026-03;;"],
        "sep=": ["sep=,"],
        "comments": ["# " + title, "# 2026-03"],
        "another header": ["a,b,c,d", "1,2,3,4"],
    }.items():
        yield name, "".join(f"{line}\n" for line in lines) + text, {"above": len(lines)}
    yield "a title over two lines", f'"{title}\npage 1"\n' + text, {"above": 1, "inside": 1}
    yield "a title with a stray quote", f'"{title}\n' + text, {"above": 1}


@family
def header_rows(table: str, rows: Rows) -> Made:
    head, body = rows[0], rows[1:]
    first, last = zip(*(cell.partition("_")[::2] for cell in head), strict=True)
    units = ["text" for _ in head]
    groups = ["Patient", *("" for _ in head[1:])]
    half = len(head) // 2
    yield "names over two lines", text_of([list(first), list(last), *body]), {"above": 1}
    yield "units below", text_of([head, units, *body]), {"above": 1}
    yield "types below, in brackets", text_of([head, [f"({h})" for h in head], *body]), {"above": 1}
    yield "groups above", text_of([groups, head, *body]), {"above": 1}
    yield "groups above twice", text_of([groups, groups, head, *body]), {"above": 2}
    yield "a rule below", text_of([head, ["---" for _ in head], *body]), {"above": 1}
    yield "wrapped", text_of([head[:half], head[half:], *body]), {"above": 1}
    yield (
        "wrapped in one cell",
        quoted([[c.replace("_", "_\n") for c in head], *body]),
        {"inside": sum(cell.count("_") for cell in head)},
    )


@family
def header_names(table: str, rows: Rows) -> Made:
    head, body = rows[0], rows[1:]
    titles = [cell.replace("_", " ").title() for cell in head]
    yield "capitals", text_of([[cell.upper() for cell in head], *body]), {}
    yield "titles", text_of([titles, *body]), {}
    for name, written in {
        "blanks around": " {} ",
        "no-break spaces": "\u00a0{}\u00a0",
        "zero width": "\u200b{}",
        "quotes": '"{}"',
        "single quotes": "'{}'",
        "brackets": "[{}]",
        "a table's name": table + ".{}",
    }.items():
        yield name, text_of([[written.format(cell) for cell in head], *body]), {}
    for j, column in enumerate(head):
        twice = [[*row, row[j]] for row in rows]
        yield f"{column} twice", text_of(twice), {}
        again = [*head[:j], head[j - 1], *head[j + 1 :]]
        yield f"{head[j - 1]} instead of {column}", text_of([again, *body]), {}
        if column in REQUIRED[table]:
            yield f"no {column}", text_of([row[:j] + row[j + 1 :] for row in rows]), {}
            yield (
                f"{column} without its name",
                text_of([[*head[:j], "", *head[j + 1 :]], *body]),
                {},
            )
    yield "a name too few", text_of([head[:-1], *body]), {}
    yield "a name too many", text_of([[*head, "more"], *body]), {}


@family
def columns(table: str, rows: Rows) -> Made:
    yield "the other way round", text_of([row[::-1] for row in rows]), SAME
    yield "one more", text_of([[*row, "x" if i else "battery"] for i, row in enumerate(rows)]), SAME
    yield "one more without a name", text_of([[*row, ""] for row in rows]), {}
    yield (
        "one more before",
        text_of([[str(i) if i else "", *row] for i, row in enumerate(rows)]),
        {},
    )
    note = [
        ["Called.\nNo answer; again, later." if i else "note", *row] for i, row in enumerate(rows)
    ]
    yield "notes over lines", quoted(note), {"inside": len(rows) - 1, **SAME}
    comma = [[*row, '"a, b; c|d"' if i else "note"] for i, row in enumerate(rows)]
    yield "notes with delimiters", text_of(comma), SAME


@family
def footer(table: str, rows: Rows) -> Made:
    text, wide = text_of(rows), len(rows[0])
    for name, lines in {
        "Total": ["Total" + "," * (wide - 1)],
        "TOTAL: and a number": ["TOTAL:" + "," * (wide - 1) + "412"],
        "Grand Total alone": ["Grand Total"],
        "a sum without a word": ["," * (wide - 1) + "412"],
        "a sum in each cell": [",".join(["7"] * wide)],
        "count of rows": [f"({len(rows) - 1} rows)"],
        "Total rows": [f"Total rows: {len(rows) - 1}"],
        "pages": ["Page 1 of 1"],
        "end of report": ["", "-- End of report --"],
        "when and who": ["", "Generated 2026-04-01 08:00 by N. N., North Clinic"],
        "dashes": [",".join(["---"] * wide)],
        "a note in quotes": ['"Confidential, do not share"'],
        "three lines": ["", "Totals" + "," * (wide - 1), "Page 1 of 1", "Printed, by, N, N"],
        "a word in the second cell": [",Total" + "," * (wide - 2)],
        "EOF": ["EOF"],
    }.items():
        yield name, text + "".join(f"{line}\n" for line in lines), {}


@family
def blank_rows(table: str, rows: Rows) -> Made:
    wide = len(rows[0])
    for name, line in {
        "nothing": "",
        "blanks": "   ",
        "delimiters": "," * (wide - 1),
        "blanks and delimiters": ", " * (wide - 1),
        "quotes": ",".join(['""'] * wide),
        "delimiters too few": "," * (wide - 2),
        "delimiters too many": "," * (wide + 3),
    }.items():
        for i in range(1, len(rows) + 1):
            lines = text_of(rows[:i]) + line + "\n" + text_of(rows[i:])
            yield f"{name} after line {i}", lines, SAME if name == "nothing" else {}
        yield f"{name} after each line", "".join(text_of([r]) + line + "\n" for r in rows), {}


@family
def repeated_header(table: str, rows: Rows) -> Made:
    head = ",".join(rows[0])
    for name, line in {
        "as it is": head,
        "quoted": ",".join(f'"{cell}"' for cell in rows[0]),
        "with a BOM": "\ufeff" + head,
        "in capitals": head.upper(),
        "with blanks": head.replace(",", ", "),
        "in another order": ",".join(rows[0][::-1]),
        "after an empty line": "\n" + head,
    }.items():
        for i in range(1, len(rows) + 1):
            lines = text_of(rows[:i]) + line + "\n" + text_of(rows[i:])
            yield f"{name} after line {i}", lines, SAME if name == "as it is" else {}


@family
def second_table(table: str, rows: Rows) -> Made:
    wide = len(rows[0])
    other = "visits" if table != "visits" else "coverage"
    below = list(csv.reader(io.StringIO(TABLES[other])))
    again = [[*row] for row in rows]
    for name, lines in {
        "another": below,
        "fewer columns": [["item", "count"][: wide - 1], ["a", "1"][: wide - 1]],
        "as many columns": [[f"c{n}" for n in range(wide)], ["x"] * wide, ["7"] * wide],
        "more columns": [[f"c{n}" for n in range(wide + 2)], ["x"] * (wide + 2)],
        "its own, the columns otherwise": [row[::-1] for row in again],
        "one that looks alike": [[f"old_{cell}" for cell in rows[0]], *_others(rows)],
        "its own, of one line, the columns otherwise": [row[::-1] for row in again[:2]],
    }.items():
        yield name, text_of(rows) + text_of(lines), {}
        yield f"{name}, after an empty line", text_of(rows) + "\n" + text_of(lines), {}
        yield f"{name}, with a title", text_of(rows) + "\nSecond table\n" + text_of(lines), {}


def _others(rows: Rows) -> Rows:
    """The lines of the table ten days later, so that they would count as more of them."""
    return [[re.sub("2026-03-0", "2026-03-1", cell) for cell in row] for row in rows[1:]]


# ---- cells and lines ----


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
