"""Comparing recordings: by their examinations alone, and as files and folders on disk."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path
from typing import Any

import pytest

from archiver.audio.examination import AudioExamination
from archiver.audio.record import empty_record, failed
from archiver.compare import Basis, Likeness, compare_recordings
from archiver.compare_trees import Pair, compare, side
from archiver.errors import IncompleteError, UsageError
from archiver.state import State, worst
from tests.audio.decode import decoding
from tests.audio.looking import look_at
from tests.audio.sounds import aiff, chunk, fmt, id3, mp3, pcm, png, title, wav
from tests.tools import require_tool


def _seen(
    format_id: str | None = "wavpack",
    stream: str = "aa",
    verdict: str = "self-verified",
    pcm: dict[str, Any] | None = None,
    headers: str | None = "hh",
    **facts: object,
) -> AudioExamination:
    """Return an examination as one would be of a file with such a sound."""
    told = {"codec": format_id, "mode": "lossless", "sample_rate": 44100, "channels": 2, **facts}
    record = {**empty_record(format_id), "facts": told}
    essence: dict[str, Any] = {"stream": {"blake3": stream, "size": 9}}
    if headers is not None:
        essence["headers"] = {"blake3": headers}
    if pcm is not None:
        essence["pcm"] = {"sample_rate": 44100, "channels": 2, "bits": 16, "frames": 9, **pcm}
    return AudioExamination(record, essence, verdict, ())


def _judged(old: AudioExamination, new: AudioExamination) -> tuple[Likeness, Basis]:
    forth, back = compare_recordings(old, new), compare_recordings(new, old)
    assert (forth.likeness, forth.basis) == (back.likeness, back.basis)
    return forth.likeness, forth.basis


def test_equal_packets_and_headers_are_the_same_essence() -> None:
    assert _judged(_seen(), _seen()) == (Likeness.SAME_ESSENCE, Basis.STREAM)


def test_equal_packets_for_which_a_decoder_is_told_otherwise_are_different() -> None:
    answer = _judged(_seen("ogg-opus", headers="h1"), _seen("ogg-opus", headers="h2"))
    assert answer == (Likeness.DIFFERENT, Basis.HEADERS)


def test_equal_packets_of_frames_that_describe_themselves_need_no_equal_headers() -> None:
    answer = _judged(_seen("mp3", headers="h1"), _seen("mp3", headers=None))
    assert answer == (Likeness.SAME_ESSENCE, Basis.PACKETS)


def test_equal_packets_in_another_container_are_the_same_essence_by_packets_only() -> None:
    one, other = _seen("m4a", headers="h1", codec="aac"), _seen("caf", headers="h2", codec="aac")
    assert _judged(one, other) == (Likeness.SAME_ESSENCE, Basis.PACKETS)


def test_a_gain_that_only_one_container_states_makes_another_sound() -> None:
    ogg, mka = _seen("ogg-opus", codec="opus"), _seen("matroska", headers="gain", codec="opus")
    assert _judged(ogg, mka) == (Likeness.DIFFERENT, Basis.HEADERS)
    same = _seen("matroska", codec="opus")
    assert _judged(ogg, same) == (Likeness.SAME_ESSENCE, Basis.STREAM)


def test_the_same_bytes_at_another_sample_rate_are_another_sound(tmp_path: Path) -> None:
    slow, fast = look_at(tmp_path, wav(50, rate=44100)), look_at(tmp_path, wav(50, rate=48000))
    assert _judged(slow, fast) == (Likeness.DIFFERENT, Basis.SHAPE)


def test_another_depth_over_the_same_bytes_is_another_sound(tmp_path: Path) -> None:
    data = pcm(60, 2, 16)

    def built(bits: int) -> bytes:
        body = chunk(b"fmt ", fmt(44100, 2, bits)) + chunk(b"data", data)
        return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WAVE" + body

    answer = _judged(look_at(tmp_path, built(16)), look_at(tmp_path, built(8)))
    assert answer == (Likeness.DIFFERENT, Basis.HEADERS)


def test_a_stated_md5_is_believed_only_while_all_frames_hold() -> None:
    computed = _seen("wav", "s1", "manifest-only", {"md5": "m", "blake3": "b"}, codec="pcm")
    stated = {"md5": "m", "stated": True}
    sound = _seen("flac", "s2", "self-verified", stated)
    assert _judged(computed, sound) == (Likeness.SAME_PCM, Basis.PCM_STATED)
    damaged = _seen("flac", "s3", "damaged", stated)
    assert _judged(computed, damaged)[0] is Likeness.DIFFERENT
    assert _judged(sound, damaged)[0] is Likeness.DIFFERENT
    again = _seen("flac", "s4", "self-verified", stated)
    assert _judged(sound, again) == (Likeness.SAME_PCM, Basis.PCM_STATED_BY_BOTH)


def test_md5_alone_does_not_make_computed_samples_the_same() -> None:
    one = _seen("wav", "s1", pcm={"md5": "m", "blake3": "b1"})
    other = _seen("aiff", "s2", pcm={"md5": "m", "blake3": "b2"})
    assert _judged(one, other) == (Likeness.DIFFERENT, Basis.PCM)


def test_lossless_codings_that_state_no_samples_are_undecided() -> None:
    answer = _judged(_seen("wavpack", "s1"), _seen("tta", "s2"))
    assert answer == (Likeness.UNDECIDED, Basis.NOTHING)
    assert Likeness.UNDECIDED.state is State.INCOMPLETE
    assert _judged(_seen("wavpack", "s1"), _seen("tta", "s2", "damaged"))[0] is Likeness.DIFFERENT
    lossy = _seen("mp3", "s2", mode="constant")
    assert _judged(_seen("wavpack", "s1"), lossy)[0] is Likeness.DIFFERENT


def test_lossless_sound_coded_once_more_by_its_own_codec_is_undecided() -> None:
    once, again, shorter = _seen("wavpack", "s1", frames=9), _seen("wavpack", "s2", frames=9), 8
    assert _judged(once, again)[0] is Likeness.DIFFERENT  # as many bytes again: not coded anew
    (again.essence or {})["stream"]["size"] += 1
    assert _judged(once, again) == (Likeness.UNDECIDED, Basis.NOTHING)
    again.record["facts"]["frames"] = shorter
    assert _judged(once, again)[0] is Likeness.DIFFERENT
    wave = _seen("wav", "s1", codec="pcm-float", mode=None)
    aifc = _seen("aifc", "s2", codec="pcm-float", mode=None)
    assert _judged(wave, aifc)[0] is Likeness.UNDECIDED


def test_frames_with_their_headers_cannot_be_held_against_bare_ones() -> None:
    adts, m4a = _seen("aac-adts", "s1", codec="aac-lc"), _seen("m4a", "s2", codec="aac")
    assert _judged(adts, m4a) == (Likeness.UNDECIDED, Basis.NOTHING)
    assert _judged(adts, _seen("aac-adts", "s2", codec="aac-lc"))[0] is Likeness.DIFFERENT


def test_sound_that_is_there_no_more_differs_and_sound_nobody_can_place_is_undecided() -> None:
    nothing = AudioExamination(empty_record(None), None, "not-checkable", ())
    assert _judged(_seen(), nothing) == (Likeness.DIFFERENT, Basis.NO_SOUND)
    video = AudioExamination(empty_record("matroska"), None, "not-checkable", ())
    assert _judged(_seen(), video) == (Likeness.UNDECIDED, Basis.NO_SOUND)
    assert _judged(nothing, nothing)[0] is Likeness.OTHER_FILE
    named = AudioExamination(
        empty_record(None), None, "not-checkable", ({"code": "audio-misnamed", "message": ""},)
    )
    assert _judged(nothing, named)[0] is Likeness.UNDECIDED


def test_what_could_not_be_read_is_not_called_different() -> None:
    answer = failed(None, "audio-unreadable", "gone")
    gone = AudioExamination(answer["record"], None, "not-checkable", tuple(answer["problems"]))
    assert _judged(_seen(), gone)[0] is Likeness.UNREADABLE


@pytest.mark.parametrize(
    ("made", "remade", "likeness"),
    [
        ("a.flac", "a.oga", Likeness.SAME_ESSENCE),
        ("a.m4a", "a.mp4", Likeness.SAME_ESSENCE),
        ("a.m4a", "a.aac", Likeness.UNDECIDED),
        ("a.wav", "a.aiff", Likeness.SAME_PCM),
    ],
)
def test_sound_moved_to_another_container_by_ffmpeg_is_never_called_different(
    tmp_path: Path, made: str, remade: str, likeness: Likeness
) -> None:
    run = [require_tool("ffmpeg"), "-v", "error", "-i"]
    old, new = tmp_path / made, tmp_path / remade
    subprocess.run([*run, str(_wav(tmp_path / "tone.wav")), str(old)], check=True)
    coding = [] if new.suffix == ".aiff" else ["-c", "copy"]
    subprocess.run([*run, str(old), *coding, str(new)], check=True)
    assert [pair.likeness for pair in _compared(old, new)] == [likeness]


def test_aiff_and_wave_of_the_same_samples_are_the_same_pcm(tmp_path: Path) -> None:
    answer = _judged(look_at(tmp_path, wav(300)), look_at(tmp_path, aiff(300)))
    assert answer == (Likeness.SAME_PCM, Basis.PCM)


def test_changed_keys_are_told_with_old_and_new_values(tmp_path: Path) -> None:
    old = look_at(tmp_path, id3(title("Before")) + mp3())
    new = look_at(tmp_path, id3(title("After"), b"TPE1\0\0\0\x03\0\0\x03Me") + mp3())
    changes = compare_recordings(old, new).changes
    told = {(c.system, c.key): (c.old, c.new) for c in changes.keys if c.system == "id3v2"}
    assert told == {
        ("id3v2", "TIT2"): (("Before",), ("After",)),
        ("id3v2", "TPE1"): ((), ("Me",)),
    }


def test_pictures_are_told_apart_by_digest() -> None:
    front, back, other = ({"blake3": d, "type": 3, "mime": None, "size": 1} for d in "abc")
    old, new = _seen(), _seen()
    old.record["pictures"] += [front, front, back]
    new.record["pictures"] += [front, other]
    changes = compare_recordings(old, new).changes
    assert (changes.pictures_removed, changes.pictures_added) == ((front, back), (other,))


def test_tags_that_could_not_be_listed_leave_the_changes_incomplete() -> None:
    trouble = ({"code": "tags-refused", "message": "too large"},)
    seen = _seen()
    refused = AudioExamination(seen.record, seen.essence, seen.verdict, trouble)
    assert not compare_recordings(_seen(), refused).changes.complete
    assert compare_recordings(_seen(), seen).changes.complete


# On disk


def _wav(path: Path, seed: int = 1, frames: int = 4000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        samples = ((n * n * seed) % 9000 - 4500 for n in range(frames))
        out.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in samples))
    return path


def _flac(source: Path, path: Path, *options: str) -> Path:
    run = [require_tool("flac"), "-s", "-f", *options, "-o", str(path), str(source)]
    subprocess.run(run, check=True)
    return path


def _flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def _compared(old: Path, new: Path) -> list[Pair]:
    return list(compare(side(str(old)), side(str(new)), workers=1))


def _likenesses(pairs: list[Pair]) -> dict[tuple[str | None, str | None], Likeness]:
    return {(pair.old, pair.new): pair.likeness for pair in pairs}


def _state(pairs: list[Pair]) -> State:
    return worst(pair.likeness.state for pair in pairs)


@pytest.fixture
def flac(tmp_path: Path) -> Path:
    """A FLAC file of half a second."""
    return _flac(_wav(tmp_path / "tone.wav"), tmp_path / "tone.flac")


def test_a_retagged_flac_has_the_same_essence_and_its_changed_keys_are_named(
    flac: Path, tmp_path: Path
) -> None:
    metaflac = require_tool("metaflac")
    subprocess.run([metaflac, "--set-tag=TITLE=Before", str(flac)], check=True)
    new = Path(shutil.copy(flac, tmp_path / "new.flac"))
    retag = ["--remove-tag=TITLE", "--set-tag=TITLE=After", "--set-tag=ISRC=DEA120012345"]
    cover = tmp_path / "cover.png"
    cover.write_bytes(png())
    picture = f"--import-picture-from={cover}"
    subprocess.run([metaflac, *retag, picture, str(new)], check=True)
    (pair,) = _compared(flac, new)
    assert (pair.likeness, pair.likeness.state) == (Likeness.SAME_ESSENCE, State.SOUND)
    assert pair.comparison is not None
    changes = pair.comparison.changes
    assert {c.key: (c.old, c.new) for c in changes.keys} == {
        "TITLE": (("Before",), ("After",)),
        "ISRC": ((), ("DEA120012345",)),
    }
    assert [picture["mime"] for picture in changes.pictures_added] == ["image/png"]
    assert {"VORBIS_COMMENT", "PICTURE"} <= set(changes.blocks)


def test_one_flipped_byte_of_sound_is_different(flac: Path, tmp_path: Path) -> None:
    for old in (flac, tmp_path / "tone.wav"):
        new = Path(shutil.copy(old, tmp_path / f"new{old.suffix}"))
        _flip(new, new.stat().st_size - 100)
        (pair,) = _compared(old, new)
        assert (pair.likeness, pair.likeness.state) == (Likeness.DIFFERENT, State.UNSOUND)
    (pair,) = _compared(flac, tmp_path / "new.flac")
    assert pair.comparison is not None
    assert pair.comparison.self_checks == ("self-verified", "damaged")


def test_wave_and_flac_are_the_same_pcm_by_the_md5_that_flac_states(
    flac: Path, tmp_path: Path
) -> None:
    (pair,) = _compared(tmp_path / "tone.wav", flac)
    assert pair.comparison is not None
    assert (pair.likeness, pair.comparison.basis) == (Likeness.SAME_PCM, Basis.PCM_STATED)


def test_wave_and_a_flac_without_md5_are_undecided(tmp_path: Path) -> None:
    source = _wav(tmp_path / "tone.wav")
    (pair,) = _compared(source, _flac(source, tmp_path / "bare.flac", "--no-md5-sum"))
    assert pair.likeness is Likeness.UNDECIDED


@pytest.mark.parametrize(
    ("kind", "options"),
    [("flac", ()), ("flac", ("--no-md5-sum",)), ("wv", ()), ("alac.m4a", ()), ("tta", ())],
)
def test_decoded_sound_of_every_lossless_kind_is_the_same_pcm_as_its_wave(
    kind: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    source = decoding.wave(tmp_path)
    coded = decoding.encoded(source, kind, *options)
    (pair,) = compare(side(str(source)), side(str(coded)), decode=True)
    assert pair.likeness is Likeness.SAME_PCM
    assert pair.comparison is not None and pair.comparison.basis is Basis.PCM
    _flip(source, source.stat().st_size - 100)
    (pair,) = compare(side(str(source)), side(str(coded)), decode=True)
    assert pair.likeness is Likeness.DIFFERENT


def test_lossless_files_of_two_kinds_meet_by_their_samples_when_decoded(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    source = decoding.wave(tmp_path)
    decoding.encoded(source, "wv").rename(old / "a.wv")
    decoding.encoded(source, "tta").rename(new / "b.tta")
    (pair,) = compare(side(str(old)), side(str(new)), decode=True)
    assert (pair.likeness, pair.renamed) == (Likeness.SAME_PCM, True)


def test_a_wave_retagged_by_mutagen_has_the_same_essence(tmp_path: Path) -> None:
    from mutagen.id3 import TIT2
    from mutagen.wave import WAVE

    old = _wav(tmp_path / "old.wav")
    new = Path(shutil.copy(old, tmp_path / "new.wav"))
    file: Any = WAVE(new)  # type: ignore[no-untyped-call]
    file.add_tags()
    file.tags.add(TIT2(encoding=3, text="New"))  # type: ignore[no-untyped-call]
    file.save()
    (pair,) = _compared(old, new)
    assert pair.likeness is Likeness.SAME_ESSENCE
    assert pair.comparison is not None
    assert [(c.key, c.new) for c in pair.comparison.changes.keys] == [("TIT2", ("New",))]


def test_two_files_that_are_no_recordings_cannot_be_called_alike(tmp_path: Path) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("one")
    other.write_text("other")
    assert _state(_compared(one, other)) is State.INCOMPLETE
    other.write_text("one")
    assert _likenesses(_compared(one, other)) == {(str(one), str(other)): Likeness.IDENTICAL}


def test_files_of_folders_meet_by_path_then_digest_then_sound(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for seed, name in enumerate(("stays", "moves", "retagged", "flips", "recoded", "lost"), 1):
        _wav(old / f"{name}.wav", seed)
    shutil.copytree(old, new)
    (new / "moves.wav").rename(new / "moved.wav")
    with (new / "retagged.wav").open("r+b") as file:  # a chunk behind the sound, size put right
        file.seek(0, 2)
        file.write(b"LIST\x10\0\0\0INFOINAM\x04\0\0\0New\0")
        size = file.tell() - 8
        file.seek(4)
        file.write(size.to_bytes(4, "little"))
    (new / "retagged.wav").rename(new / "renamed too.wav")
    _flip(new / "flips.wav", 500)
    _flac(new / "recoded.wav", new / "recoded.flac")
    for name in ("recoded.wav", "lost.wav"):
        (new / name).unlink()
    _wav(new / "added.wav", 77)
    pairs = _compared(old, new)
    assert _likenesses(pairs) == {
        ("stays.wav", "stays.wav"): Likeness.IDENTICAL,
        ("moves.wav", "moved.wav"): Likeness.IDENTICAL,
        ("retagged.wav", "renamed too.wav"): Likeness.SAME_ESSENCE,
        ("flips.wav", "flips.wav"): Likeness.DIFFERENT,
        ("recoded.wav", "recoded.flac"): Likeness.SAME_PCM,
        ("lost.wav", None): Likeness.REMOVED,
        (None, "added.wav"): Likeness.ADDED,
    }
    assert [pair.old for pair in pairs if pair.renamed] == [
        "moves.wav",
        "retagged.wav",
        "recoded.wav",
    ]
    assert _state(pairs) is State.UNSOUND


def test_added_files_and_changed_texts_leave_the_sound_as_it_was(tmp_path: Path) -> None:
    _wav(tmp_path / "old" / "tone.wav")
    (tmp_path / "old" / "note.txt").write_text("before")
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    (tmp_path / "new" / "note.txt").write_text("after")
    _wav(tmp_path / "new" / "more.wav", 5)
    pairs = _compared(tmp_path / "old", tmp_path / "new")
    assert _state(pairs) is State.SOUND
    assert _likenesses(pairs)["note.txt", "note.txt"] is Likeness.OTHER_FILE


def test_each_copy_of_a_file_finds_one_counterpart(tmp_path: Path) -> None:
    _wav(tmp_path / "old" / "a.wav")
    _wav(tmp_path / "old" / "b.wav")
    _wav(tmp_path / "new" / "c.wav")
    assert _likenesses(_compared(tmp_path / "old", tmp_path / "new")) == {
        ("a.wav", "c.wav"): Likeness.IDENTICAL,
        ("b.wav", None): Likeness.REMOVED,
    }


def test_of_a_bag_the_payload_is_compared(tmp_path: Path) -> None:
    _wav(tmp_path / "plain" / "tone.wav")
    _wav(tmp_path / "bag" / "data" / "tone.wav")
    (tmp_path / "bag" / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    pairs = _compared(tmp_path / "plain", tmp_path / "bag")
    assert _likenesses(pairs) == {("tone.wav", "tone.wav"): Likeness.IDENTICAL}


def test_a_link_in_place_of_a_file_is_neither_followed_nor_called_missing(tmp_path: Path) -> None:
    _wav(tmp_path / "old" / "tone.wav")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "tone.wav").symlink_to(tmp_path / "old" / "tone.wav")
    (pair,) = _compared(tmp_path / "old", tmp_path / "new")
    assert (pair.likeness, pair.old, pair.new) == (Likeness.UNREADABLE, "tone.wav", "tone.wav")
    assert "not followed" in (pair.trouble or "")


def test_what_is_not_there_or_not_of_one_kind_cannot_be_compared(tmp_path: Path) -> None:
    file = _wav(tmp_path / "tone.wav")
    with pytest.raises(IncompleteError):
        side(str(tmp_path / "missing"))
    with pytest.raises(UsageError):
        _compared(file, tmp_path)
