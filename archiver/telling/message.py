"""What is told: a subject, a text, a record for programs, and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archiver.state import State

Figure = tuple[str, Mapping[tuple[tuple[str, str], ...], float]]
"""What a figure is about, and its values, each under its labels."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, safe to show: whoever made it has escaped every name in it.

    ``record`` is JSON-ready. ``figures`` are those of a Prometheus text file, by their
    names without the prefix.
    """

    state: State
    subject: str
    text: str
    record: Mapping[str, object]
    figures: Mapping[str, Figure]
