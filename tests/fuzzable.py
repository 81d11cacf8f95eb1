"""Small valid practices to be fuzzed, and the forms in which their files may come. The ids in them
are canaries: none may be told on stderr."""

from __future__ import annotations

import csv
import gzip
import io
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import xlsxwriter
import zstandard
from spoilable import CONFIGURATION, TABLES

MAPPING = "rtmaudit.yaml"
CANARY = "Canary"
HIDDEN = ("patient_id", "device_id", "staff_id", "entry_id")

Files = dict[str, bytes]


def _with_canaries(text: str) -> str:
    head, *rows = csv.reader(io.StringIO(text))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        cells = zip(head, row, strict=True)
        writer.writerow(CANARY + cell if column in HIDDEN else cell for column, cell in cells)
    return out.getvalue()


def plain() -> Files:
    """All canonical tables as they are."""
    files = {f"{table}.csv": _with_canaries(text).encode() for table, text in TABLES.items()}
    return files | {MAPPING: CONFIGURATION.encode()}


VENDOR = {
    "export 1.csv": """\
Patient;Day;Time;Device;Kind
Canary1;03/13/2026;08:15 AM;goniometer;auto
Canary1;03/14/2026;09:15 PM;goniometer;auto
Canary2;03/04/2026;12:00 AM;spirometer;manual
Canary3;03/05/2026;07:30 AM;scale;test
""",
    "staff.tsv": """\
Who\tFrom\tTo\tHours\tTask\tHow
Canary1\t2026-03-13 08:00\t2026-03-13 08:12\t00:12:00\trehab\tphone
Canary2\t2026-03-14 09:00\t2026-03-14 09:20\t00:20:00\trehab\tnone
Canary3\t2026-03-15 10:00\t2026-03-15 10:21\t00:21:00\tchronic\tvideo
""",
    "roster.csv": """\
patient_id,programs,payer,enrolled_on,consent_on,conditions,therapy_amount_to_date
Canary1,rtm,Medicare,2026-03-01,2026-03-01,M17.11,"$1,200.50"
Canary2,rtm,,2026-03-02,2026-03-02,,
Canary3,ccm,Local 12,2026-03-03,2026-03-03,I10;E11.9,
""",
    MAPPING: """\
timezone: America/Chicago
month: 2026-03
window_mode: fixed_30
calls_count_as_time: true
defaults: {role: physician, biller_type: physician}
positions: {rtm-setup-days: two_days}
payers: {Local 12: aetna}
tables:
  readings:
    files: export *.csv
    delimiter: ";"
    columns:
      patient_id: Patient
      recorded_at: {join: [Day, Time]}
      system: Device
    formats: {recorded_at: "%m/%d/%Y %I:%M %p"}
    words:
      system: {goniometer: musculoskeletal, spirometer: respiratory, scale: physiologic}
    drop: {Kind: test}
    covers: {from: 2026-03-01, to: 2026-03-31}
  time_log:
    files: [staff.tsv]
    columns: {patient_id: Who, started_at: From, ended_at: To, minutes: Hours, program: Task}
    units: {minutes: "hh:mm:ss"}
    words:
      program: {rehab: rtm, chronic: ccm}
    constants: {contact: live_audio}
  patients: {files: roster.csv}
""",
}
VENDOR_NAMES = frozenset(
    name for text in VENDOR.values() for name in re.split(r"[;\t]", text.split("\n")[0])
)


def vendor() -> Files:
    """Three exports of a vendor, through a mapping that uses nearly every key."""
    return {name: text.encode() for name, text in VENDOR.items()}


# ---- other forms ----


def _workbook(text: bytes) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 4, 1)})
        sheet = book.add_worksheet()
        for i, row in enumerate(_rows(text)):
            for j, cell in enumerate(row):
                sheet.write_string(i, j, cell[:1000])
    return out.getvalue()


def _parquet(text: bytes) -> bytes:
    head, *body = _rows(text)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "x.parquet"
        columns = [_column(n, head) for n in range(len(head))]
        connection.execute(f"create table t ({', '.join(f'{c} varchar' for c in columns)})")
        fitting = [row for row in body if len(row) == len(head)]
        marks = ", ".join("?" * len(head))
        if fitting:
            connection.executemany(f"insert into t values ({marks})", fitting)
        connection.execute(f"copy t to '{path}'")
        return path.read_bytes()


def _column(number: int, head: list[str]) -> str:
    """A name that SQL takes, and none twice."""
    names = [re.sub(r"\W", "", cell, flags=re.ASCII).lower() for cell in head]
    once = Counter(names)[names[number]] == 1
    return f'"{names[number] if names[number] and once else number}"'


def _rows(text: bytes) -> list[list[str]]:
    shown = re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", "", text.decode("utf-8", "replace"))
    return [line.split(",") for line in shown.split("\n")]


PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".csv.gz": lambda text: gzip.compress(text, mtime=0),
    ".csv.zst": zstandard.compress,
    ".xlsx": _workbook,
    ".parquet": _parquet,
}
