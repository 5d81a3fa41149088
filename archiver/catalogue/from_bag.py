"""The catalogue's rows of a bag, made from what the bag and its seal say.

Packaging and rebuilding both make their rows here, so a rebuilt catalogue cannot differ from
the one that grew bag by bag. Only tag files are read, never the payload.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from archiver.catalogue import (
    codes,  # noqa: F401 - registers them
    records,
)
from archiver.catalogue.records import AUDIO, DIGESTS, ESSENCE, SOURCE, BagRecordsError, Ordered
from archiver.catalogue.rows import SEALED_VERDICT, BagRow, FileRow, SealFacts
from archiver.catalogue.sound import sound_of
from archiver.findings import Finding
from archiver.tree import Tree

TAG_MANIFEST = "tagmanifest-sha512.txt"
_PIECE = 1 << 20
_LATEST = (1 << 63) - 1


def bag_row_from(bag_folder: str | os.PathLike[str], seal: SealFacts) -> BagRow:
    """Return the row of the bag in ``bag_folder`` (which may be lost) from the event ``seal``.

    The row says what was sealed; what lies there now is for verification, and for
    :func:`seal_differences`. The event's detail must have ``payload_files`` and
    ``payload_bytes`` (numbers) and ``payload_digest``, ``tag_manifest_digest``,
    ``policy_digest``, ``basis``, ``source_name`` (text). Raises :class:`BagRecordsError` when it
    has not, or sealed another bag.
    """
    name = Path(bag_folder).name
    if seal.bag != name:
        raise BagRecordsError(f"event {seal.seq} did not seal the bag {name!r}")
    numbers, digests = ("payload_files", "payload_bytes"), ("payload_digest", "tag_manifest_digest")
    texts = (*digests, "policy_digest", "basis", "source_name")
    values = {key: seal.detail.get(key) for key in (*numbers, *texts)}
    wrong = [key for key in numbers if type(values[key]) is not int]
    wrong += [key for key in texts if not isinstance(values[key], str)]
    wrong += [key for key in digests if key not in wrong and not _is_hex(str(values[key]))]
    if wrong:
        raise BagRecordsError(f"event {seal.seq} does not say, as it must: {', '.join(wrong)}")
    supersedes = seal.detail.get("supersedes")
    if supersedes is not None and not (
        isinstance(supersedes, Mapping) and isinstance(supersedes.get("bag"), str)
    ):
        raise BagRecordsError(f"event {seal.seq} does not say, as it must: supersedes")
    known: dict[str, Any] = values
    return BagRow(
        id=name,
        sealed_at=seal.time,
        last_verified_at=seal.time,
        last_verdict=SEALED_VERDICT,
        supersedes=supersedes["bag"] if supersedes else None,
        **known,
    )


def seal_differences(bag_folder: str | os.PathLike[str], seal: SealFacts) -> list[Finding]:
    """Compare the records lying in the bag with the digests in the event that sealed it.

    Raises :class:`BagRecordsError` when they cannot be read.
    """
    expected = {TAG_MANIFEST: "tag_manifest_digest", DIGESTS: "payload_digest"}
    found = []
    with records.open_bag(bag_folder) as tree:
        for path, key in expected.items():
            sealed, actual = seal.detail.get(key), _digest_of(tree, path)
            if sealed != actual:
                message = f"{path} is not the one that was sealed in event {seal.seq}"
                detail = {"sealed": sealed, "found": actual}
                found.append(
                    Finding("held-bag-differs", message, f"{seal.bag}/{path}", detail=detail)
                )
    return found


def file_rows_from(bag_folder: str | os.PathLike[str]) -> Iterator[FileRow]:
    """Yield the row of each payload file, by path in code-point order; memory stays flat.

    ``fixity/blake3.txt`` says which files there are and their digests, ``metadata/source.jsonl``
    their sizes and times; ``metadata/audio.jsonl`` and ``fixity/essence.jsonl`` (which may lack
    any of them) what the recordings among them are. All four are in code-point order of the
    path. Raises :class:`BagRecordsError`.
    """
    with records.open_bag(bag_folder) as tree:
        sources = Ordered(records.sources(tree.again()), SOURCE)
        recordings = Ordered(records.recordings(tree.again()), AUDIO)
        essences = Ordered(records.essences(tree.again()), ESSENCE)
        listed = records.in_order(records.digests(tree), DIGESTS)
        for number, (path, digest) in enumerate(listed, 1):
            found = sources.at(path)
            if found is None:
                raise BagRecordsError(f"{SOURCE} says nothing of {path!r}, which {DIGESTS} lists")
            size, mtime_ns = found
            known = number, path, size, _fitting(mtime_ns), digest
            audio = recordings.at(path)
            sound = sound_of(audio, essences.at(path)) if audio else None
            yield FileRow._make((*known, *sound)) if sound else FileRow(*known)
        for rest in (sources, recordings, essences):
            rest.finish()


def _fitting(nanoseconds: int) -> int:
    """Return the time, or the nearest that 63 bits hold (1677 to 2262); the bag has it exactly."""
    return max(-_LATEST - 1, min(nanoseconds, _LATEST))


def _digest_of(tree: Tree, path: str) -> str:
    hasher = hashlib.sha512() if path == TAG_MANIFEST else blake3()
    with records.open_record(tree, path) as file:
        try:
            while piece := file.read(_PIECE):
                hasher.update(piece)
        except OSError as error:
            raise records.unreadable(path, error) from error
    return hasher.hexdigest()


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and re.fullmatch("[0-9a-f]+", text) is not None
