"""The workbook: read back by two other programs, every cell is the one that the views have."""

from __future__ import annotations

import csv
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xlsxwriter
from practice import Practice, command, one_sentence, process, surroundings
from python_calamine import CalamineWorkbook
from test_cli import AS_OF, on_terminal
from test_privacy import FORMULAS, HOSTILE, audited

from rtmaudit.commands.options import Asked, settle
from rtmaudit.errors import OutputError, visible
from rtmaudit.formats import sheet as sheets
from rtmaudit.formats import writer
from rtmaudit.model import Program
from rtmaudit.pipeline import audit
from rtmaudit.report import Report
from rtmaudit.report.aside import candidates, problems, provenance, totals
from rtmaudit.report.head import head_lines, summary
from rtmaudit.report.views import Cell, ColumnKind, View, view
from rtmaudit.shipped import shipped

NAMES = ["Summary", "Patients", "Codes", "Worklist", "CCM candidates", "Problems", "Provenance"]
HOSTILE_HERE = [
    "<r><t>inside</t></r>",
    "<r>",
    "<r></r>",
    "_x0041_",
    "_x000D_",
    "www.example.com",
    "https://example.com",
    "mailto:a@example.com",
    "internal:Sheet1!A1",
    "external:other.xlsx",
    "{=1+1}",
    "0042",
    "1e5",
    "2026-03-01",
    "true",
    "&amp;<b>",
    "end\ufffe",
    "😀",
]
VERDICTS = ["ready", "open", "short", "blocked", "review", "unknown"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def report_of(folder: Path, *, fees: bool = False) -> Report:
    order, _ = settle(Asked((folder,), "2026-03", "2026-04-01", fees=fees))
    return audit(order, lambda _: None)


def book_of(report: Report, which: str = "patients", *, everything: bool = False) -> bytes:
    below = io.BytesIO()
    with io.TextIOWrapper(below, encoding="utf-8") as stream:
        writer("xlsx")(report, stream, which=which, everything=everything)
        return below.getvalue()


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(shipped("samples"))


@pytest.fixture(scope="module")
def priced() -> Report:
    return report_of(shipped("samples"), fees=True)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    practice = Practice(tmp_path_factory.mktemp("hostile"))
    audited(practice, [*HOSTILE, *FORMULAS, *HOSTILE_HERE])
    return report_of(practice.folder)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    return Practice(tmp_path)


def views_of(report: Report) -> dict[str, View]:
    return {
        "Patients": view(report, "patients"),
        "Codes": view(report, "codes"),
        "Worklist": view(report, "worklist"),
        "CCM candidates": candidates(report, Program.CCM),
        "Problems": problems(report),
        "Provenance": provenance(report),
    }


def rows_of(shown: View) -> list[list[Any]]:
    """The rows that a sheet must hold, below their header."""
    kinds = [kind for _, kind in shown.columns]
    names: list[Any] = [name for name, _ in shown.columns]
    return [
        names,
        *([_value(*each) for each in zip(row, kinds, strict=True)] for row in shown.rows),
    ]


def _value(cell: Cell, kind: ColumnKind) -> Any:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, int | Decimal):
        return cell
    return date.fromisoformat(cell) if kind is ColumnKind.DAY else visible(cell)


def read(book: bytes, name: str) -> list[list[Any]]:
    found = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(name)
    return found.to_python(skip_empty_area=False)


def names_of(book: bytes) -> list[str]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names


