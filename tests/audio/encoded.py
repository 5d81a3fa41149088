"""Files made by independent encoders, one of each kind, made once in a test process."""

from __future__ import annotations

import base64
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
    "5.1.wav": ("wav", ["-c:a", "pcm_s24le", "-ac", "6", "-ar", "48000"]),
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
    "a.wma": ("asf", ["-c:a", "wmav2"]),
    "a.wv": ("wavpack", ["-c:a", "wavpack"]),
    "a.tta": ("tta", ["-c:a", "tta"]),
    "a.caf": ("caf", ["-c:a", "pcm_s16be"]),
    "a.au": ("au", ["-c:a", "pcm_s16be"]),
}


def chapters(first_ms: int = 0) -> list[str]:
    """Return FFmpeg's words for two chapters: an input that is read from its own address."""
    text = ";FFMETADATA1\n"
    for start, end, title in ((first_ms, 700, "Erstes Kapitel"), (700, 2000, "Schluß")):
        text += f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n"
    return ["-i", "data:text/plain;base64," + base64.b64encode(text.encode()).decode()]


PIECES = ["-c:a", "copy", "-frag_duration", "300000", "-movflags"]
# name -> (format id, file of KINDS it is made from, command of another encoder or of FFmpeg)
BY_OTHERS: dict[str, tuple[str, str, list[str]]] = {
    "surround.flac": ("flac", "5.1.wav", ["flac", "-s", "{in}", "-o", "{out}"]),
    "small-blocks.flac": ("flac", "s16.wav", ["flac", "-s", "-b", "576", "{in}", "-o", "{out}"]),
    "mid-side.oga": ("ogg-flac", "s16.wav", ["flac", "-s", "--ogg", "{in}", "-o", "{out}"]),
    "surround.ogg": ("ogg-vorbis", "5.1.wav", ["ffmpeg", "-i", "{in}", "-c:a", "libvorbis"]),
    "surround.opus": ("ogg-opus", "5.1.wav", ["ffmpeg", "-i", "{in}", "-c:a", "libopus"]),
    "surround.m4a": ("m4a", "5.1.wav", ["ffmpeg", "-i", "{in}", "-c:a", "alac"]),
    "cbr-lame.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "-b", "192", "{in}", "{out}"]),
    "vbr-lame.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "-V0", "{in}", "{out}"]),
    "abr.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "--abr", "160", "{in}", "{out}"]),
    "mono.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "-m", "m", "{in}", "{out}"]),
    "mpeg2.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "--resample", "22.05", "{in}", "{out}"]),
    "mpeg25.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "--resample", "8", "{in}", "{out}"]),
    "crc.mp3": ("mp3", "s16.wav", ["lame", "--quiet", "-p", "{in}", "{out}"]),
    "mpeg2.mp2": ("mp2", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "mp2", "-ar", "24000"]),
    "16.wv": ("wavpack", "s16.wav", ["wavpack", "-q", "{in}", "-o", "{out}"]),
    "24.wv": ("wavpack", "s24.wav", ["wavpack", "-q", "-m", "{in}", "-o", "{out}"]),
    "float.wv": ("wavpack", "f32.wav", ["wavpack", "-q", "{in}", "-o", "{out}"]),
    "surround.wv": ("wavpack", "5.1.wav", ["wavpack", "-q", "{in}", "-o", "{out}"]),
    "hybrid.wv": ("wavpack", "s16.wav", ["wavpack", "-q", "-b256", "-c", "{in}", "-o", "{out}"]),
    "24.tta": ("tta", "s24.wav", ["ffmpeg", "-i", "{in}", "-c:a", "tta"]),
    "a.mpc": ("musepack", "s16.wav", ["mpcenc", "--silent", "{in}", "{out}"]),
    "float.wav": ("wav", "s16.wav", ["sox", "{in}", "-e", "float", "-b", "32", "{out}"]),
    "24-sox.wav": ("wav", "s24.wav", ["sox", "{in}", "-b", "24", "{out}"]),
    "a-law.wav": ("wav", "s16.wav", ["sox", "{in}", "-e", "a-law", "{out}"]),
    "gsm.wav": ("wav", "mono8k.wav", ["sox", "{in}", "-e", "gsm-full-rate", "{out}"]),
    "ms-adpcm.wav": ("wav", "s16.wav", ["sox", "{in}", "-e", "ms-adpcm", "{out}"]),
    "mp3.wav": ("wav", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "libmp3lame"]),
    "24.w64": ("w64", "s24.wav", ["sox", "{in}", "{out}"]),
    "24-sox.aiff": ("aiff", "s24.wav", ["sox", "{in}", "{out}"]),
    "8.aiff": ("aiff", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "pcm_s8"]),
    "32.aiff": ("aiff", "s32.wav", ["ffmpeg", "-i", "{in}", "-c:a", "pcm_s32be"]),
    "double.aifc": ("aifc", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "pcm_f64be", "-f", "aiff"]),
    "24.caf": ("caf", "s24.wav", ["sox", "{in}", "{out}"]),
    "little.caf": ("caf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "pcm_s16le"]),
    "float.caf": ("caf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "pcm_f32le"]),
    "alac.caf": ("caf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "alac"]),
    "pcm.asf": ("asf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c", "copy"]),
    "opus.caf": ("caf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "libopus"]),
    "mu-law.caf": ("caf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "pcm_mulaw"]),
    "ima.caf": ("caf", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "adpcm_ima_qt"]),
    "mu-law.au": ("au", "s16.wav", ["sox", "{in}", "-e", "mu-law", "{out}"]),
    "flac.mp4": ("mp4", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "flac", "-strict", "-2"]),
    "book.m4b": ("m4a", "aac.m4a", ["ffmpeg", "-i", "{in}", *chapters(), "-c", "copy"]),
    "pieces.m4a": ("m4a", "aac.m4a", ["ffmpeg", "-i", "{in}", *PIECES, "empty_moov"]),
    "flac.mka": ("matroska", "a.flac", ["ffmpeg", "-i", "{in}", *chapters(), "-c", "copy"]),
    "pcm.mka": ("matroska", "s24.wav", ["ffmpeg", "-i", "{in}", "-c", "copy"]),
    "opus.webm": ("matroska", "a.opus", ["ffmpeg", "-i", "{in}", "-c", "copy"]),
    "opus.mp4": ("mp4", "s16.wav", ["ffmpeg", "-i", "{in}", "-c:a", "libopus", "-strict", "-2"]),
}
# The same, of what FFmpeg does not read.
UNREAD: dict[str, tuple[str, str, list[str]]] = {
    "free.mp3": (
        "mp3",
        "s16.wav",
        ["lame", "--quiet", "--freeformat", "-b", "330", "{in}", "{out}"],
    ),
}
SECONDS = 2
# Tones and some noise: coders then have something to do in every frame.
_SOUND = (
    "aevalsrc=0.4*sin(2765*t)+0.1*random(0)|0.3*sin(900*t*t)+0.1*random(1)"
    f":d={SECONDS}:s=44100:c=stereo"
)


def encode(folder: Path, name: str) -> Path:
    """Put the file ``name`` of :data:`KINDS`, :data:`BY_OTHERS` or :data:`UNREAD` into ``folder``.

    The former are made by ffmpeg and tagged.
    """
    path = folder / name
    path.write_bytes(_encoded(name))
    return path


@cache
def _encoded(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        if name in KINDS:
            _by_ffmpeg(name, path)
        else:
            _, source, (program, *words) = {**BY_OTHERS, **UNREAD}[name]
            made_from = str(encode(Path(folder), source))
            if program == "ffmpeg":
                words = ["-v", "error", *words, "{out}"]
            words = [word.format_map({"in": made_from, "out": str(path)}) for word in words]
            run = [require_tool(program), *words]
            subprocess.run(run, check=True, stderr=subprocess.DEVNULL)
        return path.read_bytes()


def _by_ffmpeg(name: str, path: Path) -> None:
    run = [require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", _SOUND]
    tags = ["-metadata", "title=Ein Lied", "-metadata", "artist=Müller"]
    subprocess.run([*run, *tags, *KINDS[name][1], str(path)], check=True)


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
