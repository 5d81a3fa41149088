"""PREMIS 3.0: the bag, its files and the sound in them; events, agents and rights of the whole.

https://www.loc.gov/standards/premis/v3/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.writers.model import BagRecord, EventRecord, FileRecord, Overview
from archiver.writers.premis_events import agent_elements, agents_of, event_elements, own_events
from archiver.writers.premis_objects import FileObjects, bag_objects
from archiver.writers.premis_rights import rights_elements, rights_ids
from archiver.writers.xml import DECLARATION

_OPEN = (
    b'<premis xmlns="http://www.loc.gov/premis/v3"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    b' xsi:schemaLocation="http://www.loc.gov/premis/v3'
    b' https://www.loc.gov/standards/premis/premis.xsd" version="3.0">\n'
)


def premis_document(
    bag: BagRecord,
    overview: Overview,
    files: Iterable[FileRecord],
    events: Iterable[EventRecord] = (),
) -> Iterator[bytes]:
    """Yield the document piece by piece; nothing but one file is held at a time.

    ``events`` are the log's, in its order; what the bag tells of by itself goes before them.
    """
    yield DECLARATION
    yield from premis_element(bag, overview, files, events)


def premis_element(
    bag: BagRecord,
    overview: Overview,
    files: Iterable[FileRecord],
    events: Iterable[EventRecord] = (),
) -> Iterator[bytes]:
    """Yield the document's element, to stand alone or inside another document."""
    happened = [*own_events(bag, overview), *events]
    yield _OPEN
    yield from bag_objects(bag, rights_ids(bag))
    yield from map(FileObjects(bag).of, files)
    yield from event_elements(bag, happened)
    yield from agent_elements(agents_of(bag, happened))
    yield from rights_elements(bag)
    yield b"</premis>\n"
