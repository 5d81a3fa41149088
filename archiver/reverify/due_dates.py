"""Looking up in the policy when each bag is due; only what changed since is looked up again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from archiver.catalogue import Catalogue
from archiver.catalogue.plan import Filled
from archiver.catalogue.rows import CheckRow
from archiver.clock import parse_utc, utc_text
from policies.cadence import History, ahead_from, due_at
from policies.model import Fixity
from policies.tiers import cadence_of, tier_of

NEVER = "9999-12-31T00:00:00Z"
"""Due date of a bag whose policy promises no check."""


def look_up(catalogue: Catalogue, fixity: Fixity, *, afresh: bool = False) -> None:
    """Fill in the due dates that are open; all of them when the policy's rules are others.

    ``afresh`` looks all of them up: a date that went wrong in the catalogue must not keep a bag
    from being read for ever.

    The catalogue must be open for writing, the writer's lock held. Memory stays flat.
    """
    catalogue.plan.forget_unless(_digest(fixity), afresh=afresh)
    for rows in catalogue.plan.left_open():
        catalogue.plan.fill_in(_filled(rows, fixity))


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


def _filled(rows: list[CheckRow], fixity: Fixity) -> Iterator[Filled]:
    for row in rows:
        tier = tier_of(row.id, fixity)
        cadence = cadence_of(tier, fixity)
        if cadence is None:
            yield Filled(row.key, tier, NEVER, NEVER)
            continue
        history = history_of(row)
        opened, due = ahead_from(history, cadence), due_at(history, cadence)
        yield Filled(row.key, tier, utc_text(opened), utc_text(due))


def _digest(fixity: Fixity) -> str:
    rules = (fixity.tiers, fixity.after_sealing, fixity.jitter, fixity.cadence)
    return hashlib.sha256(msgspec.json.encode(rules)).hexdigest()
