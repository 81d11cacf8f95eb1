"""Words that all parts of rtmaudit.yaml are written in: strict values, zones, lists, choices."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Tag


class Strict(BaseModel):
    """Refuses unknown keys and every silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def known_zone(name: str) -> str:
    """An IANA zone name. Raises ValueError."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError("is not a time zone; write one like America/New_York") from None
    return name


def word(kind: Any) -> BeforeValidator:
    """Turns a word into that of a closed list, and refuses others with the list."""

    def convert(value: object) -> object:
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        raise ValueError("must be one of " + ", ".join(kind))

    return BeforeValidator(convert)


def listed(value: object) -> object:
    """One text is a list of one."""
    return [value] if isinstance(value, str) else value


def shape(value: object) -> str:
    """The tag of a value that is a text, or a mapping."""
    return "text" if isinstance(value, str) else "several"


def nothing_yet(value: object) -> object:
    """A part whose lines are all commented out says nothing."""
    return {} if value is None else value


T = TypeVar("T")
Zone = Annotated[str, AfterValidator(known_zone)]
Part = Annotated[dict[str, T], BeforeValidator(nothing_yet)]
Texts = Annotated[list[str], BeforeValidator(listed)]


Plain = Annotated[str, Tag("text")]
