"""What a verification found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archiver.findings import Severity
from archiver.state import SOUND_VERDICTS, State
from archiver.verify import BagVerification, Depth
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, size

if TYPE_CHECKING:
    from archiver.recordings.check import RecordingsCheck
    from archiver.second_opinion.opinion import Opinion

_MEANINGS = {
    "valid": "every digest of every manifest agrees",
    "complete": "structure, names and Payload-Oxum agree; no digest was taken: that proves little",
    "sound-by-blake3": "tag files agree with their manifests, the payload with fixity/blake3.txt",
    "not-checked": "part of it could not be compared, so nothing can be said of the whole",
    "unreadable": "part of it could not be read; what could be is sound",
    "invalid": "the bag is not what it was recorded to be",
    "missing": "the bag is not where it was sealed",
}
NO_BAG = {"no-declaration", "no-payload-folder", "no-payload-manifest"}
_ALTERED = (
    "not the bytes that were sealed, so no valid bag by RFC 8493; all of its sound is intact, only "
    "what is written around it changed"
)
WITNESS = "bagit-python"


def verification_records(
    found: BagVerification, bag_id: str | None, depth: Depth, opinion: Opinion | None = None
) -> Iterator[Record]:
    """Yield the JSON records of one bag: its findings, then the verdict."""
    for finding in found.findings:
        yield finding_record(finding, bag=found.path)
    if opinion is not None and opinion.finding is not None:
        yield finding_record(opinion.finding, bag=found.path)
    yield {
        "type": "verification",
        "bag": found.path,
        "id": bag_id,
        "depth": depth.value,
        "verdict": found.verdict,
        "state": found.state.value,
        "version": found.version,
        "listed_files": found.listed_files,
        "checked_files": found.checked_files,
        "checked_bytes": found.checked_bytes,
        "payload_files": found.payload_files,
        "payload_bytes": found.payload_bytes,
        "algorithms_checked": list(found.algorithms_checked),
        "algorithms_not_checked": list(found.algorithms_not_checked),
        "read_from": found.from_medium if found.checked_files else None,
        "tag_manifest_digest": found.tag_manifest_digest,
        "findings": len(found.findings),
        "audio": _recordings_record(found.recordings),
        "cross_check": _opinion_record(opinion),
    }


def verification_lines(
    found: BagVerification,
    bag_id: str | None,
    depth: Depth,
    every: bool,
    opinion: Opinion | None = None,
) -> Iterator[Line]:
    """Yield what a person wants to know of one bag."""
    tone = Tone.GOOD if found.verdict in SOUND_VERDICTS else Tone.BAD
    yield Line(f"{found.verdict}: {found.path}", tone)
    yield Line(f"  {_meaning(found)}")
    if bag_id is not None and found.verdict in SOUND_VERDICTS and _is_the_sealed(found):
        yield Line("  it is the bag that was sealed, by the event log")
    if depth is Depth.FAST:
        payload = f"{count(found.payload_files, 'payload file')}, {size(found.payload_bytes)}"
        yield Line(f"  {payload}")
    elif found.verdict != "missing":
        yield Line(f"  {_checked(found)}")
    if found.recordings is not None:
        yield from _recordings(found.recordings)
    shown = [finding for finding in found.findings if every or _worth_showing(finding.severity)]
    if opinion is not None:
        yield Line(f"  {_opinion(opinion)}", Tone.PLAIN if opinion.agrees else Tone.WARNING)
        shown += [opinion.finding] if opinion.finding is not None else []
    yield from item_lines(map(of_finding, shown), every)


def _meaning(found: BagVerification) -> str:
    if {finding.code for finding in found.findings} >= NO_BAG:
        return "there is nothing of a bag in it: perhaps another folder is meant"
    return _ALTERED if found.state is State.ALTERED else _MEANINGS[found.verdict]


def _checked(found: BagVerification) -> str:
    files = f"{found.checked_files:,} of {count(found.listed_files, 'payload file')} compared"
    algorithms = ", ".join(found.algorithms_checked) or "no algorithm"
    media = {"medium": "from the medium", "cache": "through the page cache"}
    source = media.get(found.from_medium, "partly from the medium")
    return f"{files} ({size(found.checked_bytes)}) by {algorithms}, read {source}"


def _recordings_record(found: RecordingsCheck | None) -> Record | None:
    if found is None:
        return None
    return {
        "recordings": found.recordings,
        "bytes": found.bytes,
        "verdicts": dict(sorted(found.verdicts.items())),
        "compared_with_record": found.compared,
        "as_recorded": found.as_recorded,
        "not_checked": found.unread,
        "decoded": found.decoded,
        "samples_compared": found.samples_compared,
    }


def _opinion_record(opinion: Opinion | None) -> Record | None:
    if opinion is None:
        return None
    return {
        "tool": f"{WITNESS} {opinion.version}".strip(),
        "verdict": opinion.verdict,
        "said": opinion.said,
        "agrees": opinion.agrees,
        "explained_by": list(opinion.explained_by),
    }


def _opinion(opinion: Opinion) -> str:
    if opinion.agrees:
        return f"{WITNESS} {opinion.version} agrees: {opinion.verdict}"
    if opinion.verdict == "not-asked":
        return f"{WITNESS} was not asked"
    if opinion.verdict == "lost":
        return f"{WITNESS} gave no answer"
    known = "a known defect" if opinion.explained_by else "no known defect"
    return f"{WITNESS} {opinion.version} disagrees ({opinion.verdict}), for {known} of it"


def _recordings(found: RecordingsCheck) -> Iterator[Line]:
    """Yield how many recordings there are by what their own checksums say."""
    from cli.render.audio import VERDICTS  # most verifications examine none

    yield Line(
        f"  {count(found.recordings, 'recording')} ({size(found.bytes)}) examined, "
        f"{found.as_recorded:,} of {found.compared:,} on record as they were sealed"
    )
    if found.decoded is not None:
        yield Line(
            f"  {found.decoded:,} of them decoded without a fault, "
            f"{found.samples_compared:,} of those compared with the samples on record"
        )
    for verdict, number in sorted(found.verdicts.items()):
        tone = Tone.BAD if verdict == "damaged" else Tone.PLAIN
        yield Line(f"    {number:,} {verdict}: {VERDICTS[verdict]}", tone)


def _is_the_sealed(found: BagVerification) -> bool:
    return all(finding.code != "not-the-sealed-bag" for finding in found.findings)


def _worth_showing(severity: Severity) -> bool:
    return severity is not Severity.NOTE
