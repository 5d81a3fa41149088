"""Our walkers and digests beside FFmpeg's, on files of independent encoders."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import mutagen
import pytest
from blake3 import blake3
from mutagen.id3 import COMM, ID3, TIT2

from tests.audio.encoded import BY_OTHERS, KINDS, encode, packets_by_ffmpeg, pcm_md5_by_ffmpeg
from tests.audio.looking import look
from tests.tools import require_tool

ALL = {name: format_id for name, (format_id, *_) in {**KINDS, **BY_OTHERS}.items()}
# Where FFmpeg's length is another, by how many seconds at most, and why.
EXPLAINED = {
    "a.aac": (0.6, "FFmpeg guesses from the bit rate; we count frames"),
    "ima.wav": (0.05, "the last block is not full"),
    "a.opus": (0.0066, "FFmpeg counts the 312 samples of pre-skip, which are not played"),
    "surround.opus": (0.0066, "the same"),
    "opus.mp4": (0.0066, "the other way round: the edit list hides the pre-skip from FFmpeg"),
    "a.spx": (0.01, "FFmpeg counts the encoder's look-ahead"),
    "aac.m4a": (0.0233, "FFmpeg leaves out the 1024 samples of priming the edit list skips"),
    "book.m4b": (0.0233, "the same"),
    "pieces.m4a": (0.0233, "the same"),
    "a.mpc": (0.4, "FFmpeg takes the last frame of Musepack for the whole of the last packet"),
}
# Where FFmpeg's bit depth is another, and why.
OTHER_DEPTH = {
    "mono8k.wav": "8 bits of code each",
    "gsm.wav": "the format chunk says 0",
    "mu-law.caf": "8 bits of code each",
}
LOSSY = ("adpcm", "gsm", "mp", "aac", "vorbis", "opus", "speex", "musepack", "wma")
# What only a checksum inside the file can give.
SELF_VERIFYING = ("flac", "ogg-vorbis", "ogg-opus", "ogg-flac", "ogg-speex", "mp3", "tta")
SELF_VERIFYING_FILES = ("16.wv", "24.wv", "float.wv", "surround.wv", "hybrid.wv", "flac.mka",
                        "pcm.mka")  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_facts_and_coded_packets_are_those_ffmpeg_sees(name: str, tmp_path: Path) -> None:
    path = encode(tmp_path, name)
    found = look(path)
    assert found.record["format"] == ALL[name]
    assert found.problems == () or name == "long.rf64"
    verifies = ALL[name] in SELF_VERIFYING or name in SELF_VERIFYING_FILES
    assert found.verdict == ("self-verified" if verifies else "manifest-only")
    assert found.essence is not None
    packets = packets_by_ffmpeg(path)
    assert found.essence["stream"] == {
        "blake3": blake3(packets).hexdigest(),
        "size": len(packets),
    }
    _same_facts(path, found.record["facts"])


def _same_facts(path: Path, facts: dict[str, object]) -> None:
    out = subprocess.run(
        [
            require_tool("ffprobe"), "-v", "error", "-select_streams", "a:0", "-of", "json",
            "-show_entries", "stream=sample_rate,channels,duration,bits_per_sample,"
            "bits_per_raw_sample:format=duration", str(path),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    answer = json.loads(out.stdout)
    stream = answer["streams"][0]
    assert facts["sample_rate"] == int(stream["sample_rate"])
    assert facts["channels"] == stream["channels"]
    length = float(stream.get("duration") or answer["format"]["duration"])
    duration = facts["duration_s"]
    assert isinstance(duration, float)
    most, _ = EXPLAINED.get(path.name, (0.001, "rounding"))
    assert abs(duration - length) <= most
    bits = int(stream.get("bits_per_raw_sample") or stream["bits_per_sample"])
    if str(facts["codec"]).startswith(LOSSY) or path.name in OTHER_DEPTH:
        return
    assert facts["bit_depth"] == bits


# Every file of whole numbers that is not coded, and what FLAC states of its own.
PCM = [
    "u8.wav", "s16.wav", "s24.wav", "s32.wav", "5.1.wav", "bext.wav", "24-sox.wav", "long.rf64",
    "a.w64", "24.w64", "a.aiff", "s24.aiff", "sowt.aifc", "24-sox.aiff", "8.aiff", "32.aiff",
    "a.caf", "24.caf", "little.caf", "a.au", "pcm.mka", "pcm.asf", "a.flac", "s24.flac",
    "surround.flac", "small-blocks.flac", "mid-side.oga",
]  # fmt: skip


@pytest.mark.parametrize("name", PCM)
def test_the_pcm_digest_is_that_of_the_samples_decoded_at_their_own_depth(
    name: str, tmp_path: Path
) -> None:
    path = encode(tmp_path, name)
    found = look(path)
    assert found.essence is not None
    pcm = found.essence["pcm"]
    coding = "pcm_s8" if pcm["bits"] == 8 else f"pcm_s{pcm['bits']}le"
    assert pcm["md5"] == pcm_md5_by_ffmpeg(path, coding)
    assert pcm.get("stated", False) == name.endswith(("flac", "oga"))


def test_only_what_has_whole_numbers_has_a_pcm_digest(tmp_path: Path) -> None:
    for name in ("f32.wav", "float.caf", "double.aifc", "a-law.wav", "cbr.mp3", "vorbis.ogg"):
        essence = look(encode(tmp_path, name)).essence
        assert essence is not None
        assert "pcm" not in essence


def test_flac_states_the_digest_metaflac_shows(tmp_path: Path) -> None:
    path = encode(tmp_path, "surround.flac")
    run = [require_tool("metaflac"), "--show-md5sum", str(path)]
    shown = subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()
    essence = look(path).essence
    assert essence is not None
    assert essence["pcm"]["md5"] == shown


@pytest.mark.parametrize("bits", [8, 16, 24])
def test_a_wave_and_the_flac_made_from_it_have_one_pcm_digest(bits: int, tmp_path: Path) -> None:
    from tests.audio import sounds

    wave, flac = tmp_path / "a.wav", tmp_path / "a.flac"
    wave.write_bytes(sounds.wav(30_000, bits=bits))
    subprocess.run([require_tool("flac"), "-s", str(wave), "-o", str(flac)], check=True)
    a, b = look(wave).essence, look(flac).essence
    assert a is not None and b is not None
    assert a["pcm"]["md5"] == b["pcm"]["md5"]
    assert a["stream"] != b["stream"]


RETAGGED = [
    "vorbis.ogg", "surround.ogg", "a.opus", "flac.oga", "a.spx", "a.flac", "s24.flac",
    "surround.flac", "cbr.mp3", "vbr.mp3", "abr.mp3", "mono.mp3", "mpeg2.mp3", "a.mp2", "aac.m4a",
    "alac.m4a", "surround.m4a", "flac.mp4", "a.wv", "24.wv", "hybrid.wv", "a.tta", "24.tta",
    "s16.wav", "5.1.wav", "a.aiff", "s24.aiff", "a.mpc", "a.aac",
]  # fmt: skip


@pytest.mark.parametrize("name", RETAGGED)
def test_a_new_title_and_a_long_comment_leave_the_stream_digest_as_it_was(
    name: str, tmp_path: Path
) -> None:
    path = encode(tmp_path, name)
    before = look(path)
    _retag(path)
    after = look(path)
    assert before.essence is not None and after.essence is not None
    assert after.essence["stream"] == before.essence["stream"]
    assert after.essence.get("pcm") == before.essence.get("pcm")
    assert "Neu" in after.record["view"]["title"]
    assert after.verdict == before.verdict
    assert after.problems == ()


def _retag(path: Path) -> None:
    """Write a new title and a comment of 200,000 characters with mutagen."""
    tags, file = _tags_of(path)
    if isinstance(tags, ID3):
        title: Any = TIT2(encoding=3, text=["Neu"])  # type: ignore[no-untyped-call]
        comment: Any = COMM(encoding=3, lang="deu", text=["x" * 200_000])  # type: ignore[no-untyped-call]
        for frame in (title, comment):
            tags.add(frame)  # type: ignore[no-untyped-call]
    else:
        mp4 = path.suffix in (".m4a", ".mp4")
        tags["\xa9nam" if mp4 else "title"] = ["Neu"]
        tags["\xa9cmt" if mp4 else "comment"] = ["x" * 200_000]
    file.save(path)


def _tags_of(path: Path) -> tuple[Any, Any]:
    """Return the tags of a file, and what saves them."""
    if path.suffix == ".aac":  # mutagen has no tags for ADTS; others put ID3v2 before it
        new: Any = ID3()  # type: ignore[no-untyped-call]
        return new, new
    file: Any = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    return file.tags, file


TAGGERS = {
    "metaflac": ["--remove-all-tags", "--set-tag=TITLE=Neu", "{}"],
    "metaflac-padding": ["--remove-all", "--dont-use-padding", "{}"],
    "metaflac-picture": ["--add-padding=50000", "{}"],
    "id3v2": ["--TIT2", "Neu", "{}"],
    "id3v2-delete": ["--delete-all", "{}"],
    "vorbiscomment": ["-w", "-t", "TITLE=Neu", "{}"],
}


@pytest.mark.parametrize(
    ("name", "tagger"),
    [
        *(("a.flac", one) for one in TAGGERS if one.startswith("metaflac")),
        ("surround.flac", "metaflac"),
        ("cbr.mp3", "id3v2"),
        ("abr.mp3", "id3v2"),
        ("cbr.mp3", "id3v2-delete"),
        ("a.mp2", "id3v2"),
        ("vorbis.ogg", "vorbiscomment"),
        ("surround.ogg", "vorbiscomment"),
    ],
)
def test_other_taggers_leave_the_stream_digest_as_it_was(
    name: str, tagger: str, tmp_path: Path
) -> None:
    path = encode(tmp_path, name)
    whole, before = path.read_bytes(), look(path)
    program = require_tool(tagger.partition("-")[0])
    words = [word.format(path) for word in TAGGERS[tagger]]
    subprocess.run([program, *words], check=True, capture_output=True)
    after = look(path)
    assert path.read_bytes() != whole
    assert before.essence is not None and after.essence is not None
    assert after.essence["stream"] == before.essence["stream"]
    assert after.essence.get("pcm") == before.essence.get("pcm")
    assert (after.verdict, after.problems) == (before.verdict, before.problems)


REMUXED = {
    "faststart": ("aac.m4a", "b.m4a", ["-movflags", "+faststart"]),
    "m4a-mov": ("aac.m4a", "b.mov", []),
    "opus-caf": ("a.opus", "b.caf", []),
    "alac-caf": ("alac.m4a", "b.caf", []),
    "flac-oga": ("a.flac", "b.oga", []),
    "oga-flac": ("flac.oga", "b.flac", []),
    "flac-mp4": ("s24.flac", "b.mp4", ["-strict", "-2"]),
    "opus-mp4": ("a.opus", "b.mp4", ["-strict", "-2"]),
    "wav-w64": ("s24.wav", "b.w64", []),
    "wav-rf64": ("s24.wav", "b.wav", ["-rf64", "always"]),
    "wav-caf": ("s24.wav", "b.caf", []),
    "wav-aifc": ("s16.wav", "b.aiff", []),
    "mp3-mka": ("cbr.mp3", "b.mka", []),
    "vorbis-mka": ("vorbis.ogg", "b.mka", []),
    "opus-mka": ("a.opus", "b.mka", []),
    "m4a-mka": ("aac.m4a", "b.mka", []),
    "flac-mka": ("a.flac", "b.mka", []),
    "alac-mka": ("alac.m4a", "b.mka", []),
    "mp3-asf": ("cbr.mp3", "b.asf", []),
    "wav-asf": ("s16.wav", "b.asf", []),
    "wma-mka": ("a.wma", "b.mka", []),
    "wma-wav": ("a.wma", "b.wav", []),
    "wma-wma": ("a.wma", "b.wma", ["-packet_size", "700"]),
    "asf-wav": ("pcm.asf", "b.wav", []),
    "wav-mka": ("s24.wav", "b.mka", []),
    "u8-mka": ("u8.wav", "b.mka", []),
    "aiff-mka": ("a.aiff", "b.mka", []),
    "float-mka": ("f32.wav", "b.mka", []),
    "tta-mka": ("a.tta", "b.mka", []),
    "mp2-mka": ("a.mp2", "b.mka", []),
    "vorbis-webm": ("vorbis.ogg", "b.webm", []),
    "mka-ogg": ("opus.webm", "b.opus", []),
    "mka-flac": ("flac.mka", "b.flac", []),
}


@pytest.mark.parametrize("how", REMUXED)
def test_another_container_holds_the_same_stream(how: str, tmp_path: Path) -> None:
    name, other, options = REMUXED[how]
    path, remuxed = encode(tmp_path, name), tmp_path / other
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(path), "-c", "copy", *options]
    subprocess.run([*run, str(remuxed)], check=True)
    before, after = look(path).essence, look(remuxed).essence
    assert before is not None
    assert after is not None
    assert after["stream"] == before["stream"]
    if "pcm" in before and "pcm" in after:
        assert after["pcm"]["md5"] == before["pcm"]["md5"]


def test_adts_has_a_header_of_seven_bytes_before_each_packet_of_an_m4a(tmp_path: Path) -> None:
    path, adts = encode(tmp_path, "aac.m4a"), tmp_path / "b.aac"
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(path), "-c", "copy", str(adts)]
    subprocess.run(run, check=True)
    before, after = look(path), look(adts)
    assert before.essence is not None and after.essence is not None
    frames = after.record["facts"]["frames"] // 1024
    assert after.essence["stream"]["size"] == before.essence["stream"]["size"] + 7 * frames


@pytest.mark.parametrize("options", [[], ["-m"], ["-b256"]], ids=["plain", "md5", "hybrid"])
def test_wavpack_of_its_own_encoder_verifies_itself(options: list[str], tmp_path: Path) -> None:
    wave = encode(tmp_path, "s16.wav")
    packed = tmp_path / "a.wv"
    run = [require_tool("wavpack"), "-q", "-y", *options, str(wave), "-o", str(packed)]
    subprocess.run(run, check=True)
    found = look(packed)
    assert found.verdict == "self-verified"
    assert found.essence is not None
    assert found.essence["stream"]["blake3"] == blake3(packets_by_ffmpeg(packed)).hexdigest()


def test_an_mp3_of_lame_verifies_itself_and_one_without_its_tag_cannot(tmp_path: Path) -> None:
    wave = encode(tmp_path, "s16.wav")
    for option, verdict in (("-T", "self-verified"), ("-t", "manifest-only")):
        path = tmp_path / f"lame{option}.mp3"
        subprocess.run([require_tool("lame"), "--quiet", option, str(wave), str(path)], check=True)
        assert look(path).verdict == verdict
