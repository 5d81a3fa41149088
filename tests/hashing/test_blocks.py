from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from archiver.hashing import BLOCK_SIZE, BlockDigests, block_digests
from archiver.tree import Tree
from tests.hashing.scene import BORDERS, content

_READV = os.readv


def of_slices(data: bytes, block_size: int) -> list[bytes]:
    starts = range(0, len(data), block_size)
    return [blake3(data[start : start + block_size]).digest() for start in starts]


@pytest.mark.parametrize("size", BORDERS)
def test_blocks_are_the_slices_of_the_file(tmp_path: Path, size: int) -> None:
    data = content(size)
    (tmp_path / "file").write_bytes(data)
    with Tree(tmp_path) as tree:
        assert block_digests(tree, "file") == of_slices(data, BLOCK_SIZE)
        assert block_digests(tree, "file", 65_536) == of_slices(data, 65_536)


@given(portions=st.lists(st.binary(max_size=50)), block_size=st.integers(1, 40))
def test_portions_of_any_length_give_the_same_blocks(
    portions: list[bytes], block_size: int
) -> None:
    blocks = BlockDigests(block_size)
    for portion in portions:
        blocks.update(memoryview(portion))
    assert blocks.digests() == of_slices(b"".join(portions), block_size)
    assert blocks.digests() == blocks.digests()


def test_a_file_cut_short_while_it_is_read_has_no_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(content(3 * BLOCK_SIZE))

    def cut_and_read(fd: int, parts: list[memoryview]) -> int:
        os.truncate(tmp_path / "file", BLOCK_SIZE)
        return _READV(fd, parts)

    monkeypatch.setattr(os, "readv", cut_and_read)
    with Tree(tmp_path) as tree, pytest.raises(OSError) as raised:
        block_digests(tree, "file")
    assert raised.value.errno == errno.ESTALE


def test_a_link_has_no_blocks(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "file").write_bytes(b"x")
    with Tree(tmp_path) as tree, pytest.raises(OSError):
        block_digests(tree, "link")
