"""The practice's own fee schedule: a CSV file that overrides what Medicare pays."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from rtmaudit.errors import Fault, InputsRefused

COLUMNS = ("code", "amount", "payer", "place", "from", "to")
"""`code` and `amount` (dollars for one unit) must be there. A payer as the practice calls it, a
place (facility or non_facility) and days narrow a line down."""
PLACES = ("facility", "non_facility")
_AMOUNT = re.compile(r"\$?((?:\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.\d{1,2})?)")


@dataclass(frozen=True, slots=True)
class Fee:
    """One line: what it says, and where it stands. No amount: contractor-priced or left empty."""

    line: int
    code: str
    amount: Decimal | None
    payer: str = ""
    place: str = ""
    start: date = date.min
    end: date = date.max

    @property
    def about(self) -> tuple[str, str, str, date, date]:
        """What the line is about; no two lines may be about the same."""
        return self.code, self.payer.lower(), self.place, self.start, self.end

    def holds(self, on: date, payer: str, place: str) -> bool:
        """Whether the line speaks for a service."""
        who = not self.payer or self.payer.lower() == payer.strip().lower()
        return who and self.place in ("", place) and self.start <= on <= self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """The lines of a schedule by code."""

    name: str
    fees: Mapping[str, Sequence[Fee]]

    def fee(self, code: str, on: date, payer: str, place: str) -> Fee | None:
        """The line that speaks most exactly: one of the payer before one of all, then one of the
        place, then the one that began last."""
        mine = [each for each in self.fees.get(code, ()) if each.holds(on, payer, place)]
        return max(mine, key=lambda f: (bool(f.payer), bool(f.place), f.start), default=None)


def read_schedule(path: Path) -> Schedule:
    """Read a fee schedule. Raises InputsRefused with every line that cannot be read."""
    fees: dict[str, list[Fee]] = {}
    faults: list[Fault] = []
    seen: dict[object, int] = {}
    for line, row in _rows(path):
        try:
            fee = _fee(line, row)
        except ValueError as wrong:
            faults.append(Fault(path.name, line, *wrong.args))
            continue
        if fee.about in seen:
            sentence = f"says the same code again as line {seen[fee.about]}; keep one of them"
            faults.append(Fault(path.name, line, "code", sentence))
        seen.setdefault(fee.about, line)
        fees.setdefault(fee.code, []).append(fee)
    if faults:
        raise InputsRefused(faults)
    return Schedule(path.name, fees)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(text.splitlines(), strict=True)
        header = [cell.strip().lower() for cell in next(reader, [])]
        missing = [name for name in COLUMNS[:2] if name not in header]
        strange = [i for i, name in enumerate(header, 1) if name not in COLUMNS]
        if missing or strange or len(set(header)) < len(header):
            names = ", ".join(COLUMNS)
            sentence = f"must have a header of code and amount, and of no other than {names}"
            raise InputsRefused([Fault(path.name, 1, "", sentence)])
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    sentence = "has another number of cells than the header"
                    raise InputsRefused([Fault(path.name, reader.line_num, "", sentence)])
                row = zip(header, map(str.strip, cells), strict=True)
                yield reader.line_num, dict(row)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InputsRefused([Fault(path.name, 0, "", "cannot be read as CSV")]) from None


def _fee(line: int, row: Mapping[str, str]) -> Fee:
    """One line. Raises ValueError with the column and the sentence."""
    if not re.fullmatch(r"[0-9A-Za-z]{5}", row["code"]):
        raise ValueError("code", "is no code of five characters")
    if row.get("place", "") not in ("", *PLACES):
        raise ValueError("place", f"must be one of {', '.join(PLACES)}, or empty")
    return Fee(
        line,
        row["code"].upper(),
        _amount(row["amount"]),
        row.get("payer", ""),
        row.get("place", ""),
        _day("from", row.get("from", ""), date.min),
        _day("to", row.get("to", ""), date.max),
    )


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    written = _AMOUNT.fullmatch(text)
    if written is None:
        raise ValueError("amount", "must be dollars of one unit, like 51.44, or empty")
    return Decimal(written[1].replace(",", "")).quantize(Decimal("0.01"))


def _day(column: str, text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(column, "must be a day like 2026-03-20, or empty") from None
