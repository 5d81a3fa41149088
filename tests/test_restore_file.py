"""One file out of a bag is called sound only by manifests that are as they were sealed."""

from __future__ import annotations

import errno
import os
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from archiver.errors import IncompleteError
from archiver.packaging.seal import tag_manifest_digest
from archiver.restore_file import restore_file
from archiver.state import State
from tests.packaging.scene import bag_of, make_source, new_archive, run

FILE = "data/1.wav"


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    source = make_source(tmp_path / "Album", {"1.wav": b"sound", "2.wav": b"two"})
    return bag_of(run(new_archive(tmp_path / "archive"), source))


def _rewrite(place: Path, content: bytes) -> tuple[str, str]:
    """Put other content there; return the digest (SHA-512) that was true and the one that is."""
    before = place.read_bytes()
    place.unlink()
    place.write_bytes(content)
    return sha512(before).hexdigest(), sha512(content).hexdigest()


def _forge(bag: Path, *names: str) -> None:
    """Change the file, and whatever list names its digest, one after the other."""
    old, new = _rewrite(bag / FILE, b"forged")
    for name in names:
        text = (bag / name).read_text().replace(old, new)
        old, new = _rewrite(bag / name, text.encode())


@pytest.mark.parametrize(
    ("forged", "codes"),
    [
        (("manifest-sha512.txt",), ["mismatch"]),
        (("manifest-sha512.txt", "tagmanifest-sha512.txt"), ["not-the-sealed-bag"]),
    ],
)
def test_a_file_whose_manifest_was_changed_with_it_is_not_called_sound(
    forged: tuple[str, ...], codes: list[str], bag: Path, tmp_path: Path
) -> None:
    sealed = tag_manifest_digest(bag)
    assert restore_file(str(bag), FILE, str(tmp_path / "a"), sealed=sealed).state is State.SOUND
    _forge(bag, *forged)
    for dry_run in (True, False):
        found = restore_file(str(bag), FILE, str(tmp_path / "b"), sealed=sealed, dry_run=dry_run)
        assert found.state in (State.UNSOUND, State.ALTERED)
        assert [one.code for one in found.findings] == codes


def test_without_its_tag_manifest_a_bag_is_not_the_sealed_one(bag: Path, tmp_path: Path) -> None:
    sealed = tag_manifest_digest(bag)
    (bag / "tagmanifest-sha512.txt").unlink()
    found = restore_file(str(bag), FILE, str(tmp_path / "a"), sealed=sealed)
    assert "not-the-sealed-bag" in [one.code for one in found.findings]


def test_a_manifest_that_cannot_be_read_is_no_word_about_the_file(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = os.read

    def read(fd: int, count: int) -> Any:
        if os.readlink(f"/proc/self/fd/{fd}").endswith("/manifest-sha512.txt"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return genuine(fd, count)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(IncompleteError, match=r"manifest-sha512\.txt"):
        restore_file(str(bag), FILE, str(tmp_path / "a"))
    assert not (tmp_path / "a").exists()
