"""Simple Dublin Core: fifteen questions about the collection, answered by bag and recordings.

https://www.dublincore.org/specifications/dublin-core/dces/
"""

from __future__ import annotations

from collections.abc import Iterator

from archiver.writers.model import BagRecord, Overview
from archiver.writers.xml import DECLARATION, element

_OPEN = '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'


def dc_document(bag: BagRecord, overview: Overview) -> Iterator[bytes]:
    """Yield the document: an element ``metadata`` around the elements of Dublin Core."""
    yield DECLARATION
    yield _OPEN.encode()
    yield from dc_elements(bag, overview)
    yield b"</metadata>\n"


def dc_elements(bag: BagRecord, overview: Overview) -> Iterator[bytes]:
    """Yield the elements; they need the prefix ``dc`` bound to Dublin Core's namespace."""
    for name, value in _answers(bag, overview):
        yield f"{element(f'dc:{name}', value)}\n".encode()


def _answers(bag: BagRecord, overview: Overview) -> Iterator[tuple[str, str]]:
    yield from (("title", title) for title in titles_of(bag, overview))
    yield from (("creator", creator) for creator in creators_of(bag, overview))
    for text in bag.values("External-Description"):
        yield "description", text
    for publisher in overview.publishers:
        yield "publisher", publisher
    for house in bag.values("Source-Organization"):
        yield "contributor", house
    if date := dates_of(overview):
        yield "date", date
    yield "type", "Collection"
    if overview.recordings:
        yield "type", "Sound"
    for media_type in sorted(overview.media_types):
        yield "format", media_type
    yield "identifier", bag.identifier
    if bag.source_name != bag.identifier:
        yield "source", bag.source_name
    for group in bag.values("Bag-Group-Identifier"):
        yield "relation", group
    yield from (("rights", told) for told in rights_of(bag))


def titles_of(bag: BagRecord, overview: Overview) -> list[str]:
    """Return what the collection is called, each title once, at least one."""
    named = [*bag.values("Title"), *overview.titles]
    return list(dict.fromkeys(named or [bag.source_name]))


def creators_of(bag: BagRecord, overview: Overview) -> list[str]:
    """Return who made the collection, each once."""
    return list(dict.fromkeys([*bag.values("Creator"), *overview.creators]))


def dates_of(overview: Overview) -> str | None:
    """Return the year of the recordings, or the first and the last with a slash between."""
    if not overview.years:
        return None
    first, last = min(overview.years), max(overview.years)
    return first if first == last else f"{first}/{last}"


def rights_of(bag: BagRecord) -> list[str]:
    """Return a line for each statement of rights."""
    told = (
        (statement.house_basis, statement.note, statement.statement_uri)
        for statement in bag.rights.statements
    )
    return [": ".join(part for part in parts if part) for parts in told]
