"""METS 1.12.1: the package as a whole, with PREMIS, PBCore and Dublin Core in it.

https://www.loc.gov/standards/mets/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.writers.dublin_core import dc_elements
from archiver.writers.model import BagRecord, FileRecord, Overview
from archiver.writers.pbcore_sound import instantiation_document
from archiver.writers.premis_objects import file_id
from archiver.writers.structure import logical_map, physical_map
from archiver.writers.vocabulary import METS_CHECKSUMS, media_type
from archiver.writers.xml import DECLARATION, attributes_of, element, relative_url

_NAMESPACES = (
    ' xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xsi:schemaLocation="http://www.loc.gov/METS/'
    ' https://www.loc.gov/standards/mets/version1121/mets.xsd"'
)
_PBCORE = 'MDTYPE="OTHER" OTHERMDTYPE="PBCORE" MDTYPEVERSION="2.1" MIMETYPE="text/xml"'
_PREMIS = 'MDTYPE="PREMIS" MDTYPEVERSION="3.0" MIMETYPE="text/xml"'


@dataclass(frozen=True, slots=True)
class PremisBeside:
    """A PREMIS document that lies beside the METS document; ``sha512`` is hex."""

    name: str
    size: int
    sha512: str


def mets_document(
    bag: BagRecord,
    overview: Overview,
    files: Iterable[FileRecord],
    premis: Iterable[bytes] | PremisBeside,
    up: str = "",
) -> Iterator[bytes]:
    """Yield the document piece by piece.

    ``files`` is iterated over four times. ``premis`` is the element of
    :func:`archiver.writers.premis.premis_element`, which is wrapped, or where it lies. ``up`` leads
    from the document's folder to the bag's: paths in it are relative URLs.
    """
    yield DECLARATION
    named = attributes_of(OBJID=bag.identifier, LABEL=bag.source_name)
    yield f"<mets{_NAMESPACES}{named}>\n{_header(bag)}".encode()
    yield b'<dmdSec ID="dmd-1"><mdWrap MDTYPE="DC" MIMETYPE="text/xml"><xmlData>\n'
    yield from dc_elements(bag, overview)
    yield b"</xmlData></mdWrap></dmdSec>\n"
    yield b'<amdSec ID="amd-1"><digiprovMD ID="premis-1">'
    yield from _premis(premis)
    yield b"</digiprovMD></amdSec>\n"
    yield from _technical_sections(bag, files)
    yield from _file_section(bag, files, up)
    yield from physical_map(bag.source_name, files)
    yield from logical_map(bag.source_name, files)
    yield b"</mets>\n"


def _header(bag: BagRecord) -> str:
    """Return the header; its date is the day of packaging, whose hour the bag does not record."""
    made = attributes_of(CREATEDATE=f"{bag.made}T00:00:00Z" if bag.made else None)
    agents = ""
    if bag.software:
        agents += (
            '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE">'
            f"{element('name', bag.software.name)}"
            f"{element('note', bag.software.version or 'version unknown')}</agent>"
        )
    for house in bag.values("Source-Organization"):
        agents += (
            '<agent ROLE="OTHER" OTHERROLE="SUBMITTER" TYPE="ORGANIZATION">'
            f"{element('name', house)}</agent>"
        )
    return f"<metsHdr{made}>{agents}</metsHdr>\n"


def _premis(premis: Iterable[bytes] | PremisBeside) -> Iterator[bytes]:
    if isinstance(premis, PremisBeside):
        href = relative_url(premis.name)
        yield (
            f'<mdRef LOCTYPE="URL" xlink:type="simple" xlink:href="{href}" {_PREMIS}'
            f' SIZE="{premis.size}" CHECKSUM="{premis.sha512}" CHECKSUMTYPE="SHA-512"/>'
        ).encode()
        return
    yield f"<mdWrap {_PREMIS}><xmlData>\n".encode()
    yield from premis
    yield b"</xmlData></mdWrap>"


def _technical_sections(bag: BagRecord, files: Iterable[FileRecord]) -> Iterator[bytes]:
    """Yield what is known of the sound of each recording.

    Each is an ``amdSec`` of its own: some readers follow ``ADMID`` to no other element.
    """
    for file in files:
        if file.recording.format is not None:
            yield (
                f'<amdSec ID="sound-{file.number}"><techMD ID="tech-{file.number}">'
                f"<mdWrap {_PBCORE}><xmlData>\n{instantiation_document(bag, file)}\n"
                "</xmlData></mdWrap></techMD></amdSec>\n"
            ).encode()


def _file_section(bag: BagRecord, files: Iterable[FileRecord], up: str) -> Iterator[bytes]:
    begun = False
    for file in files:
        if not begun:
            yield b'<fileSec><fileGrp USE="preservation">\n'
            begun = True
        yield _file(bag, file, up)
    if begun:
        yield b"</fileGrp></fileSec>\n"


def _file(bag: BagRecord, file: FileRecord, up: str) -> bytes:
    """Return the element of one file; its owner's identifier is that of its PREMIS object."""
    checksum = next((one for one in file.digests if one[0] in METS_CHECKSUMS), (None, None))
    said = attributes_of(
        MIMETYPE=media_type(file.recording.media_type, file.path),
        SIZE=file.size,
        CHECKSUM=checksum[1],
        CHECKSUMTYPE=checksum[0],
        OWNERID=file_id(bag, file.path),
        ADMID=f"sound-{file.number}" if file.recording.format is not None else None,
    )
    return (
        f'<file ID="file-{file.number}"{said}><FLocat LOCTYPE="URL" xlink:type="simple"'
        f' xlink:href="{up}{relative_url(file.path)}"/></file>\n'
    ).encode()
