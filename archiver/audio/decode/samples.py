"""Decoded frames -> bytes in the order of RFC 9639 8.2, whatever FFmpeg made of them.

All channels interleaved, signed, little-endian, in as few whole bytes as the depth needs. FFmpeg
hands out 8, 16 or 32 bits a sample and puts smaller depths into the high bits: 24 bits come as 32
shifted left by 8; 8 bits come unsigned, or as 16 shifted by 8. Some decoders give each channel a
plane of its own.
"""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av import AudioFrame

# FFmpeg's whole-number sample formats: array code, bits.
_FORMATS = {"u8": ("B", 8), "s16": ("h", 16), "s32": ("i", 32)}
_FLIP_SIGN = bytes(byte ^ 0x80 for byte in range(256))


def can_order(sample_format: str, bits: int) -> bool:
    """Whether samples in FFmpeg's ``sample_format`` hold whole numbers of ``bits`` bits."""
    known = _FORMATS.get(sample_format.removesuffix("p"))
    return known is not None and 4 <= bits <= known[1]


def ordered(frame: AudioFrame, bits: int) -> bytes:
    """Return the samples of a frame for which :func:`can_order` holds."""
    name = frame.format.name
    code, width = _FORMATS[name.removesuffix("p")]
    channels = len(frame.layout.channels)
    if frame.format.is_planar and channels > 1:
        data = _interleaved(frame, code, channels)
    else:
        size = frame.samples * channels * width // 8
        data = bytes(memoryview(frame.planes[0])[:size])
    if code == "B":
        data = data.translate(_FLIP_SIGN)
    if sys.byteorder == "big" and width > 8:
        swapped = array(code, data)
        swapped.byteswap()
        data = swapped.tobytes()
    return _narrowed(data, code, width, bits)


def _interleaved(frame: AudioFrame, code: str, channels: int) -> bytes:
    out = array(code, bytes(frame.samples * channels * array(code).itemsize))
    for channel, plane in enumerate(frame.planes):
        samples = memoryview(plane).cast("B")[: frame.samples * out.itemsize]
        out[channel::channels] = array(code, samples.tobytes())
    return out.tobytes()


def _narrowed(data: bytes, code: str, width: int, bits: int) -> bytes:
    """Take away what FFmpeg put below each little-endian sample."""
    have, want, shift = width // 8, (bits + 7) // 8, width - bits
    if shift == 0:
        return data
    if shift % 8:  # 12 or 20 bits, say: rare, and slow
        lowered = array(code, [sample >> shift for sample in _native(code, data)])
        data, skip = _native(code, lowered.tobytes()).tobytes(), 0
    else:
        skip = have - want
    if have == want:
        return data
    out = bytearray(len(data) // have * want)
    for place in range(want):
        out[place::want] = data[place + skip :: have]
    return bytes(out)


def _native(code: str, data: bytes) -> array[int]:
    """Return little-endian bytes as numbers, or numbers' bytes as little-endian ones."""
    numbers = array(code, data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
