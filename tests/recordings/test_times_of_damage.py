"""When damaged bytes are played, against ffprobe's packets; and the times in words."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from archiver.audio.examination import AudioExamination, Question
from archiver.audio.examine import examine_source
from archiver.audio.marks import Marks
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from archiver.recordings.places import clock, times_by_record, times_in_words
from tests.audio.encoded import encode
from tests.recordings.bench import packets

# name -> how wide (seconds) the time of one byte may be: a frame, or a page of the container
_WIDTHS = {
    "a.flac": 0.11,
    "s24.flac": 0.11,
    "vorbis.ogg": 1.1,
    "a.opus": 1.1,
    "flac.oga": 0.5,
    "a.spx": 1.1,
    "cbr.mp3": 0.08,
    "vbr.mp3": 0.08,
    "a.mp2": 0.03,
    "a.aac": 0.03,
    "aac.m4a": 0.03,
    "alac.m4a": 0.1,
    "a.wv": 0.51,
    "a.tta": 1.05,
}
_LINEAR = ("s16.wav", "s24.wav", "mono8k.wav", "long.rf64", "a.w64", "a.aiff", "sowt.aifc", "a.caf")


def _asked(path: Path, *ranges: tuple[int, int], frames: int | None = None) -> AudioExamination:
    source = open_source(str(path))
    try:
        return examine_source(source, Limits(), question=Question(ranges, frames))
    finally:
        source.close()


@pytest.mark.parametrize("name", _WIDTHS)
def test_every_byte_of_a_packet_is_played_when_ffprobe_says(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path, name)
    there = packets(path)
    chosen = random.Random(2).sample(there, min(20, len(there)))
    found = _asked(path, *[(at + size // 2, at + size // 2) for at, size, _, _ in chosen])
    for (_, _, begin, end), place in zip(chosen, found.places, strict=True):
        assert place["from_s"] <= begin + 0.001 and end <= place["to_s"] + 0.001
        assert place["to_s"] - place["from_s"] <= _WIDTHS[name]


@pytest.mark.parametrize("name", _LINEAR)
def test_uncompressed_sound_is_told_by_its_record_to_the_sample(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path, name)
    at, size, begin, end = packets(path)[3]
    times = times_by_record(_asked(path), [(at, at + size - 1), (0, 3)])
    assert times is not None
    assert times[0] == {
        "from_s": pytest.approx(begin, abs=1e-5),
        "to_s": pytest.approx(end, abs=1e-5),
    }
    assert times[1] == {"outside": True}


@pytest.mark.parametrize("name", ["a.flac", "vorbis.ogg", "cbr.mp3", "a.aac", "aac.m4a"])
def test_where_a_frame_is_destroyed_its_neighbours_tell(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path, name)
    found_packets = packets(path)
    frames = _asked(path).record["facts"]["frames"]
    first, last = found_packets[len(found_packets) // 3], found_packets[len(found_packets) // 2]
    data = bytearray(path.read_bytes())
    data[first[0] : last[0]] = bytes(last[0] - first[0])
    path.write_bytes(data)
    after = found_packets[-3]
    ranges = (first[0], last[0] - 1), (after[0] + 30, after[0] + 30)
    lost, later = _asked(path, *ranges, frames=frames).places
    slack = 0.06
    assert lost["from_s"] <= first[2] + 0.001 and last[2] <= lost["to_s"] + 0.001
    assert lost["from_s"] >= first[2] - _WIDTHS[name] - slack
    assert lost["to_s"] <= last[2] + 2 * _WIDTHS[name] + slack
    # What follows is still told by its true time, whatever was lost before it.
    assert later["from_s"] - slack <= after[2] <= later["to_s"] + slack


@pytest.mark.parametrize("name", ["a.flac", "cbr.mp3", "aac.m4a", "vorbis.ogg"])
def test_the_headers_are_outside_the_sound(tmp_path: Path, name: str) -> None:
    assert _asked(encode(tmp_path, name), (8, 9)).places == ({"outside": True},)


def test_of_a_file_without_sound_no_time_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\4\0\0\0\0\0\0" + bytes(100))
    assert _asked(path, (50, 60)).places == ({},)


def test_marks_that_go_back_are_not_believed() -> None:
    marks = Marks()
    for offset, sample in ((100, 0), (200, 10), (150, 20), (300, 5), (300, 15), (300, 20)):
        marks.add(offset, sample)
    assert len(marks) == 3
    assert marks.around(220, 240, 99) == (10, 20)
    assert marks.around(310, 320, 99) == (20, 99)
    assert marks.around(10, 20, 99) == (0, 10)


def test_times_are_said_as_players_show_them_and_rounded_outwards() -> None:
    assert (clock(237.86, up=False), clock(243.61, up=True)) == ("3:57.8", "4:03.7")
    assert (clock(3723.4, up=False), clock(3723.4, up=True)) == ("1:02:03.4", "1:02:03.4")
    places = [{"from_s": 237.86, "to_s": 243.61}, {"from_s": 240.0, "to_s": 245.0}]
    assert times_in_words(places) == "3:57.8 to 4:05.0 of the recording"
    assert times_in_words([{"outside": True}]) == "in the tags or headers"
    assert times_in_words([{}]) == "time unknown"
    apart: list[dict[str, Any]] = [
        {"from_s": 1.0, "to_s": 2.0},
        {"from_s": 5.0, "to_s": 6.0},
        {"outside": True},
    ]
    assert times_in_words(apart) == (
        "0:01.0 to 0:02.0 and 0:05.0 to 0:06.0 of the recording, in the tags or headers"
    )
