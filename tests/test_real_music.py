"""A thousand and more recordings by many hands, from Debian's packages, beside FFmpeg.

``$ARCHIVER_MUSIC`` names a folder with one folder a package in it, unpacked; ``.ci/run`` makes
it. FFmpeg is asked about fifty files at a time, which gives lengths to the hundredth of a
second; ffprobe, a process for each file, about every thirtieth to the microsecond.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from blake3 import blake3

from archiver.audio.examination import AudioExamination
from archiver.probe import probe
from archiver.state import State
from archiver.verify import Depth, verify_bag
from tests.packaging.scene import bag_of, new_archive, run
from tests.tools import require_folder, require_tool

AT_LEAST = 1_000
BATCH = 50
PROBED = 30  # every so manieth file is shown to ffprobe too
PACKAGES = ("hydrogen-drumkits", "sonic-pi-samples", "lmms-common", "scratch", "tuxtype-data",
            "asterisk-moh-opsound-wav", "asc-music", "sound-theme-freedesktop")  # fmt: skip

# What is said of honest files, and why it is right. Everything else comes without a finding.
REMARKS = {
    "124382__cubix__8bit-snare.wav": ("audio-structure", "135 bytes of text behind the chunks"),
    "25671__walter-odington__garage-city-snare-snappy.wav": ("audio-misnamed", "is an AIFF file"),
    "kick04.ogg": ("audio-misnamed", "is a WAVE file"),
    "scratch01.ogg": ("audio-misnamed", "is a WAVE file"),
    "wind_chimes01.ogg": ("audio-misnamed", "is a WAVE file"),
    "harpsichord01.ogg": ("audio-misnamed", "is a WAVE file"),
    "hit01.ogg": ("audio-misnamed", "is a WAVE file"),
    "Rooster.wav": ("audio-structure", "an odd number of bytes in 16 bits"),
    "CymbalCrash.wav": ("audio-structure", "an odd number of bytes in 16 bits"),
    "buzz.wav": ("audio-structure", "a byte rate of 0, and 3,914 bytes behind the chunks"),
    "pop.wav": ("audio-structure", "the outer size is that of an empty file"),
    "winfinal.wav": ("audio-structure", "the last pad byte is missing"),
}
# WAVE files with Vorbis in them (format tag 0x674F), which FFmpeg does not know: it copies nothing.
UNKNOWN_TO_FFMPEG = {name for name in REMARKS if name.endswith(".ogg")}
SELF_VERIFYING = {"flac", "ogg-vorbis"}
_SUFFIXES = (".flac", ".wav", ".ogg", ".oga", ".mp3", ".aif", ".aiff", ".opus")
_INPUT = re.compile(r"Input #(\d+), ")
_LENGTH = re.compile(r"  Duration: (\d+):(\d+):(\d+\.\d+), ")
_STREAM = re.compile(r"  Stream #\d+:\d+.*?: Audio: [^,]+, (\d+) Hz, ([^,]+), (\w+)(?: \((\d+) )?")
_CHANNELS = {"mono": 1, "1 channels": 1, "stereo": 2, "2 channels": 2}
_BITS = {"u8": 8, "s16": 16, "s32": 32}


def music(package: str) -> Path:
    return require_folder("ARCHIVER_MUSIC") / package


def recordings(package: str) -> list[str]:
    return sorted(
        str(path)
        for path in music(package).rglob("*")
        if path.name.lower().endswith(_SUFFIXES) and path.is_file() and not path.is_symlink()
    )


@dataclass
class Heard:
    """What FFmpeg says of one file."""

    rate: int = 0
    channels: int = 0
    bits: int | None = None
    length: float = -1.0
    packets: bytes = field(default=b"", repr=False)
    samples_md5: str | None = None


def heard_by_ffmpeg(found: list[tuple[str, AudioExamination]], folder: Path) -> Iterator[Heard]:
    """Let one process of FFmpeg copy the packets and digest the samples of many files."""
    words = [require_tool("ffmpeg"), "-hide_banner", "-nostdin", "-y"]
    for path, _ in found:
        words += ["-i", path]
    for n, (_, examination) in enumerate(found):
        words += ["-map", f"{n}:a:0", "-c", "copy", "-f", "data", str(folder / f"{n}.packets")]
        pcm = (examination.essence or {}).get("pcm")
        if pcm is not None:
            coding = "pcm_s8" if pcm["bits"] == 8 else f"pcm_s{pcm['bits']}le"
            words += ["-map", f"{n}:a:0", "-c:a", coding, "-f", "md5", str(folder / f"{n}.md5")]
    done = subprocess.run(words, capture_output=True, check=True)
    answers = [Heard() for _ in found]
    one = Heard()
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        if line.startswith("Stream mapping"):
            break
        if match := _INPUT.match(line):
            one = answers[int(match[1])]
        elif match := _LENGTH.match(line):
            one.length = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
        elif (match := _STREAM.match(line)) and not one.rate:
            one.rate, one.channels = int(match[1]), _CHANNELS[match[2]]
            one.bits = int(match[4]) if match[4] else _BITS.get(match[3])
    for n, one in enumerate(answers):
        one.packets = (folder / f"{n}.packets").read_bytes()
        digest = folder / f"{n}.md5"
        if digest.exists():
            one.samples_md5 = digest.read_text().strip().removeprefix("MD5=")
            digest.unlink()
        yield one


def length_for_ffmpeg(one: AudioExamination) -> float:
    """Return our length, or what FFmpeg must make of it.

    An MP3 file of one bit rate without a Xing header: FFmpeg divides the bytes behind the ID3v2
    tag, an ID3v1 tag among them, by the bit rate; we count frames.
    """
    facts = one.record["facts"]
    if one.record["format"] == "mp3" and "vbr_header" not in one.record.get("embedded", {}):
        assert one.essence is not None
        assert facts["mode"] == "constant"
        behind = sum(block["size"] for block in one.record["blocks"] if block["id"] == "ID3v1")
        return float((one.essence["stream"]["size"] + behind) * 8 / facts["bit_rate"])
    return float(facts["duration_s"])


@pytest.mark.parametrize("package", PACKAGES)
def test_facts_digests_and_verdicts_of_real_music_are_those_ffmpeg_comes_to(
    package: str, tmp_path: Path
) -> None:
    found = list(probe(recordings(package)))
    for first in range(0, len(found), BATCH):
        part = found[first : first + BATCH]
        for (path, one), heard in zip(part, heard_by_ffmpeg(part, tmp_path), strict=True):
            agree(path, one, heard)
    for path, one in found[::PROBED]:
        probed_length(path, one)


def agree(path: str, one: AudioExamination, heard: Heard) -> None:
    facts = one.record["facts"]
    assert (facts["sample_rate"], facts["channels"]) == (heard.rate, heard.channels), path
    if one.record["format"] in ("wav", "aiff", "flac"):
        assert facts.get("bit_depth") == heard.bits or heard.bits is None, path
    assert abs(length_for_ffmpeg(one) - heard.length) <= 0.01, path
    assert one.essence is not None
    digest = {"blake3": blake3(heard.packets).hexdigest(), "size": len(heard.packets)}
    if os.path.basename(path) in UNKNOWN_TO_FFMPEG:
        assert (facts["codec"], heard.packets) == ("wave-0x674f", b""), path
    else:
        assert one.essence["stream"] == digest, path
    assert one.essence.get("pcm", {}).get("md5") == heard.samples_md5, path
    expected = REMARKS.get(os.path.basename(path))
    codes = {problem["code"] for problem in one.problems}
    assert codes == ({expected[0]} if expected else set()), (path, one.problems)
    if one.record["format"] in SELF_VERIFYING:
        assert one.verdict == "self-verified", path
    else:
        assert one.verdict == ("structure" if "audio-structure" in codes else "manifest-only"), path


def probed_length(path: str, one: AudioExamination) -> None:
    words = [require_tool("ffprobe"), "-v", "error", "-of", "json", "-show_entries"]
    entries = "stream=duration:format=duration"
    done = subprocess.run([*words, entries, path], capture_output=True, check=True)
    answer = json.loads(done.stdout)
    length = float(answer["streams"][0].get("duration") or answer["format"]["duration"])
    assert abs(length_for_ffmpeg(one) - length) < 0.000002, path


def test_there_are_a_thousand_recordings_in_five_formats() -> None:
    paths = [path for package in PACKAGES for path in recordings(package)]
    assert len(paths) >= AT_LEAST
    kinds = Counter(path.rpartition(".")[2].lower() for path in paths)
    assert {"flac", "wav", "aiff", "ogg", "oga", "mp3"} <= kinds.keys()
    assert REMARKS.keys() <= {os.path.basename(path) for path in paths}


def test_all_of_it_packages_and_verifies(tmp_path: Path) -> None:
    source = tmp_path / "music"
    count = 0
    for package in PACKAGES:
        for path in recordings(package):
            place = source / package / os.path.relpath(path, music(package))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            count += 1
    outcome = run(new_archive(tmp_path / "archive"), source, workers=2)
    assert outcome.state is State.SOUND
    bag = bag_of(outcome)
    found = verify_bag(bag, depth=Depth.FULL, workers=2)
    assert found.state is State.SOUND
    lines = (bag / "fixity" / "essence.jsonl").read_bytes().splitlines()
    assert len(lines) == count >= AT_LEAST
    assert b"audio-damaged" not in (bag / "metadata" / "audio.jsonl").read_bytes()
