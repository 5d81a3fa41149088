"""The rows of the catalogue, free of any database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class BagRow:
    """A sealed bag. Times are UTC text, digests hex, sizes bytes.

    ``payload_digest`` is the BLAKE3 of the bytes of ``fixity/blake3.txt``, so equal payloads
    have equal digests. ``tag_manifest_digest`` is the SHA-512 of ``tagmanifest-sha512.txt``.
    ``last_verdict`` is the outcome of the newest verification; sealing counts as one.
    ``supersedes`` is the bag of which this is the next version, ``superseded_by`` the bag that
    is the next version of this one (not stored, but looked up when a row is read).
    """

    id: str
    sealed_at: str
    payload_files: int
    payload_bytes: int
    payload_digest: str
    tag_manifest_digest: str
    policy_digest: str
    basis: str
    source_name: str
    last_verified_at: str | None
    last_verdict: str | None
    supersedes: str | None = None
    superseded_by: str | None = None


class Words(NamedTuple):
    """Words of a recording that the full-text index takes in and nobody reads back.

    ``makers`` are creators beside the first (album artists, composers), ``isrcs`` all codes in
    their normal form, ``tags`` whatever else is written into the file.
    """

    makers: str = ""
    isrcs: str = ""
    tags: str = ""


class FileRow(NamedTuple):
    """A payload file. (A tuple, not a dataclass: a bag may have a million.)

    ``number`` is its place among the bag's paths in order, from 1; ``path`` as in the manifests,
    below ``data/``; ``size`` bytes; ``mtime_ns`` since 1970; ``blake3`` 32 bytes. The rest is
    known of recordings only: ``media_format`` a word of ``metadata/audio.jsonl``; ``verdict`` of
    the self-check; ``duration_s`` seconds; ``title``, ``creator``, ``album``, ``date`` as the
    tags say them, several answers joined by ``"; "``; ``isrc`` the first well-formed code, 12
    characters; ``stream`` BLAKE3 (32 bytes) of the coded sound; ``pcm_md5`` (16 bytes) of the
    samples. ``words`` go into the full-text index and are ``None`` when the row is read back.
    """

    number: int
    path: str
    size: int
    mtime_ns: int
    blake3: bytes
    media_format: str | None = None
    verdict: str | None = None
    duration_s: float | None = None
    title: str | None = None
    creator: str | None = None
    album: str | None = None
    date: str | None = None
    isrc: str | None = None
    stream: bytes | None = None
    pcm_md5: bytes | None = None
    words: Words | None = None


class Place(NamedTuple):
    """A file and the bag that holds it."""

    bag: str
    file: FileRow


@dataclass(frozen=True, slots=True)
class Twins:
    """Files that are the same at one level.

    ``by`` is what they share (``blake3``, ``stream``, ``pcm_md5``, ``isrc``) and ``value`` its
    value, digests in hex. ``bytes`` is what all but the largest of them take up. ``members``
    reads them, by bag in the order of sealing and by path, whenever it is called.
    """

    by: str
    value: str
    files: int
    bags: int
    bytes: int
    members: Callable[[], Iterator[Place]] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of the log; ``digest`` is the SHA-256 (hex) of its line."""

    seq: int
    time: str
    type: str
    bag: str | None
    outcome: str
    digest: str


class CheckRow(NamedTuple):
    """When a bag was last checked, and when it is due again. (A tuple: there may be a million.)

    Times are UTC text. ``checked_at``: all of it was read and compared, its sealing counting;
    ``deep_at``: every manifest was; ``failing``: something was found then or since. ``tier``,
    ``open_at`` (from when a check is worth its while) and ``due_at`` rest on the policy and are
    ``None`` until somebody has looked them up there.
    """

    key: int
    id: str
    sealed_at: str
    checked_at: str
    deep_at: str
    failing: bool
    files: int
    bytes: int
    tier: str | None
    open_at: str | None
    due_at: str | None


NEVER = "9999-12-31T00:00:00Z"
"""Due date of a bag whose policy promises no check."""


class TierTotal(NamedTuple):
    """What a tier holds: bags, files, bytes; what of it is overdue, and what is failing.

    ``promised_bags`` are those that are ever to be checked.
    """

    tier: str
    bags: int
    files: int
    bytes: int
    promised_bags: int
    overdue_bags: int
    overdue_files: int
    overdue_bytes: int
    failing: int
    oldest_checked_at: str


