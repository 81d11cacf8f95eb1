"""The page of a report: everything is on it, it loads nothing, and no text of an export is more
than text. What a browser does with it stands in test_browser.py."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from differential.product import rules_read_once
from pages import Element, parse, report_of, table
from practice import BY_MONTH, ZONE, Practice, command, days_of_march, readings

from rtmaudit.errors import visible
from rtmaudit.formats import html, html_rows
from rtmaudit.report import Report
from rtmaudit.report import picture as pictures
from rtmaudit.shipped import shipped

SAMPLES = ("audit", shipped("samples"), "--month", "2026-03", "--as-of", "2026-04-01")
HOSTILE = [
    "<script>document.title='x'</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><h1>x",
    "' autofocus onfocus=alert(1) x='",
    "&lt;b&gt;&amp;#60;",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- x",
    "]]><svg onload=alert(1)>",
    "http://example.org/x.png",
    "a\x08\x1b[31mb",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "<style>*{display:none}</style>",
]
"""No double quote in an id: a plain file of such lines is another test's."""


@pytest.fixture(scope="module")
def text() -> str:
    run = command(*SAMPLES, "--format", "html")
    assert run.code == 0
    return run.out


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return parse(text)


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(shipped("samples"))


def drawn(report: Report) -> Element:
    stream = io.StringIO()
    html.write_html(report, stream, which="patients", everything=False)
    return parse(stream.getvalue())


@pytest.fixture(scope="module")
def document() -> Any:
    return command(*SAMPLES, "--format", "json").document


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    made = Practice(tmp_path)
    made.configure(BY_MONTH + ZONE)
    with rules_read_once():
        yield made


def hostile(practice: Practice, texts: list[str]) -> None:
    """Every text as an id, a payer, a biller and the name of a file."""
    roster = io.StringIO()
    writer = csv.writer(roster)
    writer.writerow(["patient_id", "payer", "biller", "consent_on", "place_of_service"])
    writer.writerows([text, text, text, "2026-01-01", text] for text in texts)
    practice.write("patients.csv", roster.getvalue())
    log = io.StringIO()
    writer = csv.writer(log)
    writer.writerow(["patient_id", "recorded_at", "system"])
    days = [f"2026-03-{day:02d}" for day in range(1, 21)]
    writer.writerows([text, day, "respiratory"] for text in texts for day in days)
    practice.write("readings.csv", log.getvalue())
    practice.write("readings_<b>&'.csv", readings(*days_of_march(texts[0], 30), f"{texts[0]},no"))


def page_of(practice: Practice, *words: object) -> tuple[str, Element]:
    run = practice.audit("--format", "html", *words)
    assert run.code == 0, run.err
    return run.out, parse(run.out)


# --- what is on it --------------------------------------------------------------------------------


def test_every_patient_is_a_row_with_the_verdict_of_the_csv(page: Element) -> None:
    rows = table(page, "patients-table")
    expected = list(csv.DictReader(io.StringIO(command(*SAMPLES, "--format", "csv").out)))
    assert [row["Patient"] for row in rows] == [row["patient_id"] for row in expected]
    for row, wanted in zip(rows, expected, strict=True):
        assert row["Verdict"] == (wanted["verdict"] or "no verdict")
        assert row["Payer"] == wanted["payer"]
        assert row["Biller"] == wanted["biller"]
        codes = re.sub(r" x\d+", "", row["Ready codes"]).split()
        assert codes == [code for code in wanted["ready_codes"].split("; ") if code]
    (two_periods,) = (row for row in rows if row["Patient"] == "BF-007")
    assert two_periods["Data days"] == "18-19/16 9/16"
    assert two_periods["Minutes"] == "40 of 20"


def test_the_totals_are_those_of_the_document(page: Element, document: Any) -> None:
    assert page.one("h1").text == "March 2026"
    tiles = {
        e.one("dt").text: int(e.one("b").text) for e in page.one("section", id="totals").all("div")
    }
    assert sum(tiles.values()) == document["totals"]["patients"]
    assert tiles["ready"] == 31
    assert tiles["no verdict"] == 2
    for n, word in ((n, word) for word, n in document["totals"]["by_verdict"].items()):
        assert f"{n} {word}" in page.one("section", id="totals").text


