"""The tree over the log's lines, against RFC 6962's own recursive definition and vectors."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.events.merkle import ProvingTree, Tree, leaf_hash, node_hash, root_of
from docs.verify_log_proof import root_from

# Certificate Transparency's own test vectors (google/certificate-transparency, merkletree tests):
# the leaves, and the root of the first one, two, ... of them.
_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243",
        "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(_definition(leaves[:half]), _definition(leaves[half:]))


@pytest.mark.parametrize("count", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(count: int) -> None:
    assert root_of(_LEAVES[:count]).hex() == _ROOTS[count - 1]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_as_the_rfc_defines_it(leaves: list[bytes]) -> None:
    assert root_of(leaves) == _definition(leaves)


@given(st.integers(1, 130), st.data())
def test_every_leaf_can_be_proven_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    leaves = [str(number).encode() for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    tree = ProvingTree(index)
    for leaf in leaves:
        tree.add(leaf)
    path = tree.path()
    assert root_from(leaf_hash(leaves[index]), index, size, path) == tree.root()
    assert root_from(leaf_hash(b"another"), index, size, path) != tree.root()


def test_a_leaf_that_is_not_there_cannot_be_proven() -> None:
    tree = ProvingTree(3)
    for line in (b"a", b"b", b"c"):
        tree.add(line)
    with pytest.raises(IndexError):
        tree.path()


def test_memory_grows_with_the_logarithm() -> None:
    tree = Tree()
    for number in range(100_000):
        tree.add(b"%d" % number)
    assert len(tree._wholes) <= 17