def share_within(tiers: Iterable[TierTotal]) -> float | None:
    """Return the share of the bags to be checked that is not overdue; ``None`` where none is."""
    promised, overdue = 0, 0
    for tier in tiers:
        promised, overdue = promised + tier.promised_bags, overdue + tier.overdue_bags
    return 1 - overdue / promised if promised else None


class RunRow(NamedTuple):
    """A run of re-verification that ended: UTC text, how, what it read in how many seconds."""

    seq: int
    time: str
    outcome: str
    bags: int
    bytes: int
    seconds: int


class CaseRow(NamedTuple):
    """An incident: a case opened by a finding about a bag, closed by a person or by nobody.

    ``id`` is the number of the event that opened it. ``state`` is what the check said that
    opened it, ``last_state`` the newest check since; ``checks`` and ``notes`` are counted.
    ``closed_at`` and ``reason`` are ``None`` while it is open. Times are UTC text.
    """

    id: int
    bag: str
    opened_at: str
    state: str
    last_at: str
    last_state: str
    checks: int
    notes: int
    closed_at: str | None
    reason: str | None


class PauseRow(NamedTuple):
    """A pause of re-verification, of one bag, of a tier, or of all; times are UTC text.

    ``day`` is the end as the person gave it, in the policy's time zone.
    """

    seq: int
    bag: str | None
    tier: str | None
    since: str
    until: str
    day: str
    reason: str
    by: str


class UnfiledRow(NamedTuple):
    """A check that belongs into a case and is not in one yet: number, UTC text, bag, state."""

    seq: int
    time: str
    bag: str
    state: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What the catalogue adds up to. ``longest_unverified`` is the oldest ``last_verified_at``."""

    bags: int
    files: int
    bytes: int
    never_verified: int
    longest_unverified: str | None


class AgentFacts(Protocol):
    """Who acted."""

    @property
    def name(self) -> str: ...
    @property
    def user(self) -> str | None: ...


class EventFacts(Protocol):
    """What the catalogue takes from an event; the log's events have it."""

    @property
    def seq(self) -> int: ...
    @property
    def time(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def bag(self) -> str | None: ...
    @property
    def outcome(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...
    @property
    def agent(self) -> AgentFacts: ...


class SealFacts(EventFacts, Protocol):
    """What a bag's row is made from: its "seal" event."""


SEAL, VERIFY, REVERIFY, DUE_NOW = "seal", "verify", "reverify", "due-now"
PAUSE, RESUME = "pause", "resume"
DRILL = "drill"
SEALED_VERDICT = "valid"
"""Sealing reads every byte back from the medium, so a sealed bag counts as verified."""


def verdict_of(event: EventFacts) -> str | None:
    """Return what ``event`` says about its bag's soundness, ``None`` when it says nothing."""
    if event.bag is None or event.type not in (SEAL, VERIFY):
        return None
    return SEALED_VERDICT if event.type == SEAL else event.outcome


def check_of(event: EventFacts) -> dict[str, Any]:
    """Return what ``event``, a "verify", changes in its bag's row of the schedule.

    A quick look that finds nothing proves nothing and changes nothing.
    """
    depth, sound = event.detail.get("depth"), event.detail.get("state") == "sound"
    if depth == "fast":
        return {} if sound else {"failing": 1}
    begun = begun_at(event)
    told: dict[str, Any] = {"checked_at": begun, "failing": int(not sound)}
    return told | {"deep_at": begun} if depth == "full" else told


def begun_at(event: EventFacts) -> str:
    """Return since when a check, a "verify", has read: what happened later it may not have seen.

    Events that do not say so are taken to have begun when they were recorded.
    """
    begun = event.detail.get("begun")
    return min(begun, event.time) if isinstance(begun, str) and begun else event.time


def pause_of(event: EventFacts) -> PauseRow:
    """Return the pause that the event, a "pause" or a "resume", tells of."""
    tier, reason = event.detail.get("tier"), str(event.detail.get("reason") or "")
    until = str(event.detail.get("until") or event.time)
    day = str(event.detail.get("day") or until)
    by = event.agent.user or event.agent.name
    what = (event.bag, str(tier) if tier else None)
    return PauseRow(event.seq, *what, event.time, until, day, reason, by)


def run_of(event: EventFacts) -> RunRow:
    """Return the run that the event, a "reverify", tells of; what it does not say is 0."""
    numbers = (event.detail.get(name) for name in ("bags", "bytes", "seconds"))
    bags, n_bytes, seconds = (number if type(number) is int else 0 for number in numbers)
    return RunRow(event.seq, event.time, event.outcome, bags, n_bytes, seconds)
