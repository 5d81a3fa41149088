"""Bags made by hand, with just the tag files that the catalogue looks at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from blake3 import blake3

from archiver.archive import Archive, create_archive
from archiver.catalogue import Catalogue, FileRow, bag_row_from, file_rows_from
from archiver.clock import fixed_clock, utc_text_ns
from archiver.events import Agent, Event, EventLog

AGENT = Agent("audio-archiver", "1", "ann")
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CLOCK = fixed_clock(START)
SIZES = {"a.wav": 5, "b/é\n\\.flac": 7, "b/z.txt": 0}


def new_archive(place: Path) -> Archive:
    """An empty archive."""
    return create_archive(place, b"policy\n", CLOCK, agent=AGENT)


def mtime_of(path: str) -> int:
    """The time that the file ``path`` of a hand-made bag bears, in ns."""
    return int.from_bytes(path.encode()[:6], "big") * 10_000 + 7


def rows_of(sizes: Mapping[str, int]) -> list[FileRow]:
    """The rows a hand-made bag of files of these sizes must have."""
    return [
        FileRow(
            f"data/{path}",
            sizes[path],
            mtime_of(path),
            blake3(bytes(sizes[path])).digest(),
            "wav" if path.endswith(".wav") else None,
        )
        for path in sorted(sizes)
    ]


def write_bag(folder: Path, sizes: Mapping[str, int] = SIZES) -> Path:
    """Write a bag of files full of zeros; enough of it for the catalogue, not for BagIt."""
    rows = rows_of(sizes)
    for path, size in sizes.items():
        place = folder / "data" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bytes(size))
    (folder / "fixity").mkdir()
    (folder / "metadata").mkdir()
    (folder / "fixity/blake3.txt").write_bytes(b"".join(map(_b3sum_line, rows)))
    source: list[dict[str, object]] = [{"kind": "source", "mtime": utc_text_ns(0), "name": "x"}]
    source.append({"kind": "directory", "mtime": utc_text_ns(0), "path": "b"})
    source += [
        {
            "kind": "file",
            "mtime": utc_text_ns(row.mtime_ns),
            "path": row.path.removeprefix("data/"),
            "size": row.size,
        }
        for row in rows
    ]
    _write_lines(folder / "metadata/source.jsonl", source)
    audio: list[dict[str, object]] = [
        {"format": row.media_format, "path": row.path} for row in rows
    ]
    _write_lines(folder / "metadata/audio.jsonl", audio)
    manifest = hashlib.sha512((folder / "fixity/blake3.txt").read_bytes()).hexdigest()
    (folder / "tagmanifest-sha512.txt").write_text(f"{manifest}  fixity/blake3.txt\n")
    return folder


def _b3sum_line(row: FileRow) -> bytes:
    name = row.path.replace("\\", "\\\\").replace("\n", "\\n")
    mark = "\\" if name != row.path else ""
    return f"{mark}{row.blake3.hex()}  {name}\n".encode()


def _write_lines(place: Path, records: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    place.write_text(text, encoding="utf-8")


def seal_detail(bag: Path, sizes: Mapping[str, int] = SIZES) -> dict[str, object]:
    """What the event that seals a hand-made bag says."""
    return {
        "bag_version": "1.0",
        "basis": "own-production",
        "payload_bytes": sum(sizes.values()),
        "payload_digest": blake3((bag / "fixity/blake3.txt").read_bytes()).hexdigest(),
        "payload_files": len(sizes),
        "policy_digest": "ab" * 32,
        "read_back": {"medium": len(sizes)},
        "source_name": f"source of {bag.name}",
        "tag_manifest_digest": hashlib.sha512(
            (bag / "tagmanifest-sha512.txt").read_bytes()
        ).hexdigest(),
    }


def log_of(archive: Archive, hours: int = 0) -> EventLog:
    """The archive's log, so many hours after its making."""
    return EventLog(archive.log, fixed_clock(START + timedelta(hours=hours)))


def seal(archive: Archive, bag_id: str, sizes: Mapping[str, int] = SIZES, hours: int = 0) -> Event:
    """Put a hand-made bag into the archive, its event into the log, both into the catalogue."""
    place = archive.bag_path(bag_id)
    place.parent.mkdir(exist_ok=True)
    write_bag(place, sizes)
    event = log_of(archive, hours).append(
        "seal", bag=bag_id, outcome="success", detail=seal_detail(place, sizes), agent=AGENT
    )
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        catalogue.record_bag(bag_row_from(place, event), file_rows_from(place), event)
    return event


def note(archive: Archive, kind: str, bag_id: str | None, outcome: str, hours: int = 0) -> Event:
    """Put any other event into log and catalogue."""
    event = log_of(archive, hours).append(kind, bag=bag_id, outcome=outcome, detail={}, agent=AGENT)
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        catalogue.index_event(event)
    return event
