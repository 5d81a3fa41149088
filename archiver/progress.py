"""Progress is an interface that defaults to silence: the engine has no mouth."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What the engine tells whoever is watching. Calls may come from any thread."""

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """A phase begins ("surveying", "copying", "verifying"); totals where they are known."""

    def advance(self, n_bytes: int, n_files: int) -> None:
        """So many more bytes and files are done."""

    def end(self) -> None:
        """The phase is over."""


class Silence:
    """The progress nobody watches."""

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Say nothing."""

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""
