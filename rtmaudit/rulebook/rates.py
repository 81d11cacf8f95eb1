"""The relative values that come with the rules, and the days that each file of them is used for."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from rtmaudit import strict_yaml
from rtmaudit.config import Strict
from rtmaudit.errors import Fault, FaultsError, RulebookError
from rtmaudit.rulebook.schema import SourceNote
from rtmaudit.strict_model import validate

FEES, FILE = "fees", "rates.yaml"
CONTRACTOR_PRICED = "C"
NOT_IN_A_FACILITY = "NA"


def _exactly(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d{1,4})?", value):
        return Decimal(value)
    return value


Exact = Annotated[Decimal, BeforeValidator(_exactly), Field(gt=0)]


class Places(Strict):
    """The places of service that are paid at the facility rate."""

    value: list[str]
    sources: list[str]
    note: str = ""


class Days(Strict):
    """A stretch of days, both ends included."""

    from_: date = Field(alias="from")
    to: date

    def hold(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.from_ <= day <= self.to


class RateFile(Strict):
    """A file of relative values: the days on which it is in force, and those for which it is used
    where the file in force is not at hand."""

    file: str
    name: str
    in_force: Days
    used_for: Days
    conversion_factor: Exact
    qualifying_apm: Exact
    source: str
    note: str = ""


class RatesFile(Strict):
    """The whole of rates.yaml."""

    sources: dict[str, SourceNote]
    facility_places: Places
    files: list[RateFile]


@dataclass(frozen=True, slots=True)
class Values:
    """The relative values of one code; `facility` is None where a facility is not paid for it."""

    status: str
    work: Decimal
    non_facility: Decimal
    facility: Decimal | None
    malpractice: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """The files with their values, and the places that are facilities."""

    facilities: frozenset[str]
    files: tuple[tuple[RateFile, Mapping[str, Values]], ...]

    def on(self, day: date) -> tuple[RateFile, Mapping[str, Values]] | None:
        """The file in force on a day, else the one used for it; None where there is neither."""
        in_force = (each for each in self.files if each[0].in_force.hold(day))
        used = (each for each in self.files if each[0].used_for.hold(day))
        return next(in_force, None) or next(used, None)


def read_rates(rules: Path) -> Rates:
    """The rates in a rules folder; none where it holds none. Raises RulebookError with every fault
    of them."""
    folder = rules / FEES
    if not (folder / FILE).is_file():
        return Rates(frozenset(), ())
    try:
        document = strict_yaml.read(folder / FILE)
    except FaultsError as error:
        raise RulebookError(error.faults) from None
    told, faults = validate(document, RatesFile)
    if told is None or faults:
        raise RulebookError(faults)
    used = {*told.facility_places.sources, *(each.source for each in told.files)}
    if unknown := sorted(used - told.sources.keys()):
        raise RulebookError([Fault(FILE, 0, "sources", f"{unknown[0]} is not among the sources")])
    files = tuple((each, _values(folder / each.file)) for each in told.files)
    return Rates(frozenset(told.facility_places.value), files)


def _values(path: Path) -> dict[str, Values]:
    found: dict[str, Values] = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, strict=True):
                found[row["code"]] = _of_row(row)
    except (OSError, ValueError, ArithmeticError, KeyError, TypeError, csv.Error):
        where = Fault(path.name, len(found) + 2, "", "cannot be read as relative values")
        raise RulebookError([where]) from None
    return found


def _of_row(row: Mapping[str, str]) -> Values:
    in_a_facility = row["fac_na"] != NOT_IN_A_FACILITY
    return Values(
        row["status"],
        Decimal(row["work_rvu"]),
        Decimal(row["nf_pe_rvu"]),
        Decimal(row["fac_pe_rvu"]) if in_a_facility else None,
        Decimal(row["mp_rvu"]),
    )
