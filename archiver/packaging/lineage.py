"""What a version says of those before it: ``metadata/versions.jsonl``, ``metadata/changes.jsonl``.

The formats are written down in ``docs/formats/bag.md``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from archiver.canonical import canonical

VERSIONS = "metadata/versions.jsonl"
CHANGES = "metadata/changes.jsonl"


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was superseded: which bag, sealed with which tag manifest, and why.

    ``tag_manifest_sha512`` is the digest (hex) of its ``tagmanifest-sha512.txt``; ``reason`` is
    why the next version was made.
    """

    bag: str
    tag_manifest_sha512: str
    reason: str


def versions_before(bag: str | os.PathLike[str]) -> tuple[Version, ...]:
    """Return the versions that the bag in this folder supersedes, the oldest first.

    Raises ``OSError``, and ``ValueError``, ``KeyError`` or ``TypeError`` for a record in no form
    of ours.
    """
    try:
        with open(os.path.join(bag, VERSIONS), "rb") as lines:
            return tuple(_version(json.loads(line)) for line in lines)
    except FileNotFoundError:
        return ()


def version_lines(versions: tuple[Version, ...]) -> Iterator[bytes]:
    """Yield the lines of ``metadata/versions.jsonl``."""
    for one in versions:
        yield canonical(asdict(one)) + b"\n"


def change_lines(
    before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]
) -> Iterator[bytes]:
    """Yield a line for each file that is not as it was.

    Both are paths with BLAKE3 (hex), in order of the path; memory stays flat.
    """
    old_ones = ((path, "before", digest) for path, digest in before)
    new_ones = ((path, "after", digest) for path, digest in after)
    for path, told in groupby(merge(old_ones, new_ones), key=itemgetter(0)):
        digests = {which: digest for _, which, digest in told}
        old, new = digests.get("before"), digests.get("after")
        what = "added" if old is None else "removed" if new is None else "replaced"
        yield canonical({"after": new, "before": old, "change": what, "path": path}) + b"\n"


def _version(record: dict[str, Any]) -> Version:
    texts = (record["bag"], record["tag_manifest_sha512"], record["reason"])
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a version is described by text")
    return Version(*texts)
