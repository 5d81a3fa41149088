"""Files made to hurt: each ends as a record with a problem, in time, and harms no other file."""

from __future__ import annotations

import os
import random
import signal
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archiver.audio.tags import Limits, TagReader, pool
from archiver.errors import EnvironmentUnusable
from tests.audio import sounds

MUTATIONS = int(os.environ.get("ARCHIVER_FUZZ_AUDIO", "300"))
TIGHT = Limits(memory=250 << 20, cpu=5, wall=15.0)


@pytest.fixture(scope="module")
def reader() -> Iterator[TagReader]:
    with TagReader(limits=TIGHT) as workers:
        yield workers


def read(reader: TagReader, folder: Path, data: bytes) -> dict[str, Any]:
    path = folder / "x"
    path.write_bytes(data)
    return reader.read(str(path))


def test_a_compressed_bomb_in_a_frame_is_stopped_by_the_memory_limit(
    reader: TagReader, tmp_path: Path
) -> None:
    bomb = zlib.compress(b"\x03" + bytes(300 << 20), 1)
    frame = sounds.id3_frame(b"TIT2", sounds.synchsafe(100) + bomb, 0x09)
    record = read(reader, tmp_path, sounds.id3(frame) + sounds.mp3())
    assert record["problem"]["code"] == "tags-unreadable"
    assert record["format"] == "mp3"


def test_a_million_frames_are_refused_before_anyone_parses_them(
    reader: TagReader, tmp_path: Path
) -> None:
    frames = sounds.id3_frame(b"TXXX", b"\x03key\0x") * 1_000_000
    began = time.monotonic()
    record = read(reader, tmp_path, sounds.id3(frames) + sounds.mp3())
    assert record["problem"]["code"] == "tags-refused"
    assert time.monotonic() - began < TIGHT.wall


