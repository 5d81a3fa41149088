"""Patterns of paths in profiles: ``*`` stands for any characters, the slash among them.

The specification names glob(7), where ``*`` ends at a slash, and says that ``["*"]`` allows all tag
files, wherever they lie. Both cannot be. ``*`` goes over slashes here, as in the validator of the
specification's authors; ``?`` and ``[...]`` are as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate


class Patterns:
    """Several patterns as one question."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        joined = "|".join(map(translate, self._patterns)) or r"(?!)"
        self._match = re.compile(joined).match

    def match(self, path: str) -> bool:
        """Tell whether some pattern names the whole of ``path``."""
        return self._match(path) is not None

    def cover(self, required: str) -> bool:
        """Tell whether ``required``, a path or (with a slash at its end) a folder, may be there."""
        if self.match(required):
            return True
        return required.endswith("/") and any(one.startswith(required) for one in self._patterns)
