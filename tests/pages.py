"""A page as a test sees it: its elements, its texts, and what it would load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from rtmaudit.commands.options import Asked, settle
from rtmaudit.pipeline import audit
from rtmaudit.report import Report

VOID = {"meta", "link", "br", "input", "col", "hr", "img"}
RAW = {"style", "script"}


@dataclass
class Element:
    """An element: its name, its attributes, the texts in it, and what stands in it."""

    name: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """The elements in it with this name and these attributes."""
        found = [] if name and self.name != name else [self]
        mine = [e for e in found if attributes.items() <= e.attributes.items()]
        return mine + [e for child in self.children for e in child.all(name, **attributes)]

    def one(self, name: str = "", **attributes: str) -> Element:
        """The only one."""
        (found,) = self.all(name, **attributes)
        return found

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join(" ".join(self.texts).split())


class _Parser(HTMLParser):
    """Builds the tree. Whatever is not closed as it should be is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        made = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.at.name == tag, (self.at.name, tag, self.getpos())
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        inside: Element | None = self.at
        while inside is not None:
            inside.texts.append(data)
            inside = None if inside.name in RAW else inside.parent


def parse(text: str) -> Element:
    """The tree of a page that is well formed."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser.at is parser.root
    return parser.root


def table(page: Element, id_: str) -> list[dict[str, str]]:
    """The rows of a table by the titles of its columns."""
    found = page.one("table", id=id_)
    titles = [cell.text for cell in found.one("thead").all("th")]
    rows = found.one("tbody").all("tr")
    cells = [[e.text for e in row.children if e.name in ("th", "td")] for row in rows]
    return [dict(zip(titles, row, strict=True)) for row in cells]


def report_of(folder: Path, as_of: str = "2026-04-01") -> Report:
    """The report of March, with all that a page shows."""
    order, _ = settle(Asked((folder,), "2026-03", as_of, output=(Path("march.html"),)))
    return audit(order)
