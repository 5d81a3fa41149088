"""Lengths of time and sizes as people write them in a policy: ``"90 days"``, ``"5 TB"``."""

from __future__ import annotations

import re

TIME_PATTERN = r"^[1-9][0-9]{0,4} ?(d|days?|w|weeks?|m|months?|y|years?)$"
SIZE_PATTERN = r"^[1-9][0-9]{0,5} ?(bytes|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB)$"
HOURS_PATTERN = r"^[1-9][0-9]{0,4} ?(min|minutes?|h|hours?)$"
_ON = "(mon|tue|wed|thu|fri|sat|sun)"
_ONS = f"{_ON}([,-]{_ON})*"
_DATES = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.\.[0-9]{4}-[0-9]{2}-[0-9]{2})?"
_HOURS = "[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]"
WINDOW_PATTERN = f"^(({_ONS}|{_DATES})( {_HOURS})?|{_HOURS})$"

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DECIMAL = {"bytes": 0, "kB": 1, "MB": 2, "GB": 3, "TB": 4, "PB": 5}
_PARTS = re.compile(r"([0-9]+) ?([A-Za-z]+)")


def days(text: str) -> int:
    """Return the days of a length of time; a month has 30, a year 365.

    ``text`` must be of :data:`TIME_PATTERN`, as those of a policy that was read are.
    """
    number, unit = _split(text)
    return number * _DAYS[unit[0]]


def minutes(text: str) -> int:
    """Return the minutes of a length of time of :data:`HOURS_PATTERN`."""
    number, unit = _split(text)
    return number * (60 if unit[0] == "h" else 1)


def size_in_bytes(text: str) -> int:
    """Return the bytes of a size of :data:`SIZE_PATTERN`: kB is 1,000 bytes, KiB 1,024."""
    number, unit = _split(text)
    if unit in _DECIMAL:
        return int(number * 1000 ** _DECIMAL[unit])
    return int(number * 1024 ** _DECIMAL[unit.replace("Ki", "ki").replace("i", "")])


def _split(text: str) -> tuple[int, str]:
    found = _PARTS.fullmatch(text)
    assert found is not None  # whoever read the policy has checked it
    return int(found[1]), found[2]
