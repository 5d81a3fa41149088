"""One event and the line that records it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import archiver
from archiver.canonical import canonical
from archiver.clock import parse_utc

VERSION = 1
BEGINNING = "0" * 64
"""The ``prev`` of the first line."""

_KEYS = {"agent", "bag", "detail", "outcome", "prev", "seq", "time", "type", "v"}
_DIGEST = re.compile("[0-9a-f]{64}")


class UnknownVersionError(ValueError):
    """The line is in a version that this program does not know."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acted (PREMIS 3 agent): the program, and the person or account that ran it."""

    name: str
    version: str
    user: str | None = None
    host: str | None = None


def this_program(user: str | None = None, host: str | None = None) -> Agent:
    """Return this program, run by ``user`` on ``host``, as an agent."""
    return Agent("audio-archiver", archiver.__version__, user, host)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, to which bag, how it ended.

    ``seq`` counts from 1 without a gap; ``time`` is UTC text; ``prev`` and ``digest`` are the
    SHA-256 (hex) of the line before and of this line, each without its line end.
    """

    seq: int
    time: str
    type: str
    bag: str | None
    outcome: str
    detail: Mapping[str, Any]
    agent: Agent
    prev: str
    digest: str


def line_digest(line: bytes) -> str:
    """Return the SHA-256 (hex) of a line given without its line end."""
    return hashlib.sha256(line).hexdigest()


def event_line(
    *,
    seq: int,
    prev: str,
    time: str,
    type: str,  # noqa: A002 - the word in the format
    bag: str | None,
    outcome: str,
    detail: Mapping[str, object],
    agent: Agent,
) -> bytes:
    """Return the line that records an event, without its line end."""
    who = {"name": agent.name, "version": agent.version, "user": agent.user, "host": agent.host}
    record = {
        "agent": {key: value for key, value in who.items() if value is not None},
        "bag": bag,
        "detail": dict(detail),
        "outcome": outcome,
        "prev": prev,
        "seq": seq,
        "time": time,
        "type": type,
        "v": VERSION,
    }
    return canonical(record)


def parse_line(line: bytes) -> Event:
    """Read one line, given without its line end.

    Raises :class:`UnknownVersionError`, or ``ValueError`` saying what is wrong: only the very bytes
    that :func:`event_line` writes are accepted, so that nobody can say one thing in two ways.
    """
    try:
        record = json.loads(line.decode())
        same = canonical(record) == line
    except (ValueError, TypeError, RecursionError):
        raise ValueError("is not JSON") from None
    if not isinstance(record, dict) or not same:
        raise ValueError("is not canonical JSON")
    version = record.get("v")
    if type(version) is not int or version < 1:
        raise ValueError("does not say its version")
    if version != VERSION:
        raise UnknownVersionError(f"is in version {version}; this program knows version {VERSION}")
    if record.keys() != _KEYS:
        raise ValueError("does not have the keys of an event")
    return _event_of(record, line_digest(line))


def _event_of(record: dict[str, Any], digest: str) -> Event:
    seq, bag = record["seq"], record["bag"]
    if type(seq) is not int or seq < 1:
        raise ValueError("has no sequence number")
    if not all(isinstance(record[key], str) for key in ("outcome", "prev", "time", "type")):
        raise ValueError("has a value of the wrong kind")
    if not isinstance(record["detail"], dict) or not (bag is None or isinstance(bag, str)):
        raise ValueError("has a value of the wrong kind")
    if not _DIGEST.fullmatch(record["prev"]):
        raise ValueError("does not name the line before it")
    parse_utc(record["time"])
    agent = _agent_of(record["agent"])
    return Event(
        seq,
        record["time"],
        record["type"],
        bag,
        record["outcome"],
        record["detail"],
        agent,
        record["prev"],
        digest,
    )


def _agent_of(record: object) -> Agent:
    if not isinstance(record, dict) or not all(isinstance(v, str) for v in record.values()):
        raise ValueError("does not name its agent")
    if not {"name", "version"} <= record.keys() <= {"name", "version", "user", "host"}:
        raise ValueError("does not name its agent")
    return Agent(**record)
