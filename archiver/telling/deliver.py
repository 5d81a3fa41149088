"""Delivering a message by all ways named; what fails is a finding and stops no other way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archiver.findings import Finding
from archiver.state import State
from archiver.telling import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.telling import hook, ping, textfile
from archiver.telling.mail import Mail, send
from archiver.telling.message import Message


@dataclass(frozen=True, slots=True)
class Ways:
    """How to tell: by mail, a command (its words), a URL to ping, a text file for Prometheus."""

    mail: Mail | None = None
    hook: tuple[str, ...] = ()
    ping: str = ""
    textfile: str = ""


def announce(ways: Ways) -> list[Finding]:
    """Say that a run has begun, where that is of interest: a run that hangs is missed then."""
    if not ways.ping:
        return []
    return list(_tried("ping", lambda: ping.send(ways.ping, "/start", "")))


def names(ways: Ways) -> tuple[str, ...]:
    """Return by which ways is told, in words."""
    named = {"mail": ways.mail, "hook": ways.hook, "ping": ways.ping, "textfile": ways.textfile}
    return tuple(name for name, way in named.items() if way)


def deliver(ways: Ways, message: Message, now: datetime) -> list[Finding]:
    """Tell ``message`` by every way; return a finding "not-told" for each that failed."""
    told: list[Finding] = []
    if mail := ways.mail:
        told += _tried("mail", lambda: send(mail, message, now))
    if ways.hook:
        told += _tried("hook", lambda: hook.run(ways.hook, message))
    if ways.ping:
        ending = "" if message.state is State.SOUND else "/fail"
        told += _tried("ping", lambda: ping.send(ways.ping, ending, message.text))
    if ways.textfile:
        told += _tried("textfile", lambda: textfile.write(ways.textfile, message))
    return told


def _tried(way: str, telling: Callable[[], None]) -> Iterator[Finding]:
    try:
        telling()
    # Of the network, of a server's answer; of an address, for which the parsers of the standard
    # library know IndexError and AttributeError too. The verdict is not lost over any of them.
    except Exception as error:  # noqa: BLE001
        why = f"{type(error).__name__}: {error}"
        yield Finding("not-told", f"by {way}: {why}", detail={"way": way, "why": why})
