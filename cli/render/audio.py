"""What a recording is, for people and for programs.

Whatever stands in a tag may be hostile: it leaves here only inside a :class:`Line`, which escapes
it, or as ASCII JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archiver.audio.examination import AudioExamination
from archiver.audio.formats import FORMATS
from archiver.audio.view import QUESTIONS
from archiver.probe import is_unread, state_of_examination
from archiver.state import State
from cli.render.embedded import chapter_texts, embedded_texts
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, clock_time, count, size, table

VERDICTS = {
    "self-verified": "checksums inside the file cover all of its sound, and all of them hold",
    "manifest-only": "the file carries no checksum over all of its sound: nothing speaks against "
    "it, and only a digest kept elsewhere can speak for it",
    "damaged": "a checksum inside the file does not hold, or sound is missing",
    "structure": "the file is not built as its format demands or as it says itself",
    "decoder-disagrees": "structure and checksums hold, but the decoder refuses part of the sound "
    "or gives another number of samples; that proves no damage",
    "not-checkable": "where the sound lies in this file is not known here",
}
_LABEL = 13
_LONGEST = 300  # characters of one value; the whole of it is in --json
_PLACES_SHOWN = 3
_PICTURE_TYPES = {0: "picture", 3: "front cover", 4: "back cover", 5: "leaflet", 6: "medium"}


def recording_record(path: str, found: AudioExamination) -> Record:
    """Return the JSON record of one examined file."""
    return {
        "type": "recording",
        "path": path,
        "state": state_of_examination(found).value,
        "verdict": found.verdict,
        "record": found.record,
        "essence": found.essence,
        "problems": list(found.problems),
    }


def recording_lines(
    path: str,
    found: AudioExamination,
    tags: bool = False,
    chunks: bool = False,
    about: Iterable[tuple[str, str]] = (),
) -> Iterator[Line]:
    """Yield one file as a librarian would read it; ``tags`` and ``chunks`` add all of them.

    ``about`` are labels and texts of what is known of the file besides, to be said first.
    """
    state, record = state_of_examination(found), found.record
    if record["format"] is None:
        yield from _unknown(path, found)
        yield from (_labelled(label, text) for label, text in about)
        return
    yield Line(path, Tone.PLAIN if state is State.SOUND else Tone.BAD)
    for label, text in about:
        yield _labelled(label, text)
    for label, text in _known(found):
        yield _labelled(label, text)
    yield from _self_check(found)
    yield from _problems(found)
    if tags:
        yield Line("  tags as they are in the file")
        yield from _indented(_raw_tags(record))
    if chunks:
        yield Line("  blocks")
        yield from _indented(_blocks(record))


def value_text(value: Any) -> str:
    """Return one value of a tag as text; bytes and what is too long are described."""
    if isinstance(value, dict):
        if "base64" in value:
            return f"(bytes in base64) {_cut(str(value['base64']))}"
        if "blake3" in value and "size" in value:
            return f"({size(int(value['size']))}, BLAKE3 {value['blake3']})"
        return _cut(", ".join(f"{name}: {value_text(part)}" for name, part in value.items()))
    if isinstance(value, list):
        return _cut(", ".join(map(value_text, value)))
    return _cut(str(value))


def picture_text(picture: Mapping[str, Any]) -> str:
    """Return a picture in words: what it shows, how large it is, its digest."""
    kind = _PICTURE_TYPES.get(picture["type"], f"picture of type {picture['type']}")
    if picture["type"] is None:
        kind = "picture"
    measures = picture.get("width") and f"{picture['width']} x {picture['height']} pixels"
    parts = (kind, picture.get("format") or picture["mime"], measures, size(picture["size"]))
    return f"{', '.join(str(part) for part in parts if part)}, BLAKE3 {picture['blake3']}"


def _unknown(path: str, found: AudioExamination) -> Iterator[Line]:
    if is_unread(found):
        yield Line(f"could not look: {path}", Tone.BAD)
    else:
        yield Line(f"no recording that this program knows: {path}")
    yield from _problems(found)


def _known(found: AudioExamination) -> Iterator[tuple[str, str]]:
    """Yield label and text of everything known besides the self-check."""
    record = found.record
    yield "format", _format(record)
    if sound := _sound(record["facts"]):
        yield "sound", sound
    view = record.get("view", {})
    for question, answers in sorted(view.items(), key=lambda item: _rank(item[0])):
        if question == "chapters":
            yield from chapter_texts(answers)
        elif isinstance(answers, dict):
            for name, text in answers.items():
                yield name.removeprefix(f"{question}_")[:_LABEL], _cut(text)
        else:
            yield question.replace("_", " "), "; ".join(map(_cut, answers))
    for label, text in embedded_texts(record):
        yield label, _cut(text)
    for picture in record["pictures"]:
        yield "picture", picture_text(picture)
    yield from _digests(found.essence)


def _rank(question: str) -> int:
    return QUESTIONS.index(question) if question in QUESTIONS else len(QUESTIONS)


def _format(record: Mapping[str, Any]) -> str:
    name, version = FORMATS[record["format"]].name, record.get("version")
    parts = [f"{name} ({version})" if version else name, record["media_type"]]
    parts.append(f"PRONOM {record['pronom']}" if record.get("pronom") else "no PRONOM id known")
    return ", ".join(parts)


def _sound(facts: Mapping[str, Any]) -> str:
    bit_rate, mode = facts.get("bit_rate"), facts.get("mode")
    parts = (
        facts.get("codec"),
        facts.get("sample_rate") and f"{facts['sample_rate'] / 1000:g} kHz",
        facts.get("bit_depth") and f"{facts['bit_depth']} bit",
        facts.get("channels") and count(facts["channels"], "channel"),
        bit_rate and f"{bit_rate / 1000:,.0f} kbit/s" + (f" {mode}" if mode else ""),
        facts.get("duration_s") is not None and clock_time(facts["duration_s"]),
    )
    return ", ".join(str(part) for part in parts if part)


def _digests(essence: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if essence is None:
        return
    stream, pcm = essence["stream"], essence.get("pcm")
    yield "coded sound", f"BLAKE3 {stream['blake3']} ({size(stream['size'])})"
    if pcm is None:
        return
    if pcm.get("stated"):
        yield "samples", f"MD5 {pcm['md5']} (the file says so)"
    else:
        yield "samples", f"MD5 {pcm['md5']}"
        yield "", f"BLAKE3 {pcm['blake3']}"


def _self_check(found: AudioExamination) -> Iterator[Line]:
    check = found.record.get("self_check", {})
    tones = {"self-verified": Tone.GOOD, "damaged": Tone.BAD, "structure": Tone.WARNING}
    tones["decoder-disagrees"] = Tone.WARNING
    words = VERDICTS[found.verdict]
    yield _labelled("self-check", f"{found.verdict}: {words}", tones.get(found.verdict, Tone.PLAIN))
    for kind, row in check.get("checks", {}).items():
        bad = f", {row['bad']:,} of them do not hold" if row["bad"] else ""
        yield _labelled("", f"{kind}: {row['checked']:,} checked{bad}")
    damage = check.get("damage", [])
    for place in damage[:_PLACES_SHOWN]:
        yield _labelled("", _damage(place), Tone.BAD)
    if check.get("damaged_places", 0) > _PLACES_SHOWN:
        rest = check["damaged_places"] - _PLACES_SHOWN
        yield _labelled("", f"and {rest:,} more damaged places", Tone.BAD)
    for note in check.get("notes", ()):
        yield _labelled("", note)
    yield from _decoding(found.record)


# What stands in "not_checked", in words.
_NOT_CHECKED = {
    "decoding": "whether the sound can be decoded (--decode)",
    "flac-md5": "the MD5 of the samples that the file states",
    "wavpack-md5": "the MD5 of the samples that the file states",
    "frame-count": "whether all of the sound came out of the decoder: no rule for this format",
}


def _decoding(record: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what came out of the decoder, and what remains unchecked."""
    part = record.get("decoding")
    if part is not None:
        promised = {True: ", as promised", False: f", promised {part.get('promised_frames', 0):,}"}
        words = f"{part['frames']:,} frames by {part['codec'] or 'no decoder'}"
        yield _labelled("decoded", words + promised.get(part["frames_agree"], ""))
    unchecked = record.get("self_check", {}).get("not_checked", ())
    for name in dict.fromkeys(_NOT_CHECKED[name] for name in unchecked):
        yield _labelled("not checked", name)


