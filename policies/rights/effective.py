"""The effective rights of many files: what holds for each, and which statement decided.

Files about which the same statements speak, and which have the same layers, have the same
answers; so they are worked out once a group, not once a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from policies.rights.decide import Answer, Question, decide
from policies.rights.layers import layers_of
from policies.rights.matching import Matcher
from policies.rights.model import RightsBook, Statement
from policies.rights.territories import WORLD
from policies.rights.words import Act, Layer, Restriction


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds of one act: for somebody, somewhere (``conditional``: not for everybody).

    ``statement`` decided; ``code`` is the reason of what is not allowed.
    """

    restriction: Restriction
    statement: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Files with the same answers. ``number`` counts the groups as they were met, from 0.

    ``keeping`` answers whether the files may be packaged.
    """

    number: int
    statements: tuple[Statement, ...]
    layers: tuple[Layer, ...]
    acts: Mapping[Act, Effective]
    keeping: Answer


class Answering:
    """Answers for all files of one collection, on one day."""

    def __init__(self, book: RightsBook, as_of: date) -> None:
        self.book, self.as_of = book, as_of
        self._matcher = Matcher(book.statements)
        self._groups: dict[tuple[tuple[int, ...], tuple[Layer, ...]], Group] = {}

    @property
    def needs_isrc(self) -> bool:
        """Whether some statement asks for the ISRC embedded in the files."""
        return self._matcher.needs_isrc

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups met so far, by number."""
        return tuple(self._groups.values())

    def group(self, path: str, isrcs: Iterable[str] = (), pictures: int = 0) -> Group:
        """Return the group of the file at ``path``, relative to the top of the collection.

        ``isrcs`` are the codes embedded in it, ``pictures`` the number of its pictures.
        """
        key = self._matcher.matching(path, isrcs), layers_of(path, pictures)
        group = self._groups.get(key)
        if group is None:
            found = tuple(self.book.statements[number] for number in key[0])
            acts = {act: effective(found, act, key[1], self.as_of) for act in get_args(Act)}
            keeping = decide(found, Question("replicate", self.as_of, layers=key[1]))
            group = self._groups[key] = Group(len(self._groups), found, key[1], acts, keeping)
        return group


def effective(
    found: tuple[Statement, ...], act: Act, layers: tuple[Layer, ...], as_of: date
) -> Effective:
    """Return what holds of ``act``: allowed to all, to some, or to none."""
    narrow = decide(found, Question(act, as_of, "staff", None, layers))
    if not narrow.allowed:
        return Effective("disallow", narrow.statement, narrow.reasons[0].code)
    wide = decide(found, Question(act, as_of, "public", WORLD, layers))
    if not wide.allowed:
        return Effective("conditional", wide.statement)
    return Effective("allow" if narrow.verdict == "allow" else "conditional", narrow.statement)
