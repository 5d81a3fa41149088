"""What became of a bag, or of all of them, out of the event log: what was known on any day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from archiver.archive import Archive
from archiver.catalogue.rows import begun_at
from archiver.clock import system_clock, utc_text
from archiver.errors import EnvironmentUnusable, UnknownBagError
from archiver.events import Event, EventLog
from archiver.findings import Finding, state_of
from archiver.state import State
from policies.brevity import Check, telling

_PROVES_NOTHING = "fast"  # a quick look at names reads no byte


@dataclass(slots=True)
class Knowledge:
    """What was known of a bag when the last of its events shown here had happened.

    Times are UTC text. ``checked_at`` is when all of it was last read and compared, its sealing
    counting; ``deep_at`` when every manifest was; ``verdict`` and ``state`` what the newest
    check said; ``open_incidents`` the numbers of the cases nobody had closed; ``superseded_by``
    the bag that is its next version.
    """

    bag: str
    sealed_at: str | None = None
    checked_at: str | None = None
    deep_at: str | None = None
    verdict: str | None = None
    state: str | None = None
    checks: int = 0
    failures: int = 0
    open_incidents: list[int] = field(default_factory=list)
    superseded_by: str | None = None

    def learn(self, event: Event) -> None:
        """Take in one more event of this bag, or the seal of the one that supersedes it."""
        if event.bag != self.bag:
            self.superseded_by = event.bag
            return
        if event.type == "seal":
            self.sealed_at = self.checked_at = self.deep_at = event.time
            self.verdict, self.state = "valid", "sound"
        elif event.type == "verify":
            self._check(event)
        elif event.type == "incident-opened":
            self.open_incidents.append(event.seq)
        elif event.type == "incident-closed":
            closed = event.detail.get("incident")
            self.open_incidents = [seq for seq in self.open_incidents if seq != closed]

    def _check(self, event: Event) -> None:
        depth = event.detail.get("depth")
        self.checks += 1
        self.failures += not is_sound(event)
        self.verdict, self.state = event.outcome, str(event.detail.get("state"))
        if depth != _PROVES_NOTHING:
            self.checked_at = begun_at(event)
        if depth == "full":
            self.deep_at = begun_at(event)


class History:
    """The events of one bag, or of the whole archive, up to a moment, as the log has them.

    ``since``: earlier ones are not shown; what is known of a bag rests on them all the same.

    :attr:`findings` (what is wrong with the log), :attr:`shown` (how many events),
    :attr:`left_out` (checks that ``brief`` does not show) and :attr:`known` (of the one bag) are
    there when :meth:`events` has been read.
    """

    def __init__(
        self,
        archive: Archive,
        bag: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        brief: bool = False,
    ) -> None:
        self._log = EventLog(archive.log, system_clock)
        self._bag, self._brief = bag, brief
        self.since = "" if since is None else utc_text(since)
        self.shown = 0
        self._until = None if until is None else utc_text(until)
        self.findings: list[Finding] = []
        self.left_out = 0
        self.known = None if bag is None else Knowledge(bag)

    def events(self) -> Iterator[Event]:
        """Yield the events, oldest first; the log is read as it is asked for.

        Memory stays flat, but for ``brief`` over the whole archive, which remembers some numbers
        of each bag. Raises :class:`UsageError` for a bag the log has never heard of, and
        :class:`EnvironmentUnusable` when the log cannot be read.
        """
        shown = telling(self._checks()) if self._brief else None
        heard = False
        for event in self._wanted():
            heard = True
            if self.known is not None:
                self.known.learn(event)
            if event.time < self.since:
                continue
            if shown is not None and event.type == "verify" and event.seq not in shown:
                self.left_out += 1
                continue
            self.shown += 1
            yield event
        if self._bag is not None and not heard:
            when = f" until {self._until}" if self._until else ""
            said = f"the log says nothing of a bag {self._bag!r}{when}"
            raise UnknownBagError(self._bag, said)

    @property
    def state(self) -> State:
        """What the findings about the log add up to; what the events tell is told, not judged."""
        return state_of(self.findings)

    def _checks(self) -> Iterator[Check]:
        for event in self._wanted():
            if event.type == "verify":
                yield Check(event.seq, event.bag or "", is_sound(event))

    def _wanted(self) -> Iterator[Event]:
        self.findings = []
        try:
            for one in self._log.scan():
                if isinstance(one, Finding):
                    self.findings.append(one)
                elif self._is_wanted(one):
                    yield one
        except OSError as error:
            raise EnvironmentUnusable(
                f"the event log {self._log.folder} cannot be read: {error.strerror}",
                "Check the permissions and the medium.",
            ) from error

    def _is_wanted(self, event: Event) -> bool:
        if self._bag is not None and self._bag not in (event.bag, supersedes(event)):
            return False
        return self._until is None or event.time <= self._until


def supersedes(event: Event) -> str | None:
    """Return the bag of which the event sealed the next version, ``None`` if it did not."""
    told = event.detail.get("supersedes")
    return str(told["bag"]) if event.type == "seal" and isinstance(told, Mapping) else None


def is_sound(event: Event) -> bool:
    """Whether a check, an event "verify", found the bag sound."""
    detail: Mapping[str, object] = event.detail
    return detail.get("state") == State.SOUND.value
