"""A large bag goes on where an interrupted run stopped, and nothing is believed blindly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.clock import utc_text
from archiver.reverify import run as run_module
from archiver.reverify.asking import ask_for_all
from archiver.state import State
from tests.packaging.scene import AGENT
from tests.reverify.scene import DAY, Scene, spoil

FILES = 12


class PulledError(BaseException):
    """The run is torn down."""


class Pulled:
    """Progress that tears the run down when so many files of the payload were read."""

    def __init__(self, files: int) -> None:
        self.left = files

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Nothing."""

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Count, and tear it down."""
        if n_bytes >= 1 << 20:
            self.left -= n_files
        if self.left < 0:
            raise PulledError

    def end(self) -> None:
        """Nothing."""


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """An archive of one bag that counts as large, whose check was torn down in the middle."""
    monkeypatch.setattr(run_module, "WORTH_BYTES", 1)
    made = Scene(tmp_path)
    made.seal("a", *[(1 << 20) + n for n in range(FILES)])
    made.pass_days(1)
    with pytest.raises(PulledError):
        made.run(progress=Pulled(FILES // 2))
    assert list(made.events("verify")) == []
    return made


def _notes(scene: Scene) -> Path:
    return scene.archive.root / ".reverify" / "a.jsonl"


def test_what_was_read_is_not_read_again(scene: Scene) -> None:
    (one,) = scene.run()
    assert one.found.state is State.SOUND
    assert 0 < one.resumed < FILES
    assert one.found.checked_files == FILES
    assert not _notes(scene).exists()
    scene.pass_days(100)
    (next_one,) = scene.run()
    assert next_one.resumed == 0


def test_what_was_read_before_all_was_asked_for_is_read_again(scene: Scene) -> None:
    scene.pass_days(0.01)
    ask_for_all(scene.archive, None, "memory replaced", scene.clock, AGENT)
    scene.pass_days(0.01)
    (one,) = scene.run()
    assert one.resumed == 0
    assert scene.row("a").checked_at == utc_text(scene.now)


def test_a_check_is_as_old_as_the_oldest_reading_it_rests_on(scene: Scene) -> None:
    begun = scene.now
    scene.pass_days(1)
    (one,) = scene.run()
    assert one.resumed > 0
    assert scene.row("a").checked_at == utc_text(begun)


def test_a_file_that_was_touched_since_is_read_again(scene: Scene) -> None:
    spoil(scene.archive.bag_path("a") / "data" / "0.bin")
    (one,) = scene.run()
    assert one.resumed == 0
    assert [finding.path for finding in one.found.findings] == ["data/0.bin"]


def test_a_note_is_compared_with_the_manifest_whoever_wrote_it(scene: Scene) -> None:
    lines = _notes(scene).read_bytes().splitlines(keepends=True)
    digest = lines[1].split(b'"digests":["')[1][:64]
    lines[1] = lines[1].replace(digest, bytes(reversed(digest)))
    _notes(scene).write_bytes(b"".join(lines))
    (one,) = scene.run()
    assert one.found.state is State.SOUND, "read again, it was right"
    assert [finding.code for finding in one.found.findings] == ["transient"]


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]\n", b"null\n", b"\xff\n", b'{"time":1}\n'])
def test_notes_that_cannot_be_read_are_no_notes(scene: Scene, spoilt: bytes) -> None:
    _notes(scene).write_bytes(spoilt)
    (one,) = scene.run()
    assert (one.resumed, one.found.state) == (0, State.SOUND)


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_notes_that_were_cut_off_count_as_far_as_they_go(scene: Scene, cut: int) -> None:
    os.truncate(_notes(scene), _notes(scene).stat().st_size - cut)
    (one,) = scene.run()
    assert one.found.state is State.SOUND
    assert one.found.checked_files == FILES


def test_a_bag_that_takes_a_month_of_weekends_is_read_to_its_end(scene: Scene) -> None:
    """Closed hours end the reading again and again; it must not begin anew each time."""
    for _ in range(2):
        scene.pass_days(7)
        with pytest.raises(PulledError):
            scene.run(progress=Pulled(1))
    scene.pass_days(7)
    (one,) = scene.run()
    assert one.resumed
    assert scene.row("a").checked_at < utc_text(scene.now - 20 * DAY)


def test_old_notes_are_not_believed(scene: Scene) -> None:
    scene.pass_days(29)
    (one,) = scene.run()
    assert one.resumed == 0
