"""WavPack's block checksum (a sub-block of WavPack 5) and the order of its blocks."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from operator import mul

from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, seconds
from archiver.audio.walk.wavpack import WavPackBlock, blocks, sub_blocks

Feed = Callable[[bytes], object]
_CHECKSUM = 0x2F
_MD5S = (0x26, 0x29)  # of samples in WAVE's order, or in another order of their source
_MODULUS = 1 << 32
_powers = array("I", [1])


@dataclass(slots=True)
class _Order:
    """Where the blocks of sound have come to.

    All channels of the same samples stand in blocks one after another, two channels at most in
    each; the first and the last of them say so. Every time has as many channels as the first.
    """

    due: int = 0
    begun: int = 0  # the sample at which the blocks of this time begin
    is_open: bool = False  # whether more channels of this time are to come
    channels: int = 0
    each: int = 0

    def wrong(self, block: WavPackBlock) -> str | None:
        """Return what is wrong with the place of a block of sound, and go on from it."""
        first, words = block.is_first_of_its_time, None
        due = self.due if first else self.begun
        if block.index != due:
            words = f"the block begins at sample {block.index}, due was {due}"
        elif first == self.is_open:
            words = "some channels of the sound before the block are missing"
        self.channels = block.channels + (0 if first else self.channels)
        self.is_open = not block.is_last_of_its_time
        if not self.is_open:
            if words is None and self.channels != (self.each or self.channels):
                words = f"{self.channels} channels are there, due were {self.each}"
            self.each = self.each or self.channels
        self.begun, self.due = block.index, block.index + block.samples
        return words


def check_wavpack(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify the checksum of each block that has one, feeding all blocks to ``feed``.

    The checksum covers every byte of its block before it. Blocks of WavPack 4 have none that can
    be verified without decoding.
    """
    check = SelfCheck(complete=True)
    start, size = walk.audio[0]
    rate, order = walk.facts.get("sample_rate", 0), _Order()
    for block in blocks(source, start, start + size):
        if not isinstance(block, WavPackBlock):
            offset, stray = block
            for piece in source.pieces(offset, stray):
                feed(piece)
            check.damaged("no block", offset, stray)
            continue
        if block.samples:  # blocks without sound hold the wrapper of the source and its MD5
            feed(block.data)
        elif (md5 := _stated_md5(block.data)) is not None:
            walk.embedded["wavpack"] = {"md5": md5}
        times = (
            (seconds(block.index, rate), seconds(block.index + block.samples, rate))
            if rate
            else None
        )
        if len(block.data) < int.from_bytes(block.data[4:8], "little") + 8:
            walk.structure("truncated: the last block is not whole", block.offset)
            check.damaged("block", block.offset, len(block.data), times)
            continue
        good = _holds(block.data)
        if good is None:
            check.complete = False
        elif not check.count("wavpack-block-checksum", good):
            check.damaged("block", block.offset, len(block.data), times)
        if block.samples and good is not False:
            walk.mark(block.offset, block.index)
            if block.is_last_of_its_time:
                walk.mark(block.offset + len(block.data), block.index + block.samples)
        if block.samples and (words := order.wrong(block)) is not None:
            check.damaged(words, block.offset, 0, times)
    stated = walk.facts.get("frames")
    if stated is not None and order.due != stated and not check.places:
        check.damaged(f"{order.due} of {stated} samples are there", start + size, 0)
    elif order.is_open and not check.places:
        check.damaged("some channels of the last samples are missing", start + size, 0)
    return check


def _stated_md5(block: bytes) -> str | None:
    """Return the MD5 of the samples, in the order of their source, where the block states it."""
    for kind, _, content in sub_blocks(block):
        if kind in _MD5S and len(content) == 16:
            return content.hex()
    return None


def _holds(block: bytes) -> bool | None:
    """Whether the checksum of a block holds; ``None`` when it has none."""
    for kind, at, content in sub_blocks(block):
        if kind == _CHECKSUM and len(content) in (2, 4):
            total = _checksum(block[:at])
            if len(content) == 2:
                return int.from_bytes(content, "little") == (total ^ total >> 16) & 0xFFFF
            return int.from_bytes(content, "little") == total
    return None


def _checksum(data: bytes) -> int:
    """Return WavPack's sum: from all ones, for each 16-bit word, times three plus the word."""
    words = array("H", data[: len(data) // 2 * 2])
    if array("H", [1]).tobytes() == b"\0\1":
        words.byteswap()
    while len(_powers) <= len(words):
        _powers.append(_powers[-1] * 3 % _MODULUS)
    total: int = sum(map(mul, reversed(words), _powers), (_MODULUS - 1) * _powers[len(words)])
    return total % _MODULUS
