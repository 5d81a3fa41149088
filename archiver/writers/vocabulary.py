"""The words of the field: the Library of Congress's preservation vocabularies, media types.

``http://id.loc.gov/vocabulary/preservation/`` has a list for each kind of word.
"""

from __future__ import annotations

from collections.abc import Mapping

from archiver.writers.xml import escaped

_BASE = "http://id.loc.gov/vocabulary/preservation"

EVENT_TYPES: Mapping[str, tuple[str, str]] = {
    "package": ("accession", "acc"),
    "seal": ("information package creation", "ipc"),
    "verify": ("fixity check", "fix"),
    "recover": ("recovery", "rec"),
    "replicate": ("replication", "rep"),
    "repair": ("recovery", "rec"),
    "quarantine": ("quarantine", "qua"),
    "export": ("exporting", "exp"),
    "delete": ("deletion", "del"),
    "deaccession": ("deaccession", "dea"),
    "digests": ("message digest calculation", "mes"),
    "formats": ("format identification", "for"),
    "embedded": ("metadata extraction", "mee"),
    "self-checks": ("validation", "val"),
}
"""Events of the log, and those a bag tells of by itself, as (label, code) of ``eventType``.

An event that is not here keeps the log's own word, without a URI.
"""

RIGHTS_BASES: Mapping[str, str] = {
    "copyright": "cop",
    "license": "lic",
    "statute": "sta",
    "other": "oth",
}

MANIFESTS: Mapping[str, tuple[str, str | None]] = {
    "sha512": ("SHA-512", "SHA-512"),
    "sha384": ("SHA-384", "SHA-384"),
    "sha256": ("SHA-256", "SHA-256"),
    "sha224": ("SHA-224", None),
    "sha3512": ("SHA3-512", None),
    "sha3384": ("SHA3-384", None),
    "sha3256": ("SHA3-256", None),
    "sha3224": ("SHA3-224", None),
    "sha1": ("SHA-1", "SHA-1"),
    "md5": ("MD5", "MD5"),
}
"""Algorithms of payload manifests, strongest first: PREMIS's name, and METS's where it has one."""

METS_CHECKSUMS = frozenset(mets for _, mets in MANIFESTS.values() if mets)

_BY_EXTENSION: Mapping[str, str] = {
    "accurip": "text/plain",
    "bmp": "image/bmp",
    "csv": "text/csv",
    "cue": "application/x-cue",
    "doc": "application/msword",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "m3u": "audio/x-mpegurl",
    "m3u8": "application/vnd.apple.mpegurl",
    "md": "text/markdown",
    "md5": "text/plain",
    "mid": "audio/midi",
    "midi": "audio/midi",
    "nfo": "text/plain",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "application/rtf",
    "sfv": "text/plain",
    "sha256": "text/plain",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "webp": "image/webp",
    "xml": "application/xml",
    "zip": "application/zip",
}
UNKNOWN_TYPE = "application/octet-stream"


def media_type(identified: str | None, path: str) -> str:
    """Return the media type by the bytes where they were identified, else by the name."""
    return identified or _BY_EXTENSION.get(path.rpartition(".")[2].lower(), UNKNOWN_TYPE)


def term(name: str, label: str, vocabulary: str, code: str) -> str:
    """Return the element ``name`` holding a term of a vocabulary, with its URI."""
    return (
        f'<{name} authority="{vocabulary}" authorityURI="{_BASE}/{vocabulary}"'
        f' valueURI="{_BASE}/{vocabulary}/{code}">{escaped(label)}</{name}>'
    )


def event_type(kind: str) -> str:
    """Return the element ``eventType``."""
    if kind not in EVENT_TYPES:
        return f"<eventType>{escaped(kind)}</eventType>"
    label, code = EVENT_TYPES[kind]
    return term("eventType", label, "eventType", code)
