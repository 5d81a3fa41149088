"""How recordings are to be checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Means:
    """By so many ``workers`` (``None``: what suits the machine), by decoding them too or not."""

    workers: int | None = None
    decode: bool = False
