"""The law otherwise, one change at a time: every number one higher and lower, every clause, word
and member left out, every comparison and flag turned, every pair another way. A scenario must
notice each. `python tests/mutants.py` (make strength) says how many do, and names the others.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from multiprocessing import Pool
from typing import Any

from rulebooks import shipped_cases, shipped_rules

from rtmaudit import strict_yaml
from rtmaudit.model import Program
from rtmaudit.rulebook import Requirement, Rule, Rulebook, RuleSet, Test
from rtmaudit.rulebook.overlay import Overlay, lay_over
from rtmaudit.rulebook.schema import ConcurrencyFile, OverlayFile, ProgramFile
from rtmaudit.scenarios import Case, run
from rtmaudit.shipped import shipped
from rtmaudit.strict_model import validate

Place = tuple[Any, ...]
Tree = Any

GONE = object()
"""Put in the place of what is left out."""


@dataclass(frozen=True)
class Mutant:
    """One change: of which file, where, of what kind, and what stands there instead."""

    file: str
    kind: str
    place: Place
    change: str
    put: Any = None

    def __str__(self) -> str:
        return f"{self.file} {'.'.join(map(str, self.place))}: {self.change}"

    @property
    def code(self) -> str | None:
        """The code that the change is about; None where it is shared."""
        own = self.place[2:] if self.file.startswith("payers/") else self.place
        return str(own[1]) if own[:1] == ("codes",) else None


# ---- the files as trees ----


@cache
def tree(file: str) -> Tree:
    """A file of the rules as plain values."""
    return strict_yaml.read(shipped("rules") / f"{file}.yaml").value


PROGRAMS = tuple(str(program) for program in shipped_rules().files)
PAYERS = tuple(f"payers/{payer}" for payer in shipped_rules().overlays)
FILES = (*PROGRAMS, "concurrency", *PAYERS)


def mutated(mutant: Mutant) -> Tree:
    """The file with the change in it."""
    whole = deepcopy(tree(mutant.file))
    at = whole
    for part in mutant.place[:-1]:
        at = at[part]
    last = mutant.place[-1]
    if mutant.put is GONE or mutant.put == "GONE":
        del at[last]
    else:
        at[last] = mutant.put
    return whole


def is_dated(value: Tree) -> bool:
    """Whether a value holds its entries by day."""
    return isinstance(value, dict) and bool(value) and all(isinstance(day, date) for day in value)


# ---- the changes ----

TURNS = {
    "window_end": ("window_start", "due_day"),
    "window_start": ("window_end",),
    "due_day": ("window_end",),
    "calendar_month": ("fixed_30",),
}
PAIR_WORDS = ("together", "apart", "review")


def mutants(file: str) -> Iterator[Mutant]:
    """Every change of a file."""
    if file == "concurrency":
        yield from _pairs()
        return
    above: Place = ()
    tops = [(above, tree(file))]
    if file in PAYERS:
        tops = [(("programs", name), part) for name, part in tree(file)["programs"].items()]
    for above, top in tops:
        for key in ("every", "one_of", "modifiers", "codes"):
            if key in top:
                yield from _walk(file, (*above, key), top[key])
    if file in PROGRAMS:
        yield from _flips(file)


def _walk(file: str, place: Place, value: Tree) -> Iterator[Mutant]:
    if is_dated(value):
        for day, entry in value.items():
            if "value" in entry:
                yield from _entry(file, (*place, day), entry, str(place[-1]))
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            here = (*place, key)
            if _is_clause(here, inner, file):
                yield Mutant(file, "left out", here, "left out", "GONE")
            if isinstance(inner, dict):
                yield from _walk(file, here, inner)


BLOCKS = {"for", "needs", "on_file", "adds_to", "modifiers"}
LIMITS = {"billers", "not_during", "sources", "visit_codes", "first", "assistant_percent"}


def _is_clause(place: Place, inner: Tree, file: str) -> bool:
    """A requirement, a base, a modifier or a limit: what may be left out as a whole. What an
    overlay says is a clause as it stands."""
    if file in PAYERS:
        return is_dated(inner) and any("value" in entry for entry in inner.values())
    return len(place) > 1 and (place[-2] in BLOCKS or place[-1] in LIMITS | {"amount_above"})


def _entry(file: str, place: Place, entry: Tree, field: str) -> Iterator[Mutant]:
    value, at = entry["value"], (*place, "value")
    if isinstance(value, bool):
        yield Mutant(file, "flag", at, f"{value} -> {not value}", not value)
    elif isinstance(value, int):
        yield Mutant(file, "number", at, f"{value} -> {value + 1}", value + 1)
        if value > 0:
            yield Mutant(file, "number", at, f"{value} -> {value - 1}", value - 1)
    elif isinstance(value, str):
        for other in TURNS.get(value, ()):
            if (other == "due_day") == (field == "service_date") or value == "due_day":
                yield Mutant(file, "word", at, f"{value} -> {other}", other)
    elif isinstance(value, list):
        yield from _members(file, at, value, field)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield Mutant(file, "member", (*at, key), "left out", "GONE")
            if isinstance(inner, list):
                yield from _members(file, (*at, key), inner, field)
    for point, other in entry.get("contested", {}).items():
        there = (*place, "contested", point, "value")
        if other["value"] != value:
            yield Mutant(file, "reading", there, "the other reading says the same", value)


def _members(file: str, at: Place, value: list[Tree], field: str) -> Iterator[Mutant]:
    """Of a list of visit codes all at once: each is data, and the list is what is law."""
    if field == "visit_codes":
        yield Mutant(file, "member", at, "none", [])
        return
    for i, member in enumerate(value):
        if isinstance(member, list):
            rest = [*value[:i], *value[i + 1 :]]
            if len(member) > 1:
                turned = [*value[:i], list(reversed(member)), *value[i + 1 :]]
                yield Mutant(file, "ladder", at, f"{member} turned", turned)
            for j, code in enumerate(member):
                fewer = [*member[:j], *member[j + 1 :]]
                yield Mutant(
                    file, "ladder", at, f"{code} left out", [*rest, fewer] if fewer else rest
                )
        else:
            yield Mutant(file, "member", at, f"{member} left out", [*value[:i], *value[i + 1 :]])


def _pairs() -> Iterator[Mutant]:
    for i, pair in enumerate(tree("concurrency")["pairs"]):
        name = " and ".join(pair["pair"])
        for side in ("same", "different"):
            for day, entry in pair[side].items():
                at = ("pairs", i, side, day, "value")
                for word in PAIR_WORDS:
                    if word != entry["value"]:
                        change = f"{name}: {entry['value']} -> {word}"
                        yield Mutant("concurrency", "pair", at, change, word)
                for point, other in entry.get("contested", {}).items():
                    if other["value"] != entry["value"]:
                        there = ("pairs", i, side, day, "contested", point, "value")
                        change = f"{name}: the other reading says the same"
                        yield Mutant("concurrency", "reading", there, change, entry["value"])


FLIPPED = {
    Test.AT_LEAST: Test.AT_MOST,
    Test.AT_MOST: Test.AT_LEAST,
    Test.IS: Test.IS_NOT,
    Test.IS_NOT: Test.IS,
}
_BLOCKS = (("for_", "for"), ("needs", "needs"), ("on_file", "on_file"))


def _flips(file: str) -> Iterator[Mutant]:
    book = shipped_rules()
    program = Program(file)
    for code in book.files[program].codes:
        seen = set()
        for day in (date(2025, 6, 30), date(2026, 6, 30)):
            rule = book.rules(program, day).rule(code)
            for field, block in _BLOCKS:
                for asked in getattr(rule, field) if rule.in_force else ():
                    if asked.test in FLIPPED and (block, asked.name) not in seen:
                        seen.add((block, asked.name))
                        at = ("codes", code, block, asked.name)
                        change = f"{asked.test} -> {FLIPPED[asked.test]}"
                        yield Mutant(file, "comparison", at, change)


# ---- the rulebook with a change in it ----


class Flipped(Rulebook):
    """A rulebook with one comparison turned."""

    turned: tuple[str, str, str] = ("", "", "")

    def rules(self, program: Program, day: date, reading: str | None = None) -> RuleSet:
        """The rules of a day with the comparison turned."""
        found = super().rules(program, day, reading)
        code, block, name = self.turned
        field = next(field for field, word in _BLOCKS if word == block)

        def turn(asked: Requirement) -> Requirement:
            return replace(asked, test=FLIPPED[asked.test]) if asked.name == name else asked

        def with_turned(rule: Rule) -> Rule:
            changes: Any = {field: tuple(map(turn, getattr(rule, field)))}
            return replace(rule, **changes) if rule.code == code else rule

        rules = tuple(map(with_turned, found.rules))
        return replace(found, rules=rules)


def rulebook(mutant: Mutant | None = None) -> Rulebook | None:
    """The shipped rulebook with a change in it, nothing remembered; None where its reader refuses
    the change."""
    book = shipped_rules()
    files, pairs, overlays = dict(book.files), book.concurrency, dict(book.overlays)
    kind: Callable[..., Rulebook] = Rulebook
    if mutant is not None and mutant.kind == "comparison":
        _, code, block, name = mutant.place
        kind = type("Turned", (Flipped,), {"turned": (code, block, name)})
    elif mutant is not None and mutant.file == "concurrency":
        found, faults = _validated(ConcurrencyFile, mutated(mutant))
        if faults:
            return None
        pairs = found
    elif mutant is not None and mutant.file in PAYERS:
        laid = _laid(mutated(mutant))
        if laid is None:
            return None
        overlays[laid.file.payer] = laid
    elif mutant is not None:
        found, faults = _validated(ProgramFile, mutated(mutant))
        if faults:
            return None
        files[Program(mutant.file)] = found
    made = kind(book.folder, book.version, book.sha256, files, pairs, book.fit, overlays)
    changed = mutant.file if mutant is not None else ""
    for name in ("rules", "readings", "turning_days"):
        known = getattr(book._known, name)
        same = {key: value for key, value in known.items() if _program(key) != changed}
        getattr(made._known, name).update(same)
    return made


def _program(key: Any) -> str:
    return str(key[0] if isinstance(key, tuple) else key)


def _validated(model: Any, whole: Tree) -> tuple[Any, Sequence[object]]:
    return validate(strict_yaml.Document("", whole, {}), model)


def _laid(whole: Tree) -> Overlay | None:
    """An overlay anew. One that says nothing of a program any more leaves it as it is."""
    file, faults = _validated(OverlayFile, whole)
    if faults:
        return None
    programs = {}
    for program, part in file.programs.items():
        over = lay_over(tree(str(program)), part)
        if over.wrongs and over.changes:
            return None
        both = {**over.tree, "sources": {**over.tree["sources"], **whole["sources"]}}
        found, faults = _validated(ProgramFile, both)
        if faults:
            return None
        programs[program] = found
    return Overlay(file, programs)


# ---- who notices ----


def cases(mutant: Mutant) -> Iterator[Case]:
    """The scenarios that may notice, the likeliest first: those that expect something of the code,
    then the others of the file and its program; facts before rows."""
    mine = [case for case in shipped_cases() if _concerns(case, mutant)]
    yield from sorted(mine, key=lambda case: _distance(case, mutant))


def _concerns(case: Case, mutant: Mutant) -> bool:
    if mutant.file in PAYERS:
        return case.scenario.payer == mutant.file.removeprefix("payers/")
    if mutant.file == "concurrency":
        return case.file == "concurrency.yaml" or bool(case.scenario.claims)
    return any(program == mutant.file for program in case.programs)


def _distance(case: Case, mutant: Mutant) -> tuple[int, bool]:
    named = _names(mutant)
    expects = bool(named & {*map(str, case.programs), *case.scenario.expect})
    return (0 if expects else 1), case.scenario.rows is not None


def _names(mutant: Mutant) -> set[str]:
    if mutant.file == "concurrency":
        return set(tree("concurrency")["pairs"][mutant.place[1]]["pair"])
    return {mutant.code} if mutant.code else set()


def noticed(mutant: Mutant) -> bool:
    """Whether the reader refuses the change, or a scenario fails with it."""
    book = rulebook(mutant)
    return book is None or any(run(case, book).faults for case in cases(mutant))


# ---- what cannot be noticed ----


DATED_BY = ("reading_days", "visits", "days_to_visit")
DAYS = [date(2020 + n // 12, n % 12 + 1, 28) for n in range(12 * 8)]


def equivalent(mutant: Mutant) -> str | None:
    """Why a change means the same as what stands there; None where it does not."""
    place = mutant.place
    if "adds_to" in place and _adds_by_needs(mutant):
        return "an add-on with needs has no minutes to begin after"
    if mutant.file in PROGRAMS and place[-1] == "covered_diagnosis":
        return "asked for by payers alone; the base says nothing"
    if mutant.put == "due_day" and not _has_days(mutant):
        return "minutes have no day on which their work was done"
    if mutant.kind == "pair" and place[2] == "same" and _is_alone(place[1]):
        return "only one code of the program can be met in a window"
    if mutant.file in PAYERS and _says_the_same(mutant):
        return "the payer says what the rules under it say"
    return None


def _adds_by_needs(mutant: Mutant) -> bool:
    code = tree(mutant.file)["codes"][mutant.code]
    return "units" not in code and mutant.kind == "number"


def _has_days(mutant: Mutant) -> bool:
    """Whether a code that follows what all codes share is dated by something with a day."""
    codes = tree(mutant.file)["codes"].values()
    return any(
        asked["fact"] in DATED_BY
        for code in codes
        if "service_date" not in code
        for block in ("needs", "for")
        for asked in code.get(block, {}).values()
        if asked is not None
    )


def _is_alone(pair: int) -> bool:
    first, second = tree("concurrency")["pairs"][pair]["pair"]
    if first != second or first not in PROGRAMS:
        return False
    codes = {code for code, rule in tree(first)["codes"].items() if "adds_to" not in rule}
    lanes = [
        set(ladder)
        for dated in tree(first).get("one_of", {}).values()
        for entry in dated.values()
        for ladder in entry["value"]
    ]
    return len(codes) == 1 or codes in lanes


def _says_the_same(mutant: Mutant) -> bool:
    book, payer = rulebook(mutant), mutant.file.removeprefix("payers/")
    if book is None:
        return False
    theirs, ours = book.under(payer), shipped_rules().under(payer)

    def in_force(rules: RuleSet) -> list[Rule]:
        return [rule for rule in rules.without_sources().rules if rule.in_force]

    return all(
        in_force(theirs.rules(program, day)) == in_force(ours.rules(program, day))
        and theirs.window_mode(program, day) == ours.window_mode(program, day)
        for program in map(Program, tree(mutant.file)["programs"])
        for day in DAYS
    )


# ---- the command ----


def verdict(mutant: Mutant) -> tuple[Mutant, str]:
    """What becomes of a change: `same`, `noticed` or `survives`."""
    if equivalent(mutant):
        return mutant, "same"
    return mutant, "noticed" if noticed(mutant) else "survives"


def all_mutants(files: Sequence[str] = FILES) -> list[Mutant]:
    """Every change of every file."""
    return [mutant for file in files for mutant in mutants(file)]


def main(files: Sequence[str]) -> int:
    """Try every change; 1 where one goes unnoticed."""
    for case in shipped_cases():
        run(case, shipped_rules())
    with Pool() as pool:
        found = pool.map(verdict, all_mutants(files or FILES), chunksize=16)
    counts = Counter((mutant.file, outcome) for mutant, outcome in found)
    for file in dict.fromkeys(mutant.file for mutant, _ in found):
        _line(file, {word: counts[file, word] for word in ("noticed", "survives", "same")})
    kinds = Counter((mutant.kind, outcome) for mutant, outcome in found)
    print()
    for kind in sorted({mutant.kind for mutant, _ in found}):
        _line(kind, {word: kinds[kind, word] for word in ("noticed", "survives", "same")})
    survivors = [mutant for mutant, outcome in found if outcome == "survives"]
    for mutant in survivors:
        print(f"unnoticed: {mutant}")
    tried = sum(outcome != "same" for _, outcome in found)
    seen = tried - len(survivors)
    print(f"\n{tried} changes of the rules, {seen} noticed: {100 * seen / tried:.1f} %")
    return 1 if survivors else 0


def _line(name: str, counts: Mapping[str, int]) -> None:
    rest = f", {counts['same']} that mean the same" if counts["same"] else ""
    total = counts["noticed"] + counts["survives"]
    print(f"{name:32} {counts['noticed']:5} of {total:5} noticed{rest}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
