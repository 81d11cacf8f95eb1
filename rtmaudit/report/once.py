"""What is worked out once for all whom it holds of.

Patients of whom the same was found share the finding, as one object, and so with the fit and the
billing. Most of what is told of a patient hangs on little of each finding: on its code and verdict,
or on the days of its period. What is remembered belongs to one counting, view or document.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rtmaudit.fees import Worth
from rtmaudit.model import Finding
from rtmaudit.report.build import PatientReport

MOST = 100_000
"""How much is remembered; of more all is forgotten, and worked out anew as it is asked for."""

T = TypeVar("T")
R = TypeVar("R")


class Once(Generic[T, R]):
    """What is worked out of an object, once for each object. It is held, so that its id is its
    own; whether two objects are equal nobody asks."""

    def __init__(self, work: Callable[[T], R]) -> None:
        self._work = work
        self._known: dict[int, R] = {}
        self._held: list[T] = []

    def of(self, one: T) -> R:
        """What is worked out of one object."""
        try:
            return self._known[id(one)]
        except KeyError:
            return self._learnt((one,))[0]

    def each(self, some: Sequence[T]) -> list[R]:
        """What is worked out of each of some."""
        try:
            return list(map(self._known.__getitem__, map(id, some)))
        except KeyError:
            return self._learnt(some)

    def _learnt(self, some: Sequence[T]) -> list[R]:
        if len(self._held) > MOST:
            self._known.clear()
            self._held.clear()
        for one in some:
            if id(one) not in self._known:
                self._known[id(one)] = self._work(one)
                self._held.append(one)
        return [self._known[id(one)] for one in some]


class Worded(Generic[R]):
    """What is said of findings, once for each finding and what it would pay."""

    def __init__(self, say: Callable[[Finding, Worth | None], R]) -> None:
        self._say = say
        self._plain = Once[Finding, R](lambda finding: say(finding, None))
        self._priced = Once[Finding, dict[Worth, R]](lambda _: {})

    def each(self, patient: PatientReport) -> list[R]:
        """What is said of each finding of a patient."""
        if patient.money is None:
            return self._plain.each(patient.findings)
        return list(map(self._with, patient.findings, patient.money.findings))

    def _with(self, finding: Finding, worth: Worth) -> R:
        known = self._priced.of(finding)
        if worth not in known:
            known[worth] = self._say(finding, worth)
        return known[worth]


@dataclass(frozen=True, slots=True)
class Share(Generic[R]):
    """Something that is told of patients, and what of each finding it hangs on. Where that is None
    the finding is as good as not there; the order of the others matters."""

    hangs_on: Callable[[Finding], Hashable]
    told: Callable[[PatientReport], R]


class Shared(Generic[R]):
    """What is told of patients, each share of it once for all who are alike in what it hangs on;
    patients who are alike in all shares are found at once."""

    def __init__(self, *shares: Share[R]) -> None:
        self._shares = shares
        self._forget()

    def _forget(self) -> None:
        self._room = MOST
        self._numbers: dict[Hashable, int] = {None: 0}
        self._parts = Once(self._numbered)
        self._known: tuple[dict[Hashable, R], ...] = tuple({} for _ in self._shares)
        self._whole: dict[Hashable, Sequence[R]] = {}

    def of(self, patient: PatientReport, *beside: Hashable) -> Sequence[R]:
        """What is told of one patient. `beside` is what each share hangs on beside the findings."""
        if self._room < 0:
            self._forget()
        parts = self._parts.each(patient.findings)
        key = (beside, *parts)
        whole = self._whole.get(key)
        if whole is None:
            whole = self._whole[key] = tuple(
                self._learnt(patient, zip(beside, *parts, strict=True))
            )
            self._room -= 1
        return whole

    def _learnt(self, patient: PatientReport, keys: Iterable[tuple[Hashable, ...]]) -> Iterator[R]:
        for share, known, (beside, *numbers) in zip(self._shares, self._known, keys, strict=True):
            key = (beside, *filter(None, numbers))
            if key not in known:
                known[key] = share.told(patient)
                self._room -= 1
            yield known[key]

    def _numbered(self, finding: Finding) -> tuple[int, ...]:
        """A number for each share, which findings that are alike in it have in common."""
        self._room -= 1
        parts = [share.hangs_on(finding) for share in self._shares]
        return tuple([self._numbers.setdefault(part, len(self._numbers)) for part in parts])
