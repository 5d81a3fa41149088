"""The first sound track of a Matroska file: its codec, its shape, how its frames are packed.

Source: RFC 9559 5.1.4; the Matroska codec mappings (RFC 9559 27.3 and the codec specifications).
"""

from __future__ import annotations

from typing import Any

from archiver.audio.walk.aac_config import read_aac_config
from archiver.audio.walk.flac import read_block
from archiver.audio.walk.matroska.described import text_value
from archiver.audio.walk.matroska.ebml import children, real, reported, text, whole
from archiver.audio.walk.model import PcmLayout, Walk
from archiver.audio.walk.wave_format import read_format

_ENTRY, _NUMBER, _TYPE, _CODEC, _PRIVATE = 0xAE, 0xD7, 0x83, 0x86, 0x63A2
_AUDIO, _RATE, _RATE_OUT, _CHANNELS, _BITS = 0xE1, 0xB5, 0x78B5, 0x9F, 0x6264
_NAME, _LANGUAGE, _LANGUAGE_BCP47 = 0x536E, 0x22B59C, 0x22B59D
_NOT_PLAYED = (_NAME, _LANGUAGE, _LANGUAGE_BCP47, 0xEC, 0xBF)  # and Void, CRC-32
_ENCODINGS, _ENCODING, _ORDER, _SCOPE, _KIND = 0x6D80, 0x6240, 0x5031, 0x5032, 0x5033
_COMPRESSION, _ALGORITHM, _SETTINGS = 0x5034, 0x4254, 0x4255
_ALGORITHMS = {0: "zlib", 1: "bzlib", 2: "lzo1x", 3: "header stripping"}
_STRIPPED = 3
_LONGEST_FRONT = 64  # bytes in front of every frame; those of a codec's sync code are few
_SOUND = 2
_CODECS = {
    "A_OPUS": "opus", "A_VORBIS": "vorbis", "A_FLAC": "flac", "A_ALAC": "alac", "A_TTA1": "tta",
    "A_WAVPACK4": "wavpack", "A_MPEG/L3": "mp3", "A_MPEG/L2": "mp2", "A_MPEG/L1": "mp1",
    "A_AC3": "ac3", "A_EAC3": "eac3", "A_DTS": "dts", "A_TRUEHD": "truehd", "A_MLP": "mlp",
    "A_PCM/INT/LIT": "pcm", "A_PCM/INT/BIG": "pcm", "A_PCM/FLOAT/IEEE": "pcm-float",
}  # fmt: skip
_ACM = "A_MS/ACM"  # a WAVEFORMATEX says what it is
_LOSSLESS = frozenset(("flac", "alac", "tta", "truehd", "mlp", "pcm", "pcm-float"))
_MOST_CHANNELS = 255


def read_tracks(walk: Walk, data: bytes, offset: int) -> None:
    """Read the tracks; facts are those of the first one of sound."""
    sounds = 0
    played: list[bytes] = []
    for kind, content in children(data, reported(walk, "Tracks", offset)):
        if kind != _ENTRY:
            continue
        entry: dict[int, bytes] = {}
        for inner, value in children(content, reported(walk, "a track", offset)):
            entry.setdefault(inner, value)
            if inner not in _NOT_PLAYED:
                played.append(inner.to_bytes(4) + len(value).to_bytes(8) + value)
        if whole(entry.get(_TYPE, b"")) == _SOUND:
            sounds += 1
            if sounds == 1:
                _describe(walk, entry, offset)
    walk.layout["playing"] = b"".join(played)
    if sounds > 1:
        walk.facts["sound_tracks"] = sounds


