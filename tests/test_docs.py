"""The documentation says what the program does: its commands are run, its reference and pictures
are made from the code, its links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import clock_pictures
import growth_picture
import pytest
import reference_page
from test_readme import ROOT, blocks, run, steps

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
WITH_COMMANDS = [page for page in PAGES if blocks(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    """All commands of a page, in order, in one folder with copies of `samples` and `rules`."""
    for name in ("samples", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for block in blocks(page.read_text(encoding="utf-8")):
        for command, shown in steps(block):
            code, lines = run(command, tmp_path)
            assert code == 0, (command, lines)
            assert lines == (shown or lines), command


def test_the_reference_is_what_the_code_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = reference_page.PAGE.read_text(encoding="utf-8")
    assert reference_page.written(page) == page


def test_a_reference_without_a_place_for_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for verbs"):
        reference_page.written("nothing")


@pytest.mark.parametrize("name", clock_pictures.PICTURES)
def test_the_pictures_are_drawn_from_the_clocks(name: str) -> None:
    drawn = (clock_pictures.FOLDER / name).read_text(encoding="utf-8")
    assert drawn == clock_pictures.PICTURES[name]()
    ElementTree.fromstring(drawn)


def test_the_picture_of_growth_is_drawn_from_the_table() -> None:
    assert len(growth_picture.measured()) == 4
    assert growth_picture.PICTURE.read_text(encoding="utf-8") == growth_picture.drawn()


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        if page.name != "README.md":
            assert f"({page.relative_to(DOCS).as_posix()})" in index, page
