"""The checksum that Exact Audio Copy 1.0 and later puts under its logs.

It is the last block of the text enciphered: Rijndael with blocks and key of 256 bits, chained
from zeros, over the text in UTF-16LE without line ends and byte order marks, filled up with
zeros. The key is the same in every copy of the program and has long been public, so that the
checksum tells an edited log from an unedited one and says nothing of who wrote it.

Source: Daemen and Rijmen, AES Proposal: Rijndael (1999), which allows blocks of 256 bits where
AES does not; the key as the free checkers of such logs have it.
"""

from __future__ import annotations

import struct
from functools import cache

_KEY = bytes.fromhex("9378716cf13e4265ae55338e940b376184da389e50647726b35f6f341ee3efd9")
_COLUMNS = 8  # of four bytes: one block, and the key
_ROUNDS = 14
_BLOCK = 4 * _COLUMNS
_LEFT_OUT = str.maketrans("", "", "\r\n\ufeff\ufffe")

LONGEST_TEXT = 500_000
"""Characters; a longer log is not checked (this many take about four seconds)."""


def eac_checksum(text: str) -> str:
    """Return the checksum of ``text``, 64 hexadecimal digits in lower case."""
    plain = text.translate(_LEFT_OUT).encode("utf-16-le", "surrogatepass")
    plain += bytes(-len(plain) % _BLOCK)
    state = (0,) * _COLUMNS
    for block in struct.iter_unpack(">8I", plain):
        state = _encipher(tuple(a ^ b for a, b in zip(state, block, strict=True)))
    return struct.pack(">8I", *state).hex()


def _encipher(block: tuple[int, ...]) -> tuple[int, ...]:
    """Encipher one block of eight columns; rows move by 0, 1, 3 and 4 columns."""
    box, (first, second, third, fourth) = _tables()
    keys = _round_keys()
    state = [column ^ key for column, key in zip(block, keys[0], strict=True)]
    for key in keys[1:-1]:
        state = [
            first[state[c] >> 24]
            ^ second[state[(c + 1) % 8] >> 16 & 255]
            ^ third[state[(c + 3) % 8] >> 8 & 255]
            ^ fourth[state[(c + 4) % 8] & 255]
            ^ key[c]
            for c in range(_COLUMNS)
        ]
    return tuple(
        (
            box[state[c] >> 24] << 24
            | box[state[(c + 1) % 8] >> 16 & 255] << 16
            | box[state[(c + 3) % 8] >> 8 & 255] << 8
            | box[state[(c + 4) % 8] & 255]
        )
        ^ keys[-1][c]
        for c in range(_COLUMNS)
    )


def _doubled(value: int) -> int:
    """Multiply by two in the field of 256 elements, modulo x^8 + x^4 + x^3 + x + 1."""
    return value << 1 ^ (0x11B if value & 0x80 else 0)


@cache
def _box() -> bytes:
    """Return the substitution of bytes: the inverse in the field, then an affine map."""
    box = bytearray(256)
    power, inverse = 1, 1  # powers of three, and of its inverse, meet as inverses of each other
    while True:
        spread = inverse
        for turn in range(1, 5):
            spread ^= (inverse << turn | inverse >> (8 - turn)) & 255
        box[power] = spread ^ 0x63
        power ^= _doubled(power)
        inverse ^= inverse << 1 & 255
        inverse ^= inverse << 2 & 255
        inverse ^= inverse << 4 & 255
        inverse ^= 0x09 if inverse & 0x80 else 0
        if power == 1:
            break
    box[0] = 0x63
    return bytes(box)


@cache
def _tables() -> tuple[bytes, tuple[tuple[int, ...], ...]]:
    """Return the substitution, and for each row what one byte adds to its mixed column."""
    box = _box()
    mixed = []
    for value in box:
        twice = _doubled(value)
        mixed.append(twice << 24 | value << 16 | value << 8 | twice ^ value)
    rows = tuple(
        tuple((word >> 8 * row | word << (32 - 8 * row)) & 0xFFFFFFFF for word in mixed)
        for row in range(4)
    )
    return box, rows


@cache
def _round_keys() -> tuple[tuple[int, ...], ...]:
    """Return one key of eight columns for before the first round and for each round."""
    box = _box()
    words = list(struct.unpack(">8I", _KEY))
    constant = 1
    while len(words) < _COLUMNS * (_ROUNDS + 1):
        word = words[-1]
        if len(words) % _COLUMNS == 0:
            word = (word << 8 | word >> 24) & 0xFFFFFFFF
        if len(words) % (_COLUMNS // 2) == 0:
            word = int.from_bytes(box[byte] for byte in word.to_bytes(4))
        if len(words) % _COLUMNS == 0:
            word ^= constant << 24
            constant = _doubled(constant)
        words.append(words[-_COLUMNS] ^ word)
    return tuple(tuple(words[n : n + _COLUMNS]) for n in range(0, len(words), _COLUMNS))
