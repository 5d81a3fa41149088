"""The account of an export in the event log: who got what, where, on which rights."""

from __future__ import annotations

from collections.abc import Sequence

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.errors import ArchiverError, BusyError
from archiver.events import Agent, EventLog
from archiver.exporting.permission import Permission, Purpose
from archiver.findings import Code, Finding, Severity, register
from archiver.rebuild import catch_up, require_known_log

register(
    Code(
        "export-not-recorded",
        Severity.BLIND,
        "The event log did not take the event that tells of this export.",
        "Mend the log first (archiver log verify), then note by hand who got the copy.",
    )
)


def record_export(
    archive: Archive,
    bag_id: str,
    purpose: Purpose,
    found: Permission,
    written: dict[str, object],
    *,
    clock: Clock,
    agent: Agent,
) -> Sequence[Finding]:
    """Add an event "export" to the log, then to the catalogue; return what went wrong with that.

    ``written`` says what became of it: ``state``, and of what was written its files.
    """
    question = found.question
    detail: dict[str, object] = {
        "act": question.act,
        "as_of": question.as_of.isoformat(),
        "audience": question.audience,
        "territory": question.territory,
        "recipient": purpose.recipient,
        "statements": [
            {"id": name, "basis": found.bases[name], "files": files}
            for name, files in found.granted.items()
        ],
        "conditions": list(found.conditions),
        **written,
    }
    if found.refused:
        detail["refused"] = dict(sorted(found.totals.items()))
    outcome = "refused" if found.refused else str(written["state"])
    outcome = "success" if outcome == "sound" else outcome
    try:
        require_known_log(archive)
        log = EventLog(archive.log, clock)
        log.append("export", bag=bag_id, outcome=outcome, detail=detail, agent=agent)
    except ArchiverError as error:
        return [Finding("export-not-recorded", error.message)]
    try:
        with (
            archive.writer_lock("export", clock()),
            Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
        ):
            catch_up(archive, catalogue)
    except BusyError:
        pass  # whoever holds it takes in what the log has beyond the catalogue
    return []
