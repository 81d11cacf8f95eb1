"""The generated parts of rules/README.md: what is covered, what is contested, which payers differ.

`python tests/rules_page.py` (make rules-page) writes them; a test demands that they are up to date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rtmaudit.rulebook import Rulebook, dated_values, load_rules
from rtmaudit.rulebook.schema import CodeRule, ProgramFile
from rtmaudit.shipped import shipped

PAGE = shipped("rules") / "README.md"


def coverage(book: Rulebook) -> Iterator[str]:
    """Every code: title, since when (and until when) it is in force, what is contested about it."""
    yield "| code | | in force | contested |"
    yield "|---|---|---|---|"
    for program, file in book.files.items():
        yield f"| **{program}** | **{file.title}** | | |"
        for code, rule in file.codes.items():
            points = ", ".join(f"`{point}`" for point in _points(file, code))
            yield f"| {code} | {rule.title} | {_in_force(rule)} | {points} |"


def _in_force(rule: CodeRule) -> str:
    told = ""
    for day, entry in sorted(rule.in_force.items()):
        told += f"from {day}" if entry.value else f", not from {day} on"
    return told


def _points(file: ProgramFile, code: str) -> list[str]:
    found: dict[str, None] = {}
    for dated in dated_values(file):
        place = dated.place
        own = place[0] == "every" or place[:2] == ("codes", code)
        for entry in dated.entries.values():
            ladders = place[0] == "one_of" and any(code in each for each in entry.value or [])
            if own or ladders:
                found |= dict.fromkeys(entry.contested)
    return list(found)


def contested(book: Rulebook) -> Iterator[str]:
    """Every contested point with its question and the words of its two readings."""
    yield "| point | question | default | other |"
    yield "|---|---|---|---|"
    for point, asked in sorted(book.points.items()):
        yield f"| `{point}` | {asked.question} | `{asked.base}` | `{asked.other}` |"


def payers(book: Rulebook) -> Iterator[str]:
    """Every payer's overlay and the values that it gives another word."""
    yield "| payer | | changes |"
    yield "|---|---|---|"
    for name, overlay in sorted(book.overlays.items()):
        changes = [
            f"{program} {', '.join(_changed(part))}"
            for program, part in overlay.file.programs.items()
        ]
        yield f"| `{name}` | {overlay.file.title} | {'; '.join(changes)} |"


def _changed(part: Mapping[str, object]) -> list[str]:
    """The codes of a part of a file, or the names of what all codes share."""
    codes = part.get("codes")
    shared = [key for key in part if key != "codes"]
    return [*(map(str, codes) if isinstance(codes, dict) else ()), *shared]


PARTS: Mapping[str, Callable[[Rulebook], Iterator[str]]] = {
    "coverage": coverage,
    "contested": contested,
    "payers": payers,
}


def written(page: str, book: Rulebook) -> str:
    """The page with its generated parts made anew."""
    for name, part in PARTS.items():
        block = "\n".join([f"<!-- {name}: written by make rules-page -->", *part(book)])
        pattern = rf"<!-- {name}: written by make rules-page -->.*?(?=\n<!-- end -->)"
        places = re.findall(pattern, page, re.DOTALL)
        if len(places) != 1:
            raise ValueError(f"the page has {len(places)} places for {name}")
        page = page.replace(places[0], block)
    return page


def main(path: Path = PAGE) -> None:
    """Write the page."""
    text = path.read_text(encoding="utf-8")
    path.write_text(written(text, load_rules(shipped("rules"))), encoding="utf-8")


if __name__ == "__main__":
    main()
