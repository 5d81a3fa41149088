"""What the writers are told: a bag as a whole, its files in order, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from policies.rights import RightsBook


class SelfCheck(msgspec.Struct):
    """What a recording's own checksums say of it."""

    verdict: str | None = None


class CueTrack(msgspec.Struct):
    """A track in a cue sheet: where it begins, in sample frames."""

    number: int
    offset: int
    audio: bool = True


class CueSheet(msgspec.Struct):
    """The cue sheet inside a FLAC file."""

    tracks: list[CueTrack] = []


class Embedded(msgspec.Struct):
    """What is embedded beside tags, as far as the writers want it."""

    cue_sheet: CueSheet | None = None
    bext: dict[str, Any] = {}


class Recording(msgspec.Struct):
    """A line of ``metadata/audio.jsonl``, as far as the writers want it."""

    path: str
    format: str | None = None
    version: str | None = None
    media_type: str | None = None
    pronom: str | None = None
    readers: dict[str, str] = {}
    facts: dict[str, Any] = {}
    view: dict[str, Any] = {}
    embedded: Embedded = msgspec.field(default_factory=Embedded)
    self_check: SelfCheck = msgspec.field(default_factory=SelfCheck)
    pictures: list[Any] = []


class Stream(msgspec.Struct):
    """The coded sound: BLAKE3 (hex) and bytes."""

    blake3: str
    size: int


class Pcm(msgspec.Struct):
    """The samples. ``stated``: the MD5 is the file's own word, nobody here computed it."""

    md5: str
    blake3: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
    bits: int | None = None
    frames: int | None = None
    stated: bool = False


class Essence(msgspec.Struct):
    """A line of ``fixity/essence.jsonl``, as far as the writers want it."""

    path: str
    stream: Stream
    pcm: Pcm | None = None


class FileRecord(NamedTuple):
    """A payload file. (A tuple, not a dataclass: a bag may have a million.)

    ``number`` counts from 1 in order of the path; ``path`` begins with ``data/``; ``digests``
    are (name as PREMIS has it, hex) of the payload manifests, the strongest first, and ``blake3``
    is hex. ``recording`` has a ``format`` only for what begins like a recording;
    ``format_name`` says in words what that is.
    """

    number: int
    path: str
    size: int
    digests: tuple[tuple[str, str], ...]
    blake3: str
    recording: Recording
    format_name: str | None = None
    essence: Essence | None = None


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """Who acted: a program with its version, a person, or an organisation."""

    kind: str
    name: str
    version: str | None = None

    @property
    def identifier(self) -> str:
        """What tells this agent from all others."""
        return f"{self.kind}/{self.name}" + (f"/{self.version}" if self.version else "")


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What happened to the bag as a whole.

    ``kind`` is a word of the event log, or of :data:`archiver.writers.vocabulary.EVENT_TYPES`;
    ``time`` is a day or a moment in ISO 8601, UTC; ``outcome`` the word recorded, with ``failed``
    where it is bad news. ``programs`` executed it, ``people`` are answerable.
    """

    identifier: str
    kind: str
    time: str
    outcome: str | None
    failed: bool = False
    detail: str = ""
    note: str = ""
    programs: tuple[AgentRecord, ...] = ()
    people: tuple[AgentRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class BagRecord:
    """The bag as a whole. ``info`` is ``bag-info.txt`` in its order; ``made`` a day, if known.

    ``manifests`` are the algorithms of the payload manifests, as PREMIS names them.
    """

    identifier: str
    source_name: str
    files: int
    bytes: int
    info: tuple[tuple[str, str], ...]
    rights: RightsBook
    manifests: tuple[str, ...] = ()
    made: str | None = None
    software: AgentRecord | None = None

    def values(self, label: str) -> list[str]:
        """Return all values of a label of ``bag-info.txt``, whatever its case."""
        return [value for name, value in self.info if name.lower() == label.lower()]


@dataclass(slots=True)
class Overview:
    """What all recordings of a bag come to; lists are cut after :data:`MOST_NAMED` values."""

    titles: dict[str, None] = field(default_factory=dict)
    creators: dict[str, None] = field(default_factory=dict)
    publishers: dict[str, None] = field(default_factory=dict)
    media_types: dict[str, None] = field(default_factory=dict)
    years: set[str] = field(default_factory=set)
    readers: dict[AgentRecord, None] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)
    recordings: int = 0


MOST_NAMED = 100
"""Distinct titles, creators, publishers of a collection: beyond, its name says it better."""


def texts(view: Mapping[str, Any], question: str) -> list[str]:
    """Return the answers that are texts; a bag may come from anywhere."""
    answers = view.get(question)
    if not isinstance(answers, list):
        return []
    return [answer for answer in answers if isinstance(answer, str) and answer]
