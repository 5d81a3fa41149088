"""What the engine tells the policies about the content of one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Protection:
    """A mark of protection: the system's name, and the byte of the file it stands at."""

    system: str
    offset: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a source.

    ``format`` is an id of :data:`policies.vocabulary.FORMAT_IDS`, told by the first bytes;
    ``None`` for what is no recording. ``misnamed`` says in words how name and bytes disagree.
    ``record`` is what was read of a recording (the record ``audio/1``); ``None`` before anybody
    read it. ``described``: whether the file that the policy wants beside it is there (``True``
    also where none is wanted); ``alone``: it is such a file, and has no recording beside it.
    """

    path: str
    size: int
    format: str | None = None
    misnamed: str | None = None
    protection: Protection | None = None
    record: Mapping[str, Any] | None = None
    described: bool = True
    alone: bool = False

    @property
    def facts(self) -> Mapping[str, Any]:
        """Sample rate, bit depth and the like; empty where nothing is known."""
        found: Mapping[str, Any] = (self.record or {}).get("facts", {})
        return found

    @property
    def embedded(self) -> Mapping[str, Any]:
        """What is embedded and no tag (``bext``, ``streaminfo``); empty where there is nothing."""
        found: Mapping[str, Any] = (self.record or {}).get("embedded", {})
        return found

    @property
    def view(self) -> Mapping[str, Any]:
        """What the tags say, by question; empty where they say nothing."""
        found: Mapping[str, Any] = (self.record or {}).get("view", {})
        return found
