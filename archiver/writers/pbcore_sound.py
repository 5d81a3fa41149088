"""PBCore 2.1: one recording as an instantiation, with the track of sound in it.

What PBCore has no element for (the number of channels as a number, sample frames, the fields of
Broadcast Wave) is in annotations, each with its type.
"""

from __future__ import annotations

import math
from typing import Any

from archiver.writers.model import BagRecord, Essence, FileRecord
from archiver.writers.premis_objects import file_id
from archiver.writers.tracks import clock
from archiver.writers.xml import attributes_of, element, relative_url

NAMESPACE = "http://www.pbcore.org/PBCore/PBCoreNamespace.html"
_LONGEST = 10**9
"""Seconds (30 years): what is beyond is no length of a recording, but damage in a header."""
_BEXT = {
    "description": "Description",
    "originator": "Originator",
    "originator_reference": "OriginatorReference",
    "origination_date": "OriginationDate",
    "origination_time": "OriginationTime",
    "time_reference": "TimeReference",
    "umid": "UMID",
    "loudness_value": "LoudnessValue",
    "loudness_range": "LoudnessRange",
    "max_true_peak_level": "MaxTruePeakLevel",
    "max_momentary_loudness": "MaxMomentaryLoudness",
    "max_short_term_loudness": "MaxShortTermLoudness",
    "coding_history": "CodingHistory",
}


def instantiation_document(bag: BagRecord, file: FileRecord) -> str:
    """Return the recording as a document of its own, without an XML declaration."""
    return (
        f'<pbcoreInstantiationDocument xmlns="{NAMESPACE}">{instantiation(bag, file)}'
        "</pbcoreInstantiationDocument>"
    )


def instantiation(bag: BagRecord, file: FileRecord) -> str:
    """Return what is known of the recording, in the order of PBCore's ``instantiationType``."""
    found = file.recording
    facts, bext = found.facts, found.embedded.bext
    digests = [*file.digests, ("BLAKE3", file.blake3)]
    return "".join((
        identified("instantiationIdentifier", file_id(bag, file.path), "file"),
        *(_digest("instantiationIdentifier", name, of) for name, of in digests),
        _stated("instantiationDate", bext.get("origination_date"), ' dateType="created"'),
        _stated("instantiationDigital", found.media_type),
        _standard(file),
        element("instantiationLocation", relative_url(file.path), ' annotation="in the bag"'),
        "<instantiationMediaType>Sound</instantiationMediaType>",
        _measured("instantiationFileSize", file.size, "bytes"),
        _begins(bext.get("time_reference"), facts.get("sample_rate")),
        _stated("instantiationDuration", _time(facts.get("duration_s"))),
        _measured("instantiationDataRate", facts.get("bit_rate"), "bits/second"),
        _stated("instantiationChannelConfiguration", _channels(facts.get("channels"))),
        _track(facts, file.essence),
        *(_annotation("instantiation", f"bext {name}", bext.get(key), _tech_3285(bext))
          for key, name in _BEXT.items()),
    ))  # fmt: skip


def identified(name: str, value: str, what: str) -> str:
    """Return an identifier in the words of our PREMIS; ``what`` it is of."""
    return element(name, value, f' source="local" annotation="{what}"')


def _digest(name: str, algorithm: str, digest: str, of: str = "", source: str = "computed") -> str:
    """Return a digest as PBCore's own examples have it, an identifier with its algorithm."""
    said = f' source="{source}" version="{algorithm}" annotation="messageDigest{of}"'
    return element(name, digest, said)


def _standard(file: FileRecord) -> str:
    """Return the format, with PRONOM's identifier as an ``info`` URI."""
    found = file.recording
    registry = attributes_of(
        source="PRONOM" if found.pronom else None,
        ref=f"info:pronom/{found.pronom}" if found.pronom else None,
        version=found.version or None,
    )
    return element("instantiationStandard", file.format_name or "unknown", registry)


def _track(facts: dict[str, Any], essence: Essence | None) -> str:
    channels, frames = facts.get("channels"), facts.get("frames")
    return "".join((
        "<instantiationEssenceTrack><essenceTrackType>Audio</essenceTrackType>",
        _essence(essence),
        _stated("essenceTrackEncoding", facts.get("codec")),
        _measured("essenceTrackSamplingRate", facts.get("sample_rate"), "Hz"),
        _measured("essenceTrackBitDepth", facts.get("bit_depth"), "bits"),
        _stated("essenceTrackDuration", _time(facts.get("duration_s"))),
        _annotation("essenceTrack", "channels", channels),
        _annotation("essenceTrack", "sample frames", frames),
        _annotation("essenceTrack", "mode", facts.get("mode")),
        "</instantiationEssenceTrack>",
    ))  # fmt: skip


def _essence(essence: Essence | None) -> str:
    """Return the digests that no retagging changes; an MD5 may be the file's own word only."""
    if essence is None:
        return ""
    name = "essenceTrackIdentifier"
    text = _digest(name, "BLAKE3", essence.stream.blake3, " of the coded sound")
    if pcm := essence.pcm:
        source = "the file itself" if pcm.stated else "computed"
        text += _digest(name, "MD5", pcm.md5, " of the samples", source)
        if pcm.blake3:
            text += _digest(name, "BLAKE3", pcm.blake3, " of the samples")
    return text


def _begins(samples: object, rate: object) -> str:
    """Return the time of day at which a Broadcast Wave file says its sound begins."""
    if not isinstance(samples, int) or not isinstance(rate, int) or samples <= 0 or rate <= 0:
        return ""
    if samples // rate > _LONGEST:
        return ""
    begin = clock(samples * 1000 // rate)
    return element("instantiationTimeStart", begin, ' source="bext TimeReference"')


def _channels(count: object) -> str | None:
    if not isinstance(count, int):
        return None
    return "1 channel" if count == 1 else f"{count} channels"


def _time(seconds: object) -> str | None:
    if not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return None
    return clock(round(seconds * 1000)) if 0 <= seconds <= _LONGEST else None


def _tech_3285(bext: dict[str, Any]) -> str:
    return f"EBU Tech 3285, version {bext.get('version', 'unknown')}"


def _measured(name: str, value: object, units: str) -> str:
    return _stated(name, value, f' unitsOfMeasure="{units}"')


def _annotation(of: str, kind: str, value: object, source: str | None = None) -> str:
    return _stated(f"{of}Annotation", value, attributes_of(annotationType=kind, source=source))


def _stated(name: str, value: object, attributes: str = "") -> str:
    """Return the element, or nothing where the recording says nothing of the kind."""
    if value is None or value == "" or isinstance(value, dict):
        return ""  # a text too long for the records is a dict there: the file has it
    return element(name, value, attributes)
