"""Something happened, and all of a tier is to be read again now: recorded, so that it is kept."""

from __future__ import annotations

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.errors import UsageError
from archiver.events import Agent, Event, EventLog
from archiver.rebuild import catch_up
from archiver.reverify.tiers import check_tier


def ask_for_all(
    archive: Archive, tier: str | None, reason: str, clock: Clock, agent: Agent
) -> Event:
    """Make every bag of ``tier`` (``None``: of the archive) due now, and say why in the log.

    A bag stops being due by it when all of it is read. Raises :class:`UsageError` for a tier the
    policy does not know and a reason without words, :class:`archiver.errors.BusyError`, and what
    appending to the log raises.
    """
    check_asking(archive, tier, reason)
    with (
        archive.writer_lock("reverify", clock()),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        event = EventLog(archive.log, clock).append(
            "due-now",
            bag=None,
            outcome="asked",
            detail={"tier": tier, "reason": reason.strip()},
            agent=agent,
        )
        catch_up(archive, catalogue)
    return event


def check_asking(archive: Archive, tier: str | None, reason: str) -> None:
    """Raise :class:`UsageError` for a reason without words, or a tier that is not known."""
    if not reason.strip():
        raise UsageError("a reason needs words", 'Say what happened, like "disk replaced".')
    check_tier(tier, policy_in_force(archive)[0].fixity)
