"""Which file is which table: by the configuration, by the canonical names, or by the header of a
vendor's layout that is shipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from rtmaudit.config import Config, TableMap
from rtmaudit.errors import Fault, UsageError
from rtmaudit.exports.profiles import (
    Profile,
    find_elsewhere,
    find_profile,
    named_profile,
)
from rtmaudit.tables import TABLES

PACKINGS = (".gz", ".zst")
KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
OTHERS = frozenset({*KINDS, *PACKINGS, ".xls", ".xlsm", ".json", ".zip"})
"""Suffixes of files that somebody may have meant to be read: it is told that they were not."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file, its table, how its columns map, and the vendor's layout that was recognised."""

    path: Path
    table: str
    mapping: TableMap
    layout: str = ""


@dataclass(slots=True)
class Found:
    """What the paths hold: exports in the order of their names, and files that are none."""

    exports: list[Export] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def find_files(paths: Sequence[Path], config: Config) -> Found:
    """Every export among the paths. Raises UsageError for a path that is not there."""
    found = Found()
    seen: list[str] = []
    rates = {Path(each).name for each in config.rates.files}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        before = len(found.exports) + len(found.faults)
        for each, named in _inside(path, config):
            if named.name not in rates:
                seen.append(named.name)
                _place(each, config, found, named, asked_for=path.is_file())
        if path.is_dir() and len(found.exports) + len(found.faults) == before:
            found.faults.append(Fault(str(path), 0, "", _nothing_here(found.not_read)))
    if any(path.is_dir() for path in paths):
        found.faults += _not_there(seen, config)
    return found


def _inside(path: Path, config: Config) -> Iterator[tuple[Path, Path]]:
    """Each file of a folder, and those of the folders in it that are called like a table, with the
    name by which it is known. A cluster writes one table as a folder of parts."""
    if path.is_file():
        yield path, path
        return
    for each in sorted(path.iterdir()):
        parts = each.is_dir() and any(_claims(each, config))
        for file in sorted(each.iterdir()) if parts else [each]:
            if file.is_file():
                yield file, _known_by(file, config)


def _known_by(file: Path, config: Config) -> Path:
    """The file itself, or its folder, where only that has the name of a table."""
    own = any(_claims(file, config)) or not any(_claims(file.parent, config))
    return file if own or not _exportable(file) else file.parent


def _place(path: Path, config: Config, found: Found, named: Path, *, asked_for: bool) -> None:
    claims = list(_claims(named, config))
    tables = sorted({table for table, _ in claims})
    apart = all(mapping.sheet for _, mapping in claims)
    if claims and (len(claims) == 1 or apart):
        for table, mapping in claims:
            _export(path, table, mapping, config, found)
    elif len(claims) > 1:
        found.faults.append(Fault(path.name, 0, "", _claimed(tables)))
    elif not _exportable(path):
        if asked_for:
            found.faults.append(Fault(path.name, 0, "", _unknown_file()))
    elif profile := find_profile(path, None, found.faults):
        _known(path, profile, _general(config, profile.table), config, found)
    elif asked_for:
        found.faults.append(Fault(path.name, 0, "", _unknown_file()))
    else:
        found.not_read.append(path.name)


def _exportable(path: Path) -> bool:
    return path.suffix.lower() in OTHERS and not path.name.startswith(".")


def _export(path: Path, table: str, mapping: TableMap, config: Config, found: Found) -> None:
    """A mapping that names all the columns that must be there is all there is; else a layout is
    named, or known by the header, and the mapping is laid over it."""
    if mapping.profile is not None:
        profile = named_profile(path, mapping.profile)
        if profile is None or profile.table != table:
            found.faults.append(Fault(path.name, 0, "", _no_profile(mapping.profile, table)))
            return
    else:
        profile = None if _whole(mapping, table) else find_profile(path, table, found.faults)
    if profile is not None:
        _known(path, profile, mapping, config, found)
    elif not mapping.columns and (other := find_elsewhere(path, table)):
        found.faults.append(Fault(path.name, 0, "", _elsewhere(table, other)))
    else:
        found.exports.append(Export(path, table, mapping))


