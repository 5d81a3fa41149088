"""``--decode``: what recordings decode to, beside what was known of them when they were sealed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from archiver.recordings.check import Judge, Told
from archiver.recordings.judgement import samples_comparable, samples_differ
from archiver.state import State
from archiver.verify import BagVerification
from tests.audio.decode.decoding import decoded, encoded, wave
from tests.audio.encoded import encode
from tests.audio.looking import look
from tests.bagit.bags import bag_files, seal, write
from tests.cli.workbench import run
from tests.packaging import scene
from tests.recordings.bench import check, flip, only, retag_with_metaflac, sealed_bag

_MD5_OF_STREAMINFO = 26  # bytes into a FLAC file


def _codes(found: BagVerification) -> list[str]:
    return [finding.code for finding in found.findings]


def _sealed(folder: Path, path: Path, **wishes: Any) -> Path:
    """Seal one recording as a bag of its own."""
    source = folder / "music"
    source.mkdir()
    path.rename(source / path.name)
    archive = scene.new_archive(folder / "archive")
    scene.run(archive, source, **wishes)
    (bag,) = archive.bags.glob("*/*")
    return bag


def _numbers(found: BagVerification) -> tuple[int | None, int | None]:
    assert found.recordings is not None
    return found.recordings.decoded, found.recordings.samples_compared


def _refused_by_decoders(folder: Path) -> Path:
    """Return an AAC file, a format without checksums, with noise in its sound."""
    path = encode(folder, "aac.m4a")
    data = bytearray(path.read_bytes())
    at = data.index(b"mdat") + 4000
    data[at : at + 3000] = random.Random(4).randbytes(3000)
    path.write_bytes(data)
    return path


def test_recordings_are_decoded_and_compared_with_the_samples_on_record(tmp_path: Path) -> None:
    """FLAC by the MD5 it stated, WAVE by its samples; ALAC and Vorbis left none undecoded."""
    bag = sealed_bag(tmp_path, "a.flac", "s16.wav", "alac.m4a", "vorbis.ogg")
    found = check(bag, decode=True)
    assert (found.verdict, found.state, _codes(found)) == ("valid", State.SOUND, [])
    assert _numbers(found) == (4, 2)
    assert _numbers(check(bag, recordings=True)) == (None, None)


@pytest.mark.parametrize("kind", ["wv", "alac.m4a", "tta", "flac"])
def test_samples_that_were_digested_at_sealing_are_compared(tmp_path: Path, kind: str) -> None:
    source = wave(tmp_path)
    coded = encoded(source, kind)
    source.unlink()
    found = check(_sealed(tmp_path, coded, decode=True), decode=True)
    assert (found.state, _codes(found), _numbers(found)) == (State.SOUND, [], (1, 1))


def test_samples_that_are_not_those_encoded_are_found_by_decoding_alone(tmp_path: Path) -> None:
    path = encode(tmp_path, "a.flac")
    flip(path, _MD5_OF_STREAMINFO)
    bag = _sealed(tmp_path, path)
    assert check(bag, recordings=True).state is State.SOUND
    found = check(bag, decode=True)
    assert (found.state, _codes(found)) == (State.UNSOUND, ["recording-damaged"])
    finding = only(found, "recording-damaged")
    assert "not those that were encoded" in finding.message
    assert "so when the bag was made" in finding.message


def test_damage_that_was_accepted_at_sealing_stays_a_known_state(tmp_path: Path) -> None:
    path = encode(tmp_path, "a.flac")
    flip(path, _MD5_OF_STREAMINFO)
    bag = _sealed(tmp_path, path, decode=True, known_damage="the only copy")
    found = check(bag, decode=True)
    assert (found.state, _codes(found)) == (State.SOUND, ["audio-damaged-accepted"])
    found = check(bag, recordings=True)
    assert (found.state, _codes(found)) == (State.SOUND, [])


def test_what_a_decoder_refuses_is_told_and_no_damage_to_the_bag(tmp_path: Path) -> None:
    bag = _sealed(tmp_path, _refused_by_decoders(tmp_path))
    found = check(bag, decode=True)
    assert (found.verdict, found.state, _codes(found)) == (
        "valid",
        State.SOUND,
        ["decoder-disagrees"],
    )
    assert found.recordings is not None
    assert found.recordings.verdicts == {"decoder-disagrees": 1}
    assert _numbers(found) == (0, 0)


def test_what_a_decoder_refused_at_sealing_already_is_only_counted(tmp_path: Path) -> None:
    bag = _sealed(tmp_path, _refused_by_decoders(tmp_path), decode=True)
    found = check(bag, decode=True)
    assert (found.state, _codes(found)) == (State.SOUND, [])
    assert found.recordings is not None
    assert found.recordings.verdicts == {"decoder-disagrees": 1}


def test_a_bag_of_another_tool_has_no_samples_on_record(tmp_path: Path) -> None:
    payload = {"data/a.flac": encode(tmp_path, "a.flac").read_bytes()}
    found = check(write(tmp_path / "bag", seal(bag_files(payload))), decode=True)
    assert (found.state, _numbers(found)) == (State.SOUND, (1, 0))


def test_a_retagged_flac_still_decodes_to_the_samples_on_record(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "a.flac")
    retag_with_metaflac(bag / "data" / "a.flac")
    found = check(bag, decode=True)
    assert (found.state, _numbers(found)) == (State.ALTERED, (1, 1))


def test_other_samples_than_those_on_record_are_seen_by_their_md5(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, frames in ((one, 9_000), (other, 9_001)):
        folder.mkdir()
        encoded(wave(folder, frames=frames), "flac")
    stated, computed = look(one / "sound.flac"), decoded(one / "sound.flac")
    assert samples_comparable(stated, computed)
    assert not samples_comparable(computed, stated)
    assert not samples_differ(stated, computed)
    assert samples_differ(stated, decoded(other / "sound.flac"))
    assert samples_differ(computed, decoded(other / "sound.flac"))


def test_what_could_not_be_decoded_to_its_end_is_incomplete(tmp_path: Path) -> None:
    found = decoded(encoded(wave(tmp_path), "flac"))
    trouble = {"code": "audio-not-decoded", "message": "the reader took too long"}
    judge = Judge(Told(frozenset(), compared=True), decode=True)
    found = type(found)(found.record, found.essence, found.verdict, (trouble,))
    found.record["decoding"]["unfinished"] = "the reader took too long"
    judge.take("data/a.flac", 1, None, found)
    (finding,) = judge.found.findings
    assert (finding.code, finding.state) == ("recording-not-decoded", State.INCOMPLETE)
    assert finding.message == "The reader took too long."
    assert judge.found.decoded == 0


def test_the_command_decodes_and_says_how_much_it_compared(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "a.flac", "alac.m4a")
    done = run("verify", "--decode", bag)
    assert done.code == 0
    assert "2 of them decoded without a fault, 1 of those compared with the samples" in done.out
    audio = run("verify", "--audio", "--decode", "--json", bag).record("verification")["audio"]
    assert (audio["decoded"], audio["samples_compared"]) == (2, 1)
