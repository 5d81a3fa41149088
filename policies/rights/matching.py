"""Which statements are about a file: globs on its path, beginnings of its ISRC.

Globs are compiled once, and in a form that takes time in proportion to the path, whatever the
pattern: a rights file can come with the source, so it can be hostile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from policies.names import normal_key
from policies.rights.model import Statement

_SIGNS = re.compile(r"[*?[]")
_EVERYTHING = "**"
_ISRC_BEGINNING = re.compile(r"[A-Z]{2}(?:[A-Z0-9]{1,3}|[A-Z0-9]{3}\d{1,7})?")


class Matcher:
    """The statements' patterns, compiled; those that name their first folder are found by it.

    Statements about everything need no pattern; where there are no others, nothing is compared.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._always: list[int] = []
        self._tops: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        self._anywhere: list[tuple[int, re.Pattern[str]]] = []
        self._excluded: dict[int, re.Pattern[str]] = {}
        self._isrcs: list[tuple[int, tuple[str, ...]]] = []
        for number, statement in enumerate(statements):
            if _EVERYTHING in statement.paths:
                self._always.append(number)
            else:
                self._take_patterns(number, statement.paths)
            if statement.excluded:
                self._excluded[number] = _any_of(statement.excluded)
            if statement.isrc_prefixes:
                self._isrcs.append((number, statement.isrc_prefixes))
        asks = self._anywhere or self._tops or self._excluded or self._isrcs
        self._answer = None if asks else tuple(self._always)

    def _take_patterns(self, number: int, paths: Iterable[str]) -> None:
        for top, patterns in _by_top(paths).items():
            rows = self._anywhere if top is None else self._tops.setdefault(top, [])
            rows.append((number, _any_of(patterns)))

    @property
    def needs_isrc(self) -> bool:
        """Whether some statement asks for the ISRC embedded in the files."""
        return bool(self._isrcs)

    def matching(self, path: str, isrcs: Iterable[str] = ()) -> tuple[int, ...]:
        """Return the places of the statements about the file at ``path``, in order.

        ``path`` is relative to the top of the collection. Names that differ in Unicode form only
        are the same. ``isrcs`` are the codes embedded in the file, as found.
        """
        if self._answer is not None:
            return self._answer
        key = normal_key(path)
        rows = (*self._anywhere, *self._tops.get(key.partition("/")[0], ()))
        found = {number for number, pattern in rows if pattern.fullmatch(key)}
        found.update(self._always)
        codes = [isrc_of(text) for text in isrcs]
        for number, prefixes in self._isrcs:
            if any(code.startswith(prefixes) for code in codes):
                found.add(number)
        excluded = self._excluded
        return tuple(
            number
            for number in sorted(found)
            if number not in excluded or not excluded[number].fullmatch(key)
        )


def _by_top(patterns: Iterable[str]) -> dict[str | None, list[str]]:
    """Return the patterns by the folder or file they begin with; ``None`` where that is open."""
    found: dict[str | None, list[str]] = {}
    for pattern in patterns:
        top = normal_key(pattern).partition("/")[0]
        found.setdefault(None if _SIGNS.search(top) else top, []).append(pattern)
    return found


def isrc_of(text: str) -> str:
    """Return an ISRC, or the beginning of one, as it is compared: upper case, no hyphens."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code.removeprefix("ISRC").removeprefix(":")


def is_isrc_prefix(text: str) -> bool:
    """Tell whether an ISRC (as of :func:`isrc_of`) can begin like this."""
    return _ISRC_BEGINNING.fullmatch(text) is not None


def glob_problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern; ``None`` when nothing is."""
    parts = pattern.split("/")
    if "" in parts:
        return "a path has no empty part, and neither begins nor ends with a slash"
    if "." in parts or ".." in parts:
        return "a path holds no . or .. part"
    try:
        _regex(pattern)
    except ValueError as error:
        return str(error)
    return None


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_regex(pattern)})" for pattern in patterns))


def _regex(pattern: str) -> str:
    """Return ``pattern`` as a regular expression for whole paths.

    ``*`` and ``?`` stay within one part of the path, ``**`` is any number of parts. Each star but
    the last is atomic: the first place where what follows fits is as good as any later one.
    """
    blocks: list[list[str]] = [[]]
    for part in normal_key(pattern).split("/"):
        if part == "**":
            blocks.append([])
        else:
            blocks[-1].append(_part(part))
    first, *middle = blocks
    out = "/".join(first)
    if not middle:
        return out
    out += "/" if first else ""
    *inner, last = [block for block in middle[:-1] if block] + [middle[-1]]
    for block in inner:
        out += rf"(?>(?:[^/]+/)*?{'/'.join(block)}/)"
    return out + (rf"(?:[^/]+/)*{'/'.join(last)}" if last else r"(?s:.+)")


def _part(part: str) -> str:
    pieces = [""]
    at = 0
    while at < len(part):
        sign = part[at]
        if sign == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
        elif sign == "[":
            end = _end_of_class(part, at)
            pieces[-1] += _class(part[at + 1 : end])
            at = end
        else:
            pieces[-1] += "[^/]" if sign == "?" else re.escape(sign)
        at += 1
    first, *rest = pieces
    if not rest:
        return first
    return first + "".join(rf"(?>[^/]*?{piece})" for piece in rest[:-1]) + rf"[^/]*{rest[-1]}"


def _end_of_class(part: str, at: int) -> int:
    """Return the place of the bracket that closes the one at ``at``. Raises ``ValueError``."""
    start = at + 2 if part[at + 1 : at + 2] in ("!", "^") else at + 1
    end = part.find("]", start + 1)  # a bracket in the first place stands for itself
    if end < 0:
        raise ValueError("a bracket is not closed; a bracket of the name itself is written [[]")
    return end


def _class(content: str) -> str:
    negated = content[0] in "!^"
    inner = "".join(
        sign if sign == "-" else re.escape(sign) for sign in (content[1:] if negated else content)
    )
    text = f"[^/{inner}]" if negated else f"(?!/)[{inner}]"
    try:
        re.compile(text)
    except re.error:
        raise ValueError(f"there is no such range of characters: [{content}]") from None
    return text
