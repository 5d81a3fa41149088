"""What an examination of one audio file gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a damaged file besides: when in the recording its damaged bytes are played.

    ``ranges`` are [first byte, last byte]. ``frames`` is how many sample frames the recording had
    when it was whole, ``None`` if that is not known.
    """

    ranges: tuple[tuple[int, int], ...]
    frames: int | None = None


@dataclass(frozen=True, slots=True)
class AudioExamination:
    """What an examination of one file found; everything in it is ready for JSON.

    ``record`` is the ``metadata/audio.jsonl`` line without its path. ``essence`` is the
    ``fixity/essence.jsonl`` line without its path, ``None`` where the sound's place in the file
    is unknown. ``verdict`` is one of those of :func:`archiver.audio.essence.verdict`.
    ``problems`` are ``{"code", "message"}`` of :mod:`archiver.audio.codes`. ``digests`` are those
    of the decoded samples that were asked for by name. ``places`` answers a :class:`Question`,
    range by range.
    """

    record: dict[str, Any]
    essence: dict[str, Any] | None
    verdict: str
    problems: tuple[dict[str, Any], ...]
    digests: Mapping[str, str] = field(default_factory=dict)
    places: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> AudioExamination:
        """Return what a worker's answer (see :mod:`archiver.audio.tags.worker`) says."""
        return cls(
            answer["record"],
            answer["essence"],
            answer["verdict"],
            tuple(answer["problems"]),
            answer.get("digests", {}),
            tuple(answer.get("places", ())),
        )