def test_the_programs_and_their_ladders(page: Element) -> None:
    programs = page.one("section", id="programs").one("table", **{"class": "programs"})
    titles = [cell.text for cell in programs.one("thead").all("th")]
    rtm, _ = ([e.text for e in row.children] for row in programs.one("tbody").all("tr"))
    assert dict(zip(titles, rtm, strict=True)) == {
        "Program": "RTM",
        "Patients": "42",
        "Ready": "70",
        "At stake": "27",
        "Open": "0",
        "Blocked": "5",
        "Review": "16",
        "Unknown": "6",
        "Short": "7",
        "Running on": "58",
        "Ready, at stake, short": "",
    }
    ladder = page.one("table", **{"aria-labelledby": "ladder-rtm"}).one("tbody")
    stops = {row.one("th").text: row.all("b")[0].text for row in ladder.all("tr")}
    assert stops["data days"] == "8"
    assert stops["ready"] == "21"
    assert sum(map(int, stops.values())) == 42


def test_what_is_to_be_settled_and_what_was_not_checked(page: Element, document: Any) -> None:
    said = page.one("section", id="settle").text
    for each in document["settle_first"]:
        assert each["what"] in said
        assert each["configuration"] in said
    for each in document["not_checked"]:
        assert each in said


def test_problems_and_provenance(page: Element, document: Any) -> None:
    problems = page.one("section", id="problems")
    counted = [int(row.all("td")[3].text) for row in problems.one("tbody").all("tr")]
    assert sum(counted) == len(document["problems"]) > 0
    assert "59 (with time_log.csv:60), 60 (with time_log.csv:59)" in problems.text
    run = page.one("section", id="provenance").text
    for each in document["inputs"]:
        assert each["name"] in run
        assert each["sha256"] in run
    assert document["rules"]["sha256"] in run
    assert f"rtmaudit {document['tool']['version']}" in run


def test_each_patient_has_a_strip_of_days_with_their_number_in_words(page: Element) -> None:
    strips = page.one("table", **{"class": "strips"}).one("tbody").all("tr")
    cells = {row.one("th").text: [e.text for e in row.children] for row in strips}
    assert cells["BF-001"] == ["BF-001", "RTM", "", "32", "0", "1"]
    for row in strips:
        drawn = row.one("path", **{"class": "seen"}).attributes["d"].count("M")
        assert str(drawn) == row.children[3].text


def test_doubtful_days_are_drawn_and_counted(practice: Practice) -> None:
    days = days_of_march("P1", 3, 4)
    practice.write("readings.csv", readings(*days, *days_of_march("P2", 5)))
    _, plain = page_of(practice)
    assert "in doubt" not in plain.one("section", id="days").one("p", **{"class": "lead"}).text
    practice.write(
        "devices.csv",
        "device_id,patient_id,from,to\nD1,P1,2026-03-01,2026-03-10\nD1,P2,2026-03-11,\n",
    )
    header = "patient_id,recorded_at,system,device_id\n"
    lines = [
        f"{of},2026-03-{day},musculoskeletal,D1"
        for of, day in (("P1", "03"), ("P2", "05"), ("P2", "15"))
    ]
    practice.write("readings.csv", readings(*lines, header=header))
    _, page = page_of(practice)
    (row,) = (
        e
        for e in page.one("table", **{"class": "strips"}).one("tbody").all("tr")
        if e.one("th").text == "P2"
    )
    assert row.children[4].text == "1"
    assert row.one("path", **{"class": "doubtful"}).attributes["d"].count("M") == 1
    assert "in doubt" in page.one("section", id="days").one("p", **{"class": "lead"}).text


def test_a_provisional_run_says_so_in_words() -> None:
    run = command(*SAMPLES[:-1], "2026-03-20", "--format", "html")
    page = parse(run.out)
    assert "PROVISIONAL" in page.one("header").text
    days = {e.one("time").attributes["datetime"]: e.text for e in page.all("td") if e.all("time")}
    assert days["2026-03-21"] == "21 –"
    assert days["2026-01-31"] == "31 –"
    assert re.fullmatch(r"20 \d+", days["2026-03-20"])


