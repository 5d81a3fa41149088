"""Territories: countries by ISO 3166-1 alpha-2 code, the European Union, and the world."""

from __future__ import annotations

import re
from collections.abc import Collection

WORLD = "world"
EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
_COUNTRY = re.compile("[A-Z]{2}")


def is_territory(text: str) -> bool:
    """Tell whether ``text`` is written as a country, ``EU`` or ``world``."""
    return text == WORLD or _COUNTRY.fullmatch(text) is not None


def covers(granted: Collection[str], asked: str | None) -> bool:
    """Tell whether all of ``asked`` lies within ``granted`` (none: the world).

    ``None`` asks about no place in particular, which any place covers.
    """
    if not granted or asked is None or WORLD in granted or asked in granted:
        return True
    if asked == "EU":
        return set(granted) >= EU
    return asked in EU and "EU" in granted


def meets(denied: Collection[str], asked: str | None) -> bool:
    """Tell whether some of ``asked`` lies within ``denied`` (none: the world).

    No place in particular is met only by the whole world: there is somewhere else to go.
    """
    if not denied or WORLD in denied:
        return True
    if asked is None:
        return False
    if asked == WORLD or asked in denied:
        return True
    if asked == "EU":
        return not EU.isdisjoint(denied)
    return asked in EU and "EU" in denied
