"""Decoding in this process what the worker decodes in its own, and files to decode."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination
from archiver.audio.examine import examine_source
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from tests.audio import sounds
from tests.tools import require_tool

# extension -> what ffmpeg or the format's own encoder is told
FFMPEG = {
    "alac.m4a": ["-c:a", "alac"],
    "alac.caf": ["-c:a", "alac"],
    "tta": ["-c:a", "tta"],
    "oga": ["-c:a", "flac", "-f", "ogg"],
}
_PCM_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
ENCODERS = ("flac", "wv", *FFMPEG)


def decoded(path: Path, limits: Limits | None = None) -> AudioExamination:
    """Examine a file and decode it."""
    source = open_source(str(path))
    try:
        return examine_source(source, limits or Limits(), wish=Wish(decode=True))
    finally:
        source.close()


def encoded(wave: Path, kind: str, *options: str) -> Path:
    """Encode a WAVE file losslessly, as :data:`ENCODERS` names the ways."""
    path = wave.with_suffix(f".{kind}")
    if kind == "flac":
        run = [require_tool("flac"), "-s", "-f", *options, str(wave), "-o", str(path)]
    elif kind == "wv":
        run = [require_tool("wavpack"), "-q", "-y", *options, str(wave), "-o", str(path)]
    else:
        run = [require_tool("ffmpeg"), "-v", "error", "-y", "-i", str(wave), *FFMPEG[kind]]
        run += [*options, str(path)]
    subprocess.run(run, check=True)
    return path


def wave(folder: Path, bits: int = 16, channels: int = 2, frames: int = 9_000) -> Path:
    """Put a WAVE file into ``folder``; depths that are no whole bytes stand in the high bits."""
    path, width = folder / "sound.wav", (bits + 7) // 8
    if channels <= 2 and bits % 8 == 0:
        path.write_bytes(sounds.wav(frames, channels=channels, bits=bits))
        return path
    padded = [value << (width * 8 - bits) for value in sounds.samples(frames, channels, bits)]
    data = b"".join(value.to_bytes(width, "little", signed=True) for value in padded)
    fmt = struct.pack("<HHIIHH", 0xFFFE, channels, 44100, 44100 * channels * width,
                      channels * width, width * 8)  # fmt: skip
    fmt += struct.pack("<HHIH", 22, bits, {2: 3, 6: 0x3F}[channels], 1) + _PCM_GUID_TAIL
    body = sounds.chunk(b"fmt ", fmt) + sounds.chunk(b"data", data)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)
    return path


def pcm(found: AudioExamination) -> dict[str, object]:
    """Return the digests of the samples."""
    assert found.essence is not None
    digests: dict[str, object] = found.essence["pcm"]
    return digests
