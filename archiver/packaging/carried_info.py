"""What of one bag's ``bag-info.txt`` goes over into that of the bag made of it."""

from __future__ import annotations

from collections.abc import Iterable

from archiver.bagit.reading.declaration import read_declaration
from archiver.bagit.reading.info import InfoReader
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.text import TextBlocks
from archiver.bagit.writing import format_bag_info
from archiver.errors import UsageError
from archiver.packaging.foreseen import WE_WRITE
from archiver.tree import Tree

PROFILE = "BagIt-Profile-Identifier"
Pairs = tuple[tuple[str, str], ...]

_OF_ONE_BAG = {
    *(label.lower() for label in WE_WRITE),
    PROFILE.lower(),
    "packing-date",  # as BagIt called them up to 0.95
    "package-size",
    "bag-version",
    "version-of",
    "supersedes",
    "supersedes-tag-manifest-sha512",
    "update-reason",
    "rights-statement",
    "rights-statement-uri",
}
"""Labels whose lines are true of one bag, and not of another that is made of it."""


def said_in(tree: Tree) -> Pairs:
    """Return what the metadata file of a bag of any version says, in its order.

    A bag without one says nothing. Raises ``OSError``.
    """
    declaration = read_declaration(tree, Report())
    name = declaration.rules.info_file
    reader = InfoReader(name, declaration.rules, Report())
    try:
        return tuple(reader.pairs(TextBlocks(tree, name, declaration.codec)))
    except FileNotFoundError:
        return ()


def carried(said: Iterable[tuple[str, str]], given: Iterable[tuple[str, str]]) -> Pairs:
    """Return the lines that go over: those that nothing ``given`` replaces and that can be written.

    A label that is given replaces all lines with that label.
    """
    left_out = _OF_ONE_BAG | {label.lower() for label, _ in given}
    return tuple(pair for pair in said if pair[0].lower() not in left_out and _fits(pair))


def _fits(pair: tuple[str, str]) -> bool:
    try:
        format_bag_info([pair])
    except UsageError:
        return False
    return True
