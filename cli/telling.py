"""What the commands that tell people have in common: by which ways, and to whom."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from archiver.errors import ArchiverError, BusyError, UsageError
from archiver.state import State
from cli import wiring
from cli.keys import log_key

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.events.signing import SigningKey, Stamp
    from archiver.findings import Finding
    from archiver.reverify.run import Checked, RunOutcome
    from archiver.telling import Mail, Message, Ways
    from cli.render.voice import Voice
    from policies.model import Notification

SMTP, SENDER, USER, PASSWORD = (
    f"ARCHIVER_SMTP{ending}" for ending in ("", "_FROM", "_USER", "_PASSWORD")
)
_PORT = 25
_NOTICE = {
    State.SOUND: "done",
    State.LATE: "late",
    State.UNSOUND: "damage",
    State.ALTERED: "damage",
    State.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class Wished:
    """What was asked for on the command line."""

    mail_to: tuple[str, ...]
    smtp: str | None
    hook: str | None
    ping: str | None
    textfile: str | None


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the ways of telling to a command."""
    for one in (
        click.option("--textfile", metavar="FILE", help="Write figures for node_exporter here."),
        click.option("--ping", metavar="URL", help="Tell this address of start, success, failure."),
        click.option("--hook", metavar="COMMAND", help="Give this command the digest as JSON."),
        click.option(
            "--smtp", metavar="HOST[:PORT]", help=f"The mail server; else ${SMTP}, else localhost."
        ),
        click.option("--mail-to", multiple=True, metavar="ADDRESS", help="Mail a digest to this."),
    ):
        command = one(command)
    return command


class Teller:
    """Tells of one run, by the ways that were wished and those of the archive's policy."""

    def __init__(self, archive: Archive, wished: Wished) -> None:
        from archiver.archive.policy import policy_in_force
        from archiver.telling import Ways

        self._archive, self._wished = archive, wished
        self._rules: Notification = policy_in_force(archive)[0].notification
        hook = _words(wished.hook)
        self._ways = Ways(None, hook, wished.ping or "", wished.textfile or "")
        self._server()  # what is mistaken in it is said before anything is done
        self.troubles: list[Finding] = []
        self.told: tuple[str, ...] = ()

    @property
    def asked_for(self) -> bool:
        """Whether anybody is to be told at all."""
        ways = self._ways
        return bool(self._receivers(None) or ways.hook or ways.ping or ways.textfile)

    @property
    def named(self) -> tuple[str, ...]:
        """By which ways anything is told at all."""
        from archiver.telling import names

        return (*(("mail",) if self._receivers(None) else ()), *names(self._ways))

    def named_for(self, state: State) -> tuple[str, ...]:
        """By which ways an ending of this kind is told."""
        mailed = bool(self._receivers(state))
        return tuple(way for way in self.named if way != "mail" or mailed)

    def begin(self) -> None:
        """Tell that the run has begun."""
        from archiver.telling import announce

        self.troubles += announce(self._ways)

    def tell(self, message: Message, *, mail: bool = True) -> None:
        """Tell how it ended; what could not be told is in :attr:`troubles`."""
        from archiver.telling import deliver, names
        from cli.render.digest import marked_as_drill

        ways: Ways = self._ways
        if mail and (to := self._receivers(message.state)):
            ways = replace(ways, mail=self._mail(to))
        if self._archive.is_drill:
            message = marked_as_drill(message)
        failed = deliver(ways, message, wiring.clock()())
        missed = {one.detail["way"] for one in failed}
        self.told = tuple(way for way in names(ways) if way not in missed)
        self.troubles += failed

    def stamp(self) -> Stamp | None:
        """Return what stands for the log as it is now; ``None`` when it is too damaged for one.

        It is signed where a key is to be had; one that cannot be used is in :attr:`troubles`.
        """
        from archiver.events.signing import Stamp, signed
        from archiver.log.checkpoint import checkpoint

        try:
            point = checkpoint(self._archive, wiring.clock())
        except (ArchiverError, OSError):
            return None  # a damaged log is a finding of its own, and no reason to be silent
        return Stamp(point, signed(point, self._key(), wiring.clock()()))

    def _key(self) -> SigningKey | None:
        from archiver.findings import Finding

        try:
            key = log_key(self._archive)
        except ArchiverError as error:
            self.troubles.append(Finding("checkpoint-unsigned", error.message, "log"))
            return None
        return key

    def say(self, voice: Voice) -> None:
        """Say what could not be told; to programs also by which ways it was."""
        if self.told:
            voice.tell([{"type": "told", "ways": list(self.told)}], [])
        if self.troubles:
            from cli.render.findings import finding_record, item_lines, of_finding

            records = map(finding_record, self.troubles)
            voice.tell(records, item_lines(map(of_finding, self.troubles)), trouble=True)

    def _receivers(self, state: State | None) -> tuple[str, ...]:
        """Return who gets a mail: who was named here, and whom the policy names for this ending.

        Those of the policy are told where a server was named.
        """
        rules, named = self._rules, self._wished.mail_to
        if not (self._wished.smtp or os.environ.get(SMTP)):
            return named
        if state is not None and _NOTICE.get(state, "not-looked-at") not in rules.on:
            return named
        return tuple(dict.fromkeys((*named, *rules.mail)))

    def _mail(self, to: tuple[str, ...]) -> Mail:
        from archiver.telling import Mail

        host, port = self._server()
        default = f"audio-archiver@{os.uname().nodename}"
        return Mail(
            to,
            os.environ.get(SENDER) or default,
            host,
            port,
            os.environ.get(USER, ""),
            os.environ.get(PASSWORD, ""),
        )

    def _server(self) -> tuple[str, int]:
        text = self._wished.smtp or os.environ.get(SMTP) or "localhost"
        host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
        if not colon:
            host, port = text, str(_PORT)
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536 and host):
            raise UsageError(
                f"{text!r} names no mail server", "Write it like mail.example.org:587."
            )
        return host.strip("[]"), int(port)


