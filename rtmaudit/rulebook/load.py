"""A folder of rules -> Rulebook. Tells every fault of every file in one run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from rtmaudit import strict_yaml
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.model import Program
from rtmaudit.rulebook import sound
from rtmaudit.rulebook.book import LISTS, MEDICARE, Rulebook
from rtmaudit.rulebook.overlay import Announced, Overlay, announcements, lay_over
from rtmaudit.rulebook.rates import FEES
from rtmaudit.rulebook.schema import ConcurrencyFile, FitFile, OverlayFile, ProgramFile
from rtmaudit.strict_model import validate
from rtmaudit.strict_yaml import Document, Place

CONCURRENCY, FIT, PAYERS = "concurrency", "fit", "payers"

M = TypeVar("M", bound=BaseModel)


def load_rules(folder: Path, overlays: Path | None = None) -> Rulebook:
    """Read and check a rules folder with its payers' overlays, and those of another folder.

    Raises RulebookError with every fault of every file.
    """
    if not folder.is_dir():
        raise RulebookError([Fault(str(folder), 0, "", "is not a folder of rules")])
    if overlays is not None and not overlays.is_dir():
        raise RulebookError([Fault(str(overlays), 0, "", "is not a folder of overlays")])
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
    folders = [folder / PAYERS, *([overlays] if overlays else [])]
    return Rulebook(
        folder,
        _version(folder),
        _digest(folder, overlays),
        programs,
        concurrency,
        fit,
        _overlays(folders, reader, programs),
    )


def _overlays(
    folders: Sequence[Path], reader: _Reader, base: Mapping[Program, ProgramFile]
) -> Mapping[str, Overlay]:
    """The overlays by payer. Raises RulebookError with every fault of every overlay."""
    found: dict[str, Overlay] = {}
    for path in (each for folder in folders for each in sorted(folder.glob("*.yaml"))):
        stem = reader.read(path, f"{PAYERS}/{path.name}")
        file = reader.model(stem, OverlayFile)
        if file is None:
            continue
        if file.payer != path.stem:
            sentence = f"the file of {file.payer} is named {file.payer}.yaml"
            reader.tell(stem, [(("payer",), sentence)])
        taken = {MEDICARE, *(name for other in found.values() for name in other.names)}
        for name in sorted(Overlay(file, {}).names & taken):
            reader.tell(stem, [(("names",), f"another payer is called {name} too")])
        found[file.payer] = reader.overlay(stem, file, base)
    if reader.faults:
        raise RulebookError(reader.faults)
    return found


@dataclass(slots=True)
class _Reader:
    """The documents of a folder by their stems, and every fault found so far."""

    documents: dict[str, Document] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self, path: Path, stem: str | None = None) -> str:
        """Take in one file; the stem it is known by."""
        stem = stem or path.stem
        try:
            self.documents[stem] = strict_yaml.read(path)
        except FaultsError as error:
            self.faults += error.faults
        return stem

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

    def overlay(self, stem: str, file: OverlayFile, base: Mapping[Program, ProgramFile]) -> Overlay:
        """The program files as the payer reads them; with faults told, some may be missing."""
        laid: dict[Program, ProgramFile] = {}
        announced: list[Announced] = []
        for program, part in file.programs.items():
            place: Place = ("programs", str(program))
            if program not in base:
                self.tell(stem, [(place, f"overrides nothing: there is no rule for {program}")])
                continue
            over, before = lay_over(self.documents[str(program)].value, part), len(self.faults)
            self.tell(stem, [((*place, *where), sentence) for where, sentence in over.wrongs])
            if not over.wrongs and (said := self._model(stem, program, over.said)):
                self.tell(stem, self._unknown(program, said))
            sound = len(self.faults) == before
            merged = self._model(stem, program, over.tree) if sound else None
            if merged is None:
                continue
            laid[program] = merged
            self.tell(stem, self._wrongs(program, merged, base))
            announced += announcements(program, part)
        return Overlay(file, laid, tuple(announced))

    def _model(self, stem: str, program: Program, tree: dict[Any, Any]) -> ProgramFile | None:
        """A tree as a program file; its faults are those of the overlay."""
        document, name = self.documents[stem], str(program)
        own = document.value["sources"]
        whole = {**tree, "sources": {**tree["sources"], **own}}
        merged = Document(document.file, {"programs": {name: whole}}, document.lines)
        found, faults = validate(merged, ProgramFile, ("programs", name))
        self.faults += faults
        clash = own.keys() & tree["sources"].keys()
        self.tell(stem, ((("sources", key), f"{program}.yaml has it too") for key in sorted(clash)))
        return found

    @staticmethod
    def _unknown(program: Program, said: ProgramFile) -> Iterator[sound.Wrong]:
        for place, sentence in sound.unknown_names(said):
            yield ("programs", str(program), *place), sentence

    @staticmethod
    def _wrongs(
        program: Program, merged: ProgramFile, base: Mapping[Program, ProgramFile]
    ) -> Iterator[sound.Wrong]:
        others = [each for name, each in base.items() if name is not program]
        for place, sentence in sound.program_wrongs(merged, str(program), others):
            yield ("programs", str(program), *place), sentence


def _digest(folder: Path, overlays: Path | None) -> str:
    files = [*folder.glob("*.yaml"), *(folder / PAYERS).glob("*.yaml")]
    files += [*(folder / LISTS).glob("*.csv"), *(overlays.glob("*.yaml") if overlays else ())]
    files += [path for path in (folder / FEES).glob("*") if path.is_file()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def _version(folder: Path) -> str:
    path = folder / "VERSION"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else "unversioned"
