"""Opening a file with FFmpeg so that it can open nothing else.

FFmpeg guesses formats, and some formats are lists of other files: 40 bytes that begin with
``ffconcat version 1.0``, an HLS playlist, a QuickTime movie whose data lie elsewhere. So the
demuxer is named by our own identification and no other is allowed; no protocol at all is allowed,
for FFmpeg reads through our own open file; whatever it asks to open besides is refused by us; and
only decoders of sound are allowed, so that cover art is not decoded either.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any, NoReturn

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk

if TYPE_CHECKING:
    from av.container import InputContainer

# format id -> FFmpeg's demuxer. Musepack has two, see below.
_DEMUXERS = {
    **dict.fromkeys(("wav", "rf64", "bw64"), "wav"),
    "w64": "w64",
    **dict.fromkeys(("aiff", "aifc"), "aiff"),
    "flac": "flac",
    **dict.fromkeys(("ogg-vorbis", "ogg-opus", "ogg-flac", "ogg-speex"), "ogg"),
    **dict.fromkeys(("mp3", "mp2", "mp1"), "mp3"),
    "aac-adts": "aac",
    **dict.fromkeys(("m4a", "mp4"), "mov"),
    "wavpack": "wv",
    "musepack": "mpc8",
    "ape": "ape",
    "tta": "tta",
    "dsf": "dsf",
    "dff": "iff",
    "asf": "asf",
    "caf": "caf",
    "au": "au",
    "matroska": "matroska",
}
# Formats whose sound is one run of bytes: the tags around it are hidden from FFmpeg.
_BARE = frozenset(("flac", "mp3", "mp2", "mp1", "aac-adts", "wavpack", "musepack", "ape", "tta"))
_DECODERS = (
    "aac,ac3,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_yamaha,alac,amrnb,amrwb,ape,dca,"
    "dsd_lsbf,dsd_lsbf_planar,dsd_msbf,dsd_msbf_planar,dst,eac3,flac,gsm,gsm_ms,mp1,mp1float,mp2,"
    "mp2float,mp3,mp3float,mpc7,mpc8,opus,libopus,pcm_alaw,pcm_mulaw,pcm_f32be,pcm_f32le,pcm_f64be,"
    "pcm_f64le,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32be,pcm_s32le,pcm_s8,pcm_u8,speex,"
    "libspeex,tta,vorbis,wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice"
)
# Everything that FFmpeg can take offence at. It still drops damaged frames without a word.
STRICT = "crccheck+bitstream+buffer+explode"
_BUFFER = 256 << 10
_NO_PROTOCOL = "none"  # a list with no protocol's name in it; an empty one would allow all
_LAST_WITH_METADATA_ERRORS = 18


class NotOpenedError(Exception):
    """FFmpeg has no use for this file; the message says why."""


class Window:
    """The part of our open file that FFmpeg may see, as the file object it wants."""

    name = "the file"  # what PyAV puts into its messages

    def __init__(self, source: Source, begin: int, end: int) -> None:
        self._source, self._begin, self._size = source, begin, max(0, end - begin)
        self._at = 0

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        data = self._source.read(self._begin + self._at, min(size, self._size - self._at))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; places before the beginning are the beginning."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._at


def open_sound(source: Source, walk: Walk | None, format_id: str, start: int) -> InputContainer:
    """Open the file whose format and start are known.

    Raises :class:`NotOpenedError`, ``MemoryError``, and ``OSError`` when the medium gives no bytes.
    """
    import av

    demuxer = _demuxer(walk, format_id)
    end = source.size
    if walk is not None and walk.audio and format_id in _BARE:
        offset, size = walk.audio[-1]
        end = offset + size
    more: dict[str, Any] = {}
    if int(av.__version__.partition(".")[0]) <= _LAST_WITH_METADATA_ERRORS:
        more["metadata_errors"] = "surrogateescape"
    try:
        container: InputContainer = av.open(
            Window(source, start, end),
            format=demuxer,
            buffer_size=_BUFFER,
            io_open=_refuse,
            container_options={
                "format_whitelist": demuxer,
                "protocol_whitelist": _NO_PROTOCOL,
                "codec_whitelist": _DECODERS,
                # MPEG-4: no data elsewhere; and all of the sound, not what an edit list leaves.
                **({"enable_drefs": "0", "ignore_editlist": "1"} if demuxer == "mov" else {}),
            },
            **more,
        )
    except av.FFmpegError as error:
        if error.errno == errno.ENOMEM:  # our limit, not the file's fault
            raise MemoryError from error
        raise NotOpenedError(error.strerror or str(error)) from error
    return container


def _demuxer(walk: Walk | None, format_id: str) -> str:
    if format_id not in _DEMUXERS:
        raise NotOpenedError(f"no decoder for {format_id} is used here")
    if format_id == "musepack" and walk is not None and "7" in (walk.version or ""):
        return "mpc"
    return _DEMUXERS[format_id]


def _refuse(url: str, _flags: int, _options: dict[str, str]) -> NoReturn:
    raise NotOpenedError(f"the file asks for another one: {url[:200]!r}")
