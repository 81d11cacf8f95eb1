"""A folder of rules -> Rulebook. Tells every fault of every file in one run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from rtmaudit import strict_yaml
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.rulebook import sound
from rtmaudit.rulebook.book import LISTS, Rulebook
from rtmaudit.rulebook.schema import ConcurrencyFile, FitFile, ProgramFile
from rtmaudit.strict_model import validate
from rtmaudit.strict_yaml import Document

CONCURRENCY, FIT = "concurrency", "fit"

M = TypeVar("M", bound=BaseModel)


def load_rules(folder: Path) -> Rulebook:
    """Read and check a rules folder. Raises RulebookError with every fault of every file."""
    if not folder.is_dir():
        raise RulebookError([Fault(str(folder), 0, "", "is not a folder of rules")])
    reader = _Reader()
    stems = [reader.read(path) for path in sorted(folder.glob("*.yaml"))]
    for stem in (CONCURRENCY, FIT):
        if stem not in stems:
            reader.faults.append(Fault(f"{stem}.yaml", 0, "", f"is missing in {folder}"))
    named = [stem for stem in stems if stem not in (CONCURRENCY, FIT)]
    if not named:
        reader.faults.append(Fault(str(folder), 0, "", "holds no rules of any program"))
    concurrency = reader.model(CONCURRENCY, ConcurrencyFile)
    fit = reader.model(FIT, FitFile)
    files = {stem: file for stem in named if (file := reader.model(stem, ProgramFile))}
    for stem, file in files.items():
        others = [each for each in files.values() if each is not file]
        reader.tell(stem, sound.program_wrongs(file, stem, others))
    programs = {file.program: file for file in files.values()}
    if concurrency and fit and not reader.faults:
        reader.tell(CONCURRENCY, sound.concurrency_wrongs(concurrency, programs))
        reader.tell(FIT, sound.fit_wrongs(fit, programs))
    if reader.faults or concurrency is None or fit is None:
        raise RulebookError(reader.faults)
    return Rulebook(folder, _version(folder), _digest(folder), programs, concurrency, fit)


@dataclass(slots=True)
class _Reader:
    """The documents of a folder by their stems, and every fault found so far."""

    documents: dict[str, Document] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self, path: Path) -> str:
        """Take in one file; its stem."""
        try:
            self.documents[path.stem] = strict_yaml.read(path)
        except FaultsError as error:
            self.faults += error.faults
        return path.stem

    def model(self, stem: str, kind: type[M]) -> M | None:
        """The model of a file that was read; None with its faults told."""
        if stem not in self.documents:
            return None
        found, faults = validate(self.documents[stem], kind)
        self.faults += faults
        return found

    def tell(self, stem: str, wrongs: Iterable[sound.Wrong]) -> None:
        """Give what is wrong with a file its line."""
        document = self.documents[stem]
        for place, sentence in wrongs:
            where = ".".join(str(part) for part in place)
            self.faults.append(Fault(document.file, document.line(place), where, sentence))


def _digest(folder: Path) -> str:
    files = sorted([*folder.glob("*.yaml"), *(folder / LISTS).glob("*.csv")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _version(folder: Path) -> str:
    path = folder / "VERSION"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else "unversioned"
