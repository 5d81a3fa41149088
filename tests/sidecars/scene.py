"""What the tests of this room share: small collections, and their check."""

from __future__ import annotations

import hashlib
import os
import struct
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archiver.findings import Finding
from archiver.progress import Silence
from archiver.sidecars import PriorFixity, check_prior_fixity
from archiver.tree import Tree

SHA512_ONLY = ("sha512",)


def samples(count: int = 3000, seed: str = "sound") -> bytes:
    """Return raw 16-bit mono samples that look like noise."""
    return hashlib.shake_128(seed.encode()).digest(2 * count)


def write_wav(path: Path, raw: bytes, width: int = 2) -> None:
    """Write raw samples as mono WAVE, 44.1 kHz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(width)
        out.setframerate(44100)
        out.writeframes(raw)


def flac_header(md5: bytes, bits: int = 16) -> bytes:
    """Return a FLAC header (RFC 9639 8.2) of mono 44.1 kHz that states ``md5``."""
    packed = 44100 << 44 | 0 << 41 | (bits - 1) << 36 | 3000
    body = struct.pack(">HH", 4096, 4096) + b"\0" * 6 + packed.to_bytes(8, "big") + md5
    return b"fLaC" + bytes([0x80]) + len(body).to_bytes(3, "big") + body


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` below ``root``."""
    for name, data in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def entries(
    root: Path, known: tuple[str, ...] = SHA512_ONLY
) -> Iterator[tuple[str, int, dict[str, bytes]]]:
    """Yield every file below ``root`` as staging would: path, size, digests."""
    for folder, _, names in os.walk(root):
        for name in names:
            place = Path(folder, name)
            data = place.read_bytes()
            digests = {one: hashlib.new(one, data).digest() for one in known}
            yield place.relative_to(root).as_posix(), len(data), digests


@contextmanager
def checked(root: Path, known: tuple[str, ...] = SHA512_ONLY) -> Iterator[PriorFixity]:
    """Check all of ``root``."""
    with (
        Tree(root) as tree,
        check_prior_fixity(tree, entries(root, known), Silence(), workers=2) as prior,
    ):
        yield prior


def records(root: Path) -> list[dict[str, Any]]:
    """Return the records of a check of ``root``."""
    with checked(root) as prior:
        return list(prior.records())


def results(root: Path) -> list[tuple[str | None, str]]:
    """Return name (or path, for what no list names) and result of each record."""
    return [(one.get("name", one.get("path")), one["result"]) for one in records(root)]


def findings(root: Path) -> dict[str, list[Finding]]:
    """Return the findings of a check of ``root``, by their codes."""
    found: dict[str, list[Finding]] = {}
    with checked(root) as prior:
        for one in prior.findings:
            found.setdefault(one.code, []).append(one)
    return found
