"""Where in a file which sample of its recording begins, as far as undamaged frames tell."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right


class Marks:
    """Pairs of byte offset and sample frame, both rising; what goes back is not believed."""

    def __init__(self) -> None:
        self._offsets = array("Q")
        self._samples = array("Q")

    def __len__(self) -> int:
        return len(self._offsets)

    def add(self, offset: int, sample: int) -> None:
        """Note that sample frame ``sample`` begins at the byte ``offset``.

        Of two at one byte the later counts: what lies between them is no longer there.
        """
        if self._offsets:
            before, played = self._offsets[-1], self._samples[-1]
            if offset < before or sample < played:
                return
            if offset == before:
                self._samples[-1] = sample
                return
        self._offsets.append(offset)
        self._samples.append(sample)

    def around(self, first: int, last: int, total: int) -> tuple[int, int]:
        """Return the sample frames that the bytes from ``first`` to ``last`` lie between.

        They are those of the marks next to the bytes on either side: where what lies between was
        destroyed, its undamaged neighbours tell. ``total`` ends the recording.
        """
        place = bisect_right(self._offsets, first)
        begin = self._samples[place - 1] if place else 0
        place = bisect_left(self._offsets, last + 1)
        while place < len(self._samples) and self._samples[place] <= begin:
            place += 1
        end = self._samples[place] if place < len(self._samples) else total
        return begin, max(begin, end)
