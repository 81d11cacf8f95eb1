"""Vendors' layouts that are shipped: a header -> a table and its mapping.

A layout is known by the names of its columns alone, and applies only where all of them are there;
what a layout cannot say (a zone, a system, a program) stays to be declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rtmaudit import strict_yaml
from rtmaudit.errors import Fault, InvariantError
from rtmaudit.exports.grid import normal
from rtmaudit.exports.peek import peek
from rtmaudit.exports.profiles.profile import Profile
from rtmaudit.strict_model import validate
from rtmaudit.tables import TABLES

__all__ = [
    "Profile",
    "find_elsewhere",
    "find_profile",
    "named_profile",
    "profile_named",
    "profiles",
]

FOLDER = Path(__file__).parent


@cache
def profiles() -> tuple[Profile, ...]:
    """All shipped layouts, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        profile, faults = validate(strict_yaml.read(path), Profile)
        if profile is None:
            raise InvariantError(*(str(fault) for fault in faults))
        found.append(profile.model_copy(update={"name": path.stem}))
    return tuple(found)


def profile_named(name: str) -> Profile | None:
    """A layout by its name, or None."""
    return next((each for each in profiles() if each.name == name), None)


def named_profile(path: Path, name: str) -> Profile | None:
    """A layout by its name, as the header of a file writes it."""
    profile = profile_named(name)
    if profile is None:
        return None
    return next((profile.written(row) for row in peek(path) if profile.fits(row)), profile)


def find_profile(path: Path, table: str | None, faults: list[Fault]) -> Profile | None:
    """The layout that a file's header is known by: of several the one with the most columns. None
    where its columns are already ours, or no layout fits. Two alike are a fault."""
    rows = peek(path)
    if any(_canonical(row, table) for row in rows):
        return None
    fitting = sorted(_fitting(rows, table), key=lambda each: -len(each.header))
    if len(fitting) > 1 and len(fitting[0].header) == len(fitting[1].header):
        names = f"{fitting[0].name} and {fitting[1].name}"
        sentence = (
            f"could be of several layouts ({names}); name one with `profile:` in rtmaudit.yaml"
        )
        faults.append(Fault(path.name, 0, "", sentence))
    return fitting[0] if fitting else None


def find_elsewhere(path: Path, table: str) -> Profile | None:
    """The layout of another table that a file's header is known by, where it is not of this one."""
    if any(_canonical(row, table) for row in peek(path)):
        return None
    return find_profile(path, None, [])


def _fitting(rows: list[list[str]], table: str | None) -> Iterator[Profile]:
    for profile in profiles():
        if table in (None, profile.table):
            yield from [profile.written(row) for row in rows if profile.fits(row)][:1]


def _canonical(row: list[str], table: str | None) -> bool:
    """Whether a record names all columns that the table must have."""
    if table is None:
        return False
    names = {normal(cell) for cell in row}
    spec = TABLES[table]
    required = {c for c, column in spec.columns.items() if column.required}
    one_of = {normal(c) for c in spec.one_of}
    return {normal(c) for c in required - {"system", "program"}} <= names and (
        not one_of or not one_of.isdisjoint(names)
    )