def test_amounts_have_columns_only_where_they_are_asked_for(page: Element) -> None:
    titles = [cell.text for cell in page.all("th")]
    assert not {"Ready $", "At stake $"} & set(titles)
    assert "Amounts:" not in page.text
    priced = parse(command(*SAMPLES, "--fees", "--format", "html").out)
    told = csv.DictReader(io.StringIO(command(*SAMPLES, "--fees", "--format", "csv").out))
    amounts = {row["patient_id"]: row["amount_ready"] for row in told}
    rows = table(priced, "patients-table")
    shown = {row["Patient"]: row["Ready $"].replace(",", "") for row in rows}
    assert {of: Decimal(n) for of, n in shown.items() if n} == {
        of: Decimal(n) for of, n in amounts.items() if n
    }
    programs = priced.one("section", id="programs").one("table", **{"class": "programs"})
    sums = [row.children[3].text for row in programs.one("tbody").all("tr")]
    total = sum(Decimal(each.replace(",", "")) for each in sums)
    assert f"estimated: ${total:,.2f} ready" in priced.one("section", id="totals").text
    assert "Amounts: estimates" in priced.text


# --- large practices ------------------------------------------------------------------------------


def test_of_too_many_patients_those_that_need_a_hand_are_shown_and_the_rest_is_told(
    report: Report,
) -> None:
    with mock.patch.object(html_rows, "MOST_ROWS", 6):
        page = drawn(report)
    verdicts = [row["Verdict"] for row in table(page, "patients-table")]
    assert verdicts == ["no verdict"] * 2 + ["blocked"] * 4
    said = page.one("section", id="patients").text
    assert "54 patients are not on this page" in said
    assert "the CSV has all" in said
    with mock.patch.object(html_rows, "MOST_ROWS", 60):
        page = drawn(report)
    assert "not on this page" not in page.one("section", id="patients").text


def test_of_too_many_patients_only_the_calendar_is_drawn(page: Element, report: Report) -> None:
    with mock.patch.object(pictures, "MOST_STRIPS", 10):
        short = drawn(report)
    assert not short.all("table", **{"class": "strips"})
    months = [each.one("table", **{"class": "month"}).text for each in (short, page)]
    assert months[0] == months[1]
    (first,) = (d for d in pictures.picture(report).calendar.days if d.day == date(2026, 3, 1))
    assert f"Mar 1 {first.seen} " in months[0]


def test_too_many_suggestions_and_lines_are_told_by_number(report: Report) -> None:
    with (
        mock.patch.object(html, "MOST_SUGGESTIONS", 1),
        mock.patch.object(html, "MOST_LINES", 1),
    ):
        page = drawn(report)
    assert "And 1 more" in page.one("section", id="fit").text
    assert "59 (with time_log.csv:60) and 1 more" in page.one("section", id="problems").text


# --- sound, still, and the same each time ---------------------------------------------------------


def test_ids_are_unique_and_every_reference_leads_somewhere(page: Element) -> None:
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.all():
        if "aria-labelledby" in element.attributes:
            assert element.attributes["aria-labelledby"] in ids
        if element.name == "a":
            assert element.attributes["href"].removeprefix("#") in ids


