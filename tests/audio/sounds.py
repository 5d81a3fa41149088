"""Small audio files made from nothing, so that no binary is committed and no tool is needed."""

from __future__ import annotations

import math
import struct
import zlib


def samples(frames: int, channels: int = 2, bits: int = 16, seed: int = 1) -> list[int]:
    """Return interleaved signed samples of a soft tone that never repeats exactly."""
    peak = (1 << (bits - 1)) * 0.4
    return [
        round(peak * math.sin((n + 1) * (0.01 + 0.003 * c) * seed) * math.cos(n * 0.0007))
        for n in range(frames)
        for c in range(channels)
    ]


def pcm(frames: int, channels: int = 2, bits: int = 16, order: str = "little") -> bytes:
    """Return :func:`samples` as bytes in the sample order of WAV (8 bit is unsigned there)."""
    width = (bits + 7) // 8
    values = samples(frames, channels, bits)
    if bits == 8 and order == "little":
        return bytes(value + 128 for value in values)
    return b"".join(v.to_bytes(width, order, signed=True) for v in values)  # type: ignore[arg-type]


def chunk(name: bytes, body: bytes, order: str = "<") -> bytes:
    """Return one RIFF (``<``) or IFF (``>``) chunk with its pad byte."""
    return name + struct.pack(order + "I", len(body)) + body + b"\0" * (len(body) % 2)


def fmt(rate: int = 44100, channels: int = 2, bits: int = 16, tag: int = 1) -> bytes:
    """Return the body of a ``fmt `` chunk for PCM."""
    block = channels * ((bits + 7) // 8)
    return struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)


def wav(
    frames: int = 1000,
    rate: int = 44100,
    channels: int = 2,
    bits: int = 16,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return a WAVE file; ``before`` and ``after`` are chunks around ``data``."""
    body = chunk(b"fmt ", fmt(rate, channels, bits)) + before
    body += chunk(b"data", pcm(frames, channels, bits)) + after
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def extended(value: int) -> bytes:
    """Return a whole number as an 80-bit extended float (AIFF's sample rate)."""
    exponent = value.bit_length() - 1
    return struct.pack(">HQ", 16383 + exponent, value << (63 - exponent))


def aiff(
    frames: int = 1000, rate: int = 44100, channels: int = 2, bits: int = 16, after: bytes = b""
) -> bytes:
    """Return an AIFF file; ``after`` are chunks behind the sound."""
    comm = struct.pack(">hIh", channels, frames, bits) + extended(rate)
    sound = struct.pack(">II", 0, 0) + pcm(frames, channels, bits, "big")
    body = chunk(b"COMM", comm, ">") + chunk(b"SSND", sound, ">") + after
    return b"FORM" + struct.pack(">I", 4 + len(body)) + b"AIFF" + body


def mp3_frame(fill: int = 0) -> bytes:
    """Return one MPEG-1 layer III frame, 128 kbit/s, 44.1 kHz, joint stereo: 417 bytes."""
    return b"\xff\xfb\x90\x64" + bytes([fill]) * 413


def mp3(frames: int = 20) -> bytes:
    """Return a bare MP3 stream."""
    return b"".join(mp3_frame(n % 7) for n in range(frames))


def synchsafe(value: int) -> bytes:
    """Return a 28-bit ID3v2 size."""
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3_frame(name: bytes, body: bytes, flags: int = 0) -> bytes:
    """Return one ID3v2.4 frame."""
    return name + synchsafe(len(body)) + struct.pack(">H", flags) + body


def id3(*frames: bytes, version: int = 4) -> bytes:
    """Return an ID3v2 tag."""
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(body)) + body


def title(text: str) -> bytes:
    """Return a TIT2 frame in UTF-8."""
    return id3_frame(b"TIT2", b"\x03" + text.encode())


def id3v1(name: str) -> bytes:
    """Return a 128-byte ID3v1.1 tag with a title and track 7."""
    return b"TAG" + name.encode("latin-1").ljust(30, b"\0") + b"\0" * 92 + b"\0\x07\x0c"


def png(width: int = 3, height: int = 2) -> bytes:
    """Return a PNG that is complete."""

    def part(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(rows))
        + part(b"IEND", b"")
    )


def flac_picture_block(image: bytes) -> bytes:
    """Return the body of a FLAC picture block: front cover, image/png."""
    mime, note = b"image/png", "façade".encode()
    out = struct.pack(">II", 3, len(mime)) + mime + struct.pack(">I", len(note)) + note
    return out + struct.pack(">IIIII", 3, 2, 8, 0, len(image)) + image


def comments(*pairs: tuple[str, str]) -> bytes:
    """Return Vorbis comments (without framing bit)."""
    vendor = b"made by a test"
    out = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(pairs))
    for key, value in pairs:
        line = f"{key}={value}".encode()
        out += struct.pack("<I", len(line)) + line
    return out


def ogg_page(body: list[bytes], serial: int, sequence: int, granule: int, flags: int) -> bytes:
    """Return one Ogg page holding whole packets (RFC 3533 section 6), CRC included."""
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in body)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, granule, serial, sequence, 0)
    page = bytearray(head + bytes([len(lacing)]) + lacing + b"".join(body))
    page[22:26] = struct.pack("<I", ogg_crc(bytes(page)))
    return bytes(page)


def ogg_crc(data: bytes) -> int:
    """Return the CRC-32 of RFC 3533 (polynomial 0x04C11DB7, nothing reflected), bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


def opus(packets: int = 50, tags: bytes | None = None) -> bytes:
    """Return an Ogg Opus file of 20 ms packets (their content is no real sound)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 312, 48000, 0, 0)
    note = b"OpusTags" + (comments(("TITLE", "Stille")) if tags is None else tags)
    out = ogg_page([head], 77, 0, 0, 2) + ogg_page([note], 77, 1, 0, 0)
    sequence = 2
    for first in range(0, packets, 10):
        last = min(first + 10, packets)
        body = [bytes([0xFC]) + bytes([n % 251] * 40) for n in range(first, last)]
        out += ogg_page(body, 77, sequence, last * 960, 4 if last == packets else 0)
        sequence += 1
    return out
