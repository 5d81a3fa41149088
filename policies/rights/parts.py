"""Reading the small parts of a rights file: texts, days, ids, lists of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from policies.mistakes import Table

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def tables_of(table: Table, name: str) -> Iterator[Table]:
    """Yield each table of the list ``name``; note what is none, and a list that is missing.

    Each is called by its id in the places of mistakes, by its number where it has none.
    """
    items = table.content.get(name)
    if not isinstance(items, list):
        found = "must be a list of tables" if name in table.content else "this list is missing"
        table.wrong(name, found, f"write [[{table.prefix}{name}]]")
        return
    lines = _lines_by_number(table, name)
    for number, item in enumerate(items, 1):
        place = f"{name}[{number}]"
        if not isinstance(item, dict):
            table.wrong(place, "must be a table", f"write [[{table.prefix}{name}]]")
            continue
        if isinstance(item.get("id"), str) and _ID.fullmatch(item["id"]):
            place = f"{name}[{item['id']}]"
        prefix = table.prefix + place
        own = {prefix + rest: line for rest, line in lines.get(number, ())}
        yield Table(item, f"{prefix}.", table.mistakes, own)


def _lines_by_number(table: Table, name: str) -> dict[int, list[tuple[str, int]]]:
    """Return, for each table of a list, the rest of each key in it and the line it stands in."""
    found: dict[int, list[tuple[str, int]]] = {}
    item = re.compile(re.escape(table.prefix + name) + r"\[(\d+)\](.*)")
    for key, line in table.lines.items():
        if place := item.fullmatch(key):
            found.setdefault(int(place[1]), []).append((place[2], line))
    return found


def read_id(table: Table) -> str | None:
    """Return the text of ``id``; note one that is missing or cannot serve as a name."""
    name: str | None = table.value("id", str)
    if name is not None and not _ID.fullmatch(name):
        hint = "letters, digits, point, hyphen and underline, at most 64"
        table.wrong("id", f"{name!a} is no id", hint)
        return None
    return name


def read_text(table: Table, name: str, *, day: bool = False) -> Any:
    """Return the text (or with ``day`` the date) of ``name``; ``None`` when it is not there.

    An empty text is a mistake, and so is a date that is not a whole day.
    """
    if name not in table.content:
        return None
    if day:
        return read_day(table, name)
    text: str | None = table.value(name, str)
    if text is not None and not text.strip():
        table.wrong(name, "this text is empty", "leave the key away")
        return None
    return text


def read_day(table: Table, name: str) -> date | None:
    """Return the day of ``name``, which TOML writes ``2024-05-01`` without quotes."""
    value = table.content[name]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if found.isoformat() == value:
                return found
    table.wrong(name, f"{str(value)!a} is not a day", "write it like 2024-05-01")
    return None


def read_flag(table: Table, name: str) -> bool:
    """Return the truth value of ``name``; without the key it is false."""
    return bool(table.value(name, bool)) if name in table.content else False


def read_days(table: Table, name: str) -> int | None:
    """Return the number of ``name``, zero or more; ``None`` when it is not there."""
    if name not in table.content:
        return None
    number: int | None = table.value(name, int)
    if number is not None and number < 0:
        table.wrong(name, f"{number} is less than nothing")
        return None
    return number
