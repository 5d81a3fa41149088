"""Probing files anywhere: order, what is never opened, and which state it leads to."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from archiver.audio.examination import AudioExamination
from archiver.audio.record import failed
from archiver.probe import is_unread, list_folder, probe, state_of_examination
from archiver.state import State
from tests.audio.sounds import mp3, wav


def _folder(root: Path, **files: bytes) -> Path:
    for name, data in files.items():
        place = root / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return root


def _codes(found: AudioExamination) -> list[str]:
    return [problem["code"] for problem in found.problems]


def test_files_of_a_folder_come_in_the_order_of_their_paths_bytes(tmp_path: Path) -> None:
    names = ["a/x.wav", "a-b.wav", "a.wav", "a/b/deep.wav", "Z.wav", "ä.wav", "a0.wav"]
    for name in names:
        _folder(tmp_path, **{name: wav(10)})
    paths = [path for path, _ in probe([str(tmp_path)])]
    assert paths == sorted((f"{tmp_path}/{name}" for name in names), key=os.fsencode)


def test_what_is_named_comes_in_the_order_it_was_named(tmp_path: Path) -> None:
    _folder(tmp_path, z=wav(10), f__one=mp3(), a=b"a text")
    paths = [str(tmp_path / name) for name in ("z", "missing", "f", "a")]
    found = list(probe(paths))
    assert [path for path, _ in found] == [paths[0], paths[1], f"{paths[2]}/one", paths[3]]
    formats = [examination.record["format"] for _, examination in found]
    assert formats == ["wav", None, "mp3", None]


def test_relative_paths_are_those_of_the_folder_we_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _folder(tmp_path, here__tone=wav(10))
    monkeypatch.chdir(tmp_path / "here")
    ((path, found),) = probe(["../here/tone"])
    assert (path, found.record["format"]) == ("../here/tone", "wav")


def test_a_link_is_not_followed_whether_named_or_found(tmp_path: Path) -> None:
    _folder(tmp_path, outside__tone=wav(10), inside__real=wav(10))
    (tmp_path / "inside" / "file").symlink_to(tmp_path / "outside" / "tone")
    (tmp_path / "inside" / "folder").symlink_to(tmp_path / "outside")
    found = dict(probe([str(tmp_path / "inside"), str(tmp_path / "inside" / "folder")]))
    assert {Path(path).name: _codes(one) for path, one in found.items()} == {
        "file": ["audio-unreadable"],
        "folder": ["audio-unreadable"],
        "real": [],
    }


def test_a_fifo_is_never_opened(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.wav"
    os.mkfifo(fifo)
    writer = threading.Thread(target=lambda: os.close(os.open(fifo, os.O_WRONLY)), daemon=True)
    writer.start()
    for named in (fifo, tmp_path):
        ((_, found),) = probe([str(named)])
        assert _codes(found) == ["audio-unreadable"]
        assert state_of_examination(found) is State.INCOMPLETE
    assert writer.is_alive(), "somebody opened the FIFO, or the writer would still wait"
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    writer.join(30)  # before the reader goes: one that wakes late would wait for the next
    os.close(reader)


def test_a_name_that_no_file_can_have_is_an_answer_and_no_crash() -> None:
    ((_, found),) = probe(["a\0b"])
    assert is_unread(found)


def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _folder(tmp_path, a__x=b"", shut__y=b"", z=b"")
    inode = (tmp_path / "shut").stat().st_ino
    scandir = os.scandir

    def refusing(fd: int) -> object:
        if os.fstat(fd).st_ino == inode:
            raise PermissionError(13, "Permission denied")
        return scandir(fd)

    monkeypatch.setattr(os, "scandir", refusing)
    places = {place.path: place.obstacle for place in list_folder(str(tmp_path))}
    assert places == {"a/x": None, "shut": "cannot be listed: Permission denied", "z": None}


def test_files_are_drawn_from_lazily(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        _folder(tmp_path, **{f"{number:03}/tone": b"no sound"})
    scandir, listed = os.scandir, 0

    def counting(fd: int) -> object:
        nonlocal listed
        listed += 1
        return scandir(fd)

    monkeypatch.setattr(os, "scandir", counting)
    found = probe([str(tmp_path)], workers=1)
    next(found)
    assert 0 < listed < 100
    assert len(list(found)) == 299


def test_damage_outranks_what_could_not_be_read() -> None:
    answer = failed("flac", "audio-unreadable", "gone")
    unread = AudioExamination(answer["record"], None, "not-checkable", tuple(answer["problems"]))
    damaged = AudioExamination(answer["record"], None, "damaged", tuple(answer["problems"]))
    assert state_of_examination(unread) is State.INCOMPLETE
    assert state_of_examination(damaged) is State.UNSOUND


def test_a_file_no_reader_survives_could_not_be_looked_at_but_one_with_bad_tags_could() -> None:
    answer = failed("mp3", "tags-unreadable", "the reader took too long")
    record, problems = answer["record"], tuple(answer["problems"])
    assert is_unread(AudioExamination(record, None, "not-checkable", problems))
    essence = {"format": "mp3", "stream": {"blake3": "00", "size": 1}}
    assert not is_unread(AudioExamination(record, essence, "manifest-only", problems))
