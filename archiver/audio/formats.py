"""The table of media formats this room knows, by its own ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One row: what a format id stands for.

    ``media_type`` is the registered type (IANA) where there is one, else the customary ``x-``
    name. ``extensions`` are those that honestly name it, lower case, without the dot.
    """

    name: str
    media_type: str
    extensions: tuple[str, ...]


FORMATS: dict[str, Format] = {
    "wav": Format("WAVE", "audio/vnd.wave", ("wav", "wave", "bwf")),
    "rf64": Format("RF64", "audio/vnd.wave", ("wav", "rf64", "bwf", "wave")),
    "bw64": Format("BW64", "audio/vnd.wave", ("wav", "bw64", "bwf", "wave")),
    "w64": Format("Sony Wave64", "audio/x-w64", ("w64",)),
    "aiff": Format("AIFF", "audio/x-aiff", ("aiff", "aif")),
    "aifc": Format("AIFF-C", "audio/x-aiff", ("aifc", "aiff", "aif")),
    "flac": Format("FLAC", "audio/flac", ("flac", "fla")),
    "ogg-vorbis": Format("Ogg Vorbis", "audio/ogg", ("ogg", "oga")),
    "ogg-opus": Format("Ogg Opus", "audio/ogg", ("opus", "ogg", "oga")),
    "ogg-flac": Format("Ogg FLAC", "audio/ogg", ("oga", "ogg")),
    "ogg-speex": Format("Ogg Speex", "audio/ogg", ("spx", "oga", "ogg")),
    "mp3": Format("MPEG audio layer III", "audio/mpeg", ("mp3", "mpga")),
    "mp2": Format("MPEG audio layer II", "audio/mpeg", ("mp2", "mpa", "mp3", "m2a")),
    "mp1": Format("MPEG audio layer I", "audio/mpeg", ("mp1", "mpa", "mp3")),
    "aac-adts": Format("AAC in ADTS", "audio/aac", ("aac", "adts")),
    "m4a": Format("MPEG-4 audio", "audio/mp4", ("m4a", "m4b", "m4p", "m4r", "mp4")),
    "mp4": Format("MPEG-4 container", "audio/mp4", ("mp4", "m4a", "m4b", "mov", "3gp", "m4v")),
    "wavpack": Format("WavPack", "audio/x-wavpack", ("wv", "wvc")),
    "musepack": Format("Musepack", "audio/x-musepack", ("mpc", "mp+", "mpp")),
    "ape": Format("Monkey's Audio", "audio/x-ape", ("ape", "mac")),
    "tta": Format("True Audio", "audio/x-tta", ("tta",)),
    "dsf": Format("DSD stream file", "audio/x-dsf", ("dsf",)),
    "dff": Format("DSDIFF", "audio/x-dff", ("dff",)),
    "asf": Format("Advanced Systems Format", "audio/x-ms-wma", ("wma", "asf", "wmv")),
    "caf": Format("Core Audio Format", "audio/x-caf", ("caf",)),
    "au": Format("Sun/NeXT audio", "audio/basic", ("au", "snd")),
    "matroska": Format("Matroska", "audio/matroska", ("mka", "mkv", "webm", "weba")),
}


# Extensions that promise sound and nothing else.
_PROMISING = frozenset((
    "wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "flac", "ogg", "oga", "opus", "spx",
    "mp3", "mp2", "m4a", "m4b", "aac", "wv", "mpc", "ape", "tta", "dsf", "dff", "wma", "caf", "mka",
))  # fmt: skip


def misnamed(name: str, format_id: str | None) -> str | None:
    """Say in words how a file's name and its bytes disagree; ``None`` when they do not.

    A name without an extension promises nothing. ``name`` is the last component of a path.
    """
    stem, dot, extension = name.rpartition(".")
    extension = extension.lower()
    if not stem or not dot or not extension:
        return None
    if format_id is None:
        return (
            f"named .{extension}, but not recognised as audio" if extension in _PROMISING else None
        )
    if extension in FORMATS[format_id].extensions:
        return None
    return f"the name ends in .{extension}, the bytes are {FORMATS[format_id].name}"
