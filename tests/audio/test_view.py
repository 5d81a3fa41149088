"""The mapped view: lyrics, chapters and identifiers, whichever tag system holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen.id3 as id3

from archiver.audio.tags import TagReader
from archiver.audio.view import view_of
from tests.audio import sounds


def vorbis(**tags: str) -> list[dict[str, Any]]:
    return [{"system": "vorbis", "key": key, "values": [text]} for key, text in tags.items()]


def test_an_mp3s_chapters_lyrics_and_identifiers_are_in_the_view(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(sounds.mp3())
    tags: Any = id3.ID3()  # type: ignore[no-untyped-call]
    for start, title in ((61_500, "Second"), (0, "First")):
        name: Any = id3.TIT2(encoding=3, text=[title])  # type: ignore[no-untyped-call]
        chapter: Any = id3.CHAP(  # type: ignore[no-untyped-call]
            element_id=title, start_time=start, end_time=start + 9, sub_frames=[name]
        )
        tags.add(chapter)
    tags.add(id3.USLT(encoding=3, lang="eng", desc="", text="la la"))  # type: ignore[no-untyped-call]
    tags.add(id3.SYLT(encoding=3, lang="eng", format=2, type=1, text=[("tra ", 0), ("la", 5)]))  # type: ignore[no-untyped-call]
    tags.add(id3.UFID(owner="http://musicbrainz.org", data=b"0a1b-2c"))  # type: ignore[no-untyped-call]
    tags.save(path)
    with TagReader() as reader:
        view = reader.read(str(path))["view"]
    assert view["chapters"] == [
        {"start_s": 0.0, "title": "First"},
        {"start_s": 61.5, "title": "Second"},
    ]
    assert sorted(view["lyrics"]) == ["la la", "tra la"]
    assert view["musicbrainz"] == {"ufid:http://musicbrainz.org": "0a1b-2c"}


def test_chapters_in_vorbis_comments_are_put_together() -> None:
    tags = vorbis(
        CHAPTER002="01:00:01.250", chapter002name="Two", CHAPTER001="00:00:00", CHAPTER003="soon"
    )
    assert view_of(tags)["chapters"] == [{"start_s": 0.0}, {"start_s": 3601.25, "title": "Two"}]


def test_neros_chapters_are_chapters() -> None:
    values = [{"start_s": 1.5, "title": "One"}]
    tags = [{"system": "mp4", "key": "(chapters)", "values": values}]
    assert view_of(tags) == {"chapters": values}


def test_gains_and_lyrics_have_their_place() -> None:
    view = view_of(vorbis(REPLAYGAIN_TRACK_GAIN="-7 dB", LYRICS="la", MUSICBRAINZ_TRACKID="0a"))
    assert view == {
        "lyrics": ["la"],
        "musicbrainz": {"musicbrainz_trackid": "0a"},
        "replaygain": {"replaygain_track_gain": "-7 dB"},
    }
