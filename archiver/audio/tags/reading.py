"""Facts and tags through mutagen, chosen by what the bytes say the file is. Read only.

Runs in the worker process and nowhere else.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from archiver.audio.source import Source
from archiver.audio.tags import entries as raw
from archiver.audio.tags.values import as_base64, json_ready

_READERS = {
    "wav": ("mutagen.wave", "WAVE"),
    "aiff": ("mutagen.aiff", "AIFF"),
    "aifc": ("mutagen.aiff", "AIFF"),
    "flac": ("mutagen.flac", "FLAC"),
    "ogg-vorbis": ("mutagen.oggvorbis", "OggVorbis"),
    "ogg-opus": ("mutagen.oggopus", "OggOpus"),
    "ogg-flac": ("mutagen.oggflac", "OggFLAC"),
    "ogg-speex": ("mutagen.oggspeex", "OggSpeex"),
    "mp3": ("mutagen.mp3", "MP3"),
    "mp2": ("mutagen.mp3", "MP3"),
    "mp1": ("mutagen.mp3", "MP3"),
    "aac-adts": ("mutagen.aac", "AAC"),
    "m4a": ("mutagen.mp4", "MP4"),
    "mp4": ("mutagen.mp4", "MP4"),
    "wavpack": ("mutagen.wavpack", "WavPack"),
    "musepack": ("mutagen.musepack", "Musepack"),
    "ape": ("mutagen.monkeysaudio", "MonkeysAudio"),
    "tta": ("mutagen.trueaudio", "TrueAudio"),
    "dsf": ("mutagen.dsf", "DSF"),
    "dff": ("mutagen.dsdiff", "DSDIFF"),
    "asf": ("mutagen.asf", "ASF"),
}
_ONLY_ID3 = ("mutagen.id3", "ID3FileType")
_ID3_BASED = frozenset(("wav", "aiff", "aifc", "mp3", "mp2", "mp1", "tta", "dsf", "dff"))
_APE_BASED = frozenset(("wavpack", "musepack", "ape"))
# Frames as they stand in the tag: no translation to another version, and nothing of an ID3v1
# tag slipped in between them (that one is given for itself).
_AS_WRITTEN = {"translate": False, "load_v1": False}

_Collect = Callable[[Any, raw.Entries, raw.Entries], None]


def is_read(format_id: str) -> bool:
    """Whether mutagen reads this format at all."""
    return format_id in _READERS


def read_tags(source: Source, format_id: str, start: int, only_id3: bool = False) -> dict[str, Any]:
    """Return ``{"facts", "tags", "pictures"}`` of a file whose format and start are known.

    With ``only_id3`` its sound is not looked at: mutagen could not make anything of it.

    Raises whatever mutagen raises, which may be anything at all: the caller stands at the
    boundary and catches it.
    """
    entries: raw.Entries = []
    pictures: raw.Entries = []
    kind = _class(*(_ONLY_ID3 if only_id3 else _READERS[format_id]))
    with source.stream() as stream:
        found = kind(stream, **(_AS_WRITTEN if format_id in _ID3_BASED else {}))
        if found.tags is not None:
            _collector(format_id)(found.tags, entries, pictures)
        if getattr(found, "chapters", None):
            entries.append(raw.mp4_chapters(found.chapters))
        if format_id == "flac":
            raw.flac_pictures(found.pictures, pictures)
        if start and format_id not in _ID3_BASED:
            _id3_in_front(stream, entries, pictures)
        if format_id not in _APE_BASED:
            _ape_at_the_end(source, stream, entries, pictures)
    _id3v1(source, entries)
    return {"facts": facts_of(found.info), "tags": entries, "pictures": pictures}


def _class(module: str, name: str) -> Any:
    """Return a class of mutagen's, imported only when a file needs it."""
    return getattr(importlib.import_module(module), name)


def _collector(format_id: str) -> _Collect:
    if format_id == "flac" or format_id.startswith("ogg-"):
        return raw.vorbis_entries
    if format_id in _ID3_BASED:
        return raw.id3_entries
    if format_id in _APE_BASED:
        return raw.ape_entries
    return raw.asf_entries if format_id == "asf" else raw.mp4_entries


def _id3_in_front(stream: Any, entries: raw.Entries, pictures: raw.Entries) -> None:
    """An ID3v2 tag before a format that does not have such tags of its own."""
    stream.seek(0)
    raw.id3_entries(_class("mutagen.id3", "ID3")(stream, **_AS_WRITTEN), entries, pictures)


def _ape_at_the_end(
    source: Source, stream: Any, entries: raw.Entries, pictures: raw.Entries
) -> None:
    """An APEv2 tag behind a format that does not have such tags of its own (MP3 mostly)."""
    ends = (source.read(source.size - 32, 8), source.read(source.size - 160, 8))
    if b"APETAGEX" not in ends:
        return
    stream.seek(0)
    raw.ape_entries(_class("mutagen.apev2", "APEv2")(stream), entries, pictures)


def _id3v1(source: Source, entries: raw.Entries) -> None:
    """The 128 bytes at the end of old files, field by field; text is Latin-1 by convention."""
    tag = source.read(source.size - 128, 128)
    if tag[:3] != b"TAG" or len(tag) < 128:
        return
    fields = {"title": tag[3:33], "artist": tag[33:63], "album": tag[63:93], "year": tag[93:97]}
    numbered = tag[125] == 0 and tag[126] != 0
    fields["comment"] = tag[97:125] if numbered else tag[97:127]
    for key, value in fields.items():
        text = value.split(b"\0")[0].decode("latin-1").rstrip(" ")
        if text:
            entries.append({"system": "id3v1", "key": key, "values": [text]})
    if numbered:
        entries.append({"system": "id3v1", "key": "track", "values": [tag[126]]})
    entries.append({"system": "id3v1", "key": "genre", "values": [tag[127]]})
    entries.append({"system": "id3v1", "key": "(tag)", "values": [as_base64(tag)]})


def facts_of(info: Any) -> dict[str, Any]:
    """Return the technical facts mutagen states, under this room's names; absent ones left out.

    ``duration_s`` is in seconds, six decimals; ``bit_rate`` in bit/s.
    """
    facts: dict[str, Any] = {}
    for ours, theirs in _FACTS:
        value = getattr(info, theirs, None)
        if value not in (None, ""):
            facts[ours] = json_ready(value)
    length = getattr(info, "length", None)
    if isinstance(length, (int, float)):
        facts["duration_s"] = json_ready(round(float(length), 6))
    mode = getattr(info, "bitrate_mode", None)
    if mode is not None:
        facts["mode"] = str(mode).rpartition(".")[2].lower()
    return facts


_FACTS = (
    ("codec", "codec"),
    ("sample_rate", "sample_rate"),
    ("channels", "channels"),
    ("bit_depth", "bits_per_sample"),
    ("frames", "total_samples"),
    ("bit_rate", "bitrate"),
    ("encoder", "encoder_info"),
    ("encoder_settings", "encoder_settings"),
    ("version", "version"),
    ("layer", "layer"),
)
