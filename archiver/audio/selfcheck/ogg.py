"""Ogg pages: CRC-32, page sequence, beginning and end of each stream (RFC 3533)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archiver.audio.selfcheck.ogg_run import page_holds, sound_pages
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, seconds
from archiver.audio.walk.ogg import Codec, codec_of
from archiver.audio.walk.ogg_pages import Page, Pages, packets

Feed = Callable[[bytes], object]
_CRC = "ogg-page-crc32"


@dataclass(slots=True)
class _Stream:
    """One logical stream as far as it has been read."""

    codec: Codec | None
    sequence: int
    headers_left: int
    started: bytes = b""
    granule: int = 0
    ended: bool = False


def check_ogg(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify every page, and feed the packets of the sound, headers left out, to ``feed``.

    Bodies are fed page by page: pages of one stream hold its packets one after another, so the
    bytes are those of the packets. Links of a chained file follow each other.
    """
    return _Pages(walk, feed).run(source)


class _Pages:
    """One run over all pages of a file."""

    def __init__(self, walk: Walk, feed: Feed) -> None:
        self.walk, self.feed = walk, feed
        self.check = SelfCheck(complete=True)
        self.streams: dict[int, _Stream] = {}
        self.links: list[_Stream] = []
        self.before = 0  # samples of the links before this one

    def run(self, source: Source) -> SelfCheck:
        """Go over the pages, then look at how the streams ended."""
        at, count = 0, self.check.count
        pages = Pages(source, 0, source.size)
        for page, raw in pages:
            if page is None:
                self._stray(at, len(raw))
            elif not count(_CRC, page_holds(raw, page.crc)):
                stream = self.streams.get(page.serial)
                self.check.damaged("page", page.offset, page.size, self._times(stream, page))
                if stream is not None:
                    stream.sequence = page.sequence + 1
            else:
                self._page(page, raw)
                at += self._sound(pages, page.serial)
            at += len(raw)
        for stream in self.links:
            if not stream.ended:
                self.walk.structure("truncated: a stream has no last page")
                self.check.damaged("the end is missing", source.size, 0)
        self._total()
        return self.check

    def _sound(self, pages: Pages, serial: int) -> int:
        """Pass at once over the pages that go on with a stream's sound; return their bytes."""
        stream = self.streams[serial]
        if stream.codec is None or stream.headers_left > 0 or self.walk.marks is not None:
            return 0
        found = sound_pages(pages, serial, stream.sequence)
        self.check.count_good(_CRC, found.number)
        self.feed(found.bodies)
        stream.sequence += found.number
        stream.granule = found.granule or stream.granule
        return found.size

    def _stray(self, offset: int, size: int) -> None:
        """Bytes between pages: at the time the stream has come to."""
        self.walk.structure(f"{size} bytes belong to no page", offset)
        played = next(reversed(self.links), None)
        times = None
        if played is not None and played.codec is not None and played.codec.rate > 0:
            begin = max(0, played.granule - played.codec.skipped)
            times = (seconds(begin, played.codec.rate),) * 2
        self.check.damaged("no page", offset, size, times)

    def _page(self, page: Page, raw: bytes) -> None:
        stream, body = self.streams.get(page.serial), raw[page.header_size :]
        if stream is None or page.begins:
            stream = self._begin(page, body)
            self.streams[page.serial] = stream
        elif page.sequence != stream.sequence:
            words = f"page {page.sequence} follows page {stream.sequence - 1}"
            self.check.damaged(words, page.offset, 0, self._times(stream, page))
        stream.sequence = page.sequence + 1
        if page.ends:
            stream.ended = True
        if stream.codec is None:
            return
        if stream.headers_left > 0:
            self._header_page(stream, page, body)
        else:
            self.feed(body)
        if page.granule > 0:
            stream.granule = page.granule
        if self.walk.marks is not None and stream.headers_left <= 0 and page.granule >= 0:
            played = max(0, page.granule - stream.codec.skipped)
            self.walk.mark(page.offset + page.settled, self.before + played)

    def _begin(self, page: Page, body: bytes) -> _Stream:
        whole, _ = packets(page, body, b"")
        codec = codec_of(whole[0]) if whole and page.begins else None
        stream = _Stream(codec, page.sequence, codec.headers if codec else 0)
        if not page.begins:
            self.check.damaged("a stream without its beginning", page.offset, page.size)
        if codec is not None:
            self.before = sum(
                max(0, link.granule - link.codec.skipped) for link in self.links if link.codec
            )
            self.links.append(stream)
        return stream

    def _header_page(self, stream: _Stream, page: Page, body: bytes) -> None:
        """Pass over header packets; a packet of sound behind them on the page is fed."""
        whole, stream.started = packets(page, body, stream.started)
        taken = min(len(whole), stream.headers_left)
        stream.headers_left -= taken
        if stream.headers_left == 0:
            for packet in whole[taken:]:
                self.feed(packet)
            self.feed(stream.started)
            stream.started = b""

    def _times(self, stream: _Stream | None, page: Page) -> tuple[float, float] | None:
        if stream is None or stream.codec is None or stream.codec.rate <= 0:
            return None
        skipped, rate = stream.codec.skipped, stream.codec.rate
        begin = max(0, stream.granule - skipped)
        end = page.granule - skipped if page.granule > stream.granule else begin
        return seconds(begin, rate), seconds(max(begin, end), rate)

    def _total(self) -> None:
        """State the length of a chained file, which no single page knows."""
        if len(self.links) > 1:
            self.walk.facts["links"] = len(self.links)
            rates = {stream.codec.rate for stream in self.links if stream.codec}
            if len(rates) == 1 and (rate := rates.pop()) > 0:
                played = (s.granule - s.codec.skipped for s in self.links if s.codec)
                self.walk.timed(sum(max(0, frames) for frames in played), rate)
