"""What somebody looks for, in no database's language.

A word stands for itself, ``word*`` for every word that begins so, and several words in one
argument or within quotation marks for a phrase. All of them must be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policies.isrc import bare_isrc, is_plain_isrc, normal_isrc

FIELDS = ("title", "creator", "album", "isrc", "name", "format")
"""The parts of a recording that can be asked for by themselves."""

_PARTS = re.compile(r'"([^"]*)(?:"(\*?)|\Z)|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase, or with ``prefix`` the beginning of one; ``field`` ``None``: anywhere.

    ``isrc`` is the recording code that the text is beyond doubt, to be looked for as well.
    """

    text: str
    prefix: bool = False
    field: str | None = None
    isrc: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all be found, in the bag named or in any."""

    terms: tuple[Term, ...]
    bag: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: words for anywhere, and words for single fields."""

    words: Sequence[str] = ()
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bag: str | None = None


def parse(wish: Wish) -> Query:
    """Return the query that was meant; one without terms when nothing of it can be looked for.

    What holds neither letter nor digit is passed over, as the index does.
    """
    terms = [term for word in wish.words for term in _terms(word)]
    for name, values in wish.fields.items():
        for value in values:
            terms += _codes(value) if name == "isrc" else _terms(value, name)
    return Query(tuple(terms), wish.bag)


def _terms(argument: str, name: str | None = None) -> Iterator[Term]:
    """Yield the terms of one argument: one phrase, or the parts that its quotation marks make."""
    if '"' not in argument:
        yield from _term(argument.rstrip("*"), argument.endswith("*"), name)
        return
    for quoted, star, plain in _PARTS.findall(argument):
        if plain:
            yield from _term(plain.rstrip("*"), plain.endswith("*"), name)
        else:
            yield from _term(quoted, bool(star), name)


def _term(text: str, prefix: bool, name: str | None) -> Iterator[Term]:
    text = " ".join(text.encode("utf-8", "replace").decode().replace("\0", " ").split())
    if not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        return
    code = bare_isrc(text) if name is None and is_plain_isrc(text) else None
    yield Term(text, prefix, name, code)


def _codes(value: str) -> Iterator[Term]:
    """Yield a recording code however it is written, or the beginning of one."""
    code = normal_isrc(value) or bare_isrc(value)
    if code:
        yield Term(code, value.rstrip().endswith("*"), "isrc")
