"""The cyclic redundancy checks that audio formats carry, out of fastcrc's catalogue.

All of them start at 0 and go on from an earlier result: ``crc16(b, crc16(a)) == crc16(a + b)``.
"""

from __future__ import annotations

from fastcrc import crc8 as _crc8
from fastcrc import crc16 as _crc16
from fastcrc import crc32 as _crc32

# FLAC's frame headers (RFC 9639 9.1.8): polynomial 0x07, most significant bit first.
crc8 = _crc8.smbus

# FLAC's frames (RFC 9639 9.3): polynomial 0x8005, most significant bit first. The CRC of a
# message with its own CRC behind it is 0.
crc16 = _crc16.umts

# The one in LAME's tag: polynomial 0x8005, reflected.
crc16_arc = _crc16.arc

ONES = 0xFFFFFFFF

# POSIX's ``cksum``: polynomial 0x04C11DB7, not reflected, complemented at both ends.
cksum = _crc32.cksum


def crc32_ogg(data: bytes | memoryview, before: int = 0) -> int:
    """Return the CRC-32 of RFC 3533 section 6: ``cksum`` without the complements."""
    return cksum(data, before ^ ONES) ^ ONES