class RunAccount:
    """What is told of one run while it goes on, and when it has ended."""

    def __init__(self, archive: Archive, teller: Teller) -> None:
        from policies.together import Gathering

        self._archive, self._teller, self._gathered = archive, teller, Gathering()
        self.begin = teller.begin
        self.stamp: Stamp | None = None

    def fail(self, error: BaseException) -> None:
        """Tell that the run did not get to its end, and what it had found."""
        from cli.render.digest import failed_message

        if not self._teller.asked_for:
            return
        state = getattr(error, "state", State.FAILED)
        why = str(error) or type(error).__name__
        root, stamp = str(self._archive.root), self._teller.stamp()
        self._teller.tell(failed_message(root, why, state, self._gathered, stamp))

    def take(self, one: Checked) -> None:
        """Take in one bag that was checked."""
        from cli.render.digest import gather

        gather(self._gathered, one)

    def end(self, outcome: RunOutcome) -> None:
        """Tell how the run ended."""
        from archiver.clock import utc_text
        from cli.render.digest import run_message

        self.stamp = self._teller.stamp()
        if self._teller.asked_for:
            ended = utc_text(wiring.clock()())
            root = str(self._archive.root)
            self._teller.tell(run_message(root, outcome, self._gathered, self.stamp, ended))

    def say(self, voice: Voice) -> None:
        """Say what could not be told."""
        self._teller.say(voice)


@contextmanager
def about_a_run(archive: Archive, wished: Wished) -> Iterator[RunAccount]:
    """Give what tells of a run; a run that does not get to its end is told of, too.

    One that another run keeps from beginning is not: that other one is told of.
    """
    account = RunAccount(archive, Teller(archive, wished))
    try:
        yield account
    except BusyError:
        raise
    except BaseException as error:
        account.fail(error)
        raise


def _words(command: str | None) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command or ""))
    except ValueError as error:
        raise UsageError(f"the hook {command!r} cannot be read: {error}") from None
