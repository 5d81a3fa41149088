"""Into which parts a bag falls, each a bag that is no larger as one file than was asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.bagit.reading.declaration import read_declaration
from archiver.bagit.reading.info import InfoReader
from archiver.bagit.reading.layout import ManifestName, survey_top
from archiver.bagit.reading.listing import Listing, Role
from archiver.bagit.reading.manifest_lines import ManifestLines
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.bagit.reading.text import TextBlocks
from archiver.bagit.reading.walk import walk
from archiver.errors import UsageError
from archiver.exporting.forms import Form
from archiver.hashing import digest_size
from archiver.tree import Tree

MOST_PARTS = 500  # each is a file held open until all of them are whole
TAG_FILES = "tag files"
_PAYLOAD = "data"
_OWN_TAG_FILES = 1 << 16  # bagit.txt, bag-info.txt, tag manifests without what they list
_OF_MEMBER = 4096  # headers and padding, whatever the form, without the name
_ENTRY_COPIES = 4  # of a name: in headers, a manifest and a directory, with escapes


@dataclass(frozen=True, slots=True)
class Part:
    """A run of the payload in order of the path: where it begins, its files, their bytes."""

    first: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Division:
    """A bag and the parts it falls into.

    ``listings`` are the payload manifests that list every file, in order of the path. ``info``
    are the pairs of ``bag-info.txt``. ``oversized`` are the files that are by themselves larger
    than asked (:data:`TAG_FILES`: all of those, which stay together in the first part).
    """

    parts: tuple[Part, ...]
    listings: tuple[Listing, ...]
    info: tuple[tuple[str, str], ...]
    oversized: tuple[str, ...]

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms of the listings."""
        return tuple(str(one.algorithm) for one in self.listings)


def divide(tree: Tree, limit: int, form: Form) -> Division:
    """Divide the bag so that no part written in ``form`` is larger than ``limit`` bytes.

    Files stay in order of the path, and a folder's files together as far as they go. All of the
    original's tag files go with the first part. Nothing is read but names, sizes and lists: what
    is wrong with them is for the examination that goes with the writing. Raises ``OSError``, and
    :class:`UsageError` where no manifest lists every file, or there would be too many parts.
    """
    declared = read_declaration(tree, Report())
    layout = survey_top(tree, declared.rules, Report())
    named = [one for one in layout.payload_manifests if one.algorithm is not None]
    listings = [_listing(tree, one, declared.rules, declared.codec) for one in named]
    for one in listings:
        one.survey(Report(), declared.rules)
    skip = frozenset([_PAYLOAD])
    of_tags = sum(_room(path, max(size, 0), 0) for path, size in walk(tree, "", Report(), skip))
    sizing = _Sizing(_shrunk(limit, form) - _OWN_TAG_FILES, of_tags)
    whole = _whole(tree, sizing, listings)
    if not whole:
        raise UsageError(
            "no payload manifest lists every file of the bag as it is there.",
            "archiver verify says what is wrong. Such a bag is exported in one piece.",
        )
    reader = InfoReader(declared.rules.info_file, declared.rules, Report())
    info: Sequence[tuple[str, str]] = ()
    if declared.rules.info_file in layout.files:
        info = reader.pairs(TextBlocks(tree, declared.rules.info_file, declared.codec))
    return Division(sizing.all(), tuple(whole), tuple(info), tuple(sizing.oversized))


def _shrunk(limit: int, form: Form) -> int:
    """Return the bytes that fit: gzip may make what cannot be packed a little larger."""
    return limit - limit // 1000 if form is Form.TAR_GZ else limit


def _listing(tree: Tree, one: ManifestName, rules: Rules, codec: str) -> Listing:
    size = digest_size(str(one.algorithm))
    lines = ManifestLines(one.name, rules, payload=True, digest_bytes=size)
    return Listing(tree, one.name, lines, codec, role=Role.MANIFEST, algorithm=one.algorithm)


def _whole(tree: Tree, sizing: _Sizing, listings: Sequence[Listing]) -> list[Listing]:
    """Size every file; return the listings that list the very files that are there."""
    streams: list[tuple[Listing, Iterator[tuple[str, str]]]] = [
        (one, iter(one)) for one in listings
    ]
    digits = [2 * digest_size(str(one.algorithm)) for one in listings]
    for path, size in walk(tree, _PAYLOAD, Report()):
        streams = [(one, rest) for one, rest in streams if next(rest, ("", ""))[0] == path]
        sizing.add(path, max(size, 0), _room(path, max(size, 0), sum(digits)))
    return [one for one, rest in streams if next(rest, None) is None]


def _room(path: str, size: int, digits: int) -> int:
    """Return a bound of what a file takes up in a part, its lines in the manifests included."""
    name = len(os.fsencode(path))
    return size + _OF_MEMBER + _ENTRY_COPIES * name + digits + 3 * name


class _Sizing:
    """Takes files in order of the path, and begins a new part when one is full."""

    def __init__(self, limit: int, first: int) -> None:
        self._limit, self._room = limit, first
        self._begun: list[list[str | int]] = []
        self.oversized: list[str] = []

    def add(self, path: str, size: int, room: int) -> None:
        """Take one file."""
        if room > self._limit:
            self.oversized.append(path)
        elif not self._begun and self._room + room > self._limit:
            self.oversized.append(TAG_FILES)
        if not self._begun or self._room + room > self._limit:
            if self._begun and len(self._begun) == MOST_PARTS:
                raise UsageError(
                    f"this would make more than {MOST_PARTS} parts.", "Allow larger parts."
                )
            self._room = self._room if not self._begun else 0
            self._begun.append([path, 0, 0])
        part = self._begun[-1]
        part[1] = int(part[1]) + 1
        part[2] = int(part[2]) + size
        self._room += room

    def all(self) -> tuple[Part, ...]:
        """Return the parts; a bag without payload is one part."""
        parts = self._begun or [["", 0, 0]]
        return tuple(Part(str(first), int(files), int(size)) for first, files, size in parts)
