"""What a decoder's work does to the verdict: never more than it proves."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest

from archiver.audio.decode import judging
from archiver.audio.decode.check import Undecoded, check_by_decoding
from archiver.audio.decode.model import Decoded, Wish
from archiver.audio.decode.promise import Promise
from archiver.audio.selfcheck.crc import crc16
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source, identify
from archiver.audio.tags import Limits
from archiver.audio.walk import walk
from archiver.audio.walk.model import Walk
from tests.audio import sounds
from tests.audio.decode.decoding import decoded, encoded, pcm, wave
from tests.audio.encoded import encode


def flipped(path: Path, at: int, bit: int = 1) -> Path:
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    path.write_bytes(data)
    return path


def test_flac_whose_samples_are_not_those_encoded_is_damaged_though_its_frames_hold(
    tmp_path: Path,
) -> None:
    """STREAMINFO's MD5 begins 26 bytes into the file: flip it, and no frame is touched."""
    found = decoded(flipped(encoded(wave(tmp_path), "flac"), 26))
    assert found.verdict == "damaged"
    (place,) = found.record["self_check"]["damage"]
    assert "not those that were encoded" in place["what"]
    assert place["from_s"] == 0.0
    assert found.record["self_check"]["checks"]["flac-frame-crc16"]["bad"] == 0
    assert found.record["decoding"]["frames_agree"] is True


def test_wavpack_whose_samples_are_not_those_encoded_is_damaged(tmp_path: Path) -> None:
    path = encoded(wave(tmp_path), "wv", "-m")
    stated = bytes.fromhex(decoded(path).record["embedded"]["wavpack"]["md5"])
    at = path.read_bytes().rindex(stated)
    found = decoded(flipped(path, at))
    assert found.record["self_check"]["checks"]["wavpack-md5"] == {"checked": 1, "bad": 1}
    assert found.verdict == "damaged"


def test_a_flac_without_md5_keeps_its_verdict_and_gets_one_computed(tmp_path: Path) -> None:
    found = decoded(encoded(wave(tmp_path), "flac", "--no-md5-sum"))
    assert found.verdict == "self-verified"
    assert "stated" not in pcm(found)
    assert "flac-md5" not in found.record["self_check"]["checks"]


def test_a_damaged_flac_is_damaged_and_its_stated_md5_is_not_replaced(tmp_path: Path) -> None:
    path = encoded(wave(tmp_path), "flac")
    stated = pcm(decoded(path))["md5"]
    found = decoded(flipped(path, path.stat().st_size - 100))
    assert found.verdict == "damaged"
    assert pcm(found)["md5"] == stated and pcm(found)["stated"] is True
    assert found.record["self_check"]["not_checked"] == ["flac-md5"]


def test_packets_the_decoder_refuses_are_a_disagreement_and_no_damage(tmp_path: Path) -> None:
    """A frame of another codec's sound, its checksum made right: structure and CRC hold."""
    path = encoded(wave(tmp_path, frames=60_000), "flac")
    data = bytearray(path.read_bytes())
    starts = [at for at in range(len(data) - 2) if data[at : at + 2] == b"\xff\xf8"]
    begin, end = starts[3], starts[4]
    data[begin + 6] = 0x7E  # a subframe of a kind that is reserved (RFC 9639 9.2.1)
    data[end - 2 : end] = crc16(bytes(data[begin : end - 2])).to_bytes(2)
    path.write_bytes(data)
    found = decoded(path)
    assert found.record["self_check"]["checks"]["flac-frame-crc16"]["bad"] == 0
    assert found.verdict == "decoder-disagrees"
    assert [one["code"] for one in found.problems] == ["decoder-disagrees"]
    assert "damage" not in found.record["self_check"]


def test_dropped_frames_of_aac_are_noticed_by_their_count(tmp_path: Path) -> None:
    path = encode(tmp_path, "aac.m4a")
    data = bytearray(path.read_bytes())
    noise, at = random.Random(4), data.index(b"mdat") + 4000
    data[at : at + 3000] = noise.randbytes(3000)
    path.write_bytes(data)
    found = decoded(path)
    assert found.verdict == "decoder-disagrees"
    assert found.record["decoding"]["refused"] > 0
    assert found.record["decoding"]["first_refusal"]["at_s"] > 0


@pytest.mark.parametrize("standing", ["damaged", "structure", "not-checkable"])
def test_a_decoder_has_no_say_where_the_file_itself_is_not_in_order(standing: str) -> None:
    given = Decoded(codec="flac", frames=5, failures=1, first="no")
    judged = judging.judge(Walk("flac"), SelfCheck(), Promise(10), given, standing)
    assert judged.disagreement is None


@pytest.mark.parametrize(
    ("promise", "frames", "agree"),
    [
        (Promise(100), 100, True),
        (Promise(100), 99, False),
        (Promise(100), 101, False),
        (Promise(None), 99, None),
        (Promise(100, slack=10), 90, None),
        (Promise(100, slack=10), 89, False),
        (Promise(100, packet=50), 100, None),
    ],
)
def test_counts_are_compared_only_by_a_known_rule(
    promise: Promise, frames: int, agree: bool | None
) -> None:
    given = Decoded(codec="x", frames=frames, packet_sizes={25})
    judged = judging.judge(Walk("flac"), SelfCheck(), promise, given, "manifest-only")
    assert judged.part["frames_agree"] is agree
    assert (judged.disagreement is None) == (agree is not False)
    assert ("frame-count" in judged.not_checked) == (agree is None)


def test_what_takes_too_long_is_left_off_and_nothing_is_held_against_it(tmp_path: Path) -> None:
    path = encoded(wave(tmp_path), "flac")
    found = decoded(path, Limits(decode=0, decode_mib=0))
    assert found.verdict == "self-verified"
    assert [one["code"] for one in found.problems] == ["audio-not-decoded"]
    assert "processor time" in found.record["decoding"]["unfinished"]
    assert pcm(found)["stated"] is True


class _Failing(Source):
    """A file on a medium that gives no bytes behind the first 4,096, once ``broken`` is set."""

    broken = False

    def read(self, offset: int, length: int) -> bytes:
        if self.broken and offset + length > 4096:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(offset, length)


@pytest.mark.parametrize("kind", ["flac", "alac.m4a"])
def test_a_medium_that_fails_is_no_word_of_the_decoder_on_the_file(
    kind: str, tmp_path: Path
) -> None:
    source = _Failing(os.open(encoded(wave(tmp_path), kind), os.O_RDONLY))
    try:
        format_id, start = identify(source)
        assert format_id is not None
        found = walk(source, format_id, start)
        file = Undecoded(source, format_id, start, found, SelfCheck(), "manifest-only", None)
        source.broken = True
        with pytest.raises(OSError, match="Input/output error"):
            check_by_decoding(file, Wish(decode=True), Limits(), lambda: None)
    finally:
        source.close()


def test_a_recording_of_no_length_is_nothing_to_disagree_about(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(sounds.wav(0))
    found = decoded(path)
    assert found.problems == ()
    assert "decoding" not in found.record
