from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from archiver.hashing import KNOWN, digest_size, is_known, new_digest
from tests.hashing.scene import content
from tests.tools import require_tool

_IN_HASHLIB = {
    "sha3224": "sha3_224",
    "sha3256": "sha3_256",
    "sha3384": "sha3_384",
    "sha3512": "sha3_512",
    "blake2b512": "blake2b",
    "blake2s256": "blake2s",
}


@pytest.mark.parametrize("name", sorted(set(KNOWN) - {"blake3", "blake2b256"}))
def test_each_digest_is_the_one_hashlib_computes(name: str) -> None:
    data = content(5000)
    digest = new_digest(name)
    digest.update(memoryview(data)[:1234])
    digest.update(memoryview(data)[1234:])
    assert digest.digest() == hashlib.new(_IN_HASHLIB.get(name, name), data).digest()


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("blake3", ["b3sum", "--no-names"]),
        ("md5", ["md5sum"]),
        ("sha1", ["sha1sum"]),
        ("sha256", ["sha256sum"]),
        ("sha512", ["sha512sum"]),
        ("blake2b", ["b2sum"]),
        ("blake2b256", ["b2sum", "--length=256"]),
    ],
)
def test_each_digest_is_the_one_an_independent_program_computes(
    tmp_path: Path, name: str, tool: list[str]
) -> None:
    data = content(70_001)
    (tmp_path / "file").write_bytes(data)
    command = [require_tool(tool[0]), *tool[1:], str(tmp_path / "file")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[0]
    digest = new_digest(name)
    digest.update(memoryview(data))
    assert digest.digest().hex() == said


def test_sizes_are_those_of_the_digests() -> None:
    assert {name: digest_size(name) for name in ("md5", "sha512", "blake2b256", "blake3")} == {
        "md5": 16,
        "sha512": 64,
        "blake2b256": 32,
        "blake3": 32,
    }


def test_only_the_normalised_names_of_digests_are_known() -> None:
    assert is_known("sha512") and is_known("sha3256")
    for name in ("SHA512", "sha-512", "shake_128", "crc32", ""):
        assert not is_known(name)
        with pytest.raises(KeyError):
            new_digest(name)
