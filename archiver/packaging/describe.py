"""Describing a staged payload: every tag file of the bag, in one pass over the worksheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from blake3 import blake3

from archiver import __version__
from archiver.audio import codes as _codes  # noqa: F401  (registers what the readers report)
from archiver.audio.examination import AudioExamination
from archiver.audio.record import empty_record
from archiver.bagit.writing import (
    b3sum_line,
    format_bag_info,
    format_bagit_txt,
    human_bag_size,
    manifest_line,
    payload_oxum,
)
from archiver.canonical import canonical
from archiver.events.checkpoint import IN_BAGS
from archiver.packaging.examining import Examining
from archiver.packaging.lines import block_line, payload_path, source_line
from archiver.packaging.readme import bag_readme
from archiver.packaging.recordings_tally import RecordingsTally
from archiver.packaging.tagfiles import TagFiles
from archiver.progress import Progress
from archiver.survey.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Payload:
    """What the payload came to. ``digest`` is BLAKE3 (hex) of ``fixity/blake3.txt``."""

    files: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the bag says of itself as a whole.

    ``log_so_far`` stands for the event log as it was before the bag.
    """

    bag_id: str
    now: datetime
    info: tuple[tuple[str, str], ...]
    policy: bytes
    documents: tuple[str, ...] = ()
    log_so_far: bytes | None = None


def describe_payload(
    source_head: bytes, worksheet: Worksheet, tag_files: TagFiles, algorithms: Sequence[str]
) -> Payload:
    """Write the manifests, ``fixity/`` and ``metadata/source.jsonl``."""
    manifests = [tag_files.open(f"manifest-{name}.txt") for name in algorithms]
    blake3_txt = tag_files.open("fixity/blake3.txt")
    blocks = tag_files.open("fixity/blocks.jsonl")
    source = tag_files.open("metadata/source.jsonl")
    source.add(source_head)
    whole, files, n_bytes = blake3(), 0, 0
    for entry in worksheet.entries_in_order():
        source.add(source_line(entry))
        if entry.kind != "file":
            continue
        path = payload_path(entry.path)
        for manifest, digest in zip(manifests, entry.digests, strict=False):
            manifest.add(manifest_line(digest.hex(), path))
        line = b3sum_line(entry.digests[-1].hex(), path)
        whole.update(line)
        blake3_txt.add(line)
        blocks.add(block_line(entry))
        files, n_bytes = files + 1, n_bytes + entry.size
    tag_files.finish()
    return Payload(files, n_bytes, whole.hexdigest())


def describe_audio(
    worksheet: Worksheet,
    tag_files: TagFiles,
    progress: Progress,
    examining: Examining,
    accepted: str | None = None,
) -> RecordingsTally:
    """Write ``metadata/audio.jsonl`` and ``fixity/essence.jsonl``: each recording by itself.

    What looks like a recording is read in worker processes that a hostile file cannot turn
    against us; whatever goes wrong there is a finding and the file is preserved all the same.
    ``accepted`` is the reason for which damage is taken, and stands with each damaged recording.
    """
    tally = RecordingsTally()
    records = tag_files.open("metadata/audio.jsonl")
    essences = tag_files.open("fixity/essence.jsonl")
    for path, found in examining.all(worksheet):
        progress.advance(0, 1)
        if found is None:
            records.add(_line_of_no_recording(path))
            continue
        tally.take(path, found)
        records.add(_line(path, _with_reason(found, accepted)))
        if found.essence is not None:
            essences.add(_line(path, found.essence))
    tag_files.finish()
    return tally


def _with_reason(found: AudioExamination, accepted: str | None) -> dict[str, Any]:
    if accepted is None or found.verdict != "damaged":
        return found.record
    return {**found.record, "self_check": {**found.record["self_check"], "accepted": accepted}}


def _line(path: str, record: dict[str, Any]) -> bytes:
    return canonical({"path": payload_path(path), **record}) + b"\n"


def _line_of_no_recording(path: str) -> bytes:
    """Return what :func:`_line` would: of every such file the same, but for its path."""
    before, after = _around_path()
    return before + canonical(payload_path(path)) + after


@cache
def _around_path() -> tuple[bytes, bytes]:
    before, _, after = _line("", empty_record(None)).partition(canonical(payload_path("")))
    return before, after


def describe_bag(payload: Payload, particulars: Particulars, tag_files: TagFiles) -> None:
    """Write what is said of the bag as a whole; last of all the tag manifests."""
    tag_files.write("policy.toml", [particulars.policy])
    if particulars.log_so_far is not None:
        tag_files.write(IN_BAGS, [particulars.log_so_far])
    tag_files.write("README.txt", [bag_readme(particulars.bag_id, tag_files.algorithms)])
    tag_files.write("bag-info.txt", [format_bag_info(_bag_info(payload, particulars))])
    tag_files.write("bagit.txt", [format_bagit_txt()])
    if particulars.documents:
        from archiver.packaging.documents import write_documents  # few policies ask for them

        write_documents(tag_files.bag, particulars.documents, tag_files)
    listed = sorted(tag_files.digests.items(), key=lambda item: item[0].encode())
    for column, algorithm in enumerate(tag_files.algorithms):
        lines = [manifest_line(digests[column].hex(), name) for name, digests in listed]
        tag_files.write(f"tagmanifest-{algorithm}.txt", lines)


def _bag_info(payload: Payload, particulars: Particulars) -> list[tuple[str, str]]:
    return [
        *particulars.info,
        ("External-Identifier", particulars.bag_id),
        ("Bagging-Date", f"{particulars.now:%Y-%m-%d}"),
        ("Bag-Size", human_bag_size(payload.bytes)),
        ("Payload-Oxum", payload_oxum(payload.bytes, payload.files)),
        ("Bag-Software-Agent", f"audio-archiver {__version__}"),
    ]
