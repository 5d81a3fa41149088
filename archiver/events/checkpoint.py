"""A checkpoint: a few lines of text that stand for the whole log up to a moment.

The form is that of C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint): origin, size, root of
the tree in Base64; signed or not. Whoever keeps one elsewhere can later tell whether the log was
rewritten.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

IN_BAGS = "fixity/log-checkpoint.txt"
"""Where a bag has the checkpoint of the log as it was before the bag."""

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``size`` lines of the log ``origin`` have the tree hash ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Return the text that is signed: three lines, each with its line end."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin_of(archive_id: str) -> str:
    """Return the name under which an archive's log speaks."""
    return f"audio-archiver/{archive_id}"


def parse_checkpoint(body: str) -> Checkpoint:
    """Read the text of a checkpoint, signatures taken off; further lines are passed over.

    Raises ``ValueError``.
    """
    lines = body.split("\n")
    if len(lines) < 4 or lines[-1] or "" in lines[:-1]:
        raise ValueError("is no checkpoint: origin, size and root are three lines")
    if not body.replace("\n", "").isprintable():
        raise ValueError("is no checkpoint: it holds characters that cannot be seen")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise ValueError(f"is no checkpoint: {size!a} is no number of lines")
    try:
        digest = base64.b64decode(root, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != _ROOT_BYTES or base64.b64encode(digest).decode() != root:
        raise ValueError(f"is no checkpoint: {root!a} is no root of a tree")
    return Checkpoint(origin, int(size), digest)
