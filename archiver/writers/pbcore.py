"""PBCore 2.1: the collection, and the technical facts of each recording in it.

https://pbcore.org/ The collection is the asset, the payload of the bag its instantiation, and
each recording a part of that. Files that are no recordings are in PREMIS and METS only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.writers.dublin_core import creators_of, dates_of, rights_of, titles_of
from archiver.writers.model import BagRecord, FileRecord, Overview
from archiver.writers.pbcore_sound import NAMESPACE, identified, instantiation
from archiver.writers.premis_objects import representation_id
from archiver.writers.xml import DECLARATION, element

_OPEN = (
    f'<pbcoreDescriptionDocument xmlns="{NAMESPACE}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} https://pbcore.org/xsd/pbcore-2.1.xsd">\n'
)


def pbcore_document(
    bag: BagRecord, overview: Overview, files: Iterable[FileRecord]
) -> Iterator[bytes]:
    """Yield the document; ``files`` is iterated over once."""
    yield DECLARATION
    yield _OPEN.encode()
    for line in _asset(bag, overview):
        yield f"{line}\n".encode()
    yield from _instantiation(bag, files)
    yield b"</pbcoreDescriptionDocument>\n"


def _asset(bag: BagRecord, overview: Overview) -> Iterator[str]:
    """Yield the description in the order of the schema, which wants one of the last at least."""
    yield element("pbcoreAssetType", "Collection")
    if date := dates_of(overview):
        yield element("pbcoreAssetDate", date)
    yield identified("pbcoreIdentifier", bag.identifier, "bag")
    for title in titles_of(bag, overview):
        yield element("pbcoreTitle", title)
    counted = f"{bag.files} files, {bag.bytes} bytes"
    for text in bag.values("External-Description") or [counted]:
        yield element("pbcoreDescription", text)
    for name in creators_of(bag, overview):
        yield f"<pbcoreCreator>{element('creator', name)}</pbcoreCreator>"
    for house in bag.values("Source-Organization"):
        yield f"<pbcoreContributor>{element('contributor', house)}</pbcoreContributor>"
    for name in overview.publishers:
        yield f"<pbcorePublisher>{element('publisher', name)}</pbcorePublisher>"
    for told in rights_of(bag):
        summary = element("rightsSummary", told)
        yield f"<pbcoreRightsSummary>{summary}</pbcoreRightsSummary>"


def _instantiation(bag: BagRecord, files: Iterable[FileRecord]) -> Iterator[bytes]:
    """Yield the payload with a part for each recording; nothing where there is none."""
    begun = False
    for file in files:
        if file.recording.format is None:
            continue
        if not begun:
            yield f"<pbcoreInstantiation>\n{_payload(bag)}".encode()
            begun = True
        yield f"<instantiationPart>{instantiation(bag, file)}</instantiationPart>\n".encode()
    if begun:
        yield b"</pbcoreInstantiation>\n"


def _payload(bag: BagRecord) -> str:
    made = element("instantiationDate", bag.made, ' dateType="ingested"') if bag.made else ""
    return (
        f"{identified('instantiationIdentifier', representation_id(bag), 'payload')}{made}"
        "<instantiationLocation>data/</instantiationLocation>"
        "<instantiationMediaType>Sound</instantiationMediaType>\n"
    )
