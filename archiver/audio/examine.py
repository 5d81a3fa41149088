"""Examining one file: what it is, its facts, everything embedded. Runs in the worker process."""

from __future__ import annotations

from typing import Any

from archiver.audio.record import describe, empty_record, mutagen_version, problem
from archiver.audio.source import Source, identify
from archiver.audio.tags.declared import oversized
from archiver.audio.tags.limits import Limits
from archiver.audio.tags.reading import is_read, read_tags


def make_record(source: Source, limits: Limits) -> dict[str, Any]:
    """Return the record of one open file. Never raises for what the file contains.

    Raises ``OSError`` when the medium gives no bytes, and ``MemoryError`` when the worker's
    allowance is spent, both of which say nothing about the file's contents.
    """
    format_id, start = identify(source)
    record = empty_record(format_id)
    if format_id is None or not is_read(format_id):
        return record
    record["readers"] = {"mutagen": mutagen_version()}
    refused = oversized(source, format_id, start, limits.declared)
    if refused is not None:
        record["problem"] = problem("tags-refused", refused)
        return record
    try:
        record.update(read_tags(source, format_id, start))
    except Exception as error:  # noqa: BLE001 - a parser of hostile bytes may raise anything
        record["problem"] = problem("tags-unreadable", describe(error))
    return record
