"""Give a recording another title, as people do: run in a process of its own, by its path."""

from __future__ import annotations

import sys

import mutagen
from mutagen.id3 import ID3, TIT2

from archiver.drill.harms import NO_TAGS

TITLE = "Retagged in a fire drill"


def retag(place: str) -> int:
    """Write the title and return the exit code, :data:`NO_TAGS` where that is not possible."""
    try:
        recording = mutagen.File(place)
        if recording is None:
            return NO_TAGS
        if isinstance(recording.tags, ID3):
            recording.tags.add(TIT2(encoding=3, text=[TITLE]))  # type: ignore[no-untyped-call]
        else:
            easy = mutagen.File(place, easy=True)
            recording = easy if easy is not None else recording
            recording["title"] = [TITLE]
        recording.save()
    except (mutagen.MutagenError, KeyError, TypeError, ValueError):
        return NO_TAGS
    return 0


if __name__ == "__main__":
    sys.exit(retag(sys.argv[1]))
