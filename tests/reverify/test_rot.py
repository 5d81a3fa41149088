"""Rot on the medium, under a page cache that still holds the right bytes."""

from __future__ import annotations

import os
from pathlib import Path

from archiver.state import State
from archiver.verify import Depth, verify_bag
from tests.disk import Disk
from tests.reverify.scene import Scene


def test_what_rots_under_the_page_cache_is_found_by_the_nights_run(disk: Disk) -> None:
    scene = Scene(disk.place)
    bag = scene.seal("a", 3 << 20)
    file = bag / "data" / "0.bin"
    right = file.read_bytes()
    os.sync()
    _rot(disk.image, right[2 << 20 :])
    assert file.read_bytes() == right, "the page cache still holds what was written"
    assert verify_bag(bag, depth=Depth.FULL).state is State.SOUND, "and so a cached check is happy"
    scene.pass_days(1)
    (one,) = scene.run()
    assert one.found.state is State.UNSOUND
    (finding,) = one.found.findings
    assert (finding.code, finding.path) == ("mismatch", "data/0.bin")
    assert "2,097,152-3,145,727" in finding.message


def _rot(image: Path, content: bytes) -> None:
    """Flip one bit of the block of the disk that begins with ``content``."""
    with image.open("r+b") as disk:
        place = disk.read().index(content[:4096])
        disk.seek(place + 100)
        disk.write(bytes([content[100] ^ 0x10]))
