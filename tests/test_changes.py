"""What changed around the sound, out of two records."""

from __future__ import annotations

import pytest

from archiver.audio.examination import AudioExamination
from archiver.audio.record import empty_record
from archiver.changes import Change, changes_between


def tagged(system: str, key: str, value: str) -> AudioExamination:
    """An examination of a file with one tag."""
    tags = [{"system": system, "key": key, "values": [value]}]
    return AudioExamination({**empty_record("flac"), "tags": tags}, None, "manifest-only", ())


@pytest.mark.parametrize("system", ["vorbis", "apev2"])
def test_a_key_written_in_small_letters_is_the_same_key(system: str) -> None:
    old, new = tagged(system, "TITLE", "one"), tagged(system, "title", "two")
    assert changes_between(old, new).keys == (Change(system, "TITLE", ("one",), ("two",)),)


def test_elsewhere_small_letters_make_another_key() -> None:
    old, new = tagged("mp4", "\xa9ART", "one"), tagged("mp4", "\xa9art", "one")
    assert [change.key for change in changes_between(old, new).keys] == ["\xa9ART", "\xa9art"]
