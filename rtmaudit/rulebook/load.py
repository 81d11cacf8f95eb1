"""A folder of rules -> Rulebook. Tells every fault of every file in one run."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from rtmaudit import strict_yaml
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.model import Program
from rtmaudit.rulebook import resolve, schema
from rtmaudit.rulebook.lists import read_conditions
from rtmaudit.rulebook.rules import Rule, RuleSet
from rtmaudit.strict_model import validate
from rtmaudit.strict_yaml import Document

LISTS = "lists"
NOT_PROGRAMS = {"concurrency", "fit"}


@dataclass(frozen=True, slots=True)
class Position:
    """A practice's answer to a contested point: whether its other reading is taken, since when."""

    point: str
    other: bool
    since: date | None = None


@dataclass(frozen=True)
class Rulebook:
    """All rules, and the questions one may ask of them."""

    folder: Path
    version: str
    sha256: str
    files: Mapping[Program, schema.ProgramFile]
    concurrency: schema.ConcurrencyFile
    fit: schema.FitFile
    positions: tuple[Position, ...] = ()
    _cache: dict[Any, RuleSet] = field(default_factory=dict, repr=False, compare=False)

    def with_positions(self, positions: tuple[Position, ...]) -> Rulebook:
        """The same rulebook as a practice reads it."""
        return Rulebook(
            self.folder,
            self.version,
            self.sha256,
            self.files,
            self.concurrency,
            self.fit,
            positions,
        )

    def rules(self, program: Program, day: date, reading: str | None = None) -> RuleSet:
        """A program's rules as of a day; `reading` takes the other side of one contested point."""
        file = self.files[program]
        settled = {p.point: p.other for p in self.positions if p.since is None or p.since <= day}
        segment = bisect_right(self.turning_days[program], day)
        key = (program, segment, reading, tuple(sorted(settled.items())))
        if key not in self._cache:
            choices = {**settled, reading: True} if reading else settled
            self._cache[key] = resolve.rule_set(file, day, choices, frozenset(settled))
        return self._cache[key]

    def readings(self, program: Program, day: date) -> tuple[str, ...]:
        """The contested points that no position settles and that change a rule on that day."""
        settled = {p.point for p in self.positions if p.since is None or p.since <= day}
        base = self.rules(program, day)
        return tuple(
            point
            for point in self.files[program].contested
            if point not in settled
            and self.rules(program, day, point) is not base
            and not _same(self.rules(program, day, point), base)
        )

    @cached_property
    def turning_days(self) -> dict[Program, list[date]]:
        """Every date on which something in a program's file changes."""
        return {
            program: sorted({day for dated in dated_values(file) for day in dated.entries})
            for program, file in self.files.items()
        }

    @cached_property
    def conditions(self) -> Mapping[str, int]:
        """ICD-10-CM code, without its dot -> 1 chronic, 0 not, 9 no determination."""
        return read_conditions(self.folder / LISTS)

    def contested(self, point: str) -> schema.ContestedPoint:
        """A contested point by its id. Raises KeyError."""
        for file in self.files.values():
            if point in file.contested:
                return file.contested[point]
        raise KeyError(point)

    def program_of(self, code: str) -> Program | None:
        """The program that a code belongs to."""
        return next((p for p, file in self.files.items() if code in file.codes), None)


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A dated value and where it stands: `codes.98977.needs.days.at_least`."""

    program: Program
    place: tuple[str, ...]
    entries: Mapping[date, schema.Entry[Any]]


def dated_values(file: schema.ProgramFile) -> Iterator[DatedValue]:
    """Every dated value of a program's file."""

    def walk(value: object, place: tuple[str, ...]) -> Iterator[DatedValue]:
        if isinstance(value, schema.Strict):
            for name, info in type(value).model_fields.items():
                yield from walk(getattr(value, name), (*place, info.alias or name))
        elif isinstance(value, dict) and value:
            if all(isinstance(key, date) for key in value):
                yield DatedValue(file.program, place, value)
            else:
                for key, inner in value.items():
                    yield from walk(inner, (*place, str(key)))

    yield from walk(file, ())


def load_rules(folder: Path) -> Rulebook:
    """Read and check a rules folder. Raises RulebookError with every fault of every file."""
    if not folder.is_dir():
        raise RulebookError([Fault(str(folder), 0, "", "is not a folder of rules")])
    faults: list[Fault] = []
    paths = sorted(folder.glob("*.yaml"))
    documents = [each for each in (_read(path, faults) for path in paths) if each]
    by_stem = {Path(document.file).stem: document for document in documents}
    files = {
        stem: _checked(document, schema.ProgramFile, faults)
        for stem, document in by_stem.items()
        if stem not in NOT_PROGRAMS
    }
    concurrency = _required(folder, by_stem, "concurrency", schema.ConcurrencyFile, faults)
    fit = _required(folder, by_stem, "fit", schema.FitFile, faults)
    for stem, file in files.items():
        if file is not None:
            faults += _cross_checks(by_stem[stem], stem, file)
    if faults or concurrency is None or fit is None:
        raise RulebookError(faults or [Fault(str(folder), 0, "", "holds no rules")])
    programs = {file.program: file for file in files.values() if file is not None}
    faults += _beside_checks(by_stem["concurrency"], concurrency, programs)
    faults += _fit_checks(by_stem["fit"], fit, programs)
    if faults:
        raise RulebookError(faults)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in _all_files(folder)))
    return Rulebook(folder, _version(folder), digest.hexdigest(), programs, concurrency, fit)


