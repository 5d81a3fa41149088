"""Examining the recordings of a source, while others are still copied where that can be.

Copying waits for the disk again and again; meanwhile there is a processor to spare. A copy can be
examined as soon as it is written: it is in memory still. What its bytes were then is kept with
the answer, so that a copy that had to be made again is examined again.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination
from archiver.audio.tags import TagReader
from archiver.audio.tags.process import Task
from archiver.closing import Closing
from archiver.packaging.copying import Copy
from archiver.packaging.examined import Early, Examined
from archiver.packaging.lines import payload_path
from archiver.sidecars.recognise import is_audio
from archiver.survey.entry import Total
from archiver.survey.rows import encode_path
from archiver.survey.worksheet import Worksheet

# Starting a process costs as much as examining so many recordings, or so many bytes of them.
_WORTH_A_WORKER = 500
_WORTH_A_WORKER_BYTES = 64 << 20
_MOST_WAITING = 4_096  # copies known and not yet begun; the rest is examined at the end


class Examining(Closing):
    """Reading processes that look at recordings, and what they found before its turn.

    ``bag`` is the staged bag's folder; ``place`` is where answers are kept until they are written
    down. With ``decode`` all sound is decoded, which takes many times as long.
    """

    def __init__(self, bag: str, place: Path, decode: bool) -> None:
        self._bag, self._place, self._decode = bag, place, decode
        self._wish = Wish(decode=decode)
        self._held = ExitStack()
        self._readers: TagReader | None = None
        self._examined: Examined | None = None
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._begun: deque[tuple[str, bytes, Task]] = deque()

    def close(self) -> None:
        """End the reading processes, and close the file of answers."""
        self._held.close()

    def start_for(self, worksheet: Worksheet) -> None:
        """Start reading processes for what is called like a recording, before it is copied.

        They get ready meanwhile. What a file is they tell by its bytes, later.
        """
        files = n_bytes = 0
        for path, size in worksheet.file_sizes():
            if is_audio(path):
                files, n_bytes = files + 1, n_bytes + size
        self._start(Total(files, n_bytes))
        if self._readers is not None:
            self._examined = self._held.enter_context(Examined(self._place))

    def _start(self, recordings: Total) -> None:
        """Start as many reading processes as are worth their start for so many recordings."""
        if self._readers is not None or not recordings.entries:
            return
        most = min(os.cpu_count() or 1, recordings.entries)
        if not self._decode:
            by_bytes = recordings.bytes // _WORTH_A_WORKER_BYTES
            most = min(most, 1 + recordings.entries // _WORTH_A_WORKER + by_bytes)
        self._readers = self._held.enter_context(TagReader(most))

    # While others are copied.

    def offer(self, copies: Iterable[Copy]) -> None:
        """Take note of new copies; those that look like recordings will be examined."""
        if self._examined is None:
            return
        for copy in copies:
            if copy.staged.audio and len(self._waiting) < _MOST_WAITING:
                self._waiting.append((copy.path, copy.staged.digests[-1]))

    def turn(self) -> None:
        """Give the readers what they have room for, and keep what they answered."""
        if self._readers is None or self._examined is None or not self.is_busy:
            return
        self._readers.turn(wait=False)
        while self._waiting and self._readers.has_room:
            path, digest = self._waiting.popleft()
            task = self._readers.begin(self._place_of(path), self._wish)
            self._begun.append((path, digest, task))
            self._readers.turn(wait=False)
        self._keep(self._examined)

    @property
    def is_busy(self) -> bool:
        """Whether anything that was offered has not been answered."""
        return bool(self._waiting or self._begun)

    def settle(self) -> None:
        """Begin nothing more of this kind, and wait for what was begun."""
        self._waiting.clear()
        while self._begun and self._readers is not None and self._examined is not None:
            self._readers.turn(wait=True)
            self._keep(self._examined)

    def _keep(self, examined: Examined) -> None:
        done = []
        while self._begun and (answer := self._begun[0][2].answer) is not None:
            path, digest, _ = self._begun.popleft()
            done.append(Early(path, digest, answer))
        if done:
            examined.add(done)

    # When all are copied.

    def all(self, worksheet: Worksheet) -> Iterator[tuple[str, AudioExamination | None]]:
        """Yield the path of each file in the source, and what came of looking at a recording."""
        self.settle()
        self._start(worksheet.audio_total())
        places = (
            (None, self._place_of(path))
            for path, digest, early in self._with_early(worksheet)
            if digest is not None and early is None
        )
        late = self._readers.examine_many(places, self._wish) if self._readers else iter(())
        for path, digest, early in self._with_early(worksheet):
            yield path, early or (next(late)[1] if digest is not None else None)

    def _with_early(
        self, worksheet: Worksheet
    ) -> Iterator[tuple[str, bytes | None, AudioExamination | None]]:
        """Yield each file's path, its BLAKE3 if it is a recording, and what is known of it."""
        answers = self._examined.in_order() if self._examined is not None else iter(())
        one = next(answers, None)
        for path, digest in worksheet.file_marks():
            while one is not None and encode_path(one.path) < encode_path(path):
                one = next(answers, None)
            # An examination of other bytes, of a copy that was made again, does not count.
            known = one is not None and (one.path, one.digest) == (path, digest)
            yield path, digest, AudioExamination.of(one.answer) if one and known else None

    def _place_of(self, path: str) -> str:
        return f"{self._bag}/{payload_path(path)}"
