"""The templates of pages. Every text that they are given is escaped, and its control and direction
characters are spelled out, wherever it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rtmaudit.errors import visible


def environment(**known: Any) -> Environment:
    """What lays templates out; `known` are the words and functions that they may use."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(known)
    return made


def _shown(value: Any) -> Any:
    """Text with its hidden characters spelled out; not what is markup already."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
