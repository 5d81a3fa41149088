"""Cyclic redundancy checks at the speed of C, with nothing but Python's own arithmetic.

A run of bytes is a polynomial over GF(2), and Python's whole numbers shift and XOR such
polynomials fast. What is needed is only the remainder, and the generators at hand allow
dividing by shifting the whole number a few times instead of going byte by byte.
"""

from __future__ import annotations

import zlib

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

# FLAC's and LAME's CRC-16 is x^16+x^15+x^2+1 = (x+1)(x^15+x+1). The order of x modulo it is
# 32767, so that pieces of 32767 bits may simply be added up.
_PERIOD = 32767


def crc16(data: bytes | memoryview) -> int:
    """Return the CRC-16 of ``data``: polynomial 0x8005, start 0, most significant bit first.

    This is FLAC's frame CRC (RFC 9639 9.3). Since it starts at 0, the CRC of a message with its
    own CRC behind it is 0.
    """
    return _join(int.from_bytes(data) << 16)


def crc16_arc(data: bytes) -> int:
    """Return the CRC-16/ARC of ``data`` (0x8005, start 0, reflected): the one in LAME's tag."""
    forward = crc16(data.translate(_REVERSED))
    return int(f"{forward:016b}"[::-1], 2)


def _join(message: int) -> int:
    """Return the remainder of ``message`` modulo (x+1)(x^15+x+1), by the remainder theorem."""
    message = _fold(message)
    parity = message.bit_count() & 1
    rest = _modulo_trinomial(message)
    # rest + (x^15+x+1) has the same remainder modulo the trinomial and the other parity.
    return rest if rest.bit_count() & 1 == parity else rest ^ 0x8003


def _fold(message: int) -> int:
    """Add up the message in pieces of 32767 bits, halving it each time."""
    length = message.bit_length()
    width = _PERIOD
    while width * 2 < length:
        width *= 2
    while width >= _PERIOD:
        while message.bit_length() > width:
            message = (message & ((1 << width) - 1)) ^ (message >> width)
        width //= 2
        width -= width % _PERIOD
    return message


def _modulo_trinomial(message: int) -> int:
    """Return the remainder modulo x^15+x+1.

    Its 2^j-th power is x^(15*2^j) + x^(2^j) + 1, as sparse as itself and far longer: each step
    takes nearly all of the excess away at once.
    """
    for power in range(11, -1, -1):
        step = 1 << power
        width = 15 * step
        mask = (1 << width) - 1
        while message >> width:
            high = message >> width
            message = (message & mask) ^ high ^ (high << step)
    return message


_CRC8 = []
for _byte in range(256):
    _rest = _byte
    for _ in range(8):
        _rest = (_rest << 1 ^ (0x07 if _rest & 0x80 else 0)) & 0xFF
    _CRC8.append(_rest)


def crc8(data: bytes) -> int:
    """Return the CRC-8 of ``data``: polynomial 0x07, start 0 (FLAC's frame headers)."""
    rest = 0
    for byte in data:
        rest = _CRC8[rest ^ byte]
    return rest


def crc32_ogg(page: bytes) -> int:
    """Return the CRC-32 of RFC 3533 section 6: polynomial 0x04C11DB7, start 0, not reflected.

    zlib computes the same polynomial reflected, started and ended with all ones. Reflecting the
    bytes, starting it with the complement of ones and undoing the end gives ours.
    """
    reflected = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(reflected.to_bytes(4, "little").translate(_REVERSED))