@pytest.mark.parametrize("whose", ["report", "priced", "hostile"])
def test_every_cell_is_the_one_of_the_view(whose: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(whose)
    book = book_of(report)
    assert names_of(book) == NAMES
    for name, shown in views_of(report).items():
        found, wanted = read(book, name), rows_of(shown)
        assert len(wanted) > 1 or name in ("CCM candidates", "Problems", "Worklist")
        for one, other in zip(found, wanted, strict=True):
            assert [_known(*both) for both in zip(one, other, strict=True)] == other, name


def _known(found: Any, wanted: Any) -> Any:
    """A workbook has one kind of number: a text that looks like one stays a text, and an amount is
    one to the cent."""
    if isinstance(found, float):
        assert isinstance(wanted, int | Decimal)
        return Decimal(str(found)).quantize(Decimal("0.01"))
    assert type(found) is type(wanted)
    return found


def test_the_summary_says_what_every_reader_must_know(report: Report) -> None:
    rows = read(book_of(report), "Summary")
    told = " ".join(" ".join(str(row[0]).split()) for row in rows)
    for line in [*head_lines(report, whole=True), summary(report)]:
        assert " ".join(line.split()) in told
    assert len(report.settle_first) > 6
    assert "more; --format json" not in told
    counted = rows_of(totals(report))
    assert rows[-len(counted) :] == counted
    assert counted[1][1] == sum(report.by_verdict.values()) == sum(r[1] for r in counted[2:])


def test_amounts_add_up(priced: Report) -> None:
    header, *rows = read(book_of(priced), "Patients")
    ready = header.index("amount_ready")
    added = sum(row[ready] for row in rows if row[ready] != "")
    assert f"{added:,.2f} ready" in summary(priced)


def test_all_lines_of_codes_where_all_are_asked_for(report: Report) -> None:
    book = book_of(report, everything=True)
    assert read(book, "Codes") == rows_of(view(report, "codes", everything=True))


def test_the_lines_to_key_have_a_sheet_where_they_are_asked_for(report: Report) -> None:
    book = book_of(report, "billing")
    assert names_of(book) == [*NAMES[:3], "Billing", *NAMES[3:]]
    assert read(book, "Billing") == rows_of(view(report, "billing"))


@pytest.mark.parametrize("by", [(), ("--by", "staff")])
def test_the_worklist_is_the_one_of_the_command(tmp_path: Path, by: Sequence[str]) -> None:
    book = tmp_path / "march.xlsx"
    asked = [shipped("samples"), "--month", "2026-03", "--as-of", "2026-03-20", "-q"]
    listed = list(csv.reader(io.StringIO(command("worklist", *asked, *by).out)))
    verb = ("worklist", *asked, *by) if by else ("audit", *asked)
    run = command(*verb, "-o", book)
    assert run.code == 0, run.err
    found = read(book.read_bytes(), "Worklist")
    assert [
        [str(int(c)) if isinstance(c, float) else str(c) for c in row] for row in found
    ] == listed
    assert len({row[listed[0].index("state")] for row in listed[1:]}) == 3
    assert any(row[listed[0].index("staff")] for row in listed[1:])


def test_candidates_of_another_program_have_no_line_among_those_of_ccm(report: Report) -> None:
    (patient,) = (each for each in report.patients if each.fit.candidates)
    (ccm,) = patient.fit.candidates
    both = replace(patient.fit, candidates=(replace(ccm, program=Program.PCM), ccm))
    other = replace(report, patients=(patient._replace(fit=both),))
    assert [row[3] for row in candidates(other).rows] == ["pcm", "ccm"]
    header, *rows = read(book_of(other), "CCM candidates")
    assert [row[3] for row in rows] == ["ccm"]
    told = dict(zip(header, rows[0], strict=True))
    assert told["from"] == str(ccm.from_month)
    assert told["conditions"] == "; ".join(ccm.conditions)
    assert told["lacks"] == "consent; the care plan; the initiating visit; minutes"


def test_the_problems_are_those_of_the_option(tmp_path: Path) -> None:
    book, told = tmp_path / "march.xlsx", tmp_path / "told.csv"
    run = Practice(shipped("samples")).audit("-o", book, "--problems", told, "-q")
    assert run.code == 0, run.err
    listed = list(csv.reader(io.StringIO(told.read_text(encoding="utf-8"))))
    assert len(listed) > 10
    found = read(book.read_bytes(), "Problems")
    assert [[str(int(c)) if isinstance(c, float) else c for c in row] for row in found] == listed


# --- by another program -------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
@pytest.mark.parametrize("whose", ["report", "priced", "hostile"])
def test_libreoffice_reads_every_cell(
    whose: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    report: Report = request.getfixturevalue(whose)
    (tmp_path / "book.xlsx").write_bytes(book_of(report))
    all_sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    private = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    convert = ["--headless", "--convert-to", all_sheets, "--outdir", str(tmp_path)]
    subprocess.run(
        ["soffice", private, *convert, str(tmp_path / "book.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    for name, shown in views_of(report).items():
        text = (tmp_path / f"book-{name}.csv").read_text(encoding="utf-8")
        found = list(csv.reader(io.StringIO(text, newline="")))
        wanted = [[_as_shown(cell) for cell in row] for row in rows_of(shown)]
        for one, other in zip(found, wanted, strict=True):
            assert one == other, name


def _as_shown(cell: Any) -> str:
    return f"{cell:,.2f}" if isinstance(cell, Decimal) else str(cell)


# --- what is in the file ------------------------------------------------------------------------


def parts_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def sheet_xml(book: bytes, number: int) -> ElementTree.Element:
    return ElementTree.fromstring(parts_of(book)[f"xl/worksheets/sheet{number}.xml"])


def test_no_cell_is_a_formula_or_a_link(hostile: Report) -> None:
    book = book_of(hostile)
    parts = parts_of(book)
    assert not [name for name in parts if "external" in name.lower() or "worksheets/_rels" in name]
    for number in range(1, len(NAMES) + 1):
        root = sheet_xml(book, number)
        tags = {element.tag.removeprefix(MAIN) for element in root.iter()}
        assert not tags & {"f", "hyperlinks", "hyperlink"}
        types = {cell.get("t") for cell in root.iter(f"{MAIN}c")}
        assert types <= {"inlineStr", "n", None}


def test_text_is_as_it_was_and_not_as_a_csv_needs_it(hostile: Report) -> None:
    ids = {row[0] for row in read(book_of(hostile), "Patients")[1:]}
    for text in ("=cmd|'/c calc'!A0", "'quoted", "＝1+1", "-1", "0042", "<r><t>inside</t></r>"):
        assert text in ids
    assert "\\x1b[31mred\\x1b[0m" in ids
    assert "'=1+1" not in ids


def test_headers_stay_and_filter_and_columns_are_as_wide_as_their_text(report: Report) -> None:
    book = book_of(report)
    names = ElementTree.fromstring(parts_of(book)["xl/workbook.xml"])
    titles = [
        each for each in names.iter(f"{MAIN}definedName") if "Print_Titles" in str(each.attrib)
    ]
    assert len(titles) == len(NAMES) - 1
    for number, shown in enumerate(views_of(report).values(), start=2):
        root = sheet_xml(book, number)
        pane = root.find(f".//{MAIN}pane")
        assert pane is not None
        assert (pane.get("state"), pane.get("ySplit"), pane.get("xSplit")) == ("frozen", "1", "1")
        reach = root.find(f"{MAIN}autoFilter")
        last = xlsxwriter.utility.xl_rowcol_to_cell(
            max(len(rows_of(shown)) - 1, 1), len(shown.columns) - 1
        )
        assert reach is not None
        assert reach.get("ref") == f"A1:{last}"
        setup = root.find(f"{MAIN}pageSetup")
        assert setup is not None
        assert (setup.get("orientation"), setup.get("fitToHeight")) == ("landscape", "0")
        widths = [float(str(each.get("width"))) for each in root.iter(f"{MAIN}col")]
        assert widths
        assert max(widths) < 75


def test_a_column_is_as_wide_as_its_longest_text(report: Report) -> None:
    root = sheet_xml(book_of(report), 2)
    widths: dict[int, float] = {}
    for each in root.iter(f"{MAIN}col"):
        for at in range(int(str(each.get("min"))), int(str(each.get("max"))) + 1):
            widths[at] = float(str(each.get("width")))
    rows = rows_of(view(report, "patients"))
    for at in range(len(rows[0])):
        longest = max(len(str(row[at])) for row in rows)
        assert widths[at + 1] >= min(longest * 0.8, 60)


def test_ids_of_digits_are_texts_without_a_mark_and_days_are_days(report: Report) -> None:
    book = book_of(report)
    root = sheet_xml(book, 3)
    marks = root.find(f".//{MAIN}ignoredError")
    assert marks is not None
    assert marks.get("numberStoredAsText") == "1"
    formats = parts_of(book)["xl/styles.xml"].decode()
    assert 'formatCode="yyyy-mm-dd"' in formats
    assert "0042" in {row[0] for row in read(book, "Codes")}


def test_the_colour_of_a_verdict_never_stands_without_its_word(report: Report) -> None:
    styles = ElementTree.fromstring(parts_of(book := book_of(report))["xl/styles.xml"])
    fills = [xf.get("fillId") for xf in styles.findall(f"{MAIN}cellXfs/{MAIN}xf")]
    words: dict[str | None, set[str]] = {}
    for cell in list(sheet_xml(book, 2).iter(f"{MAIN}c")):
        text = "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
        words.setdefault(fills[int(cell.get("s") or 0)], set()).add(text)
    coloured = [said for fill, said in words.items() if fill != "0" and "patient_id" not in said]
    assert sorted(map(sorted, coloured)) == [[verdict] for verdict in sorted(VERDICTS)]


# --- the same bytes, whole or not at all --------------------------------------------------------


def test_the_same_report_gives_the_same_bytes_to_a_file_and_to_a_pipe(tmp_path: Path) -> None:
    here, there = tmp_path / "march.xlsx", tmp_path / "piped.xlsx"
    words = ["audit", shipped("samples"), *AS_OF, "-q"]
    assert (
        process(*words, "-o", here, env={"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"}).returncode == 0
    )
    with there.open("wb") as out:
        run = process(*words, "--format", "xlsx", stdout=out, env={"TZ": "America/New_York"})
    assert run.returncode == 0, run.stderr
    assert here.read_bytes() == there.read_bytes()
    assert here.stat().st_mode & 0o777 == 0o600
    assert names_of(here.read_bytes()) == NAMES


def test_no_workbook_is_sent_to_a_terminal() -> None:
    code, shown, err = on_terminal(100, "audit", shipped("samples"), *AS_OF, "--format", "xlsx")
    assert (code, shown) == (2, "")
    one_sentence(err, "xlsx is nothing for a terminal", "-o march.xlsx")


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


def test_without_room_for_what_it_must_put_aside_nothing_is_written(
    tmp_path: Path, scratch: Path
) -> None:
    old = tmp_path / "march.xlsx"
    old.write_bytes(b"old")
    run = process(
        *["audit", shipped("samples"), *AS_OF, "-q", "-o", old],
        env={"TMPDIR": str(scratch)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert run.returncode == 5
    one_sentence(run.stderr, "temporary files of the workbook", "larger than is allowed")
    assert old.read_bytes() == b"old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["march.xlsx", "tmp"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_ended_while_it_writes_a_run_leaves_nothing(
    tmp_path: Path, scratch: Path, how: signal.Signals
) -> None:
    words = ["audit", str(shipped("samples")), *AS_OF, "-o", str(tmp_path / "march.xlsx")]
    with subprocess.Popen(
        [sys.executable, "-m", "rtmaudit", *words],
        env=surroundings() | {"TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
    ) as running:
        while running.poll() is None and not list(scratch.glob("rtmaudit-scratch-*/*")):
            time.sleep(0.001)
        running.send_signal(how)
    assert running.returncode == 128 + how
    assert [each.name for each in tmp_path.iterdir()] == ["tmp"]


def test_a_full_disk_leaves_the_old_workbook_whole(
    practice: Practice, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rtmaudit.outfile import publish

    old = practice.write("march.xlsx", b"old")

    def full(handle: int, data: Any) -> int:
        raise OSError(28, "No space left on device")

    with (
        pytest.raises(OutputError, match=r"^march\.xlsx: the disk is full$") as caught,
        publish([old]) as (stream,),
    ):
        monkeypatch.setattr(os, "write", full)
        writer("xlsx")(report, stream, which="patients", everything=False)
    monkeypatch.undo()
    assert caught.value.exit_code == 5
    assert old.read_bytes() == b"old"
    assert [each.name for each in practice.folder.iterdir()] == ["march.xlsx"]


# --- the limits of a sheet ----------------------------------------------------------------------


def test_more_rows_than_a_sheet_holds_go_on_in_the_next_and_it_is_said(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = rows_of(view(report, "codes"))
    monkeypatch.setattr(sheets, "MOST_ROWS", 61)
    book = book_of(report)
    many = -(-(len(wanted) - 1) // 60)
    assert many > 2
    names = ["Codes", *(f"Codes {n}" for n in range(2, many + 1))]
    assert [name for name in names_of(book) if name.startswith("Codes")] == names
    parts = [read(book, name) for name in names]
    assert all(part[0] == wanted[0] for part in parts)
    assert [row for part in parts for row in part[1:]] == wanted[1:]
    assert max(map(len, parts)) == 61
    told = [row[0] for row in read(book, "Summary")]
    assert (
        f"Codes has more rows than a sheet can hold and goes on in {', '.join(names[1:])}"
        in " ".join(" ".join(map(str.strip, told)).split())
    )
    assert "Patients 2" not in names_of(book)


def test_just_as_many_rows_as_a_sheet_holds_need_no_other(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = len(rows_of(view(report, "patients")))
    monkeypatch.setattr(sheets, "MOST_ROWS", rows)
    assert "Patients 2" not in names_of(book_of(report))
    monkeypatch.setattr(sheets, "MOST_ROWS", rows - 1)
    assert len(read(book_of(report), "Patients 2")) == 2


def cells_of(texts: Sequence[str]) -> tuple[list[Any], list[str]]:
    """A view of these texts, written and read back; and what is said of it."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"constant_memory": True})
    shown = View("texts", [("text", ColumnKind.TEXT)], [[text] for text in texts])
    told = list(sheets.write_view(book, sheets.Styles(book), "Texts", "title", shown))
    book.close()
    return [row[0] for row in read(held.getvalue(), "Texts")[1:]], told


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_a_cell_holds_as_much_as_the_format_allows_and_says_where_it_ends(letter: str) -> None:
    units = len(letter.encode("utf-16-le")) // 2
    whole = letter * (32_767 // units)
    (one, other), told = cells_of([whole, whole + letter])
    assert one == whole
    assert other.endswith(" ... (cut)")
    assert other.removesuffix(sheets.CUT) == letter * len(other.removesuffix(sheets.CUT))
    assert 32_760 < len(other.encode("utf-16-le")) // 2 <= 32_767
    assert told == [
        "Texts: 1 cell holds more text than a sheet can and ends in ... (cut); a CSV has it whole"
    ]
    assert cells_of([whole])[1] == []


def test_a_long_text_of_markup_is_cut_like_any_other() -> None:
    (cell,), told = cells_of(["<r>" + "x" * 40_000 + "</r>"])
    assert cell.startswith("<r>xxx")
    assert cell.endswith(sheets.CUT)
    assert len(told) == 1


def test_other_formats_do_not_load_its_library() -> None:
    code = "import sys; from rtmaudit.cli import main; main(); print(*sys.modules, file=sys.stderr)"
    words = ["audit", str(shipped("samples")), *AS_OF, "-q", "--format", "csv"]
    run = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    loaded = set(run.stderr.split())
    assert "rtmaudit.formats.separated" in loaded
    assert "xlsxwriter" not in loaded


def test_a_column_has_room_for_its_numbers() -> None:
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"constant_memory": True})
    columns = [("n", ColumnKind.NUMBER), ("on", ColumnKind.DAY)]
    shown = View("numbers", columns, [[123_456_789_012, "2026-03-31"]])
    assert list(sheets.write_view(book, sheets.Styles(book), "Numbers", "title", shown)) == []
    book.close()
    widths = [float(str(c.get("width"))) for c in sheet_xml(held.getvalue(), 1).iter(f"{MAIN}col")]
    assert min(widths) > 10
    assert max(widths) > 14
