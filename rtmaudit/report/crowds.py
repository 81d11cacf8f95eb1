"""What is counted of all patients, in one pass: those who are alike in it are looked at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping

from rtmaudit.model import Cause, Clock, Finding, ReasonKind
from rtmaudit.report.build import Crowd, PatientReport, Settle
from rtmaudit.report.once import Share, Shared


def crowds(patients: Iterable[PatientReport]) -> tuple[Crowd, ...]:
    """The patients by what is counted of them, in the order in which such come."""
    ones: list[PatientReport] = []
    many = Counter[int]()

    def new(patient: PatientReport) -> int:
        ones.append(patient)
        return len(ones) - 1

    shared = Shared(Share(_looked_at, new))
    for patient in patients:
        payers = tuple([each.rules_payer for each in patient.billing.values()])
        (number,) = shared.of(patient, (patient.started, payers))
        many[number] += 1
    return tuple(Crowd(one, many[number]) for number, one in enumerate(ones))


def _looked_at(finding: Finding) -> Hashable:
    told = (finding.code, finding.verdict, finding.due, finding.secondary, *_questions(finding))
    return finding.program, finding.window.kind, told


def settle_first(among: Iterable[Crowd], configure: Mapping[str, str]) -> tuple[Settle, ...]:
    """What to settle, the most turned patients first. `configure` has the line per question."""
    turned: Counter[str] = Counter()
    for crowd in among:
        for what in {what for finding in crowd.one.findings for what in _questions(finding)}:
            turned[what] += crowd.many
    ranked = sorted(turned.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Settle(what, n, configure[what]) for what, n in ranked if what in configure)


def _questions(finding: Finding) -> Iterator[str]:
    for reason in finding.reasons:
        if reason.kind is ReasonKind.CONTESTED:
            yield str(reason.about[0])
        elif reason.kind in (ReasonKind.MISSING, ReasonKind.DISPUTED):
            cause = reason.about[1]
            if isinstance(cause, Cause):
                yield str(cause)


def on_calendar_clock(among: Iterable[Crowd], supply: frozenset[str]) -> int:
    """Patients whose supply codes were judged by the month because no start is on file: by the
    practice's or the payer's own choice nothing is to be told."""
    return sum(
        crowd.many
        for crowd in among
        if any(
            f.code in supply
            and f.window.kind is Clock.CALENDAR_MONTH
            and f.program not in crowd.one.started
            for f in crowd.one.findings
        )
    )
