"""Reading the acts of a statement: what is granted, to whom, where."""

from __future__ import annotations

from typing import cast, get_args

from policies.mistakes import Table
from policies.rights.model import ALLOW, DISALLOW, Case, Grant
from policies.rights.parts import read_days, read_text
from policies.rights.presets import Preset
from policies.rights.territories import is_territory
from policies.rights.words import AUDIENCES, RESTRICTIONS, Act, Audience, Restriction

CASE_KEYS = ("restriction", "audience", "territory", "note", "max_copies")
_WORDS = {"allow": ALLOW, "disallow": DISALLOW}


def read_acts(statement: Table, preset: Preset | None) -> dict[Act, Grant]:
    """Return what the table ``acts`` grants and denies; a preset bounds it.

    Each act has a word (``allow``, ``disallow``), a table with a restriction and what it depends
    on, or a list of such tables of which one is enough.
    """
    table = statement.table("acts")
    if table is None:
        return {}
    table.only(get_args(Act))
    grants: dict[Act, Grant] = {}
    for act in get_args(Act):
        if act in table.content:
            grant = _read_grant(table, act)
            if grant is not None:
                grants[act] = _bounded(table, act, grant, preset) if preset else grant
    return grants


def _read_grant(table: Table, act: Act) -> Grant | None:
    value = table.content[act]
    if isinstance(value, str):
        word = table.word(act, RESTRICTIONS)
        if word == "conditional":
            hint = '{restriction = "conditional", note = "..."}'
            table.wrong(act, "a condition must be named", hint)
        return _WORDS.get(word or "")
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, dict) for item in items):
        table.wrong(act, "must be a word or a table", 'write "allow", or {restriction = ...}')
        return None
    single = len(items) == 1
    below = [
        Table(
            item,
            f"{table.prefix}{act}{'' if single else f'[{number}]'}.",
            table.mistakes,
            table.lines,
        )
        for number, item in enumerate(items, 1)
    ]
    words = [one.word("restriction", RESTRICTIONS) for one in below]
    cases = tuple(_read_case(one, word) for one, word in zip(below, words, strict=True))
    if len(set(words)) > 1:
        table.wrong(act, "all of its tables must have the same restriction")
    word = words[0]
    return None if word is None else Grant(cast("Restriction", word), cases)


def _read_case(table: Table, restriction: str | None) -> Case:
    table.only(CASE_KEYS)
    named = [key for key in table.content if key != "restriction"]
    if restriction == "allow" and named:
        table.wrong(named[0], "what is allowed has no condition", 'write "conditional"')
    if restriction == "conditional" and not named:
        table.wrong("note", "a condition must be named", "audience, territory, note or max_copies")
    if restriction == "disallow" and "max_copies" in named:
        table.wrong("max_copies", "it belongs to what is granted", "leave it away")
    widest: Audience = "staff" if restriction == "disallow" else "public"
    audience = table.word("audience", AUDIENCES) if "audience" in table.content else widest
    territory: list[str] = (
        table.value("territory", list[str]) or [] if "territory" in table.content else []
    )
    for place in territory:
        if not is_territory(place):
            table.wrong("territory", f"{place!a} is no territory", "write codes like FR, or EU")
    if table.content.get("territory") == []:
        table.wrong("territory", "no territory at all is named", "leave it away for the world")
    note, copies = read_text(table, "note"), read_days(table, "max_copies")
    return Case(cast("Audience", audience or widest), tuple(territory), note, copies)


def _bounded(table: Table, act: Act, grant: Grant, preset: Preset) -> Grant:
    """Hold a grant to what the provision carries: note what goes beyond, set its copies."""
    if grant.restriction == "disallow":
        return grant
    if act not in preset.acts:
        table.wrong(act, f"{preset.citation} carries no {act}", "leave it away")
    if act == "disseminate":
        rank = AUDIENCES.index
        for case in grant.cases:
            if rank(case.audience) > rank(preset.audience):
                hint = f'{{restriction = "conditional", audience = "{preset.audience}"}}'
                table.wrong(act, f"{preset.citation} does not reach {case.audience}", hint)
    if act != "replicate" or preset.max_copies is None:
        return grant
    most = preset.max_copies
    cases = tuple(
        Case(one.audience, one.territory, one.note, min(one.max_copies or most, most))
        for one in grant.cases
    )
    if any((case.max_copies or 0) > most for case in grant.cases):
        table.wrong(act, f"{preset.citation} carries {most} copies", f"write max_copies = {most}")
    return Grant("conditional", cases)
