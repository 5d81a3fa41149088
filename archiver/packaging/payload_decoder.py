"""What decodes for the checks of prior fixity: the audio room, in its limited processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination
from archiver.audio.tags import TagReader
from archiver.hashing.tracks import TRACK_DIGESTS
from archiver.sidecars import DecodedSound, Needed


@dataclass(frozen=True, slots=True)
class PayloadDecoder:
    """Decodes files of the payload folder ``root``, ``workers`` at a time."""

    root: str
    workers: int

    def hear(self, files: Iterator[Needed]) -> Iterator[tuple[Needed, DecodedSound]]:
        """Decode each file for the digests it is needed for, in order."""
        first = next(files, None)
        if first is None:
            return  # no process is started for nothing

        def wishes() -> Iterator[tuple[Needed, str, Wish]]:
            yield first, f"{self.root}/{first.path}", _wish(first)
            for needed in files:
                yield needed, f"{self.root}/{needed.path}", _wish(needed)

        with TagReader(self.workers) as readers:
            for needed, found in readers.examine_each(wishes()):
                yield needed, _sound_of(found)


def _wish(needed: Needed) -> Wish:
    return Wish(True, tuple(name for name in needed.algorithms if name in TRACK_DIGESTS))


def _sound_of(found: AudioExamination) -> DecodedSound:
    pcm = (found.essence or {}).get("pcm") or {}
    computed = pcm if not pcm.get("stated") else {}
    words = [one["message"] for one in found.problems]
    return DecodedSound(
        computed.get("md5"),
        computed.get("bits", 0),
        found.digests,
        found.verdict == "damaged",
        "; ".join(words) or None,
    )
