"""The record ``audio/1``: everything known of one audio file, ready for JSON.

It holds no path and no time; whoever writes ``metadata/audio.jsonl`` adds ``"path"``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from archiver.audio.formats import FORMATS

SCHEMA = "audio/1"
_LONGEST_MESSAGE = 300


def empty_record(format_id: str | None) -> dict[str, Any]:
    """Return a record that says only what the file is."""
    return {
        "schema": SCHEMA,
        "format": format_id,
        "media_type": FORMATS[format_id].media_type if format_id else None,
        "readers": {},
        "facts": {},
        "tags": [],
        "pictures": [],
    }


def problem(code: str, message: str) -> dict[str, str]:
    """Return the ``"problem"`` part of a record: one of the codes of ``codes.py``, and words."""
    return {"code": code, "message": message}


def failed(format_id: str | None, code: str, message: str) -> dict[str, Any]:
    """Return the answer for a file that could not be looked at, or that no reader survived."""
    trouble = problem(code, message)
    return {
        "record": {**empty_record(format_id), "problem": trouble},
        "essence": None,
        "verdict": "not-checkable",
        "problems": [trouble],
    }


def describe(error: BaseException) -> str:
    """Return the kind and words of an exception, short, and always the same for the same file."""
    words = str(error).encode("utf-8", "backslashreplace").decode()[:_LONGEST_MESSAGE]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


@cache
def mutagen_version() -> str:
    """Return the version of the tag library in use."""
    import mutagen

    return str(mutagen.version_string)
