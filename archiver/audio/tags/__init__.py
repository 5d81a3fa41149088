"""Embedded tags, read in worker processes that hostile files cannot turn against us.

:class:`TagReader` is the door. Everything below it that touches bytes from a file runs in the
worker (:mod:`archiver.audio.tags.worker`); the parent sees JSON only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archiver.audio.tags.limits import Limits

if TYPE_CHECKING:
    from archiver.audio.tags.pool import TagReader

__all__ = ["Limits", "TagReader"]


def __getattr__(name: str) -> Any:
    """Import the parent's side on first use: a worker has no need of it, and starts often."""
    if name == "TagReader":
        from archiver.audio.tags.pool import TagReader

        return TagReader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
