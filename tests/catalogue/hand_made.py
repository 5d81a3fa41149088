"""Bags made by hand, with just the tag files that the catalogue looks at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from blake3 import blake3

from archiver.archive import Archive, create_archive
from archiver.catalogue import Catalogue, FileRow, bag_row_from, file_rows_from
from archiver.clock import fixed_clock, utc_text_ns
from archiver.events import Agent, Event, EventLog

AGENT = Agent("audio-archiver", "1", "ann")
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CLOCK = fixed_clock(START)
SIZES = {"a.wav": 5, "b/é\n\\.flac": 7, "b/z.txt": 0}
SOUND: dict[str, Any] = {
    "media_format": "wav",
    "verdict": "manifest-only",
    "duration_s": 61.5,
    "title": "Die Amsel; Blackbird",
    "creator": "Müller",
    "album": "Vögel",
    "date": "1987-05-03",
    "isrc": "DEA128700001",
    "stream": blake3(b"sound").digest(),
    "pcm_md5": hashlib.md5(b"sound").digest(),
}
"""What every hand-made recording is: the columns that only recordings have."""


def new_archive(place: Path) -> Archive:
    """An empty archive."""
    return create_archive(place, b"policy\n", CLOCK, agent=AGENT)


def mtime_of(path: str) -> int:
    """The time that the file ``path`` of a hand-made bag bears, in ns."""
    return int.from_bytes(path.encode()[:6], "big") * 10_000 + 7


def rows_of(sizes: Mapping[str, int]) -> list[FileRow]:
    """The rows a hand-made bag of files of these sizes must have."""
    rows = [
        FileRow(
            number, f"data/{path}", sizes[path], mtime_of(path), blake3(bytes(sizes[path])).digest()
        )
        for number, path in enumerate(sorted(sizes), 1)
    ]
    return [row._replace(**SOUND) if row.path.endswith(".wav") else row for row in rows]


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
    _write_lines(folder / "metadata/audio.jsonl", [audio_line(row) for row in rows])
    heard = [essence_line(row) for row in rows if row.stream]
    _write_lines(folder / "fixity/essence.jsonl", heard)
    manifest = hashlib.sha512((folder / "fixity/blake3.txt").read_bytes()).hexdigest()
    (folder / "tagmanifest-sha512.txt").write_text(f"{manifest}  fixity/blake3.txt\n")
    return folder


def audio_line(row: FileRow) -> dict[str, object]:
    """The line of ``metadata/audio.jsonl`` that gives such a row, embedded texts beside."""
    if row.media_format is None:
        return {"format": None, "path": row.path, "schema": "audio/1"}
    view = {
        "title": str(row.title).split("; "),
        "creator": [row.creator],
        "composer": ["Bach"],
        "album": [row.album],
        "date": [row.date],
        "isrc": ["none", "de-a12-87-00001", "ISRC DE A12 87 00002"],
    }
    tags = [
        {"key": "IART", "system": "riff-info", "values": [row.creator]},
        {"key": "ICMT", "system": "riff-info", "values": ["Café, \x1b[2J", {"base64": "AAAA"}]},
        {"key": "TXXX:REPLAYGAIN_TRACK_GAIN", "system": "id3v2.4", "values": ["-7.77 dB"]},
    ]
    return {
        "embedded": {"bext": {"description": "Hochmoor"}, "streaminfo": {"md5": "unworded"}},
        "facts": {"duration_s": row.duration_s},
        "format": row.media_format,
        "path": row.path,
        "self_check": {"verdict": row.verdict},
        "tags": tags,
        "view": view,
    }


def essence_line(row: FileRow) -> dict[str, object]:
    """The line of ``fixity/essence.jsonl`` that gives such a row."""
    assert row.stream
    assert row.pcm_md5
    return {
        "format": row.media_format,
        "path": row.path,
        "pcm": {"frames": 9, "md5": row.pcm_md5.hex()},
        "stream": {"blake3": row.stream.hex(), "size": 5},
    }


def stored(rows: Iterable[FileRow]) -> list[FileRow]:
    """The rows as the catalogue gives them back, without the words that only its index takes."""
    return [row._replace(words=None) for row in rows]


def _b3sum_line(row: FileRow) -> bytes:
    name = row.path.replace("\\", "\\\\").replace("\n", "\\n")
    mark = "\\" if name != row.path else ""
    return f"{mark}{row.blake3.hex()}  {name}\n".encode()


def _write_lines(place: Path, records: Sequence[Mapping[str, object]]) -> None:
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
