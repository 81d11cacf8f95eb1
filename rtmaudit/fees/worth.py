"""A patient's findings -> what each would pay, what is ready, and what is still at stake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rtmaudit.fees.price import Price
from rtmaudit.model import Clock, Finding, Met, ReasonKind, Verdict
from rtmaudit.windows import share_a_day

NOTHING = Decimal("0.00")
STILL_POSSIBLE = (Verdict.OPEN, Verdict.BLOCKED, Verdict.REVIEW, Verdict.UNKNOWN)

Pricing = Callable[[Finding, str], Price]
"""The price of a code, furnished when and where a finding says."""
Ladders = Collection[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Worth:
    """What one finding would pay: `amount` for its units (None: no units, or no price), each of its
    alternatives, and what reaching it would add to what the patient has for certain."""

    amount: Decimal | None
    basis: str
    alternatives: tuple[Decimal | None, ...] = ()
    adds: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """A patient's amounts: per finding, in all that is ready, and what that which falls due this
    month may still add to it at best. A sum holds what has a price, and is None without any."""

    findings: tuple[Worth, ...]
    ready: Decimal | None
    at_stake: Decimal | None


def weigh(findings: Sequence[Finding], price: Pricing, ladders: Ladders) -> Money:
    """The amounts of one patient. `ladders` are the codes of which one window pays only one."""
    possible = [i for i, f in enumerate(findings) if _is_possible(f)]
    certain = [i for i, f in enumerate(findings) if _is_certain(f)]
    prices = {i: price(findings[i], findings[i].code) for i in sorted((*possible, *certain))}
    values = {
        i: found.each * max(1, findings[i].units)
        for i, found in prices.items()
        if found.each is not None
    }

    def against(one: int, other: int) -> bool:
        return stand_against(findings[one], findings[other], ladders)

    def adds(i: int) -> Decimal | None:
        if i not in values or i not in possible:
            return None
        has = [values.get(other, NOTHING) for other in certain if against(i, other)]
        return max(NOTHING, values[i] - max(has, default=NOTHING))

    def worth(i: int, finding: Finding) -> Worth:
        if i not in prices:
            return Worth(None, "", (None,) * len(finding.alternatives))
        also = tuple(_times(price(finding, a.code), a.units) for a in finding.alternatives)
        return Worth(_times(prices[i], finding.units), prices[i].basis, also, adds(i))

    worths = tuple(worth(i, finding) for i, finding in enumerate(findings))
    ready = [worths[i].amount for i, f in enumerate(findings) if f.verdict is Verdict.READY]
    this_month = [i for i, f in enumerate(findings) if f.due or f.verdict is Verdict.READY]
    reachable = [i for i in (*certain, *possible) if i in values and i in this_month]
    unsettled = [i for i in reachable if findings[i].verdict is not Verdict.READY]
    stake = _best(reachable, values, against) - (_sum(ready) or NOTHING) if unsettled else None
    return Money(worths, _sum(ready), stake)


def stand_against(one: Finding, other: Finding, ladders: Ladders) -> bool:
    """Whether only one of two findings can be billed: members of a ladder whose windows share a
    day, or two that conflict."""
    if one is other or not share_a_day(one.window, other.window):
        return False
    if other.code in one.conflicts_with or one.code in other.conflicts_with:
        return True
    return one.code != other.code and any(
        one.code in ladder and other.code in ladder for ladder in ladders
    )


def _is_possible(finding: Finding) -> bool:
    """Whether a finding may still come to be ready. A code once per episode that cannot be placed
    without a start may have been billed long ago: nothing is at stake that anybody knows of."""
    if finding.window.kind is Clock.EPISODE and finding.verdict is Verdict.UNKNOWN:
        return False
    return finding.verdict in STILL_POSSIBLE and not finding.secondary and not _is_certain(finding)


def _is_certain(finding: Finding) -> bool:
    """Whether a finding is ready, or open only because a better code may still take its place."""
    if finding.verdict is Verdict.READY:
        return True
    met = bool(finding.needs) and all(need.met is Met.YES for need in finding.needs)
    held = any(reason.kind is ReasonKind.HELD_BACK for reason in finding.reasons)
    return finding.verdict is Verdict.OPEN and met and held


def _best(
    among: Sequence[int],
    values: dict[int, Decimal],
    against: Callable[[int, int], bool],
) -> Decimal:
    """The most that a set of findings pays of which no two stand against each other."""
    if not among:
        return NOTHING
    first, *rest = among
    apart = [i for i in rest if not against(first, i)]
    with_it = values[first] + _best(apart, values, against)
    if len(apart) == len(rest):
        return with_it
    return max(with_it, _best(rest, values, against))


def _times(price: Price, units: int) -> Decimal | None:
    return price.each * units if price.each is not None and units else None


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, NOTHING) if known else None
