"""A strict YAML document -> a pydantic model, or every fault of it with file and line."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rtmaudit.errors import Fault, meant
from rtmaudit.strict_yaml import Document, Place

M = TypeVar("M", bound=BaseModel)


def validate(document: Document, model: type[M], at: Place = ()) -> tuple[M | None, list[Fault]]:
    """The model of a document, or of the part of it at a place; None with all faults. Faults never
    quote the value they refuse."""
    value = document.value
    for part in at:
        value = value[part]
    try:
        return model.model_validate({} if value is None else value), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return None, [_fault(document, model, detail, at) for detail in details]


def _fault(document: Document, model: type[BaseModel], detail: Any, at: Place) -> Fault:
    inner: Place = tuple(part for part in detail["loc"] if part != "[key]")
    seen = _seen(document, (*at, *inner))
    where = ".".join(str(part) for part in seen)
    return Fault(document.file, document.line(seen), where, _sentence(model, inner, detail))


def _seen(document: Document, place: Place) -> Place:
    """The place in the document: pydantic names the members of a union too, and writes a date that
    is a key as Python does."""
    seen: Place = ()
    for part in place:
        inside = (each[-1] for each in document.lines if each and each[:-1] == seen)
        seen += tuple(key for key in inside if part in (key, repr(key)))[:1]
    return seen or place[:1]


_PLAIN = {
    "string_type": "must be text; put it in quotes",
    "string_too_long": "is too long",
    "string_too_short": "is empty or too short",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "date_type": "must be a day like 2026-03-20",
    "list_type": "must be a list",
    "dict_type": "must be lines of `key: value`",
    "model_type": "must be lines of `key: value`",
}


def _sentence(model: type[BaseModel], place: Place, detail: Any) -> str:
    if detail["type"] == "extra_forbidden":
        allowed = sorted(_keys_at(model, place[:-1]))
        told = f"is not a key here; allowed are {', '.join(allowed)}"
        return told + meant(place[-1], allowed)
    if detail["type"] in _PLAIN:
        return _PLAIN[detail["type"]]
    if detail["type"] == "missing":
        return f"{place[-1]} is missing"
    message: str = detail["msg"]
    return message.removeprefix("Value error, ").removeprefix("Input ")


def _keys_at(model: type[BaseModel], place: Place) -> set[str]:
    here: list[Any] = [model]
    for part in place:
        here = [step for kind in here for step in _step(kind, part)] or here
    return {
        info.alias or name
        for kind in here
        for each in _models(kind)
        for name, info in each.model_fields.items()
    }


def _step(kind: Any, part: object) -> Iterator[Any]:
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, info in option.model_fields.items():
                if part in (name, info.alias):
                    yield info.annotation
        elif typing.get_origin(option) in (dict, list):
            yield typing.get_args(option)[-1]


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            yield option


def _options(kind: Any) -> Iterator[Any]:
    """The members of a union, or the type itself, without its annotations."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        yield from _options(typing.get_args(kind)[0])
    elif origin in (typing.Union, types.UnionType):
        for member in typing.get_args(kind):
            yield from _options(member)
    else:
        yield kind
