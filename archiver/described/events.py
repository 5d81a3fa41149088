"""The log's events as PREMIS wants to hear of them."""

from __future__ import annotations

from archiver.canonical import canonical
from archiver.events import Event
from archiver.state import State
from archiver.writers.model import AgentRecord, EventRecord

_FAILED = {state.value for state in State if state is not State.SOUND} | {
    "failure",
    "failed",
    "partial",
    "refused",
}


def event_record(event: Event) -> EventRecord:
    """Return what the log says happened.

    A state other than "sound" is a failure, and so is what was refused or ended half done.
    """
    state = event.detail.get("state", State.SOUND.value)
    user = event.agent.user
    return EventRecord(
        f"{event.bag}#event-{event.seq}",
        event.type,
        event.time,
        event.outcome,
        failed=state != State.SOUND.value or event.outcome in _FAILED,
        detail=canonical(event.detail).decode(),
        programs=(AgentRecord("software", event.agent.name, event.agent.version),),
        people=(AgentRecord("person", user),) if user else (),
    )
