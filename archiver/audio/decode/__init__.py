"""Decoding, to check what only a decoder can tell. Optional: it needs PyAV (FFmpeg).

Only the worker processes of :mod:`archiver.audio.tags` decode, and only they import PyAV: a
decoder is the part of this program that hostile bytes reach most easily. This module and
:mod:`~archiver.audio.decode.model` cost nothing to import.
"""

from __future__ import annotations

import importlib.util

from archiver.errors import UsageError

LIBRARY = "av"
_INSTALL = "pip install 'audio-archiver[decode]'"


def is_installed() -> bool:
    """Whether PyAV is there; it is not imported for that."""
    return importlib.util.find_spec(LIBRARY) is not None


def require_decoder() -> None:
    """Raise :class:`UsageError`, saying how to install it, where PyAV is not there."""
    if not is_installed():
        raise UsageError(
            "decoding needs PyAV, which is not installed here",
            f"Install it beside this program: {_INSTALL}. Everything else works without it.",
        )
