"""Checkpoints and signed notes: what is written is read, what is not one is refused."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.events.checkpoint import Checkpoint, parse_checkpoint
from archiver.events.notes import Note, parse_note, parse_verifier_key
from archiver.events.signing import (
    SigningKey,
    holds,
    new_key,
    parse_signing_key,
    sign,
    time_of,
)

_BODY = "origin.example/log\n3\n" + base64.b64encode(bytes(32)).decode() + "\n"


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(size: int, root: bytes) -> None:
    point = Checkpoint("audio-archiver/x", size, root)
    assert parse_checkpoint(point.body()) == point
    assert parse_checkpoint(point.body() + "a further line\n") == point


@pytest.mark.parametrize(
    "body",
    [
        "", "a\n1\n", _BODY[:-1], "\n" + _BODY, _BODY.replace("3", "03"), _BODY.replace("3", "-3"),
        _BODY.replace("A=", "B="), _BODY.replace("AAAA", "AA"), _BODY.replace("3", "\u0663"),
        _BODY.replace("origin", "ori\x1b[2Jgin"),
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="is no checkpoint"):
        parse_checkpoint(body)


@given(st.text(max_size=200))
def test_no_text_brings_the_readers_down(text: str) -> None:
    for read in (parse_note, parse_checkpoint, parse_verifier_key, parse_signing_key):
        try:
            read(text)
        except ValueError:
            continue


@pytest.mark.parametrize("witness", [False, True])
def test_a_signature_is_that_of_the_specification(witness: bool) -> None:
    key = new_key("radio.example", witness=witness)
    note = parse_note(sign(Note(_BODY), key, 1_700_000_000).form())
    (signature,) = note.signatures
    public = key.public().public
    kind = b"\x04" if witness else b"\x01"
    assert signature.key_hash == hashlib.sha256(b"radio.example\n" + kind + public).digest()[:4]
    message = _BODY.encode()
    if witness:
        message = b"cosignature/v1\ntime 1700000000\n" + message
        assert signature.value[:8] == (1_700_000_000).to_bytes(8, "big")
    Ed25519PublicKey.from_public_bytes(public).verify(signature.value[-64:], message)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(signature.value[-64:], message + b" ")
    assert time_of(signature) == (1_700_000_000 if witness else None)


def test_signatures_are_added_and_each_holds_for_its_own_key() -> None:
    log, witness, stranger = new_key("log"), new_key("w", witness=True), new_key("log")
    note = parse_note(sign(sign(Note(_BODY), log, 0), witness, 5).form())
    first, second = note.signatures
    assert holds(note, first, log.public())
    assert holds(note, second, witness.public())
    assert not holds(note, first, stranger.public())
    assert not holds(note, first, witness.public())


def test_keys_survive_being_written_and_a_typing_mistake_is_noticed() -> None:
    key = new_key("radio.example")
    assert parse_signing_key(key.text() + "\n") == key
    assert parse_verifier_key(key.public().text()) == key.public()
    wrong = key.public().text().replace("radio", "radia")
    with pytest.raises(ValueError, match="mistyped"):
        parse_verifier_key(wrong)
    with pytest.raises(ValueError, match="hash does not fit"):
        parse_signing_key(SigningKey("a", 1, bytes(32)).text().replace("+a+", "+b+"))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\x00"])
def test_a_key_has_a_name_that_notes_can_hold(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be called"):
        new_key(name)
