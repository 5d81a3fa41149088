"""What may stand at the top of a segment, and how to go on where something else stands there."""

from __future__ import annotations

from archiver.audio.source import Source
from archiver.audio.walk.matroska.ebml import CRC, LONGEST_HEAD, VOID, Element, element

INFO, TRACKS, TAGS, CHAPTERS = 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1043A770
ATTACHMENTS, SEEK_HEAD, CUES, CLUSTER = 0x1941A469, 0x114D9B74, 0x1C53BB6B, 0x1F43B675
NAMES = {
    CLUSTER: "Cluster",
    INFO: "Info",
    TRACKS: "Tracks",
    TAGS: "Tags",
    CHAPTERS: "Chapters",
    ATTACHMENTS: "Attachments",
    SEEK_HEAD: "SeekHead",
    CUES: "Cues",
    VOID: "Void",
    CRC: "CRC-32",
}
ONLY_AT_TOP = frozenset(NAMES) - {VOID, CRC}
MOST = 200_000  # elements followed; clusters of five seconds make eleven days
_MARK = CLUSTER.to_bytes(4)
_WINDOW = 1 << 20
_MOST_SEARCHED = 64 << 20  # bytes looked through for a next cluster, in all


class Top:
    """Goes over the top of a segment, over places where it is damaged."""

    def __init__(self, source: Source, end: int) -> None:
        self._source, self._end = source, end
        self._left = _MOST_SEARCHED

    def at(self, at: int) -> Element | None:
        """Return the element at ``at``, which may go on behind the end; ``None`` for none.

        One that nobody knows is believed where one that is known follows it, or the end.
        """
        found = self._head(at)
        if found is None or found.kind in NAMES:
            return found
        if found.size is None or found.offset + found.size > self._end:
            return None
        following = found.offset + found.size
        if following == self._end:
            return found
        after = self._head(following)
        return found if after is not None and after.kind in NAMES else None

    def _head(self, at: int) -> Element | None:
        return element(self._source.read(at, min(LONGEST_HEAD, self._end - at)), 0, at)

    def next_cluster(self, at: int) -> int:
        """Return where the first cluster behind ``at`` begins, or the end."""
        at += 1
        while at < self._end and self._left > 0:
            data = self._source.read(at, min(_WINDOW, self._end - at))
            place = data.find(_MARK)
            if place >= 0:
                self._left -= place
                return at + place
            self._left -= len(data)
            at += max(1, len(data) - 3)
        return self._end
