"""Lists of digests: md5sum, sha*sum, b3sum, BSD, sfv, ffp, st5, and mixtures of them.

    d41d8cd98f00b204e9800998ecf8427e  name        coreutils, text
    d41d8cd98f00b204e9800998ecf8427e *name        coreutils, binary; most Windows programs
    \\d41d8cd98f00b204e9800998ecf8427e  a\\nb     coreutils and b3sum: the name is escaped
    MD5 (name) = d41d8cd98f00b204e9800998ecf8427e BSD, ``--tag``, openssl
    d41d8cd98f00b204e9800998ecf8427e  [shntool]  name
    name:d41d8cd98f00b204e9800998ecf8427e         ffp, metaflac --show-md5sum
    d41d8cd98f00b204e9800998ecf8427e ?MD5*name    fsum
    name d41d8cd98f00b204e9800998ecf8427e         some old programs, with ``=`` between, too
    name 1A2B3C4D                                 sfv; some write the CRC first

``;`` begins a comment, ``#`` too where the line is nothing else. A line with a digest alone, in
a list called ``song.flac.md5``, is about ``song.flac``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archiver.sidecars.model import Assertion, Parsed
from archiver.sidecars.recognise import Kind, suffix_of
from archiver.sidecars.text import numbered_lines

_HEX = "[0-9A-Fa-f]"
_SHNTOOL = re.compile(rf"({_HEX}{{32}})\s+\[shntool\]\s+(.+)")
_TAGGED = re.compile(rf"\\?([A-Za-z][A-Za-z0-9-]*) ?\((.+)\) ?= ?({_HEX}{{8,128}})\s*")
_DIGEST_FIRST = re.compile(rf"(\\?)({_HEX}{{32,128}})(?: \?[A-Z0-9]+ ?\*| [ *]|[ \t]+\*?)(.+)")
_DIGEST_ALONE = re.compile(rf"({_HEX}{{32,128}})\s*")
_FINGERPRINT = re.compile(rf"(.+):\s*({_HEX}{{32}})\s*")
_NAME_FIRST = re.compile(rf"(.*[^\s=])(?:\s*=\s*|\s+)({_HEX}{{32,128}})\s*")
_CRC_FIRST = re.compile(rf"({_HEX}{{8}})\s+\*?(.+)")
_SFV = re.compile(rf"(.*\S)\s+({_HEX}{{8}})\s*")
_ESCAPE = re.compile(r"\\([\\nr])")
_ESCAPED = {"\\": "\\", "n": "\n", "r": "\r"}

_BY_TAG = {
    "md5": "md5", "sha1": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384",
    "sha512": "sha512", "sha2-224": "sha224", "sha2-256": "sha256", "sha2-384": "sha384",
    "sha2-512": "sha512", "sha-1": "sha1", "sha-256": "sha256", "sha-512": "sha512",
    "blake3": "blake3", "blake2b": "blake2b", "blake2b512": "blake2b", "crc32": "crc32",
}  # fmt: skip
_BY_LENGTH = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_LENGTHS = {name: length for length, name in _BY_LENGTH.items()} | {
    "blake3": 64, "blake2b": 128, "crc32": 8,
}  # fmt: skip
_OF_KIND = {Kind.FFP: "ffp", Kind.ST5: "st5"}
_BLAKE = re.compile(r"(b|blake)([23])(sums?)?")

Statement = tuple[str, str, str]  # name, algorithm, expected


def parse_digests(sidecar: str, data: bytes, kind: Kind) -> Parsed:
    """Return what the list in ``data`` asserts. Never raises.

    In a text file that is a list only by half (``.txt``), lines of prose are passed over in
    silence; in any other list they are counted.
    """
    assertions: list[Assertion] = []
    strange: list[int] = []
    for number, line in numbered_lines(data):
        found = _statement(line, kind, sidecar)
        if found is not None:
            assertions.append(Assertion(sidecar, number, *found))
        elif not line.lstrip().startswith((";", "#", "//")):
            strange.append(number)
    if not strange or suffix_of(sidecar) == "txt":
        return Parsed(assertions)
    return Parsed(assertions, len(strange), strange[0])


def _statement(line: str, kind: Kind, sidecar: str) -> Statement | None:
    if line.startswith(";"):
        return None
    for found in _readings(line, kind, sidecar):
        return found
    return None


def _readings(line: str, kind: Kind, sidecar: str) -> Iterator[Statement]:
    """Yield what the line can be read as, the form that fits most tightly first."""
    if match := _SHNTOOL.fullmatch(line):
        yield match[2], "st5", match[1].lower()
    if match := _TAGGED.fullmatch(line):
        algorithm = _BY_TAG.get(match[1].lower())
        if algorithm is not None and _LENGTHS[algorithm] == len(match[3]):
            name = _unescaped(match[2]) if line.startswith("\\") else match[2]
            yield name, algorithm, match[3].lower()
    if kind is not Kind.FFP and (match := _DIGEST_FIRST.fullmatch(line)):
        algorithm = _OF_KIND.get(kind) or _by_length(len(match[2]), sidecar)
        if algorithm is not None:
            name = _unescaped(match[3]) if match[1] else match[3]
            yield name, algorithm, match[2].lower()
    if match := _FINGERPRINT.fullmatch(line):
        yield match[1], "ffp", match[2].lower()
    if kind is Kind.SFV and (match := _SFV.fullmatch(line)):
        yield match[1], "crc32", match[2].lower()
    if kind is Kind.SFV and (match := _CRC_FIRST.fullmatch(line)):
        yield match[2], "crc32", match[1].lower()
    if match := _DIGEST_ALONE.fullmatch(line):
        algorithm = _OF_KIND.get(kind) or _by_length(len(match[1]), sidecar)
        own_name = sidecar.rpartition("/")[2].rpartition(".")[0]
        if algorithm is not None and suffix_of(own_name):
            yield own_name, algorithm, match[1].lower()
    if kind is Kind.DIGESTS and (match := _NAME_FIRST.fullmatch(line)):
        algorithm = _by_length(len(match[2]), sidecar)
        if algorithm is not None and suffix_of(match[1].strip('" ')):
            yield match[1], algorithm, match[2].lower()


def _by_length(length: int, sidecar: str) -> str | None:
    """Return the algorithm of a digest of so many hex digits in a list called so."""
    for word in re.split(r"[^a-z0-9]+", sidecar.rpartition("/")[2].lower()):
        if (match := _BLAKE.fullmatch(word)) and length == {"2": 128, "3": 64}[match[2]]:
            return {"2": "blake2b", "3": "blake3"}[match[2]]
    return _BY_LENGTH.get(length)


def _unescaped(name: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED[match[1]], name)