def test_headings_step_down_one_at_a_time(page: Element) -> None:
    levels = [int(e.name[1]) for e in page.all() if re.fullmatch("h[1-6]", e.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_table_has_heads_and_a_name_and_every_control_a_label(page: Element) -> None:
    for each in page.all("table"):
        assert all("scope" in cell.attributes for cell in each.all("th"))
        rows = each.one("tbody").all("tr")
        assert rows
    for region in page.all("div", role="region"):
        assert region.attributes["tabindex"] == "0"
        assert {"aria-labelledby", "aria-label"} & region.attributes.keys()
    for control in [*page.all("input"), *page.all("select")]:
        assert control.parent is not None
        assert control.parent.name == "label"
    assert page.one("html").attributes["lang"] == "en"


def test_drawings_are_left_to_the_words_beside_them(page: Element) -> None:
    drawings = page.all("svg")
    assert len(drawings) > 40
    assert all(each.attributes["aria-hidden"] == "true" for each in drawings)


def test_nothing_is_loaded_and_nothing_else_may_run(page: Element) -> None:
    for element in page.all():
        assert element.name not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in {"style", "src", "srcset", "action", "data"}
            assert "//" not in value
            assert "url(" not in value or value == "url(#hatch)"
    policy = page.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for name in ("style", "script"):
        (inside,) = page.all(name)
        digest = hashlib.sha256("".join(inside.texts).encode()).digest()
        assert rules[f"{name}-src"] == f"'sha256-{base64.b64encode(digest).decode()}'"


def test_the_same_run_gives_the_same_bytes(text: str) -> None:
    assert command(*SAMPLES, "--format", "html").out == text


def test_the_suffix_chooses_it_and_the_file_is_private(text: str, tmp_path: Path) -> None:
    wanted = tmp_path / "march.html"
    run = command(*SAMPLES, "-o", wanted)
    assert (run.code, run.out) == (0, "")
    assert wanted.read_text(encoding="utf-8") == text
    assert stat.S_IMODE(wanted.stat().st_mode) == 0o600


def test_the_mapping_file_may_ask_for_it(practice: Practice) -> None:
    practice.write("readings.csv", readings(*days_of_march("P1", 3)))
    practice.configure(BY_MONTH + ZONE + "format: html\n")
    page = parse(practice.audit().out)
    assert len(page.all("table", **{"class": "strips"})) == 1


def test_a_report_of_nobody_is_a_page_too(report: Report) -> None:
    page = drawn(replace(report, patients=(), crowds=(), problems=(), settle_first=()))
    assert "No patient is in a program." in page.one("section", id="programs").text
    assert "None." in page.one("section", id="problems").text
    assert table(page, "patients-table") == []
    assert not page.all("section", id="days")


# --- hostile texts --------------------------------------------------------------------------------


def test_no_text_of_an_export_is_more_than_text(practice: Practice) -> None:
    hostile(practice, ["P1", "P2"])
    _, calm = page_of(practice)
    hostile(practice, HOSTILE)
    text, page = page_of(practice)
    assert {e.name for e in page.all()} <= {e.name for e in calm.all()}
    assert {n for e in page.all() for n in e.attributes} == {
        n for e in calm.all() for n in e.attributes
    }
    rows = table(page, "patients-table")
    for column in ("Patient", "Payer", "Biller"):
        assert {row[column] for row in rows} == {visible(each) for each in HOSTILE}
    options = {e.text for e in page.all("option")}
    assert {visible(each) for each in HOSTILE} <= options
    strips = page.one("table", **{"class": "strips"}).one("tbody").all("th")
    assert {each.text for each in strips} == {visible(each) for each in HOSTILE}
    assert "readings_<b>&'.csv" in page.one("section", id="problems").text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", text)


def test_the_naughty_strings_are_text(practice: Practice) -> None:
    listed = Path(__file__).parents[2] / "shared" / "data" / "hostile" / "naughty-strings.json"
    if not listed.is_file():
        pytest.skip("the naughty strings are not on this machine")
    texts = sorted(set(json.loads(listed.read_text(encoding="utf-8"))))
    fit = [t for t in texts if t.strip() and len(t) <= 200 and not re.search('[\0\r\n"]', t)]
    hostile(practice, fit)
    _, page = page_of(practice)
    solid = {"".join(visible(each).split()) for each in fit}
    shown = {"".join(row["Patient"].split()) for row in table(page, "patients-table")}
    assert shown == solid
    assert len(page.all("script")) == len(page.all("style")) == 1


# --- colours --------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def schemes() -> Iterator[dict[str, str]]:
    style = (html.PAGE / "report.css").read_text(encoding="utf-8")
    for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL):
        yield dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def test_every_text_stands_out_from_its_ground_in_both_schemes() -> None:
    light, dark = schemes()
    assert light.keys() == dark.keys()
    inks = ("ink", "quiet", "link", "ready", "open", "short", "blocked", "review", "unknown")
    for scheme in (light, dark):
        for ink in inks:
            for ground in ("paper", "raised"):
                assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
        for ground in ("track", *(f"shade-{n}" for n in range(1, 6))):
            assert contrast(scheme["ink"], scheme[ground]) >= 4.5, ground
        for drawn in ("data", "ready", "blocked", "review", "quiet"):
            assert contrast(scheme[drawn], scheme["track"]) >= 3, drawn