def _known(path: Path, profile: Profile, said: TableMap, config: Config, found: Found) -> None:
    """An export of a layout that is shipped, if all is said that the layout leaves open."""
    mapping = said.over(profile.mapping)
    if open_ones := list(profile.unanswered(mapping, config)):
        found.faults += [Fault(path.name, 0, "", sentence) for sentence in open_ones]
    else:
        found.exports.append(Export(path, profile.table, mapping, profile.title))


def _whole(mapping: TableMap, table: str) -> bool:
    """Whether a mapping names every column that its table must have."""
    spec = TABLES[table]
    said = mapping.columns.keys() | mapping.constants.keys()
    needed = {c for c, column in spec.columns.items() if column.required} - {"system", "program"}
    return needed <= said and (not spec.one_of or not said.isdisjoint(spec.one_of))


def _claims(path: Path, config: Config) -> Iterator[tuple[str, TableMap]]:
    """The mappings that name the file; by the canonical name where none of a table has patterns."""
    for table in TABLES:
        maps = config.maps(table)
        for mapping in maps:
            if mapping.files is not None and any(
                fnmatch(path.name, each) for each in mapping.files
            ):
                yield table, mapping
        plain = [mapping for mapping in maps if mapping.files is None]
        if plain and is_named(path, table):
            yield table, plain[0]


def _general(config: Config, table: str) -> TableMap:
    """What the configuration says of a table whatever its files are called."""
    return next((each for each in config.maps(table) if each.files is None), TableMap())


def is_named(path: Path, table: str) -> bool:
    """Whether a file has the canonical name of a table, packed or not."""
    name = path.name.lower()
    for packing in PACKINGS:
        name = name.removesuffix(packing)
    usual = (f"{table}{tail}{end}" for tail in ("", "_*", "-*") for end in KINDS)
    return any(fnmatch(name, pattern) for pattern in usual)


def _not_there(seen: Sequence[str], config: Config) -> Iterator[Fault]:
    for name, maps in config.tables.items():
        for pattern in (pattern for mapping in maps for pattern in mapping.files or ()):
            if not any(fnmatch(each, pattern) for each in seen):
                yield Fault(
                    pattern,
                    0,
                    "",
                    f"there is no such file for {name}; export it, or correct `files:` under "
                    f"`tables: {name}:` in rtmaudit.yaml",
                )


def _claimed(names: list[str]) -> str:
    return (
        f"is claimed by {' and '.join(names)}; let the patterns of `files:` in rtmaudit.yaml name "
        "it for one of them"
    )


def _elsewhere(table: str, other: Profile) -> str:
    return (
        f"stands for {table} and is of the layout {other.title}, which is for {other.table}; call "
        f"it by another name, or name it under `tables: {other.table}:` in rtmaudit.yaml"
    )


def _no_profile(name: str, table: str) -> str:
    return (
        f"{name} is no vendor layout of {table}; leave `profile:` out and the header chooses, or "
        "map the columns yourself"
    )


def _unknown_file() -> str:
    return (
        "is none of the tables by its name, and its header is no vendor's that is known; call it "
        + ", ".join(f"{table}.csv" for table in list(TABLES)[:-1])
        + f" or {list(TABLES)[-1]}.csv, or name it under `tables:` in rtmaudit.yaml (`rtmaudit "
        "init` proposes how)"
    )


def _nothing_here(others: list[str]) -> str:
    seen = f"; it holds {len(others)} other exports" if others else ""
    return (
        f"holds no export that is known by its name or header{seen}; is it the right folder? "
        "Expected are readings.csv and time_log.csv, or an rtmaudit.yaml that names the files "
        "(`rtmaudit init` proposes one)"
    )
