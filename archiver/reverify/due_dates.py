"""Looking up in the policy when each bag is due; only what changed since is looked up again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

import msgspec

from archiver.catalogue import Catalogue
from archiver.catalogue.plan import Filled
from archiver.catalogue.rows import NEVER, CheckRow
from archiver.clock import parse_utc, utc_text
from archiver.progress import Progress, Silence
from policies.cadence import (
    CLOCKS_DIFFER,
    Cadence,
    History,
    ahead_from,
    due_at,
    is_believed,
    wanted_since,
)
from policies.model import Fixity
from policies.tiers import cadence_of, tier_of

LOOKING_UP = "looking up when bags are due"  # what this is called while it goes on
_LONG_AGO = "1970-01-01T00:00:00Z"
_IN_TURN = 10_000  # dates that a run looks up though they are known: all of a million in 100 runs


def look_up(
    catalogue: Catalogue,
    fixity: Fixity,
    *,
    afresh: datetime | None = None,
    progress: Progress | None = None,
) -> None:
    """Fill in the due dates that are open; all of them when the policy's rules are others.

    ``afresh``, the present moment, looks up some thousand more, in turn, and all that rest on a
    check of later than that: neither a date that went wrong in the catalogue nor a clock that
    once did must keep a bag from being read for ever.

    The catalogue must be open for writing, the writer's lock held. Memory stays flat.
    """
    catalogue.plan.forget_unless(_digest(fixity))
    asked = {tier: parse_utc(moment) for tier, moment in catalogue.plan.asked().items()}
    _fill_in_all(catalogue, fixity, asked, progress or Silence())
    if afresh is not None:
        known = catalogue.plan.next_in_turn(_IN_TURN)
        found = zip(known, _filled(known, fixity, asked, afresh), strict=True)
        catalogue.plan.fill_in([new for old, new in found if new[1:] != (old.tier, *old[-2:])])
        for rows in catalogue.plan.checked_after(utc_text(afresh + CLOCKS_DIFFER)):
            catalogue.plan.fill_in(_filled(rows, fixity, asked, afresh))


def _fill_in_all(
    catalogue: Catalogue, fixity: Fixity, asked: dict[str, datetime], progress: Progress
) -> None:
    begun = False
    for rows in catalogue.plan.left_open():
        if not begun:
            progress.begin(LOOKING_UP, None, None)
            begun = True
        catalogue.plan.fill_in(_filled(rows, fixity, asked))
        progress.advance(0, sum(row.files for row in rows))
    if begun:
        progress.end()


def history_of(row: CheckRow) -> History:
    """Return what the policies are told of a bag."""
    return History(
        row.id,
        row.tier or "",
        parse_utc(row.sealed_at),
        parse_utc(row.checked_at),
        bool(row.failing),
        row.bytes,
    )


def _filled(
    rows: list[CheckRow],
    fixity: Fixity,
    asked: dict[str, datetime],
    now: datetime | None = None,
) -> Iterator[Filled]:
    cadences: dict[str, Cadence | None] = {}
    for row in rows:
        tier, history = tier_of(row.id, fixity), history_of(row)
        if tier not in cadences:
            cadences[tier] = cadence_of(tier, fixity)
        cadence = cadences[tier]
        opened = due = NEVER
        if cadence is not None:
            opened, due = utc_text(ahead_from(history, cadence)), utc_text(due_at(history, cadence))
        if cadence is not None and now is not None and not is_believed(history, now):
            opened = due = row.sealed_at if row.sealed_at <= utc_text(now) else _LONG_AGO
        if since := wanted_since(history, tier, asked):
            opened, due = min(opened, utc_text(since)), min(due, utc_text(since))
        yield Filled(row.key, tier, opened, due)


def _digest(fixity: Fixity) -> str:
    rules = (fixity.tiers, fixity.after_sealing, fixity.jitter, fixity.cadence)
    return hashlib.sha256(msgspec.json.encode(rules)).hexdigest()
