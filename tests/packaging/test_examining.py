"""Recordings are examined as soon as they are copied; what the bag says of them is the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from archiver.audio.examination import AudioExamination
from archiver.audio.tags import TagReader
from archiver.packaging.copying import Copy
from archiver.packaging.examining import Examining
from archiver.survey import Staged, Worksheet
from tests.audio import sounds
from tests.packaging.scene import bag_of, make_source, new_archive, noise, run
from tests.survey.test_worksheet import add

pytestmark = pytest.mark.usefixtures("real_tags")

NAMES = ("a.wav", "b/c.opus", "b.wav", "\N{LATIN SMALL LETTER E WITH ACUTE}.mp3")
CONTENTS = (sounds.wav(), sounds.opus(), noise(3_000), sounds.mp3())


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The places of what is examined only when all has been copied."""
    asked: list[str] = []
    examine_many = TagReader.examine_many

    def noted(self: TagReader, places: Iterable[tuple[Any, str]], wish: Any) -> Iterator[Any]:
        for key, place in places:
            asked.append(Path(place).name)
            yield from examine_many(self, [(key, place)], wish)

    monkeypatch.setattr(TagReader, "examine_many", noted)
    return asked


def _staged(bag: Path, name: str, content: bytes) -> Copy:
    place = bag / "data" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    digests = bytes(64), blake3(content).digest()
    return Copy(Staged(name, len(content), 0, 0, 0, digests, audio=content[:4] != noise(4)))


def _until_answered(examining: Examining) -> None:
    while examining.is_busy:
        examining.turn()


def _found(examining: Examining, sheet: Worksheet) -> dict[str, AudioExamination | None]:
    return dict(examining.all(sheet))


def test_what_was_examined_early_is_not_examined_again(tmp_path: Path, late: list[str]) -> None:
    bag = tmp_path / "bag"
    copies = [_staged(bag, *file) for file in zip(NAMES, CONTENTS, strict=True)]
    with Worksheet(tmp_path / "sheet") as sheet:
        add(sheet, *NAMES)
        with Examining(str(bag), tmp_path / "early", decode=False) as examining:
            examining.start_for(sheet)
            sheet.record_staged(copy.staged for copy in copies)
            examining.offer(reversed(copies))
            _until_answered(examining)
            early = _found(examining, sheet)
        assert late == []
        with Examining(str(bag), tmp_path / "early", decode=False) as examining:
            assert _found(examining, sheet) == early
    assert sorted(late) == ["a.wav", "c.opus", "\N{LATIN SMALL LETTER E WITH ACUTE}.mp3"]
    assert early["b.wav"] is None
    assert {one.record["format"] for one in early.values() if one} == {"wav", "ogg-opus", "mp3"}


def test_copies_that_wait_are_bounded_and_the_rest_is_examined_at_the_end(
    tmp_path: Path, late: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.packaging.examining._MOST_WAITING", 1)
    bag, names = tmp_path / "bag", ("a.wav", "b.wav", "c.wav")
    copies = [_staged(bag, name, sounds.wav()) for name in names]
    with Worksheet(tmp_path / "sheet") as sheet:
        add(sheet, *names)
        with Examining(str(bag), tmp_path / "early", decode=False) as examining:
            examining.start_for(sheet)
            sheet.record_staged(copy.staged for copy in copies)
            examining.offer(copies)
            _until_answered(examining)
            found = _found(examining, sheet)
    assert late == ["b.wav", "c.wav"]
    assert [one.record["format"] for one in found.values() if one] == ["wav"] * 3


def test_a_copy_that_was_made_again_is_examined_again(tmp_path: Path, late: list[str]) -> None:
    bag = tmp_path / "bag"
    with Worksheet(tmp_path / "sheet") as sheet:
        add(sheet, "a.wav", "b.wav")
        with Examining(str(bag), tmp_path / "early", decode=False) as examining:
            examining.start_for(sheet)
            first = [_staged(bag, name, sounds.wav()) for name in ("a.wav", "b.wav")]
            examining.offer(first)
            _until_answered(examining)
            again = _staged(bag, "a.wav", sounds.opus())
            sheet.record_staged(copy.staged for copy in (again, first[1]))
            found = _found(examining, sheet)
    assert late == ["a.wav"]
    assert found["a.wav"] is not None
    assert found["a.wav"].record["format"] == "ogg-opus"
    assert found["b.wav"] is not None
    assert found["b.wav"].record["format"] == "wav"


def test_a_bag_is_the_same_however_early_its_recordings_are_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(tmp_path / "source", dict(zip(NAMES, CONTENTS, strict=True)))
    early = run(new_archive(tmp_path / "early"), source)
    monkeypatch.setattr("archiver.packaging.examining._MOST_WAITING", 0)
    late = run(new_archive(tmp_path / "late"), source)
    for name in ("metadata/audio.jsonl", "fixity/essence.jsonl", "tagmanifest-sha512.txt"):
        assert (bag_of(early) / name).read_bytes() == (bag_of(late) / name).read_bytes()
    assert early.recordings == late.recordings
