"""What files say of their sound, and what their samples say, where no decoder is needed.

Own small readers on purpose: this room checks what others wrote, the audio room included.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

_STREAMINFO = 34  # bytes, RFC 9639 8.2
_MAX_CHUNKS = 4096
_PCM, _EXTENSIBLE = 0x0001, 0xFFFE
_PCM_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_IN_DS64 = 0xFFFFFFFF
NEEDS_DECODER = "needs the decoder"


class NoSoundError(Exception):
    """The sound cannot be compared; the message says why."""


@dataclass(frozen=True, slots=True)
class Streaminfo:
    """What a FLAC header says: MD5 of the samples (hex, ``None`` if left out), bits a sample."""

    md5: str | None
    bits: int


@dataclass(frozen=True, slots=True)
class Samples:
    """Where in a WAVE file the raw samples are, in bytes; sample rate, channels and bits."""

    offset: int
    size: int
    shape: tuple[int, int, int]

    @property
    def bits(self) -> int:
        """Bits of a sample; 0 when they are no whole numbers."""
        return self.shape[2]


def read_streaminfo(fd: int) -> Streaminfo:
    """Return the STREAMINFO of a FLAC file (RFC 9639 8.2), also behind an ID3v2 tag.

    Reads 10 and 42 bytes. Raises :class:`NoSoundError`, ``OSError``.
    """
    start = _behind_id3(os.pread(fd, 10, 0))
    head = os.pread(fd, 8 + _STREAMINFO, start)
    if head[:4] != b"fLaC" or len(head) < 8 + _STREAMINFO:
        raise NoSoundError("not a FLAC file")
    size = int.from_bytes(head[5:8], "big")
    if head[4] & 0x7F != 0 or size != _STREAMINFO:
        raise NoSoundError("the FLAC file does not begin with its STREAMINFO")
    rate_channels_bits = int.from_bytes(head[18:26], "big")
    md5 = head[26:42]
    bits = (rate_channels_bits >> 36 & 0x1F) + 1
    return Streaminfo(md5.hex() if any(md5) else None, bits)


def _behind_id3(head: bytes) -> int:
    """Return where an ID3v2 tag ends, by its synchsafe size; 0 without one."""
    if len(head) < 10 or head[:3] != b"ID3" or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def find_samples(fd: int, file_size: int) -> Samples:
    """Return where the integer samples of a RIFF, RF64 or BW64 WAVE file are.

    Raises :class:`NoSoundError` for everything else, and for a data chunk that is cut short;
    ``OSError``.
    """
    head = os.pread(fd, 12, 0)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:12] != b"WAVE":
        raise NoSoundError(NEEDS_DECODER)
    at, shape, long_size = 12, (0, 0, 0), 0
    for _ in range(_MAX_CHUNKS):
        chunk = os.pread(fd, 8 + 40, at)
        if len(chunk) < 8:
            break
        name, (size,), body = chunk[:4], struct.unpack("<I", chunk[4:8]), chunk[8:]
        if name == b"ds64" and len(body) >= 16:
            (long_size,) = struct.unpack("<Q", body[8:16])
        elif name == b"fmt ":
            shape = _shape(body[:size])
        elif name == b"data":
            size = long_size if size == _IN_DS64 and long_size else size
            return _whole(Samples(at + 8, size, shape), file_size)
        at += 8 + size + (size & 1)
    raise NoSoundError("a WAVE file without a data chunk")


def _shape(fmt: bytes) -> tuple[int, int, int]:
    """Return sample rate, channels and bits of a ``fmt`` chunk; 0 bits unless integer PCM."""
    if len(fmt) < 16:
        return 0, 0, 0
    tag, channels, rate, _bytes, _align, bits = struct.unpack("<HHIIHH", fmt[:16])
    if tag == _EXTENSIBLE and len(fmt) >= 40 and fmt[26:40] == _PCM_GUID_TAIL:
        (tag,) = struct.unpack("<H", fmt[24:26])
    return int(rate), int(channels), int(bits) if tag == _PCM else 0


def _whole(samples: Samples, file_size: int) -> Samples:
    if samples.bits == 0:
        raise NoSoundError(NEEDS_DECODER)
    if samples.offset + samples.size > file_size:
        raise NoSoundError("the data chunk of the WAVE file is cut short")
    return samples
