"""The MD5 that Monkey's Audio keeps in its descriptor, over all of the file but that and tags."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk

Feed = Callable[[bytes], object]


def check_ape(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify the digest, feeding the frames to ``feed``; files before 3.98 have none."""
    check = SelfCheck()
    begin, size = walk.audio[0]
    held = walk.layout
    if not held:
        for piece in source.pieces(begin, size):
            feed(piece)
        return check
    digest = hashlib.md5(usedforsecurity=False)
    covered, length = held["covered"]
    for piece in source.pieces(covered, begin - covered):
        digest.update(piece)
    for piece in source.pieces(begin, size):
        digest.update(piece)
        feed(piece)
    for offset, rest in ((begin + size, covered + length - begin - size), held["header"]):
        for piece in source.pieces(offset, rest):
            digest.update(piece)
    check.complete = True
    if not check.count("ape-md5", digest.hexdigest() == held["md5"]) and not walk.missing:
        times = (0.0, walk.facts.get("duration_s", 0.0))
        check.damaged("somewhere in the file", covered, length, times)
    return check
