"""Where the rulebook, its scenarios and the sample practice lie, installed or in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from rtmaudit.errors import InvariantError

Shipped: TypeAlias = Literal["rules", "samples", "scenarios"]

_PACKAGE = Path(__file__).resolve().parent
_IN_CHECKOUT = {"rules": "rules", "samples": "samples", "scenarios": "tests/scenarios"}


def shipped(name: Shipped) -> Path:
    """The folder of that name: the wheel's own, else the one beside the package in a checkout.

    Raises InvariantError where there is neither.
    """
    for folder in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / _IN_CHECKOUT[name]):
        if folder.is_dir():
            return folder
    raise InvariantError(f"the {name} that come with rtmaudit are not there; install it again")
