"""All files of a folder -> the drafts of their mappings, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtmaudit.errors import Fault, FaultsError, RtmauditError, UsageError
from rtmaudit.exports.found import OTHERS, is_named
from rtmaudit.exports.profiles import Profile, find_profile
from rtmaudit.exports.proposal.choose import choose
from rtmaudit.exports.proposal.draft import Draft
from rtmaudit.exports.proposal.look import Look, look_at, one_layout
from rtmaudit.exports.proposal.settle import settle
from rtmaudit.exports.proposal.sources import Sources
from rtmaudit.exports.proposal.vendor import of_profile
from rtmaudit.tables import TABLES

_MOST_NAMES = 8
_REPORTS = (
    {"patient_id", "verdict", "next_step"},
    {"patient_id", "verdict", "window"},
    {"patient_id", "service_date", "code", "place_of_service", "conditions"},
)
"""Columns by which what an audit wrote is known: what is ready to bill is no claim yet."""
_OLD_EXCEL = "is an old Excel workbook; save it again as .xlsx or .csv"
_NOT_KNOWN = "none of its first lines names columns that are known"


@dataclass(frozen=True, slots=True)
class FileNote:
    """What became of a file, in words."""

    name: str
    said: str


@dataclass(slots=True)
class Gathered:
    """The drafts of all mappings, and the files that need or get none."""

    drafts: list[Draft] = field(default_factory=list)
    unused: list[FileNote] = field(default_factory=list)


@dataclass(slots=True)
class _Sorted:
    """The files of a folder: of each vendor's layout, and of each table by their names."""

    vendors: dict[str, list[tuple[Profile, Look | None, str]]] = field(default_factory=dict)
    looks: dict[str | None, list[Look]] = field(default_factory=dict)


def exports_in(folder: Path) -> list[Path]:
    """The files of a folder that may be exports. Raises UsageError where there are none."""
    if not folder.is_dir():
        what = "is a file; give the folder that it is in" if folder.exists() else "is not there"
        raise UsageError(f"{folder}: {what}")
    paths = [path for path in sorted(folder.iterdir()) if _exportable(path)]
    if not paths:
        raise UsageError(f"{folder}: holds no export; give a folder of CSV or Excel files")
    return paths


def gather(paths: Sequence[Path]) -> Gathered:
    """Look at each file, and draft how it is read."""
    found, files = Gathered(), _Sorted()
    for path in paths:
        _sort(path, files, found)
    for name, looks in files.looks.items():
        for look in one_layout(looks):
            _draft(look, name, found)
    for vendors in files.vendors.values():
        _draft_vendor(vendors, found)
    return found


def _exportable(path: Path) -> bool:
    known = path.suffix.lower() in OTHERS and not path.name.startswith(".")
    return known and path.is_file()


def _sort(path: Path, files: _Sorted, found: Gathered) -> None:
    """One file: of a vendor that is known, or under the names of columns, or not to be used."""
    table = next((table for table in TABLES if is_named(path, table)), None)
    doubts: list[Fault] = []
    try:
        if path.suffix.lower() == ".xls":
            raise UsageError(_OLD_EXCEL)
        profile = find_profile(path, table, doubts)
        looks = look_at(path)
    except RtmauditError as error:
        sentence = error.faults[0].sentence if isinstance(error, FaultsError) else error.lines[0]
        found.unused.append(FileNote(path.name, sentence.removeprefix(f"{path.name}: ")))
        return
    if any(_is_report(look) for look in looks):
        found.unused.append(FileNote(path.name, "is a report of rtmaudit"))
    elif doubts:
        found.unused.append(FileNote(path.name, doubts[0].sentence))
    elif profile is not None:
        look = looks[0] if looks else None
        files.vendors.setdefault(profile.name, []).append((profile, look, path.name))
    elif looks:
        files.looks.setdefault(table, []).extend(looks)
    else:
        found.unused.append(FileNote(path.name, _NOT_KNOWN))


def _is_report(look: Look) -> bool:
    return any(set(look.names) >= report for report in _REPORTS)


def _draft(look: Look, name: str | None, found: Gathered) -> None:
    options = choose(look, name)
    if not options:
        columns = _names([column.name for column in look.columns])
        said = f"is called {name} and lacks what that needs" if name else "fits no table"
        said += f"; its columns are {columns}"
        found.unused += [FileNote(_shown(file, look), said) for file in look.files]
    for sources in options:
        others = tuple(t for t in TABLES if t in {each.table for each in options} - {sources.table})
        draft = settle(look, sources)
        draft.spare = name is not None and not draft.says_anything
        draft.or_else = others
        draft.head += _head(look, sources, others)
        found.drafts.append(draft)


def _draft_vendor(vendors: Sequence[tuple[Profile, Look | None, str]], found: Gathered) -> None:
    """Files of one vendor together, where all of them can be read in one way."""
    profile = vendors[0][0]
    looks = [look for _, look, _ in vendors if look is not None]
    apart = any(key.endswith("constants.patient_id") for key in profile.asks)
    alike = one_layout(looks) if len(looks) == len(vendors) and not apart else []
    if len(alike) == 1:
        found.drafts.append(of_profile(alike[0].files, alike[0], profile))
        return
    for _, look, name in vendors:
        found.drafts.append(of_profile((name,), look, profile))


def _shown(file: str, look: Look) -> str:
    return file if look.sheet is None else f"{file} (sheet {look.sheet})"


def _head(look: Look, sources: Sources, others: Sequence[str]) -> Iterator[str]:
    """What stands above a mapping."""
    files = " and ".join(_shown(file, look) for file in look.files)
    has = [column for column in TABLES[sources.table].columns if sources.has(column)]
    size = f"{look.lines} lines" if look.lines != 1 else "a line"
    size = size if look.whole else f"seen: the first {size}"
    if others:
        yield f"If {files} is {sources.table}, uncomment this block:"
    else:
        yield f"{files}: {sources.table}, since it has {', '.join(has)}; {size}."
    used = {each for pick in sources.picks.values() for each in pick.sources}
    used |= {each for tie in sources.ties.values() for option in tie.options for each in option}
    rest = [column.name for column in look.columns if column not in used]
    if rest:
        yield f"Not read: {_names(rest)}."


def _names(names: Sequence[str]) -> str:
    some = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{some} and {more} more" if more > 0 else some
