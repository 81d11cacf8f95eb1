"""Concurrency: what may not stand beside what for one patient, findings and claims already sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rtmaudit.judge.claims import covered, is_ours
from rtmaudit.judge.question import Claim, Question
from rtmaudit.model import Alternative, Clock, Finding, Reason, ReasonKind, Verdict, Window
from rtmaudit.rulebook import Pair, Rulebook, Side
from rtmaudit.windows import Month, share_a_day

_MET = (Verdict.READY, Verdict.BLOCKED)
_UNDECIDED = (Verdict.OPEN, Verdict.UNKNOWN, Verdict.REVIEW)


@dataclass(slots=True)
class Against:
    """What stands against a finding, by how it does."""

    met: dict[str, None] = field(default_factory=dict)
    unsettled: dict[str, None] = field(default_factory=dict)
    undecided: dict[str, None] = field(default_factory=dict)
    claims: dict[Reason, str] = field(default_factory=dict)

    def weigh(self, finding: Finding) -> Finding:
        """Both met -> both blocked, each naming the other; the other undecided, or not known
        whether it may stand beside -> review."""
        blocked = self.met or Verdict.BLOCKED in self.claims.values()
        doubtful = self.unsettled or self.undecided or self.claims
        if finding.verdict is Verdict.NOT_APPLICABLE or not (blocked or doubtful):
            return finding
        if finding.verdict is Verdict.BLOCKED or blocked:
            verdict, told = Verdict.BLOCKED, [(ReasonKind.CONFLICT, self.met)]
        else:
            verdict = Verdict.REVIEW
            told = [
                (ReasonKind.CONFLICT_UNSETTLED, self.unsettled),
                (ReasonKind.CONFLICT_UNDECIDED, self.undecided),
            ]
        reasons = [Reason(kind, tuple(codes)) for kind, codes in told if codes]
        names = [*(code for _, codes in told for code in codes)]
        names += [str(reason.about[0]) for reason in self.claims]
        return replace(
            finding,
            verdict=verdict,
            reasons=(*finding.reasons, *reasons, *self.claims),
            conflicts_with=(*finding.conflicts_with, *dict.fromkeys(names)),
        )


def keep_apart(
    book: Rulebook, question: Question, findings: list[Finding], point: str | None
) -> list[Finding]:
    """Each finding with what stands against it. Where the first of a pair stands first, the second
    gives way to it. Two windows conflict when they share a day; what falls due in a later month
    stands in nobody's way yet."""
    return [
        _beside_all(book, question, one, findings, point) if one.verdict in _MET else one
        for one in findings
    ]


def _beside_all(
    book: Rulebook, question: Question, one: Finding, findings: list[Finding], point: str | None
) -> Finding:
    against, result = Against(), one
    for other in findings:
        beside, leads, settled = _beside(book, question, one, other, point)
        if settled and other.verdict in _MET:
            positions = tuple(dict.fromkeys((*result.positions, *settled)))
            result = replace(result, positions=positions)
        if beside == "first" and not leads:
            result = _after(result, other)
        elif beside == "first" and other.verdict in _MET:
            result = _instead(result, other)
        elif beside in ("apart", "review") and other.verdict in _MET:
            (against.met if beside == "apart" else against.unsettled).setdefault(other.code)
        elif beside in ("apart", "review") and _may_yet(other, question):
            against.undecided.setdefault(other.code)
    for claim, beside, ours, settled in _claims(book, question, one, point):
        positions = tuple(dict.fromkeys((*result.positions, *settled)))
        result = replace(result, positions=positions)
        if beside == "together":
            continue
        reason = Reason(ReasonKind.CLAIM_BESIDE, (claim.code, claim.service_date, ours))
        against.claims[reason] = Verdict.REVIEW if beside == "review" else Verdict.BLOCKED
    return against.weigh(result)


def _may_yet(other: Finding, question: Question) -> bool:
    due = other.due and other.window.end <= question.month.end
    return due and other.verdict in _UNDECIDED


def _after(finding: Finding, first: Finding) -> Finding:
    """The second of a pair gives way to the first, or waits for it."""
    if first.verdict in _MET:
        reason = Reason(ReasonKind.SUPERSEDED, (first.code,))
        return replace(finding, verdict=Verdict.NOT_APPLICABLE, units=0, reasons=(reason,))
    if first.verdict in _UNDECIDED and finding.verdict is Verdict.READY:
        reason = Reason(ReasonKind.HELD_BACK, (first.code,))
        return replace(finding, verdict=first.verdict, reasons=(reason, *first.reasons))
    return finding


def _instead(finding: Finding, second: Finding) -> Finding:
    also = Alternative(second.code, second.units)
    return replace(finding, alternatives=(*finding.alternatives, also))


def _beside(
    book: Rulebook, question: Question, one: Finding, other: Finding, point: str | None
) -> tuple[str, bool, tuple[str, ...]]:
    """How one finding stands to another, whether it is the first of their pair, and the positions
    that this rests on."""
    if one.code == other.code or not share_a_day(one.window, other.window):
        return _TOGETHER
    pair = book.pair_of(one.code, other.code)
    if pair is None:
        return _TOGETHER
    biller, other_biller = (question.billers.get(each.program) for each in (one, other))
    side: Side = "same" if biller == other_biller else "different"
    day = max(one.window.end, other.window.end)
    beside = book.beside(pair, side, day, point)
    return beside, book.is_named(pair.pair[0], one.code), book.settled_by(pair, side, day)


_TOGETHER: tuple[str, bool, tuple[str, ...]] = ("together", False, ())


def _claims(
    book: Rulebook, question: Question, finding: Finding, point: str | None
) -> Iterator[tuple[Claim, str, bool, tuple[str, ...]]]:
    """The standing claims that a pair is about: how each stands beside a finding, whether it is the
    practice's own, and the positions that this rests on."""
    for claim in question.claims:
        ours = is_ours(claim, question, finding)
        pair = _pair(book, claim, finding, ours) if claim.stands else None
        if pair is not None and share_a_day(_days(book, claim), finding.window):
            side: Side = "same" if ours else "different"
            day = finding.window.end
            settled = book.settled_by(pair, side, day)
            yield claim, book.beside(pair, side, day, point), ours, settled


def _pair(book: Rulebook, claim: Claim, finding: Finding, ours: bool) -> Pair | None:
    """A practice's own claim for the same program is not in its own way; another's may be."""
    if ours and book.program_of(claim.code) is finding.program:
        return book.pair_of(finding.code, claim.code, programs=False)
    return book.pair_of(finding.code, claim.code)


def _days(book: Rulebook, claim: Claim) -> Window:
    """The days that a claim of any code stands for; a calendar month where it names no period."""
    program = book.program_of(claim.code)
    clock = book.files[program].codes[claim.code].window if program else Clock.CALENDAR_MONTH
    if clock is not Clock.CALENDAR_MONTH or claim.period_start:
        return covered(claim, clock)
    month = Month.of(claim.service_date)
    return Window(clock, month.start, month.end)
