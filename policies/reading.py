"""From TOML to the classes of :mod:`policies.model`, with every mistake on the way."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin

import msgspec

from policies.admission import AdmissionRules
from policies.codes import ADMISSION
from policies.mistakes import Table, in_words
from policies.rule import LEVELS, Level, Rule

Struct = TypeVar("Struct", bound=msgspec.Struct)

#: The fields of a model. Found by evaluating its annotations, which is dear: once for each model.
fields_of = functools.cache(msgspec.structs.fields)

_CANNOT = "anything else would lose data or make a bag that other tools cannot hold"


def read_struct(table: Table, model: type[Struct]) -> Struct | None:
    """Return ``table`` as a ``model``; ``None``, and the mistakes noted, where it is none."""
    before = len(table.mistakes)
    fields = fields_of(model)
    table.only(field.encode_name for field in fields)
    values: dict[str, Any] = {}
    for field in fields:
        if field.encode_name in table.content:
            values[field.name] = _value(table, field.encode_name, field.type)
        elif field.required:
            _missing(table, field.encode_name, field.type)
    return model(**values) if len(table.mistakes) == before else None


def _missing(table: Table, name: str, kind: Any) -> None:
    if _is_table(_plain(kind)):
        table.table(name)
    else:
        table.value(name, kind)


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or kind is AdmissionRules)


def _value(table: Table, name: str, kind: Any) -> Any:
    """Return one value as ``kind``; what it is worth when a mistake was noted is nothing."""
    plain, extra = _plain(kind), _extra(kind)
    if _is_table(plain) or get_origin(plain) is dict:
        below = table.table(name)
        return None if below is None else _table(below, plain, extra)
    if get_origin(plain) is tuple:
        return _several(table, name, get_args(plain)[0])
    if get_origin(plain) is Literal:
        return table.word(name, get_args(plain))
    return table.value(name, kind, extra.get("must", ""))


def _table(table: Table, kind: Any, extra: dict[str, Any]) -> Any:
    if kind is AdmissionRules:
        return AdmissionRules.default(_levels(table, ADMISSION))
    if "rules" in extra:
        return _levels(table, extra["rules"])
    if get_origin(kind) is dict:
        names, values = get_args(kind)
        return {_name(table, name, names): _value(table, name, values) for name in table.content}
    return read_struct(table, kind)


def _name(table: Table, name: str, kind: Any) -> str:
    try:
        return cast("str", msgspec.convert(name, kind))
    except msgspec.ValidationError:
        table.wrong(name, f"a name {_extra(kind)['must']}")
        return name


def _several(table: Table, name: str, kind: Any) -> tuple[Any, ...]:
    extra = _extra(kind)
    if "words" in extra:
        return table.words(name, extra["words"])
    values: list[Any] = table.value(name, list[Any]) or []
    for place, value in enumerate(values):
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            words = extra.get("must") or in_words(error)
            table.wrong(name, f"item {place + 1}: {words}")
    return tuple(values)


def _levels(table: Table, rules: Iterable[Rule]) -> dict[str, Level]:
    """Return the levels that a table of rules sets."""
    known = {rule.code: rule for rule in rules}
    table.only(known)
    levels: dict[str, Level] = {}
    for code in (code for code in table.content if code in known):
        word = table.word(code, LEVELS)
        if word is None:
            continue
        if known[code].fixed and word != known[code].level:
            only = f"this rule cannot be changed: only {known[code].level!a}"
            table.wrong(code, only, _CANNOT)
        else:
            levels[code] = cast("Level", word)
    return levels


def _plain(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _extra(kind: Any) -> dict[str, Any]:
    """Return what the annotations of a type say besides what msgspec checks."""
    if get_origin(kind) is not Annotated:
        return {}
    metas = [note for note in get_args(kind)[1:] if isinstance(note, msgspec.Meta)]
    return {key: value for meta in metas for key, value in (meta.extra or {}).items()}
