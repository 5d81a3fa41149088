"""What a bag says of its recordings, beside ``archiver probe`` and programs of others."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from archiver.state import State
from tests.audio.encoded import KINDS, encode, packets_by_ffmpeg, pcm_md5_by_ffmpeg
from tests.audio.schemas import fits, schema
from tests.cli.workbench import run as run_command
from tests.packaging.scene import assert_valid, bag_of, content_of, new_archive, noise, run
from tests.tools import require_tool

pytestmark = pytest.mark.usefixtures("real_tags")

RECORDINGS = [name for name in KINDS if name != "ima.wav"]
NATIVE = {
    "s16.wav": "pcm_s16le",
    "s24.wav": "pcm_s24le",
    "s32.wav": "pcm_s32le",
    "long.rf64": "pcm_s16le",
    "a.w64": "pcm_s16le",
    "a.aiff": "pcm_s16le",
    "s24.aiff": "pcm_s24le",
    "a.flac": "pcm_s24le",
    "s24.flac": "pcm_s24le",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of every kind, and what is none."""
    folder = tmp_path_factory.mktemp("recordings")
    for name in RECORDINGS:
        encode(folder, name)
    (folder / "notes.txt").write_bytes(b"taken down by hand")
    (folder / "noise.wav").write_bytes(noise(5_000))
    return folder


@pytest.fixture(scope="module")
def bag(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their bag."""
    outcome = run(new_archive(tmp_path_factory.mktemp("bags") / "archive"), source)
    assert outcome.state is State.SOUND
    assert outcome.findings == ()
    return bag_of(outcome)


def _lines(bag: Path, name: str) -> dict[str, dict[str, Any]]:
    records = [json.loads(line) for line in (bag / name).read_bytes().splitlines()]
    assert [one["path"] for one in records] == sorted(one["path"] for one in records)
    return {one["path"].removeprefix("data/"): one for one in records}


def test_every_recording_has_a_line_as_the_published_schemas_say(bag: Path) -> None:
    essences = _lines(bag, "fixity/essence.jsonl")
    records = _lines(bag, "metadata/audio.jsonl")
    assert set(essences) == set(RECORDINGS)
    assert set(records) == {*RECORDINGS, "notes.txt", "noise.wav"}
    for essence in essences.values():
        fits(essence, schema("essence-1"))
    for name, record in records.items():
        record.pop("path")
        fits(record, schema("audio-1"))
        assert ("self_check" in record) == (name in essences)
    assert_valid(bag)


def test_the_bag_says_what_probe_says(bag: Path) -> None:
    done = run_command("probe", bag / "data", "--json")
    told = {Path(one["path"]).name: one for one in map(json.loads, done.out.splitlines())}
    records = _lines(bag, "metadata/audio.jsonl")
    for name, essence in _lines(bag, "fixity/essence.jsonl").items():
        assert essence == {"path": f"data/{name}", **told[name]["essence"]}
        assert records[name] == {"path": f"data/{name}", **told[name]["record"]}


def test_ffmpegs_packets_have_the_stream_digest_of_the_bag(bag: Path) -> None:
    tool = require_tool("b3sum")
    for name, essence in _lines(bag, "fixity/essence.jsonl").items():
        packets = packets_by_ffmpeg(bag / "data" / name)
        out = subprocess.run([tool, "--no-names"], input=packets, check=True, capture_output=True)
        assert essence["stream"]["blake3"] == out.stdout.decode().strip(), name
        assert essence["stream"]["size"] == len(packets)


@pytest.mark.parametrize("name", NATIVE)
def test_decoders_of_others_find_the_pcm_digest_of_the_bag(name: str, bag: Path) -> None:
    pcm = _lines(bag, "fixity/essence.jsonl")[name]["pcm"]
    place = bag / "data" / name
    assert pcm["md5"] == pcm_md5_by_ffmpeg(place, NATIVE[name])
    assert pcm.get("stated", False) == name.endswith(".flac")
    if name.endswith(".flac"):
        command = [require_tool("metaflac"), "--show-md5sum", str(place)]
        out = subprocess.run(command, check=True, capture_output=True, text=True)
        assert pcm["md5"] == out.stdout.strip()


def test_the_blake3_of_samples_is_that_of_what_ffmpeg_decodes(bag: Path) -> None:
    pcm = _lines(bag, "fixity/essence.jsonl")["s24.aiff"]["pcm"]
    command = [require_tool("ffmpeg"), "-v", "error", "-i", str(bag / "data/s24.aiff")]
    out = subprocess.run([*command, "-f", "s24le", "-"], check=True, capture_output=True)
    assert pcm["blake3"] == blake3(out.stdout).hexdigest()


def test_two_runs_write_the_same_bytes(source: Path, bag: Path, tmp_path: Path) -> None:
    other = bag_of(run(new_archive(tmp_path / "archive"), source, workers=1))
    assert content_of(other) == content_of(bag)


def test_the_letter_in_the_bag_names_every_file_it_describes(bag: Path) -> None:
    letter = (bag / "README.txt").read_text("utf-8")
    for name in ("fixity/essence.jsonl", "metadata/audio.jsonl"):
        assert name in letter
