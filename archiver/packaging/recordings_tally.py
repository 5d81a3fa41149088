"""What came of the examination of all recordings of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archiver.audio.examination import AudioExamination
from archiver.findings import Finding

_MOST = 1_000  # findings of a kind; the bag's own files have all
_PLACES = 10  # damaged places of one recording told in a finding


class RecordingsTally:
    """Counts verdicts and keeps findings, as many as a person or a program will read."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self._findings: list[Finding] = []
        self._codes: Counter[str] = Counter()

    def take(self, path: str, found: AudioExamination) -> None:
        """Take in what one file gave; ``path`` is its place in the payload."""
        if found.record["format"] is not None:
            self.verdicts[found.verdict] += 1
        for problem in found.problems:
            code = problem["code"]
            self._codes[code] += 1
            if self._codes[code] <= _MOST:
                detail = _damage(found) if code == "audio-damaged" else {}
                self._findings.append(Finding(code, problem["message"], path, detail=detail))

    def findings(self) -> Iterator[Finding]:
        """Yield them; beyond a thousand of one code the rest is counted in one more."""
        yield from self._findings
        for code, number in sorted(self._codes.items()):
            if number > _MOST:
                yield Finding(code, f"{number - _MOST:,} more recordings")


def _damage(found: AudioExamination) -> dict[str, object]:
    """Return how many places are damaged, and the first of them in bytes and seconds."""
    check = found.record["self_check"]
    return {"places": check["damaged_places"], "first": check["damage"][:_PLACES]}