def _describe(walk: Walk, entry: dict[int, bytes], offset: int) -> None:
    name = text(entry.get(_CODEC, b"")).decode("ascii", "replace")
    private = entry.get(_PRIVATE, b"")
    held = walk.layout
    held["track"] = whole(entry.get(_NUMBER, b""))
    for kind, key in ((_NAME, "Track/Name"), (_LANGUAGE, "Track/Language"),
                      (_LANGUAGE_BCP47, "Track/LanguageBCP47")):  # fmt: skip
        if kind in entry:
            values = [text_value(entry[kind])]
            walk.tags.append({"system": "matroska", "key": key, "values": values})
    audio = dict(children(entry.get(_AUDIO, b""), reported(walk, "a track's sound", offset)))
    rate = real(audio[_RATE]) if _RATE in audio else 8000.0
    rate = real(audio.get(_RATE_OUT, b"")) or rate
    channels, bits = whole(audio.get(_CHANNELS, b"\1")), whole(audio.get(_BITS, b""))
    codec = _CODECS.get(name) or ("aac" if name.startswith("A_AAC") else name.removeprefix("A_"))
    walk.codec_headers = private
    if name == _ACM and (wave := read_format(private)) is not None:
        codec, bits = wave.codec, bits or wave.bits
    walk.facts_from(
        codec=codec,
        sample_rate=round(rate) if 0 < rate < 1e9 else None,
        channels=channels if 0 < channels <= _MOST_CHANNELS else None,
        bit_depth=bits or None if codec in (*_LOSSLESS, "wavpack") else None,
        mode="lossless" if codec in _LOSSLESS else "variable",
    )
    if codec.startswith("pcm"):
        walk.facts["mode"] = "constant"
    _private(walk, codec, private)
    if name.startswith("A_PCM/INT") and bits in (8, 16, 24, 32) and "channels" in walk.facts:
        walk.pcm = PcmLayout(bits, channels, name.endswith("BIG") and bits > 8, unsigned=bits == 8)
    _packing(walk, entry.get(_ENCODINGS, b""), offset)


def _private(walk: Walk, codec: str, private: bytes) -> None:
    """Read what a decoder is told besides, where it knows more than the track does."""
    if codec == "flac" and private[:4] == b"fLaC":
        at = 4
        while at + 4 <= len(private):
            size = int.from_bytes(private[at + 1 : at + 4])
            read_block(walk, private[at] & 0x7F, private[at + 4 : at + 4 + size])
            at += 4 + size
    elif codec == "opus" and private[:8] == b"OpusHead" and len(private) >= 19:
        walk.facts_from(
            sample_rate=48000,
            pre_skip=int.from_bytes(private[10:12], "little"),
            input_sample_rate=int.from_bytes(private[12:16], "little") or None,
        )
    elif codec == "vorbis":
        walk.codec_headers = _without_comments(private)
    elif codec == "aac" and (config := read_aac_config(private)) is not None:
        walk.facts_from(channels=config.channels, sample_rate=config.sample_rate)


def _without_comments(private: bytes) -> bytes:
    """Return the first and third of Vorbis' header packets, laced as Xiph does; the second is tags.

    So they are what a file in Ogg has.
    """
    if private[:1] != b"\2":
        return private
    sizes, at = [], 1
    for _ in range(2):
        begin = at
        while private[at : at + 1] == b"\xff":
            at += 1
        sizes.append(255 * (at - begin) + (private[at] if at < len(private) else 0))
        at += 1
    return private[at : at + sizes[0]] + private[at + sum(sizes) :]


def _packing(walk: Walk, data: bytes, offset: int) -> None:
    """Read how frames are packed: bytes stripped off their front are put back, nothing else is."""
    held = walk.layout
    stripped: list[tuple[int, bytes]] = []
    for kind, content in children(data, reported(walk, "a track's encodings", offset)):
        if kind != _ENCODING:
            continue
        encoding: dict[int, bytes] = dict(children(content, lambda _: None))
        if not whole(encoding.get(_SCOPE, b"\1")) & 1:
            continue
        if whole(encoding.get(_KIND, b"")) == 1:
            walk.finding("audio-encrypted", "the sound is encrypted (ContentEncryption)", offset)
            continue
        parts: dict[int, Any] = dict(children(encoding.get(_COMPRESSION, b""), lambda _: None))
        algorithm = whole(parts.get(_ALGORITHM, b""))
        settings = parts.get(_SETTINGS, b"")
        if algorithm == _STRIPPED and len(settings) <= _LONGEST_FRONT:
            stripped.append((whole(encoding.get(_ORDER, b"")), settings))
        else:
            held["packed"] = _ALGORITHMS.get(algorithm, str(algorithm))
            walk.finding(
                "audio-structure",
                f"the sound is packed once more ({held['packed']}); it is not unpacked here",
                offset,
            )
    # The encoding of the highest order was done last, so its bytes are further in front.
    front = b"".join(settings for _, settings in sorted(stripped))
    if front:
        held["stripped"] = front.hex()
