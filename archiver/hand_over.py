"""``export`` as a deed: the rights are asked, the bag is written, the log is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archiver.archive import Archive
from archiver.clock import Clock
from archiver.events import Agent
from archiver.export import Exported
from archiver.exporting.account import record_export
from archiver.exporting.permission import Permission, Purpose, permission
from archiver.findings import Finding, state_of
from archiver.state import State, worst
from archiver.verify_held import Located

__all__ = ["HandedOver", "Purpose", "hand_over"]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What handing over one bag came to.

    ``exported`` is ``None`` where the rights stood against it: then nothing was read and nothing
    written. ``findings`` are about rights and log, not about the bag.
    """

    bag: str
    bag_id: str | None
    permission: Permission
    exported: Exported | None
    state: State
    findings: tuple[Finding, ...]


def hand_over(
    held: Located,
    purpose: Purpose,
    write: Callable[[], Exported],
    *,
    archive: Archive | None,
    clock: Clock,
    agent: Agent,
) -> HandedOver:
    """Call ``write`` if every file of the bag may be handed over, and record what was done.

    A bag is handed over whole or not at all. That of an archive leaves an event "export" in the
    log, a refusal too. Raises what :func:`archiver.exporting.permission.permission` and ``write``
    raise.
    """
    found = permission(held.place, purpose)
    findings = list(held.findings)
    if not found.known:
        findings.append(Finding("rights-not-recorded", ""))
    exported = None if found.refused else write()
    state = State.REFUSED if exported is None else exported.state
    if archive is not None and held.bag_id is not None:
        findings += record_export(
            archive,
            held.bag_id,
            purpose,
            found,
            _written(exported),
            clock=clock,
            agent=agent,
        )
    return HandedOver(
        held.place,
        held.bag_id,
        found,
        exported,
        worst([state, state_of(findings)]),
        tuple(findings),
    )


def _written(exported: Exported | None) -> dict[str, object]:
    if exported is None:
        return {"state": State.REFUSED.value}
    return {
        "state": exported.state.value,
        "form": exported.form.value,
        "path": exported.path,
        "files": exported.files,
        "bytes": exported.bytes,
        "size": exported.size,
        "parts": len(exported.parts),
    }
