"""Examining one file: what it is, its facts, everything embedded, and the sound's own fixity.

Runs in the worker process: what is parsed here comes from outside.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from typing import Any

from archiver.audio.decode.check import DecodeCheck, Undecoded, check_by_decoding
from archiver.audio.decode.model import Wish
from archiver.audio.essence import examine_sound, verdict
from archiver.audio.examination import AudioExamination, Question
from archiver.audio.formats import misnamed
from archiver.audio.marks import Marks
from archiver.audio.places import places_of
from archiver.audio.record import describe, empty_record, mutagen_version, problem
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source, identify
from archiver.audio.tags.declared import oversized
from archiver.audio.tags.limits import Limits
from archiver.audio.tags.reading import is_read, read_tags
from archiver.audio.view import view_of
from archiver.audio.walk import walk
from archiver.audio.walk.id3 import list_id3
from archiver.audio.walk.model import Walk

# How far two readings of one fact may lie apart before the difference is worth recording.
_TOLERANCE_SECONDS = 0.1
# Errors of the medium. Others (a seek before the start, say) are the tags' own doing.
_MEDIUM_FAILS = (errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ETIMEDOUT)
_COMPARED = ("sample_rate", "channels", "bit_depth")
_OWN_TAGS = ("vorbis",)
_NO_WISH = Wish()


def make_record(source: Source, limits: Limits, name: str = "") -> dict[str, Any]:
    """Return the record of one open file without reading its sound.

    ``name`` is what the file is called, the last component of its path, held against its bytes.

    Never raises for what the tags contain. Raises ``OSError`` when the medium gives no bytes,
    which says nothing about the file.
    """
    record, _ = _describe(source, limits)
    _judge_name(record, name)
    return record


def examine_source(
    source: Source,
    limits: Limits,
    name: str = "",
    beat: Callable[[], object] = lambda: None,
    wish: Wish = _NO_WISH,
    question: Question | None = None,
) -> AudioExamination:
    """Return everything that can be known of one open file; its sound is read once.

    Once more where ``wish`` asks for decoding. ``beat`` is called now and then while a large file
    is read. Raises as :func:`make_record`.
    """
    record, found = _describe(source, limits)
    essence, check = None, SelfCheck()
    if found is not None:
        found.marks = Marks() if question is not None else None
        essence, check = examine_sound(source, found, beat)
        _fill_in(record, found)  # the sound may have told more facts and findings
    judged = verdict(found, check)
    _judge_name(record, name)
    decoded = DecodeCheck([])
    if record["format"] is not None:
        format_id, start = identify(source)
        assert format_id is not None
        pcm = (essence or {}).get("pcm")
        file = Undecoded(source, format_id, start, found, check, judged, pcm)
        decoded = check_by_decoding(file, wish, limits, beat)
        judged = verdict(found, check, decoded.disagrees)
        _take_decoded(record, essence, decoded)
        record["self_check"] = {"verdict": judged, **check.to_json()}
        if decoded.not_checked:
            record["self_check"]["not_checked"] = decoded.not_checked
    problems = [record["problem"]] if "problem" in record else []
    problems += record.get("findings", []) + decoded.problems
    if judged == "damaged":
        problems.append(problem("audio-damaged", _damage(check)))
    places = places_of(source, found, question) if found is not None and question else ()
    return AudioExamination(record, essence, judged, tuple(problems), decoded.digests, places)


def _take_decoded(
    record: dict[str, Any], essence: dict[str, Any] | None, decoded: DecodeCheck
) -> None:
    """Put what the decoder gave where it belongs; samples it computed replace those stated."""
    record["readers"] = {**record["readers"], **decoded.readers}
    if decoded.part is not None:
        record["decoding"] = decoded.part
    if essence is None or decoded.pcm is None:
        return
    if "pcm" not in essence or essence["pcm"].get("stated"):
        essence["pcm"] = decoded.pcm


def _judge_name(record: dict[str, Any], name: str) -> None:
    words = misnamed(name, record["format"])
    if words is not None:
        record["findings"] = [*record.get("findings", ()), problem("audio-misnamed", words)]


def _damage(check: SelfCheck) -> str:
    first = check.damage[0]
    when = f", {first['from_s']} s into the recording" if "from_s" in first else ""
    words = f"{first['what']} at byte {first['offset']}{when}"
    return words if check.places == 1 else f"{check.places} damaged places; the first: {words}"


def _describe(source: Source, limits: Limits) -> tuple[dict[str, Any], Walk | None]:
    format_id, start = identify(source)
    record = empty_record(format_id)
    if format_id is None:
        return record, None
    found = walk(source, format_id, start)
    if found is not None:
        if start:
            list_id3(source, found)
        _fill_in(record, found)
    if is_read(format_id) and not (found is not None and _has_nothing_more(found, start)):
        record["readers"] = {"mutagen": mutagen_version()}
        refused = oversized(source, format_id, start, limits.declared)
        if refused is not None:
            record["problem"] = problem("tags-refused", refused)
        else:
            _read_with_mutagen(record, source, format_id, start)
    if record["tags"]:
        record["view"] = view_of(record["tags"])
    return record, found


def _has_nothing_more(found: Walk, start: int) -> bool:
    """Whether a file is a WAVE that mutagen could say nothing new of.

    It reads the ``fmt `` chunk, the size of the data and an ``id3 `` chunk. Where every byte of
    the file belongs to a chunk, all that is stated agrees and no such chunk is there, asking it
    would cost more than everything else that is done to a short recording.
    """
    if found.format_id != "wav" or found.pcm is None or start:
        return False
    names = (block["id"].lower() for block in found.blocks)
    return not (found.findings or found.unlisted_blocks or any(n[:3] == "id3" for n in names))


def _fill_in(record: dict[str, Any], found: Walk) -> None:
    """Put into the record what the walk knows."""
    if found.facts.get("codec") == "alac":
        found.pronom = "fmt/596"
    record["version"], record["pronom"] = found.version, found.pronom
    record["facts"] = {**record["facts"], **found.facts}
    record["blocks"] = found.blocks
    if found.unlisted_blocks:
        record["unlisted_blocks"] = found.unlisted_blocks
    if found.embedded:
        record["embedded"] = found.embedded
    if found.findings:
        record["findings"] = found.findings
    if not record["tags"]:
        record["tags"] = found.tags
    if not record["pictures"]:
        record["pictures"] = found.pictures


def _read_with_mutagen(record: dict[str, Any], source: Source, format_id: str, start: int) -> None:
    try:
        second = read_tags(source, format_id, start, "free_frame_bytes" in record["facts"])
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _MEDIUM_FAILS:
            raise
        record["problem"] = problem("tags-unreadable", describe(error))
        return
    compared = () if _is_quicktime_pcm(record) else _COMPARED
    differences = _differences(record["facts"], second["facts"], compared)
    if differences:
        record["disagreements"] = differences
    record["facts"] = {**_believed(second["facts"], record["facts"]), **record["facts"]}
    own = {entry["system"] for entry in record["tags"]}
    record["tags"] = record["tags"] + [
        entry
        for entry in second["tags"]
        if not (entry["system"] in _OWN_TAGS and entry["system"] in own)
    ]
    if not own.intersection(_OWN_TAGS) and format_id != "flac":
        record["pictures"] = record["pictures"] + second["pictures"]


def _believed(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Return what mutagen's facts may add: no length of zero, no bit depth of lossy sound.

    It reads both out of fields that say nothing where files are in fragments, or sound is AAC.
    """
    empty = [name for name in ("duration_s",) if not theirs.get(name)]
    void = ["bit_depth"] if ours.get("mode") == "variable" else []
    return {name: value for name, value in theirs.items() if name not in (*empty, *void)}


def _is_quicktime_pcm(record: dict[str, Any]) -> bool:
    """Whether mutagen reads the facts of the sound out of fields that hold constants here.

    It knows the first version of QuickTime's sound descriptions. Later ones fill its fields in.
    """
    codec = str(record["facts"].get("codec"))
    return record["format"] in ("m4a", "mp4") and codec.startswith("pcm")


def _differences(
    ours: dict[str, Any], theirs: dict[str, Any], compared: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the facts on which the walk and mutagen do not agree, with both readings."""
    found = [
        {"fact": name, "walk": ours[name], "mutagen": theirs[name]}
        for name in compared
        if name in ours and theirs.get(name) and ours[name] != theirs[name]
    ]
    a, b = ours.get("duration_s"), theirs.get("duration_s")
    if isinstance(a, float) and isinstance(b, float) and b and abs(a - b) > _TOLERANCE_SECONDS:
        found.append({"fact": "duration_s", "walk": a, "mutagen": b})
    return found
