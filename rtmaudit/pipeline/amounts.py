"""What each patient's findings would pay, and what is told of the rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rtmaudit.fees import Fees, Money, Price, read_fees, weigh
from rtmaudit.fees.worth import Ladders
from rtmaudit.model import Finding
from rtmaudit.pipeline.order import Order
from rtmaudit.report import Billing
from rtmaudit.rulebook import Rulebook
from rtmaudit.windows import Month

BEFORE = "before coinsurance, deductible, sequestration and reductions for modifiers"


@dataclass(slots=True)
class Amounts:
    """Estimates the amounts of patients by the prices of the run."""

    fees: Fees
    book: Rulebook
    month: Month
    known: dict[tuple[str, ...], Ladders] = field(default_factory=dict)

    def of(self, findings: Sequence[Finding], billing: Mapping[str, Billing]) -> Money:
        """The amounts of one patient, by who bills whom for each program, and where."""

        def price(finding: Finding, code: str) -> Price:
            billed = billing[finding.program]
            on = finding.service_date or finding.window.end
            return self.fees.price(code, on, billed.place_of_service, billed.payer)

        return weigh(findings, price, self._ladders(billing))

    def _ladders(self, billing: Mapping[str, Billing]) -> Ladders:
        payers = tuple(sorted({each.rules_payer for each in billing.values()}))
        if payers not in self.known:
            books = [self.book.under(payer) for payer in payers]
            self.known[payers] = {
                ladder
                for book in books
                for program in self.book.files
                for ladder in book.rules(program, self.month.end).ladders
            }
        return self.known[payers]

    def told(self) -> Iterator[str]:
        """What a reader of the amounts must know, a sentence each."""
        yield f"estimates, {BEFORE}"
        yield from self.fees.told
        yield from (f"none for {code}: {why}" for code, why in sorted(self.fees.lacking))


def amounts(order: Order, book: Rulebook) -> Amounts | None:
    """The amounts of a run, where they are asked for."""
    if not order.fees:
        return None
    return Amounts(read_fees(order.rules, order.config.rates, order.beside), book, order.month)
