"""The rows of an inventory, from the catalogue's rows and each bag's own records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.catalogue import BagRow, FileRow
from archiver.clock import utc_text_ns
from archiver.inventories.columns import COLUMNS, Row
from archiver.inventories.described import Described

_NOTHING: Row = dict.fromkeys(COLUMNS["files"])


def bag_inventory(bag: BagRow) -> Row:
    """Return the row of a bag."""
    return {
        "bag": bag.id,
        "sealed_at": bag.sealed_at,
        "files": bag.payload_files,
        "bytes": bag.payload_bytes,
        "payload_blake3": bag.payload_digest,
        "tag_manifest_sha512": bag.tag_manifest_digest,
        "source_name": bag.source_name,
        "rights_basis": bag.basis,
        "last_verified_at": bag.last_verified_at,
        "last_verdict": bag.last_verdict,
        "supersedes": bag.supersedes,
        "superseded_by": bag.superseded_by,
    }


def standing(bag: BagRow) -> Row:
    """Return the columns in which the rows of a bag's files say how the bag stands."""
    return {
        "bag": bag.id,
        "last_verified_at": bag.last_verified_at,
        "last_verdict": bag.last_verdict,
        "superseded_by": bag.superseded_by,
    }


def file_inventory(of_bag: Row, files: Iterable[FileRow], described: Described) -> Iterator[Row]:
    """Yield the row of each of a bag's files, by path; memory stays flat.

    Afterwards ``described.problem`` says whether the bag's records told of all of them.
    """
    for file in files:
        blake3 = file.blake3.hex()
        yield {
            **_NOTHING,
            **described.at(file.path, blake3),
            **of_bag,
            "path": file.path,
            "bytes": file.size,
            "mtime": utc_text_ns(file.mtime_ns),
            "format": file.media_format,
            "duration_s": file.duration_s,
            "title": file.title,
            "creator": file.creator,
            "album": file.album,
            "date": file.date,
            "isrc": file.isrc,
            "self_check": file.verdict,
            "blake3": blake3,
            "sound_blake3": file.stream.hex() if file.stream else None,
            "samples_md5": file.pcm_md5.hex() if file.pcm_md5 else None,
        }
