"""What restoring a bag came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archiver.findings import Finding, Severity
from archiver.restore import Restored
from archiver.state import State
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, size


def restored_records(
    found: Restored, bag_id: str | None, of_log: Sequence[Finding]
) -> Iterator[Record]:
    """Yield the JSON records: findings, then what was restored."""
    for finding in (*of_log, *found.findings):
        yield finding_record(finding, bag=found.bag)
    yield {
        "type": "restore",
        "bag": found.bag,
        "id": bag_id,
        "parts": list(found.parts),
        "as_bag": found.as_bag,
        "file": found.file,
        "path": found.path,
        "dry_run": found.dry_run,
        "state": found.state.value,
        "files": found.files,
        "bytes": found.bytes,
        "folders": found.folders,
        "listed_files": found.listed_files,
        "exact": found.exact,
        "bytes_free": found.bytes_free,
        "findings": len(found.findings),
    }


def restored_lines(found: Restored, of_log: Sequence[Finding], every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    yield _head(found)
    if found.as_bag and found.path is None:
        yield Line("  it is not valid; without --as-bag what is sound in it comes back", Tone.BAD)
    elif found.files < found.listed_files and not found.file:
        left_out = found.listed_files - found.files
        yield Line(f"  {left_out:,} of {count(found.listed_files, 'file')} left out", Tone.BAD)
    if not (found.dry_run or found.path is None or found.as_bag or found.file):
        yield Line(f"  {_likeness(found)}")
    shown = [
        finding
        for finding in (*of_log, *found.findings)
        if every or finding.severity is not Severity.NOTE
    ]
    yield from item_lines(map(of_finding, shown), every)


def _head(found: Restored) -> Line:
    amount = f"{count(found.files, 'file')}, {size(found.bytes)}"
    joined = f", joined from {len(found.parts):,} parts" if len(found.parts) > 1 else ""
    if found.file:
        return _head_of_file(found)
    if found.path is None:
        return Line(f"nothing restored: {found.bag}", Tone.BAD)
    if found.dry_run:
        room = f" ({size(found.bytes_free)} free)" if found.bytes_free is not None else ""
        what = "the bag, " if found.as_bag else ""
        return Line(
            f"would restore {what}{amount}{joined} to {found.path}{room}; nothing was compared"
        )
    if found.as_bag:
        return Line(f"a valid bag in {found.path}: {amount}{joined}", Tone.GOOD)
    tone = Tone.GOOD if found.state is State.SOUND else Tone.BAD
    return Line(
        f"restored to {found.path}: {amount}{joined}, each compared with the manifests", tone
    )


def _head_of_file(found: Restored) -> Line:
    if found.path is None:
        return Line(f"not restored: {found.file} of {found.bag}", Tone.BAD)
    if found.dry_run:
        return Line(f"would restore {found.path} ({size(found.bytes)}); nothing was compared")
    said = "compared with the manifests of its bag"
    return Line(f"restored: {found.path} ({size(found.bytes)}), {said}", Tone.GOOD)


def _likeness(found: Restored) -> str:
    if found.exact:
        return "times, modes and empty folders are as they were in the source"
    return "not everything about times, modes and folders is as it was (--all says what)"
