"""Families that spoil what stands above, in and below the table."""

from __future__ import annotations

import csv
import io
import re

from spoilable import TABLES

from .case import SAME, Made, Rows, family, quoted, text_of

REQUIRED = {
    "readings": ("recorded_at", "patient_id", "system"),
    "time_log": ("patient_id", "started_at", "minutes", "program"),
    "calls": ("patient_id",),
    "patients": ("patient_id",),
    "visits": ("patient_id", "on"),
    "claims": ("patient_id", "code", "service_date"),
    "coverage": ("payer", "patient_id", "from"),
    "stays": ("patient_id", "from", "kind"),
    "summary": ("patient_id", "month"),
    "devices": ("patient_id", "device_id"),
}


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
