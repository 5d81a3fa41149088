"""What a sealed bag says of its files and recordings, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.sealed import Recordings, SealedFile
from cli.render.audio import VERDICTS, recording_record
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, clock_time, count, size

_VERDICT = 13


def sealed_record(file: SealedFile) -> Record:
    """Return the JSON record of a payload file: a recording as when probed, and its bag."""
    return {
        **recording_record(file.path, file.examination),
        "bag": file.bag,
        "size": file.size,
        "mtime": file.mtime,
        "blake3": file.blake3,
    }


def about_file(file: SealedFile) -> Iterator[tuple[str, str]]:
    """Yield label and text of what is known of any file, recording or not."""
    yield "in the bag", file.bag
    yield "size", f"{size(file.size)} ({file.size:,} bytes)"
    yield "modified", file.mtime
    yield "whole file", f"BLAKE3 {file.blake3}"


def recordings_record(found: Recordings) -> Record:
    """Return the JSON record of what the recordings of a bag come to."""
    return {
        "type": "recordings",
        "recordings": found.recordings,
        "with_tags": found.with_tags,
        "with_findings": found.with_findings,
        "duration_s": round(found.duration_s, 6),
        "formats": dict(found.formats),
        "verdicts": dict(found.verdicts),
        "years": list(found.years) if found.years else None,
        "rights": found.rights,
    }


def recordings_lines(found: Recordings, with_info: bool) -> Iterator[Line]:
    """Yield what a librarian wants to know of the recordings of a bag.

    ``with_info`` adds ``bag-info.txt`` and the rights, which a held bag tells otherwise.
    """
    if with_info:
        for line in found.info.splitlines():
            yield Line(f"    {line}")
        yield _said("rights basis", str(found.rights.get("basis", "not stated")))
    for label in ("note", "date"):
        if found.rights.get(label):
            said = f"rights {label}"
            text = str(found.rights[label])
            yield _said(said, text) if with_info else Line(f"  {said:15} {text}")
    yield Line(f"  {count(found.recordings, 'recording')}")
    if not found.recordings:
        return
    formats = ", ".join(f"{number:,} {name}" for name, number in found.formats.most_common())
    yield _said("formats", formats)
    yield _said("duration", clock_time(found.duration_s))
    yield _said("with tags", f"{found.with_tags:,} of {found.recordings:,}")
    if found.years:
        first, last = found.years
        yield _said("dates in tags", first if first == last else f"{first} to {last}")
    for verdict, number in found.verdicts.most_common():
        tone = Tone.BAD if verdict == "damaged" else Tone.PLAIN
        meaning = VERDICTS.get(verdict, "")
        yield Line(f"    {verdict:{_VERDICT}} {number:,}: {meaning}", tone)
    if found.with_findings:
        yield _said("with findings", f"{found.with_findings:,}")


def _said(label: str, text: str) -> Line:
    return Line(f"    {label:{_VERDICT}} {text}")
