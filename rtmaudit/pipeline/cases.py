"""Each distinct case is judged once.

Codes that no rule joins are judged apart: those of one program and clock, or of several where a
ladder or a pair links them. Each such group has a tree of what is asked about it (`tree`), and the
fit has one for each sort of findings that it can tell apart. At an end stand forms, which take the
patient's own figures and days (`forms`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from rtmaudit.facts import Cohort, Facts
from rtmaudit.facts.keys import Ints, numbered
from rtmaudit.fit import Fit, explained, find_fit, outlined
from rtmaudit.judge import Question, judge_by, readings_of
from rtmaudit.model import Clock, Finding
from rtmaudit.pipeline.dockets import Codes, Combined, Docket, Dockets, Fitting
from rtmaudit.pipeline.forms import placed
from rtmaudit.pipeline.group import Figures, Group
from rtmaudit.pipeline.profiles import Profile
from rtmaudit.pipeline.tree import Point, Tree
from rtmaudit.rulebook import Rulebook

Judged = tuple[tuple[Finding, ...], Fit]


@dataclass(slots=True, eq=False, repr=False)
class OfCodes:
    """What is judged of one group of codes: the number of each patient's end, the ends, and the
    findings one by one, each a column of all patients."""

    ends: Ints
    points: list[Point]
    findings: list[npt.NDArray[np.object_]]


@dataclass(slots=True, repr=False)
class Cases:
    """All cases of a run."""

    book: Rulebook
    facts: Facts
    dockets: Dockets = field(init=False)
    explained: dict[Fit, Fit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dockets = Dockets(self.book, self.facts)

    def judge(
        self, cohort: Cohort, profiles: Sequence[Profile], who: Sequence[int]
    ) -> list[Judged]:
        """The findings and the fit of some of a cohort, of all of which the profiles are given."""
        docketed: dict[Docket, list[int]] = {}
        for i in who:
            profile = profiles[i]
            if profile.docket is None:
                profile.docket = self.dockets.of(profile)
            docketed.setdefault(profile.docket, []).append(i)
        found: dict[int, Judged] = {}
        for docket, some in docketed.items():
            mine = [profiles[i] for i in some]
            group = Group(docket.asking, cohort, np.array(some), mine)
            found.update(zip(some, self._of_a_docket(docket, group), strict=True))
            group.heard.clear()  # What it heard holds the group, and so nobody would let go of it.
        return [found[i] for i in who]

    def _of_a_docket(self, docket: Docket, group: Group) -> list[Judged]:
        people = len(group.who)
        judged = [
            self._of_codes(codes, tree, group)
            for codes, tree in zip(docket.groups, docket.trees, strict=True)
        ]
        findings: dict[int, tuple[Finding, ...]] = {}
        fits: dict[Fitting, list[Ints]] = {}
        combined = numbered([each.ends for each in judged], people)
        for some in combined.members():
            key = tuple([each.points[int(each.ends[some[0]])] for each in judged])
            if key not in docket.combined:
                docket.combined[key] = self._combine(docket, key)
            whole = docket.combined[key]
            columns = [judged[n].findings[k][some].tolist() for n, k in whole.places]
            rows = list(zip(*columns, strict=True)) or [()] * len(some)
            findings.update(zip(some.tolist(), rows, strict=True))
            fits.setdefault(whole.fitting, []).append(some)
        found: dict[int, Fit] = {}
        for fitting, several in fits.items():
            found.update(self._fits(fitting, group, np.concatenate(several)))
        return [(findings[i], self._explained(found[i], findings[i])) for i in range(people)]

    def _of_codes(self, codes: frozenset[Codes], tree: Tree, group: Group) -> OfCodes:
        people = len(group.who)
        found = OfCodes(np.zeros(people, np.int64), [], [])
        ends = tree.ends(group, np.arange(people), partial(self._judge, codes))
        for number, (point, some) in enumerate(ends):
            found.points.append(point)
            found.ends[some] = number
            figures = Figures(group, some, point.told)
            for k, part in enumerate(point.parts or ()):
                if k == len(found.findings):
                    found.findings.append(np.empty(people, object))
                found.findings[k][some] = part.of(figures)
        return found

    def _judge(self, group: frozenset[Codes], one: int, question: Question) -> Iterable[Finding]:
        """The findings of one group of codes, by every reading that the whole question has."""
        del one
        windows = {
            program: {clock: some for clock, some in mine.items() if (program, clock) in group}
            for program, mine in question.windows.items()
        }
        placeless = {
            p: k or (p, Clock.EPISODE) not in group for p, k in question.start_known.items()
        }
        readings = list(readings_of(self.book, question))
        return judge_by(
            self.book, replace(question, windows=windows, start_known=placeless), readings
        )

    def _combine(self, docket: Docket, ends: Sequence[Point]) -> Combined:
        places: dict[Codes, list[tuple[int, int]]] = {codes: [] for codes in docket.order}
        for group, end in enumerate(ends):
            for k, each in enumerate(end.parts or ()):
                places[self._codes(each.form.shared)].append((group, k))
        ordered = [each for codes in docket.order for each in places[codes]]
        outlines = outlined([(ends[n].parts or ())[k].form.shared for n, k in ordered])
        if outlines not in docket.fits:
            docket.fits[outlines] = Fitting(outlines, Tree(docket.asking, self.dockets.forms))
        return Combined(ordered, docket.fits[outlines])

    def _codes(self, finding: Finding) -> Codes:
        return finding.program, self.book.files[finding.program].codes[finding.code].window

    def _fits(self, fitting: Fitting, group: Group, some: Ints) -> Iterator[tuple[int, Fit]]:
        """The fit of some of a group with such findings."""

        def fits(one: int, question: Question) -> Iterator[Fit]:
            profile = group.profiles[one]
            book = self.book.under(profile.course.rules_payer)
            yield find_fit(book, question, fitting.outlines, placed(profile.conditions, 0))

        for end, mine in fitting.tree.ends(group, some, fits):
            (fit,) = end.parts or ()
            found = fit.of(Figures(group, mine, end.told))
            yield from zip(mine.tolist(), found, strict=True)

    def _explained(self, fit: Fit, findings: tuple[Finding, ...]) -> Fit:
        """A fit with its reason, one object for all who have the same."""
        told = explained(fit, findings)
        return fit if told is fit else self.explained.setdefault(told, told)
