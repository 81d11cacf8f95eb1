"""What was gathered of a folder -> the text of a mapping file that can be read as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtmaudit import strict_yaml
from rtmaudit.config import FILE_NAME, FILL_IN, config_of
from rtmaudit.errors import FaultsError, InvariantError
from rtmaudit.exports.proposal.draft import Draft, Line, Question
from rtmaudit.exports.proposal.folder import FileNote, Gathered, gather
from rtmaudit.exports.proposal.page import Open, Page
from rtmaudit.tables import TABLES

_MOST_NAMES = 3
_ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")

_HOW_TO = (
    "Beside each line stands why. Nothing that changes a count was guessed: what the files do not "
    "prove is a QUESTION, and an audit waits for its answer. To answer, take the `# ` off the line "
    f"below it that is true, and write our word where {FILL_IN} stands. An OPTION may stay as it "
    "is. Next month's exports are read too where `files:` is a pattern, such as readings_*.csv."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of the mapping file, what each file was taken for, and the open questions."""

    text: str
    notes: tuple[FileNote, ...]
    open: tuple[Open, ...]


def propose(paths: Sequence[Path]) -> Proposal:
    """How these exports may be read. Raises InvariantError should the text be no configuration."""
    found = gather(paths)
    known, drafts = _needed(found.drafts)
    page = Page()
    _introduce(page, found, known)
    _ask_zone(page, found.drafts)
    _ask_tables(page, drafts)
    if drafts:
        page.gap()
        page.lines.append("tables:")
    for table in TABLES:
        if mine := [each for each in drafts if each.table == table]:
            page.table(table, mine)
    _check(page.text())
    return Proposal(page.text(), tuple(_notes(found, known)), tuple(page.open))


def _needed(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Files that need no mapping, and mappings to be written. Where a table has other mappings, a
    file is no longer known by its name, and is among them."""
    mapped = {each.table for each in drafts if not each.spare}
    known = [each for each in drafts if each.table not in mapped]
    return known, [each for each in drafts if each.table in mapped]


def _introduce(page: Page, found: Gathered, known: Sequence[Draft]) -> None:
    page.say("Proposed by `rtmaudit init` from the headers and cells of these exports.", 0)
    page.say(_HOW_TO)
    if known:
        page.gap()
        page.say("Read by their names and columns, so that no line is needed here:")
        for draft in known:
            page.say(f"  {', '.join(draft.files)}: {draft.table}", 0, 4)
    if found.unused:
        page.gap()
        page.say("Not used:")
        for note in found.unused:
            page.say(f"  {note.name}: {note.said}", 0, 4)


def _ask_zone(page: Page, drafts: Sequence[Draft]) -> None:
    """Where a day begins is asked once, if any export has times."""
    files = [name for draft in drafts if draft.zoned for name in draft.files]
    if not files:
        return
    page.gap()
    some = ", ".join(list(dict.fromkeys(files))[:_MOST_NAMES])
    more = f" and {len(set(files)) - _MOST_NAMES} more" if len(set(files)) > _MOST_NAMES else ""
    sentence = (
        f"In which time zone do your patients' days begin? There are times of day in {some}{more}."
    )
    answers = tuple(Line("timezone", zone) for zone in _ZONES)
    hint = "Another zone is written alike."
    page.question(Question("timezone", sentence, answers, hint=hint), 0)


def _ask_tables(page: Page, drafts: Sequence[Draft]) -> None:
    """Files that may be of several tables: an audit waits until one of them names it."""
    asked = [draft for draft in drafts if draft.or_else and draft.table == _may_be(draft)[0]]
    if not asked:
        return
    page.gap()
    page.lines.append("asks:")
    for draft in asked:
        sentence = f"What is this: {' or '.join(_may_be(draft))}? Its columns fit each."
        hint = "Uncomment the block of the one that is right, below."
        page.question(Question("tables", sentence, (), hint=hint), 2, draft.files)
        for name in draft.files:
            page.ask(name, f"QUESTION {len(page.open)}: {sentence} {hint}", 2)


def _may_be(draft: Draft) -> list[str]:
    return [table for table in TABLES if table in (draft.table, *draft.or_else)]


def _check(text: str) -> None:
    try:
        config_of(strict_yaml.parse(text, FILE_NAME))
    except FaultsError as error:
        why = "; ".join(str(fault) for fault in error.faults)
        raise InvariantError(f"the proposal is no configuration ({why})") from None


def _notes(found: Gathered, known: Sequence[Draft]) -> Iterator[FileNote]:
    for draft in found.drafts:
        said = draft.table
        if draft in known:
            said += ", by name and columns"
        if draft.or_else:
            said = " or ".join(_may_be(draft))
        if draft.table == _may_be(draft)[0]:
            yield from (FileNote(name, said) for name in draft.files)
    yield from (FileNote(note.name, f"not used: {note.said}") for note in found.unused)
