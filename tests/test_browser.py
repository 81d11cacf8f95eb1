"""The page in a real Chromium: it says nothing, asks for nothing, and does what it is for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from browser import Browser, Page, browser, chromium
from practice import BY_MONTH, ZONE, Practice, command, days_of_march, readings

from rtmaudit.errors import visible
from rtmaudit.formats import html
from rtmaudit.report.standing import NEEDS_A_HAND
from rtmaudit.shipped import shipped

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.no_cover,  # what writes the page is covered by test_html.py
]
HOSTILE = [
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</style><img src=//example.org/x onerror=window.hacked=1>",
    "' onmouseover='window.hacked=1' x='",
    "</td></tr></tbody></table><h1>hacked</h1>",
    "<iframe src=javascript:parent.hacked=1>",
    "\u202egnp.exe",
]
ROWS = "document.querySelectorAll('#patients-table tbody tr')"
FIRST = f"Array.from({ROWS}, row => row.cells[0].textContent)"
SHOWN = (
    f"Array.from({ROWS}).filter(row => row.checkVisibility()).map(row => row.cells[0].textContent)"
)
HEADS = "Array.from(document.querySelectorAll('#patients-table thead th'))"


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample practice."""
    path = tmp_path_factory.mktemp("page") / "march.html"
    month = ("--month", "2026-03", "--as-of", "2026-04-01")
    assert command("audit", shipped("samples"), *month, "-q", "-o", path).code == 0
    return path


@pytest.fixture
def page(chrome: Browser, written: Path) -> Page:
    opened = chrome.open(written)
    opened.size(1280)
    return opened


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    """The verdict of each patient of the samples, by the CSV."""
    month = ("--month", "2026-03", "--as-of", "2026-04-01")
    run = command("audit", shipped("samples"), *month, "--format", "csv")
    return {row["patient_id"]: row["verdict"] for row in csv.DictReader(io.StringIO(run.out))}


def column(page: Page, title: str) -> list[str]:
    """The cells of a column, from top to bottom."""
    at = f"{HEADS}.findIndex(head => head.textContent === '{title}')"
    cells: list[str] = page.run(f"(at => Array.from({ROWS}, row => row.cells[at].innerText))({at})")
    return cells


def sort(page: Page, title: str) -> str:
    """Press the head of a column with the mouse; how it is sorted then."""
    head = f"{HEADS}.find(head => head.textContent === '{title}')"
    page.run(f"{head}.querySelector('button').click()")
    return str(page.run(f"{head}.getAttribute('aria-sort')"))


def choose(page: Page, kind: str, title: str) -> None:
    """Choose an option by what it says."""
    page.run(
        f"(list => {{ list.value = Array.from(list.options).find(o => o.text === '{title}').value;"
        " list.dispatchEvent(new Event('change')); })"
        f"(document.querySelector('[data-filter={kind}]'))"
    )


def count(page: Page) -> str:
    """What is said of how many are shown."""
    return str(page.run("document.getElementById('shown').value"))


def test_what_a_page_says_and_asks_for_is_seen(chrome: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\"><style>p{}</style>"
        "<script>console.warn('hm')</script><script>nothing.there</script><img src=x.png>",
        encoding="utf-8",
    )
    page = chrome.open(bad)
    said = str(page.said)
    assert "hm" in said
    assert "nothing is not defined" in said
    assert "Content Security Policy" in said
    assert page.loaded == [(tmp_path / "x.png").as_uri()]


def test_it_says_nothing_and_asks_for_nothing(page: Page) -> None:
    sort(page, "Verdict")
    choose(page, "verdict", "ready")
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.media("print")
    page.picture()
    assert page.said == []
    assert page.loaded == []


def test_a_column_is_sorted_by_what_it_holds(page: Page, verdicts: dict[str, str]) -> None:
    ids = page.run(FIRST)
    assert ids == list(verdicts)
    assert sort(page, "Verdict") == "ascending"
    order = ["", *NEEDS_A_HAND]
    assert page.run(FIRST) == sorted(ids, key=lambda each: order.index(verdicts[each]))
    assert sort(page, "Verdict") == "descending"
    assert column(page, "Verdict")[0] == "ready"
    assert sort(page, "Data days") == "ascending"
    days = [cell.split("/")[0].split("-")[0] for cell in column(page, "Data days")]
    numbers = [int(each) for each in days if each]
    assert numbers == sorted(numbers)
    assert len(numbers) > 30
    assert days[len(numbers) :] == [""] * (len(days) - len(numbers))
    assert sort(page, "Data days") == "descending"
    assert column(page, "Data days")[-1] == ""
    marks = page.run(f"{HEADS}.filter(head => head.hasAttribute('aria-sort')).length")
    assert marks == 1
    sort(page, "Patient")
    assert page.run(FIRST) == ids


def test_it_is_filtered_by_text_verdict_program_payer_and_biller(
    page: Page, verdicts: dict[str, str]
) -> None:
    assert count(page) == "60 of 60"
    choose(page, "verdict", "blocked")
    blocked = [each for each, verdict in verdicts.items() if verdict == "blocked"]
    assert page.run(SHOWN) == blocked
    assert count(page) == f"{len(blocked)} of 60"
    choose(page, "programs", "CCM")
    assert page.run(SHOWN) == ["BF-055"]
    page.run("document.getElementById('reset').click()")
    assert count(page) == "60 of 60"
    payer = page.run("document.querySelector('[data-filter=payers]').options[1].text")
    choose(page, "payers", payer)
    expected = [i for i, cell in zip(verdicts, column(page, "Payer"), strict=True) if payer in cell]
    assert page.run(SHOWN) == expected
    assert 0 < len(expected) < 60


