"""Checkpoints that were seen before: read from files, and kept when a witness gives one back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.archive import Archive
from archiver.clock import Clock
from archiver.durable import sync_folder, write_new_file
from archiver.errors import EnvironmentUnusable, UsageError
from archiver.events import Agent, EventLog
from archiver.events.checkpoint import Checkpoint, parse_checkpoint
from archiver.events.notes import Note, VerifierKey, parse_note, parse_verifier_key
from archiver.events.signing import holds
from archiver.findings import Finding
from archiver.rebuild import require_known_log

FOLDER = "witness"
MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint as it was kept; ``name`` says where."""

    name: str
    checkpoint: Checkpoint
    note: Note


def read_seen(data: bytes, name: str) -> Seen:
    """Read a checkpoint, signed or not. Raises :class:`UsageError`."""
    try:
        note = parse_note(data[: MOST_BYTES + 1].decode())
        if len(data) > MOST_BYTES:
            raise ValueError("is far too long for a checkpoint")
        return Seen(name, parse_checkpoint(note.text), note)
    except ValueError as error:
        said = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise UsageError(f"{name} {said}", "`archiver log checkpoint` prints one.") from error


def read_keys(texts: Sequence[str]) -> list[VerifierKey]:
    """Read keys written ``name+hash+key``. Raises :class:`UsageError`."""
    try:
        return [parse_verifier_key(text) for text in texts]
    except ValueError as error:
        raise UsageError(f"what was given as a key {error}") from error


def vouching(seen: Seen, keys: Sequence[str]) -> Iterator[Finding]:
    """Say what the signatures under a checkpoint are worth, given the ``keys`` that count."""
    known = {(key.name, key.key_hash): key for key in read_keys(keys)}
    vouched = False
    for signature in seen.note.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is None:
            continue
        if holds(seen.note, signature, key):
            vouched = True
        else:
            what = f"{seen.name}: the signature is not one of {signature.name}"
            yield Finding("checkpoint-forged", what, "log", detail={"checkpoint": seen.name})
    if known and not vouched:
        what = f"{seen.name} bears no signature of a key that was given"
        detail = {"checkpoint": seen.name}
        yield Finding("checkpoint-not-vouched", what, "log", detail=detail)


def kept_by_witnesses(archive: Archive) -> Iterator[Seen]:
    """Yield the checkpoints that witnesses gave back, by name.

    Raises :class:`UsageError` for one that was altered beyond reading.
    """
    folder = archive.log / FOLDER
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".txt"))
    except FileNotFoundError:
        return
    for name in names:
        yield read_seen((folder / name).read_bytes(), f"log/{FOLDER}/{name}")


def keep(archive: Archive, seen: Seen, clock: Clock, agent: Agent) -> Path:
    """Keep a checkpoint that came back from a witness, and record that it did.

    Returns where; one that is there already is kept once. Raises :class:`EnvironmentUnusable`
    and what :meth:`archiver.events.EventLog.append` raises.
    """
    data = seen.note.form().encode()
    digest = hashlib.sha256(data).hexdigest()
    folder = archive.log / FOLDER
    place = folder / f"{seen.checkpoint.size:08d}-{digest[:16]}.txt"
    if place.exists():
        return place
    require_known_log(archive)
    try:
        folder.mkdir(exist_ok=True)
        sync_folder(archive.log)
        write_new_file(place, data)
        sync_folder(folder)
    except OSError as error:
        raise EnvironmentUnusable(
            f"the checkpoint cannot be kept in {folder}: {error.strerror}",
            "Check the space and the permissions.",
        ) from error
    detail = {
        "size": seen.checkpoint.size,
        "root": seen.checkpoint.root.hex(),
        "sha256": digest,
        "signed_by": [signature.name for signature in seen.note.signatures],
    }
    log = EventLog(archive.log, clock)
    log.append("witness", bag=None, outcome="kept", detail=detail, agent=agent)
    return place
