"""Making and checking the signatures of notes, by the ``cryptography`` package (extra ``sign``)."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archiver.errors import UsageError
from archiver.events.checkpoint import Checkpoint
from archiver.events.notes import (
    COSIGNATURE,
    ED25519,
    Note,
    Signature,
    VerifierKey,
    good_key_name,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PREFIX = "PRIVATE+KEY+"
_SEED_BYTES = 32
_TIME_BYTES = 8


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key: who signs, and the 32 bytes that must not leave the machine."""

    name: str
    kind: int
    seed: bytes

    def public(self) -> VerifierKey:
        """Return the half that others need."""
        raw = _private(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, self.kind, raw)

    def text(self) -> str:
        """Return the key as the signed-note tools write it."""
        coded = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_PREFIX}{self.name}+{self.public().key_hash.hex()}+{coded}"


def new_key(name: str, *, witness: bool = False) -> SigningKey:
    """Make a key for a log, or for a ``witness`` of other people's logs.

    Raises :class:`UsageError` for a name no key can have, or without the extra.
    """
    if not good_key_name(name):
        raise UsageError(f"a key cannot be called {name!a}", "No blanks and no plus signs.")
    key = SigningKey(name, COSIGNATURE if witness else ED25519, os.urandom(_SEED_BYTES))
    key.public()
    return key


def parse_signing_key(text: str) -> SigningKey:
    """Read what :meth:`SigningKey.text` wrote. Raises ``ValueError``, :class:`UsageError`."""
    name, _, rest = text.strip().removeprefix(_PREFIX).partition("+")
    stated, _, coded = rest.partition("+")
    try:
        raw = base64.b64decode(coded, validate=True)
    except binascii.Error:
        raw = b""
    if not text.startswith(_PREFIX) or len(raw) != 1 + _SEED_BYTES or raw[0] not in (1, 4):
        raise ValueError("is no private key of a log or a witness")
    key = SigningKey(name, raw[0], raw[1:])
    if key.public().key_hash.hex() != stated:
        raise ValueError("is no private key: its hash does not fit the rest")
    return key


def sign(note: Note, key: SigningKey, unix_time: int) -> Note:
    """Return ``note`` with the key's signature added; ``unix_time`` counts for witnesses.

    Raises :class:`UsageError` without the extra.
    """
    message, head = _message(note.text, key.kind, unix_time)
    value = head + _private(key.seed).sign(message)
    made = Signature(key.name, key.public().key_hash, value)
    return Note(note.text, (*note.signatures, made))


@dataclass(frozen=True, slots=True)
class Stamp:
    """A checkpoint as it is handed out: what it stands for, and the note that says so."""

    point: Checkpoint
    note: Note


def signed(point: Checkpoint, key: SigningKey | None, now: datetime) -> Note:
    """Return a checkpoint as a note, signed where there is a ``key``; else the text alone.

    Raises :class:`UsageError` without the extra.
    """
    note = Note(point.body())
    return note if key is None else sign(note, key, int(now.timestamp()))


def holds(note: Note, signature: Signature, key: VerifierKey) -> bool:
    """Tell whether ``signature`` is the key's, over the note's text.

    Raises :class:`UsageError` without the extra.
    """
    from_key = (key.name, key.key_hash, key.kind)
    if (signature.name, signature.key_hash, signature.kind) != from_key:
        return False
    head = signature.value[:_TIME_BYTES] if key.kind == COSIGNATURE else b""
    message, _ = _message(note.text, key.kind, int.from_bytes(head))
    with _extra_needed():
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public)
        public.verify(signature.value[len(head) :], message)
    except InvalidSignature:
        return False
    return True


def time_of(signature: Signature) -> int | None:
    """Return when a witness says it signed (seconds since 1970), ``None`` for other kinds."""
    if signature.kind != COSIGNATURE:
        return None
    return int.from_bytes(signature.value[:_TIME_BYTES])


def _message(text: str, kind: int, unix_time: int) -> tuple[bytes, bytes]:
    """Return what is signed, and what stands before the signature."""
    if kind == ED25519:
        return text.encode(), b""
    signed = f"cosignature/v1\ntime {unix_time}\n{text}"
    return signed.encode(), unix_time.to_bytes(_TIME_BYTES)


def _private(seed: bytes) -> Ed25519PrivateKey:
    with _extra_needed():
        from cryptography.hazmat.primitives.asymmetric import ed25519
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed)


@contextmanager
def _extra_needed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise UsageError(
            "signatures need the package cryptography, which is not installed",
            "pip install 'audio-archiver[sign]'",
        ) from error