def test_of_very_many_rows_the_first_are_on_screen_until_all_are_asked_for(
    chrome: Browser, tmp_path: Path, verdicts: dict[str, str]
) -> None:
    path = tmp_path / "march.html"
    month = ("--month", "2026-03", "--as-of", "2026-04-01")
    with mock.patch.object(html, "MOST_ON_SCREEN", 25):
        assert command("audit", shipped("samples"), *month, "-q", "-o", path).code == 0
    page = chrome.open(path)
    page.size(1280)
    assert page.run(SHOWN) == list(verdicts)[:25]
    assert count(page) == "60 of 60, the first 25 on screen"
    sort(page, "Patient")
    sort(page, "Patient")
    assert page.run(SHOWN) == list(verdicts)[:-26:-1]
    choose(page, "verdict", "blocked")
    assert count(page) == "4 of 60"
    every = "document.getElementById('every')"
    assert not page.run(f"{every}.checkVisibility()")
    page.run("document.getElementById('reset').click()")
    page.media("print")
    assert len(page.run(SHOWN)) == 60
    page.media()
    page.run(f"{every}.click()")
    assert len(page.run(SHOWN)) == 60
    assert count(page) == "60 of 60"
    assert not page.run(f"{every}.checkVisibility()")


def test_all_of_it_works_with_the_keyboard(page: Page) -> None:
    page.run("document.getElementById('find').focus()")
    page.type("BF-01 Medicare")
    shown = page.run(SHOWN)
    assert shown
    assert all(each.startswith("BF-01") for each in shown)
    page.press("Enter")
    focus = "document.activeElement.textContent"
    for _ in range(20):
        if page.run(focus) == "Verdict":
            break
        page.press("Tab")
    assert page.run(focus) == "Verdict"
    outline = page.run("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.press("Enter")
    assert page.run("document.activeElement.parentElement.ariaSort") == "ascending"
    page.press(" ")
    assert page.run("document.activeElement.parentElement.ariaSort") == "descending"
    assert page.run(SHOWN) != shown
    assert sorted(page.run(SHOWN)) == sorted(shown)
    assert page.said == []


def test_without_scripts_the_table_is_there_and_no_dead_control(
    chrome: Browser, written: Path, verdicts: dict[str, str]
) -> None:
    page = chrome.open(written, scripts=False)
    page.size(1280)
    page.ask("Emulation.setScriptExecutionDisabled", value=False)
    assert page.run(SHOWN) == list(verdicts)
    assert page.run("document.querySelectorAll('button, input, select').length") > 0
    visible_controls = "Array.from(document.querySelectorAll('button, input, select'))"
    assert page.run(f"{visible_controls}.filter(each => each.checkVisibility()).length") == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_itself_never_scrolls_sideways(page: Page, width: int) -> None:
    page.size(width)
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.run("document.documentElement.scrollWidth") <= width
    outside = page.run(
        "Array.from(document.querySelectorAll('main *')).filter(each => !each.closest('.scroll')"
        f" && each.checkVisibility() && each.getBoundingClientRect().right > {width})"
        ".map(each => each.outerHTML.slice(0, 80))"
    )
    assert outside == []


def test_the_dark_scheme_is_dark(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.run(ground) == "rgb(255, 255, 255)"
    page.media(prefers_color_scheme="dark")
    assert page.run(ground) == "rgb(18, 22, 29)"
    page.media("print", prefers_color_scheme="dark")
    assert page.run(ground) == "rgb(255, 255, 255)"


def test_on_paper_all_rows_are_there_and_the_heads_are_repeated(page: Page) -> None:
    page.media("print")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert page.run(style.format("#patients-table thead", "display")) == "table-header-group"
    assert page.run(style.format("#patients .scroll", "overflow")) == "visible"
    assert page.run(style.format("#patients .scroll", "maxHeight")) == "none"
    assert page.run(style.format("nav", "display")) == "none"
    assert page.run(style.format("thead button", "display")) == "contents"
    hidden = f"Array.from({ROWS}).filter(row => row.getBoundingClientRect().height === 0).length"
    assert page.run(hidden) == 0
    lists = "Array.from(document.querySelectorAll('#patients-table details li'))"
    assert page.run(f"{lists}.filter(each => !each.checkVisibility()).length") == 0


def test_hostile_texts_are_only_shown(chrome: Browser, tmp_path: Path) -> None:
    practice = Practice(tmp_path)
    practice.configure(BY_MONTH + ZONE)
    roster = io.StringIO()
    csv.writer(roster).writerows(
        [["patient_id", "payer", "biller"], *([each] * 3 for each in HOSTILE)]
    )
    practice.write("patients.csv", roster.getvalue())
    days = [line for each in HOSTILE for line in days_of_march(each, *range(1, 21))]
    practice.write("readings.csv", readings(*days))
    assert practice.audit("-q", "-o", tmp_path / "hostile.html").code == 0
    page = chrome.open(tmp_path / "hostile.html")
    assert sorted(page.run(FIRST)) == sorted(map(visible, HOSTILE))
    choose(page, "payers", visible(HOSTILE[-1]).replace("\\", "\\\\"))
    assert page.run(SHOWN) == [visible(HOSTILE[-1])]
    sort(page, "Biller")
    page.run("document.getElementById('find').value = '<script>'")
    page.run("document.getElementById('find').dispatchEvent(new Event('input'))")
    assert page.run("typeof window.hacked") == "undefined"
    assert page.run("document.querySelectorAll('script').length") == 1
    assert page.run("document.querySelectorAll('img, iframe, h1 ~ h1').length") == 0
    assert (page.said, page.loaded) == ([], [])
