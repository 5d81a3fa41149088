"""PREMIS 3 events of the bag as a whole, and the agents in them, each agent once.

An event is never repeated for each file: what happened to all of them happened once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from archiver.writers.model import AgentRecord, BagRecord, EventRecord, Overview
from archiver.writers.premis_objects import entity_id, identifier
from archiver.writers.vocabulary import event_type, term
from archiver.writers.xml import element, escaped

_KINDS = {
    "software": ("software", "sof"),
    "person": ("person", "per"),
    "organization": ("organization", "org"),
}
_DAMAGED = "damaged"


def own_events(bag: BagRecord, overview: Overview) -> Iterator[EventRecord]:
    """Yield what the bag's own records say was done when it was made; nothing without its day."""
    if bag.made is None:
        return
    us = (bag.software,) if bag.software else ()
    algorithms = ", ".join((*bag.manifests, "BLAKE3"))
    yield EventRecord(
        f"{bag.identifier}#digests",
        "digests",
        bag.made,
        None,
        detail=f"{algorithms} of each of {bag.files} payload files ({bag.bytes} bytes)",
        programs=us,
    )
    if not overview.recordings:
        return
    readers = (*us, *sorted(overview.readers, key=lambda agent: agent.identifier))
    count = f"{overview.recordings} recordings"
    yield EventRecord(
        f"{bag.identifier}#formats", "formats", bag.made, None, detail=count, programs=us
    )
    yield EventRecord(
        f"{bag.identifier}#embedded", "embedded", bag.made, None, detail=count, programs=readers
    )
    yield EventRecord(
        f"{bag.identifier}#self-checks",
        "self-checks",
        bag.made,
        None,
        failed=_DAMAGED in overview.verdicts,
        detail=f"{count} held against the checksums they carry themselves",
        note=", ".join(f"{verdict}: {n}" for verdict, n in sorted(overview.verdicts.items())),
        programs=us,
    )


def event_elements(bag: BagRecord, events: Iterable[EventRecord]) -> Iterator[bytes]:
    """Yield one element ``event`` each."""
    about = identifier("linkingObjectIdentifier", entity_id(bag))
    for event in events:
        detail = ""
        if event.detail:
            detail = (
                "<eventDetailInformation>"
                f"{element('eventDetail', event.detail)}</eventDetailInformation>"
            )
        agents = "".join(
            chain(
                (_agent_in(agent, ("executing program", "exe")) for agent in event.programs),
                (_agent_in(agent, ("implementer", "imp")) for agent in event.people),
            )
        )
        yield (
            f"<event>{identifier('eventIdentifier', event.identifier)}{event_type(event.kind)}"
            f"<eventDateTime>{escaped(event.time)}</eventDateTime>{detail}{_outcome(event)}"
            f"{agents}{about}</event>\n"
        ).encode()


def agents_of(bag: BagRecord, events: Sequence[EventRecord]) -> list[AgentRecord]:
    """Return everybody who has a part in the bag, once, in the order of their first part."""
    houses = (AgentRecord("organization", name) for name in bag.values("Source-Organization"))
    acting = (agent for event in events for agent in (*event.programs, *event.people))
    return list(dict.fromkeys(chain(houses, acting)))


def agent_elements(agents: Iterable[AgentRecord]) -> Iterator[bytes]:
    """Yield one element ``agent`` each."""
    for agent in agents:
        version = element("agentVersion", agent.version) if agent.version else ""
        yield (
            f"<agent>{identifier('agentIdentifier', agent.identifier)}"
            f"{element('agentName', agent.name)}"
            f"{term('agentType', _KINDS[agent.kind][0], 'agentType', _KINDS[agent.kind][1])}"
            f"{version}</agent>\n"
        ).encode()


def _outcome(event: EventRecord) -> str:
    word = ("fail", "fai") if event.failed else ("success", "suc")
    told = (event.outcome if event.outcome != word[0] else None, event.note)
    said = "; ".join(part for part in told if part)
    note = ""
    if said:
        note = f"<eventOutcomeDetail>{element('eventOutcomeDetailNote', said)}</eventOutcomeDetail>"
    return (
        f"<eventOutcomeInformation>{term('eventOutcome', word[0], 'eventOutcome', word[1])}{note}"
        "</eventOutcomeInformation>"
    )


def _agent_in(agent: AgentRecord, role: tuple[str, str]) -> str:
    link = identifier("linkingAgentIdentifier", agent.identifier)
    end = "</linkingAgentIdentifier>"
    played = term("linkingAgentRole", role[0], "eventRelatedAgentRole", role[1])
    return f"{link.removesuffix(end)}{played}{end}"
