"""How the practice wants amounts to be estimated."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from rtmaudit.config.grammar import Strict


def _exact(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{1,2}(\.\d{1,4})?", value):
        return Decimal(value)
    return value


Index = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0)]


class Indices(Strict):
    """The geographic practice cost indices of a locality, each as text: "0.958"."""

    work: Index
    practice_expense: Index
    malpractice: Index


class Rates(Strict):
    """How amounts are estimated: by the practice's own fee schedule (a CSV file), else at what
    Medicare pays in the nation or in a locality: its indices, or its name in a file of CMS
    (`gpci`)."""

    schedule: str | None = None
    gpci: str | None = None
    locality: str | Indices | None = None
    qualifying_apm: bool = False

    @property
    def files(self) -> list[str]:
        """The files that are named."""
        return [each for each in (self.schedule, self.gpci) if each]

    @model_validator(mode="after")
    def _name_needs_file(self) -> Rates:
        if isinstance(self.locality, str) is not bool(self.gpci):
            raise ValueError("name the locality (as WI 00) and the gpci file of CMS, or neither")
        return self
