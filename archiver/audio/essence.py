"""The digests of the sound itself: ``stream`` over its coded packets, ``pcm`` over its samples.

``stream`` is the BLAKE3 of the coded packets one after another, without container, headers and
tags, so that a new title or another container does not change it. ``pcm`` exists for
uncompressed whole-number samples: MD5 and BLAKE3 over all channels interleaved, signed, little
endian, at native depth: what FLAC's STREAMINFO holds (RFC 9639 8.2), so that a WAVE file and
the FLAC file made from it can be seen to hold the same sound.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable
from typing import Any

from blake3 import blake3

from archiver.audio.selfcheck.ape import check_ape
from archiver.audio.selfcheck.asf import check_asf
from archiver.audio.selfcheck.flac import check_flac
from archiver.audio.selfcheck.matroska import check_matroska
from archiver.audio.selfcheck.mpeg import check_mpeg
from archiver.audio.selfcheck.ogg import check_ogg
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.selfcheck.tta import check_tta
from archiver.audio.selfcheck.wavpack import check_wavpack
from archiver.audio.source import Source
from archiver.audio.walk.model import PcmLayout, Walk, seconds

_CHECKS: dict[str, Callable[[Source, Walk, Callable[[bytes], object]], SelfCheck]] = {
    "flac": check_flac,
    "mp3": check_mpeg,
    "wavpack": check_wavpack,
    "tta": check_tta,
    "ape": check_ape,
    "asf": check_asf,
    "matroska": check_matroska,
    **dict.fromkeys(("ogg-vorbis", "ogg-opus", "ogg-flac", "ogg-speex"), check_ogg),
}
SCHEMA = "essence/1"
_BEAT_BYTES = 64 << 20
_LONG_RUN = 128 << 10
_ARRAY_CODES = {array(code).itemsize: code for code in "HIQ"}
_FLIP_SIGN = bytes(byte ^ 0x80 for byte in range(256))

Beat = Callable[[], object]


class _Stream:
    """The ``stream`` digest as it grows; tells ``beat`` of every 64 MiB.

    Packets are gathered first: BLAKE3 is several times faster over long runs.
    """

    def __init__(self, beat: Beat) -> None:
        self.size = 0
        self._digest = blake3()
        self._parts: list[bytes] = []
        self._gathered = 0
        self._beat, self._next = beat, _BEAT_BYTES

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the sound."""
        self.size += len(data)
        if len(data) >= _LONG_RUN:
            self._flush()
            self._digest.update(data)
            return
        self._parts.append(data)
        self._gathered += len(data)
        if self._gathered >= _LONG_RUN:
            self._flush()

    def hexdigest(self) -> str:
        """Return the digest of all that was fed."""
        self._flush()
        return self._digest.hexdigest()

    def _flush(self) -> None:
        self._digest.update(b"".join(self._parts))
        self._parts.clear()
        self._gathered = 0
        if self.size >= self._next:
            self._next = self.size + _BEAT_BYTES
            self._beat()


