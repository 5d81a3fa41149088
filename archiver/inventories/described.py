"""What only a bag's own tag files say of its files: technical facts, digests, rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from archiver.catalogue.records import BagRecordsError
from archiver.described import DescribedFiles, described_bag, manifests_in
from archiver.inventories.columns import Row, Value
from archiver.rights.embedded import isrcs_in
from archiver.writers.model import FileRecord, Recording
from policies.rights.effective import Answering, Group
from policies.rights.record import basis_of

_PAYLOAD = "data/"
_DIGESTS = {"SHA-512": "sha512", "SHA-256": "sha256", "SHA-1": "sha1", "MD5": "md5"}


class Described:
    """The files of one bag, asked for in order of their paths.

    ``problem`` says why nothing more is known, once nothing is: a bag whose records cannot be read
    has a row for each file all the same.
    """

    def __init__(self, folder: Path, as_of: date) -> None:
        self.problem: str | None = None
        self._files: Iterator[FileRecord] = iter(())
        self._next: FileRecord | None = None
        try:
            self._rights = _Rights(folder, as_of)
            self._files = iter(DescribedFiles(folder, manifests_in(folder)))
        except BagRecordsError as error:
            self.problem = error.message
        self._advance()

    def at(self, path: str, blake3: str) -> Row:
        """Return the columns that the bag's records fill for the file ``path``.

        Of a file that the records do not list with this digest, nothing of theirs is told.
        """
        while self._next is not None and self._next.path < path:
            self._advance()
        found = self._next
        if found is None or found.path != path or found.blake3 != blake3:
            self.problem = self.problem or f"its records do not list {path!r} as the catalogue does"
            return {}
        digests = {_DIGESTS[name]: value for name, value in found.digests if name in _DIGESTS}
        return {**_sound(found.recording), **digests, **self._rights.of(found)}

    def _advance(self) -> None:
        self._next = None
        try:
            self._next = None if self.problem else next(self._files, None)
        except BagRecordsError as error:
            self.problem = error.message


class _Rights:
    """What the bag's statements say of each file, on one day."""

    def __init__(self, folder: Path, as_of: date) -> None:
        self._book = described_bag(folder).rights
        self._answering = Answering(self._book, as_of)
        self._said: dict[int, Row] = {}

    def of(self, file: FileRecord) -> Row:
        """Return the columns about rights; files of one group have the same."""
        isrcs = isrcs_in({"view": file.recording.view}) if self._answering.needs_isrc else ()
        path, pictures = file.path.removeprefix(_PAYLOAD), len(file.recording.pictures)
        group = self._answering.group(path, isrcs, pictures)
        if group.number not in self._said:
            self._said[group.number] = self._columns(group)
        return self._said[group.number]

    def _columns(self, group: Group) -> Row:
        act = group.acts["disseminate"]
        words = {one.house_basis for one in group.statements if one.status == "active"}
        return {
            "rights_basis": ", ".join(sorted(words)) or basis_of(self._book),
            "rights_statements": ", ".join(one.id for one in group.statements),
            "rights_disseminate": act.restriction,
            "rights_reason": act.code,
            "rights_as_of": self._answering.as_of.isoformat(),
        }


def _sound(recording: Recording) -> Row:
    if recording.format is None:
        return {}
    return {
        "media_type": recording.media_type,
        "pronom": recording.pronom,
        **{name: _number(recording.facts, name) for name in _FACTS},
    }


_FACTS = ("sample_rate", "channels", "bit_depth")


def _number(facts: Mapping[str, Any], name: str) -> Value:
    value = facts.get(name)
    return value if type(value) in (int, float) else None