@pytest.mark.parametrize(
    "head",
    [
        b"ID3\x04\0\0" + sounds.synchsafe(200 << 20),
        b"fLaC" + (b"\x06\xff\xff\xff" + b"\0" * 0xFFFFFF) * 5,
        b"\0\0\0\x18ftypM4A " + bytes(12) + b"\x0c\0\0\0moov",
        b"RIFF\0\0\0\x0cWAVEid3 \0\0\0\x0c",
        b"FORM\x0c\0\0\0AIFFID3 \x0b\0\0\0",
        bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + struct.pack("<Q", 100 << 20),
    ],
    ids=["id3", "flac", "mp4", "wav", "aiff", "asf"],
)
def test_a_tag_that_declares_too_much_is_refused_unread(
    head: bytes, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(head)
    os.truncate(path, 300 << 20)
    record = reader.read(str(path))
    assert record["problem"]["code"] == "tags-refused"
    assert "declares" in record["problem"]["message"]


def test_a_packet_that_leads_back_to_itself_is_shown_to_no_reader(
    reader: TagReader, tmp_path: Path
) -> None:
    began = time.monotonic()
    record = read(reader, tmp_path, b"MPCKEI\x00" + bytes(9) + b"EI\x02" * 9)
    assert record["problem"]["code"] == "tags-refused"
    assert time.monotonic() - began < TIGHT.cpu


def test_declared_sizes_beyond_the_end_of_a_small_file_do_no_harm(
    reader: TagReader, tmp_path: Path
) -> None:
    data = (
        b"RIFF\xff\xff\xff\xffWAVE" + sounds.chunk(b"fmt ", sounds.fmt()) + b"data\xff\xff\xff\xff"
    )
    record = read(reader, tmp_path, data + bytes(4000))
    assert record["format"] == "wav"


def test_atoms_nested_twenty_thousand_deep_are_survived(reader: TagReader, tmp_path: Path) -> None:
    depth = 20_000
    body = b"".join(
        struct.pack(">I", 8 * (depth - n)) + (b"moov" if n == 0 else b"udta") for n in range(depth)
    )
    record = read(reader, tmp_path, b"\0\0\0\x10ftypM4A \0\0\0\0" + body)
    assert record["problem"]["code"] == "tags-unreadable"


def test_an_answer_beyond_the_cap_becomes_a_finding_and_keeps_the_facts(
    reader: TagReader, tmp_path: Path
) -> None:
    frames = [sounds.id3_frame(b"TXXX", b"\x03%d\0" % n + b"x" * 100_000) for n in range(20)]
    record = read(reader, tmp_path, sounds.id3(*frames) + sounds.mp3())
    assert record["problem"]["code"] == "tags-too-large"
    assert record["tags"] == []
    assert record["facts"]["sample_rate"] == 44100


def test_neither_links_nor_fifos_nor_folders_are_opened(reader: TagReader, tmp_path: Path) -> None:
    (tmp_path / "real.mp3").write_bytes(sounds.mp3())
    (tmp_path / "link.mp3").symlink_to("real.mp3")
    os.mkfifo(tmp_path / "fifo.mp3")
    (tmp_path / "folder.mp3").mkdir()
    names = ["link.mp3", "fifo.mp3", "folder.mp3", "absent.mp3"]
    found = list(reader.read_many((name, str(tmp_path / name)) for name in names))
    assert [key for key, _ in found] == names
    assert {record["problem"]["code"] for _, record in found} == {"audio-unreadable"}


def test_a_path_longer_than_the_kernel_takes_is_read(reader: TagReader, tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    names = ["d" * 200] * 24
    for name in names:
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    fd = os.open("x.mp3", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(fd, sounds.mp3())
    os.close(fd)
    os.close(here)
    record = reader.read("/".join([str(tmp_path), *names, "x.mp3"]))
    assert record["format"] == "mp3"


def _tasks(folder: Path, count: int) -> list[tuple[int, str]]:
    for n in range(count):
        (folder / f"{n}.mp3").write_bytes(sounds.id3(sounds.title(f"Nr. {n}")) + sounds.mp3())
    return [(n, str(folder / f"{n}.mp3")) for n in range(count)]


def _titles(found: list[tuple[int, dict[str, Any]]]) -> list[str]:
    return [f"{key}: {record['tags'][0]['values'][0]}" for key, record in found]


@pytest.mark.parametrize("workers", [1, 3])
def test_many_files_come_back_in_order(workers: int, tmp_path: Path) -> None:
    tasks = _tasks(tmp_path, 120)
    with TagReader(workers) as reader:
        found = list(reader.read_many(tasks))
    assert _titles(found) == [f"{n}: Nr. {n}" for n in range(120)]


def test_paths_are_drawn_no_further_ahead_than_needed(tmp_path: Path) -> None:
    ((_, path),) = _tasks(tmp_path, 1)
    drawn = 0

    def endless() -> Iterator[tuple[int, str]]:
        nonlocal drawn
        while True:
            drawn += 1
            yield drawn, path

    with TagReader() as reader:
        records = reader.read_many(endless())
        for _ in range(50):
            next(records)
    assert drawn <= 50 + pool._AHEAD


def test_a_killed_worker_costs_no_file(tmp_path: Path) -> None:
    tasks = _tasks(tmp_path, 60)
    with TagReader() as reader:
        records = reader.read_many(tasks)
        found = [next(records) for _ in range(5)]
        os.kill(reader._workers[0]._process.pid, signal.SIGKILL)
        found += records
    assert _titles(found) == [f"{n}: Nr. {n}" for n in range(60)]


def test_a_file_that_stops_the_clock_is_given_up_and_its_neighbours_are_read(
    tmp_path: Path,
) -> None:
    tasks = _tasks(tmp_path, 6)
    with TagReader(limits=Limits(wall=1.0)) as reader:
        reader.read(tasks[0][1])
        os.kill(reader._workers[0]._process.pid, signal.SIGSTOP)
        found = list(reader.read_many(tasks))
    assert found[0][1]["problem"] == {
        "code": "tags-unreadable",
        "message": "the reader took too long",
    }
    assert found[0][1]["format"] == "mp3"
    assert _titles(found[1:]) == [f"{n}: Nr. {n}" for n in range(1, 6)]


def _start_with(lines: str) -> str:
    """Return the text that starts a worker, with ``lines`` run before its main."""
    return f"import sys; sys.path[:0] = sys.argv[2:]\n{lines}\n" + (
        "from archiver.audio.tags import worker; worker.main(sys.argv[1])"
    )


def test_processor_time_is_limited_for_each_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spin = """
from archiver.audio import examine
honest = examine.make_record
def make_record(source, *rest):
    while source.size == 417:
        pass
    return honest(source, *rest)
examine.make_record = make_record
"""
    monkeypatch.setattr("archiver.audio.tags.process._START", _start_with(spin))
    (tmp_path / "slow.mp3").write_bytes(sounds.mp3_frame())
    tasks = [(-1, str(tmp_path / "slow.mp3")), *_tasks(tmp_path, 3)]
    with TagReader(limits=Limits(cpu=1, wall=120.0)) as reader:
        found = list(reader.read_many(tasks))
    assert found[0][1]["problem"] == {
        "code": "tags-unreadable",
        "message": "the reader used up its processor time",
    }
    assert _titles(found[1:]) == ["0: Nr. 0", "1: Nr. 1", "2: Nr. 2"]


def test_a_machine_that_cannot_run_workers_is_an_error_and_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.audio.tags.process._START", "raise SystemExit(3)")
    with TagReader() as reader, pytest.raises(EnvironmentUnusable, match="code 3"):
        reader.read(str(tmp_path / "x"))


def test_an_interpreter_that_is_not_there_is_an_error_and_no_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(EnvironmentUnusable, match="cannot be started"), TagReader():
        pass


def test_a_worker_cannot_write_to_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "written"
    write = f"""
import signal
from archiver.audio.tags import limits
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limits.confine(limits.Limits.from_text(sys.argv[1]))
try:
    open({str(target)!r}, 'wb', 0).write(b'x')
    sys.exit(9)
except OSError:
    pass
"""
    monkeypatch.setattr("archiver.audio.tags.process._START", _start_with(write))
    path = tmp_path / "x.mp3"
    path.write_bytes(sounds.mp3())
    with TagReader() as reader:
        assert reader.read(str(path))["format"] == "mp3"
    assert target.read_bytes() == b""


SEEDS = {
    "wav": sounds.wav(300, after=sounds.chunk(b"id3 ", sounds.id3(sounds.title("W")))),
    "aiff": sounds.aiff(300, after=sounds.chunk(b"ID3 ", sounds.id3(sounds.title("A")), ">")),
    "mp3": sounds.id3(sounds.title("M"), sounds.id3_frame(b"COMM", b"\x03deuX\0Y")) + sounds.mp3(),
    "opus": sounds.opus(),
    "flac": b"fLaC\0\0\0\x22" + struct.pack(">HHQQ", 4096, 4096, 0, 0xAC442F000003E8) + bytes(14)
    + b"\x84\0\0" + bytes([len(sounds.comments(("TITLE", "F")))]) + sounds.comments(("TITLE", "F")),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEDS)
def test_no_mutation_escapes_the_boundary(name: str, reader: TagReader, tmp_path: Path) -> None:
    chance = random.Random(f"audio {name}")
    good = SEEDS[name]
    paths = []
    for n in range(MUTATIONS // len(SEEDS)):
        data = bytearray(good)
        for _ in range(chance.choice((1, 1, 3, 20))):
            place = chance.randrange(min(len(data), chance.choice((64, 256, len(data)))))
            data[place] = chance.choice((0, 0xFF, data[place] ^ 1 << chance.randrange(8)))
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        path = tmp_path / f"{n}"
        path.write_bytes(data)
        paths.append((n, str(path)))
    for _, record in reader.read_many(paths):
        assert record["schema"] == "audio/1"
        assert record.get("problem", {}).get("code") in (
            None, "tags-unreadable", "tags-refused", "tags-too-large",
        )  # fmt: skip


def test_a_reader_is_not_charged_with_the_time_in_which_nobody_listened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(sounds.wav())
    real, late = time.monotonic, 0.0
    monkeypatch.setattr(time, "monotonic", lambda: real() + late)
    with TagReader(limits=TIGHT) as reader:
        assert reader.read(str(tmp_path / "x"))["format"] == "wav"
        task = reader.begin(str(tmp_path / "x"))
        late = 10 * TIGHT.wall  # the disk held us up, say
        while task.answer is None:
            reader.turn(wait=True)
    assert task.answer["record"]["format"] == "wav"
    assert "problem" not in task.answer["record"]
