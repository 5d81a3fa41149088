"""Signed notes (https://c2sp.org/signed-note): a text, a blank line, a line for each signature.

Two kinds of signatures: Ed25519 over the text, as the log itself makes them, and a witness's
cosignature with its time (https://c2sp.org/tlog-cosignature). Keys are written as ``vkey`` text,
``name+hash+key``. This module only knows the form; :mod:`archiver.events.signing` computes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

ED25519 = 1
COSIGNATURE = 4
_SIGNATURE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+=*)")
_KEY_BYTES = 32
_LENGTHS = {64: ED25519, 72: COSIGNATURE}
_MOST_SIGNATURES = 16


@dataclass(frozen=True, slots=True)
class Signature:
    """One line: who signed, by which key (four bytes of its hash), and what was computed."""

    name: str
    key_hash: bytes
    value: bytes

    @property
    def kind(self) -> int | None:
        """:data:`ED25519`, :data:`COSIGNATURE`, or ``None`` for kinds unknown here."""
        return _LENGTHS.get(len(self.value))

    def line(self) -> str:
        """Return the signature as it stands in a note."""
        return f"\u2014 {self.name} {base64.b64encode(self.key_hash + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, of which there may be none."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def form(self) -> str:
        """Return the note as it is written; without signatures the text alone."""
        if not self.signatures:
            return self.text
        return self.text + "\n" + "".join(one.line() for one in self.signatures)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a key: who, which kind, 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which signatures name the key."""
        described = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(described).digest()[:4]

    def text(self) -> str:
        """Return the key as ``name+hash+key``."""
        coded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{coded}"


def parse_note(data: str) -> Note:
    """Read a note, or a text without signatures. Raises ``ValueError``."""
    text, blank, rest = data.rpartition("\n\n")
    if not blank:
        return Note(data)
    if not rest:
        return Note(text + "\n")
    lines = rest.split("\n")
    if lines.pop() or len(lines) > _MOST_SIGNATURES:
        raise ValueError("is no signed note: its last line is cut off, or there are too many")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def parse_verifier_key(text: str) -> VerifierKey:
    """Read ``name+hash+key``. Raises ``ValueError``."""
    name, _, rest = text.strip().partition("+")
    stated, _, coded = rest.partition("+")
    raw = _decoded(coded)
    if not good_key_name(name) or len(raw) != 1 + _KEY_BYTES or raw[0] not in (1, 4):
        raise ValueError("is no key: name+hash+key is expected")
    key = VerifierKey(name, raw[0], raw[1:])
    if key.key_hash.hex() != stated:
        raise ValueError("is no key: its hash does not fit the rest, so it was mistyped")
    return key


def good_key_name(name: str) -> bool:
    """Tell whether a key can be called so: some visible text without blanks and plus signs."""
    return bool(name) and name.isprintable() and not re.search(r"[\s+]", name)


def _signature(line: str) -> Signature:
    match = _SIGNATURE.fullmatch(line)
    raw = _decoded(match[2]) if match else b""
    if match is None or len(raw) <= 4:
        raise ValueError("is no signed note: a line behind the blank one is no signature")
    return Signature(match[1], raw[:4], raw[4:])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
