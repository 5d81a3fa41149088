"""Rules about the format of a recording and how it is built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from policies.content.facts import FileFacts
from policies.model import Policy
from policies.names import shown
from policies.vocabulary import ANY

Observation = tuple[str, str]

_CLOSED = {"asf": "Windows Media", "wma1": "Windows Media", "wma2": "Windows Media"}
_RIFF_LIMIT = 1 << 32
_ONLY_ONCE = ("fmt ", "data", "bext")
_RIFF_FAMILY = ("wav", "rf64", "bw64")
_SUBSET_BLOCK, _SUBSET_BLOCK_48 = 16_384, 4_608  # RFC 9639 7
PROTECTED_NAMES = ("m4p", "aa", "aax", "aaxc", "oma", "omg", "dcf", "odf", "atp")


def by_head(facts: FileFacts, policy: Policy) -> Iterator[Observation]:
    """Observe what the first bytes and the name tell."""
    extension = facts.path.rpartition("/")[2].rpartition(".")[2].lower()
    if facts.protection is not None:
        yield "protected", f"{facts.protection.system}, at byte {facts.protection.offset:,}"
    elif extension in PROTECTED_NAMES:
        yield "named-as-protected", f".{extension}"
    if facts.format is None:
        if facts.misnamed is not None:
            yield "format-unidentified", shown(facts.misnamed)
        return
    if facts.misnamed is not None:
        yield "format-misnamed", shown(facts.misnamed)
    formats, name = policy.formats, facts.format
    if name in formats.refused:
        yield "format-refused", name
    elif ANY not in formats.accepted and name not in formats.accepted:
        yield "format-not-accepted", name
    elif formats.preferred and name not in formats.preferred:
        yield "format-not-preferred", name
    if name in _CLOSED:
        yield "format-closed", _CLOSED[name]
    if name == "wav" and facts.size > _RIFF_LIMIT:
        yield "riff-4gb", f"{facts.size:,} bytes"


def by_record(facts: FileFacts, _policy: Policy) -> Iterator[Observation]:
    """Observe how the container is built."""
    record: Any = facts.record or {}
    if facts.format not in _CLOSED and facts.facts.get("codec") in _CLOSED:
        yield "format-closed", _CLOSED[facts.facts["codec"]]
    for finding in record.get("findings", ()):
        if finding["code"] == "audio-structure":
            yield "structure", shown(finding["message"])
            break
    if facts.format in _RIFF_FAMILY:
        names = Counter(block["id"] for block in record.get("blocks", ()))
        twice = [name for name in _ONLY_ONCE if names[name] > 1]
        if twice:
            yield "riff-chunk-twice", ", ".join(name.strip() for name in twice)
    if facts.format == "flac":
        yield from _flac(facts)


def _flac(facts: FileFacts) -> Iterator[Observation]:
    info = facts.embedded.get("streaminfo")
    if info is None:
        return
    if info["md5"] is None:
        yield "flac-md5-missing", ""
    most, rate = info["block_size"][1], facts.facts.get("sample_rate", 0)
    limit = _SUBSET_BLOCK_48 if rate <= 48_000 else _SUBSET_BLOCK
    if most > limit:
        yield "flac-not-subset", f"blocks of {most:,} samples, {limit:,} are allowed"
