"""Files made by independent encoders, one of each kind, made once in a test process."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.tools import require_tool

# name -> (format id, arguments of ffmpeg)
KINDS: dict[str, tuple[str, list[str]]] = {
    "s16.wav": ("wav", ["-c:a", "pcm_s16le"]),
    "u8.wav": ("wav", ["-c:a", "pcm_u8"]),
    "s24.wav": ("wav", ["-c:a", "pcm_s24le"]),
    "s32.wav": ("wav", ["-c:a", "pcm_s32le"]),
    "f32.wav": ("wav", ["-c:a", "pcm_f32le"]),
    "ima.wav": ("wav", ["-c:a", "adpcm_ima_wav"]),
    "mono8k.wav": ("wav", ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"]),
    "bext.wav": ("wav", ["-c:a", "pcm_s16le", "-write_bext", "1"]),
    "long.rf64": ("rf64", ["-c:a", "pcm_s16le", "-rf64", "always", "-f", "wav"]),
    "a.w64": ("w64", ["-c:a", "pcm_s16le"]),
    "a.aiff": ("aiff", ["-c:a", "pcm_s16be"]),
    "s24.aiff": ("aiff", ["-c:a", "pcm_s24be"]),
    "sowt.aifc": ("aifc", ["-c:a", "pcm_s16le", "-f", "aiff"]),
    "a.flac": ("flac", ["-c:a", "flac"]),
    "s24.flac": ("flac", ["-c:a", "flac", "-sample_fmt", "s32", "-ar", "96000"]),
    "vorbis.ogg": ("ogg-vorbis", ["-c:a", "libvorbis"]),
    "a.opus": ("ogg-opus", ["-c:a", "libopus"]),
    "flac.oga": ("ogg-flac", ["-c:a", "flac", "-f", "ogg"]),
    "a.spx": ("ogg-speex", ["-c:a", "libspeex", "-ar", "16000", "-ac", "1"]),
    "cbr.mp3": ("mp3", ["-c:a", "libmp3lame", "-b:a", "128k"]),
    "vbr.mp3": ("mp3", ["-c:a", "libmp3lame", "-q:a", "2"]),
    "a.mp2": ("mp2", ["-c:a", "mp2"]),
    "a.aac": ("aac-adts", ["-c:a", "aac"]),
    "aac.m4a": ("m4a", ["-c:a", "aac"]),
    "alac.m4a": ("m4a", ["-c:a", "alac"]),
    "a.wv": ("wavpack", ["-c:a", "wavpack"]),
    "a.tta": ("tta", ["-c:a", "tta"]),
    "a.caf": ("caf", ["-c:a", "pcm_s16be"]),
    "a.au": ("au", ["-c:a", "pcm_s16be"]),
}
SECONDS = 2
# Tones and some noise: coders then have something to do in every frame.
_SOUND = (
    "aevalsrc=0.4*sin(2765*t)+0.1*random(0)|0.3*sin(900*t*t)+0.1*random(1)"
    f":d={SECONDS}:s=44100:c=stereo"
)


def encode(folder: Path, name: str) -> Path:
    """Put the file ``name`` of :data:`KINDS` into ``folder``, made by ffmpeg and tagged."""
    path = folder / name
    path.write_bytes(_encoded(name))
    return path


@cache
def _encoded(name: str) -> bytes:
    run = [require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", _SOUND]
    tags = ["-metadata", "title=Ein Lied", "-metadata", "artist=Müller"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        subprocess.run([*run, *tags, *KINDS[name][1], str(path)], check=True)
        return path.read_bytes()


def packets_by_ffmpeg(path: Path) -> bytes:
    """Return the coded packets of the first sound stream as FFmpeg's demuxer gives them."""
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(path), "-map", "0:a:0", "-c", "copy"]
    return subprocess.run([*run, "-f", "data", "-"], check=True, capture_output=True).stdout


def pcm_md5_by_ffmpeg(path: Path, coding: str) -> str:
    """Return the MD5 of the decoded samples at the depth ``coding`` says (``pcm_s24le``)."""
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(path), "-map", "0:a:0"]
    out = subprocess.run(
        [*run, "-c:a", coding, "-f", "md5", "-"], check=True, capture_output=True, text=True
    )
    return out.stdout.strip().removeprefix("MD5=")
