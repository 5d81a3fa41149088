"""Embedded tags, read in worker processes that hostile files cannot turn against us.

:class:`TagReader` is the door. Everything below it that touches bytes from a file runs in the
worker (:mod:`archiver.audio.tags.worker`); the parent sees JSON only.
"""

import archiver.audio.codes  # noqa: F401 - registers what this room can find
from archiver.audio.tags.limits import Limits
from archiver.audio.tags.pool import TagReader

__all__ = ["Limits", "TagReader"]