def _same(one: RuleSet, other: RuleSet) -> bool:
    """Equal as rules, whatever sources they quote."""

    def bare(rules: RuleSet) -> list[tuple[object, ...]]:
        return [
            (r.code, r.in_force, r.for_, r.needs, r.on_file, r.units, r.due_day)
            for r in rules.rules
        ]

    return bare(one) == bare(other) and one.ladders == other.ladders


def _all_files(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.yaml"), *(folder / LISTS).glob("*.csv")])


def _version(folder: Path) -> str:
    path = folder / "VERSION"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else "unversioned"


def _read(path: Path, faults: list[Fault]) -> Document | None:
    try:
        return strict_yaml.read(path)
    except FaultsError as error:
        faults += error.faults
        return None


def _checked(document: Document, model: Any, faults: list[Fault]) -> Any:
    result, found = validate(document, model)
    faults += found
    return result


def _required(
    folder: Path, documents: Mapping[str, Document], stem: str, model: Any, faults: list[Fault]
) -> Any:
    if stem in documents:
        return _checked(documents[stem], model, faults)
    if not any(Path(fault.file).stem == stem for fault in faults):
        faults.append(Fault(f"{stem}.yaml", 0, "", f"is missing in {folder}"))
    return None


def _cross_checks(document: Document, stem: str, file: schema.ProgramFile) -> Iterator[Fault]:
    def fault(place: tuple[str | int | date, ...], sentence: str) -> Fault:
        where = ".".join(str(part) for part in place)
        return Fault(document.file, document.line(place), where, sentence)

    if file.program != stem:
        yield fault(("program",), f"the file of {file.program} is named {file.program}.yaml")
    for dated in dated_values(file):
        for day, entry in dated.entries.items():
            place = (*dated.place, day)
            for source in [entry.source, *(o.source for o in entry.contested.values())]:
                if source not in file.sources:
                    yield fault(place, f"there is no source {source} in this file")
            for point in entry.contested:
                if point not in file.contested:
                    yield fault(place, f"there is no contested point {point} in this file")
            for ladder in _ladders(dated, entry):
                for code in ladder:
                    if code not in file.codes:
                        yield fault(place, f"there is no code {code} in this file")
    for code, rule in file.codes.items():
        if rule.adds_to and rule.adds_to not in file.codes:
            yield fault(("codes", code, "adds_to"), f"there is no code {rule.adds_to} here")


def _ladders(dated: DatedValue, entry: schema.Entry[Any]) -> list[list[str]]:
    if dated.place[0] != "one_of":
        return []
    readings = [entry.value, entry.expected, *(o.value for o in entry.contested.values())]
    return [ladder for value in readings for ladder in value or []]


def _beside_checks(
    document: Document,
    concurrency: schema.ConcurrencyFile,
    files: Mapping[Program, schema.ProgramFile],
) -> Iterator[Fault]:
    known = {*map(str, files), *(code for file in files.values() for code in file.codes)}
    seen: set[frozenset[str]] = set()
    for i, pair in enumerate(concurrency.pairs):
        line = document.line(("pairs", i))
        for name in pair.pair:
            if name not in known:
                yield Fault(document.file, line, f"pairs.{i}", f"there is no rule for {name}")
        if frozenset(pair.pair) in seen:
            yield Fault(document.file, line, f"pairs.{i}", "this pair stands here twice")
        seen.add(frozenset(pair.pair))
        for entry in [*pair.same.values(), *pair.different.values()]:
            if entry.source not in concurrency.sources:
                sentence = f"there is no source {entry.source} in this file"
                yield Fault(document.file, line, f"pairs.{i}", sentence)


def _fit_checks(
    document: Document, fit: schema.FitFile, files: Mapping[Program, schema.ProgramFile]
) -> Iterator[Fault]:
    for program in fit.prefer:
        if program not in files:
            line = document.line(("prefer",))
            yield Fault(document.file, line, "prefer", f"there is no rule for {program}")
    for program, candidate in fit.candidates.items():
        place = ("candidates", str(program))
        line, where = document.line(place), ".".join(place)
        file = files.get(program)
        if file is None or candidate.entry not in file.codes:
            yield Fault(document.file, line, where, f"there is no code {candidate.entry} there")
            continue
        code = file.codes[candidate.entry]
        known = {*file.every.for_, *file.every.on_file, *code.for_, *code.on_file, *code.needs}
        for name in (candidate.may_bill, candidate.conditions, candidate.consent):
            if name not in known:
                sentence = f"{candidate.entry} has no condition named {name}"
                yield Fault(document.file, line, where, sentence)


def title_of(book: Rulebook, rule: Rule) -> str:
    """A rule's title, in our words."""
    return book.files[rule.program].codes[rule.code].title
