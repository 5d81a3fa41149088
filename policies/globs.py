"""Patterns of paths: ``*`` within one name, ``**`` for any folders, ``?`` for one character."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=64)
def compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern that matches every path that any of ``patterns`` names."""
    return re.compile("|".join(map(_translated, patterns)) or r"(?!)", re.DOTALL)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether the whole of ``path`` (relative, with ``/``) is named by a pattern."""
    return compiled(tuple(patterns)).fullmatch(path) is not None


def _translated(pattern: str) -> str:
    return "".join(_MEANS.get(part) or re.escape(part) for part in _PARTS.findall(pattern))
