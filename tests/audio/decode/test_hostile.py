"""Files made to get at other files, or at the process that decodes them."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from archiver.audio.decode import opening
from archiver.audio.decode.model import Wish
from archiver.audio.decode.opening import NotOpenedError, open_sound
from archiver.audio.source import open_source
from archiver.audio.tags import Limits, TagReader
from tests.audio import sounds
from tests.audio.decode.decoding import encoded, wave
from tests.audio.encoded import encode

DECODE = Wish(decode=True)


@pytest.fixture(scope="module")
def reader() -> Iterator[TagReader]:
    with TagReader() as workers:
        yield workers


def secret(folder: Path) -> Path:
    path = folder / "secret.wav"
    path.write_bytes(sounds.wav(44_100))
    return path


def scripts(target: Path) -> dict[str, bytes]:
    """Every way known to us in which a few bytes make FFmpeg open ``target``."""
    return {
        "ffconcat": b"ffconcat version 1.0\nfile %s\n" % os.fsencode(target.name),
        "ffconcat-absolute": b"ffconcat version 1.0\nfile %s\n" % os.fsencode(target),
        "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n"
        % os.fsencode(target.as_uri()),
        "subfile": b"ffconcat version 1.0\nfile subfile,,start,0,end,0,,:%s\n"
        % os.fsencode(target),
        "concat": b"#EXTM3U\n#EXTINF:1,\nconcat:%s|%s\n#EXT-X-ENDLIST\n"
        % (os.fsencode(target), os.fsencode(target)),
        "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
        "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
        b'<Period><AdaptationSet mimeType="audio/wav"><Representation id="1"><BaseURL>%s'
        b"</BaseURL></Representation></AdaptationSet></Period></MPD>" % os.fsencode(target),
    }


KINDS = tuple(scripts(Path("/x")))


def test_the_trick_is_real(tmp_path: Path) -> None:
    """Left to itself FFmpeg opens the other file, even when it is handed an open one."""
    secret(tmp_path)
    list_ = tmp_path / "list.mp3"
    list_.write_bytes(scripts(tmp_path / "secret.wav")["ffconcat"])
    with av.open(str(list_)) as container:
        assert container.format.name == "concat"
        assert sum(frame.samples for frame in container.decode(audio=0)) == 44_100


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["mp3", "wav", "m3u8", "flac"])
def test_a_list_of_other_files_opens_none_of_them(
    kind: str, suffix: str, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / f"list.{suffix}"
    path.write_bytes(scripts(secret(tmp_path))[kind])
    found = reader.examine(str(path), DECODE)
    assert found.record["format"] is None
    assert "decoding" not in found.record


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format_id", ["mp3", "wav", "flac", "m4a", "matroska", "ogg-vorbis"])
def test_nor_does_one_that_gets_past_our_identification(
    kind: str, format_id: str, tmp_path: Path
) -> None:
    """As if our own magic had been fooled: FFmpeg gets the bytes under each name in turn."""
    path = tmp_path / "list"
    path.write_bytes(scripts(secret(tmp_path))[kind])
    source = open_source(str(path))
    try:
        container = open_sound(source, None, format_id, 0)
    except NotOpenedError:
        return
    finally:
        source.close()
    with container:
        assert container.format.name.split(",")[0] in ("mp3", "wav", "flac", "mov")
        assert not any(stream.duration for stream in container.streams.audio)


def test_an_id3_tag_before_a_list_changes_nothing(reader: TagReader, tmp_path: Path) -> None:
    """Our identification takes the file for an MP3 then, and FFmpeg is told so."""
    path = tmp_path / "list.mp3"
    tag = sounds.id3(sounds.title("x"))
    path.write_bytes(tag + scripts(secret(tmp_path))["ffconcat-absolute"])
    found = reader.examine(str(path), DECODE)
    assert found.record["format"] == "mp3"
    assert found.record["decoding"]["frames"] == 0
    assert found.verdict in ("structure", "not-checkable")


def movie_with_its_data_elsewhere(target: Path) -> bytes:
    """A QuickTime movie whose data reference is an alias to ``target`` (14496-12 8.7.2)."""

    def box(name: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I", 8 + len(body)) + name + body

    def full(name: bytes, *parts: bytes) -> bytes:
        return box(name, bytes(4), *parts)

    path = os.fsencode(target)
    alias = bytes(2) + b"\x02\0" + bytes(146)  # an alias record: version 2 behind its size
    items = struct.pack(">hH", 2, len(path)) + path + b"\0" * (len(path) % 2)
    items += struct.pack(">hH", 18, len(path)) + path + b"\0" * (len(path) % 2)
    alias += items + struct.pack(">hH", -1, 0)
    dref = full(b"dref", struct.pack(">I", 1), box(b"alis", bytes(4), alias))
    entry = box(
        b"sowt", bytes(6) + b"\0\1" + bytes(8) + struct.pack(">HHHHI", 2, 16, 0, 0, 44100 << 16)
    )
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", struct.pack(">III", 1, 1000, 1)),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1000, 1)),
        full(b"stsz", struct.pack(">II", 4, 1000)),
        full(b"stco", struct.pack(">II", 1, 44)),
    )
    minf = box(b"minf", full(b"smhd", bytes(4)), box(b"dinf", dref), table)
    mdhd = full(b"mdhd", bytes(8) + struct.pack(">IIHH", 44100, 1000, 0, 0))
    hdlr = full(b"hdlr", b"mhlrsoun" + bytes(13))
    tkhd = box(b"tkhd", b"\0\0\0\1" + bytes(8) + struct.pack(">I", 1) + bytes(64))
    mvhd = full(b"mvhd", bytes(8) + struct.pack(">II", 44100, 1000) + bytes(80))
    trak = box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf))
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + box(b"moov", mvhd, trak)


def test_a_movie_whose_sound_lies_in_another_file_gets_none_of_it(
    reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / "a.m4a"
    target = secret(tmp_path)
    path.write_bytes(movie_with_its_data_elsewhere(target) + bytes(16))
    with av.open(str(path), options={"enable_drefs": "1", "use_absolute_path": "1"}) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard == 1000, "the movie must really lead to the other file"
    found = reader.examine(str(path), DECODE)
    assert found.record["format"] == "m4a"
    assert found.record["decoding"]["frames"] == 0


def test_ffmpeg_sees_one_format_one_file_and_no_protocol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, object] = {}

    def note(file: object, **options: object) -> None:
        given.update(options, file=file)

    monkeypatch.setattr(av, "open", note)
    source = open_source(str(encode(tmp_path, "alac.m4a")))
    open_sound(source, None, "m4a", 0)
    source.close()
    assert isinstance(given["file"], opening.Window)
    assert given["format"] == "mov"
    options = given["container_options"]
    assert isinstance(options, dict)
    assert options["format_whitelist"] == "mov"
    assert options["protocol_whitelist"] == "none"
    assert options["enable_drefs"] == "0"


def test_pictures_are_never_decoded() -> None:
    decoders = set(opening._DECODERS.split(","))
    assert not decoders & {"mjpeg", "png", "bmp", "gif", "webp", "h264", "hevc"}
    for name in decoders:
        try:
            kind = av.codec.Codec(name, "r").type
        except av.codec.codec.UnknownCodecError:
            continue  # not in this build of FFmpeg
        assert kind == "audio", name


def test_a_decoder_that_dies_costs_the_decoding_and_nothing_else(tmp_path: Path) -> None:
    """The worker is held still until it has its task, and killed over it."""
    path = str(encoded(wave(tmp_path), "flac"))
    with TagReader() as reader:
        assert reader.examine(path, DECODE).problems == ()  # it runs
        process = reader._workers[0]._process.pid

        def one_file() -> Iterator[tuple[None, str]]:
            os.kill(process, signal.SIGSTOP)
            yield None, path
            os.kill(process, signal.SIGKILL)

        ((_, found),) = reader.examine_many(one_file(), DECODE)
    assert found.record["format"] == "flac"
    assert found.essence is not None
    assert [one["code"] for one in found.problems] == ["audio-not-decoded"]
    assert "signal 9" in found.problems[0]["message"]
    assert found.record["self_check"]["not_checked"] == ["decoding", "flac-md5"]
    assert found.verdict == "self-verified"


def test_a_decoder_out_of_memory_is_no_verdict_on_the_file(tmp_path: Path) -> None:
    """1.5 GiB are enough for PyAV and honest files; 120 MiB are not."""
    path = str(encoded(wave(tmp_path), "flac"))
    with TagReader(limits=Limits(memory=120 << 20)) as reader:
        found = reader.examine(path, DECODE)
    assert [one["code"] for one in found.problems] == ["audio-not-decoded"]
    assert found.verdict == "self-verified"


@pytest.fixture(scope="module")
def python_without_av(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has everything this one has but PyAV."""
    folder = tmp_path_factory.mktemp("without-av")
    packages = folder / "packages"
    packages.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.name != "av" and not entry.name.startswith(("av-", "av.")):
            (packages / entry.name).symlink_to(entry)
    venv.create(folder / "venv")
    (site,) = (folder / "venv").glob("lib/python3.*/site-packages")
    house = Path(__file__).parents[3]
    (site / "here.pth").write_text(f"{packages}\n{house}\n", "utf-8")
    return folder / "venv/bin/python"


def test_without_pyav_probing_works_and_says_what_was_not_checked(
    python_without_av: Path, tmp_path: Path
) -> None:
    path = str(encoded(wave(tmp_path), "flac"))
    run = [str(python_without_av), "-m", "cli", "probe", path]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "self-verified" in done.stdout
    assert "whether the sound can be decoded" in done.stdout


def test_without_pyav_decoding_is_a_usage_error_that_says_how_to_get_it(
    python_without_av: Path, tmp_path: Path
) -> None:
    path = str(encoded(wave(tmp_path), "flac"))
    run = [str(python_without_av), "-m", "cli", "probe", "--decode", path]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'audio-archiver[decode]'" in done.stderr
    assert done.stdout == ""


def test_what_the_reader_needs_no_decoder_for_never_imports_it() -> None:
    words = "import sys, cli.commands.probe, archiver.probe, archiver.audio.examine; "
    run = [sys.executable, "-c", words + "raise SystemExit('av' in sys.modules)"]
    assert subprocess.run(run, check=False).returncode == 0
