"""A code, a day, a place and a payer -> what one unit is estimated to pay, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from rtmaudit.config import Rates as Chosen
from rtmaudit.fees.locality import NATIONAL, Locality, read_locality
from rtmaudit.fees.schedule import Schedule, read_schedule
from rtmaudit.rulebook.rates import CONTRACTOR_PRICED, RateFile, Rates, Values, read_rates

CENT = Decimal("0.01")
FACILITY, NON_FACILITY = "facility", "non_facility"
_SAID = {FACILITY: "facility", NON_FACILITY: "non-facility"}


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit is estimated to pay, in dollars; None where nothing is known. `basis` says what
    it rests on, or why there is none."""

    each: Decimal | None
    basis: str


@dataclass(slots=True)
class Fees:
    """The prices of a run. `locality` is None where the wanted one is not in the file; `told` are
    sentences about the settings, `lacking` the codes for which no price was found, with why."""

    rates: Rates
    locality: Locality | None = NATIONAL
    schedule: Schedule | None = None
    qualifying_apm: bool = False
    told: list[str] = field(default_factory=list)
    lacking: dict[tuple[str, str], None] = field(default_factory=dict)
    _known: dict[tuple[str, date, str, str], Price] = field(default_factory=dict, repr=False)

    def price(self, code: str, on: date, place_of_service: str, payer: str) -> Price:
        """The estimate for one unit of a code, furnished on a day, at a place of service (a code of
        two digits, or empty), for a payer as the practice calls it."""
        key = (code, on, place_of_service, payer)
        if key not in self._known:
            found = self._known[key] = self._find(*key)
            if found.each is None:
                self.lacking.setdefault((code, found.basis))
        return self._known[key]

    def _find(self, code: str, on: date, place_of_service: str, payer: str) -> Price:
        where = FACILITY if place_of_service in self.rates.facilities else NON_FACILITY
        if self.schedule is not None:
            return self._scheduled(self.schedule, code, on, where, payer)
        found = self.rates.on(on)
        if found is None:
            return Price(None, f"no rates of {on.year} at hand")
        file, values = found
        if code not in values:
            return Price(None, f"not in {file.name}")
        if values[code].status == CONTRACTOR_PRICED:
            return Price(None, "contractor-priced: there is no national amount")
        if self.locality is None:
            return Price(None, "the locality is not in its file")
        if self.locality.year not in (None, on.year):
            return Price(None, f"the locality's indices are of {self.locality.year}")
        return self._computed(file, values[code], on, where, _placed(place_of_service, where))

    def _scheduled(self, schedule: Schedule, code: str, on: date, where: str, payer: str) -> Price:
        fee = schedule.fee(code, on, payer, where)
        if fee is None:
            return Price(None, f"not in {schedule.name}")
        at = f"{schedule.name}:{fee.line}"
        if fee.amount is None:
            return Price(None, f"left empty in {at}")
        return Price(fee.amount, f"estimate by the practice's own schedule ({at})")

    def _computed(self, file: RateFile, values: Values, on: date, where: str, placed: str) -> Price:
        locality = self.locality or NATIONAL
        expense = values.facility if where == FACILITY else values.non_facility
        if expense is None:
            return Price(None, "not paid at a facility's place of service")
        factor = file.qualifying_apm if self.qualifying_apm else file.conversion_factor
        units = (
            values.work * locality.work
            + expense * locality.practice_expense
            + values.malpractice * locality.malpractice
        )
        amount = (units * factor).quantize(CENT, ROUND_HALF_UP)
        other = "" if file.in_force.hold(on) else "; the file in force that day was not at hand"
        return Price(
            amount, f"estimate at Medicare's rates ({file.name}{other}), {locality.name}, {placed}"
        )


@lru_cache(maxsize=100)
def _placed(place_of_service: str, where: str) -> str:
    if place_of_service.isdecimal():
        return _SAID[where]
    why = "is no code of two digits" if place_of_service else "is not on file"
    return f"{_SAID[where]} because the place of service {why}"


def read_fees(rules: Path, chosen: Chosen, beside: Path) -> Fees:
    """The prices that a practice chose: from the rules' rates, its locality and its own schedule.
    Paths start from the folder `beside`. Raises RulebookError and InputsRefused."""
    fees = Fees(read_rates(rules), qualifying_apm=chosen.qualifying_apm)
    if chosen.schedule:
        fees.schedule = read_schedule(beside / chosen.schedule)
    if isinstance(chosen.locality, str) and chosen.gpci:
        fees.locality = read_locality(beside / chosen.gpci, chosen.locality)
        if fees.locality is None:
            name = Path(chosen.gpci).name
            fees.told.append(f"{name} has no locality {chosen.locality}; amounts are left empty")
    elif chosen.locality is not None and not isinstance(chosen.locality, str):
        mine = chosen.locality
        fees.locality = Locality(
            "the practice's locality", mine.work, mine.practice_expense, mine.malpractice
        )
    return fees