def _damage(place: Mapping[str, Any]) -> str:
    words = f"{place['what']}: {count(place['size'], 'byte')} from byte {place['offset']:,}"
    if "from_s" not in place:
        return words
    return f"{words}, at {clock_time(place['from_s'])} to {clock_time(place['to_s'])}"


def _problems(found: AudioExamination) -> Iterator[Line]:
    for problem in found.problems:
        where = f" (byte {problem['offset']:,})" if "offset" in problem else ""
        yield _labelled("finding", f"{problem['code']}: {problem['message']}{where}", Tone.WARNING)
    for row in found.record.get("disagreements", ()):
        readings = f"{row['walk']} by our walk, {row['mutagen']} by mutagen"
        yield _labelled("finding", f"two readings of {row['fact']}: {readings}", Tone.WARNING)


def _raw_tags(record: Mapping[str, Any]) -> Iterator[Line]:
    rows = [
        (str(entry["system"]), str(entry["key"]), value_text(value))
        for entry in record["tags"]
        for value in entry["values"] or [""]
    ]
    for name, content in record.get("embedded", {}).items():
        fields = content.items() if isinstance(content, dict) else [("", content)]
        rows += [
            ("embedded", f"{name}.{field}" if field else name, value_text(value))
            for field, value in fields
        ]
    return table(("system", "key", "value"), rows) if rows else iter([Line("none")])


def _blocks(record: Mapping[str, Any]) -> Iterator[Line]:
    rows = [
        (block["id"], f"{block['offset']:,}", f"{block['size']:,}", block.get("blake3", "-"))
        for block in record.get("blocks", ())
    ]
    if not rows:
        yield Line("none that this program can list")
        return
    yield from table(("block", "offset", "bytes", "BLAKE3"), rows, right="offset,bytes")
    if record.get("unlisted_blocks"):
        yield Line(f"and {record['unlisted_blocks']:,} more", Tone.FAINT)


def _labelled(label: str, text: str, tone: Tone = Tone.PLAIN) -> Line:
    return Line(f"  {label:{_LABEL}} {text}", tone)


def _indented(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        yield Line(f"    {line.text}", line.tone)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
