"""Sidecars are known by their names."""

from __future__ import annotations

import pytest

from archiver.sidecars import Kind, any_sidecar, recognise


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/album.md5", Kind.DIGESTS),
        ("a/ALBUM.MD5", Kind.DIGESTS),
        ("one.flac.sha256", Kind.DIGESTS),
        ("SHA256SUMS", Kind.DIGESTS),
        ("md5sums.txt", Kind.DIGESTS),
        ("gd1977-05-08_md5.txt", Kind.DIGESTS),
        ("checksum.txt", Kind.DIGESTS),
        ("a.b3", Kind.DIGESTS),
        ("a.sfv", Kind.SFV),
        ("gd.ffp", Kind.FFP),
        ("gd-ffp.txt", Kind.FFP),
        ("gd.fingerprints.txt", Kind.FFP),
        ("gd.st5", Kind.ST5),
        ("gd.shntool.txt", Kind.ST5),
        ("gd77_files.xml", Kind.ARCHIVE_ORG),
        ("rip.log", Kind.RIP_LOG),
        ("a.cue", Kind.CUE),
        ("a.m3u8", Kind.M3U),
        ("a.pls", Kind.PLS),
        ("a.xspf", Kind.XSPF),
    ],
)
def test_a_sidecar_is_known_by_its_name(path: str, kind: Kind) -> None:
    assert recognise(path) is kind


@pytest.mark.parametrize(
    "path", ["info.txt", "a.flac", "._album.md5", "notes_md5ish.txt", ".md5/x", "md5", "a.xml", ""]
)
def test_other_files_are_left_alone(path: str) -> None:
    assert recognise(path) is None


def test_one_sidecar_among_many_files_is_seen() -> None:
    assert not any_sidecar(["a.wav", "notes.txt", "._a.md5"])
    assert any_sidecar(["a.wav", "notes.txt", "disc/a.md5"])
