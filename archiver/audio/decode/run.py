"""Decoding one file to its end, strictly, counting what comes out. Worker process only."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from archiver.audio.decode.allowance import Allowance
from archiver.audio.decode.model import Decoded, Wish
from archiver.audio.decode.opening import STRICT, NotOpenedError, open_sound
from archiver.audio.decode.promise import Promise
from archiver.audio.decode.samples import can_order, ordered
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk
from archiver.hashing.tracks import CD, COPY_CRC, SECTOR, track_digest

if TYPE_CHECKING:
    from av import AudioFrame, FFmpegError
    from av.audio.stream import AudioStream
    from av.container import InputContainer

_MOST_FAILURES = 10_000  # after which there is nothing more to learn
_TOO_MUCH = 1 << 20  # frames more than promised
_FLIP_SIGN = bytes(byte ^ 0x80 for byte in range(256))
NO_MEMORY = "it takes more memory than it may have"
_ALAC_DEPTH_AT = 17  # in the decoder's copy of the magic cookie


def decode(
    source: Source,
    walk: Walk | None,
    format_id: str,
    start: int,
    promise: Promise,
    wish: Wish,
    allowance: Allowance,
) -> Decoded:
    """Decode all of the first sound stream. Never raises for what the file contains.

    Raises ``ImportError`` where PyAV is not there, and ``OSError`` when the medium gives no bytes.
    """
    decoded = Decoded()
    try:
        with open_sound(source, walk, format_id, start) as container:
            _decode(container, walk, promise, wish, allowance, decoded)
    except NotOpenedError as error:
        decoded.failed(str(error))
    except MemoryError:
        decoded.unfinished = NO_MEMORY
    return decoded


def _decode(
    container: InputContainer,
    walk: Walk | None,
    promise: Promise,
    wish: Wish,
    allowance: Allowance,
    decoded: Decoded,
) -> None:
    stream = next(iter(container.streams.audio), None)
    context: Any = stream.codec_context if stream is not None else None
    if stream is None or context is None:
        decoded.unfinished = "FFmpeg finds no sound here that it can decode"
        return
    # Options given to open() do not reach the decoder.
    context.options = {"err_detect": STRICT}
    if promise.unskipped:
        context.options = {**context.options, "flags2": "+skip_manual"}
    context.thread_count = 1
    decoded.codec = context.name
    ears = _Ears(walk, context, wish, decoded)
    for frame in _frames(container, stream, promise, allowance, decoded):
        decoded.frames += frame.samples
        decoded.sample_rate, decoded.channels = frame.sample_rate, len(frame.layout.channels)
        decoded.packet_sizes.add(frame.samples)
        if frame.is_corrupt:
            decoded.failed("a frame is marked as corrupt")
        ears.hear(frame)
    ears.conclude()


def _frames(
    container: InputContainer,
    stream: AudioStream,
    promise: Promise,
    allowance: Allowance,
    decoded: Decoded,
) -> Iterator[AudioFrame]:
    """Yield frame after frame; what the decoder refuses is counted and passed over."""
    import av

    most = None if promise.frames is None else promise.frames + _TOO_MUCH
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.FFmpegError as error:
                _refused(decoded, error)
            if decoded.unfinished:
                return
            if decoded.failures > _MOST_FAILURES:
                decoded.unfinished = "too many packets were refused"
            elif most is not None and decoded.frames > most:
                decoded.unfinished = "there is far more sound than the container promises"
            elif not allowance.spend():
                decoded.unfinished = f"it takes more than {allowance.seconds} s of processor time"
            if decoded.unfinished:
                return
    except av.FFmpegError as error:
        _refused(decoded, error)
        decoded.unfinished = (
            decoded.unfinished or "what follows could not be taken apart into packets"
        )


def _refused(decoded: Decoded, error: FFmpegError) -> None:
    if error.errno == errno.ENOMEM:
        decoded.unfinished = NO_MEMORY  # our limit, not the file's fault
    else:
        decoded.failed(error.strerror or str(error))


class _Ears:
    """The digests of the samples as they grow; they fall away where there can be none."""

    def __init__(self, walk: Walk | None, context: Any, wish: Wish, decoded: Decoded) -> None:
        self._decoded = decoded
        self._bits = _depth(walk, context)
        self._shape: tuple[Any, ...] | None = None
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._blake3 = blake3()
        self._source_order: Any = None
        if walk is not None and "wavpack" in walk.embedded:
            self._source_order = hashlib.md5(usedforsecurity=False)
        self._tracks = {name: track_digest(name) for name in wish.digests}

    def hear(self, frame: AudioFrame) -> None:
        """Take in a frame."""
        if not self._bits:
            return
        shape = (frame.format.name, frame.sample_rate, len(frame.layout.channels))
        if self._shape is None and can_order(shape[0], self._bits):
            self._shape = shape
            if (*shape[1:], self._bits) != CD:
                self._tracks = {
                    name: digest
                    for name, digest in self._tracks.items()
                    if name == COPY_CRC and self._bits == CD[2]
                }
        if shape != self._shape:
            self._bits = 0  # no whole numbers, or others than before: no digest of them
            return
        data = ordered(frame, self._bits)
        self._md5.update(data)
        self._blake3.update(data)
        if self._source_order is not None:
            self._source_order.update(_other_order(data, self._bits))
        for digest in self._tracks.values():
            digest.update(memoryview(data))

    def conclude(self) -> None:
        """Hand over the digests, if all of the sound was heard."""
        decoded = self._decoded
        if not self._bits or self._shape is None or decoded.failures or decoded.unfinished:
            return
        decoded.bits = self._bits
        decoded.pcm = {"md5": self._md5.hexdigest(), "blake3": self._blake3.hexdigest()}
        if self._source_order is not None:
            decoded.md5_in_source_order = self._source_order.hexdigest()
        whole = decoded.frames % SECTOR == 0
        decoded.digests = {
            name: digest.digest().hex()
            for name, digest in self._tracks.items()
            if whole or name == COPY_CRC
        }


def _other_order(data: bytes, bits: int) -> bytes:
    """Return samples as WavPack takes them where not signed and little-endian."""
    if bits <= 8:
        return data.translate(_FLIP_SIGN)
    width = (bits + 7) // 8
    swapped = bytearray(len(data))
    for place in range(width):
        swapped[place::width] = data[width - 1 - place :: width]
    return bytes(swapped)


# Codecs that give back the samples that once went in.
_LOSSLESS = frozenset(("flac", "alac", "wavpack", "tta", "ape", "pcm"))


def _depth(walk: Walk | None, context: Any) -> int:
    """Return the bits of the samples that once went in; 0 where they are not to be had again.

    Depths that are no whole bytes are FLAC's alone: others pad them each in its own way.
    """
    facts = walk.facts if walk is not None else {}
    codec = facts.get("codec")
    if codec not in _LOSSLESS or facts.get("mode") == "hybrid" or facts.get("sample_type"):
        return 0
    bits = int(facts.get("bit_depth") or 0)
    cookie = context.extradata or b""
    if codec == "alac" and not bits and len(cookie) > _ALAC_DEPTH_AT:
        bits = cookie[_ALAC_DEPTH_AT]
    return bits if codec == "flac" or bits in (8, 16, 24, 32) else 0
