"""PREMIS 3 objects: the bag, its payload, each file, and the sound inside a recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from archiver.writers.model import BagRecord, Essence, FileRecord, Pcm, Recording
from archiver.writers.vocabulary import term
from archiver.writers.xml import element, escaped

_FACTS = (
    ("duration_s", "duration in seconds"),
    ("frames", "sample frames"),
    ("sample_rate", "sample rate in Hz"),
    ("channels", "channels"),
    ("bit_depth", "bit depth"),
    ("bit_rate", "bit rate in bit/s"),
    ("codec", "codec"),
)
_INCLUDED = ("is included in", "isi")
_PART = ("is part of", "isp")


def entity_id(bag: BagRecord) -> str:
    """Return the identifier of the collection as such, which copies and versions share."""
    return bag.identifier


def representation_id(bag: BagRecord) -> str:
    """Return the identifier of the payload as it lies in the bag."""
    return f"{bag.identifier}/data"


def file_id(bag: BagRecord, path: str) -> str:
    """Return the identifier of a payload file: the bag's, a slash, the path in the bag."""
    return f"{bag.identifier}/{path}"


def identifier(element_name: str, value: str) -> str:
    """Return an identifier in two elements, such as ``linkingObjectIdentifier``."""
    return (
        f"<{element_name}><{element_name}Type>local</{element_name}Type>"
        f"<{element_name}Value>{escaped(value)}</{element_name}Value></{element_name}>"
    )


def bag_objects(bag: BagRecord, rights: Iterable[str]) -> Iterator[bytes]:
    """Yield the intellectual entity, which the ``rights`` (identifiers) are about, and its form."""
    links = "".join(identifier("linkingRightsStatementIdentifier", one) for one in rights)
    yield (
        '<object xsi:type="intellectualEntity">'
        f"{identifier('objectIdentifier', entity_id(bag))}"
        f"{_property('payload files', bag.files)}{_property('payload bytes', bag.bytes)}"
        f"{element('originalName', bag.source_name)}{links}</object>\n"
    ).encode()
    yield (
        '<object xsi:type="representation">'
        f"{identifier('objectIdentifier', representation_id(bag))}"
        f"{element('originalName', bag.source_name)}"
        f"{_relationship(('represents', 'rep'), entity_id(bag))}"
        f"{''.join(map(_derivation, bag.values('Supersedes')))}</object>\n"
    ).encode()


class FileObjects:
    """Makes the objects of one bag's files."""

    def __init__(self, bag: BagRecord) -> None:
        self._bag = bag
        self._included = _relationship(_INCLUDED, representation_id(bag))

    def of(self, file: FileRecord) -> bytes:
        """Return the object of a file, and those of the sound in it."""
        name, found = file_id(self._bag, file.path), file.recording
        digests = "".join(_fixity(*digest) for digest in file.digests)
        properties = _properties(found.facts) if found.format else ""
        text = (
            f'<object xsi:type="file" xmlID="object-{file.number}">'
            f"{identifier('objectIdentifier', name)}{properties}"
            "<objectCharacteristics><compositionLevel>0</compositionLevel>"
            f"{digests}{_fixity('BLAKE3', file.blake3)}<size>{file.size}</size>"
            f"{_format(file.format_name, found)}</objectCharacteristics>"
            f"<originalName>{escaped(file.path.removeprefix('data/'))}</originalName>"
            "<storage><contentLocation><contentLocationType>path in the bag</contentLocationType>"
            f"<contentLocationValue>{escaped(file.path)}</contentLocationValue></contentLocation>"
            f"</storage>{self._included}</object>\n"
        )
        if file.essence is not None:
            text += _bitstreams(name, file.format_name, found, file.essence)
        return text.encode()


def _bitstreams(name: str, format_name: str | None, found: Recording, essence: Essence) -> str:
    """Return the coded packets, and the samples where their digest is known."""
    stream = essence.stream
    text = _bitstream(
        f"{name}#stream",
        name,
        "",
        f"{_fixity('BLAKE3', stream.blake3)}<size>{stream.size}</size>",
        f"<format><formatDesignation>"
        f"{element('formatName', found.facts.get('codec') or format_name or 'unknown')}"
        "</formatDesignation><formatNote>the coded sound, without container, headers and tags"
        "</formatNote></format>",
    )
    if essence.pcm is not None:
        text += _bitstream(
            f"{name}#pcm",
            name,
            _sample_properties(essence.pcm),
            _sample_fixity(essence.pcm),
            "<format><formatDesignation><formatName>PCM</formatName></formatDesignation>"
            "<formatNote>the samples: channels interleaved, signed, little-endian, at native depth"
            "</formatNote></format>",
        )
    return text


def _bitstream(name: str, file: str, properties: str, measures: str, form: str) -> str:
    return (
        f'<object xsi:type="bitstream">{identifier("objectIdentifier", name)}{properties}'
        f"<objectCharacteristics>{measures}{form}</objectCharacteristics>"
        f"{_relationship(_PART, file)}</object>\n"
    )


def _sample_fixity(pcm: Pcm) -> str:
    originator = "the file itself" if pcm.stated else None
    text = _fixity("MD5", pcm.md5, originator)
    return text + (_fixity("BLAKE3", pcm.blake3) if pcm.blake3 else "")


def _sample_properties(pcm: Pcm) -> str:
    facts = {
        "frames": pcm.frames,
        "sample_rate": pcm.sample_rate,
        "channels": pcm.channels,
        "bit_depth": pcm.bits,
    }
    return _properties(facts)


def _fixity(algorithm: str, digest: str, originator: str | None = None) -> str:
    said = element("messageDigestOriginator", originator) if originator else ""
    return (
        f"<fixity><messageDigestAlgorithm>{algorithm}</messageDigestAlgorithm>"
        f"<messageDigest>{escaped(digest)}</messageDigest>{said}</fixity>"
    )


def _format(name: str | None, found: Recording) -> str:
    version = element("formatVersion", found.version) if name and found.version else ""
    registry = ""
    if found.pronom:
        registry = (
            "<formatRegistry><formatRegistryName>PRONOM</formatRegistryName>"
            f"{element('formatRegistryKey', found.pronom)}</formatRegistry>"
        )
    designation = f"{element('formatName', name or 'unknown')}{version}"
    return f"<format><formatDesignation>{designation}</formatDesignation>{registry}</format>"


def _properties(facts: dict[str, Any]) -> str:
    return "".join(
        _property(label, facts[key]) for key, label in _FACTS if facts.get(key) is not None
    )


def _property(label: str, value: object) -> str:
    return (
        f"<significantProperties><significantPropertiesType>{label}</significantPropertiesType>"
        f"{element('significantPropertiesValue', value)}</significantProperties>"
    )


def _derivation(older: str) -> str:
    """Return the relationship of a version to the bag it supersedes, in words of our own."""
    return (
        "<relationship><relationshipType>derivation</relationshipType>"
        "<relationshipSubType>is a later version of</relationshipSubType>"
        f"{identifier('relatedObjectIdentifier', f'{older}/data')}</relationship>"
    )


def _relationship(kind: tuple[str, str], other: str) -> str:
    return (
        f"<relationship>{term('relationshipType', 'structural', 'relationshipType', 'str')}"
        f"{term('relationshipSubType', kind[0], 'relationshipSubType', kind[1])}"
        f"{identifier('relatedObjectIdentifier', other)}</relationship>"
    )
