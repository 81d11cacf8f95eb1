"""What may happen to the bytes, the lines and the cells of a practice's files, and to its mapping
file."""

from __future__ import annotations

import random

from fuzzable import MAPPING, PACKED, Files, plain, vendor

# ---- bytes ----

BITS = [
    *(bytes([n]) for n in (0, 9, 10, 13, 26, 27, 32, 34, 39, 44, 58, 59, 92, 124, 127, 128, 255)),
    *(
        b"\r\n",
        b"\n\n",
        b'""',
        b'"\n"',
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xc3",
        b"\xe2\x80",
    ),
    *("\u2028 \u202e \u0085 \u00a0 \ufeff １ ٣ é e\u0301 \U0001f600".encode().split(b" ")),
]


def put_in(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(BITS) * chance.choice([1, 1, 1, 2, 40]) + text[at:]


def put_over(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(BITS) + text[at + 1 :]


def take_out(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.choice([1, 1, 2, 5, 30]) :]


def cut_off(chance: random.Random, text: bytes) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def repeat(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    part = text[at : at + chance.choice([1, 10, 200])]
    return text[:at] + part * chance.choice([2, 3, 50]) + text[at:]


def other_encoding(chance: random.Random, text: bytes) -> bytes:
    name = chance.choice(["utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "latin-1"])
    return text.decode("utf-8", "replace").encode(name, "replace")


# ---- lines ----


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True) or [b""]


def line_gone(chance: random.Random, text: bytes) -> bytes:
    lines = _lines(text)
    lines.pop(chance.randrange(len(lines)))
    return b"".join(lines)


def line_again(chance: random.Random, text: bytes) -> bytes:
    lines = _lines(text)
    line = chance.choice(lines)
    at = chance.randrange(len(lines) + 1)
    return b"".join([*lines[:at], *[line] * chance.choice([1, 1, 2, 200]), *lines[at:]])


def lines_shuffled(chance: random.Random, text: bytes) -> bytes:
    lines = _lines(text)
    chance.shuffle(lines)
    return b"".join(lines)


def line_new(chance: random.Random, text: bytes) -> bytes:
    lines = _lines(text)
    new = chance.choice([b"", b",,,", b"Total,,5", b"Page 1", b"#", b'"', b"\t", b"a,b,c,d,e,f"])
    lines.insert(chance.randrange(len(lines) + 1), new + b"\n")
    return b"".join(lines)


def other_ends(chance: random.Random, text: bytes) -> bytes:
    return text.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\r", b"\n\n", b"\x1e", b""]))


def other_delimiter(chance: random.Random, text: bytes) -> bytes:
    return text.replace(b",", chance.choice([b";", b"\t", b"|", b" ", b", ", b'","', b""]))


def twice(chance: random.Random, text: bytes) -> bytes:
    return text + chance.choice([b"", b"\n", b"\xef\xbb\xbf", b"\x1a"]) + text


# ---- cells ----

CELLS = """
|0|-0|-5|1e309|NaN|inf|1_6|１６|٣|0x10|12,5|1,200|480|481|28800|28801|99999999|12:61|0:20|20:00
24:00:00|2026-02-30|0000-00-00|0001-01-01|9999-12-31|2199-12-31|1990-01-01|2026-03-32|20260301
2026-W09-7|2026-03-08T02:30:00|2026-11-01T01:30:00|2026-03-31T23:59:60|2026-03-31T24:00
2026-03-01T00:00:00+14:00|2026-03-01T00:00:00-14:00|2026-04-01T03:59:59Z|2026-03-01 00:00
03/04/2026|13/04/2026|3/4/26|45000|N/A|NULL|None|nan|-|?|#REF!|=1+1|total|Total|patient_id|rtm
ccm;rtm|;|;;;|rtm;rtm|live_audio|yes|no|musculoskeletal|physiologic|hospital|physician|medicare
99490|98977|g0506|I10|I10;I10|$1,0|$999999999.99|a b|x\u200by|\u202e|\u00a0|'|`|\\|\\n|%s|{0}
[red]|:x:|<b>|\x1b[31m|\x7f
""".replace("\n", "|").split("|")
LONG = [
    "x" * 199,
    "x" * 201,
    "9" * 5000,
    "x" * 140_000,
    '"' + "x\n" * 50 + '"',
    '"a""b"',
    '"a\nb"',
    '"',
]


def cell(chance: random.Random, text: bytes) -> bytes:
    lines = _lines(text)
    at = chance.randrange(len(lines))
    cells = lines[at].rstrip(b"\r\n").split(b",")
    new = chance.choice(CELLS) if chance.random() < 0.9 else chance.choice(LONG)
    cells[chance.randrange(len(cells))] = new.encode()
    lines[at] = b",".join(cells) + b"\n"
    return b"".join(lines)


def column(chance: random.Random, text: bytes) -> bytes:
    rows = [line.split(b",") for line in text.split(b"\n")]
    at, new = chance.randrange(len(rows[0])), chance.choice(CELLS).encode()
    for row in rows[1:]:
        if at < len(row) > 1:
            row[at] = new
    return b"\n".join(b",".join(row) for row in rows)


def cells_swapped(chance: random.Random, text: bytes) -> bytes:
    lines = [line.split(b",") for line in text.split(b"\n")]
    one, other = chance.choice(lines), chance.choice(lines)
    i, j = chance.randrange(len(one)), chance.randrange(len(other))
    one[i], other[j] = other[j], one[i]
    return b"\n".join(b",".join(row) for row in lines)


# ---- the mapping ----

KEYS = [
    "timezone",
    "month",
    "as_of",
    "window_mode",
    "calls_count_as_time",
    "defaults",
    "positions",
    "tables",
    "payers",
    "payer",
    "rules",
    "overlays",
    "view",
    "format",
    "all",
    "evidence",
    "strict",
    "quiet",
    "verbose",
    "no_color",
    "fail_on",
    "readings",
    "time_log",
    "calls",
    "patients",
    "visits",
    "claims",
    "coverage",
    "stays",
    "files",
    "encoding",
    "delimiter",
    "skip_lines",
    "columns",
    "constants",
    "formats",
    "units",
    "zone",
    "words",
    "keep",
    "drop",
    "covers",
    "from",
    "to",
    "join",
    "with",
    "role",
    "biller_type",
    "program",
    "system",
    "patient_id",
    "recorded_at",
    "started_at",
    "minutes",
    "seconds",
    "ended_at",
    "contact",
    "take",
    "since",
    "source",
    "rtm-setup-days",
]
VALUES = """
|~|null|true|no|0|-1|1.5|1e9|[]|{}|[[]]|{a: b}|[a, b]|''|"\\0"|2026-03-01|2026-02-30|2026-03|12:30
012|0x1F|!!python/object:os.system|!!binary aGk=|&a [*a]|*a|<<|? x|- - -|utf-8|utf-16|cp1252|"\\t"
","|'"'|"\\n"|100|America/New_York|UTC|Etc/GMT-14|Nowhere/Land|../../etc/passwd|%m/%d/%Y|%H:%M %p
%Y-%m-%d %H:%M|%s|%%|%|%Q|readings.csv|*|"*.csv"|[*]|[!a|patient_id|recorded_at
{join: [patient_id]}|{join: [patient_id, system]}|{join: [patient_id, nothing], with: ""}|rtm
physician|aetna|medicare|hh:mm|mm:ss|hours|fixed_30|calendar_month|{rtm: ccm}
{goniometer: respiratory}|{source: device}|{from: 2026-03-01, to: 2026-03-31}
{from: 2026-04-01, to: 2026-01-01}|short|[short, unknown]|{take: two_days, since: 2026-01-01}
""".replace("\n", "|").split("|")


def mapping(chance: random.Random, text: bytes) -> bytes:
    lines = text.split(b"\n")
    at = chance.randrange(len(lines))
    indent = b" " * chance.choice([0, 2, 4, 6, len(lines[at]) - len(lines[at].lstrip())])
    key, value = chance.choice(KEYS), chance.choice(VALUES)
    if chance.random() < 0.5 and b":" in lines[at]:
        lines[at] = lines[at].split(b":")[0] + f": {value}".encode()
    else:
        lines.insert(at, indent + f"{key}: {value}".encode())
    return b"\n".join(lines)


# ---- all of it ----

BYTES = (put_in, put_over, take_out, cut_off, repeat, other_encoding)
LINES = (line_gone, line_again, lines_shuffled, line_new, other_ends, other_delimiter, twice)
IN_CELLS = (cell, cell, cell, cell, column, cells_swapped)


def mutated(chance: random.Random) -> Files:
    """A practice with one to four things done to it."""
    files = chance.choice([plain, plain, vendor])()
    for name in [*files]:
        if name != MAPPING and chance.random() < 0.3 and len(files) > 2:
            del files[name]
    for _ in range(chance.choice([1, 1, 2, 2, 3, 4])):
        _mutate(chance, files)
    return files


def _mutate(chance: random.Random, files: Files) -> None:
    name = chance.choice([*files])
    if name == MAPPING:
        how = chance.choice([mapping, mapping, mapping, *BYTES, line_gone, line_again])
    elif chance.random() < 0.06:
        _whole_file(chance, files, name)
        return
    else:
        how = chance.choice([*BYTES, *LINES, *IN_CELLS, *IN_CELLS])
    files[name] = how(chance, files[name])


def _whole_file(chance: random.Random, files: Files, name: str) -> None:
    stem, _, suffix = name.rpartition(".")
    match chance.randrange(7):
        case 0:
            files[f"{stem}_2.{suffix}"] = files[name]
        case 1:
            files[name] = b""
        case 2:
            other = chance.choice([*files])
            if MAPPING not in (name, other):
                files[name], files[other] = files[other], files[name]
        case _:
            end, pack = chance.choice([*PACKED.items()])
            packed = pack(files.pop(name))
            files[stem + end] = packed if chance.random() < 0.3 else _damaged(chance, packed)


def _damaged(chance: random.Random, packed: bytes) -> bytes:
    for _ in range(chance.choice([1, 1, 3])):
        packed = chance.choice([cut_off, put_over, put_over, take_out, repeat])(chance, packed)
    return packed
