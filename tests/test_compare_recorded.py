"""``compare --recorded``: two bags by their records; and that it answers as reading them would."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import pytest

from archiver.compare import Likeness
from archiver.compare_recorded import compare_recorded, recorded_side
from archiver.compare_trees import Pair, compare, side
from archiver.errors import IncompleteError, UsageError
from tests.audio.decode.decoding import encoded, wave
from tests.bagit.bags import bag_files, seal, write
from tests.cli.workbench import run
from tests.packaging import scene
from tests.packaging.scene import bag_of, new_archive
from tests.recordings.bench import flip, retag_with_mutagen


def _music(folder: Path) -> Path:
    """Return a folder with one recording for each answer, and a text."""
    folder.mkdir()
    made = wave(folder)
    for number, name in enumerate(("stays", "retagged", "flips", "recoded", "lost", "moves")):
        path = Path(shutil.copy(made, folder / f"{name}.wav"))
        flip(path, 4_000 + number)
        if name in ("retagged", "moves"):
            encoded(path, "flac")
            path.unlink()
    made.unlink()
    (folder / "notes.txt").write_text("before")
    return folder


def _changed(old: Path, new: Path) -> Path:
    shutil.copytree(old, new)
    retag_with_mutagen(new / "retagged.flac")
    flip(new / "flips.wav", 9_000)
    encoded(new / "recoded.wav", "flac")
    (new / "recoded.wav").unlink()
    (new / "lost.wav").unlink()
    (new / "moves.flac").rename(new / "moved.flac")
    retag_with_mutagen(new / "moved.flac")
    (new / "notes.txt").write_text("after")
    (new / "new.txt").write_text("new")
    return new


_ANSWERS = {
    ("stays.wav", "stays.wav"): Likeness.IDENTICAL,
    ("retagged.flac", "retagged.flac"): Likeness.SAME_ESSENCE,
    ("flips.wav", "flips.wav"): Likeness.DIFFERENT,
    ("recoded.wav", "recoded.flac"): Likeness.SAME_PCM,
    ("lost.wav", None): Likeness.REMOVED,
    ("moves.flac", "moved.flac"): Likeness.SAME_ESSENCE,
    ("notes.txt", "notes.txt"): Likeness.OTHER_FILE,
    (None, "new.txt"): Likeness.ADDED,
}


@pytest.fixture
def bags(tmp_path: Path) -> tuple[Path, Path]:
    """Two sealed bags, of a collection and of what became of it."""
    old = _music(tmp_path / "old")
    new = _changed(old, tmp_path / "new")
    archive = new_archive(tmp_path / "archive")
    return bag_of(scene.run(archive, old)), bag_of(scene.run(archive, new))


def _by_records(bags: tuple[Path, Path]) -> list[Pair]:
    return list(compare_recorded(*(recorded_side(str(bag)) for bag in bags)))


def _answers(pairs: list[Pair]) -> dict[tuple[str | None, str | None], Likeness]:
    return {(pair.old, pair.new): pair.likeness for pair in pairs}


def test_records_give_every_answer_that_reading_gives(bags: tuple[Path, Path]) -> None:
    read = list(compare(side(str(bags[0])), side(str(bags[1])), workers=1))
    told = _by_records(bags)
    assert _answers(told) == _answers(read) == _ANSWERS
    by_name = {pair.old: pair for pair in told}
    for pair in read:
        other = by_name[pair.old]
        assert (other.comparison is None) is (pair.comparison is None)
        if pair.comparison is not None and other.comparison is not None:
            assert other.comparison.basis is pair.comparison.basis, pair.old
            assert other.comparison.changes == pair.comparison.changes, pair.old


def test_the_payload_is_not_read(bags: tuple[Path, Path]) -> None:
    for bag in bags:
        shutil.rmtree(bag / "data")
        (bag / "data").mkdir()
    assert _answers(_by_records(bags)) == _ANSWERS


@pytest.mark.parametrize("name", ["fixity/blake3.txt", "fixity/essence.jsonl"])
def test_records_that_nothing_vouches_for_are_not_relied_on(
    bags: tuple[Path, Path], name: str
) -> None:
    path = bags[1] / name
    path.chmod(0o644)
    flip(path, 30)
    with pytest.raises(IncompleteError, match=f"nothing sound vouches for {name}"):
        recorded_side(str(bags[1]))
    done = run("compare", "--recorded", *bags)
    assert done.code == 4
    assert name in done.err


def test_bags_without_records_and_what_is_no_bag_are_told_apart(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files({"data/a.txt": b"x"})))
    with pytest.raises(IncompleteError, match="vouches for fixity/blake3"):
        recorded_side(str(bag))
    for place in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(UsageError, match="is no bag"):
            recorded_side(str(place))


def test_the_command_says_what_the_answer_rests_on(bags: tuple[Path, Path]) -> None:
    done = run("compare", "--recorded", *bags)
    assert done.code == 3
    assert "by what both bags recorded when they were sealed" in done.out
    assert "no payload was read" in done.out
    assert "recorded" not in run("compare", *bags).out
    told = run("compare", "--recorded", "--json", *bags)
    assert told.record("compared")["by"] == "records"
    assert len(told.records("comparison")) == len(_ANSWERS)
    assert run("compare", "--json", *bags).record("compared")["by"] == "reading"
    assert run("compare", "--recorded", "--decode", *bags).code == 2


def test_lossless_sound_of_all_kinds_meets_when_it_was_decoded(tmp_path: Path) -> None:
    """Of files by reading with --decode, of bags sealed with --decode by their records."""
    kinds = ("wav", "flac", "alac.m4a", "wv")
    made = wave(tmp_path)
    archive, bags = new_archive(tmp_path / "archive"), {}
    for kind in kinds:
        folder = tmp_path / kind
        folder.mkdir()
        path = made if kind == "wav" else encoded(made, kind)
        shutil.copy(path, folder / f"sound.{kind}")
        bags[kind] = bag_of(scene.run(archive, folder, decode=True))
    for old, new in combinations(kinds, 2):
        (told,) = _by_records((bags[old], bags[new]))
        a, b = (str(tmp_path / kind / f"sound.{kind}") for kind in (old, new))
        (read,) = compare(side(a), side(b), workers=1, decode=True)
        assert (told.likeness, read.likeness) == (Likeness.SAME_PCM, Likeness.SAME_PCM)
        assert told.comparison is not None and read.comparison is not None
        assert told.comparison.basis is read.comparison.basis