class _Samples:
    """The ``pcm`` digests as they grow, out of samples in the order of their file.

    ``size`` is how many bytes there will be, ``None`` where that is not known. Where the file
    holds whole samples as the digests want them, the BLAKE3 is that of the stream, and is not
    taken twice.
    """

    def __init__(self, layout: PcmLayout, size: int | None) -> None:
        self.layout = layout
        self.md5 = hashlib.md5(usedforsecurity=False)
        self._width = layout.bits // 8
        self._swapped = layout.big_endian and self._width > 1
        in_order = not self._swapped and not layout.unsigned
        as_stream = in_order and size is not None and size % self._width == 0
        self._blake3 = None if as_stream else blake3()
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the sound; a sample may be cut in two."""
        if self._blake3 is None:
            self.md5.update(data)
            return
        data = self._rest + data
        whole = len(data) // self._width * self._width
        self._rest = data[whole:]
        ordered = self._ordered(data[:whole])
        self.md5.update(ordered)
        self._blake3.update(ordered)

    def blake3_hex(self, stream: _Stream) -> str:
        """Return the BLAKE3 of the samples; ``stream`` has been fed the same bytes."""
        return stream.hexdigest() if self._blake3 is None else self._blake3.hexdigest()

    def _ordered(self, data: bytes) -> bytes:
        if self.layout.unsigned:
            return data.translate(_FLIP_SIGN)
        if not self._swapped:
            return data
        if (code := _ARRAY_CODES.get(self._width)) is not None:
            values = array(code, data)
            values.byteswap()
            return values.tobytes()
        swapped = bytearray(len(data))
        for place in range(self._width):
            swapped[place :: self._width] = data[self._width - 1 - place :: self._width]
        return bytes(swapped)


def examine_sound(
    source: Source, walk: Walk, beat: Beat = lambda: None
) -> tuple[dict[str, Any] | None, SelfCheck]:
    """Read the sound once: return its digests and what its own checksums say.

    The first is the ``fixity/essence.jsonl`` line without its path, ``None`` where the walk could
    not tell the sound from the rest. ``beat`` is called now and then while large files are read.
    Raises ``OSError`` when the medium gives no bytes.
    """
    if not walk.audio:
        check = SelfCheck()
        _missing(walk, check)
        return None, check
    stream = _Stream(beat)
    samples = None
    if walk.pcm is not None:
        packed = walk.format_id in _CHECKS  # then the file has more between the samples
        samples = _Samples(walk.pcm, None if packed else sum(size for _, size in walk.audio))
    raw = hashlib.md5(usedforsecurity=False) if "md5" in walk.embedded else None
    special = _CHECKS.get(walk.format_id)
    if special is not None:
        check = special(source, walk, stream.feed if samples is None else _both(stream, samples))
    else:
        check = SelfCheck()
        for offset, size in walk.audio:
            for piece in source.pieces(offset, size):
                stream.feed(piece)
                if samples is not None:
                    samples.feed(piece)
                if raw is not None:
                    raw.update(piece)
    if raw is not None:
        _md5_chunk(walk, check, raw.digest())
    _missing(walk, check)
    return _essence(walk, stream, samples), check


def _both(stream: _Stream, samples: _Samples) -> Callable[[bytes], object]:
    """Return what feeds both digests."""

    def feed(data: bytes) -> None:
        stream.feed(data)
        samples.feed(data)

    return feed


def _missing(walk: Walk, check: SelfCheck) -> None:
    """Enter the sound that the container declares and that is not there."""
    for lost in walk.missing:
        rate, times = lost.byte_rate, None
        if rate:
            times = seconds(lost.there, rate), seconds(lost.due, rate)
        words = "the sound is missing"
        if lost.due:
            words = f"the rest of {words} ({lost.there:,} of {lost.due:,} bytes are there)"
        check.damaged(words, lost.offset, 0, times)


def _md5_chunk(walk: Walk, check: SelfCheck, found: bytes) -> None:
    """Compare BWF MetaEdit's ``MD5 `` chunk: MD5 of the data, as a little-endian number.

    Others write the digest in its usual order; either is accepted, a flipped bit is neither.
    """
    stated = bytes.fromhex(walk.embedded["md5"])
    check.complete = True
    if not check.count("wave-md5-chunk", stated in (found, found[::-1])):
        offset, size = walk.audio[0]
        check.damaged("somewhere in the data", offset, size)


def _essence(walk: Walk, stream: _Stream, samples: _Samples | None) -> dict[str, Any]:
    essence: dict[str, Any] = {
        "schema": SCHEMA,
        "format": walk.format_id,
        "stream": {"blake3": stream.hexdigest(), "size": stream.size},
    }
    if walk.codec_headers:
        essence["headers"] = {"blake3": blake3(walk.codec_headers).hexdigest()}
    streaminfo = walk.embedded.get("streaminfo")
    if samples is not None:
        essence["pcm"] = {
            "md5": samples.md5.hexdigest(),
            "blake3": samples.blake3_hex(stream),
            **_shape(walk, samples.layout.bits),
        }
    elif streaminfo is not None and streaminfo["md5"] is not None:
        # What the encoder wrote down, not what anybody decoded: said so.
        essence["pcm"] = {
            "md5": streaminfo["md5"],
            "stated": True,
            **_shape(walk, walk.facts.get("bit_depth")),
        }
    return essence


def _shape(walk: Walk, bits: int | None) -> dict[str, Any]:
    facts = walk.facts
    return {
        "sample_rate": facts.get("sample_rate"),
        "channels": facts.get("channels"),
        "bits": bits,
        "frames": facts.get("frames"),
    }


def verdict(walk: Walk | None, check: SelfCheck, decoder_disagrees: bool = False) -> str:
    """Return what the file's own evidence says of it.

    ``damaged``: a checksum fails or sound is missing. ``structure``: the container is not built
    as it must be. ``decoder-disagrees``: structure and checksums hold, and yet a decoder refuses
    part of the sound or gives another number of samples than is promised. ``self-verified``:
    checksums cover all of the sound, and hold. ``manifest-only``: nothing in the file speaks
    against it, and nothing can speak for it; only a digest kept elsewhere can. ``not-checkable``:
    this room does not know the sound's place.
    """
    if check.places:
        return "damaged"
    if walk is None or not walk.audio:
        structural = walk is not None and walk.findings
        return "structure" if structural else "not-checkable"
    if any(finding["code"] == "audio-structure" for finding in walk.findings):
        return "structure"
    if decoder_disagrees:
        return "decoder-disagrees"
    return "self-verified" if check.complete and check.checks else "manifest-only"
