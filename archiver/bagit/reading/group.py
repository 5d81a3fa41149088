"""Bag-Group-Identifier and Bag-Count: which part of what a bag says it is (RFC 8493 2.2.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.bagit.reading.declaration import read_declaration
from archiver.bagit.reading.info import InfoReader
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.text import TextBlocks
from archiver.tree import Tree

_COUNT = re.compile(r"([0-9]{1,9}) of ([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Membership:
    """A bag is part ``number`` of ``count`` of the group called ``group``."""

    group: str
    number: int
    count: int


def membership_of(tree: Tree) -> Membership | None:
    """Return what group the bag is a part of; ``None`` for a whole, or what cannot be read."""
    declared = read_declaration(tree, Report())
    name = declared.rules.info_file
    reader = InfoReader(name, declared.rules, Report())
    try:
        pairs = reader.pairs(TextBlocks(tree, name, declared.codec))
    except OSError:
        return None
    said = {label.lower(): value.strip() for label, value in reversed(pairs)}
    found = _COUNT.fullmatch(said.get("bag-count", ""))
    if found is None or not said.get("bag-group-identifier"):
        return None
    number, count = map(int, found.groups())
    return Membership(said["bag-group-identifier"], number, count) if count > 1 else None
