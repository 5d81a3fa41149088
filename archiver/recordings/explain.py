"""Explaining mismatches of recordings: an honest retag, or damage, and when in the recording.

Only files that mismatch are examined, by the limited workers of :mod:`archiver.audio.tags`, and
only so many of them: a bag in which everything differs is told from its findings alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from archiver.audio.examination import AudioExamination, Question
from archiver.audio.tags import TagReader
from archiver.changes import Changes, changes_between
from archiver.errors import EnvironmentUnusable
from archiver.findings import Finding
from archiver.progress import Progress
from archiver.recordings import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.recordings.changed import changes_as_json, changes_in_words
from archiver.recordings.judgement import Sound, what_became_of_the_sound
from archiver.recordings.places import own_checksums_in_words, times_by_record, times_in_words
from archiver.recordings.recorded import Recorded, rank, recorded
from archiver.tree import Tree

MOST_EXAMINED = 500
_MOST_RANGES = 100
_WORTH_A_WORKER = 8
_MESSAGES = {
    Sound.HEADERS: "the coded sound is as it was, but not what a player needs besides to play it",
    Sound.CONTAINER: "the coded sound is as it was, but the file around it is broken",
}

_Asked = tuple[Finding, Recorded]


def explain(tree: Tree, findings: Sequence[Finding], progress: Progress) -> tuple[Finding, ...]:
    """Return ``findings`` with what is known of the recordings among the mismatches.

    ``tree`` is the bag; its records must be vouched for. A mismatch
    becomes ``metadata-changed`` where the sound is intact, and tells the time of its damage
    otherwise. The first :data:`MOST_EXAMINED` recordings are examined; a finding says how many
    mismatches were not.
    """
    waiting = {
        finding.path: finding
        for finding in findings
        if finding.code == "mismatch" and finding.path and finding.detail.get("ranges") != []
    }
    explained: dict[str | None, Finding] = {}
    progress.begin("examining what changed", None, min(len(waiting), MOST_EXAMINED))
    trouble = None
    try:
        for finding in _examined(tree, waiting, progress):
            explained[finding.path] = finding
    except (EnvironmentUnusable, OSError) as error:
        trouble = str(error)
    finally:
        progress.end()
    left = _not_reached(waiting, explained, trouble)
    told = [
        explained.get(finding.path, finding) if finding.code == "mismatch" else finding
        for finding in findings
    ]
    return (*left, *_sizes_explained(told))


def _examined(tree: Tree, waiting: dict[str, Finding], progress: Progress) -> Iterator[Finding]:
    home = os.getcwd()

    def questions() -> Iterator[tuple[_Asked, str, Question]]:
        count = 0
        for one in recorded(tree, waiting):
            if one.found.essence is None:
                continue
            if count == MOST_EXAMINED:
                return
            count += 1
            finding = waiting[one.path]
            frames = one.found.record["facts"].get("frames")
            question = Question(_ranges(finding), frames if isinstance(frames, int) else None)
            yield (finding, one), os.path.join(home, tree.place(one.path)), question

    workers = min(os.cpu_count() or 1, 1 + len(waiting) // _WORTH_A_WORKER)
    with TagReader(workers) as reader:
        for (finding, one), found in reader.question_many(questions()):
            yield _explained(finding, one.found, found)
            progress.advance(0, 1)


def _ranges(finding: Finding) -> tuple[tuple[int, int], ...]:
    ranges = finding.detail.get("ranges", ())
    assert isinstance(ranges, Sequence)
    return tuple((first, last) for first, last in ranges[:_MOST_RANGES])


def _explained(finding: Finding, old: AudioExamination, new: AudioExamination) -> Finding:
    sound = what_became_of_the_sound(old, new)
    if sound is Sound.UNKNOWN:
        return finding
    changes = changes_between(old, new)
    if sound is Sound.INTACT:
        detail = {**finding.detail, "sound": sound.value, "changes": changes_as_json(changes)}
        message = f"The sound is intact; what changed: {changes_in_words(changes)}."
        return replace(finding, code="metadata-changed", message=message, detail=detail)
    return _damaged(finding, sound, (old, new), changes)


def _damaged(
    finding: Finding,
    sound: Sound,
    seen: tuple[AudioExamination, AudioExamination],
    changes: Changes,
) -> Finding:
    old, new = seen
    ranges = _ranges(finding)
    times = times_by_record(old, ranges) or new.places
    detail: dict[str, Any] = {
        **finding.detail,
        "sound": sound.value,
        "times": list(times),
        "self_check": new.record.get("self_check"),
    }
    words = [finding.message.rstrip(".")]
    if ranges and times:
        words[0] += f", {times_in_words(times)}"
    if sound in _MESSAGES:
        words.append(_MESSAGES[sound])
    if checks := own_checksums_in_words(new):
        words.append(checks)
    elif sound is Sound.DIFFERS and new.verdict == "self-verified":
        words.append("its own checksums hold, so it may have been edited or replaced")
    if changes != Changes() and new.record["format"] == old.record["format"]:
        detail["changes"] = changes_as_json(changes)
        words.append(f"what is around the sound changed too: {changes_in_words(changes)}")
    return replace(finding, message=f"{'; '.join(words)}.", detail=detail)


def _not_reached(
    waiting: dict[str, Finding], explained: dict[str | None, Finding], trouble: str | None
) -> list[Finding]:
    """Return a finding when mismatches were left unexamined, because of their number or trouble."""
    if trouble is not None:
        return [Finding("changes-not-examined", f"They could not be examined: {trouble}")]
    if len(explained) < MOST_EXAMINED:
        return []
    last = max(rank(path) for path in explained if path is not None)
    left = sum(rank(path) > last for path in waiting)
    words = (
        f"The first {MOST_EXAMINED:,} were examined; {left:,} more files that mismatch were not."
    )
    return [Finding("changes-not-examined", words)] if left else []


def _sizes_explained(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, those about the payload's size put down to changed metadata.

    Only where the files whose sound is intact account for the difference to the byte.
    """
    grown = 0
    for finding in findings:
        if finding.code == "metadata-changed":
            grown += finding.detail.get("size", 0) - finding.detail.get("recorded_size", 0)  # type: ignore[operator]
    return [_size_explained(finding, grown) for finding in findings]


def _size_explained(finding: Finding, grown: int) -> Finding:
    told = finding.detail
    if not grown or not {"bytes", "recorded_bytes"} <= told.keys():
        return finding
    if told["files"] != told["recorded_files"] or told["bytes"] != told["recorded_bytes"] + grown:  # type: ignore[operator]
        return finding
    words = "The files with changed metadata account for the difference."
    return replace(finding, code="payload-size-altered", message=f"{finding.message} {words}")
